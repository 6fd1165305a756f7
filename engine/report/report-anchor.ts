// Report -> the entry of the log it was made from: its JSON, or the record that lies inside its
// PDF. A report that somebody else keeps is an anchor: whoever changes the case cannot change it.
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { isSignedHead, whyHeadUnfit } from './signing/signed-head.ts';
import { verifyReport } from './signing/verify-report.ts';

const headSchema = z.object({ auditHead: z.object({ seq: z.number().int().positive(), hash: sha256Schema }) });
type Head = z.infer<typeof headSchema>['auditHead'];

/** A report is read whole. */
const LIMIT_BYTES = 2 ** 29 - 2 ** 20;

/**
 * Throws PATH_NOT_FOUND, and REPORT_REFUSED for what is no report with an entry in it, was changed
 * since it was made, or unpacks to more than `limitBytes`.
 */
export async function readReportAnchor(file: string, limitBytes = LIMIT_BYTES): Promise<Head> {
  const bytes = await readWhole(file, limitBytes);
  const refused = (why: string): RecceError => new RecceError('REPORT_REFUSED', file, why);
  const isPdf = bytes.subarray(0, 1024).includes('%PDF-');
  if (isPdf && bytes.includes('/ByteRange [') && !(await isSignedWhole(file)))
    throw refused('its signature does not fit its bytes: it was changed after it was signed.');
  const texts = isPdf ? embeddedTexts(bytes, limitBytes, refused) : [bytes.toString('utf8')];
  for await (const text of texts) {
    const head = headFrom(text, refused);
    if (head) return head;
  }
  throw refused('it holds no record of this workstation. Name a report as PDF or JSON, or use --expect.');
}

/** True where the signature fits every byte of the file but its own. */
const isSignedWhole = (file: string): Promise<boolean> =>
  verifyReport(file).then(
    ({ verified }) => verified,
    () => false,
  );

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

function headFrom(text: string, refused: (why: string) => RecceError): Head | undefined {
  const value = jsonFrom(text);
  const unfit = whyHeadUnfit(value);
  if (unfit) throw refused(unfit);
  const head = headSchema.safeParse(value).data?.auditHead;
  if (head && !isSignedHead(value) && !isWhole(value as Record<string, unknown>))
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
  refused: (why: string) => RecceError,
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
