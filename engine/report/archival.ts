// What makes the report an archival file (PDF/A-3, ISO 19005-3, level B): its metadata as XMP, and the machine-readable record
// inside it. pdfkit adds the colour profile and the identification.
import type PDFDocument from 'pdfkit';

type Doc = InstanceType<typeof PDFDocument>;

/** Characters XML 1.0 has no place for. */
const NOT_XML = /[\p{Cc}\ufffe\uffff]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const xml = (text: string): string => text.replace(NOT_XML, '').replace(/[&<>"]/g, (c) => ENTITIES[c]!);

/** The same facts as the document information dictionary, spelt so that any title and any name is well-formed XML. */
export type DocumentFacts = { title: string; author: string; creator: string; asOf: string };

/** pdfkit writes titles into the XMP as they are, `&` and `<` included; this replaces what it would write. */
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

/** Puts a file into the document and associates it with the whole of it (ISO 32000-2, 14.13). */
export function attach(
  doc: Doc,
  file: { name: string; bytes: Uint8Array; type: string; description: string; asOf: string },
): void {
  const moment = new Date(file.asOf);
  doc.file(Buffer.from(file.bytes), {
    name: file.name,
    type: file.type,
    description: file.description,
    relationship: 'Data',
    creationDate: moment,
    modifiedDate: moment,
  } as never);
}
