// A signed report: written with room for the signature, then signed over every byte but that room
// (PAdES baseline B-B; B-T with a time stamp). A signed file differs from an unsigned one; what it
// says, and its content hash, are the same.
import type { FileHandle } from 'node:fs/promises';
import type { Signing } from '../../../contract/report.ts';
import { signDetached } from './cms-signature.ts';
import { openSigningKey, type SigningKey } from './open-key.ts';
import { fillSignature, type SignatureWords } from './signature-field.ts';
import { expectListening, fetchTimeStamp } from './time-stamp.ts';
import { commonName } from './verify-report.ts';

/** Room for the signature itself, and for a token with its authority's certificates, bytes. */
const ROOM = 4096;
const STAMP_ROOM = 16_384;

/**
 * A signature whose key is open: what the file needs before, and what is done to it when it is
 * written.
 */
export type ReadySignature = {
  words: SignatureWords;
  room: number;
  sign(handle: FileHandle): Promise<void>;
};

/**
 * Opens the key, before anything is set or written. Throws PATH_NOT_FOUND, SIGNING_REFUSED; `sign`
 * throws TIME_STAMP_FAILED, which is thrown at once where nothing listens at the authority's address.
 */
export async function prepareSignature(signing: Signing, now: Date): Promise<ReadySignature> {
  const signer = await openSigningKey(signing.pkcs12Path, signing.password, now);
  const url = signing.timeStampUrl;
  if (url !== undefined) await expectListening(url);
  const stamp = url === undefined ? undefined : (signature: Uint8Array) => fetchTimeStamp(url, signature);
  return {
    words: { name: nameOf(signer), reason: signing.reason, location: signing.location, claimedAt: now },
    room: roomFor(signer, signing),
    sign: (handle) => fillSignature(handle, (contentSha256) => signDetached(contentSha256, signer, stamp)),
  };
}

const roomFor = ({ certificate, others }: SigningKey, { timeStampUrl }: Signing): number =>
  ROOM +
  (timeStampUrl === undefined ? 0 : STAMP_ROOM) +
  [certificate, ...others].reduce((sum, one) => sum + one.raw.length, 0);

/** The common name of the certificate, or its whole subject. */
const nameOf = ({ certificate: { subject } }: SigningKey): string => commonName(subject);
