// The durable queue on a real case: order, pausing, cancelling, failing, closing and taking up
// again.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Job, JobEvent } from '../../contract/job.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase, openCase } from '../case/open-case.ts';
import { getJob } from '../case/rows/job.ts';
import type { JobBinding } from './job-binding.ts';
import { createJobQueue, type JobControl, type JobQueue } from './job-queue.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-queue-'));
const BINDING: JobBinding = { bind: () => 'here', whyNot: () => undefined };
let opened: WritableCase;
let queue: JobQueue | undefined;
let n = 0;

beforeEach(() => {
  opened = createCase(path.join(root, `case-${n++}`), { title: 'Q', reference: '', demonstration: false });
});
afterEach(async () => {
  await queue?.close();
  queue = undefined;
  closeCase(opened);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/**
 * Work under the test's hand: each job that begins is in `begun`, and ends when the test says so.
 */
function workshop() {
  const begun: { job: Job; control: JobControl; finish: () => void; fail: (error: Error) => void }[] = [];
  const runner = (job: Job, control: JobControl): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    begun.push({ job, control, finish: resolve, fail: reject });
    control.signal.addEventListener('abort', () => reject(control.signal.reason));
    return promise;
  };
  return { begun, runner };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const stateOf = ({ id }: Job) => getJob(opened, id).state;

/** The states of one job as its watchers are told them, until it ends. */
async function statesUntilEnd(id: Job['id'], of: JobQueue): Promise<string[]> {
  const states: string[] = [];
  for await (const { job } of of.watch()) {
    if (job.id !== id) continue;
    if (states.at(-1) !== job.state) states.push(job.state);
    if (['done', 'failed', 'cancelled'].includes(job.state)) break;
  }
  return states;
}

test('jobs are run one at a time, in the order in which they came', async () => {
  const { begun, runner } = workshop();
  queue = createJobQueue(opened, { scan: runner, rerun: runner }, BINDING);
  const [first, second, third] = [
    queue.enqueue('scan', { a: 1 }),
    queue.enqueue('rerun', {}),
    queue.enqueue('scan', {}),
  ];
  await turn();
  expect(begun.map(({ job }) => job.id)).toEqual([first.id]);
  expect(begun[0]!.job.input).toEqual({ a: 1 });
  expect([stateOf(first), stateOf(second), stateOf(third)]).toEqual(['running', 'queued', 'queued']);
  begun[0]!.finish();
  await turn();
  begun[1]!.finish();
  await turn();
  expect(begun.map(({ job }) => job.id)).toEqual([first.id, second.id, third.id]);
  expect([stateOf(first), stateOf(second), stateOf(third)]).toEqual(['done', 'done', 'running']);
});

test('a paused job waits at its next pause point and goes on from there; nothing else is begun meanwhile', async () => {
  const steps: number[] = [];
  const wait = Promise.withResolvers<void>();
  queue = createJobQueue(
    opened,
    {
      scan: async (_, control) => {
        for (let i = 0; i < 3; i++) {
          await control.pausePoint();
          steps.push(i);
          if (i === 0) await wait.promise;
        }
      },
    },
    BINDING,
  );
  const [job, next] = [queue.enqueue('scan', {}), queue.enqueue('scan', {})];
  const ending = statesUntilEnd(job.id, queue);
  await turn();
  expect(queue.pause(job.id).state).toBe('paused');
  wait.resolve();
  await turn();
  expect([steps, stateOf(job), stateOf(next)]).toEqual([[0], 'paused', 'queued']);
  expect(queue.resume(job.id).state).toBe('running');
  expect(await ending).toEqual(['running', 'paused', 'running', 'done']);
  expect(steps.slice(0, 3)).toEqual([0, 1, 2]);
});

test('a job that was paused before its turn is passed over, and has its turn once it is resumed', async () => {
  const { begun, runner } = workshop();
  queue = createJobQueue(opened, { scan: runner }, BINDING);
  const [first, second, third] = [queue.enqueue('scan', {}), queue.enqueue('scan', {}), queue.enqueue('scan', {})];
  queue.pause(second.id);
  await turn();
  begun[0]!.finish();
  await turn();
  expect(begun.map(({ job }) => job.id)).toEqual([first.id, third.id]);
  expect(queue.resume(second.id).state).toBe('queued');
  begun[1]!.finish();
  await turn();
  expect(begun.map(({ job }) => job.id)).toEqual([first.id, third.id, second.id]);
});

test('a cancelled job ends as cancelled, without an error, whether it runs, waits or is paused; the next one begins', async () => {
  const { begun, runner } = workshop();
  const pausing = async (_: Job, control: JobControl) => {
    for (;;) {
      await control.pausePoint();
      await turn();
    }
  };
  queue = createJobQueue(opened, { scan: runner, rerun: pausing }, BINDING);
  const [running, waiting, paused, last] = [
    queue.enqueue('scan', {}),
    queue.enqueue('scan', {}),
    queue.enqueue('rerun', {}),
    queue.enqueue('scan', {}),
  ];
  await turn();
  queue.cancel(waiting.id, 'Ada');
  queue.cancel(running.id, 'Ada');
  await turn();
  expect(stateOf(paused)).toBe('running');
  queue.pause(paused.id);
  await turn();
  queue.cancel(paused.id, 'Ada');
  await turn();
  for (const job of [running, waiting, paused])
    expect(getJob(opened, job.id)).toMatchObject({ state: 'cancelled', error: null });
  // Of those that were at work; of the other the log is told by whoever takes the call.
  const entered = opened.db.raw.prepare("SELECT who FROM audit WHERE action = 'job.cancelled'").all();
  expect(entered).toEqual([{ who: 'Ada' }, { who: 'Ada' }]);
  expect(begun.map(({ job }) => job.id)).toEqual([running.id, last.id]);
});

test('a job that fails says why, keeps how far it came, and does not stop the queue', async () => {
  const { begun, runner } = workshop();
  queue = createJobQueue(opened, { scan: runner }, BINDING);
  const [bad, good] = [queue.enqueue('scan', {}), queue.enqueue('scan', {})];
  await turn();
  const { control, fail } = begun[0]!;
  control.report({ total: 9 });
  // So soon after the first that it is not sent by itself.
  control.report({ done: 4 });
  fail(new Error('The disk said no.'));
  await turn();
  expect(getJob(opened, bad.id)).toMatchObject({
    state: 'failed',
    error: 'The disk said no.',
    progress: { done: 4, total: 9 },
  });
  expect(getJob(opened, bad.id).endedAt).not.toBeNull();
  expect(stateOf(good)).toBe('running');
});

test('a kind of job that nothing here runs fails with a sentence', async () => {
  queue = createJobQueue(opened, {}, BINDING);
  const job = queue.enqueue('train', {});
  await turn();
  expect(getJob(opened, job.id)).toMatchObject({
    state: 'failed',
    error: 'Nothing here runs jobs of kind train.',
  });
});

test.each([
  ['pause', 'done', 'running or queued'],
  ['resume', 'running', 'paused'],
  ['resume', 'done', 'paused'],
  ['cancel', 'done', 'queued or paused'],
] as const)('%s of a job that is %s is refused, and changes nothing', async (act, state, expected) => {
  const { begun, runner } = workshop();
  queue = createJobQueue(opened, { scan: runner }, BINDING);
  const job = queue.enqueue('scan', {});
  await turn();
  if (state === 'done') begun[0]!.finish();
  await turn();
  expect(() => queue![act](job.id, 'Ada')).toThrow(
    expect.objectContaining({ code: 'JOB_STATE', detail: `it is ${state}; ${expected} was expected.` }),
  );
  expect(stateOf(job)).toBe(state);
});

test('a watcher is first told every job as it is, then each change, and a problem with the file that has it', async () => {
  const { begun, runner } = workshop();
  queue = createJobQueue(opened, { scan: runner }, BINDING);
  const [first, second] = [queue.enqueue('scan', {}), queue.enqueue('scan', {})];
  await turn();
  const stop = new AbortController();
  const told: JobEvent[] = [];
  const watching = (async () => {
    for await (const event of queue!.watch(stop.signal)) told.push(event);
  })();
  await turn();
  begun[0]!.control.problem('a.jpg', 'It is damaged.');
  begun[0]!.control.report({ done: 1 });
  begun[0]!.finish();
  await turn();
  stop.abort();
  await watching;
  expect(told.map(({ job, problem }) => [job.id, job.state, problem?.shownPath ?? null])).toEqual([
    [first.id, 'running', null],
    [second.id, 'queued', null],
    [first.id, 'running', 'a.jpg'],
    [first.id, 'running', null],
    [first.id, 'done', null],
    [second.id, 'running', null],
  ]);
  expect(told[4]!.job.progress.done).toBe(1);
});

test('closing ends the work and leaves its job to be taken up; another opening runs it again and then what waited', async () => {
  const { begun, runner } = workshop();
  queue = createJobQueue(opened, { scan: runner }, BINDING);
  const [job, waiting, paused] = [queue.enqueue('scan', {}), queue.enqueue('scan', {}), queue.enqueue('scan', {})];
  queue.pause(paused.id);
  await turn();
  await queue.close();
  expect(begun[0]!.control.signal.aborted).toBe(true);
  expect([stateOf(job), stateOf(waiting), stateOf(paused)]).toEqual(['running', 'queued', 'paused']);
  closeCase(opened);
  opened = openCase(opened.folder) as WritableCase;
  const again = workshop();
  queue = createJobQueue(opened, { scan: again.runner }, BINDING);
  await turn();
  expect(again.begun.map((one) => one.job.id)).toEqual([job.id]);
  again.begun[0]!.finish();
  await turn();
  again.begun[1]!.finish();
  await turn();
  expect(again.begun.map((one) => one.job.id)).toEqual([job.id, waiting.id]);
  expect(stateOf(paused)).toBe('paused');
});

test('a job that does not belong here ends as cancelled with the reason, and is never run', async () => {
  const { runner } = workshop();
  queue = createJobQueue(opened, { scan: runner }, BINDING);
  const job = queue.enqueue('scan', {});
  await turn();
  await queue.close();
  const again = workshop();
  queue = createJobQueue(opened, { scan: again.runner }, { ...BINDING, whyNot: () => 'It was queued elsewhere.' });
  await turn();
  expect(getJob(opened, job.id)).toMatchObject({ state: 'cancelled', error: 'It was queued elsewhere.' });
  expect(again.begun).toEqual([]);
});

test.each([
  ['failed', (one: { fail: (error: Error) => void }) => one.fail(new Error('no'))],
  ['cancelled', (_: unknown, id: Job['id']) => queue!.cancel(id, 'Ada')],
] as const)('a job of one’s own that %s is not taken up again when its row is set back', async (state, end) => {
  const { begun, runner } = workshop();
  queue = createJobQueue(opened, { scan: runner }, BINDING);
  const { id } = queue.enqueue('scan', {});
  await turn();
  end(begun[0]!, id);
  expect((await statesUntilEnd(id, queue)).at(-1)).toBe(state);
  await queue.close();
  for (const set of ['queued', 'running', 'paused']) {
    opened.db.raw.prepare('UPDATE job SET state = ?').run(set);
    queue = createJobQueue(opened, { scan: runner }, BINDING);
    await turn();
    expect(getJob(opened, id).state).toBe(state);
    await queue.close();
  }
  expect(begun).toHaveLength(1);
});
