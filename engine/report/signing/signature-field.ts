// The place of a signature in a PDF: an invisible field on the first page, written with room left
// for what can only be known afterwards, and the filling of that room.
import type { FileHandle } from 'node:fs/promises';
import type { Doc } from '../pdf/pdf-file.ts';
import { findInFile, hashOfRanges, readRange } from './file-ranges.ts';

/** What the signature says of itself besides the certificate. */
export type SignatureWords = { name: string; reason: string; location: string; claimedAt: Date };

/** Placeholder of an offset: ten characters, more digits than any file of 9 GB needs. */
const OFFSET = '*'.repeat(10);
const BYTE_RANGE = `/ByteRange [0 /${OFFSET} /${OFFSET} /${OFFSET}]`;
/**
 * From the range to the digits there is less than this, and so many digits are read at once; bytes.
 */
const HEAD = 256;
const DIGITS = 65_536;
/** pdfkit's types want a chunk; without one a plain object is written. */
const NO_STREAM = undefined as unknown as string;
/** Annotation flags of ISO 32000-1, table 165: Print, and Locked. */
const PRINT_AND_LOCKED = 4 + 128;

/**
 * Adds the field. `room`: bytes kept for the signature. Call before the document is finished, on
 * its first page.
 */
export function addSignatureField(doc: Doc, words: SignatureWords, room: number): void {
  const text = (value: string) => new String(value);
  const signature = doc.ref({
    Type: 'Sig',
    Filter: 'Adobe.PPKLite',
    SubFilter: 'ETSI.CAdES.detached',
    ByteRange: [0, OFFSET, OFFSET, OFFSET],
    Contents: Buffer.alloc(room),
    Name: text(words.name),
    Reason: text(words.reason),
    ...(words.location ? { Location: text(words.location) } : {}),
    M: words.claimedAt,
  });
  signature.end(NO_STREAM);
  const widget = doc.ref({
    Type: 'Annot',
    Subtype: 'Widget',
    FT: 'Sig',
    Rect: [0, 0, 0, 0],
    F: PRINT_AND_LOCKED,
    T: text('Signature1'),
    V: signature,
    P: doc.page.dictionary,
  });
  widget.end(NO_STREAM);
  doc.page.annotations.push(widget);
  const form = doc.ref({ SigFlags: 3, Fields: [widget] });
  form.end(NO_STREAM);
  (doc as unknown as { _root: { data: Record<string, unknown> } })._root.data.AcroForm = form;
  // pdfkit would end the form once more and refuses one without fonts; this one has no text.
  Object.assign(doc, { endAcroForm: () => doc });
}

/**
 * Fills the room in the written file: everything but the signature's own digits is signed. Throws
 * when the room is too small.
 */
export async function fillSignature(
  handle: FileHandle,
  sign: (contentSha256: Uint8Array) => Promise<Uint8Array>,
): Promise<void> {
  const at = await findInFile(handle, BYTE_RANGE);
  if (at < 0) throw new Error('The report has no room for a signature.');
  const { size } = await handle.stat();
  const head = (await readRange(handle, at, HEAD)).toString('latin1');
  const from = at + head.indexOf('/Contents <') + '/Contents '.length;
  const digits = (await findDigits(handle, from + 1)) - from - 1;
  const to = from + digits + 2;
  const range = `/ByteRange [0 ${from} ${to} ${size - to}]`.padEnd(BYTE_RANGE.length);
  await handle.write(Buffer.from(range, 'latin1'), 0, BYTE_RANGE.length, at);
  const signed = [
    { start: 0, length: from },
    { start: to, length: size - to },
  ];
  const signature = await sign(await hashOfRanges(handle, signed, 'sha256'));
  if (signature.length * 2 > digits)
    throw new Error(`The signature has ${signature.length} bytes, ${digits / 2} were kept for it.`);
  const filled = Buffer.from(Buffer.from(signature).toString('hex').padEnd(digits, '0'), 'latin1');
  await handle.write(filled, 0, digits, from + 1);
}

/** Where the digits that begin at `start` end. */
async function findDigits(handle: FileHandle, start: number): Promise<number> {
  for (let at = start; ; ) {
    const bytes = await readRange(handle, at, DIGITS);
    const end = bytes.indexOf('>');
    if (end >= 0) return at + end;
    if (bytes.length === 0) throw new Error('The report has no room for a signature.');
    at += bytes.length;
  }
}
