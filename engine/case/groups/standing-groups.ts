// Steps -> groups of faces as they stand. Pure. What an examiner has done anything with is theirs from
// then on: a later proposal neither changes it nor takes a face out of it or into it.
import type { FaceGroupId, FaceId } from '../../../contract/brand.ts';
import type { GroupAction, GroupProposal } from '../../../contract/face-groups.ts';
import type { KeptStep } from './groups-file.ts';

export type StandingGroup = {
  id: FaceGroupId;
  /** Ascending. */
  faces: FaceId[];
  name: string | null;
  /** Who gave the name it has; empty without one. */
  namedBy: string;
  /** Of a group with a name: who said it of each face, by naming the group that it was in or by putting it here. */
  saidBy: Map<FaceId, string>;
  /** False where it is as the machine proposed it. */
  byExaminer: boolean;
};

export type StandingGroups = {
  proposal: GroupProposal | null;
  groups: ReadonlyMap<FaceGroupId, StandingGroup>;
  /** The group of each face that is in one. */
  groupOf: ReadonlyMap<FaceId, FaceGroupId>;
  /** A number that no group has or had. */
  next: FaceGroupId;
  /** What an undo takes back; undefined where a proposal is the last that stands. */
  last: { action: GroupAction; who: string } | undefined;
};

const ACTION_OF: Readonly<Record<KeptStep['kind'], GroupAction>> = {
  proposed: 'group.proposed',
  named: 'group.named',
  unnamed: 'group.unnamed',
  merged: 'group.merged',
  split: 'group.split',
  takenOut: 'group.takenOut',
  added: 'group.added',
  undone: 'group.undone',
};
export const actionOf = ({ kind }: Pick<KeptStep, 'kind'>): GroupAction => ACTION_OF[kind];

/** The numbers that a step gives. */
function lastNumberOf(step: KeptStep): number {
  if (step.kind === 'proposed') return step.first + step.groups.length - 1;
  return step.kind === 'split' ? step.as : 0;
}

/** Those that were not taken back. A proposal is not: what came of it may be put right. */
function standingSteps(steps: readonly KeptStep[]): KeptStep[] {
  const standing: KeptStep[] = [];
  for (const step of steps)
    if (step.kind !== 'undone') standing.push(step);
    else if (standing.at(-1)?.kind !== 'proposed') standing.pop();
  return standing;
}

export function standingGroups(steps: readonly KeptStep[]): StandingGroups {
  const standing = standingSteps(steps);
  const state: State = { groups: new Map(), groupOf: new Map() };
  let proposal: GroupProposal | null = null;
  for (const step of standing) {
    enter(state, step);
    if (step.kind === 'proposed') proposal = saidOfProposal(step);
  }
  const last = standing.at(-1);
  return {
    ...state,
    proposal,
    next: (1 + steps.reduce((most, step) => Math.max(most, lastNumberOf(step)), 0)) as FaceGroupId,
    last: last && last.kind !== 'proposed' ? { action: actionOf(last), who: last.who } : undefined,
  };
}

const saidOfProposal = ({
  kind: _,
  embeddingsSha256: _e,
  first: _f,
  groups: _g,
  ...said
}: Extract<KeptStep, { kind: 'proposed' }>): GroupProposal => said;

type State = { groups: Map<FaceGroupId, StandingGroup>; groupOf: Map<FaceId, FaceGroupId> };

/** What a step names and is not there is passed over: it was there when the step was entered. */
function enter(state: State, step: KeptStep): void {
  if (step.kind === 'undone') return;
  if (step.kind === 'proposed') {
    propose(state, step);
    return;
  }
  const group = state.groups.get(step.group);
  if (!group) return;
  group.byExaminer = true;
  switch (step.kind) {
    case 'named':
      Object.assign(group, { name: step.name, namedBy: step.who });
      say(group, group.faces, step.who);
      return;
    case 'unnamed':
      Object.assign(group, { name: null, namedBy: '' });
      group.saidBy.clear();
      return;
    case 'merged':
      for (const id of step.groups) join(state, group, id, step.who);
      return;
    case 'split':
      takeOut(state, group, step.faces);
      make(state, { id: step.as, faces: step.faces, byExaminer: true });
      return;
    case 'takenOut':
      takeOut(state, group, step.faces);
      return;
    case 'added':
      for (const face of step.faces) {
        const from = state.groups.get(state.groupOf.get(face)!);
        if (from && from !== group) takeOut(state, from, [face]);
      }
      put(state, group, step.faces);
      say(group, step.faces, step.who);
  }
}

/** Of these faces whoever did it says the group's name, if it has one. */
function say(group: StandingGroup, faces: readonly FaceId[], who: string): void {
  if (group.name !== null) for (const face of faces) group.saidBy.set(face, who);
}

/** Those that nobody has touched make room for what is proposed of the faces that are left. */
function propose(state: State, { first, groups }: Extract<KeptStep, { kind: 'proposed' }>): void {
  for (const group of [...state.groups.values()]) if (!group.byExaminer) takeOut(state, group, group.faces);
  groups.forEach((proposed, i) => {
    const faces = proposed.filter((face) => !state.groupOf.has(face));
    if (faces.length > 1) make(state, { id: (first + i) as FaceGroupId, faces, byExaminer: false });
  });
}

function make(state: State, { faces, ...made }: Pick<StandingGroup, 'id' | 'faces' | 'byExaminer'>): void {
  const group: StandingGroup = { ...made, faces: [], name: null, namedBy: '', saidBy: new Map() };
  state.groups.set(group.id, group);
  put(state, group, faces);
}

function put(state: State, group: StandingGroup, faces: readonly FaceId[]): void {
  for (const face of faces) state.groupOf.set(face, group.id);
  group.faces = [...new Set([...group.faces, ...faces])].sort((a, b) => a - b);
}

/** One without a face is no group. */
function takeOut(state: State, group: StandingGroup, faces: readonly FaceId[]): void {
  const out = new Set(faces);
  for (const face of faces) if (state.groupOf.get(face) === group.id) state.groupOf.delete(face);
  group.faces = group.faces.filter((face) => !out.has(face));
  for (const face of faces) group.saidBy.delete(face);
  if (group.faces.length === 0) state.groups.delete(group.id);
}

/** Whoever joins says the name of the faces that did not have it. */
function join(state: State, into: StandingGroup, id: FaceGroupId, who: string): void {
  const from = state.groups.get(id);
  if (!from || from === into) return;
  const { faces, name, namedBy } = from;
  const saidBy = new Map(from.saidBy);
  takeOut(state, from, faces);
  if (into.name === null && name !== null) {
    Object.assign(into, { name, namedBy, saidBy });
    say(into, into.faces, who);
  } else say(into, faces, who);
  put(state, into, faces);
}

/** Who said the name of how many faces; whoever gave it first. Empty without a name. */
export function saidOf({ faces, namedBy, saidBy }: StandingGroup): { who: string; faces: FaceId[] }[] {
  const by = new Map<string, FaceId[]>(namedBy === '' ? [] : [[namedBy, []]]);
  for (const face of faces) {
    const who = saidBy.get(face);
    if (who === undefined) continue;
    const of = by.get(who);
    if (of) of.push(face);
    else by.set(who, [face]);
  }
  return [...by].map(([who, of]) => ({ who, faces: of }));
}
