// Text from evidence as it may be shown: file names can hold characters that hide, reorder or move
// what is around them.

/**
 * Controls, characters of no width or no ink (Unicode's Default_Ignorable_Code_Point, the empty
 * Braille cell, annotation marks), separators of lines, and bidirectional overrides.
 */
const HIDDEN =
  /[\p{Cc}\p{Default_Ignorable_Code_Point}\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\u2800\ufeff\ufff9-\ufffb]/gu;

/**
 * The same text with every such character as its code point, e.g. `[U+202E]`: one name cannot look
 * like another.
 */
export const visibleText = (text: string): string =>
  text.replace(HIDDEN, (c) => `[U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);

/**
 * JSON with those characters escaped, so that printing it moves nothing on a terminal: inside its
 * texts, where alone they can stand. What it says is the same. Line ends between its values stay.
 */
export const visibleJson = (json: string): string =>
  json.replace(HIDDEN, (c) => (c === '\n' ? c : c.split('').map(unitInJson).join('')));

/** One of the one or two units that a character has in UTF-16, as JSON spells them. */
const unitInJson = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Line ends of a table, its byte order mark and its tabs are its own. */
const TABLES_OWN = /^\ufeff|\r\n|[\n\t]/g;

/** Text in lines (a table with separators) with every other such character as its code point. */
export function visibleLines(text: string): string {
  let shown = '';
  let at = 0;
  for (const own of text.matchAll(TABLES_OWN)) {
    shown += visibleText(text.slice(at, own.index)) + own[0];
    at = own.index + own[0].length;
  }
  return shown + visibleText(text.slice(at));
}
