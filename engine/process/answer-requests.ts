// The child's half: answers requests one after the other. Called once by each process entry.
import { once } from 'node:events';
import type { RequestMessage, ResponseMessage } from './channel.ts';

type ParentPort = {
  on(event: 'message', listener: (event: { data: RequestMessage }) => void): void;
  postMessage(message: ResponseMessage): void;
};

const refusalFrom = (id: number, error: unknown): ResponseMessage => ({
  kind: 'refusal',
  id,
  name: error instanceof Error ? error.name : 'Error',
  message: error instanceof Error ? error.message : String(error),
  ...(error instanceof Error && 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
});

/**
 * Answers every request of the parent with `handle`, in order; an error becomes a refusal with its own message. The
 * process ends when the parent goes away.
 */
export function answerRequests<Request, Response>(handle: (request: Request) => Promise<Response>): void {
  const parentPort = (process as { parentPort?: ParentPort }).parentPort;
  const post = (message: ResponseMessage) => (parentPort ? parentPort.postMessage(message) : process.send?.(message));
  let last: Promise<unknown> = Promise.resolve();
  const receive = ({ id, request }: RequestMessage): void => {
    last = last.then(async () => {
      try {
        post({ kind: 'answer', id, response: await handle(request as Request) });
      } catch (error) {
        post(refusalFrom(id, error));
      }
    });
  };
  if (parentPort) parentPort.on('message', (event) => receive(event.data));
  else {
    process.on('message', receive);
    void once(process, 'disconnect').then(() => process.exit(0));
  }
  post({ kind: 'ready' });
}
