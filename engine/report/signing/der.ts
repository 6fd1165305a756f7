// DER, spelt with node-forge's ASN.1: the few shapes that a signature and a time stamp are made of.
import type { X509Certificate } from 'node:crypto';
import forge from 'node-forge';

/** Attributes of a signer (RFC 5652, RFC 3161). */
export const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
export const TIME_STAMP_TOKEN = '1.2.840.113549.1.9.16.2.14';

export type Der = forge.asn1.Asn1;

const { Class, Type, create } = forge.asn1;
const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export const sequence = (...parts: Der[]): Der => create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
export const octets = (bytes: Uint8Array): Der => create(Class.UNIVERSAL, Type.OCTETSTRING, false, binary(bytes));
export const integer = (bytes: Uint8Array): Der => create(Class.UNIVERSAL, Type.INTEGER, false, binary(bytes));
export const yes = (): Der => create(Class.UNIVERSAL, Type.BOOLEAN, false, '\xff');
export const nothing = (): Der => create(Class.UNIVERSAL, Type.NULL, false, '');
export const oid = (dotted: string): Der =>
  create(Class.UNIVERSAL, Type.OID, false, forge.asn1.oidToDer(dotted).getBytes());
export const tagged = (tag: number, parts: Der[]): Der =>
  create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, true, parts);

/** SET OF in DER order: sorted by encoding. */
export const setOf = (parts: readonly Der[]): Der =>
  create(
    Class.UNIVERSAL,
    Type.SET,
    true,
    [...parts].sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b))),
  );

/** SET OF in the order given: what others have signed may lie in an order of their own. */
export const setAsGiven = (parts: readonly Der[]): Der => create(Class.UNIVERSAL, Type.SET, true, [...parts]);

export const bytesOf = (der: Der): Buffer => Buffer.from(forge.asn1.toDer(der).getBytes(), 'latin1');
export const derFrom = (bytes: Uint8Array): Der => forge.asn1.fromDer(forge.util.createBuffer(binary(bytes)));

/** The parts of a constructed value; empty for a primitive one. */
export const partsOf = (der: Der | undefined): Der[] => (Array.isArray(der?.value) ? der.value : []);
/** The content octets of a primitive value. */
export const contentOf = (der: Der | undefined): Buffer =>
  Buffer.from(typeof der?.value === 'string' ? der.value : '', 'latin1');

/** Issuer and serial number of a certificate, as CMS names a signer. */
export function issuerAndSerial(certificate: X509Certificate): Der {
  const fields = partsOf(partsOf(derFrom(certificate.raw))[0]);
  const at = fields[0]?.tagClass === Class.CONTEXT_SPECIFIC ? 1 : 0;
  return sequence(fields[at + 2]!, fields[at]!);
}

export const SHA256 = (): Der => sequence(oid('2.16.840.1.101.3.4.2.1'), nothing());
