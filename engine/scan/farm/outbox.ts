// The way back from a worker to the machine with the case. Pictures go ahead of the rows that name
// them, a few megabytes at a time, and only while there is room: what nobody takes must not fill
// the server's memory. [Note: back-pressure]
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Sha256 } from '../../../contract/brand.ts';
import type { FarmMessage, FarmTask } from '../../../contract/farm.ts';
import { type BlobSink, sha256Of } from '../../blobs/blob-store.ts';
import { aliveKey, inboxKey, KEPT_SECONDS } from './farm-keys.ts';
import { encodeMessage } from './message-bytes.ts';

/**
 * Messages that may wait in one scan's inbox. With PICTURES_BYTES this bounds what a scan keeps on
 * the server: 64 MB and one message a worker.
 */
const LONGEST_INBOX = 16;
const PICTURES_BYTES = 4e6;
const LOOK_AGAIN_MS = 100;

/** The part of a message that says what happened. */
export type Answer = FarmMessage extends infer M
  ? M extends FarmMessage
    ? Omit<M, 'scan' | 'evidenceId' | 'sha256' | 'worker'>
    : never
  : never;

export type Outbox = BlobSink & { send(answer: Answer): Promise<void> };

/** The machine with the case is no longer there: the file waits until it is. */
export class NobodyTakes extends Error {
  constructor() {
    super('The machine with the case does not take results.');
    this.name = 'NobodyTakes';
  }
}

/** For one task on one worker. `redis` is not the connection that blocks. */
export function createOutbox(redis: Redis, task: FarmTask, worker: string): Outbox {
  const { scan, evidenceId, sha256 } = task;
  let pictures: Uint8Array[] = [];
  let sizeBytes = 0;
  let sending: Promise<void> = Promise.resolve();

  const push = async (answer: Answer, with_: readonly Uint8Array[]): Promise<void> => {
    await room(redis, scan);
    const message = { scan, evidenceId, sha256, worker, ...answer } as FarmMessage;
    const key = inboxKey(scan);
    await redis.multi().rpush(key, encodeMessage(message, with_)).expire(key, KEPT_SECONDS).exec();
  };
  const take = (): readonly Uint8Array[] => {
    const taken = pictures;
    [pictures, sizeBytes] = [[], 0];
    return taken;
  };
  /** One after the other, so that rows never come before their pictures. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    sending = sending.then(work);
    return sending;
  };

  return {
    async put(bytes): Promise<Sha256> {
      pictures.push(bytes);
      sizeBytes += bytes.length;
      if (sizeBytes >= PICTURES_BYTES) {
        const full = take();
        await inTurn(() => push({ kind: 'pictures' }, full));
      }
      return sha256Of(bytes);
    },
    send: (answer) => inTurn(() => push(answer, take())),
  };
}

/** Resolves when the inbox has room. Throws NobodyTakes when the machine with the case is gone. */
async function room(redis: Redis, scan: string): Promise<void> {
  while ((await redis.llen(inboxKey(scan))) >= LONGEST_INBOX) {
    if (!(await redis.exists(aliveKey(scan)))) throw new NobodyTakes();
    await sleep(LOOK_AGAIN_MS);
  }
}
