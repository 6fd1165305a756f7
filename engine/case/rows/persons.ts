// Whether faces of a case may be compared, and what the log holds of the embeddings made for it. All
// of it is read from the log: it has who, when and why, and nothing else in the database speaks of it.
import { type SqlBool, sql } from 'kysely';
import { type EvidenceId, type FaceId, type Sha256, sha256Schema, type VerdictId } from '../../../contract/brand.ts';
import type { AuditEntry } from '../../../contract/case.ts';
import { GROUP_ACTIONS } from '../../../contract/face-groups.ts';
import type { FaceShown, PersonsState } from '../../../contract/persons.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { cachedUntilWrite } from '../db/cached-until-write.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { auditEntriesOf, firstEntryHash, firstEntryOf, lastAudit } from '../log/audit.ts';
import { getEvidence } from './evidence.ts';
import { findFace } from './face.ts';

/** Entries that hold which embeddings are there: how many, by which network, and the hash of all of them. */
export const HOLDING_EMBEDDINGS = ['persons.measured', 'persons.finished', 'persons.erased'] as const;

/**
 * What an entry says of the file. `facesSha256`: of what the case said of each face, in the order of
 * the records; entries of earlier versions do not have it.
 */
export type SaidOfEmbeddings = {
  embeddings: number;
  networkSha256: Sha256;
  sha256: Sha256;
  facesSha256?: Sha256 | undefined;
};

/**
 * What the case says of a face, as one text: of which file by its hash, and where in it. Undefined
 * for one that it does not have.
 */
export type FaceText = (faceId: number) => string | undefined;

/** Embeddings as an entry of the log holds them. */
export type HeldEmbeddings = SaidOfEmbeddings & {
  seq: number;
  /** What the installation that made them says of them; entries of earlier versions do not have it. */
  boundTo: string | undefined;
};

/** What the last entry on embeddings holds; undefined where there are to be none. */
export function heldEmbeddings(opened: ReadableCase): HeldEmbeddings | undefined {
  const last = lastAudit(opened, ...HOLDING_EMBEDDINGS);
  return last && last.action !== 'persons.erased' ? heldFrom(last) : undefined;
}

/** Entries may hold anything where numbers belong: such a one holds nothing. */
function heldFrom({ seq, details }: AuditEntry): HeldEmbeddings | undefined {
  const hashes = [details.networkSha256, details.sha256, details.facesSha256, details.boundTo];
  const [networkSha256, sha256, facesSha256, boundTo] = hashes.map((one) => sha256Schema.safeParse(one).data);
  const embeddings = countFrom(details.embeddings);
  if (embeddings === 0 || !networkSha256 || !sha256) return undefined;
  return { seq, embeddings, networkSha256, sha256, facesSha256, boundTo };
}

/** What only one installation can say of a text (files/installation-key.ts). */
export type BoundHere = (text: string) => string;

/**
 * Binds embeddings to the installation that makes them, for this case and the faces it has: whoever
 * can write the folder can write numbers and an entry that fits, and not this.
 */
export const bindEmbeddings = (opened: ReadableCase, said: SaidOfEmbeddings, boundHere: BoundHere): string => {
  const { embeddings, networkSha256, sha256, facesSha256 } = said;
  return boundHere(
    canonicalJson({
      what: 'embeddings of faces',
      created: firstEntryHash(opened),
      ...{ embeddings, networkSha256, sha256, facesSha256: facesSha256 ?? null },
    }),
  );
};

export const areMadeHere = (opened: ReadableCase, held: HeldEmbeddings, boundHere: BoundHere): boolean =>
  held.facesSha256 !== undefined && held.boundTo === bindEmbeddings(opened, held, boundHere);

/** What the case says of its faces, as far as embeddings follow from it. */
export function faceTexts({ db }: ReadableCase): FaceText {
  const compiled = query
    .selectFrom('face as f')
    .innerJoin('evidence as e', 'e.id', 'f.evidence_id')
    .select(['e.sha256', 'f.frame_index', 'f.pts', 'f.box', 'f.landmarks', 'f.found_at_rotation'])
    .where('f.id', '=', 0)
    .compile();
  return (faceId) => {
    const face = db.first<object>({ compile: () => ({ ...compiled, parameters: [faceId] }) });
    return face && JSON.stringify(Object.values(face));
  };
}

/** Entries after which there are no groups. */
const ENDING_GROUPS = ['persons.erased', 'case.unpacked'] as const;

/** Groups of faces as an entry of the log holds them. */
export type HeldGroups = { seq: number; steps: number; bytes: number; sha256: Sha256 };

/**
 * What the last entry on groups holds; undefined where there are to be none: a portable case leaves them
 * behind.
 */
export function heldGroups(opened: ReadableCase): HeldGroups | undefined {
  const last = lastAudit(opened, ...GROUP_ACTIONS, ...ENDING_GROUPS);
  return last && !isEnd(last) ? saidOfGroups(last) : undefined;
}

const isEnd = ({ action }: AuditEntry): boolean => ENDING_GROUPS.some((one) => one === action);

/** The number of the last entry after which there were none; 0 where there is none. */
export const endOfGroups = (opened: ReadableCase): number => lastAudit(opened, ...ENDING_GROUPS)?.seq ?? 0;

/** What an entry on groups holds; undefined where it has anything else in its numbers' place. */
export function saidOfGroups({ seq, details }: AuditEntry): HeldGroups | undefined {
  const [steps, bytes] = [countFrom(details.steps), countFrom(details.bytes)];
  const sha256 = sha256Schema.safeParse(details.sha256).data;
  return steps > 0 && bytes > 0 && sha256 ? { seq, steps, bytes, sha256 } : undefined;
}

const countFrom = (value: unknown): number => (Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Since when it is on, by whom and why; undefined while it is off. */
export function switchedOn(opened: ReadableCase): NonNullable<PersonsState['on']> | undefined {
  const last = lastAudit(opened, 'persons.on', 'persons.erased');
  if (last?.action !== 'persons.on') return undefined;
  return { at: last.at, who: last.who, reason: textOf(last.details.reason) };
}

/** Reports without redaction that were written since a group had a name, each file name once. */
export function reportsSinceNames(opened: ReadableCase): string[] {
  const named = firstEntryOf(opened, 'group.named');
  if (!named) return [];
  const written = auditEntriesOf(opened, 'report.exported').filter(
    ({ seq, details }) => seq > named.seq && details.redaction === 'none',
  );
  return [...new Set(written.map(({ subject }) => subject))];
}

/** The last erasure of the case. */
export function lastErasure(opened: ReadableCase): PersonsState['erased'] {
  const last = lastAudit(opened, 'persons.erased');
  if (!last) return null;
  const { reason, embeddings } = last.details;
  return { at: last.at, who: last.who, reason: textOf(reason), embeddings: countFrom(embeddings) };
}

/**
 * Of films the largest face of each track: the others are the same person a moment before or behind.
 * Not the most telling one: which that is tells of its score, which blind review hides.
 */
const isMeasured = sql<SqlBool>`(f.pts IS NULL OR f.id IN (SELECT face_id FROM (
  SELECT t.face_id, row_number() OVER (PARTITION BY t.track_id ORDER BY
    iif(json_valid(o.quality), o.quality ->> '$.sizePx', 0) DESC, t.face_id) AS place
  FROM track_face t JOIN face o ON o.id = t.face_id) WHERE place = 1))`;

/** Faces that have an embedding where it is on, file by file and frame by frame. */
export const facesToMeasure = ({ db }: ReadableCase): { id: FaceId; evidenceId: EvidenceId }[] =>
  db
    .all(
      query
        .selectFrom('face as f')
        .select(['f.id', 'f.evidence_id'])
        .where(isMeasured)
        .orderBy('f.evidence_id')
        .orderBy('f.frame_index')
        .orderBy('f.id'),
    )
    .map(({ id, evidence_id }) => ({ id: id as FaceId, evidenceId: evidence_id as EvidenceId }));

export const countFacesToMeasure = ({ db }: ReadableCase): number =>
  cachedUntilWrite(db, ['facesToMeasure'], () => {
    const counted = query.selectFrom('face as f').select(({ fn }) => fn.countAll().as('n'));
    return Number(db.first(counted.where(isMeasured))!.n);
  });

/** Where a face is, and what shows it; undefined where the case has no such face. No word of a score. */
export function faceShown(opened: ReadableCase, id: number): FaceShown | undefined {
  const face = findFace(opened, id as FaceId);
  if (!face) return undefined;
  const { exhibit, shownPath } = getEvidence(opened, face.evidenceId);
  const verdict = opened.db.first(
    query
      .selectFrom('verdict')
      .select(['id', 'crop_sha256'])
      .where('evidence_id', '=', face.evidenceId)
      .where('face_id', '=', face.id)
      .orderBy(sql`crop_sha256 IS NULL`)
      .orderBy('id')
      .limit(1),
  );
  return {
    faceId: face.id,
    evidenceId: face.evidenceId,
    exhibit,
    shownPath,
    verdictId: (verdict?.id ?? null) as VerdictId | null,
    hasPicture: verdict?.crop_sha256 != null,
    faceIndex: face.faceIndex,
    timeMs: face.pts === null ? null : face.timeMs,
  };
}

/** How large and how sharp the pictures of all faces are, by the number of the face. */
export function qualityOfFaces({ db }: ReadableCase): Map<number, { sizePx: number; sharpness: number }> {
  const measures = db.raw.prepare(
    `SELECT id, iif(json_valid(quality), quality ->> '$.sizePx', 0), iif(json_valid(quality), quality ->> '$.sharpness', 0) FROM face`,
  );
  const rows = measures.raw().all() as [number, unknown, unknown][];
  return new Map(rows.map(([id, sizePx, sharpness]) => [id, { sizePx: Number(sizePx), sharpness: Number(sharpness) }]));
}

/** In how many files these faces are. */
export const countFilesOf = ({ db }: ReadableCase, faces: readonly FaceId[]): number =>
  db.raw
    .prepare('SELECT count(DISTINCT evidence_id) FROM face WHERE id IN (SELECT value FROM json_each(?))')
    .pluck()
    .get(JSON.stringify(faces)) as number;
