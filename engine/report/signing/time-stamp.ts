// An RFC 3161 time stamp over a signature, from the authority the examiner names. The one place
// where the workstation speaks to a network, and only when an address was given.
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { RecceError } from '../../../contract/errors.ts';
import type { Signing } from '../../../contract/report.ts';
import { stampFlawWords } from '../../../contract/wording.ts';
import { codeOf, noAnswerSentence } from '../../files/system-error.ts';
import { bytesOf, contentOf, derFrom, integer, octets, partsOf, SHA256, sequence, yes } from './der.ts';
import { readStampToken } from './stamp-token.ts';

/** An authority that gives no answer within this time is given up. */
const ANSWER_LIMIT_MS = 20_000;
/** A token with its certificates has some kilobytes. */
const ANSWER_LIMIT_BYTES = 2 ** 20;

const failureOf = (url: string) => (detail: string, cause?: unknown) =>
  new RecceError('TIME_STAMP_FAILED', url, `${detail} Nothing was written.`, { cause });

/** What the system says of a call that failed lies in its cause. */
function networkWords(error: Error): string {
  const said = error.cause instanceof Error ? error.cause.message || codeOf(error.cause) : error.message;
  return noAnswerSentence(error) ?? `${said.replace(/\.$/, '')}.`;
}

/**
 * Before work that ends with a stamp: throws TIME_STAMP_FAILED where nothing listens at `url`.
 * Nothing is sent.
 */
export async function expectListening(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    timeout: ANSWER_LIMIT_MS,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
      socket.once('timeout', () => reject(new Error('it took longer than 20 seconds to answer')));
    });
  } catch (cause) {
    throw failureOf(url)(networkWords(cause as Error), cause);
  } finally {
    socket.destroy();
  }
}

/**
 * Asks `url` for a token over `signature`. Throws TIME_STAMP_FAILED with the authority's or the
 * network's words.
 */
export async function fetchTimeStamp(url: string, signature: Uint8Array): Promise<Uint8Array> {
  const fail = failureOf(url);
  const digest = createHash('sha256').update(signature).digest();
  // Positive and without a leading zero, as DER wants an INTEGER.
  const nonce = Buffer.concat([Buffer.of(0x40), randomBytes(8)]);
  const request = sequence(integer(Uint8Array.of(1)), sequence(SHA256(), octets(digest)), integer(nonce), yes());
  const answer = await ask(url, bytesOf(request)).catch((cause: Error) => {
    throw fail(networkWords(cause), cause);
  });
  const [status, token] = partsOf(readOr(fail, () => derFrom(answer)));
  const code = contentOf(partsOf(status)[0])[0];
  if ((code !== 0 && code !== 1) || !token) throw fail(`the authority refused with status ${code}.`);
  const stamp = readOr(fail, () => readStampToken(token));
  if (!stamp.imprint.equals(digest)) throw fail('the stamp is over something else.');
  if (!stamp.parts.some((one) => contentOf(one).equals(nonce))) throw fail('the stamp answers another request.');
  if (!stamp.fits) throw fail('the signature of the stamp is not that of the certificate it comes with.');
  if (stamp.certificateFlaw) throw fail(`${stampFlawWords(stamp.certificateFlaw)}.`);
  return bytesOf(token);
}

/**
 * What `read` gives; an authority behind a login page or a proxy answers with something that is no
 * DER.
 */
function readOr<T>(fail: (detail: string, cause: unknown) => RecceError, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw fail('what it answered is no time stamp.', cause);
  }
}

async function ask(url: string, body: Uint8Array): Promise<Uint8Array> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    // Another address was not named.
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`the authority answered ${response.status}.`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > ANSWER_LIMIT_BYTES) throw new Error('its answer is too long for a time stamp.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The address that a hash is sent to, as the log names it: without a key or password in it. */
export function authorityOf({ timeStampUrl }: Pick<Signing, 'timeStampUrl'>): string | undefined {
  if (timeStampUrl === undefined) return undefined;
  const { origin, pathname } = new URL(timeStampUrl);
  return `${origin}${pathname}`;
}
