// A signed report, looked at as its reader will: are all bytes but the signature signed, does the
// signature fit them, who made it, and what does the time stamp say. Reads the file that was
// written, never the bytes that were meant to be.
import type { X509Certificate } from 'node:crypto';
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Sha256 } from '../../../contract/brand.ts';
import type { FileSignature } from '../../../contract/signature.ts';
import { type Der, derFrom, TIME_STAMP_TOKEN } from './der.ts';
import { findInFile, hashOfRanges, readRange } from './file-ranges.ts';
import { readStampToken } from './stamp-token.ts';
import { attributeOf, type CheckedSignature, checkDigest, digestOfSigner } from './verify-cms.ts';

type Places = { first: number; from: number; to: number; length: number; digits: string };

/**
 * What stands in the signature dictionary: the two signed stretches, and the digits between them.
 */
async function placesOf(handle: FileHandle): Promise<Places> {
  const at = await findInFile(handle, '/ByteRange [');
  const head = at < 0 ? '' : (await readRange(handle, at, 80)).toString('latin1');
  const numbers = /\[(\d+) (\d+) (\d+) (\d+)\]/.exec(head);
  if (!numbers) throw new RangeError('The file has no signature.');
  const [first, from, to, length] = numbers.slice(1).map(Number) as [number, number, number, number];
  if (to - from < 2 || to - from > MOST_DIGITS) throw new RangeError('The signature has no room of a usual size.');
  const gap = (await readRange(handle, from, to - from)).toString('latin1');
  const [, digits] = /^<((?:[0-9a-f]{2})+)>$/i.exec(gap) ?? [];
  if (digits === undefined) throw new RangeError(NO_DIGITS);
  return { first, from, to, length, digits };
}

/** The gap is not signed: whatever else stood in it would be taken for a part of what was. */
const NO_DIGITS = 'The place of the signature holds something else than its digits: that was put there later.';

/**
 * Room of a signature with its certificates and time stamp, in digits; beyond it nothing is read.
 */
const MOST_DIGITS = 4_000_000;

/** The DER value at the beginning. Throws RangeError where zeros alone do not follow it. */
function derAtStart(bytes: Buffer): Der {
  const short = bytes[1]! < 0x80;
  const head = short ? 2 : 2 + (bytes[1]! & 0x7f);
  const length = short ? bytes[1]! : bytes.readUIntBE(2, head - 2);
  if (bytes.subarray(head + length).some((byte) => byte !== 0)) throw new RangeError(NO_DIGITS);
  return derFrom(bytes.subarray(0, head + length));
}

/** The common name of a subject or an issuer, or all of it. */
export const commonName = (name: string): string => /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');

/**
 * What a token says of the signature: when, by whom, and whether it is over this signature and
 * fits.
 */
function timeStampOf(token: Der | undefined, value: Buffer): FileSignature['timeStamp'] {
  if (!token) return null;
  const { at, imprint, certificate, fits, certificateFlaw } = readStampToken(token);
  return {
    at: at.toISOString(),
    authority: commonName(certificate.subject),
    certificateSha256: hashOf(certificate),
    verified: fits && imprint.equals(createHash('sha256').update(value).digest()),
    certificateFlaw,
  };
}

const hashOf = ({ raw }: X509Certificate): Sha256 => createHash('sha256').update(raw).digest('hex') as Sha256;

const wordsFrom = (certificate: X509Certificate) => ({
  signer: commonName(certificate.subject),
  issuer: commonName(certificate.issuer),
  subject: certificate.subject.replaceAll('\n', ', '),
  selfSigned: certificate.subject === certificate.issuer,
  serialNumber: certificate.serialNumber,
  certificateSha256: hashOf(certificate),
  validFrom: new Date(certificate.validFrom).toISOString(),
  validTo: new Date(certificate.validTo).toISOString(),
});

/**
 * What a signature says of itself. `coversFile`: nothing of the file but the signature lies outside
 * what is signed. Throws RangeError for a time stamp of another shape than expected here.
 */
export const signatureFrom = (
  { fits, certificate, value, unsigned }: CheckedSignature,
  coversFile: boolean,
): FileSignature => ({
  ...wordsFrom(certificate),
  coversFile,
  verified: fits && coversFile,
  timeStamp: timeStampOf(attributeOf(unsigned, TIME_STAMP_TOKEN), value),
});

/** Reads the file. Throws RangeError for one without a signature of the kind that is made here. */
export async function verifyReport(file: string): Promise<FileSignature> {
  const handle = await open(file, 'r');
  try {
    return await verifyHandle(handle);
  } finally {
    await handle.close();
  }
}

async function verifyHandle(handle: FileHandle): Promise<FileSignature> {
  const { first, from, to, length, digits } = await placesOf(handle);
  const { size } = await handle.stat();
  const signed = [
    { start: first, length: from - first },
    { start: to, length },
  ];
  const contentInfo = derAtStart(Buffer.from(digits, 'hex'));
  const digest = await hashOfRanges(handle, signed, digestOfSigner(contentInfo));
  return signatureFrom(checkDigest(contentInfo, digest), first === 0 && to + length === size);
}
