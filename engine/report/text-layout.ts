// Setting lines of text in any script: runs by direction and by font, wrapping that never overflows. Used by the PDF report.
import bidiFactory from 'bidi-js';
import type PDFDocument from 'pdfkit';
import { visibleText } from '../../contract/visible-text.ts';
import { FALLBACKS, type FontName, fontFile } from './fonts.ts';

type Doc = InstanceType<typeof PDFDocument>;
/** How text looks. `font` is the preferred face; other scripts fall back. */
export type TextStyle = { font: 'sans' | 'sans-bold'; size: number; colour: string };
type Run = { text: string; font: FontName };

const bidi = bidiFactory();

type Glyphs = { hasGlyphForCodePoint(code: number): boolean };

/** Runs of one embedding level each, from left to right: rule L2 of the Unicode Bidirectional Algorithm (UAX #9). */
function inVisualOrder<T extends { level: number }>(runs: readonly T[]): T[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...ordered.map(({ level }) => level));
  for (let level = highest; level >= 1; level--)
    for (let from = 0, to = 0; from < ordered.length; from = to + 1) {
      for (to = from; to < ordered.length && ordered[to]!.level >= level; ) to++;
      ordered.splice(from, to - from, ...ordered.slice(from, to).reverse());
    }
  return ordered;
}

/** Registers the fonts a document may use and answers which one has a character. */
export class Typesetter {
  readonly #doc: Doc;
  readonly #glyphs = new Map<FontName, Glyphs>();

  constructor(doc: Doc) {
    this.#doc = doc;
  }

  #use(font: FontName, size: number): Doc {
    if (!this.#glyphs.has(font)) {
      this.#doc.registerFont(font, fontFile(font));
      this.#doc.font(font);
      this.#glyphs.set(font, (this.#doc as unknown as { _font: { font: Glyphs } })._font.font);
    }
    return this.#doc.font(font, size);
  }

  #has(font: FontName, code: number): boolean {
    this.#use(font, 10);
    return this.#glyphs.get(font)!.hasGlyphForCodePoint(code);
  }

  #fontOf(character: string, preferred: FontName): FontName | undefined {
    const code = character.codePointAt(0)!;
    return [preferred, ...FALLBACKS].find((font) => this.#has(font, code));
  }

  /** Text as runs of one font each; a character no font has is written as its code point. */
  #runs(text: string, preferred: FontName): Run[] {
    const runs: Run[] = [];
    for (const character of text) {
      const found = this.#fontOf(character, preferred);
      const shown = found ? character : `[U+${character.codePointAt(0)!.toString(16).toUpperCase()}]`;
      const last = runs.at(-1);
      const font = found ?? preferred;
      // Spaces stay with the run before them, so that a sentence in one script is one run.
      if (last && (last.font === font || /\s/.test(character))) last.text += shown;
      else runs.push({ text: shown, font });
    }
    return runs;
  }

  width(text: string, style: TextStyle): number {
    return this.#runs(text, style.font).reduce(
      (sum, run) => sum + this.#use(run.font, style.size).widthOfString(run.text),
      0,
    );
  }

  /** Breaks text into lines no wider than `width`; a word that is too long is cut. */
  wrap(text: string, style: TextStyle, width: number): string[] {
    const lines: string[] = [];
    for (const paragraph of text.split('\n').map(visibleText)) {
      let line = '';
      for (const word of paragraph.split(/(?<=[\s/_-])/u)) {
        if (this.width(line + word, style) <= width) line += word;
        else {
          if (line) lines.push(line.trimEnd());
          line = this.#cutLong(word, style, width, lines);
        }
      }
      lines.push(line.trimEnd());
    }
    return lines;
  }

  #cutLong(word: string, style: TextStyle, width: number, lines: string[]): string {
    let rest = '';
    for (const character of word) {
      if (rest && this.width(rest + character, style) > width) {
        lines.push(rest);
        rest = '';
      }
      rest += character;
    }
    return rest;
  }

  /** Draws one line with its left edge at x and its top at y. Right-to-left parts read from the right. */
  line(text: string, x: number, y: number, style: TextStyle): void {
    let at = x;
    for (const run of this.#visualRuns(visibleText(text), style.font)) {
      const doc = this.#use(run.font, style.size).fillColor(style.colour);
      doc.text(run.text, at, y, { lineBreak: false, baseline: 'top' });
      at += doc.widthOfString(run.text);
    }
  }

  /** Runs in the order they stand on the page. Within a run the font's own shaping orders the glyphs. */
  #visualRuns(text: string, preferred: FontName): Run[] {
    const { levels, paragraphs } = bidi.getEmbeddingLevels(text, 'auto');
    const base = paragraphs[0]?.level ?? 0;
    const parts: { text: string; level: number }[] = [];
    [...text].reduce((index, character) => {
      const level = levels[index] ?? base;
      const last = parts.at(-1);
      if (last && last.level === level) last.text += character;
      else parts.push({ text: character, level });
      return index + character.length;
    }, 0);
    return inVisualOrder(parts).flatMap((part) => {
      const runs = this.#runs(part.text, preferred);
      return part.level % 2 === 1 ? runs.reverse() : runs;
    });
  }
}
