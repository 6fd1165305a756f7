// A CMS SignedData (RFC 5652) held against what it is over: digest, signed attributes, and the key
// of the certificate that it names. Whether that certificate is to be trusted is not asked here: it
// is a matter of the reader's own list of authorities.
import { createHash, verify, X509Certificate } from 'node:crypto';
import { bytesOf, contentOf, type Der, issuerAndSerial, MESSAGE_DIGEST, oid, partsOf, setAsGiven } from './der.ts';

/** Digest algorithms of signer infos, by their object identifier. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/**
 * Who signed, over which bytes of its own, and what stands beside the signature. `fits`: digest and
 * signature are right.
 */
export type CheckedSignature = {
  fits: boolean;
  certificate: X509Certificate;
  value: Buffer;
  unsigned: Der[];
};

const isOid = (der: Der | undefined, dotted: string): boolean => contentOf(der).equals(contentOf(oid(dotted)));
const isTagged = (der: Der, tag: number): boolean => der.tagClass === 0x80 && (der.type as number) === tag;

/** The value of an attribute in a list of them. */
export const attributeOf = (attributes: readonly Der[], type: string): Der | undefined =>
  partsOf(partsOf(attributes.find((one) => isOid(partsOf(one)[0], type)))[1])[0];

/** The SignedData inside a ContentInfo, and the content it carries itself, if any. */
export function signedDataOf(contentInfo: Der): { parts: Der[]; content: Buffer } {
  const parts = partsOf(partsOf(partsOf(contentInfo)[1])[0]);
  return { parts, content: contentOf(partsOf(partsOf(parts[2])[1])[0]) };
}

/**
 * What the first signer of a SignedData says. Throws RangeError where it is not of the shape
 * expected here.
 */
function signerOf(contentInfo: Der) {
  const { parts } = signedDataOf(contentInfo);
  const certificates = partsOf(parts.find((one) => isTagged(one, 0))).map((one) => new X509Certificate(bytesOf(one)));
  const [, signer, algorithm, ...rest] = partsOf(partsOf(parts.at(-1))[0]);
  const signed = rest.find((one) => isTagged(one, 0));
  const certificate = certificates.find((one) => bytesOf(issuerAndSerial(one)).equals(bytesOf(signer!)));
  const digest = Object.entries(DIGESTS).find(([dotted]) => isOid(partsOf(algorithm)[0], dotted))?.[1];
  if (!signed || !certificate || !digest)
    throw new RangeError('The signature names no certificate or digest known here.');
  return { signed, certificate, digest, rest };
}

/**
 * The algorithm by which the first signer's content is hashed. Throws RangeError as `checkDigest`
 * does.
 */
export const digestOfSigner = (contentInfo: Der): string => signerOf(contentInfo).digest;

/**
 * Checks the first signer of `contentInfo` over content of this digest. Throws RangeError where it
 * is not of the shape expected here.
 */
export function checkDigest(contentInfo: Der, contentDigest: Buffer): CheckedSignature {
  const { signed, certificate, digest, rest } = signerOf(contentInfo);
  const value = contentOf(rest.find((one) => one.tagClass === 0 && !Array.isArray(one.value)));
  const attributes = partsOf(signed);
  const stated = contentOf(attributeOf(attributes, MESSAGE_DIGEST));
  const fits =
    contentDigest.equals(stated) && verify(digest, bytesOf(setAsGiven(attributes)), certificate.publicKey, value);
  return { fits, certificate, value, unsigned: partsOf(rest.find((one) => isTagged(one, 1))) };
}

/** The same over content that is in memory. */
export const checkSignedData = (contentInfo: Der, content: Uint8Array): CheckedSignature =>
  checkDigest(contentInfo, createHash(digestOfSigner(contentInfo)).update(content).digest());
