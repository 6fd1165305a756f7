// Where the queue is and how it is entered. Credentials are kept apart from the address: only the
// address is ever shown, logged or written into a case.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { RedisOptions } from 'ioredis';
import { RecceError } from '../../../contract/errors.ts';
import type { FarmQueue } from '../../../contract/farm.ts';

export type QueueCredentials = { username?: string; password?: string };

/**
 * An address without credentials, and the credentials. Throws QUEUE_UNAVAILABLE for one that names
 * no server.
 */
export function splitAddress({ address, caFile }: FarmQueue): { queue: FarmQueue; credentials: QueueCredentials } {
  const url = urlFrom(address);
  const [username, password] = [url.username, url.password].map(decoded);
  const shown = `${url.protocol}//${url.hostname}:${url.port || 6379}/${databaseOf(url)}`;
  return {
    queue: { address: shown, ...(caFile ? { caFile } : {}) },
    credentials: { ...(username ? { username } : {}), ...(password ? { password } : {}) },
  };
}

/** A percent sign that stands for nothing is refused; the system's own words would repeat it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RecceError(
      'QUEUE_UNAVAILABLE',
      'The address',
      'a user name or password with a % was expected to have it written %25.',
    );
  }
}

function urlFrom(address: string): URL {
  const url = URL.parse(address);
  if (url?.hostname && /^rediss?:$/.test(url.protocol)) return url;
  // The address may hold a password: it is not repeated.
  throw new RecceError('QUEUE_UNAVAILABLE', 'The address', 'redis://host:port or rediss://host:port was expected.');
}

function databaseOf(url: URL): number {
  const database = Number(url.pathname.slice(1) || 0);
  if (Number.isInteger(database) && database >= 0) return database;
  throw new RecceError('QUEUE_UNAVAILABLE', 'The address', 'behind the port a database number was expected.');
}

/**
 * Data is expected within this while an answer is awaited; a connection that was cut without a word
 * is given up and made again.
 */
const SOCKET_TIMEOUT_MS = 15_000;
/** Longest wait between two attempts to connect again. */
const LONGEST_RETRY_MS = 3000;

/**
 * What the Redis client is given. Blocking commands may wait for ever: the queue's engine wants no
 * limit on retries.
 */
export function connectionOptions(
  { address, caFile }: FarmQueue,
  { username = process.env.RECCE_QUEUE_USERNAME, password = process.env.RECCE_QUEUE_PASSWORD }: QueueCredentials,
): RedisOptions {
  const url = urlFrom(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(url.port || 6379),
    db: databaseOf(url),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(url.protocol === 'rediss:' ? { tls: tlsOptions(host, caFile) } : {}),
    maxRetriesPerRequest: null,
    connectTimeout: SOCKET_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    keepAlive: SOCKET_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(LONGEST_RETRY_MS, 100 * 2 ** Math.min(times, 8)),
  };
}

/** Names are checked against the certificate; an address of numbers has no name to send. */
function tlsOptions(host: string, caFile: string | undefined): NonNullable<RedisOptions['tls']> {
  return { ...(isIP(host) ? {} : { servername: host }), ...(caFile ? { ca: readCertificates(caFile) } : {}) };
}

function readCertificates(caFile: string): Buffer {
  try {
    return readFileSync(caFile);
  } catch (cause) {
    throw new RecceError('QUEUE_UNAVAILABLE', caFile, `it cannot be read: ${(cause as Error).message}`, { cause });
  }
}
