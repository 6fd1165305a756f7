// Verdict rows. A file's faces and verdicts come in one transaction; a scan run again finds them
// and changes nothing.
import { sql } from 'kysely';
import type { EvidenceId, FaceId, ModelId, Sha256, VerdictId } from '../../../contract/brand.ts';
import type { EvidenceState } from '../../../contract/evidence.ts';
import type { Face, NewFace } from '../../../contract/face.ts';
import {
  type JudgedFace,
  type Verdict,
  type VerdictOutcome,
  type VerdictParameters,
  withDecoder,
} from '../../../contract/verdict.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { storedJson, storedObject } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import type { VerdictTable } from '../db/tables.ts';
import { setEvidenceState } from './evidence.ts';
import { addFace } from './face.ts';

/** All that a scan says of one file. `faces` empty means one verdict on the whole file. */
export type EvidenceVerdicts = {
  evidenceId: EvidenceId;
  relativePath: string;
  /** Undefined leaves the file's state as it is: a video is in the middle of being read. */
  state: EvidenceState | undefined;
  verdicts: readonly JudgedFace[];
  /** What decoded this file, where it is not what the batch's parameters name. */
  decoder?: string;
};

function parametersId({ db }: WritableCase, parameters: VerdictParameters): number {
  const sha256 = hashOfValue(parameters);
  db.run(
    query
      .insertInto('parameters')
      .values({ sha256, json: canonicalJson(parameters) })
      .onConflict((conflict) => conflict.doNothing()),
  );
  return db.first(query.selectFrom('parameters').select('id').where('sha256', '=', sha256))!.id;
}

/**
 * Writes a batch of files, all or nothing. A verdict whose key exists is left as it is; one on a
 * face that was too small so far stands in its place, and no face that was judged becomes too
 * small. So does one on a face, or on more of the frames, of a film that seemed to have none.
 */
export function addVerdicts(
  opened: WritableCase,
  parameters: VerdictParameters,
  batch: readonly EvidenceVerdicts[],
): void {
  opened.db.transaction(() => {
    const ids = new Map<string, number>();
    for (const file of batch) {
      if (file.state) setEvidenceState(opened, file.evidenceId, file.state);
      const { decoder = parameters.decoder } = file;
      const id = ids.get(decoder) ?? parametersId(opened, withDecoder(parameters, decoder));
      ids.set(decoder, id);
      for (const { face, outcome } of file.verdicts) addVerdict(opened, parameters, id, file, face, outcome);
    }
  });
}

function addVerdict(
  opened: WritableCase,
  parameters: VerdictParameters,
  parametersId: number,
  file: EvidenceVerdicts,
  face: NewFace | null,
  outcome: VerdictOutcome,
): void {
  const { pipelineVersion, finderSha256 } = parameters;
  if (outcome.kind === 'noFace' && outcome.frames && isSaidOfMore(opened, file, outcome.frames, parameters)) return;
  const faceId: FaceId | null = face && addFace(opened, file.evidenceId, face, { pipelineVersion, finderSha256 });
  if (outcome.kind === 'faceTooSmall' && isJudged(opened, file.evidenceId, faceId!, parameters)) return;
  opened.db.run(
    query
      .insertInto('verdict')
      .values({
        evidence_id: file.evidenceId,
        face_id: faceId,
        model_id: parameters.modelId,
        pipeline_version: pipelineVersion,
        parameters_id: parametersId,
        made_at: opened.clock(),
        kind: outcome.kind,
        score: outcome.kind === 'scored' ? outcome.score : null,
        leaning: outcome.kind === 'scored' ? outcome.leaning : null,
        crop_sha256: 'cropSha256' in outcome ? outcome.cropSha256 : null,
        box: face && JSON.stringify(face.box),
        size_px: face?.quality.sizePx,
        sharpness: face?.quality.sharpness,
        relative_path: file.relativePath,
        outcome: canonicalJson(outcome),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
}

/**
 * Does another verdict stand on this film: on a face, on as many of its frames, or of another kind?
 * "No face" takes the place of what was said of fewer frames alone.
 */
const isSaidOfMore = (
  { db }: ReadableCase,
  { evidenceId }: EvidenceVerdicts,
  { lookedAt }: { lookedAt: number },
  { modelId, pipelineVersion }: VerdictParameters,
): boolean =>
  db.first(
    verdictsOf({ evidenceId, modelId, pipelineVersion })
      .select('id')
      .where(({ or, eb }) => or([eb('kind', '<>', 'noFace'), eb('frames_seen', '>=', lookedAt)]))
      .limit(1),
  ) !== undefined;

/** Whose verdicts on a file are asked for. */
export type VerdictsKey = { evidenceId: EvidenceId; modelId: ModelId; pipelineVersion: number };

const verdictsOf = ({ evidenceId, modelId, pipelineVersion }: VerdictsKey) =>
  query
    .selectFrom('verdict')
    .where('evidence_id', '=', evidenceId)
    .where('model_id', '=', modelId)
    .where('pipeline_version', '=', pipelineVersion);

/** True where the case has any verdict. */
export const hasResults = ({ db }: ReadableCase): boolean =>
  db.first(query.selectFrom('verdict').select('id').limit(1)) !== undefined;

/** True when this file has its verdicts from this model and pipeline. */
export const hasVerdicts = ({ db }: ReadableCase, key: VerdictsKey): boolean =>
  db.first(verdictsOf(key).select('id').limit(1)) !== undefined;

/**
 * True when a face of this file was too small for every scan so far and is not for one that scores
 * from `minimumFacePx` up.
 */
export const hasFacesToScore = ({ db }: ReadableCase, key: VerdictsKey, minimumFacePx: number): boolean =>
  db.first(
    verdictsOf(key)
      .select('id')
      .where('kind', '=', 'faceTooSmall')
      .where('size_px', '>=', minimumFacePx)
      .where('id', 'not in', superseded)
      .limit(1),
  ) !== undefined;

/** True where a face of this file is outside the model's limits, or it cannot tell of one. */
export const hasUndecided = ({ db }: ReadableCase, key: VerdictsKey): boolean =>
  db.first(
    verdictsOf(key)
      .select('id')
      .where(({ or, eb }) => or([eb('kind', '=', 'outOfDomain'), eb('leaning', '=', 'cannotTell')]))
      .where('id', 'not in', superseded)
      .limit(1),
  ) !== undefined;

/** Faces of this file that have a verdict from this model and pipeline. */
export const countFaces = ({ db }: ReadableCase, key: VerdictsKey): number =>
  Number(db.first(verdictsOf(key).select(({ fn }) => fn.count('face_id').distinct().as('n')))!.n);

/** Faces of one frame, 0 in a photograph, that have a verdict from this model and pipeline. */
export const countFacesOfFrame = ({ db }: ReadableCase, key: VerdictsKey, frameIndex: number): number =>
  Number(
    db.first(
      query
        .selectFrom('face as f')
        .innerJoin('verdict as v', (join) =>
          join.onRef('v.face_id', '=', 'f.id').on('v.evidence_id', '=', key.evidenceId),
        )
        .where('f.evidence_id', '=', key.evidenceId)
        .where('f.frame_index', '=', frameIndex)
        .where('v.model_id', '=', key.modelId)
        .where('v.pipeline_version', '=', key.pipelineVersion)
        .select(({ fn }) => fn.count('f.id').distinct().as('n')),
    )!.n,
  );

const isJudged = (
  { db }: ReadableCase,
  evidenceId: EvidenceId,
  faceId: FaceId,
  { modelId, pipelineVersion }: VerdictParameters,
): boolean =>
  db.first(
    verdictsOf({ evidenceId, modelId, pipelineVersion })
      .select('id')
      .where('face_id', '=', faceId)
      .where('kind', '<>', 'faceTooSmall')
      .limit(1),
  ) !== undefined;

type Row = Omit<VerdictTable, 'id' | 'cell' | 'frames_seen'> & { id: number };

export const verdictFromRow = (row: Row): Verdict => ({
  id: row.id as VerdictId,
  evidenceId: row.evidence_id as EvidenceId,
  faceId: row.face_id as FaceId | null,
  modelId: row.model_id as Sha256,
  madeAt: row.made_at,
  outcome: storedJson(row.outcome),
});

export function findVerdict(
  { db }: ReadableCase,
  id: VerdictId,
): { verdict: Verdict; parameters: VerdictParameters } | undefined {
  const row = db.first(query.selectFrom('verdict').selectAll().where('id', '=', id));
  if (!row) return undefined;
  const parameters = db.first(query.selectFrom('parameters').select('json').where('id', '=', row.parameters_id))!;
  return { verdict: verdictFromRow(row), parameters: storedJson(parameters.json) };
}

/** Ids of verdicts that no longer stand. */
export const superseded = query.selectFrom('superseded_verdict').select('verdict_id');

/** Every verdict that stands, in the order made, as they are asked for. */
export function* eachVerdict({ db }: ReadableCase): Generator<Verdict, void, undefined> {
  const standing = query.selectFrom('verdict').selectAll().where('id', 'not in', superseded).orderBy('id');
  for (const row of db.each(standing)) yield verdictFromRow(row);
}

export const allVerdicts = (opened: ReadableCase): Verdict[] => [...eachVerdict(opened)];

/**
 * What every verdict there ever was says, as it stands in its row: undefined for one that cannot be
 * read.
 */
export function* eachOutcome({ db }: ReadableCase): Generator<VerdictOutcome | undefined, void, undefined> {
  for (const { outcome } of db.each(query.selectFrom('verdict').select('outcome').orderBy('id')))
    yield storedObject(outcome);
}

/**
 * Every verdict's id, file by file, so that a file is read once. Out of the table itself: an index
 * that another program has made short of a row would leave its verdict out.
 */
export const allVerdictIds = ({ db }: ReadableCase): VerdictId[] =>
  db
    .all(
      query
        .selectFrom(sql<VerdictTable & { id: number }>`verdict`.as<'v'>(sql`v NOT INDEXED`))
        .select('v.id')
        .where('v.id', 'not in', superseded)
        .orderBy('v.evidence_id')
        .orderBy('v.id'),
    )
    .map((row) => row.id as VerdictId);

export const allParameters = ({ db }: ReadableCase): VerdictParameters[] =>
  db.all(query.selectFrom('parameters').select('json').orderBy('id')).map((row) => storedJson(row.json));

const standingOf = (evidenceId: EvidenceId) =>
  query.selectFrom('verdict').where('evidence_id', '=', evidenceId).where('id', 'not in', superseded).orderBy('id');

/** Ids of every verdict of one model on one file, in order. */
export const verdictIdsOf = ({ db }: ReadableCase, evidenceId: EvidenceId, modelId: ModelId): VerdictId[] =>
  db.all(standingOf(evidenceId).select('id').where('model_id', '=', modelId)).map((row) => row.id as VerdictId);

/** Every model's verdict on a face, in the order made. */
export const verdictsOfFace = (
  { db }: ReadableCase,
  { id, evidenceId }: Pick<Face, 'id' | 'evidenceId'>,
): VerdictId[] =>
  db.all(standingOf(evidenceId).select('id').where('face_id', '=', id)).map((row) => row.id as VerdictId);

/** What other models say of the same face, or of the same file as a whole; in the order made. */
export const verdictsBeside = ({ db }: ReadableCase, { evidenceId, faceId, modelId }: Verdict): Verdict[] =>
  db
    .all(
      standingOf(evidenceId)
        .selectAll()
        .where('face_id', faceId === null ? 'is' : '=', faceId)
        .where('model_id', '<>', modelId),
    )
    .map(verdictFromRow);
