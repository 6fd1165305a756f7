// A place that a person names for something new. Runs in the engine, which may have been started in
// any folder: a path from there on would put a case or a report where nobody looks for it. The
// command line makes its paths whole before it asks.
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';

/** `given` as it is. Throws WRITE_FAILED where it is no absolute path. */
export function absolutePath(given: string): string {
  if (path.isAbsolute(given)) return given;
  const example = process.platform === 'win32' ? 'C:\\Cases' : '/home/name/cases';
  throw new RecceError('WRITE_FAILED', given, `give the whole path, from the root on, as in ${example}.`);
}
