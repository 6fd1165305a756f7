// Text from evidence as it may be shown: file names can hold characters that hide, reorder or move what is around them.
// Used by the report, the command line and the window wherever a name or a note is printed.

/** Controls, zero-width characters and bidirectional overrides. */
const HIDDEN = /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** The same text with every such character as its code point, e.g. `[U+202E]`: one name cannot look like another. */
export const visibleText = (text: string): string =>
  text.replace(HIDDEN, (c) => `[U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
