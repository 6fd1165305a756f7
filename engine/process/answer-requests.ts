// The child's half: answers requests one after the other.
import { parentPort as threadPort } from 'node:worker_threads';
import { createSerialQueue } from '../async/serial-queue.ts';
import type { RequestMessage, ResponseMessage } from './channel.ts';
import { exitWithParent } from './exit-with-parent.ts';
import type { Port } from './port.ts';
import { keepFilesPrivate } from './private-files.ts';

type ParentPort = { on(event: 'message', listener: (event: { ports: Port[] }) => void): void };

const refusalFrom = (id: number, error: unknown): ResponseMessage => ({
  kind: 'refusal',
  id,
  name: error instanceof Error ? error.name : 'Error',
  message: error instanceof Error ? error.message : String(error),
  ...(error instanceof Error && 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
});

/**
 * Calls `receive` for every request; `post` is how it is answered. Ends the process when the asker
 * goes away.
 */
function listen(receive: (message: RequestMessage, post: (message: ResponseMessage) => void) => void): void {
  if (threadPort) {
    // A thread: its process has kept its files private, and ends it.
    const port = threadPort;
    port.on('message', (message: RequestMessage) => receive(message, (answer) => port.postMessage(answer)));
    port.postMessage({ kind: 'ready' } satisfies ResponseMessage);
    return;
  }
  keepFilesPrivate();
  const parentPort = (process as { parentPort?: ParentPort }).parentPort;
  if (parentPort) {
    // Inside Electron the main process forks, and the engine's end of a channel arrives as the
    // first message.
    parentPort.on('message', ({ ports: [port] }) => {
      if (!port) return;
      port.on('message', ({ data }) => receive(data as RequestMessage, (message) => port.postMessage(message)));
      port.on('close', () => process.exit(0));
      port.start();
      port.postMessage({ kind: 'ready' } satisfies ResponseMessage);
    });
    return;
  }
  // A parent that is gone is noticed by `disconnect`, which ends this process.
  const post = (message: ResponseMessage) => void process.send?.(message, undefined, {}, () => {});
  process.on('message', (message: RequestMessage) => receive(message, post));
  exitWithParent();
  post({ kind: 'ready' });
}

/**
 * Answers every request with `handle`, in order; an error becomes a refusal with its own message.
 */
export function answerRequests<Request, Response>(handle: (request: Request) => Promise<Response>): void {
  const inTurn = createSerialQueue();
  listen(({ id, request }, post) => {
    void inTurn(async () => {
      try {
        post({ kind: 'answer', id, response: await handle(request as Request) });
      } catch (error) {
        post(refusalFrom(id, error));
      }
    });
  });
}
