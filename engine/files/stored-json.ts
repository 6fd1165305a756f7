// JSON as the case's tables hold it. SQLite's own check does not look inside a column: text that is no JSON means that the file was
// damaged or tampered with, and is said as that.
import { RecceError } from '../../contract/errors.ts';

/** The value of a column. Throws CASE_DAMAGED. */
// biome-ignore lint/suspicious/noExplicitAny: as with JSON.parse, the column says what is in it
export function storedJson(text: string): any {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = 'a record in it cannot be read. Run "recce verify", then "recce restore" if it says so.';
    throw new RecceError('CASE_DAMAGED', 'this case', detail, { cause });
  }
}
