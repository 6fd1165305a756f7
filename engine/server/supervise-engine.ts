// Keeps one engine process alive: starts it, starts it again where it stood when it dies, and hands
// out ports to it. Runs in `recce serve` and in Electron's main process, which never hold a case
// themselves.
import type { PictureRef } from '../../contract/picture.ts';
import type { EngineStart, FromEngine, PictureAnswer, ResumePoint, ToEngine } from './engine-messages.ts';

/**
 * An engine process as the supervisor needs it; `P` is what a port is here (a multiplexed one, or
 * Electron's).
 */
export type EngineChild<P> = {
  readonly pid: number | undefined;
  post(message: ToEngine): void;
  /** Sends the message with one end of a new channel and returns the other. */
  postWithPort(message: ToEngine): P;
  onMessage(listener: (message: FromEngine) => void): void;
  /** Called once, with how it ended in words. */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
};

export type SupervisedEngine<P> = {
  /**
   * A port to the engine, once it is ready. It closes when the engine dies; ask for another then.
   */
  connect(): Promise<P>;
  /**
   * A picture by id; asked for again when the engine dies over it, once, then rejected with
   * EngineGoneError.
   */
  readPicture(ref: PictureRef): Promise<PictureAnswer>;
  /** Called each time the engine died, with the reason, after the new one was started. */
  onRestart(listener: (reason: string) => void): void;
  /** Rejects when the engine can never be had: it died too often. */
  readonly failed: Promise<never>;
  readonly pid: number | undefined;
  /** Lets the engine finish its file and close the case; ends it when that takes too long. */
  close(): Promise<void>;
};

/** The engine ended over a request, or can no longer be had: the request itself may be right. */
export class EngineGoneError extends Error {
  override readonly name = 'EngineGoneError';
}

export type SuperviseOptions<P> = {
  spawn(): EngineChild<P>;
  start: EngineStart;
  forks: 'self' | 'supervisor';
  /** What a first engine takes up, e.g. the case named on the command line. */
  resume?: ResumePoint | null;
  now?: () => number;
};

/**
 * This many deaths within a minute: the second last is tried without the case, the last ends the
 * attempts.
 */
const DEATHS_A_MINUTE = 5;
const CLOSE_LIMIT_MS = 10_000;

type Waiting = { ref: PictureRef; tries: number; resolve(picture: PictureAnswer): void; reject(error: Error): void };

/**
 * A promise whose rejection is told to whoever waits for it, and is nobody's fault where nobody
 * does.
 */
function nobodyWaiting<T>(): PromiseWithResolvers<T> {
  const made = Promise.withResolvers<T>();
  made.promise.catch(() => {});
  return made;
}

export function superviseEngine<P>(options: SuperviseOptions<P>): SupervisedEngine<P> {
  const now = options.now ?? Date.now;
  const restartListeners: ((reason: string) => void)[] = [];
  const failed = nobodyWaiting<never>();
  const pictures = new Map<number, Waiting>();
  const deaths: number[] = [];
  let resume = options.resume ?? null;
  let ready = nobodyWaiting<EngineChild<P>>();
  let child: EngineChild<P> | undefined;
  let closing: PromiseWithResolvers<void> | undefined;
  let nextPicture = 1;

  const receive = (from: EngineChild<P>, message: FromEngine): void => {
    if (message.kind === 'ready') ready.resolve(from);
    else if (message.kind === 'resumePoint') resume = message.resume;
    else if (message.kind === 'closed') closing?.resolve();
    else if (message.kind === 'picture') answerPicture(message);
  };

  const answerPicture = ({ id, picture, error }: Extract<FromEngine, { kind: 'picture' }>): void => {
    const waiting = pictures.get(id);
    pictures.delete(id);
    if (error === undefined) waiting?.resolve(picture);
    else waiting?.reject(new Error(error));
  };

  const askPicture = async (id: number, waiting: Waiting): Promise<void> => {
    pictures.set(id, waiting);
    const engine = await ready.promise;
    engine.post({ kind: 'picture', id, ref: waiting.ref });
  };

  const start = (): void => {
    const started = options.spawn();
    child = started;
    started.onMessage((message) => {
      if (child === started) receive(started, message);
    });
    started.onExit((reason) => ended(started, reason));
    started.post({ kind: 'start', start: options.start, resume, forks: options.forks });
  };

  const ended = (dead: EngineChild<P>, reason: string): void => {
    if (child !== dead) return;
    child = undefined;
    closing?.resolve();
    if (closing) return;
    deaths.push(now());
    const recent = deaths.filter((at) => at > now() - 60_000).length;
    if (recent === DEATHS_A_MINUTE - 1) resume = null;
    if (recent < DEATHS_A_MINUTE) restart(reason);
    else giveUp(reason);
  };

  const restart = (reason: string): void => {
    const before = ready;
    ready = nobodyWaiting();
    // Whoever waited for the dead engine to be ready waits for this one.
    ready.promise.then(before.resolve, before.reject);
    start();
    // As they are now: what is asked again is put back under a new number.
    for (const [id, waiting] of [...pictures]) {
      pictures.delete(id);
      if (waiting.tries > 0) waiting.reject(new EngineGoneError(`The engine ended over this picture (${reason}).`));
      else void askPicture(nextPicture++, { ...waiting, tries: waiting.tries + 1 }).catch(waiting.reject);
    }
    for (const listener of restartListeners) listener(reason);
  };

  const giveUp = (reason: string): void => {
    const error = new EngineGoneError(
      `The engine ended ${DEATHS_A_MINUTE} times within a minute, lastly with ${reason}.`,
    );
    for (const waiting of pictures.values()) waiting.reject(error);
    ready.reject(error);
    failed.reject(error);
  };

  start();
  return {
    failed: failed.promise,
    get pid() {
      return child?.pid;
    },
    async connect() {
      const engine = await ready.promise;
      // It may have died since; the new one is waited for then.
      return (engine === child ? engine : await ready.promise).postWithPort({ kind: 'connect' });
    },
    readPicture: (ref) =>
      new Promise<PictureAnswer>((resolve, reject) => {
        askPicture(nextPicture++, { ref, tries: 0, resolve, reject }).catch(reject);
      }),
    onRestart: (listener) => restartListeners.push(listener),
    async close() {
      closing = Promise.withResolvers();
      const limit = setTimeout(() => closing?.resolve(), CLOSE_LIMIT_MS);
      if (!child) closing.resolve();
      else child.post({ kind: 'close' });
      await closing.promise;
      clearTimeout(limit);
      const last = child;
      child = undefined;
      last?.kill();
    },
  };
}
