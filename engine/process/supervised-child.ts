// The parent's half of a child process: requests with answers, time limits, and a new process when
// the old one dies. Runs in the engine process.
import type { Unreadable, WhyUnreadable } from '../../contract/unreadable.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import type { ChildHandle, ChildStart, ResponseMessage, SpawnChild } from './channel.ts';
import { spawnNodeChild } from './spawn-node-child.ts';

export type { ChildHandle, SpawnChild } from './channel.ts';

/**
 * The process died, or was ended for taking too long, while a request was open. The next request
 * starts a new one.
 */
export class ChildProcessError extends Error {
  readonly kind: 'died' | 'timedOut' | 'aborted';
  /** Of a process that died or was silent: what became of it. */
  readonly end: ProcessEnd | undefined;
  constructor(kind: 'died' | 'timedOut' | 'aborted', said: string | ProcessEnd) {
    super(typeof said === 'string' ? said : endWords(said));
    this.name = 'ChildProcessError';
    this.kind = kind;
    this.end = typeof said === 'string' ? undefined : said;
  }
}

type ProcessEnd = Extract<WhyUnreadable, { kind: 'processEnded' | 'processSilent' }>;
const endWords = (end: ProcessEnd): string => unreadableWords({ reason: 'decoderCrashed', message: end });

/** What is said of a file over whose decoding a child process failed. */
export function refusalFromChild(error: unknown): Unreadable {
  const isSilent = error instanceof ChildProcessError && error.kind === 'timedOut';
  const end = error instanceof ChildProcessError ? error.end : undefined;
  const said = error instanceof Error ? error.message : String(error);
  return { reason: isSilent ? 'decoderTimedOut' : 'decoderCrashed', message: end ?? { kind: 'processFailed', said } };
}

/** The child answered with an error of its own; `name`, `message` and `code` are the original's. */
export class ChildRefusal extends Error {
  readonly code: string | undefined;
  constructor(name: string, message: string, code: string | undefined) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

export type SupervisedChild<Request, Response> = {
  /** Sends a request; resolves with the answer, rejects with ChildRefusal or ChildProcessError. */
  call(request: Request, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Response>;
  /** Process id while one is running. */
  readonly pid: number | undefined;
  /**
   * What the process last wrote to standard error, complete up to its last answer; empty unless it
   * is `quiet`.
   */
  stderrTail(): Promise<string>;
  /** Called each time a process ends without having been asked to. */
  onExit(listener: (reason: string) => void): void;
  /** Ends the process; open requests are rejected. */
  close(): Promise<void>;
};

export type SupervisedChildOptions = ChildStart & { timeoutMs: number; spawn?: SpawnChild };

type Open = { resolve(response: unknown): void; reject(error: Error): void };

/** Starts no process yet: the first call does. */
export function createSupervisedChild<Request, Response>(
  options: SupervisedChildOptions,
): SupervisedChild<Request, Response> {
  const spawn = options.spawn ?? spawnNodeChild;
  const open = new Map<number, Open>();
  const exitListeners: ((reason: string) => void)[] = [];
  let child: ChildHandle | undefined;
  let nextId = 1;

  const rejectAll = (error: Error): void => {
    for (const entry of open.values()) entry.reject(error);
    open.clear();
  };

  const receive = (message: ResponseMessage): void => {
    if (message.kind === 'ready') return;
    const entry = open.get(message.id);
    open.delete(message.id);
    if (message.kind === 'answer') entry?.resolve(message.response);
    else entry?.reject(new ChildRefusal(message.name, message.message, message.code));
  };

  const start = (): ChildHandle => {
    const { entry, name, quiet = false } = options;
    const started = spawn({ entry, name, quiet });
    started.onMessage(receive);
    started.onExit((reason) => {
      if (child !== started) return;
      child = undefined;
      for (const listener of exitListeners) listener(reason);
      const end: ProcessEnd = { kind: 'processEnded', process: name, how: reason, lastWrote: started.stderrTail() };
      rejectAll(new ChildProcessError('died', end));
    });
    return started;
  };

  /**
   * Ends the process on purpose; whoever waited is told `said` of its last words, and exit
   * listeners know that its state is gone.
   */
  const end = (kind: 'timedOut' | 'aborted', said: (lastWrote: string) => string | ProcessEnd): void => {
    const ended = child;
    child = undefined;
    ended?.kill();
    const silent = said('');
    for (const listener of exitListeners) listener(typeof silent === 'string' ? silent : endWords(silent));
    rejectAll(new ChildProcessError(kind, said(ended?.stderrTail() ?? '')));
  };

  return {
    get pid() {
      return child?.pid;
    },
    async stderrTail() {
      // An answer may be read before what was written ahead of it: both lie in pipes, and one turn
      // of the loop reads them all.
      await new Promise((resolve) => setTimeout(resolve));
      return child?.stderrTail() ?? '';
    },
    onExit: (listener) => exitListeners.push(listener),
    call(request, { timeoutMs = options.timeoutMs, signal } = {}) {
      child ??= start();
      const id = nextId++;
      return new Promise<Response>((resolve, reject) => {
        const tooLong = (): void => {
          if (open.has(id))
            end('timedOut', (lastWrote) => ({
              ...{ kind: 'processSilent', process: options.name, withinMs: timeoutMs, lastWrote },
            }));
        };
        // Where this thread was held up itself, the answer may lie there unread: it is read first.
        const limit = setTimeout(() => setImmediate(tooLong), timeoutMs);
        const abort = (): void => end('aborted', () => `The ${options.name} process was ended: cancelled.`);
        signal?.addEventListener('abort', abort, { once: true });
        const settle = (): void => {
          clearTimeout(limit);
          signal?.removeEventListener('abort', abort);
        };
        open.set(id, {
          resolve: (response) => {
            settle();
            resolve(response as Response);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        });
        child?.send({ id, request });
      });
    },
    async close() {
      const ended = child;
      child = undefined;
      ended?.kill();
      rejectAll(new ChildProcessError('aborted', `The ${options.name} process was closed.`));
    },
  };
}
