// Entry of the engine process: one engine, served to every port the supervisor hands in. If it
// dies, a new one takes up the case and its jobs; nothing is lost but open calls.
import { ORPCError, onError } from '@orpc/server';
import { StandardRPCHandler } from '@orpc/server/standard';
import { createClient, createEngine, type Engine } from '../index.ts';
import { noteOnConsole } from '../process/console-note.ts';
import { connectToParent } from '../process/parent-link.ts';
import type { Port } from '../process/port.ts';
import { keepFilesPrivate } from '../process/private-files.ts';
import type { EngineStart, FromEngine, ResumePoint, ToEngine } from './engine-messages.ts';
import { readResumePoint, takeUp } from './resume.ts';
import { servePort } from './serve-port.ts';
import { createSupervisorSpawn } from './supervisor-spawn.ts';

keepFilesPrivate();
const parent = connectToParent<ToEngine, FromEngine>();
const children = createSupervisorSpawn(parent.post);
const ready = Promise.withResolvers<{ engine: Engine; handler: StandardRPCHandler<Record<never, never>> }>();

/** Calls after which the supervisor must know what a new engine would have to take up. */
const CHANGES_RESUME_POINT = new Set(['case', 'session']);

async function start(options: EngineStart, resume: ResumePoint | null, forks: 'self' | 'supervisor'): Promise<void> {
  const engine = await createEngine({ ...options, ...(forks === 'supervisor' ? { spawn: children.spawn } : {}) });
  if (resume) await takeUp(engine, resume);
  const client = createClient(engine);
  const tellResumePoint = async () => parent.post({ kind: 'resumePoint', resume: await readResumePoint(client) });
  const handler = new StandardRPCHandler(engine.router, {
    interceptors: [
      onError((error, { request }) => {
        // A call that its window took back ends as it should.
        if (!request.signal?.aborted) reportUnexpected(error);
      }),
    ],
    clientInterceptors: [
      async ({ next, path }) => {
        const output = await next();
        if (CHANGES_RESUME_POINT.has(path[0]!)) await tellResumePoint();
        return output;
      },
    ],
  });
  await tellResumePoint();
  ready.resolve({ engine, handler });
  parent.post({ kind: 'ready' });
}

/**
 * Errors of the contract's table are answers; what is none of them is ours to mend, so it is said
 * on standard error.
 */
function reportUnexpected(error: unknown): void {
  const known = error instanceof ORPCError && error.code !== 'INTERNAL_SERVER_ERROR';
  if (!known) noteOnConsole(error instanceof ORPCError ? (error.cause ?? error) : error);
}

async function connect(port: Port): Promise<void> {
  const { handler } = await ready.promise;
  servePort(handler, port);
}

async function answerPicture({ id, ref }: Extract<ToEngine, { kind: 'picture' }>): Promise<void> {
  const { engine } = await ready.promise;
  try {
    parent.post({ kind: 'picture', id, picture: await engine.readPicture(ref) });
  } catch (error) {
    parent.post({ kind: 'picture', id, picture: undefined, error: (error as Error).message });
  }
}

async function close(): Promise<void> {
  const { engine } = await ready.promise;
  await engine.close();
  parent.post({ kind: 'closed' });
}

parent.onMessage((message, port) => {
  if (children.receive(message, port)) return;
  if (message.kind === 'start') start(message.start, message.resume, message.forks).catch(ready.reject);
  else if (message.kind === 'connect' && port) void connect(port);
  else if (message.kind === 'picture') void answerPicture(message);
  else if (message.kind === 'close') void close();
});
// An engine that cannot start is told by its end; the supervisor says why it ended.
ready.promise.catch((error) => {
  noteOnConsole(error);
  process.exit(1);
});
