// JSON as the case's tables hold it. SQLite's own check does not look inside a column: text that is
// no JSON means that the file was damaged or tampered with, and is said as that.
import { RecceError } from '../../contract/errors.ts';

/** Brackets inside brackets that a record of ours may have; the deepest has about ten. */
const DEEPEST = 100;

/**
 * True for text whose brackets lie deeper in each other than those of any record: reading it would
 * use up the stack.
 */
export function jsonTooDeep(text: string): boolean {
  if (text.length <= DEEPEST) return false;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i += 1;
    else if (c === 0x22) quoted = !quoted;
    else if (!quoted && (c === 0x5b || c === 0x7b) && ++depth > DEEPEST) return true;
    else if (!quoted && (c === 0x5d || c === 0x7d)) depth -= 1;
  }
  return false;
}

/**
 * The object that a column holds; undefined where it holds none, as it can after somebody else has
 * written there.
 */
// biome-ignore lint/suspicious/noExplicitAny: as with JSON.parse, the column says what is in it
export function storedObject(text: string): any {
  if (jsonTooDeep(text)) return undefined;
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The object that a column holds, if its text is the one that is written of such a value here;
 * undefined for any other. Of a key that stands twice one reader takes the first and another the
 * last, of 1e400 one makes nothing and another a number: what is hashed as a value must be one text.
 */
// biome-ignore lint/suspicious/noExplicitAny: as with JSON.parse, the column says what is in it
export function plainObject(text: string): any {
  const value = storedObject(text);
  return value !== undefined && JSON.stringify(value) === text ? value : undefined;
}

/** The value of a column. Throws CASE_DAMAGED. */
// biome-ignore lint/suspicious/noExplicitAny: as with JSON.parse, the column says what is in it
export function storedJson(text: string): any {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = 'a record in it cannot be read. Run "recce verify", then "recce restore" if it says so.';
    throw new RecceError('CASE_DAMAGED', 'This case', detail, { cause });
  }
}
