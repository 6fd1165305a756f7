// How long a mask is that has a byte for every row of a table: the ids are SQLite's own, one after
// the other, unless somebody else wrote the row.
import { RecceError } from '../../../contract/errors.ts';
import { capitalised } from '../../../contract/wording.ts';
import { type CaseDatabase, query } from './case-database.ts';

/** No case has so many rows; a mask of that length is still a fraction of the memory there is. */
const LARGEST_ID = 2 ** 28;

/** One more than the largest id. Throws CASE_DAMAGED for an id that no row of a case has. */
export function maskLength(db: CaseDatabase, table: 'evidence' | 'face' | 'verdict'): number {
  const id = db.first(query.selectFrom(table).select(({ fn }) => fn.max('id').as('id')))?.id ?? 0;
  if (id <= LARGEST_ID) return id + 1;
  throw new RecceError(
    'CASE_DAMAGED',
    `${capitalised(table)} ${id}`,
    'no row that the workstation wrote has such a number. "recce verify" says what else differs.',
  );
}
