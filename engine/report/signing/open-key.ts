// The examiner's PKCS#12 file -> private key and certificates. node-forge opens the container; keys and certificates are
// node:crypto's from then on. Nothing of it is kept or written anywhere.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import forge from 'node-forge';
import { RecceError } from '../../../contract/errors.ts';

/** A key that can sign: its own certificate first, then the others of the file. */
export type SigningKey = { key: KeyObject; certificate: X509Certificate; others: readonly X509Certificate[] };

const refuse = (file: string, detail: string, cause?: unknown): RecceError =>
  new RecceError('SIGNING_REFUSED', file, detail, { cause });

const derOf = (asn1: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');

/** RSA bags come parsed, elliptic ones as the ASN.1 that forge does not know: both end as PKCS#8. */
function keyFromBag(bag: forge.pkcs12.Bag): KeyObject | undefined {
  const asn1 = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  return asn1 && createPrivateKey({ key: derOf(asn1), format: 'der', type: 'pkcs8' });
}

const certificateFromBag = (bag: forge.pkcs12.Bag): X509Certificate =>
  new X509Certificate(derOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1));

function bagsOf(p12: forge.pkcs12.Pkcs12Pfx, ...types: string[]): forge.pkcs12.Bag[] {
  return types.flatMap((bagType) => p12.getBags({ bagType })[bagType] ?? []);
}

/** Opens the file. Throws PATH_NOT_FOUND, or SIGNING_REFUSED for a wrong password, no key, a certificate out of its time. */
export async function openSigningKey(file: string, password: string, now: Date): Promise<SigningKey> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', file, cause.message, { cause });
  });
  const found = readPkcs12(file, bytes, password);
  const certificate = found.certificates.find((one) => one.checkPrivateKey(found.key));
  if (!certificate) throw refuse(file, 'it has no certificate for its private key.');
  if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo))
    throw refuse(file, `its certificate is valid from ${certificate.validFrom} to ${certificate.validTo}.`);
  return { key: found.key, certificate, others: found.certificates.filter((one) => one !== certificate) };
}

function readPkcs12(file: string, bytes: Buffer, password: string) {
  try {
    const { oids } = forge.pki;
    const asn1 = forge.asn1.fromDer(forge.util.createBuffer(bytes.toString('latin1')));
    const p12 = forge.pkcs12.pkcs12FromAsn1(asn1, false, password);
    const [bag] = bagsOf(p12, oids.pkcs8ShroudedKeyBag!, oids.keyBag!);
    const key = bag && keyFromBag(bag);
    if (!key) throw new Error('it has no private key.');
    return { key, certificates: bagsOf(p12, oids.certBag!).map(certificateFromBag) };
  } catch (cause) {
    const { message } = cause as Error;
    throw refuse(file, /MAC|password/i.test(message) ? 'wrong password.' : message, cause);
  }
}
