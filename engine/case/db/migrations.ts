// The case database, step by step. Numbered, forward only: a step is never changed once it has been
// released. The number of steps taken is kept in PRAGMA user_version.

const refuseChange = (table: string): string => `
CREATE TRIGGER ${table}_is_append_only_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
CREATE TRIGGER ${table}_is_append_only_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

/**
 * SQL for the person an examiner's row names: several rows of cases made before can be one, and the
 * first stands for all of them.
 */
const personOf = (examiner: string): string =>
  `ifnull((SELECT first_id FROM same_person WHERE examiner_id = ${examiner}), ${examiner})`;

/** SQL for the first of all tracks with the same faces. */
const firstTrack = (track: string): string =>
  `ifnull((SELECT first_id FROM same_track WHERE track_id = ${track}), ${track})`;

/** SQL for the earliest track that has exactly the faces of this one. */
const earlierTrack = (track: string): string =>
  `(SELECT min(o.track_id) FROM track_face o WHERE o.face_id = (SELECT min(face_id) FROM track_face WHERE track_id = ${track})
    AND o.track_id < ${track}
    AND NOT EXISTS (SELECT face_id FROM track_face WHERE track_id = ${track} EXCEPT SELECT face_id FROM track_face WHERE track_id = o.track_id)
    AND NOT EXISTS (SELECT face_id FROM track_face WHERE track_id = o.track_id EXCEPT SELECT face_id FROM track_face WHERE track_id = ${track}))`;

/**
 * SQL for the opinion of a person that holds for a face (0: the whole file): their last word on it;
 * where that is none or withdrawn, the latest of their last words on tracks with it that is not
 * withdrawn. NULL where nothing holds. Arguments are SQL.
 */
const holding = ({ file, face, person }: { file: string; face: string; person: string }): string => {
  const theirs = (opinion: string): string =>
    `${opinion}.conclusion <> 'note' AND ${personOf(`${opinion}.examiner_id`)} = ${person}`;
  return `ifnull(
    (SELECT own.id FROM opinion own WHERE own.conclusion <> 'withdrawn' AND own.id = (SELECT c.id FROM opinion c
      WHERE c.evidence_id = ${file} AND c.face_id IS nullif(${face}, 0) AND c.track_id IS NULL AND ${theirs('c')}
      ORDER BY c.id DESC LIMIT 1)),
    (SELECT max(c.id) FROM track_face tf JOIN opinion c ON c.track_id = tf.track_id
      WHERE tf.face_id = ${face} AND c.conclusion <> 'withdrawn' AND ${theirs('c')}
      AND NOT EXISTS (SELECT 1 FROM track_face ltf JOIN opinion l ON l.track_id = ltf.track_id
        WHERE ltf.face_id = ${face} AND l.id > c.id AND ${firstTrack('l.track_id')} = ${firstTrack('c.track_id')} AND ${theirs('l')})))`;
};

/**
 * The same as `holding`, with one look at every opinion on a track of the face: of the words on
 * tracks that are one only the last can hold (SQLite gives the other columns of the row that has the
 * `max`).
 */
const holdingAtOnce = ({ file, face, person }: { file: string; face: string; person: string }): string => {
  const theirs = `c.conclusion <> 'note' AND ${personOf('c.examiner_id')} = ${person}`;
  return `ifnull(
    (SELECT own.id FROM opinion own WHERE own.conclusion <> 'withdrawn' AND own.id = (SELECT c.id FROM opinion c
      WHERE c.evidence_id = ${file} AND c.face_id IS nullif(${face}, 0) AND c.track_id IS NULL AND ${theirs}
      ORDER BY c.id DESC LIMIT 1)),
    (SELECT max(id) FROM (SELECT max(c.id) AS id, c.conclusion AS conclusion
      FROM track_face tf JOIN opinion c ON c.track_id = tf.track_id
      WHERE tf.face_id = ${face} AND ${theirs} GROUP BY ${firstTrack('c.track_id')}) WHERE conclusion <> 'withdrawn'))`;
};

/**
 * What stands of every opinion there is: of each person what holds for a face or file, else their
 * last withdrawal. What the triggers keep up with, at once.
 */
const standingAgain = (holds: typeof holding): string => `
DELETE FROM current_opinion;
INSERT INTO current_opinion
SELECT s.evidence_id, s.face_id, s.person, o.id, o.conclusion, o.track_id
FROM (SELECT evidence_id, face_id, person, max(id) AS last FROM (
    SELECT c.evidence_id, ifnull(c.face_id, 0) AS face_id, ${personOf('c.examiner_id')} AS person, c.id
    FROM opinion c WHERE c.track_id IS NULL AND c.conclusion <> 'note'
    UNION ALL
    SELECT c.evidence_id, tf.face_id, ${personOf('c.examiner_id')}, c.id
    FROM opinion c JOIN track_face tf ON tf.track_id = c.track_id WHERE c.conclusion <> 'note')
  GROUP BY evidence_id, face_id, person) s
JOIN opinion o ON o.id = ifnull(${holds({ file: 's.evidence_id', face: 's.face_id', person: 's.person' })}, s.last);
`;

/**
 * Ids of verdicts whose place a later scan of the same model took: on a face that was too small, and
 * on a film in which no face had been seen.
 */
export const SUPERSEDED = `SELECT s.id FROM verdict s WHERE s.kind IN ('faceTooSmall', 'noFace') AND EXISTS (
  SELECT 1 FROM verdict n WHERE n.evidence_id = s.evidence_id AND n.id > s.id
    AND n.model_id = s.model_id AND n.pipeline_version = s.pipeline_version AND CASE s.kind
      WHEN 'faceTooSmall' THEN n.face_id = s.face_id AND n.kind <> 'faceTooSmall'
      ELSE s.face_id IS NULL AND (n.face_id IS NOT NULL OR n.kind = 'noFace') END) ORDER BY s.id`;

export const STANDING_AGAIN = standingAgain(holdingAtOnce);

/** Which tracks have the faces of an earlier one, of every film: what `same_track` holds, in order. */
const SAME_TRACKS = `SELECT id, first_id
FROM (SELECT id, ${earlierTrack('track.id')} AS first_id FROM track) WHERE first_id IS NOT NULL ORDER BY id`;

/** SQL for the faces of a track in one text, in their order. */
const facesOf = (track: string): string =>
  `(SELECT group_concat(face_id) FROM (SELECT face_id FROM track_face WHERE track_id = ${track} ORDER BY face_id))`;

/** Step n takes a database from version n to n + 1. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE case_info (
  id INTEGER PRIMARY KEY CHECK (id = 1), title TEXT NOT NULL, reference TEXT NOT NULL, created_at TEXT NOT NULL,
  demonstration INTEGER NOT NULL) STRICT;
CREATE TABLE examiner (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, added_at TEXT NOT NULL) STRICT;
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, relative_path TEXT NOT NULL, media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, modified_at TEXT, added_at TEXT NOT NULL, sha256 TEXT, state TEXT NOT NULL) STRICT;
CREATE INDEX evidence_by_sha256 ON evidence (sha256);
CREATE TABLE face (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence, frame_index INTEGER NOT NULL, time_ms REAL NOT NULL,
  face_index INTEGER NOT NULL, pipeline_version INTEGER NOT NULL, finder_sha256 TEXT NOT NULL, box TEXT NOT NULL,
  finder_score REAL NOT NULL, landmarks TEXT NOT NULL, found_at_rotation INTEGER NOT NULL, quality TEXT NOT NULL,
  UNIQUE (evidence_id, frame_index, face_index, pipeline_version, finder_sha256)) STRICT;
CREATE TABLE model (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE parameters (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, json TEXT NOT NULL) STRICT;
CREATE TABLE verdict (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence, face_id INTEGER REFERENCES face,
  model_id TEXT NOT NULL REFERENCES model, pipeline_version INTEGER NOT NULL, parameters_id INTEGER NOT NULL REFERENCES parameters,
  made_at TEXT NOT NULL, kind TEXT NOT NULL, score REAL, leaning TEXT, reason TEXT, crop_sha256 TEXT, box TEXT, size_px REAL,
  sharpness REAL, relative_path TEXT NOT NULL, outcome TEXT NOT NULL,
  CHECK ((kind = 'scored') = (score IS NOT NULL))) STRICT;
CREATE UNIQUE INDEX verdict_key ON verdict (evidence_id, ifnull(face_id, 0), model_id, pipeline_version);
CREATE INDEX verdict_by_score ON verdict (score, evidence_id, face_id);
CREATE INDEX verdict_by_path ON verdict (relative_path, evidence_id, face_id);
CREATE INDEX verdict_by_size ON verdict (size_px, evidence_id, face_id);
CREATE INDEX verdict_by_sharpness ON verdict (sharpness, evidence_id, face_id);
CREATE INDEX verdict_by_kind ON verdict (kind, evidence_id, face_id);
CREATE INDEX verdict_counts ON verdict (kind, leaning);
CREATE TABLE opinion (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence, face_id INTEGER REFERENCES face,
  examiner_id INTEGER NOT NULL REFERENCES examiner, conclusion TEXT NOT NULL, note TEXT NOT NULL, blind INTEGER NOT NULL,
  given_at TEXT NOT NULL) STRICT;
CREATE INDEX opinion_by_subject ON opinion (evidence_id, face_id, id);
CREATE TABLE current_opinion (
  evidence_id INTEGER NOT NULL, face_id INTEGER NOT NULL, examiner_id INTEGER NOT NULL, opinion_id INTEGER NOT NULL REFERENCES opinion,
  conclusion TEXT NOT NULL, PRIMARY KEY (evidence_id, face_id, examiner_id)) STRICT, WITHOUT ROWID;
CREATE TRIGGER opinion_becomes_current AFTER INSERT ON opinion BEGIN
  INSERT INTO current_opinion VALUES (NEW.evidence_id, ifnull(NEW.face_id, 0), NEW.examiner_id, NEW.id, NEW.conclusion)
  ON CONFLICT DO UPDATE SET opinion_id = NEW.id, conclusion = NEW.conclusion; END;
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, details TEXT NOT NULL,
  previous_hash TEXT NOT NULL, hash TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE job (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, input TEXT NOT NULL, progress TEXT NOT NULL, error TEXT,
  created_at TEXT NOT NULL, started_at TEXT, ended_at TEXT) STRICT;
CREATE TABLE saved_view (id INTEGER PRIMARY KEY, name TEXT NOT NULL, filter TEXT NOT NULL, sort TEXT NOT NULL) STRICT;
${refuseChange('opinion')}
${refuseChange('audit')}
`,
  `
CREATE TABLE rerun (
  job_id INTEGER NOT NULL REFERENCES job, verdict_id INTEGER NOT NULL REFERENCES verdict, result TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (verdict_id, job_id)) STRICT, WITHOUT ROWID;
CREATE INDEX rerun_by_job ON rerun (job_id, verdict_id);
CREATE TABLE alteration (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence, noticed_at TEXT NOT NULL, kind TEXT NOT NULL,
  found TEXT NOT NULL, who TEXT NOT NULL) STRICT;
CREATE INDEX alteration_by_evidence ON alteration (evidence_id, id);
${refuseChange('verdict')}
${refuseChange('rerun')}
${refuseChange('alteration')}
`,
  `
ALTER TABLE face ADD COLUMN pts INTEGER;
CREATE TABLE video_scan (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence, model_id TEXT NOT NULL REFERENCES model,
  pipeline_version INTEGER NOT NULL, sampling TEXT NOT NULL, finished INTEGER NOT NULL, pts_runs TEXT,
  UNIQUE (evidence_id, model_id, pipeline_version, sampling)) STRICT;
CREATE TABLE video_frame (
  video_scan_id INTEGER NOT NULL REFERENCES video_scan, frame_index INTEGER NOT NULL, pts INTEGER NOT NULL, time_ms REAL NOT NULL,
  scene_change INTEGER NOT NULL, faces INTEGER NOT NULL, PRIMARY KEY (video_scan_id, frame_index)) STRICT, WITHOUT ROWID;
CREATE TABLE track (
  id INTEGER PRIMARY KEY, video_scan_id INTEGER NOT NULL REFERENCES video_scan, track_index INTEGER NOT NULL,
  UNIQUE (video_scan_id, track_index)) STRICT;
CREATE TABLE track_face (
  track_id INTEGER NOT NULL REFERENCES track, face_id INTEGER NOT NULL REFERENCES face, is_key INTEGER NOT NULL,
  PRIMARY KEY (track_id, face_id)) STRICT, WITHOUT ROWID;
CREATE INDEX track_face_by_face ON track_face (face_id, is_key);
`,
  `
CREATE TABLE provenance (
  evidence_id INTEGER PRIMARY KEY REFERENCES evidence, examined_at TEXT NOT NULL, app_version TEXT NOT NULL, json TEXT NOT NULL) STRICT;
`,
  `
DROP INDEX verdict_counts;
CREATE INDEX verdict_grid ON verdict (
  kind, leaning, model_id, score, size_px, sharpness, relative_path, evidence_id, face_id);
`,
  `
${refuseChange('video_frame')}
${refuseChange('track')}
${refuseChange('track_face')}
`,
  // A path can have several rows: those of looks at which no byte could be read, and one with a
  // hash.
  `
CREATE TABLE evidence_anew (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, relative_path TEXT NOT NULL, media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, modified_at TEXT, added_at TEXT NOT NULL, sha256 TEXT, state TEXT NOT NULL) STRICT;
INSERT INTO evidence_anew SELECT * FROM evidence;
DROP TABLE evidence;
ALTER TABLE evidence_anew RENAME TO evidence;
CREATE INDEX evidence_by_sha256 ON evidence (sha256);
CREATE INDEX evidence_by_path ON evidence (path, id);
CREATE UNIQUE INDEX evidence_hashed_once ON evidence (path) WHERE sha256 IS NOT NULL;
CREATE TABLE model_card (sha256 TEXT PRIMARY KEY, model_id TEXT NOT NULL REFERENCES model, json TEXT NOT NULL) STRICT;
ALTER TABLE case_info ADD COLUMN reason_rule TEXT NOT NULL DEFAULT 'whenOverriding';
${refuseChange('model_card')}
`,
  // Every index of the grid holds every column a filter asks for. See [Note: the grid's indexes] in
  // finding-filter.ts.
  `
ALTER TABLE verdict ADD COLUMN cell INTEGER GENERATED ALWAYS AS (CASE kind
  WHEN 'scored' THEN min(CAST(score * 40 AS INTEGER), 39) + CASE leaning
    WHEN 'towardsGenuine' THEN 0 WHEN 'cannotTell' THEN 40 WHEN 'towardsForged' THEN 80 ELSE 120 END
  WHEN 'outOfDomain' THEN 160 WHEN 'faceTooSmall' THEN 161 WHEN 'noFace' THEN 162 WHEN 'unreadable' THEN 163
  WHEN 'toolError' THEN 164 END) VIRTUAL;
DROP INDEX verdict_grid;
DROP INDEX verdict_by_score;
DROP INDEX verdict_by_path;
DROP INDEX verdict_by_size;
DROP INDEX verdict_by_sharpness;
DROP INDEX verdict_by_kind;
CREATE INDEX evidence_by_name ON evidence (relative_path);
CREATE INDEX verdict_by_cell ON verdict (cell, parameters_id, size_px, sharpness, score, evidence_id, face_id);
CREATE INDEX verdict_by_file ON verdict (evidence_id, face_id, cell, parameters_id, size_px, sharpness, score);
CREATE INDEX verdict_by_score ON verdict (score, evidence_id, face_id, id, cell, parameters_id, size_px, sharpness);
CREATE INDEX verdict_by_path ON verdict (relative_path, evidence_id, face_id, id, cell, parameters_id, size_px, sharpness, score);
CREATE INDEX verdict_by_size ON verdict (size_px, evidence_id, face_id, id, cell, parameters_id, sharpness, score);
CREATE INDEX verdict_by_sharpness ON verdict (sharpness, evidence_id, face_id, id, cell, parameters_id, size_px, score);
CREATE INDEX verdict_by_kind ON verdict (kind, evidence_id, face_id, id, cell, parameters_id, size_px, sharpness, score);
CREATE INDEX verdict_by_added ON verdict (id, evidence_id, face_id, cell, parameters_id, size_px, sharpness, score);
`,
  // The folders that files were taken in from, by number: entered with their first file, whoever
  // takes it in.
  `
ALTER TABLE evidence ADD COLUMN root TEXT NOT NULL GENERATED ALWAYS AS (
  substr(path, 1, max(0, length(path) - length(relative_path)))) VIRTUAL;
CREATE TABLE source (id INTEGER PRIMARY KEY, root TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO source (root) SELECT root FROM evidence GROUP BY root ORDER BY min(id);
CREATE TRIGGER evidence_has_source AFTER INSERT ON evidence BEGIN
  INSERT OR IGNORE INTO source (root) VALUES (NEW.root); END;
${refuseChange('source')}
`,
  // Where evidence lies that moved: the path of its intake stays, and may be that of another file
  // later.
  `
CREATE TABLE relocation (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence, path TEXT NOT NULL, modified_at TEXT NOT NULL,
  at TEXT NOT NULL) STRICT;
CREATE INDEX relocation_by_evidence ON relocation (evidence_id, id);
CREATE INDEX relocation_by_path ON relocation (path, id);
DROP INDEX evidence_hashed_once;
${refuseChange('relocation')}
  `,
  // A face that was too small for one scan is judged by a later one with a lower limit: both rows
  // stay, the later one stands. A video is walked through again under the lower limit. Walks of
  // before have no limit on record.
  `
DROP INDEX verdict_key;
CREATE UNIQUE INDEX verdict_key ON verdict (
  evidence_id, ifnull(face_id, 0), model_id, pipeline_version, (kind = 'faceTooSmall'));
CREATE TABLE superseded_verdict (verdict_id INTEGER PRIMARY KEY REFERENCES verdict) STRICT;
CREATE TRIGGER verdict_supersedes_too_small AFTER INSERT ON verdict WHEN NEW.face_id IS NOT NULL AND NEW.kind <> 'faceTooSmall' BEGIN
  INSERT INTO superseded_verdict SELECT id FROM verdict WHERE evidence_id = NEW.evidence_id AND face_id = NEW.face_id
    AND cell = 161 AND model_id = NEW.model_id AND pipeline_version = NEW.pipeline_version; END;
${refuseChange('superseded_verdict')}
CREATE TABLE video_scan_anew (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence, model_id TEXT NOT NULL REFERENCES model,
  pipeline_version INTEGER NOT NULL, sampling TEXT NOT NULL, finished INTEGER NOT NULL, pts_runs TEXT, minimum_face_px INTEGER,
  UNIQUE (evidence_id, model_id, pipeline_version, sampling, minimum_face_px)) STRICT;
INSERT INTO video_scan_anew (id, evidence_id, model_id, pipeline_version, sampling, finished, pts_runs)
  SELECT id, evidence_id, model_id, pipeline_version, sampling, finished, pts_runs FROM video_scan;
DROP TABLE video_scan;
ALTER TABLE video_scan_anew RENAME TO video_scan;
`,
  // Jobs are bound to where they were queued; examinations of files are numbered in their order, so
  // that they can be sealed.
  `
ALTER TABLE job ADD COLUMN bound_to TEXT;
CREATE TABLE provenance_anew (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL UNIQUE REFERENCES evidence, examined_at TEXT NOT NULL,
  app_version TEXT NOT NULL, json TEXT NOT NULL) STRICT;
INSERT INTO provenance_anew (evidence_id, examined_at, app_version, json)
  SELECT evidence_id, examined_at, app_version, json FROM provenance ORDER BY evidence_id;
DROP TABLE provenance;
ALTER TABLE provenance_anew RENAME TO provenance;
${refuseChange('provenance')}
${refuseChange('face')}
${refuseChange('parameters')}
`,
  // Opinions on a track hold for its faces that have none of their own; a note changes no opinion;
  // a name can be one by mistake.
  `
ALTER TABLE opinion ADD COLUMN track_id INTEGER REFERENCES track;
ALTER TABLE current_opinion ADD COLUMN track_id INTEGER;
ALTER TABLE examiner ADD COLUMN mistaken_at TEXT;
CREATE INDEX opinion_by_track ON opinion (track_id, id) WHERE track_id IS NOT NULL;
CREATE INDEX current_opinion_by_track ON current_opinion (track_id, opinion_id) WHERE track_id IS NOT NULL;
CREATE INDEX current_not_a_face ON current_opinion (conclusion) WHERE conclusion = 'notAFace';
DROP TRIGGER opinion_becomes_current;
CREATE TRIGGER opinion_becomes_current AFTER INSERT ON opinion WHEN NEW.conclusion <> 'note' AND NEW.track_id IS NULL BEGIN
  INSERT INTO current_opinion VALUES (NEW.evidence_id, ifnull(NEW.face_id, 0), NEW.examiner_id, NEW.id, NEW.conclusion, NULL)
  ON CONFLICT DO UPDATE SET opinion_id = NEW.id, conclusion = NEW.conclusion, track_id = NULL; END;
CREATE TRIGGER track_opinion_becomes_current AFTER INSERT ON opinion
WHEN NEW.conclusion <> 'note' AND NEW.track_id IS NOT NULL BEGIN
  INSERT INTO current_opinion SELECT NEW.evidence_id, face_id, NEW.examiner_id, NEW.id, NEW.conclusion, NEW.track_id
  FROM track_face WHERE track_face.track_id = NEW.track_id
  ON CONFLICT DO UPDATE SET opinion_id = NEW.id, conclusion = NEW.conclusion, track_id = NEW.track_id
  WHERE current_opinion.track_id IS NOT NULL OR current_opinion.conclusion = 'withdrawn'; END;
`,
  // One person and one track count once: names that differ in nothing that is part of a name
  // (filled by derived-tables.ts), and tracks with the same faces, which scans by several models
  // give. What is withdrawn or undone on a face lets the opinion on its track hold again.
  `
CREATE TABLE same_person (
  examiner_id INTEGER PRIMARY KEY REFERENCES examiner, first_id INTEGER NOT NULL REFERENCES examiner) STRICT;
CREATE TABLE same_track (
  track_id INTEGER PRIMARY KEY REFERENCES track, first_id INTEGER NOT NULL REFERENCES track) STRICT;
CREATE INDEX same_track_by_first ON same_track (first_id);
CREATE TRIGGER film_has_same_tracks AFTER UPDATE OF finished ON video_scan WHEN NEW.finished = 1 BEGIN
  INSERT OR IGNORE INTO same_track SELECT id, first_id
  FROM (SELECT id, ${earlierTrack('track.id')} AS first_id FROM track WHERE video_scan_id = NEW.id) WHERE first_id IS NOT NULL; END;
DROP TRIGGER opinion_becomes_current;
DROP TRIGGER track_opinion_becomes_current;
CREATE TRIGGER opinion_becomes_current AFTER INSERT ON opinion WHEN NEW.conclusion <> 'note' BEGIN
  INSERT OR REPLACE INTO current_opinion
  SELECT NEW.evidence_id, s.face_id, ${personOf('NEW.examiner_id')}, o.id, o.conclusion, o.track_id
  FROM (SELECT ifnull(NEW.face_id, 0) AS face_id WHERE NEW.track_id IS NULL
    UNION ALL SELECT face_id FROM track_face WHERE track_id = NEW.track_id) s
  JOIN opinion o ON o.id = ifnull(${holding({ file: 'NEW.evidence_id', face: 's.face_id', person: personOf('NEW.examiner_id') })}, NEW.id); END;
INSERT INTO same_track ${SAME_TRACKS};
${standingAgain(holding)}
`,
  // Tags: of a name the latest row says colour and key, the first gives its number. A row of `tagging`
  // says of one examiner's mark whether it stands, and who entered that.
  `
CREATE TABLE tag (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, colour TEXT NOT NULL, key TEXT, examiner_id INTEGER NOT NULL REFERENCES examiner,
  defined_at TEXT NOT NULL) STRICT;
CREATE TABLE tagging (
  id INTEGER PRIMARY KEY, tag_id INTEGER NOT NULL REFERENCES tag, evidence_id INTEGER NOT NULL REFERENCES evidence,
  face_id INTEGER REFERENCES face, examiner_id INTEGER NOT NULL REFERENCES examiner, standing INTEGER NOT NULL,
  by_id INTEGER NOT NULL REFERENCES examiner, at TEXT NOT NULL) STRICT;
CREATE TABLE current_tag (
  evidence_id INTEGER NOT NULL, face_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, examiner_id INTEGER NOT NULL,
  tagging_id INTEGER NOT NULL REFERENCES tagging, PRIMARY KEY (evidence_id, face_id, tag_id, examiner_id)) STRICT, WITHOUT ROWID;
CREATE INDEX current_tag_by_tag ON current_tag (tag_id, face_id, evidence_id, examiner_id);
CREATE TRIGGER tagging_becomes_current AFTER INSERT ON tagging WHEN NEW.standing = 1 BEGIN
  INSERT OR REPLACE INTO current_tag VALUES (NEW.evidence_id, ifnull(NEW.face_id, 0), NEW.tag_id, NEW.examiner_id, NEW.id); END;
CREATE TRIGGER tagging_ends_current AFTER INSERT ON tagging WHEN NEW.standing = 0 BEGIN
  DELETE FROM current_tag WHERE evidence_id = NEW.evidence_id AND face_id = ifnull(NEW.face_id, 0)
    AND tag_id = NEW.tag_id AND examiner_id = NEW.examiner_id; END;
${refuseChange('tag')}
${refuseChange('tagging')}
`,
  // The same rows as before, in work that does not grow with the square of the tracks that share a
  // face: each track is known by its faces.
  `
DROP TRIGGER film_has_same_tracks;
CREATE TRIGGER film_has_same_tracks AFTER UPDATE OF finished ON video_scan WHEN NEW.finished = 1 BEGIN
  INSERT OR IGNORE INTO same_track SELECT id, first_id
  FROM (SELECT id, min(id) OVER (PARTITION BY faces) AS first_id FROM (SELECT s.id, ${facesOf('s.id')} AS faces
    FROM (SELECT DISTINCT o.track_id AS id FROM track_face o WHERE o.face_id IN (
      SELECT (SELECT min(face_id) FROM track_face WHERE track_id = n.id) FROM track n WHERE n.video_scan_id = NEW.id)) s))
  WHERE first_id < id AND id IN (SELECT id FROM track WHERE video_scan_id = NEW.id); END;
DROP TRIGGER opinion_becomes_current;
CREATE TRIGGER opinion_becomes_current AFTER INSERT ON opinion WHEN NEW.conclusion <> 'note' BEGIN
  INSERT OR REPLACE INTO current_opinion
  SELECT NEW.evidence_id, s.face_id, ${personOf('NEW.examiner_id')}, o.id, o.conclusion, o.track_id
  FROM (SELECT ifnull(NEW.face_id, 0) AS face_id WHERE NEW.track_id IS NULL
    UNION ALL SELECT face_id FROM track_face WHERE track_id = NEW.track_id) s
  JOIN opinion o ON o.id = ifnull(${holdingAtOnce({ file: 'NEW.evidence_id', face: 's.face_id', person: personOf('NEW.examiner_id') })}, NEW.id); END;
`,
  // How firm verdicts are: the battery's scores on each, row by row as reruns are.
  `
CREATE TABLE stability (
  job_id INTEGER NOT NULL REFERENCES job, verdict_id INTEGER NOT NULL REFERENCES verdict, result TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (verdict_id, job_id)) STRICT, WITHOUT ROWID;
CREATE INDEX stability_by_job ON stability (job_id, verdict_id);
${refuseChange('stability')}
`,
  // That a film has no face is said of the frames that were looked at: a later scan of the same model
  // that finds one, or that looked at more of them, takes its place.
  `
ALTER TABLE verdict ADD COLUMN frames_seen INTEGER GENERATED ALWAYS AS (
  iif(kind = 'noFace' AND json_valid(outcome), outcome ->> '$.frames.lookedAt', NULL)) VIRTUAL;
DROP INDEX verdict_key;
CREATE UNIQUE INDEX verdict_key ON verdict (
  evidence_id, ifnull(face_id, 0), model_id, pipeline_version, (kind = 'faceTooSmall'), ifnull(frames_seen, -1));
CREATE TRIGGER verdict_supersedes_no_face AFTER INSERT ON verdict WHEN NEW.face_id IS NOT NULL OR NEW.kind = 'noFace' BEGIN
  INSERT OR IGNORE INTO superseded_verdict SELECT id FROM verdict WHERE evidence_id = NEW.evidence_id AND face_id IS NULL
    AND cell = 162 AND model_id = NEW.model_id AND pipeline_version = NEW.pipeline_version AND id < NEW.id; END;
INSERT OR IGNORE INTO superseded_verdict ${SUPERSEDED};
`,
];
