// How firm verdicts are, through the engine's own door: the battery's list of each, the same again
// bit for bit, held by the log, hidden in blind mode, and no answer where the verdict itself cannot
// be made again.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import type { VerdictId } from '../../contract/brand.ts';
import type { ReportDocument } from '../../contract/report.ts';
import { ALTERATIONS, BATTERY, FRAMES_BESIDE, leaningKept, type StabilityReport } from '../../contract/stability.ts';
import { alteredWords, stabilitySentence } from '../../contract/wording.ts';
import { tamperWith } from '../case/testing/tamper.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { makeTwoShots } from '../media/video/testing/make-media.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('stability');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
const photograph = path.join(media, 'three faces.jpg');
let client: Client;
let scored: VerdictId[];

type Wanted = Parameters<Client['stability']['start']>[0];
async function stability(wanted: Wanted, told: string[] = []): Promise<StabilityReport> {
  const { id } = await client.stability.start(wanted);
  expect(await ended(client, id, told)).toBe('done');
  return client.stability.read({ jobId: id });
}

beforeAll(async () => {
  mkdirSync(media);
  copyFileSync(samplePhotograph(3), photograph);
  ({ client } = await start());
  await client.case.create({ folder, title: 'S', reference: '' });
  expect(await scan(client, [media])).toBe('done');
  scored = (await findingsOf(client)).flatMap(({ kind, verdictId }) => (kind === 'scored' ? [verdictId] : []));
  expect(scored.length).toBeGreaterThan(0);
});

test('each verdict is tried with the whole battery, and the same again gives the same to the bit', async () => {
  const { rows } = await stability({ verdictIds: scored });
  expect(rows.map(({ verdictId }) => verdictId)).toEqual(scored);
  for (const row of rows) {
    expect(row).toMatchObject({ result: 'made', reason: null, battery: BATTERY, before: null, environment: [] });
    expect(row.altered.map(({ alteration }) => alteration)).toEqual(ALTERATIONS);
    expect(row.asFound!.logit).toBe(row.recorded!.logit);
    expect(new Set(row.altered.map(({ logit }) => logit)).size).toBeGreaterThan(8);
    expect(row.beside).toEqual([]);
    const { kept, of } = leaningKept(row)!;
    expect(kept).toBe(row.altered.filter(({ leaning }) => leaning === row.recorded!.leaning).length);
    expect(stabilitySentence(row)).toMatch(new RegExp(`in ${kept} of ${of} alterations of battery v1\\.$`));
  }
  const again = await stability({ filter: { videoFrames: 'key' } });
  expect(again.rows.map(({ altered }) => altered)).toEqual(rows.map(({ altered }) => altered));
  for (const { before } of again.rows) expect(before).toMatchObject({ result: 'identical', largestDifference: 0 });
  expect(await client.stability.ofVerdict({ verdictId: scored[0]! })).toEqual(
    again.rows.find(({ verdictId }) => verdictId === scored[0]),
  );
  const [entry] = await client.case.activity({ limit: 1 });
  // No word of what leans where: the log is shown in blind mode too.
  expect(entry).toMatchObject({
    action: 'stability.finished',
    details: { counts: { made: scored.length, notPossible: 0 }, rowsSha256: again.rowsSha256 },
  });
  expect(JSON.stringify(entry)).not.toMatch(/lean|kept|forged|genuine/i);
  expect((await client.case.verify()).problems).toEqual([]);
});

test('a face is named by its number, what has no score is passed over, and what is not there refused', async () => {
  const { faceId } = (await findingsOf(client)).find(({ verdictId }) => verdictId === scored[0])!;
  expect((await stability({ faceIds: [faceId!] })).rows.map(({ verdictId }) => verdictId)).toEqual([scored[0]]);
  await expect(client.stability.start({ faceIds: [999 as never] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(client.stability.start({ verdictIds: [999 as never] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('without the evidence nothing is said of its stability, and the last that was measured stays', async () => {
  const last = await client.stability.ofVerdict({ verdictId: scored[0]! });
  rmSync(photograph);
  const told: string[] = [];
  const { rows } = await stability({ verdictIds: scored.slice(0, 1) }, told);
  copyFileSync(samplePhotograph(3), photograph);
  expect(rows).toMatchObject([{ result: 'notPossible', altered: [], reason: expect.stringMatching(/cannot be read/) }]);
  expect(stabilitySentence(rows[0]!)).toMatch(/^Its stability could not be measured\./);
  expect(told).toHaveLength(1);
  // How many were not measured is told with the job, so that nobody is told that they were.
  expect((await client.job.list())[0]!.progress).toMatchObject({ done: 1, failed: 1 });
  expect(await client.stability.ofVerdict({ verdictId: scored[0]! })).toEqual(last);
});

test('in blind mode nothing is said of a face that is not yet decided', async () => {
  await client.session.set({ examiner: 'B. Lind', blind: true });
  expect((await client.stability.read({})).rows).toEqual([]);
  expect(await client.stability.ofVerdict({ verdictId: scored[0]! })).toBeNull();
  // What leans is not told by how many are tried either.
  expect((await client.stability.start({ filter: { leanings: ['towardsForged', 'cannotTell'] } })).input).toMatchObject(
    {
      verdictIds: [],
    },
  );
  const { evidenceId, faceId } = (await findingsOf(client)).find(({ verdictId }) => verdictId === scored[0])!;
  await client.opinion.give({ evidenceId, faceId, conclusion: 'inconclusive', note: 'blurred' });
  expect(await client.stability.ofVerdict({ verdictId: scored[0]! })).toMatchObject({ result: 'made' });
  await client.session.set({ blind: false });
});

test('a report holds the list of every face that was tried: to read, for programs and as a table', {
  tags: ['poppler'],
}, async () => {
  const written = async (format: 'json' | 'csv' | 'pdf'): Promise<string> => {
    const file = path.join(root, `report.${format}`);
    await client.report.export({ path: file, format, options: {} });
    return format === 'pdf'
      ? execFileSync('pdftotext', ['-layout', file, '-']).toString().replace(/\s+/g, ' ')
      : readFileSync(file, 'utf8');
  };
  const { stability: rows } = JSON.parse(await written('json')) as ReportDocument;
  expect(rows.map(({ verdictId }) => verdictId)).toEqual(scored);
  expect(rows.every(({ result, altered }) => result === 'made' && altered.length === ALTERATIONS.length)).toBe(true);
  const table = await written('csv');
  const { kept, of } = leaningKept(rows[0]!)!;
  expect(table).toContain(`${kept} of ${of},${stabilitySentence(rows[0]!)}`);
  expect(table).toContain(alteredWords(rows[0]!.altered[2]!));
  const text = await written('pdf');
  expect(text).toContain(`in ${kept} of ${of} alterations of battery v1`);
  expect(text).toContain('box moved across by a twentieth');
});

/** A change of the closed case's database, and the case opened again. */
async function tampered(sql: string): Promise<void> {
  await client.case.close();
  const db = new Database(path.join(folder, 'case.sqlite'));
  tamperWith(db, sql);
  db.close();
  await client.case.open({ folder });
}

test('it goes with a packed case, and is as it was there, named as made elsewhere until it is measured here', async () => {
  const verdictIds = scored.slice(0, 1);
  const before = await client.stability.ofVerdict({ verdictId: scored[0]! });
  const file = path.join(root, 'packed.recce');
  await client.case.pack({ file, evidence: true, models: true });
  const elsewhere = path.join(root, 'elsewhere');
  await client.case.unpack({ file, folder: elsewhere });
  const there = await client.stability.ofVerdict({ verdictId: scored[0]! });
  expect(there).toEqual({ ...before, elsewhere: true });
  expect(stabilitySentence(there!)).toMatch(/This was measured elsewhere, before the case was unpacked here/);
  const { stability: rows, checks } = await client.report.preview({});
  expect(rows.every((row) => row.elsewhere)).toBe(true);
  expect(checks.stability!.elsewhere).toBe(checks.stability!.runs);
  expect((await client.case.verify()).problems).toEqual([]);
  await client.case.relocate({ from: media, to: media });
  expect((await stability({ verdictIds })).rows[0]).toMatchObject({ result: 'made' });
  expect((await client.stability.ofVerdict({ verdictId: scored[0]! }))!.elsewhere).toBeUndefined();
  await client.case.open({ folder });
});

test('rows of a run that nobody began are not shown, and verify names them', async () => {
  const [one] = scored;
  const before = await client.stability.ofVerdict({ verdictId: one! });
  await tampered(`INSERT INTO job (id, kind, state, input, progress, created_at)
      VALUES (900, 'stability', 'done', '{}', '{}', '2026');
    INSERT INTO stability SELECT 900, verdict_id, result, replace(json, '"towardsForged"', '"towardsGenuine"')
      FROM stability WHERE verdict_id = ${one} AND result = 'made' LIMIT 1`);
  expect(await client.stability.ofVerdict({ verdictId: one! })).toEqual(before);
  const { stability, checks } = await client.report.preview({});
  expect(stability.find(({ verdictId }) => verdictId === one)).toEqual(before);
  expect(checks.stability).toMatchObject({ notAsRecorded: 0 });
  expect((await client.case.verify()).problems).toEqual([
    expect.objectContaining({ kind: 'stabilityChanged', subject: 'stability of job 900' }),
  ]);
  await tampered('DELETE FROM stability WHERE job_id = 900; DELETE FROM job WHERE id = 900');
});

test('verify names a leaning that does not follow from its logit, and what is said of the verdict that is not so', async () => {
  const [verdictId] = scored;
  const named = async () =>
    (await client.case.verify()).problems.flatMap(({ subject, expected }) =>
      subject.startsWith(`stability of verdict ${verdictId} by job`) ? [expected] : [],
    );
  const { jobId, rows } = await stability({ verdictIds: [verdictId!] });
  const { leaning } = rows[0]!.altered[0]!;
  const { logit } = rows[0]!.recorded!;
  const set = (field: string, value: string) =>
    tampered(`UPDATE stability SET json = json_set(json, '$.${field}', ${value}) WHERE job_id = ${jobId}`);
  expect(await named()).toEqual([]);
  await set('altered[0].leaning', leaning === 'towardsForged' ? `'towardsGenuine'` : `'towardsForged'`);
  expect(await named()).toEqual(['what follows from its logit']);
  await set('altered[0].leaning', `'${leaning}'`);
  await set('recorded.logit', '9');
  expect(await named()).toEqual([expect.stringContaining(String(logit))]);
});

test('rows that are not as the log has them are printed in no report, which says how many runs that are', async () => {
  await tampered(`UPDATE stability SET json = json_set(json, '$.altered', json('[]')) WHERE verdict_id = ${scored[0]}`);
  const { stability, checks } = await client.report.preview({});
  expect(stability.filter(({ result }) => result === 'made')).toEqual([]);
  expect(checks.stability!.notAsRecorded).toBeGreaterThan(0);
  const kinds = (await client.case.verify()).problems.map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['stabilityChanged']));
});

test('a verdict that does not come out again has no stability, and none of before stands any more', async () => {
  const verdictId = scored.at(-1)!;
  const before = (await stability({ verdictIds: [verdictId] })).rows[0]!;
  expect(await client.stability.ofVerdict({ verdictId })).toEqual(before);
  await tampered(`UPDATE verdict SET outcome = json_set(outcome, '$.logit', 4.5) WHERE id = ${verdictId}`);
  const told: string[] = [];
  const { rows } = await stability({ verdictIds: [verdictId] }, told);
  expect(rows).toMatchObject([{ result: 'notPossible', reason: expect.stringMatching(/did not come out again/) }]);
  expect(rows).toMatchObject([{ recorded: { logit: 4.5 }, asFound: before.asFound, altered: [] }]);
  expect(told.join()).not.toMatch(/\d\.\d/);
  expect(await client.stability.ofVerdict({ verdictId })).toEqual(rows[0]);
  const { stability: printed } = await client.report.preview({});
  expect(printed.find((one) => one.verdictId === verdictId)).toEqual(rows[0]);
});

test('of a film the same face in the frames beside is scored as it is', { tags: ['ffmpeg'] }, async () => {
  const films = path.join(root, 'films');
  mkdirSync(films);
  makeTwoShots(path.join(films, 'two shots.mp4'));
  await client.case.create({ folder: path.join(root, 'film'), title: 'Film', reference: '' });
  expect(await scan(client, [films])).toBe('done');
  const scoredHere = (await findingsOf(client)).filter(({ kind }) => kind === 'scored');
  const { rows } = await stability({ filter: { videoFrames: 'key' } });
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.length).toBeLessThan(scoredHere.length);
  const logits = await Promise.all(
    scoredHere.map(async ({ verdictId }) => {
      const { verdict } = await client.finding.inspect({ verdictId });
      return (verdict!.outcome as { logit: number }).logit;
    }),
  );
  for (const { beside } of rows) {
    expect(FRAMES_BESIDE).toEqual(expect.arrayContaining(beside.map(({ alteration }) => alteration)));
    for (const { logit, outside } of beside) if (outside.length === 0) expect(logits).toContain(logit);
  }
  const kept = leaningKept(rows.find(({ beside }) => beside.length === 2)!)!;
  expect(kept).toMatchObject({ of: ALTERATIONS.length, besideOf: 2 });
  const again = await stability({ verdictIds: [rows[0]!.verdictId] });
  expect(again.rows[0]!.before).toMatchObject({ result: 'identical' });
  expect((await client.case.verify()).problems).toEqual([]);
});
