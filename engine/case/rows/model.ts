// Models as a case knows them: the card each was last used under, and every card it had before. A
// card holds the validation record and the operating points, so each change of one is an entry of
// the audit chain, and verify finds a card that no entry knows.
import type { ModelId, Sha256 } from '../../../contract/brand.ts';
import type { Verification } from '../../../contract/case.ts';
import type { Model } from '../../../contract/model.ts';
import { modelsOfScan } from '../../../contract/scan.ts';
import type { ValidationRecord } from '../../../contract/validation.ts';
import type { VerdictParameters } from '../../../contract/verdict.ts';
import { canonicalJson, hashOfValue } from '../../files/canonical-json.ts';
import { plainObject, storedJson } from '../../files/stored-json.ts';
import { query } from '../db/case-database.ts';
import type { ReadableCase, WritableCase } from '../db/case-handle.ts';
import { appendAudit, auditEntriesOf, eachEntryOf, eachKeptEntryOf, entersEveryRow } from '../log/audit.ts';

const KEPT = 'model.kept';
/** What an entry says: the card's hash, and that of the card it takes the place of. */
type Kept = { modelId: ModelId; cardSha256: Sha256; replaces: Sha256 | null };

/** Keeps the model as it is at this moment in the case. The same card again changes nothing. */
export function keepModel(opened: WritableCase, model: Model): void {
  const { db } = opened;
  db.transaction(() => {
    const before = findModel(opened, model.id);
    const cardSha256 = hashOfValue(model);
    if (lastKept(opened, model.id)?.cardSha256 === cardSha256 && before && hashOfValue(before) === cardSha256) return;
    const json = canonicalJson(model);
    db.run(
      query
        .insertInto('model')
        .values({ id: model.id, json })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ json })),
    );
    for (const card of before ? [before, model] : [model]) addCard(opened, card);
    appendAudit(opened, {
      who: '',
      action: KEPT,
      subject: model.name,
      details: {
        modelId: model.id,
        cardSha256,
        replaces: before ? hashOfValue(before) : null,
        operatingPoints: model.operatingPoints,
        validationSha256: model.validation && hashOfValue(model.validation),
      },
    });
  });
}

const addCard = ({ db }: WritableCase, card: Model): unknown =>
  db.run(
    query
      .insertInto('model_card')
      .values({ sha256: hashOfValue(card), model_id: card.id, json: canonicalJson(card) })
      .onConflict((conflict) => conflict.doNothing()),
  );

const keptOf = (opened: ReadableCase): (Kept & { seq: number })[] =>
  auditEntriesOf(opened, KEPT).map(({ seq, details }) => ({ seq, ...(details as Kept) }));

function lastKept(opened: ReadableCase, id: ModelId): Kept | undefined {
  let last: Kept | undefined;
  for (const { details } of eachEntryOf(opened, KEPT)) if (details.modelId === id) last = details as Kept;
  return last;
}

export const allModels = ({ db }: ReadableCase): Model[] =>
  db.all(query.selectFrom('model').select('json').orderBy('id')).map((row) => storedJson(row.json));

export function findModel({ db }: ReadableCase, id: ModelId): Model | undefined {
  const row = db.first(query.selectFrom('model').select('json').where('id', '=', id));
  return row && storedJson(row.json);
}

/** Every card that the model had in this case, the newest first. */
function cardsOf({ db }: ReadableCase, id: ModelId): Model[] {
  const now = query.selectFrom('model').select('json').where('id', '=', id);
  const ever = query.selectFrom('model_card').select('json').where('model_id', '=', id);
  return db.all(now.unionAll(ever)).map(({ json }): Model => storedJson(json));
}

/**
 * The newest card that the model had in this case with the validation record of this hash, null for
 * none, and these operating points; else one with that record under other points.
 */
export function findCard(
  opened: ReadableCase,
  { modelId, validationSha256, operatingPoints }: RecordNamed,
): Model | undefined {
  const cards = cardsOf(opened, modelId).filter(
    ({ validation }) => (validation && hashOfValue(validation)) === validationSha256,
  );
  const wanted = canonicalJson(operatingPoints);
  return cards.find((card) => canonicalJson(card.operatingPoints) === wanted) ?? cards[0];
}

/** The validation record of this hash, from any card the model had in this case. */
export const findValidation = (opened: ReadableCase, id: ModelId, sha256: Sha256): ValidationRecord | undefined =>
  cardsOf(opened, id).find(({ validation }) => validation !== null && hashOfValue(validation) === sha256)?.validation ??
  undefined;

/** The records of a model's scores: calibration with domain, and operating points. */
export type RecordNamed = Pick<VerdictParameters, 'modelId' | 'validationSha256' | 'operatingPoints'>;

/**
 * Sets of parameters of verdicts that name a validation record with operating points under which
 * their model never was in this case, by the entries of its cards, or a smallest face that no scan
 * was to score. Not asked of a case of before cards were entered.
 */
function recordProblemsOfParameters(opened: ReadableCase): Problem[] {
  const rows = opened.db.all(query.selectFrom('parameters').select(['id', 'json']).orderBy('id'));
  const odd = rows
    .filter(({ json }) => plainObject(json) === undefined)
    .map(({ id }) => problemOf(`set of parameters ${id}`, 'JSON as the workstation writes it', 'another text'));
  if (!entersEveryRow(opened)) return odd;
  const wordsOf = ({ modelId, validationSha256, operatingPoints }: RecordNamed): string =>
    canonicalJson({ modelId, validationSha256, operatingPoints });
  const known = new Set<string>();
  for (const { details } of eachKeptEntryOf(opened, KEPT)) known.add(wordsOf(details as unknown as RecordNamed));
  const limits = limitsOfScans(opened);
  const unknown = rows.flatMap(({ id, json }) => {
    const said = plainObject(json) as VerdictParameters | undefined;
    if (!said) return [];
    const { modelId, validationSha256 = null, operatingPoints } = said;
    const found = wordsOf({ modelId, validationSha256, operatingPoints });
    const limit = String(said.minimumFacePx ?? null);
    if (limits && !limits.has(`${modelId} ${limit}`))
      return [problemOf(`set of parameters ${id}`, 'a smallest face that a scan by its model began with', limit)];
    return known.has(found) ? [] : [problemOf(`set of parameters ${id}`, 'a card that its model had here', found)];
  });
  return [...odd, ...unknown];
}

type Problem = Verification['problems'][number];

/** Of what is no card, or not in the one form of it, a word for that. */
const hashOfCard = (json: string): string => {
  const card = plainObject(json);
  return card ? hashOfValue(card) : 'no card as the workstation writes it';
};

/**
 * Cards that are not what the audit chain says of them. A card of a case last scanned before cards
 * were entered is not known to it.
 */
export function modelProblems(opened: ReadableCase): Problem[] {
  const kept = keptOf(opened);
  const last = new Map(kept.map((one) => [one.modelId as string, one]));
  const rows = new Map(opened.db.all(query.selectFrom('model').selectAll()).map(({ id, json }) => [id, json]));
  const changed = [...last].flatMap(([id, { cardSha256, seq }]) => {
    const json = rows.get(id);
    const found = json === undefined ? 'no such row' : hashOfCard(json);
    return found === cardSha256 ? [] : [problemOf(`model ${id}, entered by audit entry ${seq}`, cardSha256, found)];
  });
  // A card that was changed in the database and then replaced: the entry names what it found, and
  // that is not what was entered before.
  const before = new Map<string, Sha256>();
  const replaced = kept.flatMap(({ modelId, cardSha256, replaces, seq }) => {
    const earlier = before.get(modelId);
    before.set(modelId, cardSha256);
    if (earlier === undefined || earlier === replaces) return [];
    return [problemOf(`model ${modelId}, replaced by audit entry ${seq}`, earlier, String(replaces))];
  });
  const unknown = [...rows.keys()].filter((id) => !last.has(id) && !mayBeOfBefore(opened, id));
  const known = new Map(
    kept.flatMap(({ modelId, cardSha256, replaces }) =>
      [cardSha256, ...(replaces === null ? [] : [replaces])].map((sha256): [string, string] => [sha256, modelId]),
    ),
  );
  const cardRows = opened.db.all(query.selectFrom('model_card').selectAll().orderBy('sha256'));
  const cards = cardRows.flatMap((row) => {
    const found = hashOfCard(row.json);
    const subject = `earlier card of model ${row.model_id}`;
    if (found !== row.sha256 || !known.has(found)) return [problemOf(subject, row.sha256, found)];
    const modelId = known.get(found)!;
    return modelId === row.model_id ? [] : [problemOf(subject, `card of model ${modelId}`, row.model_id)];
  });
  const there = new Set(cardRows.map(({ sha256 }) => sha256 as string));
  // Before cards were kept they were entered alone.
  const lost = entersEveryRow(opened) ? [...known].filter(([sha256]) => !there.has(sha256)) : [];
  const planted = unknown.map((id) => problemOf(`model ${id}`, 'an entry of the log', 'none'));
  const gone = lost.map(([sha256, modelId]) => problemOf(`earlier card of model ${modelId}`, sha256, 'no such row'));
  return [...changed, ...replaced, ...cards, ...planted, ...gone, ...recordProblemsOfParameters(opened)];
}

/**
 * Models and smallest faces that scans began with; undefined where an entry does not say: of an
 * earlier version.
 */
function limitsOfScans(opened: ReadableCase): ReadonlySet<string> | undefined {
  const limits = new Set<string>();
  for (const { details } of eachKeptEntryOf(opened, 'scan.started')) {
    if (typeof details.minimumFacePx !== 'number') return undefined;
    for (const modelId of modelsOfScan(details as Parameters<typeof modelsOfScan>[0]))
      limits.add(`${modelId} ${details.minimumFacePx}`);
  }
  return limits.size === 0 ? undefined : limits;
}

/** True for a card of a case of before cards were entered: one that gave a verdict there. */
const mayBeOfBefore = (opened: ReadableCase, id: string): boolean =>
  !entersEveryRow(opened) &&
  opened.db.first(query.selectFrom('verdict').select('id').where('model_id', '=', id).limit(1)) !== undefined;

const problemOf = (subject: string, expected: string, found: string): Problem => ({
  kind: 'modelChanged',
  subject,
  expected,
  found,
});
