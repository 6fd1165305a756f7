// Handlers of `evidence`, `finding` and `opinion`: what was found and what examiners say of it.
import type { ExaminerId, OpinionId, VerdictId } from '../../../contract/brand.ts';
import { RecceError, type Undoing } from '../../../contract/errors.ts';
import type { Finding } from '../../../contract/finding.ts';
import type { Conclusion, Subject } from '../../../contract/opinion.ts';
import type { EnteredOpinion, Inspection } from '../../../contract/procedures.ts';
import { subjectWords } from '../../../contract/subject-words.ts';
import type { Verdict } from '../../../contract/verdict.ts';
import { CONCLUSION_WORDS } from '../../../contract/wording.ts';
import { readAgreement } from '../../case/grid/agreement.ts';
import { findingsOf, hidesFrom, hidesTrack, placeOfFinding, queryFindings } from '../../case/grid/finding.ts';
import { countFindings } from '../../case/grid/finding-counts.ts';
import { readFacets } from '../../case/grid/finding-facets.ts';
import { modelOf, modelsUnseen, ofOneModel } from '../../case/grid/model-shown.ts';
import { equalFilesOf, getEvidence, listEvidence } from '../../case/rows/evidence.ts';
import { listExhibits } from '../../case/rows/exhibit.ts';
import { findFace } from '../../case/rows/face.ts';
import { findModel } from '../../case/rows/model.ts';
import {
  type Entered,
  findOpinion,
  giveOpinion,
  giveOpinions,
  lastReasons,
  opinionsOf,
  standingConclusion,
  undoOpinions,
} from '../../case/rows/opinion.ts';
import { addSavedView, listSavedViews, removeSavedView } from '../../case/rows/saved-view.ts';
import { subjectPlace } from '../../case/rows/subject-place.ts';
import { tagsOn } from '../../case/rows/tag.ts';
import { trackPlace } from '../../case/rows/track-place.ts';
import { findVerdict, verdictIdsOf, verdictsBeside } from '../../case/rows/verdict.ts';
import type { CurrentCase, WorkingCase } from '../current-case.ts';
import { provenanceOf } from '../examine-provenance-of-evidence.ts';
import { metadataOf } from '../read-metadata-of-evidence.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';
import { expectVerdicts, isUnseen, notThere } from './verdicts-of-call.ts';

export const evidenceHandlers = (
  deps: Pick<Services, 'currentCase' | 'decoder' | 'installation' | 'videoPictures'>,
) => ({
  list: procedures.evidence.list.handler(({ input }) => listEvidence(deps.currentCase.opened.handle, input)),
  exhibits: procedures.evidence.exhibits.handler(() => listExhibits(deps.currentCase.opened.handle)),
  get: procedures.evidence.get.handler(({ input }) => getEvidence(deps.currentCase.opened.handle, input.id)),
  sameBytes: procedures.evidence.sameBytes.handler(({ input }) =>
    equalFilesOf(deps.currentCase.opened.handle, getEvidence(deps.currentCase.opened.handle, input.id)),
  ),
  provenance: procedures.evidence.provenance.handler(({ input }) =>
    provenanceOf(deps, deps.currentCase.opened.handle, getEvidence(deps.currentCase.opened.handle, input.id)),
  ),
  metadata: procedures.evidence.metadata.handler(({ input }) =>
    metadataOf(deps, deps.currentCase.opened.handle, getEvidence(deps.currentCase.opened.handle, input.id)),
  ),
});

/**
 * What the inspector shows. Where blind mode hides the score, the verdict and other people's
 * opinions do not leave the engine.
 */
function inspect(currentCase: CurrentCase, verdictId: VerdictId): Inspection {
  const { handle } = currentCase.opened;
  const found = findVerdict(handle, verdictId);
  const model = found && findModel(handle, found.verdict.modelId);
  if (!found || !model || isUnseen(currentCase, found.verdict))
    throw new RecceError('NOT_FOUND', `Verdict ${verdictId}`, notThere(currentCase.viewer));
  const { verdict, parameters } = found;
  const { evidenceId, faceId } = verdict;
  const hides = hidesFrom(handle, currentCase.viewer, evidenceId, faceId);
  const unseen = modelsUnseen(handle, currentCase.viewer);
  const evidence = getEvidence(handle, evidenceId);
  const hidden = hides && verdict.outcome.kind === 'scored';
  const opinions = visibleOpinions(currentCase, { evidenceId, faceId }, hides);
  const tags = tagsOn(handle, { evidenceId, faceId });
  const trackIds = new Set(opinions.flatMap(({ trackId }) => trackId ?? []));
  return {
    verdict: hidden ? null : verdict,
    hidden,
    evidence,
    face: faceId === null ? null : (findFace(handle, faceId) ?? null),
    model,
    parameters: hidden ? null : parameters,
    opinions,
    tags: hides ? tags.filter((one) => one.examinerId === currentCase.viewer.examinerId) : tags,
    tracks: [...trackIds].flatMap((id) => trackPlace(handle, id, unseen) ?? []),
    siblings: verdictIdsOf(handle, evidenceId, verdict.modelId).filter((id) => id !== verdictId),
    otherModels: verdictsBeside(handle, verdict)
      .filter((one) => !hides || !unseen.has(one.modelId))
      .map((one) => besideFrom(currentCase, one, hides)),
    sameBytes: equalFilesOf(handle, evidence),
  };
}

/** Another model's verdict, its score as hidden as that of the verdict inspected. */
function besideFrom(currentCase: CurrentCase, { id, modelId, madeAt, outcome }: Verdict, hides: boolean) {
  const model = findModel(currentCase.opened.handle, modelId);
  const name = model?.name ?? modelId.slice(0, 12);
  const record = model?.validation;
  const measured = record ? { auc: record.auc, sources: record.sources, cllr: record.calibration.cllr } : null;
  const shown = hides && outcome.kind === 'scored' ? null : outcome;
  return { verdictId: id, modelId, name, madeAt, outcome: shown, measured };
}

function visibleOpinions(currentCase: CurrentCase, subject: Parameters<typeof opinionsOf>[1], hides: boolean) {
  const all = opinionsOf(currentCase.opened.handle, subject);
  return hides ? all.filter((one) => one.examinerId === currentCase.viewer.examinerId) : all;
}

export const findingHandlers = (currentCase: CurrentCase) => ({
  query: procedures.finding.query.handler(({ input }) => {
    const { handle } = currentCase.opened;
    const filter = ofOneModel(handle, input.filter, currentCase.viewer);
    return { ...queryFindings(handle, currentCase.viewer, { ...input, filter }), modelId: modelOf(handle, filter) };
  }),
  place: procedures.finding.place.handler(({ input }) => {
    const { handle } = currentCase.opened;
    return placeOfFinding(handle, currentCase.viewer, {
      ...input,
      filter: ofOneModel(handle, input.filter, currentCase.viewer),
    });
  }),
  counts: procedures.finding.counts.handler(({ input }) =>
    countFindings(
      currentCase.opened.handle,
      currentCase.viewer,
      ofOneModel(currentCase.opened.handle, input.filter, currentCase.viewer),
    ),
  ),
  facets: procedures.finding.facets.handler(({ input }) =>
    readFacets(
      currentCase.opened.handle,
      currentCase.viewer,
      ofOneModel(currentCase.opened.handle, input.filter, currentCase.viewer),
    ),
  ),
  inspect: procedures.finding.inspect.handler(({ input }) => inspect(currentCase, input.verdictId)),
  subject: procedures.finding.subject.handler(({ input: { verdictId } }) => {
    expectVerdicts(currentCase, [verdictId]);
    const { evidenceId, faceId } = findVerdict(currentCase.opened.handle, verdictId)!.verdict;
    return { evidenceId, faceId };
  }),
  marked: procedures.finding.marked.handler(({ signal }) => currentCase.marks.follow(signal)),
  views: procedures.finding.views.handler(() => listSavedViews(currentCase.opened.handle)),
  saveView: procedures.finding.saveView.handler(({ input }) => addSavedView(currentCase.working.handle, input)),
  removeView: procedures.finding.removeView.handler(({ input }) => {
    removeSavedView(currentCase.working.handle, input.id);
    return null;
  }),
});

/** Whether blind mode hides the subject's score from who works now. */
const hidesSubject = (currentCase: CurrentCase, { evidenceId, faceId, trackId }: Subject): boolean =>
  trackId == null
    ? hidesFrom(currentCase.opened.handle, currentCase.viewer, evidenceId, faceId)
    : hidesTrack(currentCase.opened.handle, currentCase.viewer, evidenceId, trackId);

/**
 * Who works now. Throws NO_EXAMINER, and OPINION_REFUSED where the window it comes from showed
 * another, or showed scores otherwise: it was on its way while somebody took the chair.
 */
export function examinerOf(
  { session }: WorkingCase,
  { examinerId, blindShown }: GivenBy,
): NonNullable<WorkingCase['session']['examiner']> {
  if (!session.examiner) throw new RecceError('NO_EXAMINER', 'This session', 'An opinion needs a name.');
  if (examinerId !== undefined && examinerId !== session.examiner.id)
    throw new RecceError('OPINION_REFUSED', '', 'Another examiner was chosen before it was recorded.');
  if (blindShown !== undefined && blindShown !== session.blind)
    throw new RecceError('OPINION_REFUSED', '', 'Blind review was switched on or off before it was recorded.');
  return session.examiner;
}

/** The last of what was entered at once. */
function answer(currentCase: CurrentCase, all: readonly Entered[], window: string | undefined): EnteredOpinion {
  const { opinion, before } = all.at(-1)!;
  const place = subjectPlace(currentCase.opened.handle, opinion);
  const rows = rowsOf(currentCase, all);
  tellWindows(currentCase, window, opinion.trackId === null ? rows : []);
  return { opinion, before, ...place, rows, others: all.length - 1 };
}

const rowsOf = ({ opened: { handle }, viewer }: CurrentCase, all: readonly Entered[]): Finding[] =>
  all.flatMap(({ opinion }) => findingsOf(handle, viewer, opinion));

export type GivenBy = {
  examinerId?: ExaminerId | undefined;
  blindShown?: boolean | undefined;
  window?: string | undefined;
};
/** With what was shown as the examiner's own. */
type Shown = Subject & { shownOwn?: Conclusion | null | undefined };

/** Tells the other windows once this one has its answer. */
export function tellWindows(
  { opened: { opening }, marks }: CurrentCase,
  window: string | undefined,
  rows: Finding[],
): void {
  setImmediate(() => marks.publish({ opening, window, rows }));
}

/** Throws OPINION_REFUSED where another stands than was shown: nobody changes what they do not see. */
function checkShown(
  { opened: { handle } }: CurrentCase,
  examinerId: ExaminerId,
  { shownOwn, ...subject }: Shown,
): void {
  if (shownOwn === undefined) return;
  const now = standingConclusion(handle, examinerId, subject);
  if (now === (shownOwn === 'withdrawn' ? null : shownOwn)) return;
  const name = subjectWords(subjectPlace(handle, subject));
  const said = now === null ? 'none of yours stands there now' : `yours is “${CONCLUSION_WORDS[now]}” by now`;
  throw new RecceError(
    'OPINION_REFUSED',
    '',
    `${name}: what stands there was changed in another window, ${said}. Look at it again.`,
  );
}
type Said = GivenBy & { conclusion: Conclusion; note?: string | undefined };

const give = (currentCase: CurrentCase, { examiner, ...given }: Shown & Said & { examiner?: string | undefined }) =>
  inNameOf(currentCase, examiner, () => giveInSitting(currentCase, given));

function giveInSitting(
  currentCase: CurrentCase,
  { examinerId, blindShown, window, shownOwn, ...given }: Shown & Said,
): EnteredOpinion {
  const { working } = currentCase;
  const blind = hidesSubject(currentCase, given);
  const examiner = examinerOf(working, { examinerId, blindShown });
  checkShown(currentCase, examiner.id, { ...given, shownOwn });
  const entered = giveOpinion(working.handle, examiner, { ...given, blind });
  if (entered.entered) working.sitting.push([entered.opinion.id]);
  return answer(currentCase, [entered], window);
}

function giveMany(
  currentCase: CurrentCase,
  { subjects, examinerId, blindShown, window, ...given }: Said & { subjects: readonly Shown[] },
) {
  const { working } = currentCase;
  const examiner = examinerOf(working, { examinerId, blindShown });
  for (const subject of subjects) checkShown(currentCase, examiner.id, subject);
  const wanted = subjects.map(({ shownOwn: _, ...subject }) => ({
    ...subject,
    ...given,
    blind: hidesSubject(currentCase, subject),
  }));
  const all = giveOpinions(working.handle, examiner, wanted);
  const ids = all.flatMap(({ entered, opinion }) => (entered ? [opinion.id] : []));
  if (ids.length > 0) working.sitting.push(ids);
  const rows = rowsOf(currentCase, all);
  tellWindows(currentCase, window, rows);
  return { entered: ids.length, rows };
}

/** The last of what was given at once. */
function undoingOf({ opened: { handle } }: CurrentCase, ids: readonly OpinionId[]): Undoing {
  const id = ids.at(-1)!;
  const opinion = findOpinion(handle, id)!;
  const { evidenceId, faceId, trackId } = opinion;
  return { id, evidenceId, faceId, trackId, ...subjectPlace(handle, opinion), others: ids.length - 1 };
}

/**
 * Takes back the last of this sitting, or that of an id. What was refused because a reason is
 * wanted can be asked for again, by its id; what else was, cannot.
 */
function undo(
  currentCase: CurrentCase,
  wanted: GivenBy & { id?: OpinionId | undefined; note?: string | undefined },
): EnteredOpinion | null {
  const { working } = currentCase;
  const examiner = examinerOf(working, wanted);
  const { sitting } = working;
  const ids = wanted.id === undefined ? sitting.at(-1) : sitting.find((some) => some.includes(wanted.id!));
  if (ids === undefined && wanted.id === undefined) return null;
  if (ids === undefined)
    throw new RecceError('OPINION_REFUSED', '', 'It is no opinion of this sitting, or was undone already.');
  const forget = () => sitting.splice(sitting.indexOf(ids), 1);
  try {
    const undone = undoOpinions(working.handle, examiner, { ids, note: wanted.note });
    forget();
    return answer(currentCase, undone, wanted.window);
  } catch (error) {
    if (!(error instanceof RecceError)) throw error;
    if (error.code === 'OPINION_REFUSED') forget();
    if (error.code !== 'REASON_NEEDED') throw error;
    throw new RecceError(error.code, error.subject, error.detail, {
      undoing: undoingOf(currentCase, ids),
      cause: error,
    });
  }
}

/** Reasons offered where one is asked for. */
const REASONS = 5;

export const opinionHandlers = (currentCase: CurrentCase) => ({
  give: procedures.opinion.give.handler(({ input }) => give(currentCase, input)),
  giveMany: procedures.opinion.giveMany.handler(({ input }) => giveMany(currentCase, input)),
  undo: procedures.opinion.undo.handler(({ input }) => undo(currentCase, input)),
  reasons: procedures.opinion.reasons.handler(() => {
    const { handle, session } = currentCase.opened;
    return session.examiner ? lastReasons(handle, session.examiner.id, REASONS) : [];
  }),
  agreement: procedures.opinion.agreement.handler(() => readAgreement(currentCase.opened.handle, currentCase.viewer)),
  history: procedures.opinion.history.handler(({ input }) =>
    visibleOpinions(currentCase, input, hidesSubject(currentCase, input)),
  ),
});
