// The options that name a farm's queue, shared by the commands of the farm.
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type FarmQueue, farmQueueSchema } from '../contract/farm.ts';
import type { Output } from './output.ts';

export type QueueOptions = { queue: string; queueCa?: string };

/** Adds `--queue` and `--queue-ca`. */
export const addQueueOptions = (command: Command): Command =>
  command
    .requiredOption(
      '--queue <url>',
      'redis://host:port or rediss://host:port (TLS); the password comes from RECCE_QUEUE_PASSWORD',
      readAddress,
    )
    .option('--queue-ca <file>', 'certificate (PEM) of the authority that signed the queue’s');

/** The address may hold a password: a refusal does not repeat it. */
function readAddress(text: string): string {
  if (farmQueueSchema.shape.address.safeParse(text).success) return text;
  throw new InvalidArgumentError('redis://host:port or rediss://host:port was expected.');
}

export const queueFrom = ({ queue, queueCa }: QueueOptions): FarmQueue => ({
  address: queue,
  ...(queueCa ? { caFile: path.resolve(queueCa) } : {}),
});

/**
 * Said where a password and the pictures of faces would travel for anyone on the network to read.
 */
export function noteUnencrypted({ note }: Output, { queue }: QueueOptions): void {
  const url = URL.parse(queue);
  if (url?.protocol !== 'redis:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) return;
  note('The queue is not encrypted: password and pictures can be read on the network. Use rediss://.');
}
