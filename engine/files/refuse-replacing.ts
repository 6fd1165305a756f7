// Files that are written where the examiner says, and replace none unasked.
import { existsSync } from 'node:fs';
import { RecceError } from '../../contract/errors.ts';

/** Throws FILE_EXISTS where `file` is there and is not to be replaced. */
export function refuseReplacing(file: string, replace: boolean): void {
  if (!replace && existsSync(file)) throw new RecceError('FILE_EXISTS', file, 'choose another name, or replace it.');
}
