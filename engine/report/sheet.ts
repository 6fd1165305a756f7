// The page as a cursor moving down: headings, paragraphs, tables and pictures that never run over
// the bottom, each with its tag. What is finished is handed on at every rest.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeDocument } from './archival.ts';
import { type Doc, PdfFile } from './pdf/pdf-file.ts';
import { type Element, type Role, Structure } from './pdf/structure.ts';
import { type Line, type TextStyle, Typesetter } from './text-layout.ts';

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
  /** Tables with a row for every file or face. */
  dense: { font: 'sans', size: 6.2, colour: COLOURS.ink },
  denseHead: { font: 'sans-bold', size: 6.2, colour: COLOURS.ink },
  strong: { font: 'sans-bold', size: 9.5, colour: COLOURS.ink },
  warning: { font: 'sans-bold', size: 8.5, colour: COLOURS.warning },
} as const satisfies Record<string, TextStyle>;

const MARGIN = 54;
const LEADING = 1.36;
/** Room kept at the foot for page number and notice. */
const FOOT = 24;
/** Room of the number of pages behind `Page 7 of`, points. */
const TOTAL_WIDTH = 18;
/** Space between columns, points. */
const GUTTER = 8;

/** Bytes that wait before they are handed on. */
const PORTION = 2 ** 18;
/** The longest that others wait for the thread, ms, but for a single step that takes longer. */
const TURN_MS = 10;

/**
 * What the document is called and when its content last changed; nothing else goes into its
 * metadata.
 */
export type SheetInfo = {
  title: string;
  author: string;
  asOf: string;
  paper: 'A4' | 'Letter';
  creator: string;
  /**
   * Printed on every page: the protective marking above everything, head (not on the first page),
   * foot, below it a line of the laboratory's own, and a notice above the foot.
   */
  running: { marking: string; head: string; foot: string; below: string; notice: string | undefined };
};

/** Where the file goes as it is made. */
export type SheetOutput = { write(bytes: Uint8Array): Promise<void> | void; signal?: AbortSignal | undefined };

type TableLook = { style?: TextStyle; head?: TextStyle };

/** A document being written. */
export class Sheet {
  readonly file: PdfFile;
  readonly doc: Doc;
  readonly structure: Structure;
  readonly type: Typesetter;
  readonly left = MARGIN;
  readonly width: number;
  y = MARGIN;
  readonly #info: SheetInfo;
  readonly #output: SheetOutput;
  readonly #total: ReturnType<PdfFile['reserve']>;
  #parent: Element;
  #since = performance.now();

  constructor(info: SheetInfo, output: SheetOutput) {
    const when = new Date(info.asOf);
    this.#info = info;
    this.#output = output;
    this.file = new PdfFile({
      size: info.paper === 'Letter' ? 'LETTER' : 'A4',
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
    this.doc = this.file.doc;
    describeDocument(this.doc, info);
    this.type = new Typesetter(this.doc);
    this.structure = new Structure(this.file);
    this.#parent = this.structure.document;
    this.#total = this.file.reserve();
    this.file.addPage();
    this.width = this.doc.page.width - 2 * MARGIN;
    this.#decorate();
  }

  get bottom(): number {
    return this.doc.page.height - MARGIN - FOOT;
  }

  newPage(): void {
    this.file.addPage();
    this.y = MARGIN + 12;
    this.#decorate();
  }

  /** Goes to a new page unless `height` points are left on this one. */
  ensure(height: number): void {
    if (this.y + height > this.bottom) this.newPage();
  }

  lineHeight = (style: TextStyle): number => style.size * LEADING;

  /**
   * Passes on what is finished, lets others have the thread and looks whether the report is still
   * wanted. Throws the signal's reason.
   */
  rest = async (): Promise<void> => {
    this.#output.signal?.throwIfAborted();
    if (this.file.waitingBytes >= PORTION) await this.#flush();
    if (performance.now() - this.#since < TURN_MS) return;
    await nextTurn();
    this.#since = performance.now();
  };

  async #flush(): Promise<void> {
    for (const bytes of this.file.take()) await this.#output.write(bytes);
  }

  /** Draws inside a structure element of its own, so that a reader program can say what it is. */
  tagged(role: Role, draw: () => void, alt?: string): void {
    const element = this.#parent.element(role, alt === undefined ? {} : { alt });
    element.mark(draw);
    element.end();
  }

  /** Everything that `write` puts on the pages becomes part of one section. */
  async section(write: () => Promise<void> | void): Promise<void> {
    const before = this.#parent;
    this.#parent = before.element('Sect');
    await write();
    this.#parent.end();
    this.#parent = before;
    await this.rest();
  }

  heading(text: string, level: 1 | 2 = 1): void {
    const style = level === 1 ? STYLES.h1 : STYLES.h2;
    // With what it is the heading of: a few lines, or a table's head and its first rows.
    this.ensure(this.lineHeight(style) + 64);
    this.y += level === 1 ? 10 : 6;
    if (level === 1) this.doc.outline.addItem(text);
    this.#block(text, style, `H${level}`);
  }

  paragraph(text: string, style: TextStyle = STYLES.body, width = this.width, left = this.left): void {
    this.#block(text, style, 'P', width, left);
  }

  /** The cover's title, the one heading above all. */
  title(text: string): void {
    this.#block(text, STYLES.title, 'H1');
  }

  /** One element, over as many lines and pages as it takes. */
  #block(text: string, style: TextStyle, role: Role, width = this.width, left = this.left): void {
    const element = this.#parent.element(role);
    const lines = this.type.wrap(text, style, width);
    for (let from = 0; from < lines.length; ) {
      this.ensure(this.lineHeight(style));
      const fitting = Math.max(1, Math.floor((this.bottom - this.y) / this.lineHeight(style)));
      const some = lines.slice(from, from + fitting);
      element.mark(() => this.#lines(some, left, this.y, width, style));
      this.y += some.length * this.lineHeight(style);
      from += some.length;
    }
    element.end();
    this.y += 4;
  }

  #lines(lines: readonly Line[], x: number, y: number, width: number, style: TextStyle): void {
    lines.forEach((line, i) => {
      const at = line.rtl ? x + width - line.width * style.size : x;
      this.type.line(line, at, y + i * this.lineHeight(style), style);
    });
  }

  /** A line over part of the width; what stands on it is no text. */
  line(x: number, y: number, width: number): void {
    this.structure.artifact(() => {
      this.doc
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.5)
        .strokeColor(COLOURS.quiet)
        .stroke();
    });
  }

  rule(): void {
    this.#stroke(this.y, 0.5);
    this.y += 6;
  }

  #stroke(y: number, width: number): void {
    this.structure.artifact(() => {
      this.doc
        .moveTo(this.left, y)
        .lineTo(this.left + this.width, y)
        .lineWidth(width)
        .strokeColor(COLOURS.rule)
        .stroke();
    });
  }

  /**
   * Rows of cells, which wrap; a row that is higher than a page goes on on the next. `columns` are
   * fractions of the width.
   */
  async table(
    columns: readonly number[],
    rows: Iterable<readonly string[]>,
    header?: readonly string[],
    look: TableLook = {},
  ): Promise<void> {
    const { style = STYLES.small, head = STYLES.h2 } = look;
    const table = this.#parent.element('Table');
    const repeat = header && (() => this.structure.artifact(() => this.#cells(columns, header, head)));
    if (header) {
      this.ensure(this.lineHeight(head) + 3 * this.lineHeight(style));
      this.#row(table, columns, header, head, 'TH');
    }
    for (const row of rows) {
      this.#row(table, columns, row, style, header || row.length !== 2 ? 'TD' : 'pair', repeat);
      await this.rest();
    }
    table.end();
    this.y += 6;
  }

  /** Draws cells without tags: a head that was said before. */
  #cells(columns: readonly number[], cells: readonly string[], style: TextStyle): void {
    const wrapped = this.#wrapCells(columns, cells, style);
    this.#places(columns).forEach((x, i) => {
      this.#lines(wrapped[i] ?? [], x, this.y, columns[i]! * this.width - GUTTER, style);
    });
    this.y += Math.max(...wrapped.map((lines) => lines.length)) * this.lineHeight(style) + 4;
  }

  #wrapCells = (columns: readonly number[], cells: readonly string[], style: TextStyle): Line[][] =>
    cells.map((cell, i) => this.type.wrap(cell, style, columns[i]! * this.width - GUTTER));

  #places(columns: readonly number[]): number[] {
    let x: number = this.left;
    return columns.map((share) => {
      const at = x;
      x += share * this.width;
      return at;
    });
  }

  /**
   * `pair`: a table of two columns without a head, where the first cell names what the second says.
   */
  #row(
    table: Element,
    columns: readonly number[],
    cells: readonly string[],
    style: TextStyle,
    kind: 'TH' | 'TD' | 'pair',
    repeat?: () => void,
  ): void {
    const row = table.element('TR');
    const elements = cells.map((_, i) =>
      kind === 'TH' || (kind === 'pair' && i === 0)
        ? row.element('TH', { scope: kind === 'TH' ? 'Column' : 'Row' })
        : row.element('TD'),
    );
    const left = this.#wrapCells(columns, cells, style);
    const places = this.#places(columns);
    const height = Math.max(...left.map((lines) => lines.length)) * this.lineHeight(style) + 4;
    const roomOnPage = this.bottom - MARGIN - 40;
    const goOn = (needed: number): void => {
      if (this.y + needed <= this.bottom) return;
      this.newPage();
      repeat?.();
    };
    goOn(Math.min(height, roomOnPage));
    while (left.some((lines) => lines.length > 0)) {
      goOn(this.lineHeight(style) + 4);
      const fitting = Math.max(1, Math.floor((this.bottom - this.y - 4) / this.lineHeight(style)));
      const parts = left.map((lines) => lines.splice(0, fitting));
      parts.forEach((lines, i) => {
        if (lines.length === 0) return;
        elements[i]!.mark(() => this.#lines(lines, places[i]!, this.y, columns[i]! * this.width - GUTTER, style));
      });
      this.y += Math.max(...parts.map((lines) => lines.length)) * this.lineHeight(style) + 4;
    }
    for (const element of elements) element.end();
    row.end();
    this.#stroke(this.y - 2, 0.25);
  }

  /**
   * Head and foot, drawn when a page begins; the number of pages is drawn by one object that is
   * written last.
   */
  #decorate(): void {
    const { marking, head, foot, below, notice } = this.#info.running;
    const { page } = this.doc;
    const width = page.width - 2 * MARGIN;
    const bottom = page.height - MARGIN + 4;
    this.structure.artifact(() => {
      if (marking) this.#centred(marking, 16, width);
      if (this.file.pages > 1) this.type.line(this.#fitted(head, width), this.left, 30, STYLES.small);
      this.type.line(this.#fitted(foot, width - 90), this.left, bottom, STYLES.small);
      if (below) this.type.line(this.#fitted(below, width), this.left, bottom + 11, STYLES.small);
      const number = `Page ${this.file.pages} of `;
      const at = this.left + width - TOTAL_WIDTH;
      this.type.line(number, at - this.type.width(`${number}.`, STYLES.small), bottom, STYLES.small);
      this.#drawTotal(at, bottom);
      if (notice) this.type.line(this.#fitted(notice, width, STYLES.warning), this.left, bottom - 14, STYLES.warning);
    }, 'Pagination');
  }

  #centred(text: string, y: number, width: number): void {
    const line = this.#fitted(text, width, STYLES.strong);
    this.type.line(line, this.left + (width - line.width * STYLES.strong.size) / 2, y, STYLES.strong);
  }

  #drawTotal(x: number, y: number): void {
    const { xobjects } = this.doc.page as unknown as { xobjects: Record<string, unknown> };
    xobjects.Total = this.#total;
    const baseline = y + (this.type.font('sans').ascender / 1000) * STYLES.small.size;
    this.doc.save().transform(1, 0, 0, -1, x, baseline);
    (this.doc as unknown as { addContent(text: string): void }).addContent('/Total Do');
    this.doc.restore();
  }

  /**
   * The number of pages as a form of its own (ISO 32000-1, 8.10): every page has shown it before it
   * was known.
   */
  #writeTotal(): void {
    const font = this.type.font('sans') as unknown as {
      id: string;
      ref(): unknown;
      encode(text: string): [string[], unknown];
    };
    const [codes] = font.encode(String(this.file.pages));
    const { size, colour } = STYLES.small;
    const [r, g, b] = [1, 3, 5].map((i) => (Number.parseInt(colour.slice(i, i + 2), 16) / 255).toFixed(4));
    Object.assign(this.#total.data, {
      Type: 'XObject',
      Subtype: 'Form',
      BBox: [0, -size, TOTAL_WIDTH * 3, size],
      Resources: { Font: { [font.id]: font.ref() } },
    });
    this.#total.end(`/DeviceRGB cs ${r} ${g} ${b} scn BT /${font.id} ${size} Tf <${codes.join('')}> Tj ET`);
  }

  #fitted(text: string, width: number, style: TextStyle = STYLES.small): Line {
    const [first = this.type.single('', style), second] = this.type.wrap(text, style, width - 10);
    if (second === undefined) return first;
    const more = this.type.single('…', style);
    return { ...first, runs: [...first.runs, ...more.runs], width: first.width + more.width };
  }

  /** Ends the document and hands on the rest. Resolves with the number of pages. */
  async finish(): Promise<number> {
    this.#writeTotal();
    this.structure.end();
    await this.#flush();
    this.doc.end();
    await this.#flush();
    return this.file.pages;
  }
}
