// The page as a cursor moving down: paragraphs, headings, tables and pictures that never run over the bottom.
import PDFDocument from 'pdfkit';
import { describeDocument } from './archival.ts';
import { type TextStyle, Typesetter } from './text-layout.ts';

type Doc = InstanceType<typeof PDFDocument>;

export const COLOURS = {
  ink: '#1a1d21',
  quiet: '#5c6670',
  rule: '#c9d0d6',
  accent: '#1f4e79',
  warning: '#8a4b00',
  panel: '#f4f6f8',
} as const;

export const STYLES = {
  title: { font: 'sans-bold', size: 24, colour: COLOURS.ink },
  h1: { font: 'sans-bold', size: 15, colour: COLOURS.accent },
  h2: { font: 'sans-bold', size: 10.5, colour: COLOURS.ink },
  body: { font: 'sans', size: 9.5, colour: COLOURS.ink },
  small: { font: 'sans', size: 7.5, colour: COLOURS.quiet },
  strong: { font: 'sans-bold', size: 9.5, colour: COLOURS.ink },
  warning: { font: 'sans-bold', size: 8.5, colour: COLOURS.warning },
} as const satisfies Record<string, TextStyle>;

const MARGIN = 54;
const LEADING = 1.36;
/** Room kept at the foot for page number and notice. */
const FOOT = 24;

/** What the document is called and when its content last changed; nothing else goes into its metadata. */
export type SheetInfo = { title: string; author: string; asOf: string; paper: 'A4' | 'Letter'; creator: string };

/** A document being written. */
export class Sheet {
  readonly doc: Doc;
  readonly type: Typesetter;
  readonly left = MARGIN;
  readonly width: number;
  y = MARGIN;

  constructor(info: SheetInfo) {
    const when = new Date(info.asOf);
    this.doc = new PDFDocument({
      size: info.paper === 'Letter' ? 'LETTER' : 'A4',
      margin: 0,
      bufferPages: true,
      pdfVersion: '1.7',
      subset: 'PDF/A-3b',
      tagged: true,
      lang: 'en',
      displayTitle: true,
      info: {
        Title: info.title,
        Author: info.author,
        Creator: info.creator,
        Producer: info.creator,
        CreationDate: when,
        ModDate: when,
      },
    });
    describeDocument(this.doc, info);
    this.type = new Typesetter(this.doc);
    this.width = this.doc.page.width - 2 * MARGIN;
  }

  get bottom(): number {
    return this.doc.page.height - MARGIN - FOOT;
  }

  newPage(): void {
    this.doc.addPage();
    this.y = MARGIN + 12;
  }

  /** Goes to a new page unless `height` points are left on this one. */
  ensure(height: number): void {
    if (this.y + height > this.bottom) this.newPage();
  }

  lineHeight = (style: TextStyle): number => style.size * LEADING;

  /** Draws inside a structure element, so that a reader program can say what it is. */
  tagged(tag: string, draw: () => void, alt?: string): void {
    this.doc.addStructure(this.doc.struct(tag, alt === undefined ? {} : { alt }, draw));
  }

  heading(text: string, level: 1 | 2 = 1): void {
    const style = level === 1 ? STYLES.h1 : STYLES.h2;
    this.ensure(this.lineHeight(style) * 3);
    this.y += level === 1 ? 10 : 6;
    if (level === 1) this.doc.outline.addItem(text);
    this.#lines(this.type.wrap(text, style, this.width), style, `H${level}`);
    this.y += 4;
  }

  paragraph(text: string, style: TextStyle = STYLES.body, width = this.width, left = this.left): void {
    this.#lines(this.type.wrap(text, style, width), style, 'P', left);
    this.y += 4;
  }

  #lines(lines: readonly string[], style: TextStyle, tag: string, left = this.left): void {
    for (const line of lines) {
      this.ensure(this.lineHeight(style));
      this.tagged(tag, () => this.type.line(line, left, this.y, style));
      this.y += this.lineHeight(style);
    }
  }

  rule(): void {
    this.doc
      .moveTo(this.left, this.y)
      .lineTo(this.left + this.width, this.y)
      .lineWidth(0.5)
      .strokeColor(COLOURS.rule)
      .stroke();
    this.y += 6;
  }

  /** Rows of cells; a row stays on one page, its cells wrap. `columns` are fractions of the width. */
  table(columns: readonly number[], rows: readonly (readonly string[])[], header?: readonly string[]): void {
    if (header) this.#row(columns, header, STYLES.h2);
    const before = this.doc.bufferedPageRange().count;
    let pages = before;
    for (const row of rows) {
      this.#row(columns, row, STYLES.small, () => {
        const now = this.doc.bufferedPageRange().count;
        if (header && now !== pages) this.#row(columns, header, STYLES.h2);
        pages = now;
      });
    }
    this.y += 6;
  }

  #row(columns: readonly number[], cells: readonly string[], style: TextStyle, onPage: () => void = () => {}): void {
    const gap = 8;
    const wrapped = cells.map((cell, i) => this.type.wrap(cell, style, columns[i]! * this.width - gap));
    const height = Math.max(...wrapped.map((lines) => lines.length)) * this.lineHeight(style) + 4;
    this.ensure(Math.min(height, 300));
    onPage();
    let x = this.left;
    wrapped.forEach((lines, i) => {
      lines.forEach((line, k) => {
        this.tagged('P', () => this.type.line(line, x, this.y + k * this.lineHeight(style), style));
      });
      x += columns[i]! * this.width;
    });
    this.y += height;
    this.doc
      .moveTo(this.left, this.y - 2)
      .lineTo(this.left + this.width, this.y - 2)
      .lineWidth(0.25)
      .strokeColor(COLOURS.rule)
      .stroke();
  }

  picture(png: Uint8Array, x: number, y: number, side: number, alt: string): void {
    this.tagged('Figure', () => this.doc.image(Buffer.from(png), x, y, { fit: [side, side] }), alt);
  }

  /** Head and foot on every page, written last, when the number of pages is known. */
  runningLines(head: string, foot: string, notice: string | undefined): void {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.doc.switchToPage(page);
      const bottom = this.doc.page.height - MARGIN + 4;
      if (page > start) this.type.line(this.#fitted(head, this.width), this.left, 30, STYLES.small);
      this.type.line(this.#fitted(foot, this.width - 70), this.left, bottom, STYLES.small);
      const number = `Page ${page + 1} of ${count}`;
      this.type.line(number, this.left + this.width - this.type.width(number, STYLES.small), bottom, STYLES.small);
      if (notice) this.type.line(notice, this.left, bottom - 14, STYLES.warning);
    }
  }

  #fitted(text: string, width: number): string {
    const [first = '', second] = this.type.wrap(text, STYLES.small, width - 10);
    return second === undefined ? first : `${first}…`;
  }

  /** The finished file. */
  async finish(): Promise<{ bytes: Uint8Array; pages: number }> {
    const pages = this.doc.bufferedPageRange().count;
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      this.doc.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.doc.on('end', resolve);
      this.doc.on('error', reject);
    });
    this.doc.end();
    await ended;
    return { bytes: Buffer.concat(chunks), pages };
  }
}
