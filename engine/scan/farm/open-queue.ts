// Connections to the queue. The first one is made at once or not at all, with a sentence; from then
// on a lost connection is made again for as long as it takes.
import type { ConnectionOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { RecceError } from '../../../contract/errors.ts';
import type { FarmQueue } from '../../../contract/farm.ts';
import { noAnswerSentence } from '../../files/system-error.ts';
import { connectionOptions, type QueueCredentials } from './queue-address.ts';

/** A queue that answered. */
export type OpenQueue = {
  queue: FarmQueue;
  /** For the queue's engine, which makes connections of its own. */
  options: ConnectionOptions;
  /** Name and version of the server. */
  server: string;
  /**
   * Another connection, with credentials and encryption as the first; blocking commands want one of
   * their own.
   */
  connect(more?: RedisOptions): Redis;
};

/** BLMOVE, with which a result is never between two places, came with this. */
const OLDEST_SERVER = [6, 2];

/**
 * Throws QUEUE_UNAVAILABLE: no such server, the password is wrong, the certificate is not trusted,
 * the server is too old.
 */
export async function openQueue(queue: FarmQueue, credentials: QueueCredentials): Promise<OpenQueue> {
  const options = connectionOptions(queue, credentials);
  const server = await probe(queue, options);
  return {
    queue,
    options: options as ConnectionOptions,
    server,
    connect: (more = {}) => connected({ ...options, ...more }),
  };
}

/**
 * An error of a connection ends in its retry; what a command meets is told to whoever gave the
 * command.
 */
function connected(options: RedisOptions): Redis {
  const redis = new Redis(options);
  redis.on('error', () => {});
  return redis;
}

async function probe(queue: FarmQueue, options: RedisOptions): Promise<string> {
  const redis = new Redis({ ...options, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let last: Error | undefined;
  redis.on('error', (error) => {
    last = error;
  });
  try {
    await redis.connect();
    return serverFrom(await redis.info('server'));
  } catch (error) {
    const cause = last ?? (error as Error);
    throw new RecceError('QUEUE_UNAVAILABLE', queue.address, refusalSentence(cause), { cause });
  } finally {
    redis.disconnect();
  }
}

function serverFrom(info: string): string {
  const fieldOf = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const name = fieldOf('server_name') ?? 'redis';
  const version = fieldOf(`${name}_version`) ?? fieldOf('redis_version') ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_SERVER as [number, number];
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    throw new Error(`it is ${name} ${version}; at least ${OLDEST_SERVER.join('.')} is needed.`);
  return `${name} ${version}`;
}

/** The server's or the system's words, with what to do where that is known. */
function refusalSentence(error: Error): string {
  const { message } = error;
  if (/NOAUTH|WRONGPASS|ERR AUTH/.test(message))
    return `it wants a user name or password and this one is not right; on the command line they are RECCE_QUEUE_USERNAME and RECCE_QUEUE_PASSWORD. (${message})`;
  if (/certificate|self-signed|altname/i.test(message))
    return `its certificate is not trusted (${message}). Name the certificate of the authority that signed it, on the command line with --queue-ca.`;
  return noAnswerSentence(error) ?? message;
}
