// The grid's filter as SQL over the columns that every index of the grid holds. Engine process.
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ExaminerId } from '../../../contract/brand.ts';
import { type FindingFilter, type FindingSort, SCORE_BINS } from '../../../contract/finding.ts';
import { type Conclusion, STANDING } from '../../../contract/opinion.ts';
import type { CaseDatabase } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import type { VerdictTable } from '../db/tables.ts';
import { rootsNumbered } from '../rows/exhibit.ts';
import { CELLS, type FindingCell } from './grid-bucket.ts';
import { inGroups } from './in-groups.ts';
import {
  decidedVerdicts,
  disagreed,
  filesFrom,
  filesNamed,
  films,
  hasTag,
  isIn,
  isNotIn,
  maskOfNumbers,
  parametersOf,
  setAside,
  supersededVerdicts,
  tagged,
  trackVerdicts,
} from './row-bitmap.ts';

/**
 * Who looks. In blind mode a score, and other people's opinions, stay hidden until the viewer has
 * given their own.
 */
export type Viewer = { examinerId: ExaminerId | null; blind: boolean };

/**
 * [Note: the grid's indexes] A row of `verdict` is a kilobyte wide. Each index of the grid holds
 * every column a filter or an order asks for in 40 bytes, so that no question reads a row it does
 * not show: a page walks the index of its order and stops when it is full, a count reads the index
 * whose order is that of the cells. They are named in the query, since the planner's own choice
 * (walk one index, fetch each row to see the rest of it) takes ten times as long.
 */
export const verdictsBy = (index: FindingSort['by'] | 'cell' | 'file') =>
  sql<VerdictTable & { id: number }>`verdict`.as<'v'>(sql`v INDEXED BY ${sql.raw(INDEXES[index])}`);

const INDEXES = {
  score: 'verdict_by_score',
  path: 'verdict_by_path',
  sizePx: 'verdict_by_size',
  sharpness: 'verdict_by_sharpness',
  kind: 'verdict_by_kind',
  added: 'verdict_by_added',
  cell: 'verdict_by_cell',
  file: 'verdict_by_file',
} as const;

const fileId = sql`v.evidence_id`;
const verdictId = sql`v.id`;

/**
 * [Note: blind filters] In blind mode a filter or order by score or leaning would tell what is
 * hidden: rows the viewer has not decided never match a filter by score or leaning, and an order by
 * score falls back to the path for the whole list. That models disagree is told by their scores. The most telling faces of a track are those with
 * the highest scores: in blind mode its first face stands for it.
 */
export function conditions(opened: ReadableCase, filter: FindingFilter, viewer: Viewer): Expression<SqlBool>[] {
  const { db } = opened;
  const { kinds, leanings, scoreMin, scoreMax, modelId, ownConclusions } = filter;
  const all = restConditions(opened, filter, viewer);
  if (kinds || leanings) all.push(inCells(filter));
  if (scoreMin !== undefined) all.push(sql<SqlBool>`v.score >= ${scoreMin}`);
  if (scoreMax !== undefined) all.push(sql<SqlBool>`v.score <= ${scoreMax}`);
  if (modelId !== undefined) all.push(isIn(maskOfNumbers(parametersOf(db, modelId)), sql`v.parameters_id`));
  if (ownConclusions) all.push(byOwnConclusion(db, ownConclusions, viewer));
  const byScore = leanings !== undefined || scoreMin !== undefined || scoreMax !== undefined;
  if (viewer.blind && byScore) all.push(isIn(decidedVerdicts(db, viewer.examinerId), verdictId));
  return all;
}

/**
 * What the filter asks beside what the cells tell: file, exhibit, path, size, sharpness, tags, groups,
 * faces of films; and that it stands.
 */
export function restConditions(opened: ReadableCase, filter: FindingFilter, viewer: Viewer): Expression<SqlBool>[] {
  const { db } = opened;
  const all: Expression<SqlBool>[] = [];
  const add = (value: unknown, condition: RawBuilder<SqlBool>): void => {
    if (value !== undefined) all.push(condition);
  };
  add(filter.evidenceId, sql`v.evidence_id = ${filter.evidenceId}`);
  add(filter.sizePxMin, sql`v.size_px >= ${filter.sizePxMin}`);
  add(filter.sharpnessMin, sql`v.sharpness >= ${filter.sharpnessMin}`);
  if (filter.exhibits) all.push(isIn(filesFrom(db, rootsNumbered(db, filter.exhibits)), fileId));
  if (filter.pathContains) all.push(inFilesNamed(db, filter.pathContains));
  if (filter.tags) all.push(hasTag(tagged(db, viewer, filter.tags)));
  if (filter.groups) all.push(inGroups(opened, filter.groups));
  const aside = setAside(db, viewer);
  const shown = shownAside(filter);
  if (aside && shown === 'without') all.push(isNotIn(aside, verdictId));
  if (shown === 'only') all.push(aside ? isIn(aside, verdictId) : sql<SqlBool>`0`);
  const gone = supersededVerdicts(db);
  if (gone) all.push(isNotIn(gone.mask, verdictId));
  if (filter.modelsDisagree) {
    all.push(isIn(disagreed(db), verdictId));
    if (viewer.blind) all.push(isIn(decidedVerdicts(db, viewer.examinerId), verdictId));
  }
  const ofFilms = filter.videoFrames === 'key' ? films(db) : undefined;
  if (ofFilms) all.push(onlyTelling(db, ofFilms, viewer));
  return all;
}

/** What the filter does with what was called no face. */
export const shownAside = ({ notAFace, ownConclusions }: FindingFilter): 'with' | 'only' | 'without' =>
  notAFace ?? (ownConclusions?.includes('notAFace') ? 'with' : 'without');

function inFilesNamed(db: CaseDatabase, text: string): Expression<SqlBool> {
  const { mask, few } = filesNamed(db, text);
  return few
    ? sql<SqlBool>`v.evidence_id IN (SELECT value FROM json_each(${JSON.stringify(few)}))`
    : isIn(mask, fileId);
}

/**
 * True where the filter names one file or a few: then their rows are read from the index by file,
 * and no others.
 */
export const isOfFewFiles = (db: CaseDatabase, { evidenceId, pathContains }: FindingFilter): boolean =>
  evidenceId !== undefined || (!!pathContains && filesNamed(db, pathContains).few !== undefined);

/** No face of a film, or one that stands for its track. */
function onlyTelling(db: CaseDatabase, ofFilms: Uint8Array, viewer: Viewer): Expression<SqlBool> {
  const telling = trackVerdicts(db, viewer.blind ? 'first' : 'key');
  return sql<SqlBool>`(${isNotIn(ofFilms, fileId)} OR v.face_id IS NULL OR ${isIn(telling, verdictId)})`;
}

/** True where a finding of that cell is wanted by kind and leaning. */
export const isWanted = ({ kinds, leanings }: FindingFilter, { kind, leaning }: Omit<FindingCell, 'bin'>): boolean =>
  (!kinds || kinds.includes(kind)) && (!leanings || (leaning !== null && leanings.includes(leaning)));

/**
 * A few cells, those of the kinds without a score, can be looked up in the index by cell; many are
 * looked at one by one.
 */
function inCells(filter: FindingFilter): Expression<SqlBool> {
  const codes = CELLS.flatMap((cell, code) => (isWanted(filter, cell) ? [code] : []));
  if (codes.length > 0 && codes.length < SCORE_BINS) return sql<SqlBool>`v.cell IN (${sql.join(codes)})`;
  return isIn(maskOfNumbers(codes), sql`v.cell`);
}

function byOwnConclusion(
  db: CaseDatabase,
  wanted: NonNullable<FindingFilter['ownConclusions']>,
  { examinerId }: Viewer,
): Expression<SqlBool> {
  const given = wanted.filter((one) => one !== 'none');
  if (!wanted.includes('none')) return isIn(decidedVerdicts(db, examinerId, given), verdictId);
  const others = CONCLUSIONS.filter((one) => !given.includes(one));
  return isNotIn(decidedVerdicts(db, examinerId, others), verdictId);
}

/** What an opinion that stands can say. */
const CONCLUSIONS: readonly Conclusion[] = STANDING;
