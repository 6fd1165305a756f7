// Whether an opinion must carry its reason: a setting of the case. An opinion against a calibrated
// verdict is one a court will ask about, and so is one that was changed once the score was seen. In
// blind mode nobody is asked before that: the question would tell what is hidden.
import { type SqlBool, sql } from 'kysely';
import type { ModelId } from '../../../contract/brand.ts';
import { type ReasonRule, reasonRuleSchema } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Model } from '../../../contract/model.ts';
import { type Conclusion, type Opinion, SHORTEST_REASON, type Subject } from '../../../contract/opinion.ts';
import { areaWarning } from '../../../contract/validation.ts';
import type { Leaning, VerdictOutcome } from '../../../contract/verdict.ts';
import { storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit } from '../log/audit.ts';
import { allModels } from './model.ts';
import { personOf } from './one-of.ts';
import { sharesFaces } from './opinion-rule.ts';

export const readReasonRule = ({ db }: ReadableCase): ReasonRule => {
  const rule = reasonRuleSchema.safeParse(db.first(query.selectFrom('case_info').select('reason_rule'))?.reason_rule);
  // A row that is gone, or holds none of them, is named by verify; the strictest rule forgets no
  // reason.
  return rule.success ? rule.data : 'always';
};

/** From the least that is asked for to the most. */
const STRICTNESS: readonly ReasonRule[] = ['never', 'whenOverriding', 'always'];

/**
 * Changes the rule from now on; opinions already given stand as they are. It holds for everybody, so
 * that somebody answers for it: throws NO_EXAMINER. Throws BLIND_REVIEW where whoever reviews blind
 * would be asked for less from then on.
 */
export function setReasonRule(opened: WritableCase, who: string, to: ReasonRule, blind = false): void {
  opened.db.transaction(() => {
    const from = readReasonRule(opened);
    if (from === to) return;
    if (who === '') throw new RecceError('NO_EXAMINER', 'The rule about reasons', 'it is changed under a name.');
    if (blind && STRICTNESS.indexOf(to) < STRICTNESS.indexOf(from))
      throw new RecceError(
        'BLIND_REVIEW',
        '',
        'whoever reviews blind cannot ask for fewer reasons than the case does.',
      );
    opened.db.run(query.updateTable('case_info').set({ reason_rule: to }));
    appendAudit(opened, { who, action: 'case.configured', subject: 'reason of an opinion', details: { from, to } });
  });
}

type Given = Subject & { conclusion: Conclusion; note: string; blind: boolean };

/**
 * Throws REASON_NEEDED. `standing`: what the examiner says of the subject until now. An undoing is
 * asked for only after a reveal.
 */
export function checkReason(
  opened: ReadableCase,
  { id }: { id: number },
  given: Given,
  standing: Opinion | undefined,
  what: 'give' | 'undo' = 'give',
): void {
  if (given.conclusion === 'note' || [...given.note.trim()].length >= SHORTEST_REASON) return;
  // Whatever the case asks for otherwise: what was said blind is worth what its changes are.
  if (changesAfterReveal(opened, id, given, standing))
    throw needed(given, 'Your first opinion was given blind, and the score has been seen since.');
  const rule = readReasonRule(opened);
  if (rule === 'never' || what === 'undo' || given.conclusion === 'withdrawn') return;
  if (rule === 'always') throw needed(given, 'Every opinion of this case carries one.');
  if (given.blind || given.conclusion === 'notAFace') return;
  const models = allModels(opened);
  const heard = new Set(models.filter(saysSomething).map(({ id }) => id));
  const judged = calibratedVerdicts(opened, given).filter(({ modelId }) => heard.has(modelId));
  const against = strongestAgainst(judged, given);
  if (against) throw needed(given, judgedSentence(against, models, given));
}

function needed({ note }: Given, why: string): RecceError {
  const found = note.trim() === '' ? 'The note is empty' : `The note is shorter than ${SHORTEST_REASON} characters`;
  return new RecceError('REASON_NEEDED', found, why);
}

/**
 * What was once said blind is now said differently: of the subject itself, or of faces of it for which
 * an opinion on their track, or on one of them, has held until now.
 */
function changesAfterReveal(
  { db }: ReadableCase,
  examinerId: number,
  { evidenceId, faceId, trackId, conclusion }: Given,
  standing: Opinion | undefined,
): boolean {
  const held = query
    .selectFrom('current_opinion')
    .select('opinion_id')
    .where('evidence_id', '=', evidenceId)
    .where(
      trackId == null
        ? sql<SqlBool>`face_id = ${faceId ?? 0}`
        : sql<SqlBool>`face_id IN (SELECT face_id FROM track_face WHERE track_id = ${trackId})`,
    )
    .where('examiner_id', '=', personOf(examinerId))
    .where('conclusion', '<>', conclusion);
  const changes = standing !== undefined && standing.conclusion !== conclusion;
  if (!changes && !db.first(held.limit(1))) return false;
  const blind = query
    .selectFrom('opinion as o')
    .select('o.id')
    .where('o.evidence_id', '=', evidenceId)
    .where(sharesFaces(faceId, trackId ?? null))
    .where(sql<SqlBool>`${personOf('o.examiner_id')} = ${personOf(examinerId)}`)
    .where('o.blind', '=', 1)
    .where('o.conclusion', '<>', 'note');
  return db.first(blind.limit(1)) !== undefined;
}

/** Nobody is asked why they differ from a model that was measured to be no better than chance. */
const saysSomething = ({ validation }: Model): boolean => !validation || !areaWarning(validation);

type Judged = { modelId: ModelId; leaning: Leaning; score: number; timeMs: number | null };

/**
 * `A calibrated verdict leans towards forged (raw score 0.98, of the face at 3.20 s).`: by which model,
 * where there are several, and of which face, where the opinion is on more than one.
 */
function judgedSentence(
  { modelId, leaning, score, timeMs }: Judged,
  models: readonly Model[],
  { faceId }: Subject,
): string {
  const by = models.length > 1 ? ` of ${models.find(({ id }) => id === modelId)?.name ?? modelId.slice(0, 12)}` : '';
  const where = timeMs === null || faceId !== null ? '' : `, of the face at ${(timeMs / 1000).toFixed(2)} s`;
  const to = leaning === 'towardsForged' ? 'forged' : 'genuine';
  return `A calibrated verdict${by} leans towards ${to} (raw score ${score.toFixed(2)}${where}).`;
}

/**
 * The subject's verdicts that carry a likelihood ratio; of a track or a whole file, those of all
 * its faces.
 */
function calibratedVerdicts({ db }: ReadableCase, { evidenceId, faceId, trackId }: Subject): Judged[] {
  const all = query
    .selectFrom('verdict as v')
    .leftJoin('face as f', 'f.id', 'v.face_id')
    .select(['v.model_id', 'v.outcome', 'f.time_ms', 'f.pts'])
    .where('v.evidence_id', '=', evidenceId)
    .where('v.kind', '=', 'scored')
    .where('v.leaning', 'is not', null);
  const faces = query
    .selectFrom('track_face')
    .select('face_id')
    .where('track_id', '=', trackId ?? -1);
  const about =
    faceId !== null ? all.where('v.face_id', '=', faceId) : trackId != null ? all.where('v.face_id', 'in', faces) : all;
  return db.all(about).flatMap(({ model_id, outcome, time_ms, pts }) => {
    const { leaning, log10LikelihoodRatio, score } = storedJson(outcome) as Extract<VerdictOutcome, { kind: 'scored' }>;
    if (leaning === null || log10LikelihoodRatio === null) return [];
    return [{ modelId: model_id as ModelId, leaning, score, timeMs: pts === null ? null : time_ms }];
  });
}

/**
 * The verdict an opinion goes against, the one furthest from it. A file or track is called genuine
 * against any face that leans to forged. A file, of which some seconds may be forged, is called
 * forged against its faces where every one of them leans to genuine; a track where half of them do
 * under one model, as what the window says of it goes by their median.
 */
function strongestAgainst(
  judged: readonly Judged[],
  { conclusion, faceId, trackId }: { conclusion: Conclusion } & Subject,
): Judged | undefined {
  const opposite = { genuine: 'towardsForged', forged: 'towardsGenuine' } as const;
  if (conclusion !== 'genuine' && conclusion !== 'forged') return undefined;
  const against = judged.filter(({ leaning }) => leaning === opposite[conclusion]);
  if (trackId != null && conclusion === 'forged' && !isHalfOfAnyModel(against, judged)) return undefined;
  if (faceId === null && trackId == null && conclusion === 'forged' && against.length < judged.length) return undefined;
  const further = (a: Judged, b: Judged): Judged => ((conclusion === 'genuine') === b.score > a.score ? b : a);
  return against.length === 0 ? undefined : against.reduce(further);
}

function isHalfOfAnyModel(some: readonly Judged[], all: readonly Judged[]): boolean {
  const found = Map.groupBy(some, ({ modelId }) => modelId);
  return [...Map.groupBy(all, ({ modelId }) => modelId)].some(
    ([modelId, ofModel]) => 2 * (found.get(modelId)?.length ?? 0) >= ofModel.length,
  );
}
