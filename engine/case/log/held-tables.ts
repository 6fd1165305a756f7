// How every table of a case is held against the audit log, column by column. A table or column that
// is not named here fails a test (held-tables.test.ts): whoever adds one says how a change of it
// behind the workstation's back is found.
import type { Verification } from '../../../contract/case.ts';
import type { Tables } from '../db/tables.ts';

type ProblemKind = Verification['problems'][number]['kind'];
type Columns<T extends keyof Tables> = readonly (keyof Tables[T] & string)[];

/**
 * `scan` and `entry`: rows are only added, and hashed in the order of their ids, those of a scan by
 * the entry at its end, others by the entry that was made with them.
 * `video`: hashed film by film when a scan ends. `otherwise`: held in another way, named by `how`.
 */
type Held<T extends keyof Tables> =
  | {
      by: 'scan' | 'entry';
      kind: ProblemKind;
      what: string;
      columns: Columns<T>;
      /** Lists of columns by which earlier versions sealed: no seal has others. */
      earlier?: readonly Columns<T>[];
      /** Columns that change later, and how they are held. */
      elsewhere?: Partial<Record<keyof Tables[T] & string, string>>;
    }
  | { by: 'video' | 'otherwise'; how: string; columns: Columns<T>; earlier?: readonly Columns<T>[] };

export const HELD: { readonly [T in keyof Tables]: Held<T> } = {
  evidence: {
    by: 'scan',
    kind: 'evidenceChanged',
    what: 'evidence row',
    columns: ['id', 'path', 'relative_path', 'size_bytes', 'modified_at', 'added_at', 'sha256'],
    elsewhere: {
      state: 'of the files that a scan went through, at its end; an entry for each later change',
      media_type: 'with the state',
    },
  },
  face: {
    by: 'scan',
    kind: 'faceChanged',
    what: 'face',
    columns: [
      'id',
      'evidence_id',
      'frame_index',
      'time_ms',
      'face_index',
      'pipeline_version',
      'finder_sha256',
      'box',
      'finder_score',
      'landmarks',
      'found_at_rotation',
      'quality',
      'pts',
    ],
  },
  parameters: { by: 'scan', kind: 'verdictChanged', what: 'set of parameters', columns: ['id', 'sha256', 'json'] },
  verdict: {
    by: 'scan',
    kind: 'verdictChanged',
    what: 'verdict',
    columns: [
      'id',
      'evidence_id',
      'face_id',
      'model_id',
      'pipeline_version',
      'parameters_id',
      'made_at',
      'kind',
      'score',
      'leaning',
      'reason',
      'crop_sha256',
      'box',
      'size_px',
      'sharpness',
      'relative_path',
      'outcome',
    ],
  },
  examiner: {
    by: 'entry',
    kind: 'examinerChanged',
    what: 'examiner',
    columns: ['id', 'name', 'added_at'],
    elsewhere: { mistaken_at: 'the entries that mark a name as a mistake, or take that back' },
  },
  opinion: {
    by: 'entry',
    kind: 'opinionChanged',
    what: 'opinion',
    columns: ['id', 'evidence_id', 'face_id', 'track_id', 'examiner_id', 'conclusion', 'note', 'blind', 'given_at'],
    earlier: [['id', 'evidence_id', 'face_id', 'examiner_id', 'conclusion', 'note', 'blind', 'given_at']],
  },
  tag: {
    by: 'entry',
    kind: 'tagChanged',
    what: 'definition of a tag',
    columns: ['id', 'name', 'colour', 'key', 'examiner_id', 'defined_at'],
  },
  tagging: {
    by: 'entry',
    kind: 'tagChanged',
    what: 'tagging',
    columns: ['id', 'tag_id', 'evidence_id', 'face_id', 'examiner_id', 'standing', 'by_id', 'at'],
  },
  alteration: {
    by: 'entry',
    kind: 'alterationChanged',
    what: 'finding of changed evidence',
    columns: ['id', 'evidence_id', 'noticed_at', 'kind', 'found', 'who'],
  },
  relocation: {
    by: 'entry',
    kind: 'evidenceChanged',
    what: 'place of evidence',
    columns: ['id', 'evidence_id', 'path', 'modified_at', 'at'],
  },
  provenance: {
    by: 'entry',
    kind: 'provenanceChanged',
    what: 'examination of structure and credentials',
    columns: ['id', 'evidence_id', 'examined_at', 'app_version', 'json'],
  },
  video_scan: {
    by: 'video',
    how: 'with its frames and tracks',
    columns: [
      'id',
      'evidence_id',
      'model_id',
      'pipeline_version',
      'sampling',
      'finished',
      'pts_runs',
      'minimum_face_px',
    ],
    earlier: [['id', 'evidence_id', 'model_id', 'pipeline_version', 'sampling', 'finished', 'pts_runs']],
  },
  video_frame: {
    by: 'video',
    how: 'with its scan',
    columns: ['video_scan_id', 'frame_index', 'pts', 'time_ms', 'scene_change', 'faces'],
  },
  track: { by: 'video', how: 'with its scan', columns: ['id', 'video_scan_id', 'track_index'] },
  track_face: { by: 'video', how: 'with its scan', columns: ['track_id', 'face_id', 'is_key'] },
  case_info: {
    by: 'otherwise',
    how: 'the entries that made and configured the case',
    columns: ['id', 'title', 'reference', 'created_at', 'demonstration', 'reason_rule'],
  },
  rerun: {
    by: 'otherwise',
    how: 'the hash in the entry at the end of each rerun',
    columns: ['job_id', 'verdict_id', 'result', 'json'],
  },
  stability: {
    by: 'otherwise',
    how: 'the hash in the entry at the end of each run',
    columns: ['job_id', 'verdict_id', 'result', 'json'],
  },
  model: { by: 'otherwise', how: 'the entry of each card', columns: ['id', 'json'] },
  model_card: { by: 'otherwise', how: 'the entry of each card', columns: ['sha256', 'model_id', 'json'] },
  current_opinion: {
    by: 'otherwise',
    how: 'made again from the opinions',
    columns: ['evidence_id', 'face_id', 'examiner_id', 'opinion_id', 'conclusion', 'track_id'],
  },
  current_tag: {
    by: 'otherwise',
    how: 'made again from the taggings',
    columns: ['evidence_id', 'face_id', 'tag_id', 'examiner_id', 'tagging_id'],
  },
  same_person: {
    by: 'otherwise',
    how: 'made again from the names of the examiners',
    columns: ['examiner_id', 'first_id'],
  },
  same_track: { by: 'otherwise', how: 'made again from the tracks', columns: ['track_id', 'first_id'] },
  superseded_verdict: { by: 'otherwise', how: 'made again from the verdicts', columns: ['verdict_id'] },
  source: { by: 'otherwise', how: 'made again from the evidence rows', columns: ['id', 'root'] },
  audit: {
    by: 'otherwise',
    how: 'its own chain',
    columns: ['seq', 'at', 'who', 'action', 'subject', 'details', 'previous_hash', 'hash'],
  },
  job: {
    by: 'otherwise',
    how: 'not: it says what is to be done, not what was found; bound to where it was queued',
    columns: ['id', 'kind', 'state', 'input', 'progress', 'error', 'created_at', 'started_at', 'ended_at', 'bound_to'],
  },
  saved_view: {
    by: 'otherwise',
    how: 'not: it is a way of looking, and says nothing of evidence',
    columns: ['id', 'name', 'filter', 'sort'],
  },
};

/** A table whose rows are hashed in the order of their ids. */
export type SealedTable = {
  [T in keyof Tables]: Tables[T] extends { id: unknown } ? T : never;
}[keyof Tables];

const tablesBy = (by: 'scan' | 'entry'): SealedTable[] =>
  (Object.keys(HELD) as (keyof Tables)[]).filter((name) => HELD[name].by === by) as SealedTable[];

export const SCAN_TABLES: readonly SealedTable[] = tablesBy('scan');
export const ENTRY_TABLES: readonly SealedTable[] = tablesBy('entry');

/**
 * True for a list of columns by which rows of a table are sealed now, or were by an earlier version:
 * a seal over others would hold less than it seems to.
 */
export function isLayout(table: keyof Tables, columns: unknown): columns is readonly string[] {
  const { columns: now, earlier = [] } = HELD[table];
  const wanted = JSON.stringify(columns);
  return [now, ...earlier].some((one) => JSON.stringify(one) === wanted);
}

/** What is said of a table whose rows are sealed. */
export function sealedWords(table: SealedTable): { kind: ProblemKind; what: string } {
  const held = HELD[table];
  if (held.by !== 'scan' && held.by !== 'entry') throw new Error(`Rows of ${table} are not sealed.`);
  return held;
}
