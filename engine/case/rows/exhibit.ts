// Exhibits: the folders that files of a case were taken in from, numbered and named. SQLite enters
// each with its first file (a trigger), so that no way of taking in can forget it.
import { sql } from 'kysely';
import type { Exhibit, FilePlace } from '../../../contract/exhibit.ts';
import { type CaseDatabase, query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { maskLength } from '../db/mask-length.ts';
import { foldName } from './name-search.ts';

type Named = Pick<Exhibit, 'exhibit' | 'name'>;

/**
 * Numbers and names by folder, as known so far: neither ever changes, so only a folder that is not
 * among them is asked for.
 */
const known = new WeakMap<CaseDatabase, ReadonlyMap<string, Named>>();

/** The name of a folder without what is above it; a drive or the root has its own. */
const lastPart = (root: string): string =>
  root
    .split(/[\\/]/)
    .filter((part) => part !== '')
    .at(-1) ?? 'files';

/**
 * Names in the order of numbers: a name that an earlier exhibit has, in whatever case, gets the
 * first number that is free.
 */
function namesOf(roots: readonly string[]): string[] {
  const taken = new Set<string>();
  // From where on a number may be free: thousands of folders of one name are no thousands squared.
  const free = new Map<string, number>();
  return roots.map((root) => {
    const own = lastPart(root);
    let name = own;
    let n = free.get(own.toLowerCase()) ?? 2;
    for (; taken.has(name.toLowerCase()); n++) name = `${own} (${n})`;
    free.set(own.toLowerCase(), n);
    taken.add(name.toLowerCase());
    return name;
  });
}

function readNames(db: CaseDatabase): ReadonlyMap<string, Named> {
  const rows = db.all(query.selectFrom('source').select(['id', 'root']).orderBy('id'));
  const names = namesOf(rows.map(({ root }) => root));
  return new Map(rows.map(({ id, root }, i) => [root, { exhibit: id, name: names[i]! }]));
}

/** Where a file stands among the exhibits; `root` is the column of its row. */
export function placeOf(db: CaseDatabase, root: string, relativePath: string): FilePlace {
  let names = known.get(db);
  if (!names?.has(root)) {
    names = readNames(db);
    known.set(db, names);
  }
  // A row that another program changed may come from a folder that no trigger entered; verify names
  // it.
  const { exhibit, name } = names.get(root) ?? { exhibit: names.size + 1, name: lastPart(root) };
  return { exhibit, shownPath: `${name}/${relativePath}` };
}

/** Exhibits that a byte can tell apart. */
export const MOST_EXHIBITS = 255;

/**
 * The number of each file's exhibit as a byte at the file's id, 0 where it has none or one too
 * large; as far as it is long it is known.
 */
const bytes = new WeakMap<CaseDatabase, Buffer>();

/** A file's exhibit never changes: only files that are new since the last call are read. */
export function exhibitBytes(db: CaseDatabase): Uint8Array {
  const before = bytes.get(db) ?? Buffer.alloc(0);
  const length = maskLength(db, 'evidence');
  if (length === before.length) return before;
  const of = Buffer.alloc(length);
  before.copy(of);
  const added = query
    .selectFrom('evidence as e')
    .innerJoin('source as s', 's.root', 'e.root')
    .select(['e.id', 's.id as exhibit'])
    .where('e.id', '>=', before.length);
  for (const { id, exhibit } of db.each(added)) of[id] = exhibit <= MOST_EXHIBITS ? exhibit : 0;
  bytes.set(db, of);
  return of;
}

/** Number and name of every exhibit, in their order. */
export const exhibitNames = ({ db }: ReadableCase): Named[] => [...readNames(db).values()];

/** Every exhibit with the number of its files. Reads every evidence row. */
export function listExhibits({ db }: ReadableCase): Exhibit[] {
  const count = query
    .selectFrom('evidence')
    .select(['root', ({ fn }) => fn.countAll().as('n')])
    .groupBy('root');
  const files = new Map(db.all(count).map(({ root, n }) => [root, Number(n)]));
  return [...readNames(db)].map(([root, named]) => ({
    ...named,
    folder: root.length > 1 ? root.replace(/(?<=[^:\\/])[\\/]$/, '') : root,
    files: files.get(root) ?? 0,
  }));
}

/** Exhibits whose name contains the text, as it was typed or in other case. */
export const rootsNamed = (db: CaseDatabase, text: string): string[] =>
  [...readNames(db)].flatMap(([root, { name }]) => (foldName(name).includes(foldName(text)) ? [root] : []));

/** Exhibits whose name ends with the text: what stands before the first stroke of a shown path. */
export const rootsEnding = (db: CaseDatabase, text: string): string[] =>
  [...readNames(db)].flatMap(([root, { name }]) => (foldName(name).endsWith(foldName(text)) ? [root] : []));

/** The folders of the exhibits that bear these numbers. */
export const rootsNumbered = (db: CaseDatabase, numbers: readonly number[]): string[] =>
  db.all(query.selectFrom('source').select('root').where('id', 'in', numbers)).map(({ root }) => root);

/** SQL for: the place of the file of `id` among the exhibits. */
export const rootOf = (id: ReturnType<typeof sql>) => sql<string>`(SELECT x.root FROM evidence x WHERE x.id = ${id})`;
