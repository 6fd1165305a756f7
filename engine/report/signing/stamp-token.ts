// A time stamp token (RFC 3161) read: what it is over, when and by whom it was made, whether its own
// signature fits, and whether the certificate is one that may stamp at that time. Whether the
// authority is to be trusted is the reader's own matter.
import type { X509Certificate } from 'node:crypto';
import type { FileSignature } from '../../../contract/signature.ts';
import { contentOf, type Der, derFrom, partsOf } from './der.ts';
import { checkSignedData, signedDataOf } from './verify-cms.ts';

/** RFC 3161, section 2.3: the one purpose of an authority's certificate. */
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

export type StampToken = {
  at: Date;
  /** The hash that it is over. */
  imprint: Buffer;
  /** Parts of its content, of which one is the nonce. */
  parts: Der[];
  certificate: X509Certificate;
  /** Its own signature is right. */
  fits: boolean;
  certificateFlaw: NonNullable<FileSignature['timeStamp']>['certificateFlaw'];
};

/** Throws RangeError where it is not of the shape expected here. */
export function readStampToken(token: Der): StampToken {
  const { content } = signedDataOf(token);
  const parts = partsOf(derFrom(content));
  const { fits, certificate } = checkSignedData(token, content);
  const at = momentOf(contentOf(parts[4]).toString('latin1'));
  return {
    ...{ at, parts, certificate, fits },
    imprint: contentOf(partsOf(parts[2])[1]),
    certificateFlaw: flawOf(certificate, at),
  };
}

function flawOf({ keyUsage, validFrom, validTo }: X509Certificate, at: Date): StampToken['certificateFlaw'] {
  // Node gives the purposes of a certificate under this name.
  if (!keyUsage?.includes(TIME_STAMPING)) return 'notForTimeStamps';
  return at < new Date(validFrom) || at > new Date(validTo) ? 'notValidThen' : null;
}

/** `20261124233000.5Z`, as ASN.1 writes a moment. */
function momentOf(time: string): Date {
  const moment = new Date(
    time.replace(
      /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/,
      (_, y, mo, d, h, mi, s, fraction = '') => `${y}-${mo}-${d}T${h}:${mi}:${s}${fraction}Z`,
    ),
  );
  if (Number.isNaN(moment.getTime())) throw new RangeError('The time stamp states no time.');
  return moment;
}
