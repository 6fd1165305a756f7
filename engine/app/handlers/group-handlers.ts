// Handlers of `group`: faces that may be of one person, as the machine proposes them and examiners put
// them right. No score is read here. In blind review a name that another gave is not shown, and what
// bears one is not changed: whoever gave it had reasons that may tell of a face.
import type { FaceGroupId } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import { isSameName } from '../../../contract/examiner-name.ts';
import type {
  FaceGroup,
  FaceGroupOpened,
  FaceGroups,
  GroupDone,
  GroupRequest,
  GroupStep,
} from '../../../contract/face-groups.ts';
import type { Job } from '../../../contract/job.ts';
import type { FaceShown } from '../../../contract/persons.ts';
import type { ReadableCase } from '../../case/db/case-handle.ts';
import { enterGroupStep, readGroups } from '../../case/groups/case-groups.ts';
import { actionOf, type StandingGroup, type StandingGroups, saidOf } from '../../case/groups/standing-groups.ts';
import { findFace } from '../../case/rows/face.ts';
import { jobUnderWay } from '../../case/rows/job.ts';
import { hasLeftGroups } from '../../case/rows/left-behind.ts';
import { countFilesOf, faceShown, heldGroups, switchedOn } from '../../case/rows/persons.ts';
import { NONE_TO_GROUP } from '../../persons/group-faces.ts';
import { keptEmbeddings } from '../../persons/kept-embeddings.ts';
import { OFF } from '../../persons/measure-faces.ts';
import { entryOf, groupWords } from '../../persons/steps.ts';
import type { CurrentCase } from '../current-case.ts';
import { examinerOf, type GivenBy, tellWindows } from './finding-handlers.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';

/** False in blind review for what bears the name that another gave it. */
const maySee =
  ({ viewer, who }: CurrentCase) =>
  ({ name, namedBy }: StandingGroup): boolean =>
    !viewer.blind || name === null || isSameName(namedBy, who);

function propose(currentCase: CurrentCase, request: GroupRequest): Job {
  const { working, who } = currentCase;
  const { handle, queue } = working;
  if (!switchedOn(handle)) throw new RecceError('SEARCH_REFUSED', handle.folder, OFF);
  if (!keptEmbeddings(handle)) throw new RecceError('SEARCH_REFUSED', handle.folder, NONE_TO_GROUP);
  return jobUnderWay(handle, 'groups') ?? queue.enqueue('groups', { who, ...request });
}

/** Named ones by name, then the largest first; of equals the lower number. */
function inOrder({ groups }: StandingGroups, isSeen: (group: StandingGroup) => boolean): StandingGroup[] {
  const nameOf = (group: StandingGroup): string | null => (isSeen(group) ? group.name : null);
  return [...groups.values()].sort((a, b) => {
    const [one, other] = [nameOf(a), nameOf(b)];
    if (one !== null && other !== null) return one.localeCompare(other, 'en') || a.id - b.id;
    if ((one === null) !== (other === null)) return one === null ? 1 : -1;
    return b.faces.length - a.faces.length || a.id - b.id;
  });
}

const shownOf = (handle: ReadableCase, faces: StandingGroup['faces']): FaceShown[] =>
  faces.flatMap((face) => faceShown(handle, face) ?? []);

function asShown(currentCase: CurrentCase, group: StandingGroup, shown: number): FaceGroup {
  const { handle } = currentCase.opened;
  const { id, faces, name, namedBy, byExaminer } = group;
  const isSeen = maySee(currentCase)(group);
  return {
    id,
    name: isSeen ? name : null,
    namedBy: isSeen ? namedBy : '',
    saidBy: isSeen ? saidOf(group).map((one) => ({ who: one.who, faces: one.faces.length })) : [],
    nameHidden: !isSeen,
    // Whether another was at work here tells as much as the name.
    byExaminer: byExaminer && isSeen,
    faces: faces.length,
    files: countFilesOf(handle, faces),
    shown: shownOf(handle, faces.slice(0, shown)),
  };
}

type Page = { offset: number; limit: number; shown: number };

function list(currentCase: CurrentCase, page: Page): FaceGroups {
  const { handle } = currentCase.opened;
  try {
    return listed(currentCase, readGroups(handle), page);
  } catch (error) {
    if (!(error instanceof RecceError)) throw error;
    const none = { proposal: null, total: 0, named: 0, alone: 0, groups: [], undoing: null };
    return { ...none, unusable: error.detail, heldBy: heldBy(handle) };
  }
}

function listed(currentCase: CurrentCase, standing: StandingGroups, { offset, limit, shown }: Page): FaceGroups {
  const isSeen = maySee(currentCase);
  const all = inOrder(standing, isSeen);
  const embeddings = keptEmbeddings(currentCase.opened.handle)?.embeddings ?? 0;
  return {
    proposal: standing.proposal,
    total: all.length,
    named: all.filter((group) => isSeen(group) && group.name !== null).length,
    alone: Math.max(0, embeddings - standing.groupOf.size),
    groups: all.slice(offset, offset + limit).map((group) => asShown(currentCase, group, shown)),
    undoing: mayUndo(currentCase, standing)?.action ?? null,
    unusable: null,
    heldBy: heldBy(currentCase.opened.handle),
    ...(hasLeftGroups(currentCase.opened.handle) ? { notCarriedOver: true } : {}),
  };
}

const heldBy = (handle: ReadableCase): number => heldGroups(handle)?.seq ?? 0;

type By = GivenBy & { shownHeldBy?: number | undefined };

/** Throws GROUP_REFUSED where a step was made since the window drew them: it may be about another group. */
function checkShown(handle: ReadableCase, { shownHeldBy }: By): void {
  if (shownHeldBy === undefined || shownHeldBy === heldBy(handle)) return;
  const why = 'The groups were changed in another window since they were drawn here. Look at them again.';
  throw new RecceError('GROUP_REFUSED', '', why);
}

function getGroup(
  currentCase: CurrentCase,
  { group: id, offset, limit }: { group: FaceGroupId; offset: number; limit: number },
): FaceGroupOpened {
  const { handle } = currentCase.opened;
  const group = readGroups(handle).groups.get(id);
  if (!group) throw new RecceError('NOT_FOUND', groupWords(id), 'the case has no such group of faces.');
  const faces = shownOf(handle, group.faces.slice(offset, offset + limit));
  return { heldBy: heldBy(handle), group: asShown(currentCase, group, 0), offset, faces };
}

function step(currentCase: CurrentCase, { step: asked, ...by }: By & { step: GroupStep }): GroupDone {
  const { working } = currentCase;
  const { handle } = working;
  const { name: who } = examinerOf(working, by);
  if (!switchedOn(handle)) throw new RecceError('SEARCH_REFUSED', handle.folder, OFF);
  checkShown(handle, by);
  const entry = entryOf(asked, {
    ...{ who, at: handle.clock(), standing: readGroups(handle), mayChange: maySee(currentCase) },
    isFace: (id) => findFace(handle, id) !== undefined,
  });
  const { groups } = enterGroupStep(handle, entry);
  working.groupSteps += 1;
  const id = entry.step.kind === 'split' ? entry.step.as : asked.kind === 'merge' ? asked.into : asked.group;
  tellWindows(currentCase, by.window, []);
  const [group, faces] = [groups.has(id) ? id : null, groups.get(id)?.faces.length ?? 0];
  return { action: actionOf(entry.step), group, faces, heldBy: heldBy(handle) };
}

/** The last step, where it is of this sitting and of whoever sits here. */
function mayUndo({ opened, who }: CurrentCase, { last }: StandingGroups): StandingGroups['last'] {
  return last && opened.groupSteps > 0 && isSameName(last.who, who) ? last : undefined;
}

function undo(currentCase: CurrentCase, by: By): GroupDone | null {
  const { working } = currentCase;
  const { handle } = working;
  const { name: who } = examinerOf(working, by);
  checkShown(handle, by);
  const standing = readGroups(handle);
  const last = mayUndo(currentCase, standing);
  if (!last) return null;
  const after = enterGroupStep(handle, {
    step: { kind: 'undone', who, at: handle.clock() },
    subject: 'the last step',
    details: { undone: last.action },
  });
  working.groupSteps -= 1;
  tellWindows(currentCase, by.window, []);
  return { action: last.action, group: null, faces: after.groupOf.size, heldBy: heldBy(handle) };
}

export const groupHandlers = (currentCase: CurrentCase) => ({
  propose: procedures.group.propose.handler(({ input: { examiner, ...request } }) =>
    currentCase.inTurn(async () => inNameOf(currentCase, examiner, () => propose(currentCase, request))),
  ),
  list: procedures.group.list.handler(({ input }) => list(currentCase, input)),
  get: procedures.group.get.handler(({ input }) => getGroup(currentCase, input)),
  step: procedures.group.step.handler(({ input: { examiner, ...asked } }) =>
    inNameOf(currentCase, examiner, () => step(currentCase, asked)),
  ),
  undo: procedures.group.undo.handler(({ input }) => undo(currentCase, input)),
});
