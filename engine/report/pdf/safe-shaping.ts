// Shaping by fontkit that cannot end a report: a font may leave an anchor out (OpenType, GPOS: a
// NULL offset), which fontkit reads all the same, and a file's name is whatever somebody typed.

type Anchor = object | null;
type Glyph = { advanceWidth: number };
type Position = { xAdvance: number; yAdvance: number; xOffset: number; yOffset: number };
type GlyphRun = { glyphs: readonly Glyph[]; positions: Position[]; advanceWidth: number };
type Processor = { applyAnchor(mark: { markAnchor: Anchor }, base: Anchor, baseGlyph: number): void };

/** A font of fontkit, as far as it is changed here. */
export type ShapedFont = {
  layout(text: string, features?: unknown): GlyphRun;
  glyphsForString(text: string): readonly Glyph[];
  _layoutEngine?: { engine?: { GPOSProcessor?: Processor | null } };
};

/** Glyph after glyph as the characters stand, for text that cannot be shaped. */
function unshaped(font: ShapedFont, text: string): GlyphRun {
  const glyphs = font.glyphsForString(text);
  const positions = glyphs.map(({ advanceWidth }) => ({ xAdvance: advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 }));
  return { glyphs, positions, advanceWidth: positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0) };
}

/**
 * Changes the font: a mark without an anchor stays where it is, and what fails to be shaped is set
 * without shaping.
 */
export function shapeSafely(font: ShapedFont): void {
  const processor = font._layoutEngine?.engine?.GPOSProcessor;
  if (processor) {
    const apply = processor.applyAnchor.bind(processor);
    processor.applyAnchor = (mark, base, baseGlyph) => {
      if (base && mark.markAnchor) apply(mark, base, baseGlyph);
    };
  }
  const layout = font.layout.bind(font);
  font.layout = (text, features) => {
    try {
      return layout(text, features);
    } catch {
      return unshaped(font, text);
    }
  };
}
