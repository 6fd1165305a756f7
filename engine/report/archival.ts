// What makes the report an archival file (PDF/A-3, ISO 19005-3, level B): its metadata as XMP, and
// the machine-readable record inside it. pdfkit adds the colour profile and the identification.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createDeflate } from 'node:zlib';
import type { Doc, PdfFile } from './pdf/pdf-file.ts';

/** Characters XML 1.0 has no place for. */
const NOT_XML = /[\p{Cc}\ufffe\uffff]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const xml = (text: string): string => text.replace(NOT_XML, '').replace(/[&<>"]/g, (c) => ENTITIES[c]!);

/**
 * The same facts as the document information dictionary, spelt so that any title and any name is
 * well-formed XML.
 */
export type DocumentFacts = { title: string; author: string; creator: string; asOf: string };

/**
 * pdfkit writes titles into the XMP as they are, `&` and `<` included; this replaces what it would
 * write.
 */
export function describeDocument(doc: Doc, { title, author, creator, asOf }: DocumentFacts): void {
  const moment = `${asOf.slice(0, 19)}Z`;
  const description = `
    <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
      <dc:title><rdf:Alt><rdf:li xml:lang="x-default">${xml(title)}</rdf:li></rdf:Alt></dc:title>
      <dc:creator><rdf:Seq><rdf:li>${xml(author)}</rdf:li></rdf:Seq></dc:creator>
      <xmp:CreatorTool>${xml(creator)}</xmp:CreatorTool>
      <xmp:CreateDate>${moment}</xmp:CreateDate>
      <xmp:ModifyDate>${moment}</xmp:ModifyDate>
      <pdf:Producer>${xml(creator)}</pdf:Producer>
    </rdf:Description>`;
  Object.assign(doc, { _addInfo: () => (doc as unknown as { appendXML(text: string): void }).appendXML(description) });
}

/** What stands in the file besides its pages: a stream that is packed as it is written. */
export type Attachment = {
  name: string;
  parts: Iterable<string>;
  /** MIME type. */
  type: string;
  description: string;
  asOf: string;
};

/** Text that is gathered before it is packed, characters: the same portions give the same bytes. */
const PORTION = 2 ** 16;

function* portions(parts: Iterable<string>): Generator<Buffer> {
  let gathered: string[] = [];
  let length = 0;
  for (const part of parts) {
    gathered.push(part);
    length += part.length;
    if (length < PORTION) continue;
    yield Buffer.from(gathered.join(''), 'utf8');
    gathered = [];
    length = 0;
  }
  yield Buffer.from(gathered.join(''), 'utf8');
}

/** Puts a file into the document and associates it with the whole of it (ISO 32000-2, 14.13). */
export async function attach(file: PdfFile, attachment: Attachment, rest: () => Promise<void>): Promise<void> {
  const { name, parts, type, description, asOf } = attachment;
  const sum = createHash('md5');
  let size = 0;
  function* counted(): Generator<Buffer> {
    for (const portion of portions(parts)) {
      sum.update(portion);
      size += portion.length;
      yield portion;
    }
  }
  const facts = file.reserve();
  const subtype = type.replace('/', '#2F');
  const packed = Readable.from(counted(), { objectMode: true }).pipe(createDeflate());
  const stream = await file.addStream(
    (length) =>
      `<<\n/Type /EmbeddedFile\n/Subtype /${subtype}\n/Filter /FlateDecode\n/Length ${length}\n/Params ${facts.id} 0 R\n>>`,
    packed,
    rest,
  );
  const moment = new Date(asOf);
  Object.assign(facts.data, { CreationDate: moment, ModDate: moment, Size: size, CheckSum: sum.digest() });
  facts.end();
  const specification = file.add({
    Type: 'Filespec',
    AFRelationship: 'Data',
    F: new String(name),
    UF: new String(name),
    EF: { F: stream },
    Desc: new String(description),
  });
  (file.doc as unknown as { addNamedEmbeddedFile(name: string, file: unknown): void }).addNamedEmbeddedFile(
    name,
    specification,
  );
  file.inside._root.data.AF = [specification];
}
