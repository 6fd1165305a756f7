// The grid's answers against plain SQL over the tables, without indexes of choice, masks or cells:
// every filter, order and page, with two models, films with tracks, files without a face, opinions
// given and withdrawn, blind mode, a scan that goes on.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExaminerId, Sha256, VerdictId } from '../../../contract/brand.ts';
import { type FindingFilter, type FindingSort, SCORE_BINS } from '../../../contract/finding.ts';
import type { ValidationRecord } from '../../../contract/validation.ts';
import { type Leaning, leaningSchema, type VerdictKind, verdictKindSchema } from '../../../contract/verdict.ts';
import { CaseDatabase } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { findSchemaProblem } from '../db/schema-check.ts';
import { closeCase, createCase, openCase } from '../open-case.ts';
import { findModel, keepModel } from '../rows/model.ts';
import { addFile } from '../testing/case-material.ts';
import { fillGrid } from '../testing/grid-material.ts';
import { writeOlderCase } from '../testing/older-case.ts';
import { placeOfFinding, queryFindings } from './finding.ts';
import { countFindings } from './finding-counts.ts';
import { readFacets } from './finding-facets.ts';
import type { Viewer } from './finding-filter.ts';
import { CELLS } from './grid-bucket.ts';
import { modelOf, modelShown, ofOneModel } from './model-shown.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-findings-'));
const opened: WritableCase = createCase(path.join(root, 'case'), { title: 'T', reference: '', demonstration: false });
const { examiners, models } = fillGrid(opened);
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

const [first, second] = examiners as [ExaminerId, ExaminerId];
const VIEWERS: readonly Viewer[] = [
  { examinerId: null, blind: false },
  { examinerId: first, blind: false },
  { examinerId: second, blind: true },
  { examinerId: null, blind: true },
];
const FILTERS: readonly FindingFilter[] = [
  {},
  { kinds: ['scored'] },
  { kinds: ['noFace', 'unreadable', 'toolError'] },
  { kinds: [] },
  { leanings: ['towardsForged', 'cannotTell'] },
  { leanings: ['towardsGenuine'], kinds: ['scored', 'noFace'] },
  { scoreMin: 0.41, scoreMax: 0.733 },
  { scoreMin: 0.25 },
  { scoreMax: 1 },
  { scoreMin: 0.5, leanings: ['towardsForged'], ownConclusions: ['none'] },
  { ownConclusions: ['none'] },
  { ownConclusions: ['none', 'forged'] },
  { ownConclusions: ['genuine', 'inconclusive'] },
  { ownConclusions: ['withdrawn'] },
  { ownConclusions: ['notAFace', 'forged'] },
  { notAFace: 'only' },
  { notAFace: 'with', scoreMin: 0.2 },
  { notAFace: 'only', kinds: ['scored'], ownConclusions: ['none'] },
  { pathContains: 'img_00' },
  { pathContains: 'É' },
  { pathContains: 'été_0' },
  { pathContains: 'E\u0301te\u0301' },
  { pathContains: '%' },
  { pathContains: 'absent' },
  { pathContains: 'NOWhere', scoreMin: 0.5 },
  { exhibits: [1, 7], kinds: ['scored'] },
  { exhibits: [7] },
  { pathContains: 'FILMS/both', videoFrames: 'key', scoreMin: 0.1 },
  { pathContains: 'torn' },
  { sizePxMin: 120 },
  { sizePxMin: 60, sharpnessMin: 40.5, pathContains: 'Card' },
  { modelId: models[1]! },
  { modelId: 'f'.repeat(64) as Sha256 },
  { videoFrames: 'key' },
  { videoFrames: 'key', ownConclusions: ['none'], scoreMin: 0.2 },
  { videoFrames: 'all', modelId: models[0]! },
  { evidenceId: 3 as never },
  { evidenceId: 9 as never, kinds: ['scored'], videoFrames: 'key' },
  { kinds: ['scored'], leanings: ['cannotTell'], sizePxMin: 80, pathContains: 'IMG', ownConclusions: ['none'] },
];
const SORTS: readonly FindingSort[] = (['score', 'path', 'sizePx', 'sharpness', 'kind', 'added'] as const).flatMap(
  (by) => [
    { by, direction: 'ascending' },
    { by, direction: 'descending' },
  ],
);

type Plain = {
  id: VerdictId;
  evidence_id: number;
  face_id: number | null;
  kind: VerdictKind;
  leaning: Leaning | null;
  model_id: Sha256;
  score: number | null;
  size_px: number | null;
  sharpness: number | null;
  relative_path: string;
  own: string;
  /**
   * 1 where it was called no face by someone this viewer hears, and something else by none of them.
   */
  aside: number;
};

/** What examiner x said last of the verdict's subject. */
const LAST_OF_X = `(SELECT o.conclusion FROM opinion o WHERE o.evidence_id = v.evidence_id AND o.face_id IS v.face_id
  AND o.examiner_id = x.id ORDER BY o.id DESC LIMIT 1)`;

/** Every verdict with what the viewer says of it: a join of tables and nothing more. */
const readPlainRows = (viewer: Viewer): Plain[] =>
  opened.db.raw
    .prepare(
      `SELECT v.id, v.evidence_id, v.face_id, v.kind, v.leaning, v.model_id, v.score, v.size_px, v.sharpness, v.relative_path,
         ifnull((SELECT nullif(o.conclusion, 'withdrawn') FROM opinion o WHERE o.evidence_id = v.evidence_id AND o.face_id IS v.face_id
           AND o.examiner_id = :me ORDER BY o.id DESC LIMIT 1), 'none') AS own,
         (SELECT group_concat(DISTINCT ${LAST_OF_X}) FROM examiner x WHERE (:everyone OR x.id = :me)
           AND ${LAST_OF_X} <> 'withdrawn') IS 'notAFace' AS aside
       FROM verdict v NOT INDEXED ORDER BY v.id`,
    )
    .all({ me: viewer.examinerId, everyone: viewer.blind ? 0 : 1 }) as Plain[];

const plainRows = new Map(VIEWERS.map((viewer) => [viewer, readPlainRows(viewer)]));

/**
 * Ids of verdicts that do not stand for their track: in blind mode all but the first, else all but
 * the key faces.
 */
const hiddenInFilms = (viewer: Viewer): Set<number> =>
  new Set(
    opened.db.raw
      .prepare(
        `SELECT v.id FROM verdict v JOIN face f ON f.id = v.face_id WHERE f.pts IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM track_face tf JOIN track t ON t.id = tf.track_id JOIN video_scan s ON s.id = t.video_scan_id
           WHERE tf.face_id = v.face_id AND s.model_id = v.model_id AND ${
             viewer.blind
               ? 'NOT EXISTS (SELECT 1 FROM track_face e WHERE e.track_id = tf.track_id AND e.face_id < tf.face_id)'
               : 'tf.is_key = 1'
           })`,
      )
      .pluck()
      .all() as number[],
  );

/** The one folder that the material lies in. */
const EXHIBIT = 'nowhere';

/** Without regard to case and composition, as the filter promises. */
const lower = (text: string): string => text.normalize('NFC').toLowerCase();

/** The rows a filter leaves, in the words of contract/finding.ts. */
function plainMatches(viewer: Viewer, filter: FindingFilter): Plain[] {
  const hidden = filter.videoFrames === 'key' ? hiddenInFilms(viewer) : new Set<number>();
  const { kinds, leanings, scoreMin, scoreMax, ownConclusions, pathContains, sizePxMin, sharpnessMin } = filter;
  const aside = filter.notAFace ?? (ownConclusions?.includes('notAFace') ? 'with' : 'without');
  const byScore = leanings !== undefined || scoreMin !== undefined || scoreMax !== undefined;
  const atLeast = (value: number | null, least: number | undefined) =>
    least === undefined || (value !== null && value >= least);
  return plainRows
    .get(viewer)!
    .filter(
      (row) =>
        (!kinds || kinds.includes(row.kind)) &&
        (!leanings || (row.leaning !== null && leanings.includes(row.leaning))) &&
        atLeast(row.score, scoreMin) &&
        (scoreMax === undefined || (row.score !== null && row.score <= scoreMax)) &&
        (!byScore || !viewer.blind || row.own !== 'none') &&
        (!ownConclusions || ownConclusions.includes(row.own as 'none')) &&
        (aside === 'with' || (row.aside === 1) === (aside === 'only')) &&
        (filter.evidenceId === undefined || row.evidence_id === filter.evidenceId) &&
        (!pathContains || [row.relative_path, EXHIBIT].some((text) => lower(text).includes(lower(pathContains)))) &&
        (!filter.exhibits || filter.exhibits.includes(1)) &&
        atLeast(row.size_px, sizePxMin) &&
        atLeast(row.sharpness, sharpnessMin) &&
        (filter.modelId === undefined || row.model_id === filter.modelId) &&
        !hidden.has(row.id),
    );
}

const COLUMN = {
  score: 'score',
  path: 'relative_path',
  sizePx: 'size_px',
  sharpness: 'sharpness',
  kind: 'kind',
  added: 'id',
} as const;

function inOrder(rows: readonly Plain[], viewer: Viewer, sort: FindingSort): Plain[] {
  const { by, direction }: FindingSort =
    viewer.blind && sort.by === 'score' ? { by: 'path', direction: 'ascending' } : sort;
  const sign = direction === 'ascending' ? 1 : -1;
  // Bytes decide in SQLite; every name here is of characters that JavaScript orders alike.
  const compare = (a: unknown, b: unknown): number => ((a as number) < (b as number) ? -1 : a === b ? 0 : 1);
  return rows.toSorted((a, b) => {
    const [x, y] = [a[COLUMN[by]], b[COLUMN[by]]];
    const byColumn = x === null || y === null ? compare(x === null, y === null) : sign * compare(x, y);
    const byFace = compare(a.evidence_id, b.evidence_id) || compare(a.face_id ?? 0, b.face_id ?? 0);
    return byColumn || byFace || compare(a.id, b.id);
  });
}

const countBy = (rows: readonly Plain[], nameOf: (row: Plain) => string | null): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

const without = (filter: FindingFilter, ...keys: (keyof FindingFilter)[]): FindingFilter =>
  Object.fromEntries(Object.entries(filter).filter(([key]) => !keys.includes(key as keyof FindingFilter)));

describe.each(VIEWERS.map((viewer) => [JSON.stringify(viewer), viewer] as const))('to the viewer %s', (_, viewer) => {
  test.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))(
    'the rows, totals and facets of %s are those of plain SQL',
    (_, filter) => {
      const matches = plainMatches(viewer, filter);
      for (const sort of SORTS) {
        const page = queryFindings(opened, viewer, { filter, sort, offset: 0, limit: 10_000 });
        expect(page.total).toBe(matches.length);
        expect(page.rows.map((row) => row.verdictId)).toEqual(inOrder(matches, viewer, sort).map(({ id }) => id));
      }
      const seen = (rows: readonly Plain[]) => rows.filter((row) => !viewer.blind || row.own !== 'none');
      const facets = readFacets(opened, viewer, filter);
      const but = (...keys: (keyof FindingFilter)[]) => plainMatches(viewer, without(filter, ...keys));
      expect(facets.total).toBe(matches.length);
      expect(facets.byKind).toEqual(countBy(but('kinds'), (row) => row.kind));
      expect(facets.byLeaning).toEqual(countBy(seen(but('leanings')), (row) => row.leaning));
      const isWith = filter.ownConclusions?.includes('notAFace') ? ({ notAFace: 'with' } as const) : {};
      const shownAlike: FindingFilter = { ...isWith, ...without(filter, 'ownConclusions') };
      // To choose "not a face" shows what is left out without it.
      const asked: FindingFilter = { ...filter, ownConclusions: ['notAFace'] };
      const notFaces =
        filter.notAFace || filter.ownConclusions?.includes('notAFace') ? [] : plainMatches(viewer, asked);
      expect(facets.byOwnConclusion).toEqual({
        ...countBy(plainMatches(viewer, shownAlike), (row) => row.own),
        ...countBy(notFaces, (row) => row.own),
      });
      expect(facets.byModel.map(({ modelId, findings }) => [modelId, findings])).toEqual(
        models.map((id) => [id, countBy(but('modelId'), (row) => row.model_id)[id] ?? 0]),
      );
      const bins = countBy(seen(but('scoreMin', 'scoreMax')), ({ score }) =>
        score === null ? null : String(Math.min(Math.trunc(score * SCORE_BINS), SCORE_BINS - 1)),
      );
      expect(facets.scoreBins).toEqual(Array.from({ length: SCORE_BINS }, (_, bin) => bins[bin] ?? 0));
      expect(countFindings(opened, viewer, filter)).toEqual({
        total: matches.length,
        byKind: countBy(matches, (row) => row.kind),
        byLeaning: countBy(seen(matches), (row) => row.leaning),
        byOwnConclusion: countBy(matches, (row) => row.own),
      });
    },
  );
});

test('pages, one after the other, are the list; up to a verdict, nothing that came later is in them', () => {
  const viewer = VIEWERS[1]!;
  const upTo = 400 as VerdictId;
  for (const filter of [{}, { ownConclusions: ['none' as const], videoFrames: 'key' as const }, { sizePxMin: 80 }])
    for (const sort of SORTS) {
      const ask = (offset: number, limit: number) =>
        queryFindings(opened, viewer, { filter, sort, offset, limit, upTo });
      const whole = ask(0, 10_000);
      const paged = Array.from({ length: Math.ceil(whole.total / 37) }, (_, i) => ask(37 * i, 37));
      expect(whole.total).toBe(plainMatches(viewer, filter).filter((row) => row.id <= upTo).length);
      expect(paged.flatMap((page) => page.rows)).toEqual(whole.rows);
    }
});

test('a finding is placed where the list has it, in every order and for every viewer; one that is not in it has no place', () => {
  for (const viewer of VIEWERS)
    for (const filter of [{}, { ownConclusions: ['none' as const] }, { sizePxMin: 80, upTo: 400 }])
      for (const sort of SORTS) {
        const request = { filter, sort, ...('upTo' in filter ? { upTo: 400 as VerdictId } : {}) };
        const ids = queryFindings(opened, viewer, { ...request, offset: 0, limit: 10_000 }).rows.map(
          ({ verdictId }) => verdictId,
        );
        for (let at = 0; at < ids.length; at += 17)
          expect(placeOfFinding(opened, viewer, { ...request, verdictId: ids[at]! })).toBe(at);
        const absent = plainRows.get(viewer)!.find(({ id }) => !ids.includes(id));
        if (absent) expect(placeOfFinding(opened, viewer, { ...request, verdictId: absent.id })).toBe(null);
      }
});

test('every cell that SQLite computes says the kind, leaning and bin of its row', () => {
  const rows = opened.db.raw.prepare('SELECT cell, kind, leaning, score FROM verdict').all() as (Plain & {
    cell: number;
  })[];
  for (const { cell, kind, leaning, score } of rows)
    expect(CELLS[cell]).toEqual({
      kind,
      leaning,
      bin: score === null ? null : Math.min(Math.trunc(score * SCORE_BINS), SCORE_BINS - 1),
    });
  expect(new Set(CELLS.map(({ kind }) => kind))).toEqual(new Set(verdictKindSchema.options));
  expect(new Set(CELLS.map(({ leaning }) => leaning))).toEqual(new Set([...leaningSchema.options, null]));
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(verdictKindSchema.options));
});

test('no question of the grid reads a row of a verdict that it does not show', () => {
  const asked = new Set<string>();
  const raw = new Database(path.join(opened.folder, 'case.sqlite'), {
    readonly: true,
    verbose: (text) => asked.add(String(text)),
  });
  const reading: ReadableCase = { folder: opened.folder, db: new CaseDatabase(raw), clock: () => '' };
  for (const viewer of VIEWERS)
    for (const filter of FILTERS) {
      // Of one file the rows are few.
      if (filter.evidenceId !== undefined) continue;
      for (const sort of SORTS) queryFindings(reading, viewer, { filter, sort, offset: 10, limit: 10 });
      readFacets(reading, viewer, filter);
    }
  raw.close();
  const questions = [...asked].filter((text) => text.startsWith('select'));
  expect(questions.length).toBeGreaterThan(100);
  for (const text of questions) expect({ text, read: columnsOfRows(text) }).toEqual({ text, read: [] });
});

/**
 * Where a query's program reads a column of a table whose rows it finds in an index: a row fetched
 * for what the index lacks. What was found altered or elsewhere is read so: it is asked of files that are shown,
 * and hardly any has a row.
 */
function columnsOfRows(text: string): Step[] {
  const { raw } = opened.db;
  const altered = raw
    .prepare("SELECT rootpage FROM sqlite_schema WHERE name IN ('alteration', 'relocation')")
    .pluck()
    .all();
  const program = raw.prepare(`EXPLAIN ${text}`).all() as Step[];
  const few = program.filter(({ opcode, p2 }) => opcode === 'OpenRead' && altered.includes(p2)).map(({ p1 }) => p1);
  const rows = new Set(program.filter(({ opcode }) => opcode === 'DeferredSeek').map(({ p3 }) => p3));
  return program.filter(({ opcode, p1 }) => opcode === 'Column' && rows.has(p1) && !few.includes(p1));
}

type Step = { opcode: string; p1: number; p2: number; p3: number };

test('a case of the version before is brought to the same indexes and gives the same answers', () => {
  const folder = path.join(root, 'older');
  writeOlderCase(opened.folder, folder, BEFORE_CELLS);
  const older = openCase(folder);
  for (const viewer of VIEWERS)
    for (const filter of FILTERS) {
      const request = { filter, sort: SORTS[1]!, offset: 0, limit: 10_000 };
      expect(queryFindings(older, viewer, request)).toEqual(queryFindings(opened, viewer, request));
      expect(readFacets(older, viewer, filter)).toEqual(readFacets(opened, viewer, filter));
    }
  closeCase(older);
  expect(findSchemaProblem(path.join(folder, 'case.sqlite'))).toBeUndefined();
});

test('a verdict of too small a face that a later scan judged is in no page, count or facet', () => {
  const case_ = createCase(path.join(root, 'later'), { title: 'L', reference: '', demonstration: false });
  fillGrid(case_);
  const { db } = case_;
  const small = db.raw
    .prepare("SELECT * FROM verdict WHERE kind = 'faceTooSmall' ORDER BY id LIMIT 5")
    .all() as (Plain & Record<string, unknown>)[];
  const columns = (db.raw.prepare("SELECT name FROM pragma_table_info('verdict')").pluck().all() as string[]).filter(
    (name) => !['id', 'kind'].includes(name),
  );
  for (const { id } of small)
    db.raw
      .prepare(`INSERT INTO verdict (${columns}, kind) SELECT ${columns}, 'outOfDomain' FROM verdict WHERE id = ?`)
      .run(id);
  const gone = new Set<number>(small.map(({ id }) => id));
  const plain = db.raw.prepare('SELECT id, kind FROM verdict ORDER BY id').all() as Plain[];
  for (const wanted of [{}, { kinds: ['faceTooSmall'] }, { kinds: ['outOfDomain'] }] satisfies FindingFilter[]) {
    const filter: FindingFilter = { ...wanted, notAFace: 'with' };
    const kinds: readonly string[] | undefined = filter.kinds;
    const left = plain.filter(({ id, kind }) => !gone.has(id) && (!kinds || kinds.includes(kind)));
    const page = queryFindings(case_, VIEWERS[0]!, { filter, sort: SORTS[10]!, offset: 0, limit: 10_000 });
    expect(page.rows.map(({ verdictId }) => verdictId)).toEqual(left.map(({ id }) => id));
    expect(page.total).toBe(left.length);
    expect(readFacets(case_, VIEWERS[0]!, filter).total).toBe(left.length);
    expect(countFindings(case_, VIEWERS[0]!, filter).total).toBe(left.length);
  }
  closeCase(case_);
});

test('where two models judged the same faces, a face is one line, by the model that is shown or the one named', () => {
  const request = { sort: SORTS[0]!, offset: 0, limit: 10_000 };
  const faces = (filter: FindingFilter): string[] =>
    queryFindings(opened, VIEWERS[0]!, { ...request, filter }).rows.map((row) => `${row.evidenceId}/${row.faceId}`);
  const [all, ofOne] = [faces({}), faces(ofOneModel(opened, {}, VIEWERS[0]!))];
  expect(new Set(all).size).toBeLessThan(all.length);
  expect(new Set(ofOne).size).toBe(ofOne.length);
  expect(readFacets(opened, VIEWERS[0]!, {}).modelId).toBe(ofOneModel(opened, {}, VIEWERS[0]!).modelId);
  for (const modelId of models) {
    expect(ofOneModel(opened, { modelId }, VIEWERS[0]!)).toEqual({ modelId });
    expect(modelOf(opened, { modelId })).toBe(modelId);
  }
  expect(modelOf(opened, { modelId: 'f'.repeat(64) as Sha256 })).toBe(null);
});

test('a model that was not measured takes no list over from one that was; of equals, the one that looked first stays', () => {
  const folder = path.join(root, 'second-model');
  const case_ = createCase(folder, { title: 'T', reference: '', demonstration: false });
  const [measured, later] = ['b', 'c'].map((digit) => digit.repeat(64) as Sha256);
  addFile(case_, 'one.jpg', [0.2], { modelId: measured! });
  addFile(case_, 'one.jpg', [0.9], { modelId: later! });
  expect(modelShown(case_)).toBe(measured);
  addFile(case_, 'two.jpg', [0.9, 0.8], { modelId: later! });
  expect(modelShown(case_)).toBe(later);
  const card = findModel(case_, measured!)!;
  keepModel(case_, { ...card, validation: {} as ValidationRecord });
  expect(modelShown(case_)).toBe(measured);
  closeCase(case_);
});

/** The last version whose grid had other indexes. */
const BEFORE_CELLS = 7;
