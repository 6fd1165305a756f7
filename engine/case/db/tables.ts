// The case database's tables as types, for the query builder. The SQL that makes them is in
// migrations.ts.
import type { Generated, GeneratedAlways } from 'kysely';

export type CaseInfoTable = {
  id: number;
  title: string;
  reference: string;
  created_at: string;
  demonstration: number;
  reason_rule: Generated<string>;
};
export type ExaminerTable = {
  id: Generated<number>;
  name: string;
  added_at: string;
  mistaken_at: Generated<string | null>;
};
export type EvidenceTable = {
  id: Generated<number>;
  path: string;
  relative_path: string;
  media_type: string;
  size_bytes: number;
  modified_at: string | null;
  added_at: string;
  sha256: string | null;
  state: string;
  /**
   * The folder taken in, with its separator: the path without the relative one. Computed by SQLite.
   */
  root: GeneratedAlways<string>;
};
/**
 * Every folder that files were taken in from, in that order. Append-only; filled by a trigger of
 * `evidence`.
 */
export type SourceTable = { id: Generated<number>; root: string };
export type FaceTable = {
  id: Generated<number>;
  evidence_id: number;
  frame_index: number;
  time_ms: number;
  face_index: number;
  pipeline_version: number;
  finder_sha256: string;
  box: string;
  finder_score: number;
  landmarks: string;
  found_at_rotation: number;
  quality: string;
  pts: number | null;
};
export type VideoScanTable = {
  id: Generated<number>;
  evidence_id: number;
  model_id: string;
  pipeline_version: number;
  sampling: string;
  finished: number;
  pts_runs: string | null;
  /** Smallest face scored, pixels; null where the walk was begun before it was recorded. */
  minimum_face_px: number | null;
};
export type VideoFrameTable = {
  video_scan_id: number;
  frame_index: number;
  pts: number;
  time_ms: number;
  scene_change: number;
  faces: number;
};
export type TrackTable = { id: Generated<number>; video_scan_id: number; track_index: number };
export type TrackFaceTable = { track_id: number; face_id: number; is_key: number };
export type ModelTable = { id: string; json: string };
/** Every card a model had in this case, by the hash of its canonical JSON. Append-only. */
export type ModelCardTable = { sha256: string; model_id: string; json: string };
export type ParametersTable = { id: Generated<number>; sha256: string; json: string };
export type VerdictTable = {
  id: Generated<number>;
  evidence_id: number;
  face_id: number | null;
  model_id: string;
  pipeline_version: number;
  parameters_id: number;
  made_at: string;
  kind: string;
  score: number | null;
  leaning: string | null;
  reason: string | null;
  crop_sha256: string | null;
  box: string | null;
  size_px: number | null;
  sharpness: number | null;
  relative_path: string;
  outcome: string;
  /** Kind, leaning and score bin as one number (grid-bucket.ts), computed by SQLite. */
  cell: GeneratedAlways<number>;
  /** Of a film without a face, how many of its frames were looked at. */
  frames_seen: GeneratedAlways<number | null>;
};
/**
 * Verdicts that no longer stand: a face was too small for one scan and judged by a later one, or a
 * film had no face in fewer frames than a later one looked at.
 * Written by a trigger, append-only.
 */
export type SupersededVerdictTable = { verdict_id: number };
export type OpinionTable = {
  id: Generated<number>;
  evidence_id: number;
  face_id: number | null;
  track_id: Generated<number | null>;
  examiner_id: number;
  conclusion: string;
  note: string;
  blind: number;
  given_at: string;
};
/**
 * What each person says of each face; face_id 0 stands for the whole file, examiner_id for the
 * person (`same_person`). One on a track stands at those of its faces that have none of their own,
 * with its `track_id`. Derived from `opinion`.
 */
export type CurrentOpinionTable = {
  evidence_id: number;
  face_id: number;
  examiner_id: number;
  opinion_id: number;
  conclusion: string;
  track_id: number | null;
};
/**
 * Rows of `examiner` whose name is that of an earlier row, in another spelling: of cases made
 * before names were compared. Derived from `examiner`.
 */
export type SamePersonTable = { examiner_id: number; first_id: number };
/** Tracks with exactly the faces of an earlier one. Derived from `track_face`. */
export type SameTrackTable = { track_id: number; first_id: number };
/** A tag as it was defined; of one name the first row numbers it, the latest counts. Append-only. */
export type TagTable = {
  id: Generated<number>;
  name: string;
  colour: string;
  key: string | null;
  examiner_id: number;
  defined_at: string;
};
/**
 * Whether the mark of an examiner on a face (null: the whole file) stands from then on, and who
 * entered that. Append-only.
 */
export type TaggingTable = {
  id: Generated<number>;
  tag_id: number;
  evidence_id: number;
  face_id: number | null;
  examiner_id: number;
  standing: number;
  by_id: number;
  at: string;
};
/** Marks that stand; face_id 0 stands for the whole file. Derived from `tagging`. */
export type CurrentTagTable = {
  evidence_id: number;
  face_id: number;
  tag_id: number;
  examiner_id: number;
  tagging_id: number;
};
export type AuditTable = {
  seq: number;
  at: string;
  who: string;
  action: string;
  subject: string;
  details: string;
  previous_hash: string;
  hash: string;
};
export type JobTable = {
  id: Generated<number>;
  kind: string;
  state: string;
  input: string;
  progress: string;
  error: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  /** What binds it to the machine and the folder that queued it (engine/jobs/job-binding.ts). */
  bound_to: string | null;
};
export type SavedViewTable = { id: Generated<number>; name: string; filter: string; sort: string };
/** A verdict made again by a job. Append-only. */
export type RerunTable = { job_id: number; verdict_id: number; result: string; json: string };
/** What the battery came to on a verdict. Append-only. */
export type StabilityTable = RerunTable;
/** Evidence found to be no longer what was taken in. Append-only. */
export type AlterationTable = {
  id: Generated<number>;
  evidence_id: number;
  noticed_at: string;
  kind: string;
  found: string;
  who: string;
};
/** Where a file lies since it was said to have moved; the latest row counts. Append-only. */
export type RelocationTable = {
  id: Generated<number>;
  evidence_id: number;
  path: string;
  modified_at: string;
  at: string;
};
/** Structure and content credentials of a file, as examined once. Append-only. */
export type ProvenanceTable = {
  id: Generated<number>;
  evidence_id: number;
  examined_at: string;
  app_version: string;
  json: string;
};

export type Tables = {
  case_info: CaseInfoTable;
  examiner: ExaminerTable;
  evidence: EvidenceTable;
  source: SourceTable;
  face: FaceTable;
  video_scan: VideoScanTable;
  video_frame: VideoFrameTable;
  track: TrackTable;
  track_face: TrackFaceTable;
  model: ModelTable;
  model_card: ModelCardTable;
  parameters: ParametersTable;
  verdict: VerdictTable;
  superseded_verdict: SupersededVerdictTable;
  opinion: OpinionTable;
  current_opinion: CurrentOpinionTable;
  same_person: SamePersonTable;
  same_track: SameTrackTable;
  tag: TagTable;
  tagging: TaggingTable;
  current_tag: CurrentTagTable;
  audit: AuditTable;
  job: JobTable;
  saved_view: SavedViewTable;
  rerun: RerunTable;
  stability: StabilityTable;
  alteration: AlterationTable;
  provenance: ProvenanceTable;
  relocation: RelocationTable;
};
