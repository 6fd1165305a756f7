// A signed report, looked at as its reader will: are all bytes but the signature signed, does the signature fit them, who made it, and
// what does the time stamp say. Called with the bytes that were read back from the disk.
import type { X509Certificate } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { ReportSignature } from '../../../contract/report.ts';
import { contentOf, type Der, derFrom, partsOf } from './der.ts';
import { attributeOf, checkSignedData, signedDataOf } from './verify-cms.ts';

const TIME_STAMP_TOKEN = '1.2.840.113549.1.9.16.2.14';

/** What stands in the signature dictionary: the two signed stretches, and the digits between them. */
function placesOf(pdf: Buffer): { first: number; from: number; to: number; length: number; digits: string } {
  const at = pdf.lastIndexOf('/ByteRange [');
  const numbers = /\[(\d+) (\d+) (\d+) (\d+)\]/.exec(pdf.toString('latin1', at, at + 80));
  if (!numbers) throw new RangeError('The file has no signature.');
  const [first, from, to, length] = numbers.slice(1).map(Number) as [number, number, number, number];
  return { first, from, to, length, digits: pdf.toString('latin1', from + 1, to - 1) };
}

/** The DER value at the beginning; what follows it is padding. */
function derAtStart(bytes: Buffer): Der {
  const short = bytes[1]! < 0x80;
  const head = short ? 2 : 2 + (bytes[1]! & 0x7f);
  const length = short ? bytes[1]! : bytes.readUIntBE(2, head - 2);
  return derFrom(bytes.subarray(0, head + length));
}

/** The common name of a subject or an issuer, or all of it. */
export const commonName = (name: string): string => /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');

/** `20261124233000.5Z`, as ASN.1 writes a moment, as ISO 8601. */
const instantOf = (time: string): string =>
  time.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/, (_, y, mo, d, h, mi, s, fraction = '') =>
    new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}${fraction}Z`).toISOString(),
  );

/** What a token says of the signature: when, by whom, and whether it is over this signature and fits. */
function timeStampOf(token: Der | undefined, value: Buffer): ReportSignature['timeStamp'] {
  if (!token) return null;
  const { content } = signedDataOf(token);
  const [, , imprint, , time] = partsOf(derFrom(content));
  const { fits, certificate } = checkSignedData(token, content);
  const over = contentOf(partsOf(imprint)[1]).equals(createHash('sha256').update(value).digest());
  return {
    at: instantOf(contentOf(time).toString('latin1')),
    authority: commonName(certificate.subject),
    verified: fits && over,
  };
}

const wordsFrom = ({ subject, issuer, serialNumber, validFrom, validTo }: X509Certificate) => ({
  signer: commonName(subject),
  issuer: commonName(issuer),
  selfSigned: subject === issuer,
  serialNumber,
  validFrom: new Date(validFrom).toISOString(),
  validTo: new Date(validTo).toISOString(),
});

/** Throws RangeError for a file without a signature of the kind that is made here. */
export function verifyReport(pdf: Uint8Array): ReportSignature {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  const { first, from, to, length, digits } = placesOf(bytes);
  const content = Buffer.concat([bytes.subarray(first, from), bytes.subarray(to, to + length)]);
  const { fits, certificate, value, unsigned } = checkSignedData(derAtStart(Buffer.from(digits, 'hex')), content);
  return {
    ...wordsFrom(certificate),
    verified: fits && first === 0 && to + length === bytes.length,
    timeStamp: timeStampOf(attributeOf(unsigned, TIME_STAMP_TOKEN), value),
  };
}
