// Which files' names contain a text, without regard to case (Unicode) and to how characters are
// composed: macOS writes names decomposed. SQLite's lower() knows ASCII alone, and a function of
// ours called for each of a million rows takes seconds: the names are folded once into one long
// text a portion, which a search runs over as over a page. A row's name never changes; new rows are
// added as they come.
import { type CaseDatabase, query } from '../db/case-database.ts';

/**
 * Compatibility forms and full case folding: `Ǆ`, `ß` and `SS`, `ﬁ`, half-width letters and a final
 * sigma are found by their like.
 */
export const foldName = (text: string): string =>
  IS_ASCII.test(text)
    ? text.toLowerCase()
    : // Which sigma a lower-case word ends with hangs on what follows it.
      text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');

/** Most names: folded in a tenth of the time. */
const IS_ASCII = /^[\0-\x7f]*$/;

/** No name of a file holds it. */
const BETWEEN = '\0';

/** Names in the order of their rows, one behind the other. */
type Portion = { text: string; starts: Uint32Array; ids: readonly number[] };
type Names = { portions: Portion[]; upTo: number };

/** Rows folded into one text: below V8's longest string with names of the greatest length. */
const ROWS_A_PORTION = 50_000;

const known = new WeakMap<CaseDatabase, Names>();

function readPortion(db: CaseDatabase, after: number): Portion | undefined {
  const rows = db.all(
    query
      .selectFrom('evidence')
      .select(['id', 'relative_path'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(ROWS_A_PORTION),
  );
  if (rows.length === 0) return undefined;
  const folded = rows.map((row) => foldName(row.relative_path));
  const starts = new Uint32Array(rows.length);
  let at = 0;
  folded.forEach((name, i) => {
    starts[i] = at;
    at += name.length + BETWEEN.length;
  });
  return { text: folded.join(BETWEEN), starts, ids: rows.map(({ id }) => id) };
}

function namesOf(db: CaseDatabase): readonly Portion[] {
  const names = known.get(db) ?? { portions: [], upTo: 0 };
  known.set(db, names);
  for (;;) {
    const portion = readPortion(db, names.upTo);
    if (!portion) return names.portions;
    names.portions.push(portion);
    names.upTo = portion.ids.at(-1)!;
  }
}

/** Place of the name that a place of the text lies in. */
function nameAt({ starts }: Portion, at: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Ids of the evidence rows whose path within the case contains the text, or begins with it. */
export function idsNamed(db: CaseDatabase, text: string, begins = false): number[] {
  const wanted = foldName(text);
  const ids: number[] = [];
  if (wanted === '' || wanted.includes(BETWEEN)) return ids;
  for (const portion of namesOf(db)) {
    for (let at = portion.text.indexOf(wanted); at >= 0; ) {
      const name = nameAt(portion, at);
      if (!begins || portion.starts[name] === at) ids.push(portion.ids[name]!);
      const next = portion.starts[name + 1];
      at = next === undefined ? -1 : portion.text.indexOf(wanted, next);
    }
  }
  return ids;
}
