// Report -> the entry of the log it was made from: its JSON, or the record that lies inside its
// PDF. A report that somebody else keeps is an anchor: whoever changes the case cannot change it.
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { FileSignature } from '../../contract/signature.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { readSignedHead } from './signing/signed-head.ts';
import { verifyReport } from './signing/verify-report.ts';

const headSchema = z.object({
  auditHead: z.object({ seq: z.number().int().positive(), hash: sha256Schema }),
  /** Reports of earlier versions do not say it. */
  firstEntry: sha256Schema.nullish().transform((hash) => hash ?? null),
});

/** The entry a report was made from, which case it is of, and who signed it. */
export type ReportAnchor = z.infer<typeof headSchema> & { signature: FileSignature | null };

type Refused = (why: string) => RecceError;

/** A report is read whole. */
const LIMIT_BYTES = 2 ** 29 - 2 ** 20;

/**
 * Throws PATH_NOT_FOUND, and REPORT_REFUSED for what is no report with an entry in it, was changed
 * since it was made, signed or stamped, or unpacks to more than `limitBytes`.
 */
export async function readReportAnchor(file: string, limitBytes = LIMIT_BYTES): Promise<ReportAnchor> {
  const bytes = await readWhole(file, limitBytes);
  const refused: Refused = (why) => new RecceError('REPORT_REFUSED', file, why);
  if (!bytes.subarray(0, 1024).includes('%PDF-')) return anchorFromText(bytes.toString('utf8'), refused);
  const signature = bytes.includes('/ByteRange [') ? await signatureOfPdf(file, refused) : null;
  for await (const text of embeddedTexts(bytes, limitBytes, refused)) {
    // A signed entry in it would be somebody's signature of that entry, and of nothing in the PDF.
    const head = headFrom(jsonFrom(text), refused);
    if (head) return { ...head, signature: stampedRight(signature, refused) };
  }
  throw refused(NO_RECORD);
}

const NO_RECORD = 'it holds no record of this workstation. Name a report as PDF or JSON, or use --expect.';

/** The signature of a PDF, which fits every byte of it but its own. */
async function signatureOfPdf(file: string, refused: Refused): Promise<FileSignature> {
  const found = await verifyReport(file).catch((error: Error) => {
    throw refused(`its signature cannot be read, or it was changed after it was signed (${error.message}).`);
  });
  if (!found.coversFile) throw refused('its signature covers a part of it alone: it was changed after it was signed.');
  if (!found.verified) throw refused('its signature does not fit its bytes: it was changed after it was signed.');
  return found;
}

/** A stamp lies beside what is signed: whoever had the file in hand could put another there. */
function stampedRight(signature: FileSignature | null, refused: Refused): FileSignature | null {
  if (signature?.timeStamp?.verified === false)
    throw refused(
      'its time stamp does not fit its signature: the stamp is over something else, or is not signed by its authority.',
    );
  return signature;
}

function anchorFromText(text: string, refused: Refused): ReportAnchor {
  const value = jsonFrom(text);
  const signed = signedHead(text, value, refused);
  if (signed) {
    const { auditHead, firstEntry } = signed.said;
    return { auditHead, firstEntry, signature: stampedRight(signed.signature, refused) };
  }
  const head = headFrom(value, refused);
  if (!head) throw refused(NO_RECORD);
  return { ...head, signature: null };
}

function signedHead(text: string, value: unknown, refused: Refused): ReturnType<typeof readSignedHead> {
  try {
    return readSignedHead(text, value);
  } catch (error) {
    throw refused((error as Error).message);
  }
}

async function readWhole(file: string, limitBytes: number): Promise<Buffer> {
  try {
    const known = await stat(file);
    if (!known.isFile()) throw new Error('It is not a regular file.');
    if (known.size > limitBytes) throw new RecceError('REPORT_REFUSED', file, 'it is too large. Use --expect.');
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof RecceError) throw cause;
    throw new RecceError('PATH_NOT_FOUND', file, (cause as Error).message, { cause });
  }
}

function headFrom(value: unknown, refused: Refused): z.infer<typeof headSchema> | undefined {
  const head = headSchema.safeParse(value).data;
  if (head && !isWhole(value as Record<string, unknown>))
    throw refused('its content does not have the hash that it says of itself: it was changed after it was made.');
  return head;
}

/** True where the record says the hash of its own content, and has it. */
function isWhole({ contentSha256, ...content }: Record<string, unknown>): boolean {
  return contentSha256 === hashOfValue(content);
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const inflated = promisify(inflate) as (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/**
 * Every embedded file of a PDF as this workstation writes it: a stream behind its dictionary,
 * deflated or not. Each stream is read once, all together within the limit, beside the engine's own
 * thread. Throws what `refused` makes for more.
 */
async function* embeddedTexts(
  pdf: Buffer,
  limitBytes: number,
  refused: Refused,
): AsyncGenerator<string, void, undefined> {
  let left = limitBytes;
  for (let at = pdf.indexOf('/EmbeddedFile'); at >= 0; ) {
    const from = pdf.indexOf('stream', at);
    const to = pdf.indexOf('endstream', from);
    if (from < 0 || to < 0) return;
    const start = from + 'stream'.length + (pdf[from + 'stream'.length] === 0x0d ? 2 : 1);
    const stream = pdf.subarray(start, to);
    const bytes = await inflated(stream, { maxOutputLength: left }).catch((error: { code?: string }) => {
      if (error.code === 'ERR_BUFFER_TOO_LARGE') throw refused('its record is too large. Use --expect.');
      return stream;
    });
    left -= bytes.length;
    if (left <= 0) throw refused('its record is too large. Use --expect.');
    yield bytes.toString('utf8');
    at = pdf.indexOf('/EmbeddedFile', to);
  }
}
