// Setting lines of text in any script: what may be broken where (UAX #14, and words of scripts
// without spaces), which way it runs (UAX #9), which font has it.
import bidiFactory from 'bidi-js';
import LineBreaker from 'linebreak';
import { visibleText } from '../../contract/visible-text.ts';
import { type FontName, fontFile, fontsFor } from './fonts.ts';
import type { Doc } from './pdf/pdf-file.ts';
import { type ShapedFont, shapeSafely } from './pdf/safe-shaping.ts';

/** How text looks. `font` is the preferred face; other scripts fall back. */
export type TextStyle = { font: 'sans' | 'sans-bold'; size: number; colour: string };

/** A stretch of one font and one direction, as it is drawn. */
type Run = { text: string; font: FontName; shaped: boolean };
/**
 * One line as it stands on the page: its runs from left to right. `rtl`: it begins at the right.
 */
export type Line = { runs: readonly Run[]; width: number; rtl: boolean };

type Embedded = ShapedFont & { hasGlyphForCodePoint(code: number): boolean };
type PdfFont = {
  font: Embedded;
  ascender: number;
  layoutCache?: object;
  widthOfString(text: string, size: number, features?: readonly string[]): number;
};

const bidi = bidiFactory();
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const words = new Intl.Segmenter('en', { granularity: 'word' });

const PLAIN = /^[\x20-\x7e]*$/;
/** Right-to-left letters and digits; without one the whole text runs from left to right. */
const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Scripts that put no space between words: a dictionary says where they end. */
const SPACELESS = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/**
 * What a shaper orders from the right by itself; other signs at a right-to-left level are turned
 * round here.
 */
const RTL_LETTER = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;
/** Names of files may break behind these as well. */
const IN_NAMES = /[/_\\-]/g;

/**
 * Widths and laid out words that are kept; all are dropped when they are more, so that memory does
 * not grow with the text.
 */
const KEPT = 3000;

/** A text that is about to be broken into lines. */
type Paragraph = {
  text: string;
  fonts: readonly FontName[];
  levels: ReturnType<typeof bidi.getEmbeddingLevels> | null;
};

/** Registers the fonts that a document uses, when it uses them, and sets text in them. */
export class Typesetter {
  readonly #doc: Doc;
  readonly #fonts = new Map<FontName, PdfFont>();
  readonly #fontOf = new Map<string, FontName | undefined>();
  readonly #widths = new Map<string, number>();

  constructor(doc: Doc) {
    this.#doc = doc;
  }

  /** The document's object of a font. */
  font(name: FontName): PdfFont {
    const known = this.#fonts.get(name);
    if (known) return known;
    this.#doc.registerFont(name, fontFile(name));
    this.#doc.font(name);
    const font = (this.#doc as unknown as { _font: PdfFont })._font;
    shapeSafely(font.font);
    this.#fonts.set(name, font);
    return font;
  }

  #fontFor(character: string, preferred: FontName): FontName | undefined {
    const key = `${preferred}/${character}`;
    if (!this.#fontOf.has(key)) {
      const code = character.codePointAt(0)!;
      this.#fontOf.set(key, undefined);
      for (const name of fontsFor(character, preferred))
        if (this.font(name).font.hasGlyphForCodePoint(code)) {
          this.#fontOf.set(key, name);
          break;
        }
    }
    return this.#fontOf.get(key);
  }

  /** Width of text in one font, for a size of one point. */
  #widthIn(font: FontName, text: string, shaped: boolean): number {
    const key = `${font}/${text}`;
    const known = this.#widths.get(key);
    if (known !== undefined) return known;
    if (this.#widths.size >= KEPT) this.#forget();
    const width = this.font(font).widthOfString(text, 1, shaped ? [] : undefined);
    this.#widths.set(key, width);
    return width;
  }

  #forget(): void {
    this.#widths.clear();
    for (const font of this.#fonts.values()) if (font.layoutCache) font.layoutCache = Object.create(null);
  }

  /**
   * Every character with its font; one that no font has becomes its code point, e.g. `[U+E000]`. A
   * mark stays with its letter.
   */
  #paragraph(given: string, preferred: FontName): Paragraph {
    if (PLAIN.test(given)) return { text: given, fonts: [preferred], levels: null };
    let text = '';
    const fonts: FontName[] = [];
    const add = (characters: string, font: FontName): void => {
      text += characters;
      for (let i = 0; i < characters.length; i++) fonts.push(font);
    };
    for (const { segment } of graphemes.segment(given)) {
      const own = this.#fontFor([...segment][0]!, preferred);
      for (const character of segment) {
        const isMark = /^(\p{Mark}|\p{Emoji_Modifier})/u.test(character);
        const before = isMark && own && this.font(own).font.hasGlyphForCodePoint(character.codePointAt(0)!);
        const font = before ? own : this.#fontFor(character, preferred);
        // Spaces stay with what is before them, so that a sentence in one script is one run.
        const last = fonts.at(-1);
        const stays = last && /^\s$/.test(character) && this.font(last).font.hasGlyphForCodePoint(0x20);
        if (stays) add(character, last);
        else if (font) add(character, font);
        else if (character !== '\ufe0f') add(`[U+${character.codePointAt(0)!.toString(16).toUpperCase()}]`, preferred);
      }
    }
    return { text, fonts, levels: RTL.test(text) ? bidi.getEmbeddingLevels(text, 'auto') : null };
  }

  /** Ends of the pieces that stay together, in order. */
  #breaks(text: string): number[] {
    const ends = new Set<number>();
    const breaker = new LineBreaker(text);
    for (let next = breaker.nextBreak(); next; next = breaker.nextBreak()) ends.add(next.position);
    for (const { index } of text.matchAll(IN_NAMES)) ends.add(index + 1);
    if (SPACELESS.test(text))
      for (const { index, segment } of words.segment(text))
        if (SPACELESS.test(segment)) ends.add(index + segment.length);
    ends.add(text.length);
    return [...ends].sort((a, b) => a - b);
  }

  /**
   * Breaks text into lines no wider than `width`; a word that is too long is cut between letters.
   */
  wrap(text: string, style: TextStyle, width: number): Line[] {
    return text.split('\n').flatMap((one) => this.#wrapParagraph(visibleText(one), style, width / style.size));
  }

  #wrapParagraph(given: string, { font }: TextStyle, width: number): Line[] {
    const paragraph = this.#paragraph(given, font);
    const { text } = paragraph;
    const lines: Line[] = [];
    let [from, to, filled] = [0, 0, 0];
    const close = (): void => {
      if (to > from) lines.push(this.#lineOf(paragraph, from, to));
      [from, filled] = [to, 0];
    };
    const add = (start: number, end: number): void => {
      // What stands at the end of a line needs no room for its space.
      const [bare, whole] = [
        this.#widthOf(paragraph, start, trimmedEnd(text, start, end)),
        this.#widthOf(paragraph, start, end),
      ];
      if (filled > 0 && filled + bare > width) close();
      [to, filled] = [end, filled + whole];
    };
    let start = 0;
    for (const end of this.#breaks(text)) {
      if (this.#widthOf(paragraph, start, trimmedEnd(text, start, end)) <= width) add(start, end);
      else
        for (const { index, segment } of graphemes.segment(text.slice(start, end)))
          add(start + index, start + index + segment.length);
      start = end;
    }
    close();
    return lines.length > 0 ? lines : [{ runs: [], width: 0, rtl: false }];
  }

  #widthOf(paragraph: Paragraph, start: number, end: number): number {
    let width = 0;
    for (const [from, to] of stretches(paragraph, start, end)) {
      const text = paragraph.text.slice(from, to);
      width += this.#widthIn(fontAt(paragraph, from), text, isShaped(paragraph, from, text));
    }
    return width;
  }

  /**
   * The runs of a line from left to right: rule L2 and mirrored characters of UAX #9 by bidi-js.
   */
  #lineOf(paragraph: Paragraph, start: number, end: number): Line {
    const { text, levels } = paragraph;
    const last = trimmedEnd(text, start, end);
    const runs = [...stretches(paragraph, start, last)].map(([from, to]) => ({
      from,
      to,
      run: this.#runOf(paragraph, from, to),
    }));
    if (levels && last > start)
      for (const [first = 0, final = 0] of bidi.getReorderSegments(text, levels, start, last - 1)) {
        const inside = ({ from, to }: { from: number; to: number }) => from >= first && to - 1 <= final;
        const [i, k] = [runs.findIndex(inside), runs.findLastIndex(inside)];
        if (i >= 0) runs.splice(i, k - i + 1, ...runs.slice(i, k + 1).reverse());
      }
    const width = runs.reduce((sum, { run }) => sum + this.#widthIn(run.font, run.text, run.shaped), 0);
    return { runs: runs.map(({ run }) => run), width, rtl: (levels?.paragraphs[0]?.level ?? 0) % 2 === 1 };
  }

  #runOf(paragraph: Paragraph, from: number, to: number): Run {
    const { levels } = paragraph;
    const font = fontAt(paragraph, from);
    const text = paragraph.text.slice(from, to);
    if (!levels || levels.levels[from]! % 2 === 0) return { text, font, shaped: false };
    const mirrored = bidi.getMirroredCharactersMap(paragraph.text, levels.levels, from, to - 1);
    const shown = [...text].reduce((all, c) => all + (mirrored.get(from + all.length) ?? c), '');
    if (RTL_LETTER.test(shown)) return { text: shown, font, shaped: true };
    return {
      text: [...graphemes.segment(shown)]
        .map(({ segment }) => segment)
        .reverse()
        .join(''),
      font,
      shaped: false,
    };
  }

  /** Text as one line, however wide. */
  single(text: string, style: TextStyle): Line {
    const paragraph = this.#paragraph(visibleText(text), style.font);
    return this.#lineOf(paragraph, 0, paragraph.text.length);
  }

  width = (text: string, style: TextStyle): number => this.single(text, style).width * style.size;

  /** Draws one line with its left edge at x and its top at y. */
  line(what: string | Line, x: number, y: number, style: TextStyle): void {
    const { runs } = typeof what === 'string' ? this.single(what, style) : what;
    const baseline = y + (this.font(style.font).ascender / 1000) * style.size;
    let at = x;
    for (const { text, font, shaped } of runs) {
      this.font(font);
      const options = { lineBreak: false, baseline: 'alphabetic', ...(shaped ? { features: [] } : {}) } as const;
      this.#doc
        .font(font, style.size)
        .fillColor(style.colour)
        .text(text, at, baseline, options as never);
      at += this.#widthIn(font, text, shaped) * style.size;
    }
  }
}

const fontAt = ({ fonts }: Paragraph, at: number): FontName => fonts[Math.min(at, fonts.length - 1)]!;

/** Text of right-to-left letters is laid out whole: in words it would read from the left. */
const isShaped = ({ levels }: Paragraph, from: number, text: string): boolean =>
  levels !== null && levels.levels[from]! % 2 === 1 && RTL_LETTER.test(text);

function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && text[last - 1] === ' ') last--;
  return last;
}

/** Stretches of one font and one level. */
function* stretches(paragraph: Paragraph, start: number, end: number): Generator<[from: number, to: number]> {
  const { fonts, levels } = paragraph;
  if (fonts.length === 1 && !levels) {
    if (end > start) yield [start, end];
    return;
  }
  for (let from = start, to = start; from < end; from = to) {
    const same = (i: number) =>
      fontAt(paragraph, i) === fontAt(paragraph, from) && levels?.levels[i] === levels?.levels[from];
    for (to = from + 1; to < end && same(to); ) to++;
    yield [from, to];
  }
}
