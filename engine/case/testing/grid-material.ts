// A case with some hundred findings of every sort, for holding the grid's queries against plain
// SQL. Tests only.
import type { EvidenceId, ExaminerId, ModelId, Sha256 } from '../../../contract/brand.ts';
import type { NewFace } from '../../../contract/face.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import type { VerdictOutcome, VerdictParameters } from '../../../contract/verdict.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { addEvidence } from '../rows/evidence.ts';
import { addExaminer } from '../rows/examiner.ts';
import { keepModel } from '../rows/model.ts';
import { giveOpinion, opinionsOf } from '../rows/opinion.ts';
import { addVerdicts, allVerdicts } from '../rows/verdict.ts';
import { addVideoFrame, beginVideoScan, facesOfScan, finishVideoScan } from '../rows/video-scan.ts';
import { testModel, testParameters } from './case-material.ts';

const hash = (digit: string) => digit.repeat(64) as Sha256;

/**
 * Numbers in 0..1, the same every time (a linear congruential generator; Numerical Recipes'
 * constants).
 */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Scores on the edges of bins and operating points, among others. */
const EDGES = [0, 0.025, 0.25, 0.3, 0.5, 0.7, 0.975, 1] as const;
const CONCLUSIONS: readonly Conclusion[] = ['forged', 'genuine', 'inconclusive', 'withdrawn', 'notAFace'];

function scored(chance: () => number, pointed: boolean): VerdictOutcome {
  const score = chance() < 0.3 ? EDGES[Math.floor(chance() * EDGES.length)]! : chance();
  const leaning = score >= 0.7 ? 'towardsForged' : score < 0.3 ? 'towardsGenuine' : 'cannotTell';
  return {
    kind: 'scored',
    logit: 0,
    score,
    leaning: pointed ? leaning : null,
    log10LikelihoodRatio: null,
    meanDifference: 0.1,
    cropSha256: hash('c'),
    reconstructionSha256: hash('d'),
    differenceSha256: hash('e'),
    gateSha256: hash('f'),
  };
}

function outcomeOf(chance: () => number, pointed: boolean): VerdictOutcome {
  const of = chance();
  if (of < 0.1) return { kind: 'outOfDomain', reasons: ['too soft'], cropSha256: hash('c') };
  if (of < 0.2) return { kind: 'faceTooSmall', sizePx: 20, minimumPx: 40, cropSha256: null };
  if (of < 0.25) return { kind: 'toolError', message: 'for the test' };
  return scored(chance, pointed);
}

function faceOf(chance: () => number, place: Pick<NewFace, 'frameIndex' | 'timeMs' | 'pts' | 'faceIndex'>): NewFace {
  return {
    ...place,
    box: { x: 0, y: 0, width: 50, height: 60 },
    finderScore: 0.9,
    landmarks: [],
    foundAtRotation: 0,
    // Few different sizes: many rows share a place in that order.
    quality: {
      sizePx: 20 * Math.floor(1 + 10 * chance()),
      sharpness: Math.round(1000 * chance()) / 10,
      brightness: 0.5,
      rollDegrees: 0,
      yawProxy: 0,
    },
  };
}

type Filling = { opened: WritableCase; chance: () => number; parameters: readonly VerdictParameters[] };

function addFile({ opened }: Filling, relativePath: string): EvidenceId {
  const file = { path: `/nowhere/${relativePath}`, relativePath, sizeBytes: 1, modifiedAt: null, sha256: hash('0') };
  const mediaType = relativePath.endsWith('.mp4') ? 'video/mp4' : 'image/jpeg';
  return addEvidence(opened, { ...file, mediaType }).id;
}

/** Faces of a file with a verdict of each of these parameters, in one call. */
function judge(filling: Filling, relativePath: string, faces: readonly (NewFace | null)[], outcome?: VerdictOutcome) {
  const { opened, chance } = filling;
  const evidenceId = addFile(filling, relativePath);
  for (const parameters of filling.parameters) {
    const verdicts = faces.map((face) => ({
      face,
      outcome: outcome ?? outcomeOf(chance, parameters.operatingPoints !== null),
    }));
    addVerdicts(opened, parameters, [{ evidenceId, relativePath, state: undefined, verdicts }]);
  }
  return evidenceId;
}

function addPhotographs(filling: Filling): void {
  for (let n = 0; n < 60; n++) {
    const name = ['IMG', 'img', 'scan 100%', 'Été'][n % 4]!;
    const faces = Array.from({ length: 1 + (n % 4) }, (_, faceIndex) =>
      faceOf(filling.chance, { frameIndex: 0, timeMs: 0, pts: null, faceIndex }),
    );
    judge(filling, `card-${String(n % 5)}/${name}_${String(n).padStart(3, '0')}.jpg`, faces);
  }
  judge(filling, 'notes/empty.jpg', [null], { kind: 'noFace' });
  judge(filling, 'notes/torn.jpg', [null], { kind: 'unreadable', reason: 'truncated', message: 'It ends early.' });
}

const FRAMES = 24;
const FACES_PER_TRACK = 8;

/**
 * A film judged under every model, with tracks under those `scannedBy`; `finished` false leaves it
 * without any.
 */
function addFilm(filling: Filling, name: string, scannedBy: readonly ModelId[], finished: boolean): void {
  const { opened, chance } = filling;
  const places = Array.from({ length: FRAMES }, (_, i) => ({ frameIndex: i, timeMs: 40 * i, pts: 512 * i }));
  const evidenceId = judge(
    filling,
    name,
    places.map((place) => faceOf(chance, { ...place, faceIndex: 0 })),
  );
  for (const modelId of scannedBy) {
    const scan = beginVideoScan(opened, {
      evidenceId,
      modelId,
      pipelineVersion: 1,
      sampling: { kind: 'everyFrame' },
      minimumFacePx: 40,
    });
    for (const place of places) addVideoFrame(opened, scan.id, { ...place, sceneChange: false, faces: 1 });
    const ids = facesOfScan(opened, scan).map(({ faceId }) => faceId);
    const tracks = Array.from({ length: FRAMES / FACES_PER_TRACK }, (_, t) => ({
      faces: ids
        .slice(t * FACES_PER_TRACK, (t + 1) * FACES_PER_TRACK)
        .map((faceId) => ({ faceId, isKey: chance() < 0.3 })),
    }));
    if (finished) finishVideoScan(opened, scan.id, { ptsRuns: null, tracks });
  }
}

/** Opinions of two examiners on faces and whole files; some changed, some withdrawn. */
function addOpinions({ opened, chance }: Filling): ExaminerId[] {
  const examiners = ['First', 'Second'].map((name) => addExaminer(opened, name));
  for (const { evidenceId, faceId } of allVerdicts(opened))
    for (const examiner of examiners)
      while (chance() < 0.15) {
        const conclusion = CONCLUSIONS[Math.floor(chance() * CONCLUSIONS.length)]!;
        const own = opinionsOf(opened, { evidenceId, faceId }).findLast((one) => one.examinerId === examiner.id);
        // Nothing can be withdrawn that was not given, and a file without a face takes no opinion.
        if (faceId === null || (conclusion === 'withdrawn' && (!own || own.conclusion === 'withdrawn'))) continue;
        giveOpinion(opened, examiner, { evidenceId, faceId, conclusion, note: 'for the test', blind: false });
      }
  return examiners.map(({ id }) => id);
}

/**
 * Fills an empty case; the ids of its two examiners and its two models, the second without
 * operating points.
 */
export function fillGrid(opened: WritableCase): { examiners: ExaminerId[]; models: ModelId[] } {
  const models = [hash('a'), hash('b')];
  // Two sets of parameters of the first model: a case scanned on two machines.
  const parameters: VerdictParameters[] = [
    testParameters,
    { ...testParameters, modelId: models[1]!, operatingPoints: null },
  ];
  const filling: Filling = { opened, chance: chanceFrom(1), parameters };
  return opened.db.transaction(() => {
    for (const { modelId, operatingPoints } of parameters)
      keepModel(opened, { ...testModel, id: modelId, name: modelId[0]!, operatingPoints });
    addPhotographs(filling);
    addFilm(filling, 'films/both.mp4', models, true);
    addFilm(filling, 'films/first.mp4', models.slice(0, 1), true);
    addFilm(filling, 'films/going-on.mp4', models, false);
    const elsewhere = { ...testParameters, device: 'another machine' };
    const later: Filling = { ...filling, parameters: [elsewhere] };
    judge(later, 'later/IMG_900.jpg', [faceOf(filling.chance, { frameIndex: 0, timeMs: 0, pts: null, faceIndex: 0 })]);
    return { examiners: addOpinions(filling), models };
  });
}
