// A PDF that is written out as it is made. pdfkit makes the objects; what it would hold until the
// end is let go of here as soon as it is written: bytes, finished pages, the cross-reference
// table's lines. Memory then does not grow with pictures or pages.
import PDFDocument from 'pdfkit';

export type Doc = InstanceType<typeof PDFDocument>;
type Dictionary = Record<string, unknown>;
type PdfkitReference = { id: number; offset?: number; data: Dictionary; end(chunk?: unknown): void };

/** What pdfkit keeps to itself and is used here; a newer pdfkit must be held against this list. */
export type Inside = {
  _write(data: string | Uint8Array): void;
  _finalize(): void;
  _offset: number;
  _offsets: (number | null)[];
  _refEnd(reference: PdfkitReference): void;
  _root: { data: Dictionary & { Pages: { data: { Kids: unknown[] } } } };
  _info: unknown;
  _id: Uint8Array;
};

/**
 * Stands for an object that is written, by its number alone: pdfkit writes what is no plain object
 * as its text.
 */
export class Written {
  readonly #id: number;
  constructor(id: number) {
    this.#id = id;
  }
  get [Symbol.toStringTag](): string {
    return 'Written';
  }
  toString(): string {
    return `${this.#id} 0 R`;
  }
}

/** Lines of the cross-reference table that are written at once. */
const LINES = 4096;

export class PdfFile {
  readonly doc: Doc;
  readonly inside: Inside;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(options: ConstructorParameters<typeof PDFDocument>[0]) {
    this.doc = new PDFDocument({ ...options, margin: 0, autoFirstPage: false });
    this.inside = this.doc as unknown as Inside;
    const head = this.doc.read() as Buffer | null;
    if (head) this.#keep(head);
    this.inside._write = (data) => {
      const bytes = typeof data === 'string' ? Buffer.from(`${data}\n`, 'latin1') : data;
      this.#keep(bytes);
      this.inside._offset += bytes.length;
    };
    this.inside._finalize = () => this.#writeEnd();
  }

  #keep(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  /** Bytes that were made and not taken yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** What was made since the last call, in order. */
  take(): Uint8Array[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return taken;
  }

  /** Begins a page; the one before it is written, and only its number is kept. */
  addPage(): void {
    this.doc.addPage();
    const kids = this.inside._root.data.Pages.data.Kids;
    const before = kids.at(-2) as PdfkitReference | undefined;
    if (before && !(before instanceof Written)) kids[kids.length - 2] = new Written(before.id);
  }

  /** Pages begun so far. */
  get pages(): number {
    return this.inside._root.data.Pages.data.Kids.length;
  }

  /** Writes an object of its own. */
  add(data: unknown, chunk?: Uint8Array): Written {
    const reference = this.reserve(data);
    reference.end(chunk);
    return new Written(reference.id);
  }

  /** An object that has its number now and is written by `end`. */
  reserve(data: unknown = {}): PdfkitReference {
    return (this.doc as unknown as { ref(data: unknown): PdfkitReference }).ref(data);
  }

  /**
   * Writes a stream whose bytes come one after the other; its length stands in an object behind it.
   * `bytes` are already as `filter` wants them. Resolves with what stands for it.
   */
  async addStream(
    dictionary: (length: Written) => string,
    bytes: AsyncIterable<Uint8Array>,
    rest: () => Promise<void>,
  ): Promise<Written> {
    const reference = this.reserve();
    const length = this.reserve();
    const { inside } = this;
    reference.offset = inside._offset;
    inside._write(`${reference.id} 0 obj\n${dictionary(new Written(length.id))}\nstream`);
    let written = 0;
    for await (const part of bytes) {
      inside._write(part);
      written += part.length;
      await rest();
    }
    inside._write('\nendstream\nendobj');
    inside._refEnd(reference);
    length.offset = inside._offset;
    inside._write(`${length.id} 0 obj\n${written}\nendobj`);
    inside._refEnd(length);
    return new Written(reference.id);
  }

  /** Cross-reference table and trailer, some thousand lines at once instead of one. */
  #writeEnd(): void {
    const { inside } = this;
    const { _offsets: offsets } = inside;
    const start = inside._offset;
    inside._write(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f `);
    for (let from = 0; from < offsets.length; from += LINES)
      inside._write(
        offsets
          .slice(from, from + LINES)
          .map((offset) => `${String(offset).padStart(10, '0')} 00000 n `)
          .join('\n'),
      );
    const id = `<${Buffer.from(inside._id).toString('hex')}>`;
    inside._write(
      `trailer\n<<\n/Size ${offsets.length + 1}\n/Root ${inside._root}\n/Info ${inside._info}\n/ID [${id} ${id}]\n>>\nstartxref\n${start}\n%%EOF`,
    );
  }
}
