// A signed report: made with room for the signature, then signed over every byte but that room (PAdES baseline B-B; B-T with a
// time stamp). A signed file differs from an unsigned one; what it says, and its content hash, are the same.
import type { Signing } from '../../../contract/report.ts';
import { signDetached } from './cms-signature.ts';
import { openSigningKey, type SigningKey } from './open-key.ts';
import { fillSignature, type SignatureWords } from './signature-field.ts';
import { fetchTimeStamp } from './time-stamp.ts';
import { commonName } from './verify-report.ts';

/** Room for the signature itself, and for a token with its authority's certificates, bytes. */
const ROOM = 4096;
const STAMP_ROOM = 16_384;

type Made = { bytes: Uint8Array; pages: number };

/** Makes and signs. Throws PATH_NOT_FOUND, SIGNING_REFUSED, TIME_STAMP_FAILED before anything is written. */
export async function signReport(
  signing: Signing,
  now: Date,
  make: (signature: { words: SignatureWords; room: number }) => Promise<Made>,
): Promise<Made> {
  const signer = await openSigningKey(signing.pkcs12Path, signing.password, now);
  const words = { name: nameOf(signer), reason: signing.reason, location: signing.location, claimedAt: now };
  const { bytes, pages } = await make({ words, room: roomFor(signer, signing) });
  const url = signing.timeStampUrl;
  const stamp = url === undefined ? undefined : (signature: Uint8Array) => fetchTimeStamp(url, signature);
  return { bytes: await fillSignature(bytes, (content) => signDetached(content, signer, stamp)), pages };
}

const roomFor = ({ certificate, others }: SigningKey, { timeStampUrl }: Signing): number =>
  ROOM +
  (timeStampUrl === undefined ? 0 : STAMP_ROOM) +
  [certificate, ...others].reduce((sum, one) => sum + one.raw.length, 0);

/** The common name of the certificate, or its whole subject. */
const nameOf = ({ certificate: { subject } }: SigningKey): string => commonName(subject);
