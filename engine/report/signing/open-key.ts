// The examiner's PKCS#12 file -> private key and certificates. node-forge opens the container; keys
// and certificates are node:crypto's from then on. Nothing of it is kept or written anywhere.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import forge from 'node-forge';
import { RecceError } from '../../../contract/errors.ts';
import { bytesOf } from './der.ts';

/** A key that can sign: its own certificate first, then the others of the file. */
export type SigningKey = { key: KeyObject; certificate: X509Certificate; others: readonly X509Certificate[] };

const refuse = (file: string, detail: string, cause?: unknown): RecceError =>
  new RecceError('SIGNING_REFUSED', file, detail, { cause });

/**
 * RSA bags come parsed, elliptic ones as the ASN.1 that forge does not know: both end as PKCS#8.
 */
function keyFromBag(bag: forge.pkcs12.Bag): KeyObject | undefined {
  const asn1 = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  return asn1 && createPrivateKey({ key: bytesOf(asn1), format: 'der', type: 'pkcs8' });
}

const certificateFromBag = (bag: forge.pkcs12.Bag): X509Certificate =>
  new X509Certificate(bytesOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1));

function bagsOf(p12: forge.pkcs12.Pkcs12Pfx, ...types: string[]): forge.pkcs12.Bag[] {
  return types.flatMap((bagType) => p12.getBags({ bagType })[bagType] ?? []);
}

/**
 * Opens the file. Throws PATH_NOT_FOUND, or SIGNING_REFUSED for a wrong password, no key, a
 * certificate out of its time.
 */
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

/** The password as a string of its UTF-8 bytes. */
const inUtf8 = (password: string): string => Buffer.from(password, 'utf8').toString('latin1');

/**
 * A password with letters beyond ASCII is spelt in two ways inside one file: as UTF-16 for the
 * check of the file (RFC 7292), as UTF-8 for the encryption of OpenSSL 3 and others (RFC 8018);
 * older programs took the bytes of UTF-8 for both. node-forge knows one spelling at a time and
 * takes the low bytes of it for the encryption: the check is made first, and where only the
 * encryption does not open, it is opened with the other spelling, without asking for the check a
 * second time.
 */
function openContainer(bytes: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  const parse = (spelling: string, checked: boolean) => {
    const pfx = forge.asn1.fromDer(forge.util.createBuffer(bytes.toString('latin1')));
    if (!checked && Array.isArray(pfx.value)) pfx.value = pfx.value.slice(0, 2);
    return forge.pkcs12.pkcs12FromAsn1(pfx, false, spelling);
  };
  const spellings = [...new Set([password, password.normalize('NFC'), password.normalize('NFD'), inUtf8(password)])];
  let refusal: unknown;
  for (const spelling of spellings)
    try {
      return parse(spelling, true);
    } catch (error) {
      refusal ??= error;
      if (!isWrongPassword(error)) return parse(spelling === inUtf8(password) ? spelling : inUtf8(spelling), false);
    }
  throw refusal;
}

const isWrongPassword = (error: unknown): boolean => /MAC|password/i.test((error as Error).message);

function readPkcs12(file: string, bytes: Buffer, password: string) {
  try {
    const { oids } = forge.pki;
    const p12 = openContainer(bytes, password);
    const [bag] = bagsOf(p12, oids.pkcs8ShroudedKeyBag!, oids.keyBag!);
    const key = bag && keyFromBag(bag);
    if (!key) throw new Error('it has no private key.');
    return { key, certificates: bagsOf(p12, oids.certBag!).map(certificateFromBag) };
  } catch (cause) {
    throw refuse(file, isWrongPassword(cause) ? 'wrong password.' : (cause as Error).message, cause);
  }
}
