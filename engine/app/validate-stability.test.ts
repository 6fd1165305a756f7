// Validation with the battery: its pictures are those that a case tries, the rest of the record is
// what it is without, and a verdict made under such a record says what it knows of faces as stable.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { Model } from '../../contract/model.ts';
import { BATTERY, type StabilityRow } from '../../contract/stability.ts';
import type { MeasuredStability, ValidationRecord, ValidationRequest } from '../../contract/validation.ts';
import { meanSentences, stabilityRates } from '../../contract/wording.ts';
import { areaUnderRoc } from '../../models/metrics/roc.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { importOwnNetwork } from '../testing/own-network.ts';
import { ended, scan } from '../testing/scanned.ts';
import { makeTintedSet } from '../testing/tinted-set.ts';

const { root, start } = installations('validate-stability');
const at = (...names: string[]) => path.join(root, ...names);
/** Of four photographs the place of one face that stands alone in it. */
const PLACES = new Map([
  [1, { left: 300, top: 270 }],
  [2, { left: 780, top: 130 }],
  [3, { left: 980, top: 160 }],
  [6, { left: 1066, top: 220 }],
]);
const cutOut = (n: number) => sharp(samplePhotograph(n)).extract({ ...PLACES.get(n)!, width: 400, height: 420 });
let client: Client;
let own: Model;
/** Of the record that the verdicts of a case are made under, and what is said of one of them. */
let measured: MeasuredStability;
let said: string;

async function validate(
  request: Partial<ValidationRequest> = {},
  told: string[] = [],
): Promise<NonNullable<Model['validation']>> {
  const asked = { modelId: own.id, folder: at('set'), keep: false, stability: true, ...request };
  for await (const event of await client.model.validate(asked))
    if (event.kind === 'done') return event.record;
    else told.push(event.message);
  throw new Error('No record came.');
}

const withoutStability = ({ stability: _, madeAt: _at, ...rest }: ValidationRecord) => rest;

/** The battery on every score of the open case. */
async function stabilityOfAll(): Promise<StabilityRow[]> {
  const { id } = await client.stability.start({ filter: {} });
  expect(await ended(client, id)).toBe('done');
  return (await client.stability.read({ jobId: id })).rows;
}

beforeAll(async () => {
  await makeTintedSet(at('set'), [...PLACES.keys()], { picture: cutOut });
  mkdirSync(at('portraits'));
  for (const n of PLACES.keys()) await cutOut(n).toFile(at('portraits', `${n}.png`));
  ({ client } = await start());
  own = await importOwnNetwork(client, root);
});

test('the rest of the record is what it is without, and while it goes on it is said what is counted', async () => {
  const told: string[] = [];
  const record = await validate({}, told);
  expect(told.at(-1)).toBe('Faces scored, each altered 11 times as well');
  const plain = await validate({ stability: false });
  expect('stability' in plain).toBe(false);
  expect(withoutStability(record)).toEqual(withoutStability(plain));
  const { battery, stable, others } = record.stability!;
  expect(battery).toBe(BATTERY);
  expect(stable.wrong.of + others.wrong.of).toBe(record.genuine + record.forged - record.cannotTell.count);
  expect(stable.falselyForged.count + others.falselyForged.count).toBe(record.falselyForged.count);
});

test('the pictures are those that a case tries: the mean over them parts the classes as far', async () => {
  await client.case.create({ folder: at('raw'), title: 'Raw' });
  expect(await scan(client, [at('set')], own.id)).toBe('done');
  const rows = await stabilityOfAll();
  const { mean } = (await validate()).stability!;
  const scores = rows.map(({ relativePath, asFound, altered }) => ({
    score: altered.reduce((sum, { logit }) => sum + logit, asFound!.logit) / (altered.length + 1),
    label: relativePath.includes('fake') ? (1 as const) : (0 as const),
    source: '',
  }));
  expect(rows).toHaveLength(2 * PLACES.size);
  expect(mean.auc).toBeCloseTo(areaUnderRoc(scores), 12);
  // This model was not validated: nothing is known, and that is said.
  expect(await client.stability.measured({ verdictId: rows[0]!.verdictId })).toBeNull();
  await client.case.close();
});

test('faces already cut, and portraits with the forgeries made of them, are tried as well', async () => {
  for (const request of [
    { kind: 'crops' as const, folder: at('set') },
    { kind: 'portraits' as const, folder: at('portraits'), repeats: 1 },
  ]) {
    const record = await validate(request);
    expect(record.stability!.stable.falselyForged.of).toBe(record.genuine);
    expect(withoutStability(record)).toEqual(withoutStability(await validate({ ...request, stability: false })));
  }
});

test('a verdict made under such a record says what it knows, in the case, its exports and a packed copy', async () => {
  const record = await validate({ keep: true, operatingRate: 0.3 });
  measured = record.stability!;
  await client.case.create({ folder: at('case'), title: 'Firm' });
  expect(await scan(client, [at('set')], own.id)).toBe('done');
  const rows = await stabilityOfAll();
  const leaning = rows.filter(({ recorded }) => recorded!.leaning !== 'cannotTell');
  expect(leaning.length).toBeGreaterThan(0);
  const { verdictId } = leaning[0]!;
  expect(await client.stability.measured({ verdictId })).toEqual({ ...record.stability, elsewhere: false });
  said = stabilityRates(leaning[0]!, measured);
  expect(said).toMatch(
    /^Of the validation faces that, as this one,.* battery v1, .* leaned wrongly \(.* 95 % interval /,
  );

  const csv = await client.report.export({ options: {}, format: 'csv', path: at('report.csv') });
  expect(readFileSync(csv.path, 'utf8')).toContain(said);
  expect(csv.path && readFileSync(csv.path, 'utf8')).not.toContain('in the case alone');
  await client.report.export({ options: {}, format: 'json', path: at('report.json') });
  const { models } = JSON.parse(readFileSync(at('report.json'), 'utf8'));
  expect(models[0].validation.stability).toEqual(record.stability);
  // A later record is not the verdict's own.
  await validate({ keep: true, stability: false });
  expect(await client.stability.measured({ verdictId })).toEqual({ ...record.stability, elsewhere: false });
  expect((await client.case.verify()).problems).toEqual([]);
  expect(await client.case.recordsElsewhere()).toEqual([]);

  await client.case.pack({ file: at('firm.recce'), evidence: false, models: true });
  const { client: there } = await start('there');
  await there.case.unpack({ file: at('firm.recce'), folder: at('unpacked') });
  expect(await there.stability.measured({ verdictId })).toEqual({ ...record.stability, elsewhere: true });
  await there.case.close();
});

test('where a case came from elsewhere, its record is said to be in no library here, wherever it speaks', async () => {
  const { client: there } = await start('there');
  await there.case.open({ folder: at('unpacked') });
  const [one, ...others] = await there.case.recordsElsewhere();
  expect(others).toEqual([]);
  expect(one).toMatchObject({ modelId: own.id, modelName: own.name, hasModel: false });
  const csv = await there.report.export({ options: {}, format: 'csv', path: at('there.csv') });
  const table = readFileSync(csv.path, 'utf8');
  expect(table).toContain('These rates are of a validation record that is in the case alone');
  expect(table.split('\r\n')[1]).toMatch(new RegExp(`,${one!.sha256}(,|$)`));
  await there.report.export({ options: {}, format: 'json', path: at('there.json') });
  expect(JSON.parse(readFileSync(at('there.json'), 'utf8')).recordsElsewhere).toEqual([one]);
  await there.report.export({ options: {}, format: 'pdf', path: at('there.pdf') });
  expect((await there.case.verify()).problems).toEqual([]);
});

test('in its report too, before the first figure', { tags: ['poppler'] }, () => {
  const text = execFileSync('pdftotext', ['-layout', at('there.pdf'), '-'])
    .toString()
    .replace(/\s+/g, ' ');
  const sentence =
    /The validation record of .*? is not in this workstation’s library, nor is the model: it is in the case alone\. Its error rates, .*? the word of whoever made it\./g;
  // In the summary, with the model, and at the head of its validation.
  expect(text.match(sentence)!.length).toBeGreaterThanOrEqual(3);
  expect(text.search(sentence)).toBeLessThan(text.indexOf('Highest raw scores'));
  const validation = text.lastIndexOf('Validation of ');
  expect(text.slice(validation, text.indexOf('Area under the ROC curve', validation))).toMatch(sentence);
});

test('and in the report, beside the face and with its model', { tags: ['poppler'] }, async () => {
  await client.case.open({ folder: at('case') });
  await client.report.export({ options: {}, format: 'pdf', path: at('report.pdf') });
  const text = execFileSync('pdftotext', ['-layout', at('report.pdf'), '-'])
    .toString()
    .replace(/\s+/g, ' ');
  expect(text).toContain(said.slice(0, 60));
  expect(text).toContain(meanSentences(measured).slice(0, 60));
});

test('of several models made one, the parts are altered each by itself and fused as the face is', async () => {
  const [recce] = (await client.model.list()) as [Model];
  for (const modelId of [recce.id, own.id]) await validate({ modelId, keep: true, stability: false });
  const fused = async (stability: boolean): Promise<Model> => {
    for await (const event of await client.model.fuse({
      parts: [recce.id, own.id],
      name: 'both',
      folder: at('set'),
      stability,
    }))
      if (event.kind === 'done') return client.model.get({ id: event.modelId });
    throw new Error('No model came.');
  };
  const plain = await fused(false);
  const { validation } = await fused(true);
  expect(withoutStability(validation!)).toEqual(withoutStability(plain.validation!));
  const { stable, others, mean } = validation!.stability!;
  expect(stable.wrong.of + others.wrong.of).toBe(
    validation!.genuine + validation!.forged - validation!.cannotTell.count,
  );
  expect(mean.difference.value).toBeCloseTo(mean.auc - validation!.auc, 12);
  const again = await validate({ modelId: plain.id });
  expect(again.stability!.battery).toBe(BATTERY);
});
