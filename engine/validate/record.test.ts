// The record from made-up scored faces of known distributions: what is fitted is judged on other
// sources, strata add up, limits hold.
import { expect, test } from 'vitest';
import { BATTERY } from '../../contract/stability.ts';
import { validationRecordSchema } from '../../contract/validation.ts';
import { meanSentences, reasonWords } from '../../contract/wording.ts';
import { randomStream } from '../../models/tensor/random.ts';
import {
  featureDistance,
  featureStatistics,
  limitsFrom,
  reasonsOutside,
  reasonsOutsideDomain,
} from '../examine/domain.ts';
import { leaningFromScore, operatingPointsFrom } from '../examine/operating-points.ts';
import { sourceWeights, type ValidatedFace } from '../examine/validated-face.ts';
import { recordFromFaces } from './record-from-faces.ts';
import { MEASURES } from './testing/record-made-at.ts';
import { pixelAucOf } from './validate-model.ts';

const random = randomStream(42);

/** Faces of `sources` persons, two of each class; logits normal about -gap/2 and gap/2. */
function faces(sources: number, gap: number): ValidatedFace[] {
  return Array.from({ length: sources * 4 }, (_, i): ValidatedFace => {
    const label = (i % 2) as 0 | 1;
    const logit = random.normal(label === 1 ? gap / 2 : -gap / 2, 1);
    return {
      logit,
      score: 1 / (1 + Math.exp(-logit)),
      label,
      source: `person ${Math.floor(i / 4)}`,
      cropSha256: i.toString(16).padStart(64, '0'),
      strata: { size: i % 4 < 2 ? 'small' : 'large', ...(label === 1 ? { forgery: 'swap' } : {}) },
      measures: { ...MEASURES, facePx: 80 + random.uniform(0, 40), rollDegrees: random.uniform(-10, 10) },
      features: Float32Array.from({ length: 8 }, () => random.normal(label, 1)),
      pixelAuc: label === 1 ? 0.7 : null,
    };
  });
}

const FACTS = {
  madeAt: '2026-01-01T00:00:00.000Z',
  appVersion: '0',
  pipelineVersion: 1,
  dataset: 'made up',
  notScored: [],
  remarks: [],
  operatingRate: 0.05,
};

test('faces that keep their leaning under every alteration, and the others, have error rates of their own', () => {
  // What leans wrongly lies not far beyond an edge: where alterations shake every score, it is shaken off.
  const shaken = randomStream(5);
  const set = faces(100, 3).map((face): ValidatedFace => {
    const altered = Array.from({ length: 11 }, () => face.logit + shaken.normal(0, 0.3));
    return { ...face, altered };
  });
  const { record } = recordFromFaces(set, FACTS);
  expect(validationRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  const { stable, others, battery } = record.stability!;
  expect(battery).toBe(BATTERY);
  const leaned = record.genuine + record.forged - record.cannotTell.count;
  expect(stable.wrong.of + others.wrong.of).toBe(leaned);
  expect(Math.min(stable.wrong.of, others.wrong.of)).toBeGreaterThan(leaned / 10);
  for (const { wrong, falselyForged, falselyGenuine } of [stable, others]) {
    expect(falselyForged.count + falselyGenuine.count).toBe(wrong.count);
    expect([falselyForged.of, falselyGenuine.of]).toEqual([record.genuine, record.forged]);
  }
  expect(stable.falselyForged.count + others.falselyForged.count).toBe(record.falselyForged.count);
  expect(stable.falselyGenuine.count + others.falselyGenuine.count).toBe(record.falselyGenuine.count);
  expect(others.wrong.rate).toBeGreaterThan(3 * stable.wrong.rate);
  expect(others.wrong.interval[0]).toBeGreaterThan(stable.wrong.rate);

  // What is no such figures is not read.
  const isRead = (stability: unknown) => validationRecordSchema.safeParse({ ...record, stability }).success;
  expect(isRead(record.stability)).toBe(true);
  const { mean } = record.stability!;
  for (const wrong of [
    null,
    { ...record.stability, battery: 'x'.repeat(61) },
    { ...record.stability, stable: { ...stable, wrong: { ...stable.wrong, rate: 3 } } },
    { ...record.stability, others: { wrong: others.wrong } },
    { ...record.stability, mean: { ...mean, difference: { ...mean.difference, p: 2 } } },
    { ...record.stability, mean: { ...mean, auc: Number.NaN } },
  ])
    expect(isRead(wrong)).toBe(false);

  // Nothing else in the record is another, and one face without the battery leaves it out.
  const { stability: _, ...rest } = record;
  const without = set.map(({ altered: _, ...face }): ValidatedFace => face);
  expect(recordFromFaces(without, FACTS).record).toEqual(rest);
  expect(recordFromFaces([...set.slice(1), without[0]!], FACTS).record.stability).toBeUndefined();
});

test('a face that cannot be told and keeps that under all is of neither group', () => {
  const set = faces(100, 1).map((face): ValidatedFace => ({ ...face, altered: [face.logit] }));
  const { record } = recordFromFaces(set, FACTS);
  const { stable, others } = record.stability!;
  expect(record.cannotTell.count).toBeGreaterThan(0);
  expect(stable.wrong.of).toBe(400 - record.cannotTell.count);
  expect(others.wrong).toEqual({ count: 0, of: 0, rate: 0, interval: [0, 1] });
});

test('the mean over the battery is measured as a score of its own, and told from the score only where it differs', () => {
  // Alterations that add noise of their own to what the class gives: their mean with the score has less.
  const own = randomStream(7);
  const noisy = (times: number) =>
    faces(100, 1.5).map((face): ValidatedFace => {
      const class_ = face.label === 1 ? 0.75 : -0.75;
      return { ...face, altered: Array.from({ length: times }, () => own.normal(class_, 1)) };
    });
  const better = recordFromFaces(noisy(11), FACTS).record;
  const { mean } = better.stability!;
  // Twelve independent looks at two normal classes 1.5 apart: AUC = Phi(1.5 sqrt(12) / sqrt 2).
  expect(mean.auc).toBeGreaterThan(0.998);
  expect(mean.difference.value).toBeCloseTo(mean.auc - better.auc, 12);
  expect(mean.difference.interval[0]).toBeGreaterThan(0.05);
  expect(mean.difference.p).toBeLessThan(1e-6);
  expect(mean.cllr).toBeLessThan(better.calibration.cllr);
  expect(meanSentences(better.stability!)).toMatch(/It is better than the score itself: its AUC is higher by 0\.1/);

  // What only shifts every score is the same score.
  const same = faces(50, 1.5).map((face): ValidatedFace => ({ ...face, altered: [face.logit + 2] }));
  const { record } = recordFromFaces(same, FACTS);
  expect(record.stability!.mean.auc).toBeCloseTo(record.auc, 12);
  expect(record.stability!.mean.difference).toEqual({ value: 0, interval: [-1, 1], p: null });
  expect(meanSentences(record.stability!)).toContain('cannot be told from these faces');
});

test('the record of two normal classes says what theory says, and fits its schema', () => {
  const set = faces(300, 3);
  const { record, operatingPoints } = recordFromFaces(set, FACTS);
  expect(validationRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  // Two unit normals 3 apart: AUC = Phi(3 / sqrt 2) = 0.983, equal error rate Phi(-1.5) = 0.0668,
  // log ratio 3 x logit.
  expect(record.auc).toBeGreaterThan(0.97);
  expect(record.aucInterval[0]).toBeLessThan(0.983);
  expect(record.aucInterval[1]).toBeGreaterThan(0.983);
  expect(record.eer).toBeGreaterThan(0.045);
  expect(record.eer).toBeLessThan(0.09);
  expect(record.calibration.slope).toBeGreaterThan(2.5);
  expect(record.calibration.slope).toBeLessThan(3.5);
  expect(record.calibration.cllrMin).toBeLessThanOrEqual(record.calibration.cllr);
  expect(record.calibration.ece.find((p) => p.priorLog10Odds === 0)!.calibrated).toBeCloseTo(
    record.calibration.cllr,
    12,
  );
  expect(operatingPoints.low).toBeLessThanOrEqual(operatingPoints.high);
  expect(record.falselyForged.interval[0]).toBeLessThan(0.05);
  expect(record.falselyForged.interval[1]).toBeGreaterThan(0.05);
  expect(record.localisation!.pixelAuc).toBeCloseTo(0.7, 12);
  expect(record.localisation!.faces).toBe(600);
});

test('strata hold every face once in each division, and a kind of forgery is set against all genuine faces', () => {
  const set = faces(60, 3);
  const { record } = recordFromFaces(set, FACTS);
  const of = (by: string) => record.strata.filter((s) => s.by === by);
  expect(of('size').reduce((sum, s) => sum + s.genuine + s.forged, 0)).toBe(set.length);
  const [swap] = of('forgery');
  expect(swap).toMatchObject({ genuine: 0, forged: 120, falselyForged: null });
  expect(swap!.auc).toBeCloseTo(record.auc, 12);
  const { inside, outside } = record.domain!;
  expect(inside.genuine + inside.forged + outside.genuine + outside.forged).toBe(set.length);
});

test('a useless model gets no likelihood ratio to speak of', () => {
  const { record } = recordFromFaces(faces(100, 0), FACTS);
  expect(record.calibration.cllr).toBeGreaterThan(0.95);
  expect(Math.abs(record.calibration.bounds[0])).toBeLessThan(0.3);
  expect(Math.abs(record.calibration.bounds[1])).toBeLessThan(0.3);
});

test('one class, or one source, is refused with what was found', () => {
  const set = faces(10, 3);
  expect(() =>
    recordFromFaces(
      set.filter((f) => f.label === 1),
      FACTS,
    ),
  ).toThrow(/0 genuine and 20 forged/);
  expect(() =>
    recordFromFaces(
      set.map((f) => ({ ...f, source: 'one' })),
      FACTS,
    ),
  ).toThrow(/One source only/);
});

test('the same faces give the same record', () => {
  const set = faces(20, 2);
  expect(recordFromFaces(set, FACTS)).toEqual(recordFromFaces(set, FACTS));
});

test('operating points hold the stated rate, and meet in the middle where the classes part', () => {
  const scores = Array.from({ length: 100 }, (_, i) => ({
    score: i / 100,
    label: (i < 60 ? 0 : 1) as 0 | 1,
    weight: 1,
  }));
  const overlapping = scores.map((s, i) => (i % 10 === 9 ? { ...s, label: (1 - s.label) as 0 | 1 } : s));
  const points = operatingPointsFrom(overlapping, 0.1);
  const genuine = overlapping.filter((s) => s.label === 0);
  const forged = overlapping.filter((s) => s.label === 1);
  expect(genuine.filter((s) => s.score >= points.high).length / genuine.length).toBeLessThanOrEqual(0.1);
  expect(forged.filter((s) => s.score < points.low).length / forged.length).toBeLessThanOrEqual(0.1);
  const parted = operatingPointsFrom(scores, 0.05);
  expect(parted.low).toBe(parted.high);
  expect(leaningFromScore(0.1, parted)).toBe('towardsGenuine');
  expect(leaningFromScore(0.99, parted)).toBe('towardsForged');
  expect(leaningFromScore(0.5, { low: 0.4, high: 0.6 })).toBe('cannotTell');
  expect(leaningFromScore(0.5, null)).toBeNull();
});

test('weights make sources count the same, apart for each class', () => {
  const items = [
    ['a', 0],
    ['a', 0],
    ['a', 1],
    ['b', 0],
  ].map(([source, label]) => ({ source: String(source), label: label as 0 | 1 }));
  expect(sourceWeights(items)).toEqual([0.5, 0.5, 1, 1]);
});

test('a face inside the limits passes, one outside is told by which measure and how far', () => {
  const set = faces(100, 3);
  const features = featureStatistics(set);
  const limits = limitsFrom(set, features);
  expect(reasonsOutsideDomain(set[0]!.measures, set[0]!.features, { limits, features })).toEqual([]);
  const small = { ...MEASURES, facePx: 20, rollDegrees: -60 };
  const reasons = reasonsOutside(small, limits);
  expect(reasons).toHaveLength(2);
  expect(reasonWords(reasons[0]!)).toMatch(/^face size 20 px, validated from \d+ px$/);
  expect(reasonWords(reasons[1]!)).toMatch(/^tilt of the head 60°, validated up to \d+°$/);
  // A face just outside is told from the limit, however close.
  const turned = reasonsOutside({ yawProxy: 0.2213 }, [{ measure: 'yawProxy', low: null, high: 0.2188 }]);
  expect(turned.map(reasonWords)).toEqual(['turn of the head 0.221, validated up to 0.219']);
  const strange = new Float32Array(8).fill(25);
  expect(featureDistance(strange, features!)).toBeGreaterThan(10);
  expect(reasonWords(reasonsOutsideDomain(MEASURES, strange, { limits, features })[0]!)).toMatch(
    /^distance from the validation faces/,
  );
  expect(reasonsOutsideDomain({}, set[0]!.features, { limits, features })).toEqual([]);
  expect(reasonsOutside({ ...MEASURES, sharpness: Number.NaN }, limits).map(reasonWords)).toEqual([
    'sharpness could not be measured (NaN)',
  ]);
});

test('the pixel AUC is 1 for a map that is bright where the mask is, a half for one that is not', () => {
  const mask = Uint8Array.from({ length: 64 }, (_, i) => (i < 16 ? 200 : 0));
  expect(
    pixelAucOf(
      Float32Array.from(mask, (v) => v / 255),
      mask,
    ),
  ).toBe(1);
  expect(pixelAucOf(new Float32Array(64).fill(0.2), mask)).toBe(0.5);
  expect(pixelAucOf(new Float32Array(64), new Uint8Array(64))).toBeNull();
});

/** One source whose genuine faces score `shift` higher than the other's. */
function twoSources(shift: number): ValidatedFace[] {
  return ['near', 'far'].flatMap((from) =>
    faces(150, 2.5).map((face): ValidatedFace => {
      const logit = face.logit + (from === 'far' && face.label === 0 ? shift : 0);
      const source = `${from}/${face.source}`;
      return { ...face, logit, score: 1 / (1 + Math.exp(-logit)), source, strata: { ...face.strata, source: from } };
    }),
  );
}

test('of several sources the points hold in each, and each is judged as if it had been left out', () => {
  const set = twoSources(0.6);
  const { record, operatingPoints } = recordFromFaces(set, FACTS);
  const called = (from: string) => {
    const own = set.filter((face) => face.label === 0 && face.strata.source === from);
    return own.filter((face) => leaningFromScore(face.score, operatingPoints) === 'towardsForged').length / own.length;
  };
  expect(Math.max(called('near'), called('far'))).toBeLessThanOrEqual(0.05);
  // Together, 5 % of all genuine faces would be nearly 10 % of the far ones.
  const pooled = operatingPointsFrom(
    set.map((face) => ({ ...face, weight: 1 })),
    0.05,
  );
  expect(operatingPoints.high).toBeGreaterThan(pooled.high);
  const leftOut = record.strata.filter(({ by }) => by === 'source, judged by the others');
  expect(leftOut.map(({ name }) => name)).toEqual(['far', 'near']);
  for (const { falselyForged } of leftOut) expect(falselyForged!.rate).toBeLessThanOrEqual(0.05);
  expect(record.remarks.join()).toMatch(
    /set at 0\.0\d+ of the genuine and 0\.0\d+ of the forged faces of each source, so that every source/,
  );
});

test('an edge is no stricter than its own class asks: what genuine faces of one source force costs no forged ones', () => {
  const { record } = recordFromFaces(twoSources(0.6), FACTS);
  expect(record.remarks.join()).toMatch(/set at 0\.0[0-4]\d* of the genuine and 0\.05 of the forged faces/);
});

test('a source that no setting of the others can hold is named', () => {
  const { record } = recordFromFaces(twoSources(6), FACTS);
  expect(record.remarks.join()).toContain('far does not keep 0.05 at any setting');
  expect(recordFromFaces(faces(60, 3), FACTS).record.remarks).toEqual([]);
});
