// The place of a signature in a PDF: an invisible field on the first page, written with room left for what can only be known
// afterwards, and the filling of that room.
import type PDFDocument from 'pdfkit';

type Doc = InstanceType<typeof PDFDocument>;

/** What the signature says of itself besides the certificate. */
export type SignatureWords = { name: string; reason: string; location: string; claimedAt: Date };

/** Placeholder of an offset: ten characters, more digits than any file of 9 GB needs. */
const OFFSET = '*'.repeat(10);
const BYTE_RANGE = `/ByteRange [0 /${OFFSET} /${OFFSET} /${OFFSET}]`;
/** pdfkit's types want a chunk; without one a plain object is written. */
const NO_STREAM = undefined as unknown as string;
/** Annotation flags of ISO 32000-1, table 165: Print, and Locked. */
const PRINT_AND_LOCKED = 4 + 128;

/** Adds the field. `room`: bytes kept for the signature. Call before the document is finished, on its first page. */
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

/** Fills the room: everything but the signature's own digits is signed. Throws when the signature is larger than the room. */
export async function fillSignature(
  pdf: Uint8Array,
  sign: (content: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const bytes = Buffer.from(pdf);
  const at = bytes.indexOf(BYTE_RANGE);
  if (at < 0) throw new Error('The report has no room for a signature.');
  const from = bytes.indexOf('/Contents <', at) + '/Contents '.length;
  const to = bytes.indexOf('>', from) + 1;
  const range = `/ByteRange [0 ${from} ${to} ${bytes.length - to}]`;
  bytes.write(range.padEnd(BYTE_RANGE.length), at, 'latin1');
  const signature = await sign(Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
  const digits = to - from - 2;
  if (signature.length * 2 > digits)
    throw new Error(`The signature has ${signature.length} bytes, ${digits / 2} were kept for it.`);
  bytes.write(Buffer.from(signature).toString('hex').padEnd(digits, '0'), from + 1, 'latin1');
  return bytes;
}
