// Report -> the entry of the log it was made from: its JSON, or the record that lies inside its
// PDF. A report that somebody else keeps is an anchor: whoever changes the case cannot change it.
import { readFile, stat } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { whyHeadUnfit } from './signing/signed-head.ts';

const headSchema = z.object({ auditHead: z.object({ seq: z.number().int().positive(), hash: sha256Schema }) });
type Head = z.infer<typeof headSchema>['auditHead'];

/** A report is read whole. */
const LIMIT_BYTES = 2 ** 29 - 2 ** 20;

/** Throws PATH_NOT_FOUND, and REPORT_REFUSED for what is no report with an entry in it. */
export async function readReportAnchor(file: string): Promise<Head> {
  const bytes = await readWhole(file);
  const refused = (why: string): RecceError => new RecceError('REPORT_REFUSED', file, why);
  const texts = bytes.subarray(0, 1024).includes('%PDF-') ? embeddedTexts(bytes) : [bytes.toString('utf8')];
  for (const text of texts) {
    const head = headFrom(text, refused);
    if (head) return head;
  }
  throw refused('it holds no record of this workstation. Name a report as PDF or JSON, or use --expect.');
}

async function readWhole(file: string): Promise<Buffer> {
  try {
    const known = await stat(file);
    if (!known.isFile()) throw new Error('It is not a regular file.');
    if (known.size > LIMIT_BYTES) throw new RecceError('REPORT_REFUSED', file, 'it is too large. Use --expect.');
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
  return headSchema.safeParse(value).data?.auditHead;
}

function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Every embedded file of a PDF as this workstation writes it: a stream behind its dictionary,
 * deflated or not.
 */
function* embeddedTexts(pdf: Buffer): Generator<string, void, undefined> {
  for (let at = pdf.indexOf('/EmbeddedFile'); at >= 0; at = pdf.indexOf('/EmbeddedFile', at + 1)) {
    const from = pdf.indexOf('stream', at);
    const to = pdf.indexOf('endstream', from);
    if (from < 0 || to < 0) return;
    const start = from + 'stream'.length + (pdf[from + 'stream'.length] === 0x0d ? 2 : 1);
    const stream = pdf.subarray(start, to);
    try {
      yield inflateSync(stream, { maxOutputLength: LIMIT_BYTES }).toString('utf8');
    } catch {
      yield stream.toString('utf8');
    }
  }
}
