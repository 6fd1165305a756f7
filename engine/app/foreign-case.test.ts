// A case from elsewhere does nothing by itself: no address in it is dialled, no folder in it is
// read, no job of it goes on; and rows that no workstation writes are refused or named.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeCase, createCase } from '../case/open-case.ts';
import { addJob } from '../case/rows/job.ts';
import { installationKey } from '../files/installation-key.ts';
import type { Client } from '../index.ts';
import { bindJobs } from '../jobs/job-binding.ts';
import { craftPackedCase } from '../testing/crafted-case.ts';
import { installations } from '../testing/installations.ts';
import { ended, scan } from '../testing/scanned.ts';

const { root, start } = installations('foreign');
const at = (...names: string[]): string => path.join(root, ...names);
const private_ = at('private');
let client: Client;
let modelId: string;
let callers = 0;
const listening = net.createServer((socket) => {
  callers += 1;
  socket.destroy();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  mkdirSync(private_);
  writeFileSync(path.join(private_, 'letter.txt'), 'of no concern to anybody');
  ({ client } = await start());
  await client.case.create({ folder: at('made'), title: 'Made', reference: '' });
  modelId = (await client.model.list())[0]!.id;
  await client.case.close();
});
afterAll(() => listening.close());

const address = (): string => `redis://127.0.0.1:${(listening.address() as AddressInfo).port}/0`;

/** What a hostile sender would have done here: files taken in, and sent to a queue of theirs. */
function putJobs(db: Database.Database, state = 'queued'): void {
  const insert = db.prepare(
    "INSERT INTO job (kind, state, input, progress, created_at) VALUES ('scan', ?, ?, json_object('done', 0, 'total', null, 'failed', 0, 'faces', 0, 'ratePerSecond', null, 'remainingMs', null, 'message', ''), '2026-01-01T00:00:00.000Z')",
  );
  const request = { paths: [private_], modelId, device: 'cpu', minimumFacePx: 40 };
  insert.run(state, JSON.stringify(request));
  insert.run(state, JSON.stringify({ ...request, farm: { queue: { address: address() }, inFlight: 64 } }));
}

/** Everything that opening it, looking at it and checking it does. */
async function lookAt(folder: string): Promise<void> {
  await client.case.open({ folder });
  for await (const status of await client.farm.watch()) {
    expect(status).toBeNull();
    break;
  }
  await client.case.verify();
}

const done = async () => ({
  callers,
  evidence: (await client.evidence.list({})).total,
  states: (await client.job.list()).map((job) => job.state),
});

test.each(['queued', 'running', 'paused'])(
  'jobs of a packed case that were %s end when it is unpacked',
  async (state) => {
    const [file, folder] = [at(`${state}.recce`), at(`unpacked ${state}`)];
    await craftPackedCase(at('made'), file, (db) => putJobs(db, state));
    await client.case.unpack({ file, folder });
    expect(await done()).toEqual({ callers: 0, evidence: 0, states: ['cancelled', 'cancelled'] });
    expect((await client.job.list()).every((job) => /not continued here/.test(job.error ?? ''))).toBe(true);
    await lookAt(folder);
    expect(await done()).toEqual({ callers: 0, evidence: 0, states: ['cancelled', 'cancelled'] });
    await client.case.close();
  },
);

test('jobs in a folder that somebody handed over are not continued, and the log says why', async () => {
  cpSync(at('made'), at('handed over'), { recursive: true });
  const db = new Database(at('handed over', 'case.sqlite'));
  putJobs(db);
  db.close();
  await lookAt(at('handed over'));
  expect(await done()).toEqual({ callers: 0, evidence: 0, states: ['cancelled', 'cancelled'] });
  const entries = (await client.case.activity({})).filter((one) => one.action === 'job.cancelled');
  expect(entries.map((one) => one.details)).toMatchObject([
    { jobId: 2, reason: expect.stringMatching(/on another machine, in another folder/) },
    { jobId: 1 },
  ]);
  await client.case.close();
});

test('a job of this very place whose row was changed is not continued; nor one that was done and is queued again elsewhere', async () => {
  const folder = at('own');
  await client.case.create({ folder, title: 'Own', reference: '' });
  writeFileSync(at('notes.txt'), 'no picture');
  expect(await scan(client, [at('notes.txt')])).toBe('done');
  await client.case.close();
  cpSync(folder, at('moved'), { recursive: true });
  const change = (where: string, sql: string): void => {
    const db = new Database(path.join(where, 'case.sqlite'));
    db.exec(sql);
    db.close();
  };
  // The log has it as ended, and so it stays.
  for (const place of [folder, at('moved')]) {
    change(place, `UPDATE job SET state = 'queued', input = json_set(input, '$.paths', json_array('${private_}'))`);
    await lookAt(place);
    expect(await done()).toEqual({ callers: 0, evidence: 1, states: ['done'] });
    await client.case.close();
  }
  const another =
    "INSERT INTO job SELECT id + 1, kind, 'queued', input, progress, error, created_at, started_at, ended_at, bound_to FROM job";
  change(folder, another);
  change(at('moved'), another);
  for (const place of [folder, at('moved')]) {
    await lookAt(place);
    expect(await done()).toEqual({ callers: 0, evidence: 1, states: ['cancelled', 'done'] });
    await client.case.close();
  }
});

test('a farm scan of this very place waits for its queue to be named in this sitting: nothing is dialled before', async () => {
  const folder = at('farm');
  const opened = createCase(folder, { title: 'Farm', reference: '', demonstration: false });
  const { bind } = bindJobs(opened, installationKey(at('app')));
  addJob(opened, 'scan', { paths: [private_], modelId, farm: { queue: { address: address() }, inFlight: 1 } }, bind);
  closeCase(opened);
  await lookAt(folder);
  expect(await done()).toEqual({ callers: 0, evidence: 0, states: ['cancelled'] });
  expect((await client.job.list())[0]!.error).toMatch(/has not been named since the workstation was started/);
  await client.case.close();
});

test('a scan that was queued here goes on when its case is opened here again', async () => {
  const folder = at('goes on');
  await client.case.create({ folder, title: 'Goes on', reference: '' });
  const { id } = await client.scan.start({ paths: [at('notes.txt')], device: 'cpu' });
  await client.case.close();
  await client.case.open({ folder });
  expect(await ended(client, id)).toBe('done');
  await client.case.close();
});

test.each([
  ['a title', "UPDATE case_info SET title = printf('%.*c', 500000, 'x')", 'title of 500000 characters'],
  [
    'a log entry',
    `INSERT INTO audit VALUES (99, '', '', 'x', '', '${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}', '', 'x')`,
    'entry 99',
  ],
  [
    'a track of faces that no frame has',
    `PRAGMA foreign_keys = OFF; INSERT INTO video_scan (id, evidence_id, model_id, pipeline_version, sampling, finished)
      VALUES (1, 1, 'm', 4, '{}', 1); INSERT INTO track (id, video_scan_id, track_index) VALUES (7, 1, 0);
      INSERT INTO track_face (track_id, face_id, is_key) SELECT 7, value, 0 FROM json_each('[1,2,3]')`,
    'track 7 holds 3 faces in 0 frames',
  ],
  [
    'a face in more tracks than there are scans of its film',
    `PRAGMA foreign_keys = OFF; INSERT INTO video_scan (id, evidence_id, model_id, pipeline_version, sampling, finished)
      VALUES (1, 1, 'm', 4, '{}', 1); INSERT INTO face (id, evidence_id, frame_index, time_ms, face_index, pipeline_version,
      finder_sha256, box, finder_score, landmarks, found_at_rotation, quality) VALUES (5, 1, 0, 0, 0, 4, '', '{}', 1, '[]', 0, '{}');
      INSERT INTO track (id, video_scan_id, track_index) VALUES (7, 1, 0), (8, 1, 1); INSERT INTO track_face VALUES (7, 5, 0), (8, 5, 0)`,
    'face 5 is in 2 tracks of 1 scans of its film',
  ],
])('%s such as no workstation writes is refused when it is unpacked', async (_, sql, words) => {
  const file = at('odd.recce');
  await craftPackedCase(at('made'), file, (db) => db.exec(sql));
  await expect(client.case.unpack({ file, folder: at('odd') })).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
    data: { detail: expect.stringContaining(words) },
  });
});

test('an entry nested two million deep is named by verify, which goes on', async () => {
  cpSync(at('made'), at('deep'), { recursive: true });
  const db = new Database(at('deep', 'case.sqlite'));
  db.prepare("INSERT INTO audit VALUES (2, '', '', 'x', '', ?, '', 'x')").run(
    '{"a":'.repeat(2e6) + 1 + '}'.repeat(2e6),
  );
  db.close();
  await client.case.open({ folder: at('deep') });
  const { problems } = await client.case.verify();
  // A longer history of the same case may have been seen here before.
  expect(problems.filter(({ kind }) => kind !== 'historyChanged')).toMatchObject([
    { kind: 'auditBroken', subject: 'entry 2', expected: expect.stringContaining('nested') },
  ]);
  await client.case.close();
});
