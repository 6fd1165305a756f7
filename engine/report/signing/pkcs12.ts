// A PKCS#12 container (RFC 7292) -> its private key and certificates, by node-forge. How long the
// password is hashed is for the file to say: call it where it can be ended.
import forge from 'node-forge';
import { bytesOf } from './der.ts';

export type Pkcs12Request = { bytes: Uint8Array; password: string };
/** The key as PKCS#8, certificates as X.509, both DER. */
export type Pkcs12Answer =
  | { kind: 'opened'; key: Uint8Array; certificates: Uint8Array[] }
  | { kind: 'refused'; isPassword: boolean; why: string };

/**
 * RSA bags come parsed, elliptic ones as the ASN.1 that forge does not know: both end as PKCS#8.
 */
function keyFromBag(bag: forge.pkcs12.Bag): Uint8Array | undefined {
  const asn1 = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  return asn1 && bytesOf(asn1);
}

const certificateFromBag = (bag: forge.pkcs12.Bag): Uint8Array =>
  bytesOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1);

function bagsOf(p12: forge.pkcs12.Pkcs12Pfx, ...types: string[]): forge.pkcs12.Bag[] {
  return types.flatMap((bagType) => p12.getBags({ bagType })[bagType] ?? []);
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

/** The key and the certificates of a container, or why there are none. */
export function readPkcs12({ bytes, password }: Pkcs12Request): Pkcs12Answer {
  try {
    const { oids } = forge.pki;
    const p12 = openContainer(Buffer.from(bytes), password);
    const [bag] = bagsOf(p12, oids.pkcs8ShroudedKeyBag!, oids.keyBag!);
    const key = bag && keyFromBag(bag);
    if (!key) throw new Error('it has no private key.');
    return { kind: 'opened', key, certificates: bagsOf(p12, oids.certBag!).map(certificateFromBag) };
  } catch (error) {
    return { kind: 'refused', isPassword: isWrongPassword(error), why: (error as Error).message };
  }
}
