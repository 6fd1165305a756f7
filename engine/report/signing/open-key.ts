// The examiner's PKCS#12 file -> private key and certificates. The container is opened in a thread with
// a limit of time (pkcs12.ts); keys and certificates are node:crypto's from then on. Nothing of it is
// kept or written anywhere.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { RecceError } from '../../../contract/errors.ts';
import { spawnThread } from '../../process/spawn-thread.ts';
import { ChildProcessError, createSupervisedChild } from '../../process/supervised-child.ts';
import type { Pkcs12Answer, Pkcs12Request } from './pkcs12.ts';

/**
 * How often a password is hashed is for the file to say, up to thousands of millions. A file that OpenSSL
 * or a token's program wrote takes a second or two.
 */
const LIMIT_MS = 2 * 60_000;

/** A key that can sign: its own certificate first, then the others of the file. */
export type SigningKey = { key: KeyObject; certificate: X509Certificate; others: readonly X509Certificate[] };

const refuse = (file: string, detail: string, cause?: unknown): RecceError =>
  new RecceError('SIGNING_REFUSED', file, detail, { cause });

/**
 * Opens the file. Throws PATH_NOT_FOUND, or SIGNING_REFUSED for a wrong password, no key, a
 * certificate out of its time, a container that takes longer than `limitMs` to open.
 */
export async function openSigningKey(
  file: string,
  password: string,
  now: Date,
  limitMs = LIMIT_MS,
): Promise<SigningKey> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', file, cause.message, { cause });
  });
  const opened = await openApart(file, { bytes, password }, limitMs);
  if (opened.kind === 'refused') throw refuse(file, opened.isPassword ? 'wrong password.' : opened.why);
  const found = {
    key: createPrivateKey({ key: Buffer.from(opened.key), format: 'der', type: 'pkcs8' }),
    certificates: opened.certificates.map((der) => new X509Certificate(der)),
  };
  const certificate = found.certificates.find((one) => one.checkPrivateKey(found.key));
  if (!certificate) throw refuse(file, 'it has no certificate for its private key.');
  const dates = `it is valid from ${certificate.validFrom} to ${certificate.validTo}.`;
  if (now < new Date(certificate.validFrom)) throw refuse(file, `its certificate is not valid yet: ${dates}`);
  if (now > new Date(certificate.validTo)) throw refuse(file, `its certificate has expired: ${dates}`);
  return { key: found.key, certificate, others: found.certificates.filter((one) => one !== certificate) };
}

async function openApart(file: string, request: Pkcs12Request, limitMs: number): Promise<Pkcs12Answer> {
  const thread = createSupervisedChild<Pkcs12Request, Pkcs12Answer>({
    ...{ entry: new URL('./pkcs12-process.ts', import.meta.url), name: 'signing key' },
    ...{ timeoutMs: limitMs, spawn: spawnThread },
  });
  try {
    return await thread.call(request);
  } catch (cause) {
    if (!(cause instanceof ChildProcessError)) throw cause;
    throw refuse(file, `it could not be opened: ${cause.message}`, cause);
  } finally {
    await thread.close();
  }
}
