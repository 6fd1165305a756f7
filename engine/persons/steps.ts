// What an examiner asks for -> the step that is kept, or why it is not done. Pure but for the clock.
import type { FaceGroupId, FaceId } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { isSameName, nameAsKept } from '../../contract/examiner-name.ts';
import type { GroupStep } from '../../contract/face-groups.ts';
import { saysOpinion } from '../../contract/tag.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { CONCLUSION_WORDS } from '../../contract/wording.ts';
import type { StepEntry } from '../case/groups/case-groups.ts';
import type { StandingGroup, StandingGroups } from '../case/groups/standing-groups.ts';

const NO_OPINION_BY_NAME =
  'Whether a face is forged is said by an opinion, never by the name of a group. Choose another name.';

/** Said in blind review of a group that bears the name another gave it. */
export const NAMED_BY_ANOTHER = 'another examiner has named it. It can be changed when blind review is left.';

export const groupWords = (id: FaceGroupId): string => `group ${id}`;

const refused = (id: FaceGroupId, why: string): RecceError => new RecceError('GROUP_REFUSED', groupWords(id), why);

type Asked = {
  who: string;
  at: string;
  standing: StandingGroups;
  /** False where the group is not to be touched by whoever asks. */
  mayChange: (group: StandingGroup) => boolean;
  /** False for a number that is no face of the case. */
  isFace: (id: FaceId) => boolean;
};

/** Throws NOT_FOUND, GROUP_REFUSED. */
export function entryOf(asked: GroupStep, context: Asked): StepEntry {
  const { who, at } = context;
  const by = { who, at };
  const group = groupOf(asked.kind === 'merge' ? asked.into : asked.group, context);
  const subject = groupWords(group.id);
  const about = { group: group.id };
  switch (asked.kind) {
    case 'name': {
      const { name } = asked;
      if (name === null) {
        if (group.name === null) throw refused(group.id, 'it has no name.');
        return { step: { kind: 'unnamed', ...by, ...about }, subject, details: about };
      }
      const kept = nameToGive(group, name, context);
      return { step: { kind: 'named', ...by, ...about, name: kept }, subject, details: about };
    }
    case 'merge': {
      const groups = [...new Set(asked.groups)];
      const faces = groups.reduce((n, id) => n + groupOf(id, context).faces.length, 0);
      if (groups.includes(group.id)) throw refused(group.id, 'a group is not joined with itself.');
      oneName([group, ...groups.map((id) => groupOf(id, context))]);
      const words = groups.map(groupWords).join(', ');
      return {
        step: { kind: 'merged', ...by, ...about, groups },
        subject: `${words} into ${subject}`,
        details: { ...about, groups, faces },
      };
    }
    case 'split': {
      const faces = facesOf(group, asked.faces);
      if (faces.length === group.faces.length) throw refused(group.id, 'at least one face stays in it.');
      const as = context.standing.next;
      return {
        step: { kind: 'split', ...by, ...about, faces, as },
        subject: `${groupWords(as)} from ${subject}`,
        details: { ...about, as, faces: faces.length },
      };
    }
    case 'takeOut': {
      const faces = facesOf(group, asked.faces);
      return {
        step: { kind: 'takenOut', ...by, ...about, faces },
        subject,
        details: { ...about, faces: faces.length },
      };
    }
    case 'add': {
      const faces = facesToAdd(group, asked.faces, context);
      return { step: { kind: 'added', ...by, ...about, faces }, subject, details: { ...about, faces: faces.length } };
    }
  }
}

function groupOf(id: FaceGroupId, { standing, mayChange }: Asked): StandingGroup {
  const group = standing.groups.get(id);
  if (!group) throw new RecceError('NOT_FOUND', groupWords(id), 'the case has no such group of faces.');
  if (!mayChange(group)) throw refused(id, NAMED_BY_ANOTHER);
  return group;
}

/** A name that somebody gave is not lost by a key: of two, one is taken away first, which is an entry of its own. */
function oneName(groups: readonly StandingGroup[]): void {
  const [one, other] = groups.filter(({ name }) => name !== null);
  if (!one || !other) return;
  const said = [one, other].map(({ name, namedBy }) => `“${visibleText(name!)}” (${visibleText(namedBy)})`);
  throw refused(one.id, `two names meet: ${said.join(' and ')}. Take one of them away first.`);
}

/** As it is kept. */
function nameToGive({ id, name: before }: StandingGroup, typed: string, { standing, mayChange }: Asked): string {
  const name = nameAsKept(typed);
  if (saysOpinion(name) || Object.values(CONCLUSION_WORDS).some((one) => isSameName(one, name)))
    throw refused(id, NO_OPINION_BY_NAME);
  if (before === name) throw refused(id, 'it has this name.');
  for (const other of standing.groups.values())
    if (other.id !== id && other.name !== null && mayChange(other) && isSameName(other.name, name))
      throw refused(id, `${groupWords(other.id)} has this name. Join the two instead.`);
  return name;
}

function facesOf({ id, faces }: StandingGroup, wanted: readonly FaceId[]): FaceId[] {
  const there = new Set(faces);
  const other = wanted.find((face) => !there.has(face));
  if (other !== undefined) throw refused(id, `face ${other} is not in it.`);
  return [...new Set(wanted)].sort((a, b) => a - b);
}

function facesToAdd(group: StandingGroup, wanted: readonly FaceId[], context: Asked): FaceId[] {
  const { standing, isFace } = context;
  const there = new Set(group.faces);
  for (const face of wanted) {
    if (!isFace(face)) throw new RecceError('NOT_FOUND', `Face ${face}`, 'the case has no such face.');
    if (there.has(face)) throw refused(group.id, `face ${face} is in it.`);
    const from = standing.groupOf.get(face);
    if (from !== undefined) groupOf(from, context);
  }
  return [...new Set(wanted)].sort((a, b) => a - b);
}
