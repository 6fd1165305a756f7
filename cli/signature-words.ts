// What a signed file says of its signature when it is read again, and what came of holding a case
// against a report, in words.
import type { AgainstReport } from '../contract/case.ts';
import type { FileSignature } from '../contract/signature.ts';
import { capitalised, stampFlawWords } from '../contract/wording.ts';

/** Of a report that was just written. */
export const signatureLine = ({ signer, verified, timeStamp }: FileSignature): string =>
  `signed by ${signer}, ${verified ? 'the signature fits the file' : 'but the signature does NOT fit the file'}${
    timeStamp ? `, stamped ${timeStamp.at} by ${timeStamp.authority}` : ''
  }${stampDoubt(timeStamp)}`;

function stampDoubt(timeStamp: FileSignature['timeStamp']): string {
  if (timeStamp?.verified === false) return ', but the stamp does NOT fit the signature';
  return timeStamp?.certificateFlaw ? `, but ${stampFlawWords(timeStamp.certificateFlaw)}` : '';
}

/** One line a fact: the entry, the first entry, the signature, the time stamp. */
export function againstLines(against: AgainstReport): string[] {
  const { report, entry, entryHeld, firstEntry, firstEntryHeld, signature } = against;
  return [
    `${report} was made from entry ${entry.seq}:${entry.hash}, which the log ${entryHeld ? 'holds' : 'does NOT hold'}.`,
    firstEntry === null
      ? 'It does not name the first entry of the log, as reports of earlier versions.'
      : `It names 1:${firstEntry} as the first entry of the log, which ${firstEntryHeld ? 'it is' : 'it is NOT'}.`,
    ...(signature ? signerLines(signature) : [UNSIGNED]),
  ];
}

const UNSIGNED =
  'It is not signed: whoever had it in hand can have made it anew. No certificate and no time stamp speaks for it.';

function signerLines({ subject, issuer, selfSigned, certificateSha256, ...signature }: FileSignature): string[] {
  const { verified, coversFile, timeStamp, validFrom, validTo } = signature;
  const fits = verified ? 'fits' : 'does NOT fit';
  const covers = coversFile ? 'covers the whole file' : 'does NOT cover the whole file';
  return [
    `Signed by ${subject}, ${selfSigned ? 'self-signed' : `issued by ${issuer}`}, valid ${validFrom} to ${validTo}.`,
    `Certificate SHA-256 ${certificateSha256}. The signature ${fits}, and ${covers}.`,
    timeStamp
      ? `Time stamp ${timeStamp.at} by ${timeStamp.authority}, certificate SHA-256 ${timeStamp.certificateSha256}. It ${timeStamp.verified ? 'fits' : 'does NOT fit'} the signature.${timeStamp.certificateFlaw ? ` ${capitalised(stampFlawWords(timeStamp.certificateFlaw))}.` : ''}`
      : 'No time stamp: when it was signed is its signer’s word.',
    'Whether these are the certificates of whom they name is for you to compare: anybody can make one.',
  ];
}
