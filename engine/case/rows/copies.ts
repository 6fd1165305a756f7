// Which pictures of a case have a hash by which near copies are found, and what the log holds of those
// that were made.
import { type EvidenceId, type Sha256, sha256Schema, type VerdictId } from '../../../contract/brand.ts';
import type { PicturePlace } from '../../../contract/copies.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { cachedUntilWrite } from '../db/cached-until-write.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { firstEntryHash, lastAudit } from '../log/audit.ts';
import { isCount } from '../log/segment.ts';
import { getEvidence } from './evidence.ts';
import type { BoundHere } from './persons.ts';

/** A frame of a film by its number and time stamp. */
export type FrameOf = { index: number; pts: number; timeMs: number };
/** A picture that is to have a hash, and a file it is of. */
export type PictureOf = { evidenceId: EvidenceId; sha256: Sha256; frame: FrameOf | null };

/** What an entry of the log says of the file of hashes. */
export type SaidOfHashes = { pictures: number; bytes: number; sha256: Sha256 };
/** Hashes as an entry of the log holds them. */
export type HeldHashes = SaidOfHashes & { seq: number; boundTo: string | undefined };

/** Entries that hold which hashes are there. */
const HOLDING_HASHES = ['copies.made', 'copies.finished'] as const;

/** What the last entry on hashes holds; undefined where there are to be none. */
export function heldHashes(opened: ReadableCase): HeldHashes | undefined {
  const last = lastAudit(opened, ...HOLDING_HASHES);
  if (!last) return undefined;
  const { pictures, bytes } = last.details;
  const [sha256, boundTo] = [last.details.sha256, last.details.boundTo].map((one) => sha256Schema.safeParse(one).data);
  if (!isCount(pictures) || pictures === 0 || !isCount(bytes) || !sha256) return undefined;
  return { seq: last.seq, pictures, bytes, sha256, boundTo };
}

/**
 * Binds hashes to the installation that makes them, for this case: whoever can write the folder can
 * write hashes that miss what should be found, and an entry that fits, and not this.
 */
export const bindHashes = (
  opened: ReadableCase,
  { pictures, bytes, sha256 }: SaidOfHashes,
  boundHere: BoundHere,
): string =>
  boundHere(
    canonicalJson({ what: 'hashes of pictures', created: firstEntryHash(opened), ...{ pictures, bytes, sha256 } }),
  );

export const areHashesMadeHere = (opened: ReadableCase, held: HeldHashes, boundHere: BoundHere): boolean =>
  held.boundTo === bindHashes(opened, held, boundHere);

type Row = { evidence_id: number; sha256: Sha256; frame_index: number | null; pts: number | null; time_ms: number };

/**
 * Still files that could be read, and frames of films in which a face was found, file by file; of equal
 * files the one that was taken in first.
 */
export function picturesOf({ db }: ReadableCase): PictureOf[] {
  const rows = db.raw
    .prepare(
      `SELECT min(id) AS evidence_id, sha256, NULL AS frame_index, NULL AS pts, 0 AS time_ms FROM evidence
         WHERE sha256 IS NOT NULL AND json_valid(state) AND state ->> '$.kind' = 'read' AND state -> '$.video' IS NULL
         GROUP BY sha256
       UNION ALL
       SELECT min(f.evidence_id), e.sha256, f.frame_index, f.pts, f.time_ms FROM face f JOIN evidence e ON e.id = f.evidence_id
         WHERE f.pts IS NOT NULL AND e.sha256 IS NOT NULL GROUP BY e.sha256, f.frame_index
       ORDER BY 1, 3`,
    )
    .all() as Row[];
  return rows.map(({ evidence_id, sha256, frame_index, pts, time_ms }) => ({
    evidenceId: evidence_id as EvidenceId,
    sha256,
    frame: frame_index === null || pts === null ? null : { index: frame_index, pts, timeMs: time_ms },
  }));
}

export const countPictures = (opened: ReadableCase): number =>
  cachedUntilWrite(opened.db, ['picturesToHash'], () => picturesOf(opened).length);

/** Where a picture is, and what opens it; undefined where the case has no such file. No word of a score. */
export function picturePlace(
  opened: ReadableCase,
  { of, frame }: { of: Sha256; frame: FrameOf | null },
): PicturePlace | undefined {
  const { db } = opened;
  const ids = db.raw.prepare('SELECT id FROM evidence WHERE sha256 = ? ORDER BY id').pluck().all(of) as EvidenceId[];
  const evidenceId = ids[0];
  if (evidenceId === undefined) return undefined;
  const { exhibit, shownPath } = getEvidence(opened, evidenceId);
  const verdictId = db.raw
    .prepare(
      `SELECT v.id FROM verdict v LEFT JOIN face f ON f.id = v.face_id WHERE v.evidence_id = ?
         AND (? IS NULL OR f.frame_index = ?) ORDER BY v.id LIMIT 1`,
    )
    .pluck()
    .get(evidenceId, frame?.index ?? null, frame?.index ?? null) as VerdictId | undefined;
  return {
    ...{ evidenceId, exhibit, shownPath, sha256: of },
    timeMs: frame?.timeMs ?? null,
    frame: frame && { index: frame.index, pts: frame.pts },
    verdictId: verdictId ?? null,
    sameBytes: ids.length - 1,
  };
}

/** The picture that a result is on; undefined where its file has no hash. */
export function pictureOfVerdict(
  { db }: ReadableCase,
  verdictId: VerdictId,
): Omit<PictureOf, 'evidenceId'> | undefined {
  const row = db.raw
    .prepare(
      `SELECT e.sha256, f.frame_index, f.pts, f.time_ms FROM verdict v JOIN evidence e ON e.id = v.evidence_id
         LEFT JOIN face f ON f.id = v.face_id WHERE v.id = ?`,
    )
    .get(verdictId) as Omit<Row, 'evidence_id'> | undefined;
  if (!row?.sha256) return undefined;
  const { sha256, frame_index, pts, time_ms } = row;
  return { sha256, frame: pts === null || frame_index === null ? null : { index: frame_index, pts, timeMs: time_ms } };
}
