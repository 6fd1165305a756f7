// A detached CMS signature as PAdES baseline B-B wants it (ETSI EN 319 142-1, RFC 5652, RFC 5035):
// content type, message digest and signing-certificate-v2 are signed; the claimed time stands in
// the PDF's signature dictionary, not here.
import { createHash, sign } from 'node:crypto';
import { RecceError } from '../../../contract/errors.ts';
import {
  bytesOf,
  type Der,
  derFrom,
  integer,
  issuerAndSerial,
  MESSAGE_DIGEST,
  nothing,
  octets,
  oid,
  SHA256,
  sequence,
  setOf,
  TIME_STAMP_TOKEN,
  tagged,
} from './der.ts';
import type { SigningKey } from './open-key.ts';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const one = (): Der => integer(Uint8Array.of(1));
const attribute = (type: string, value: Der): Der => sequence(oid(type), setOf([value]));

/** Gives the DER of a time stamp token over a signature's value. */
export type TimeStamper = (signature: Uint8Array) => Promise<Uint8Array>;

/**
 * Signs the content of this SHA-256 and gives the DER of the ContentInfo. Throws SIGNING_REFUSED
 * for a kind of key that is not used here.
 */
export async function signDetached(
  contentSha256: Uint8Array,
  signer: SigningKey,
  stamp?: TimeStamper,
): Promise<Buffer> {
  const certHash = octets(sha256(signer.certificate.raw));
  const attributes = [
    attribute(CONTENT_TYPE, oid(DATA)),
    attribute(MESSAGE_DIGEST, octets(contentSha256)),
    attribute(SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(certHash)))),
  ];
  const signed = setOf(attributes);
  const signature = sign('sha256', bytesOf(signed), signer.key);
  const unsigned = stamp ? [tagged(1, [attribute(TIME_STAMP_TOKEN, derFrom(await stamp(signature)))])] : [];
  const signerInfo = sequence(
    one(),
    issuerAndSerial(signer.certificate),
    SHA256(),
    tagged(0, signed.value as Der[]),
    signatureAlgorithm(signer),
    octets(signature),
    ...unsigned,
  );
  const certificates = [signer.certificate, ...signer.others].map(({ raw }) => derFrom(raw));
  return bytesOf(
    sequence(
      oid(SIGNED_DATA),
      tagged(0, [
        sequence(one(), setOf([SHA256()]), sequence(oid(DATA)), tagged(0, certificates), setOf([signerInfo])),
      ]),
    ),
  );
}

function signatureAlgorithm({ key, certificate }: SigningKey): Der {
  if (key.asymmetricKeyType === 'rsa') return sequence(oid('1.2.840.113549.1.1.11'), nothing());
  if (key.asymmetricKeyType === 'ec') return sequence(oid('1.2.840.10045.4.3.2'));
  throw new RecceError(
    'SIGNING_REFUSED',
    certificate.subject,
    `its key is ${key.asymmetricKeyType}; RSA or an elliptic curve (ECDSA) is needed.`,
  );
}
