// Which rows of examiners name one person: told by what is part of a name, which SQL does not know.
import { personKey } from '../../../contract/examiner-name.ts';
import type { CaseDatabase } from './case-database.ts';
import { STANDING_AGAIN } from './migrations.ts';

/**
 * Enters of every name that is another spelling of an earlier one, as cases made before can hold,
 * which that is, and makes again what stands. No row of an examiner or an opinion changes.
 */
export function enterSamePersons({ raw }: CaseDatabase): void {
  const rows = raw.prepare('SELECT id, name FROM examiner ORDER BY id').all() as { id: number; name: string }[];
  const firsts = new Map<string, number>();
  const enter = raw.prepare('INSERT INTO same_person VALUES (?, ?)');
  raw.exec('DELETE FROM same_person');
  for (const { id, name } of rows) {
    const key = personKey(name);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, id);
    else enter.run(id, first);
  }
  if (firsts.size < rows.length) raw.exec(STANDING_AGAIN);
}
