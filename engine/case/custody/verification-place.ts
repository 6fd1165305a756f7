// Where a verification was made: whoever can write the folder, or sends a case, can write an entry that
// says one, and not what only this installation can say of it.

import { canonicalJson } from '../../files/canonical-json.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { firstEntryHash } from '../log/audit.ts';
import type { BoundHere } from '../rows/persons.ts';

/** Binds what an entry says of a verification to the installation that made it, for this case. */
export const bindVerification = (
  opened: ReadableCase,
  { head, problems, remarks }: Readonly<Record<string, unknown>>,
  boundHere: BoundHere,
): string =>
  boundHere(canonicalJson({ what: 'verification', created: firstEntryHash(opened), head, problems, remarks } as never));
