// Any verdict made again through the engine's own door: bit-identical here, from the crop where the
// evidence is gone, with a sentence where it cannot be, and never silently. And what verify makes
// of records that were tampered with.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import type { VerdictId } from '../../contract/brand.ts';
import type { RerunReport } from '../../contract/rerun.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { tamperWith } from '../case/testing/tamper.ts';
import { PIPELINE_VERSION } from '../examine/pipeline-version.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('rerun');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
let client: Client;

async function rerun(verdictIds?: VerdictId[]): Promise<RerunReport> {
  const { id } = await client.rerun.start(verdictIds ? { verdictIds } : {});
  expect(await ended(client, id)).toBe('done');
  return client.rerun.read({ jobId: id });
}

/** What a person with a database tool could do to a closed case. */
async function tamper<T>(change: (db: Database.Database) => T): Promise<T> {
  await client.case.close();
  const db = new Database(path.join(folder, 'case.sqlite'));
  const found = change(db);
  db.close();
  await client.case.open({ folder });
  return found;
}
const kinds = async () => [...new Set((await client.case.verify()).problems.map((one) => one.kind))].sort();

beforeAll(async () => {
  mkdirSync(media);
  copyFileSync(samplePhotograph(3), path.join(media, 'three faces.jpg'));
  writeFileSync(path.join(media, 'empty.jpg'), '');
  writeFileSync(path.join(media, 'notes.txt'), 'no picture');
  writeFileSync(path.join(media, 'cut.jpg'), readFileSync(path.join(media, 'three faces.jpg')).subarray(0, 40_000));
  ({ client } = await start());
  await client.case.create({ folder, title: 'R', reference: '' });
  expect(await scan(client, [media])).toBe('done');
});

test('every verdict, with and without a score, comes out bit-identical on the same machine and build', async () => {
  const { rows, counts } = await rerun();
  expect(counts).toEqual({ identical: 6, withinTolerance: 0, different: 0, notPossible: 0 });
  expect(rows.every((row) => row.basis === 'evidence' && row.environment.length === 0)).toBe(true);
  const scored = rows.filter((row) => row.face !== null);
  expect(scored).toHaveLength(3);
  for (const row of scored)
    expect(row.quantities.map((one) => one.name)).toEqual([
      'kind',
      'logit',
      'score',
      'mean difference',
      'log10 likelihood ratio',
      'leaning',
      'crop',
      'reconstruction',
      'difference',
      'gate',
      'box',
      'landmarks',
    ]);
  // Whoever reads results without a name is entered.
  const entry = (await client.case.activity({ limit: 2 })).find(({ action }) => action !== 'examiner.unnamed');
  expect(entry).toMatchObject({ action: 'rerun.finished', details: { counts: { identical: 6 } } });
});

test('without the evidence the model step alone is made again from the stored crop, and the row says so', async () => {
  const file = path.join(media, 'three faces.jpg');
  const bytes = readFileSync(file);
  rmSync(file);
  const { rows } = await rerun();
  expect(rows.filter((row) => row.face !== null).map((row) => [row.result, row.basis])).toEqual(
    Array(3).fill(['identical', 'crop']),
  );
  expect(rows.find((row) => row.face !== null)?.reason).toMatch(/cannot be read now.*model step/);
  expect(await kinds()).toEqual(['evidenceMissing']);
  writeFileSync(file, bytes);
  expect(await kinds()).toEqual([]);
  const [evidence] = (await client.evidence.list({})).rows.filter((one) => one.path === file);
  expect(evidence?.alterations).toMatchObject([{ kind: 'missing' }]);
});

test('a changed evidence file is recorded in its row for good, also after it is put back', async () => {
  const file = path.join(media, 'notes.txt');
  writeFileSync(file, 'another text');
  expect(await kinds()).toEqual(['evidenceChanged']);
  expect(await kinds()).toEqual(['evidenceChanged']);
  writeFileSync(file, 'no picture');
  expect(await kinds()).toEqual([]);
  const [evidence] = (await client.evidence.list({})).rows.filter((one) => one.path === file);
  expect(evidence?.alterations).toHaveLength(1);
  expect(evidence?.alterations[0]).toMatchObject({ kind: 'changed', found: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const document = await client.report.preview({});
  expect(document.evidence.find((one) => one.path === file)?.alterations).toHaveLength(1);
});

test('the hash of a file in the database, and a parameter of its verdicts, cannot be changed unnoticed', async () => {
  const swap = (from: string, to: string) =>
    tamper((db) => tamperWith(db, `UPDATE evidence SET sha256 = '${to}' WHERE sha256 = '${from}'`));
  const file = path.join(media, 'notes.txt');
  const { sha256 } = (await client.evidence.list({})).rows.find((one) => one.path === file)!;
  writeFileSync(file, 'another text');
  await swap(sha256!, sha256Of(Buffer.from('another text')));
  const { problems } = await client.case.verify();
  expect(problems).toMatchObject([
    { kind: 'evidenceChanged', subject: expect.stringContaining('sealed by audit entry') },
  ]);
  await swap(sha256Of(Buffer.from('another text')), sha256!);
  writeFileSync(file, 'no picture');
  const name = (appVersion: string) =>
    tamper((db) => tamperWith(db, `UPDATE parameters SET json = json_set(json, '$.appVersion', '${appVersion}')`));
  const { appVersion } = (await client.report.preview({})).parameters[0]!;
  await name('9.9.9');
  expect(await kinds()).toEqual(['verdictChanged']);
  await name(appVersion);
  expect(await kinds()).toEqual([]);
});

test('what follows from the logit, and what a row says of its model, comes out different when it was changed', async () => {
  const [scores, parameters] = await tamper(
    (db) =>
      [
        db.prepare("SELECT id, outcome FROM verdict WHERE kind = 'scored' ORDER BY id").all() as {
          id: number;
          outcome: string;
        }[],
        db.prepare('SELECT id, json FROM parameters').all() as { id: number; json: string }[],
      ] as const,
  );
  const differing = async () =>
    (await rerun()).rows
      .filter(({ result }) => result === 'different')
      .map(({ quantities }) => quantities.filter(({ same }) => !same).map(({ name }) => name));
  const [first, second] = scores.map(({ id }) => id);
  await tamper((db) =>
    tamperWith(
      db,
      `UPDATE verdict SET outcome = json_set(outcome, '$.score', 0.0575) WHERE id = ${first};
      UPDATE verdict SET outcome = json_set(outcome, '$.log10LikelihoodRatio', NULL) WHERE id = ${second}`,
    ),
  );
  expect(await differing()).toEqual([['score'], ['log10 likelihood ratio']]);
  await tamper((db) => {
    for (const { id, outcome } of scores) tamperWith(db, `UPDATE verdict SET outcome = '${outcome}' WHERE id = ${id}`);
    // Every score leans towards genuine by these, and the rows say so.
    tamperWith(
      db,
      `UPDATE verdict SET outcome = json_set(outcome, '$.leaning', 'towardsGenuine') WHERE kind = 'scored';
      UPDATE parameters SET json = json_set(json, '$.operatingPoints', json('{"low":1,"high":1}'), '$.mean', 0.4)`,
    );
  });
  const named = await differing();
  // Files without a face were made under the same parameters.
  expect(named).toHaveLength(6);
  expect(named.filter((names) => names.includes('leaning'))).toHaveLength(3);
  for (const names of named) expect(names).toEqual(expect.arrayContaining(['mean', 'operating points']));
  await tamper((db) => {
    for (const { id, outcome } of scores) tamperWith(db, `UPDATE verdict SET outcome = '${outcome}' WHERE id = ${id}`);
    for (const { id, json } of parameters) tamperWith(db, `UPDATE parameters SET json = '${json}' WHERE id = ${id}`);
  });
  expect((await rerun()).counts).toMatchObject({ identical: 6 });
});

test('a leaning under a validation record that is nowhere is not confirmed, and verify names that record', async () => {
  const [outcomes, parameters] = await tamper(
    (db) =>
      [
        db.prepare("SELECT id, outcome, leaning FROM verdict WHERE kind = 'scored'").all() as {
          id: number;
          outcome: string;
          leaning: string;
        }[],
        db.prepare('SELECT id, json FROM parameters').all() as { id: number; json: string }[],
      ] as const,
  );
  const under = (sha256: string | null, points: unknown) =>
    `UPDATE parameters SET json = json_set(json, '$.validationSha256', ${sha256 === null ? 'NULL' : `'${sha256}'`},
      '$.operatingPoints', json('${JSON.stringify(points)}'));`;
  const turned = `UPDATE verdict SET leaning = 'towardsGenuine',
    outcome = json_set(outcome, '$.leaning', 'towardsGenuine', '$.log10LikelihoodRatio', NULL) WHERE kind = 'scored'`;
  for (const sha256 of [null, 'ab'.repeat(32)]) {
    await tamper((db) => tamperWith(db, under(sha256, { low: 0.9995, high: 0.9999 }) + turned));
    const scored = (await rerun()).rows.filter(({ face }) => face !== null);
    expect(scored.map(({ result }) => result)).toEqual(['notPossible', 'notPossible', 'notPossible']);
    expect(scored[0]).toMatchObject({ basis: 'evidence', reason: expect.stringMatching(/neither in the case nor/) });
    expect(scored[0]?.quantities).toContainEqual(expect.objectContaining({ name: 'logit', same: true }));
    expect((await client.case.verify()).problems).toContainEqual(
      expect.objectContaining({ kind: 'modelChanged', subject: 'set of parameters 1' }),
    );
  }
  await tamper((db) => {
    for (const { id, json } of parameters) tamperWith(db, `UPDATE parameters SET json = '${json}' WHERE id = ${id}`);
    for (const { id, outcome, leaning } of outcomes)
      tamperWith(db, `UPDATE verdict SET outcome = '${outcome}', leaning = '${leaning}' WHERE id = ${id}`);
  });
  expect(await kinds()).toEqual([]);
});

test('verify names a score, a leaning or a ratio that does not follow from its logit, with every column to match', async () => {
  const [one] = await tamper(
    (db) =>
      db.prepare("SELECT id, outcome, score FROM verdict WHERE kind = 'scored'").all() as {
        id: number;
        outcome: string;
        score: number;
      }[],
  );
  for (const [name, value] of [
    ['score', 0.0575],
    ['log10LikelihoodRatio', 9],
  ] as const) {
    const column = name === 'score' ? `score = ${value},` : '';
    await tamper((db) =>
      tamperWith(
        db,
        `UPDATE verdict SET ${column} outcome = json_set(outcome, '$.${name}', ${value}) WHERE id = ${one!.id}`,
      ),
    );
    expect((await client.case.verify()).problems).toContainEqual(
      expect.objectContaining({ kind: 'derivedChanged', found: expect.stringContaining('does not follow') }),
    );
    await tamper((db) =>
      tamperWith(db, `UPDATE verdict SET score = ${one!.score}, outcome = '${one!.outcome}' WHERE id = ${one!.id}`),
    );
  }
  expect(await kinds()).toEqual([]);
});

test('another machine: small differences are within the tolerance, larger ones are not, and both are shown', async () => {
  const shift = (by: number) =>
    tamper((db) =>
      tamperWith(
        db,
        `UPDATE parameters SET json = json_set(json, '$.device', 'Another CPU');
        UPDATE verdict SET outcome = json_set(outcome, '$.logit', json_extract(outcome, '$.logit') + ${by}) WHERE kind = 'scored'`,
      ),
    );
  await shift(1e-5);
  const near = await rerun();
  expect(near.counts).toMatchObject({ withinTolerance: 3, identical: 3, different: 0 });
  expect(near.rows[0]?.environment).toMatchObject([{ name: 'device', recorded: 'Another CPU' }]);
  expect(await kinds()).toEqual(['derivedChanged', 'verdictChanged']);
  await shift(1);
  const far = await rerun();
  expect(far.counts).toMatchObject({ withinTolerance: 0, different: 3 });
  const logit = far.rows.find((row) => row.result === 'different')?.quantities.find((one) => one.name === 'logit');
  expect(logit?.difference).toBeCloseTo(1, 4);
});

test('a face that was taken out of the case makes the others of its picture different; so does a measure that was changed', async () => {
  const verdict = await tamper(
    (db) =>
      db.prepare("SELECT id, face_id FROM verdict WHERE kind = 'scored' LIMIT 1").get() as {
        id: VerdictId;
        face_id: number;
      },
  );
  // As if it were of another picture.
  await tamper((db) => tamperWith(db, `UPDATE face SET frame_index = 9 WHERE id = ${verdict.face_id}`));
  const ids = (await findingsOf(client)).filter(({ faceId }) => faceId !== null && faceId !== verdict.face_id);
  const { rows } = await rerun(ids.map(({ verdictId }) => verdictId));
  expect(rows).toHaveLength(2);
  for (const { quantities } of rows)
    expect(quantities).toContainEqual({
      ...{ name: 'faces of the picture', recorded: '2', found: '3', same: false, difference: null },
    });
  await tamper((db) => tamperWith(db, `UPDATE face SET frame_index = 0 WHERE id = ${verdict.face_id}`));
  const sharper = (by: number) =>
    tamper((db) =>
      tamperWith(
        db,
        `UPDATE face SET quality = json_set(quality, '$.sharpness', (quality ->> '$.sharpness') + ${by}) WHERE id = ${verdict.face_id}`,
      ),
    );
  await sharper(64);
  const { rows: measured } = await rerun([verdict.id]);
  expect(measured[0]?.quantities).toContainEqual(expect.objectContaining({ name: 'face: sharpness', same: false }));
  await sharper(-64);
});

test('verify names a set of parameters whose smallest face no scan was to score', async () => {
  const smallest = (px: number) =>
    tamper((db) => tamperWith(db, `UPDATE parameters SET json = json_set(json, '$.minimumFacePx', ${px})`));
  await smallest(5000);
  expect((await client.case.verify()).problems).toContainEqual(
    expect.objectContaining({ kind: 'modelChanged', subject: 'set of parameters 1', found: '5000' }),
  );
  await smallest(40);
});

test('a face that was moved in the database, or one point of it, is not identical', async () => {
  const move = (sql: string) => tamper((db) => tamperWith(db, sql));
  const identical = (await rerun()).counts;
  for (const [column, key] of [
    ['box', '$.x'],
    ['landmarks', '$[5].y'],
  ] as const) {
    const by = (px: number) =>
      move(`UPDATE face SET ${column} = json_set(${column}, '${key}', (${column} ->> '${key}') + ${px}) WHERE id = 1`);
    await by(64);
    const { counts, rows } = await rerun();
    expect(counts.different).toBe(identical.different + (identical.different === 3 ? 0 : 1));
    const row = rows.find((one) => one.quantities.some(({ name, same }) => name === column && !same));
    expect(row).toMatchObject({ face: 1, result: 'different' });
    await by(-64);
  }
});

test('the smallest face that is recorded holds: a face below it is not confirmed as scored', async () => {
  const smallest = (px: number) =>
    tamper((db) => tamperWith(db, `UPDATE parameters SET json = json_set(json, '$.minimumFacePx', ${px})`));
  await smallest(5000);
  const { rows } = await rerun();
  const kindsNow = rows.flatMap(({ face, quantities }) => (face === null ? [] : [quantities[0]]));
  expect(kindsNow).toEqual(
    Array(3).fill({ name: 'kind', recorded: 'scored', found: 'faceTooSmall', same: false, difference: null }),
  );
  await smallest(40);
});

test('a failure that does not happen again, and a domain whose record is gone, are not confirmed', async () => {
  const { verdictId, faceId } = (await findingsOf(client)).find((one) => one.faceId === 1)!;
  const { validationSha256 } = (await client.report.preview({})).parameters[0]!;
  let kept: { outcome: string; score: number; leaning: string | null };
  await tamper((db) => {
    kept = db.prepare('SELECT outcome, score, leaning FROM verdict WHERE id = ?').get(verdictId) as typeof kept;
  });
  const say = async (outcome: object, sql: string): Promise<RerunReport['rows'][number]> => {
    const set = `outcome = '${JSON.stringify(outcome)}', score = NULL, leaning = NULL, ${sql}`;
    await tamper((db) => tamperWith(db, `UPDATE verdict SET ${set} WHERE id = ${verdictId}`));
    return (await rerun([verdictId])).rows[0]!;
  };
  const underRecord = (sha256: string | null) =>
    tamper((db) =>
      tamperWith(db, `UPDATE parameters SET json = json_set(json, '$.validationSha256', ${sha256 && `'${sha256}'`})`),
    );
  await underRecord('e'.repeat(64));
  const outside = { kind: 'outOfDomain', reasons: ['sharpness 1, validated from 2'], cropSha256: null };
  expect(await say(outside, "kind = 'outOfDomain'")).toMatchObject({
    result: 'notPossible',
    reason: expect.stringMatching(/validation record it was made under \(SHA-256 e{64}\) is neither/),
  });
  expect(await say({ kind: 'toolError', message: 'It failed.' }, "kind = 'toolError', face_id = NULL")).toMatchObject({
    result: 'different',
    quantities: expect.arrayContaining([
      { name: 'message', recorded: 'It failed.', found: '3 faces were found', same: false, difference: null },
    ]),
  });
  await underRecord(validationSha256);
  await tamper((db) => {
    const leaning = kept.leaning && `'${kept.leaning}'`;
    const back = `kind = 'scored', face_id = ${faceId}, outcome = '${kept.outcome}', score = ${kept.score}, leaning = ${leaning}`;
    tamperWith(db, `UPDATE verdict SET ${back} WHERE id = ${verdictId}`);
  });
});

test('a pipeline or a model that is not here is refused with a sentence, not with a number', async () => {
  await tamper((db) => tamperWith(db, "UPDATE parameters SET json = json_set(json, '$.pipelineVersion', 99)"));
  const { counts, rows } = await rerun();
  expect(counts).toMatchObject({ notPossible: 6 });
  expect(rows[0]?.reason).toMatch(/made by pipeline 99 \(Recce Workstation .*\); this build has pipeline \d+/);
  await tamper((db) =>
    tamperWith(
      db,
      `UPDATE parameters SET json = json_set(json, '$.pipelineVersion', ${PIPELINE_VERSION});
      UPDATE model SET id = '${'d'.repeat(64)}'; UPDATE verdict SET model_id = '${'d'.repeat(64)}'`,
    ),
  );
  const { rows: orphans } = await rerun();
  expect(orphans.every((row) => row.result === 'notPossible' && /not in the library/.test(row.reason!))).toBe(true);
});

test('in blind mode a rerun tells no numbers of what is hidden', async () => {
  await client.session.set({ examiner: 'B. Lind', blind: true });
  const { rows } = await client.rerun.read({});
  expect(rows.every((row) => row.quantities.length === 0)).toBe(true);
  await client.session.set({ blind: false });
});

test('an opinion changed behind the workstation’s back is named', async () => {
  const { evidenceId, faceId } = (await client.finding.query({ limit: 1, offset: 0 })).rows[0]!;
  await client.opinion.give({ evidenceId, faceId, conclusion: 'forged', note: 'n' });
  await tamper((db) => tamperWith(db, "UPDATE opinion SET conclusion = 'genuine'"));
  const { problems } = await client.case.verify();
  expect(problems.find((one) => one.kind === 'opinionChanged')).toMatchObject({
    subject: 'opinion 1',
    expected: expect.stringContaining('forged'),
    found: expect.stringContaining('genuine'),
  });
});

test('a verdict that is not there is an error of the table', async () => {
  await expect(client.rerun.start({ verdictIds: [9999 as VerdictId] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
