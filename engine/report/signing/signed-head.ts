// The newest entry of a case's log as a file of its own: signed with the examiner's key, and with a
// time stamp where one was asked for. Kept elsewhere it is an anchor, as a signed report is.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { sha256Schema } from '../../../contract/brand.ts';
import type { Signing } from '../../../contract/report.ts';
import type { FileSignature } from '../../../contract/signature.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { signDetached } from './cms-signature.ts';
import { derFrom } from './der.ts';
import { openSigningKey } from './open-key.ts';
import { fetchTimeStamp } from './time-stamp.ts';
import { checkSignedData } from './verify-cms.ts';
import { signatureFrom } from './verify-report.ts';

const saidSchema = z.strictObject({
  format: z.literal('recce-head'),
  version: z.literal(1),
  /** Hash of the log's first entry: which case it is. */
  firstEntry: sha256Schema,
  auditHead: z.object({ seq: z.number().int().positive(), hash: sha256Schema }),
});
export type HeadSaid = z.infer<typeof saidSchema>;
const signedSchema = saidSchema.extend({ signature: z.base64() });

const digestOf = (said: HeadSaid): Buffer => createHash('sha256').update(canonicalJson(said)).digest();

/** The file's text. Throws PATH_NOT_FOUND, SIGNING_REFUSED, TIME_STAMP_FAILED. */
export async function signHead(said: HeadSaid, signing: Signing, now: Date): Promise<string> {
  const signer = await openSigningKey(signing.pkcs12Path, signing.password, now);
  const url = signing.timeStampUrl;
  const stamp = url === undefined ? undefined : (signature: Uint8Array) => fetchTimeStamp(url, signature);
  const signature = await signDetached(digestOf(said), signer, stamp);
  return `${JSON.stringify({ ...said, signature: signature.toString('base64') }, null, 2)}\n`;
}

/** What such a file says, and its signature, which fits. */
export type SignedHead = { said: HeadSaid; signature: FileSignature };

/**
 * Reads a text as such a file; undefined for one that does not say that it is. Throws RangeError,
 * with a part of a sentence, where its signature does not fit or does not cover all of it.
 */
export function readSignedHead(text: string, value: unknown): SignedHead | undefined {
  if ((value as { format?: unknown } | null)?.format !== 'recce-head') return undefined;
  const parsed = signedSchema.safeParse(value);
  // A key that stands twice is read once: what the first said would be covered by nothing.
  if (!parsed.success || JSON.stringify(value) !== text.replaceAll(/\s+/g, ''))
    throw new RangeError('it is a signed entry with something missing, or with more than was signed.');
  const { signature, ...said } = parsed.data;
  const found = signatureOf(said, signature);
  if (!found.verified) throw new RangeError('its signature does not fit what it says.');
  return { said, signature: found };
}

function signatureOf(said: HeadSaid, signature: string): FileSignature {
  try {
    const checked = checkSignedData(derFrom(Buffer.from(signature, 'base64')), Buffer.from(canonicalJson(said)));
    return signatureFrom(checked, true);
  } catch (error) {
    throw new RangeError(`its signature cannot be read (${(error as Error).message}).`, { cause: error });
  }
}
