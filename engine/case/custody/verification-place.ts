// Where a verification was made: whoever can write the folder, or sends a case, can write an entry that
// says one, and not what only this installation can say of it.

import type { AuditEntry } from '../../../contract/case.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { entryNumbersOf, firstEntryHash } from '../log/audit.ts';
import type { BoundHere } from '../rows/persons.ts';

/** Binds what an entry says of a verification to the installation that made it, for this case and examiner. */
export const bindVerification = (
  opened: ReadableCase,
  who: string,
  { head, problems, remarks }: Readonly<Record<string, unknown>>,
  boundHere: BoundHere,
): string =>
  boundHere(
    canonicalJson({ what: 'verification', created: firstEntryHash(opened), who, head, problems, remarks } as never),
  );

/** True of one that was made here, of the log as it was then: the same said again later follows another. */
export function isVerificationOfHere(
  opened: ReadableCase,
  { seq, who, details }: Pick<AuditEntry, 'seq' | 'who' | 'details'>,
  boundHere: BoundHere,
): boolean {
  if (details.boundTo !== bindVerification(opened, who, details, boundHere)) return false;
  const head = (details.head as { seq?: unknown } | null)?.seq;
  const at = typeof head === 'number' ? head : 0;
  return !entryNumbersOf(opened, 'case.verified').some((one) => one > at && one < seq);
}
