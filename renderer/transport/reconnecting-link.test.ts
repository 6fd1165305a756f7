// The window's link to an engine that comes and goes. Only the clock is replaced.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Connection, ConnectionLostError, ReconnectingLink } from './reconnecting-link.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const OPTIONS = { context: {} };
const settle = () => vi.advanceTimersByTimeAsync(0);

/** An engine to connect to: it can be away, it can die, and its answers are given by the test. */
function engine() {
  const attempts: number[] = [];
  const calls: { path: string; answer: PromiseWithResolvers<unknown> }[] = [];
  const deaths: (() => void)[] = [];
  let isHere = true;
  const connect = async (): Promise<Connection> => {
    attempts.push(Date.now());
    if (!isHere) throw new Error('refused');
    const closed = Promise.withResolvers<void>();
    const open: PromiseWithResolvers<unknown>[] = [];
    deaths.push(() => {
      closed.resolve();
      for (const answer of open) answer.reject(new Error('port closed'));
    });
    const call = (path: readonly string[]): Promise<unknown> => {
      const answer = Promise.withResolvers<unknown>();
      open.push(answer);
      calls.push({ path: path.join('.'), answer });
      return answer.promise;
    };
    return { link: { call }, closed: closed.promise };
  };
  return {
    attempts,
    calls,
    connect,
    setHere: (here: boolean) => {
      isHere = here;
    },
    die: () => deaths.at(-1)!(),
  };
}

test('a call made before there is a connection waits for it, and is made once', async () => {
  const far = engine();
  far.setHere(false);
  const link = new ReconnectingLink(far.connect);
  const called = link.call(['case', 'current'], {}, OPTIONS);
  await settle();
  expect(far.calls).toEqual([]);
  expect(link.snapshot()).toEqual({ state: 'connecting', generation: 0 });
  far.setHere(true);
  await vi.advanceTimersByTimeAsync(100);
  expect(far.calls.map(({ path }) => path)).toEqual(['case.current']);
  far.calls[0]!.answer.resolve('the case');
  expect(await called).toBe('the case');
  expect(link.snapshot()).toEqual({ state: 'connected', generation: 1 });
});

test('a refused connection is tried again with growing pauses, at most two seconds long', async () => {
  const far = engine();
  far.setHere(false);
  new ReconnectingLink(far.connect);
  await vi.advanceTimersByTimeAsync(12_000);
  const pauses = far.attempts.slice(1).map((at, i) => at - far.attempts[i]!);
  expect(pauses.slice(0, 7)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
});

test('a call that was open when the engine went rejects as lost: whether it was carried out is not known', async () => {
  const far = engine();
  const link = new ReconnectingLink(far.connect);
  const open = link.call(['opinion', 'give'], {}, OPTIONS).catch((error) => error);
  await settle();
  far.die();
  const error = await open;
  expect(error).toBeInstanceOf(ConnectionLostError);
  expect(error).toMatchObject({ cause: { message: 'port closed' } });
});

test('an error of the engine itself stays that error', async () => {
  const far = engine();
  const link = new ReconnectingLink(far.connect);
  const refused = link.call(['case', 'open'], {}, OPTIONS).catch((error) => error);
  await settle();
  const own = new Error('CASE_LOCKED');
  far.calls[0]!.answer.reject(own);
  expect(await refused).toBe(own);
});

test('an error of the first engine that is told after the second one is there is a lost call, not the second one’s', async () => {
  const far = engine();
  const link = new ReconnectingLink(far.connect);
  const [old] = [link.call(['finding', 'query'], {}, OPTIONS).catch((error) => error)];
  await settle();
  far.die();
  await settle();
  const answered = link.call(['finding', 'query'], {}, OPTIONS);
  await settle();
  far.calls[1]!.answer.resolve('from the second');
  expect(await answered).toBe('from the second');
  expect(await old).toBeInstanceOf(ConnectionLostError);
});

test('a lost connection is made anew by itself, calls go to the new one, and whoever listens is told each time', async () => {
  const far = engine();
  const link = new ReconnectingLink(far.connect);
  const told: string[] = [];
  const stop = link.subscribe(() => told.push(`${link.snapshot().state} ${link.snapshot().generation}`));
  await settle();
  far.setHere(false);
  far.die();
  await settle();
  const waiting = link.call(['case', 'current'], {}, OPTIONS);
  far.setHere(true);
  await vi.advanceTimersByTimeAsync(100);
  far.calls.at(-1)!.answer.resolve('again');
  expect(await waiting).toBe('again');
  expect(told).toEqual(['connected 1', 'lost 1', 'connected 2']);
  stop();
  far.die();
  await settle();
  expect(told).toHaveLength(3);
});
