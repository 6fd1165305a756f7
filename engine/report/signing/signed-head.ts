// The newest entry of a case's log as a file of its own: signed with the examiner's key, and with a
// time stamp where one was asked for. Kept elsewhere it is an anchor, as a signed report is.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { sha256Schema } from '../../../contract/brand.ts';
import type { Signing } from '../../../contract/report.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { signDetached } from './cms-signature.ts';
import { derFrom } from './der.ts';
import { openSigningKey } from './open-key.ts';
import { fetchTimeStamp } from './time-stamp.ts';
import { checkSignedData } from './verify-cms.ts';

const saidSchema = z.object({
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

/** True for a value that says it is such a file. */
export const isSignedHead = (value: unknown): boolean =>
  (value as { format?: unknown } | null)?.format === 'recce-head';

/**
 * What is wrong with a value that says it is such a file; undefined for one that is right, and for
 * anything else.
 */
export function whyHeadUnfit(value: unknown): string | undefined {
  if (!isSignedHead(value)) return undefined;
  const parsed = signedSchema.safeParse(value);
  if (!parsed.success) return 'it is a signed entry with something missing.';
  const { signature, ...said } = parsed.data;
  try {
    const { fits } = checkSignedData(derFrom(Buffer.from(signature, 'base64')), Buffer.from(canonicalJson(said)));
    return fits ? undefined : 'its signature does not fit what it says.';
  } catch (error) {
    return `its signature cannot be read (${(error as Error).message}).`;
  }
}
