// What is said of groups of faces: the same in the window, on the command line and in the report.
import type { FaceGroup, FaceGroups, GroupAction, GroupProposal } from './face-groups.ts';
import { visibleText } from './visible-text.ts';

const counted = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** Said wherever groups are shown. */
export const WHO_NOT_WHETHER =
  'A group says of which person faces may be, never whether a face is forged: a swapped face lies near the person whose face was put in. Groups are proposed by the distance of embeddings, which is no identification; names are given by examiners alone.';

/** Said of a case that was unpacked from a portable one. */
export const GROUPS_LEFT_BEHIND =
  'Groups of faces and their names were not carried over with the portable case that this case was unpacked from: they are in the case that was packed, and the log has the entries on them.';

/** `group 3`, or its name. */
export const groupTitle = ({ id, name, nameHidden }: Pick<FaceGroup, 'id' | 'name' | 'nameHidden'>): string =>
  nameHidden ? `Group ${id}, its name hidden` : name === null ? `Group ${id}` : visibleText(name);

/** `Group 3`, or `Anna (group 3)`: a name alone does not say which group it was given to. */
export const groupNumbered = (group: Pick<FaceGroup, 'id' | 'name' | 'nameHidden'>): string =>
  group.name === null || group.nameHidden ? groupTitle(group) : `${groupTitle(group)} (group ${group.id})`;

/** `Group 3 is named “Anna”.` */
export const namedSentence = ({ group, name }: { group: number; name: string | null }): string =>
  name === null ? `Group ${group} has no name any more.` : `Group ${group} is named “${visibleText(name)}”.`;

/** `Groups 3, 4 are joined into group 1.` */
export const joinedSentence = (groups: readonly number[], into: number): string =>
  `${groups.length === 1 ? 'Group' : 'Groups'} ${groups.join(', ')} ${groups.length === 1 ? 'is' : 'are'} joined into group ${into}.`;

/** `12 faces in 9 files`. */
export const groupSize = ({ faces, files }: Pick<FaceGroup, 'faces' | 'files'>): string =>
  `${counted(faces, 'face', 'faces')} in ${counted(files, 'file', 'files')}`;

/** `named by A. Clerk`, or where another put faces beside those: `named by A. Clerk, of 3 faces; B. Clerk put 2 more with them`. */
export function namedWords({ namedBy, saidBy }: Pick<FaceGroup, 'namedBy' | 'saidBy'>): string {
  const [first, ...others] = saidBy;
  const by = `named by ${visibleText(namedBy)}`;
  if (!first || others.length === 0) return by;
  const more = others.map(({ who, faces }) => `${visibleText(who)} put ${faces.toLocaleString('en')} more with them`);
  return `${by}, of ${counted(first.faces, 'face', 'faces')}; ${more.join('; ')}`;
}

/** `Anna: 12 faces in 9 files (group 3, named by B. Clerk)`. */
export function groupLine(group: FaceGroup): string {
  const { id, name, byExaminer } = group;
  const by = name !== null ? [`group ${id}`, namedWords(group)] : byExaminer ? ['put right by an examiner'] : [];
  return `${groupTitle(group)}: ${groupSize(group)}${by.length > 0 ? ` (${by.join(', ')})` : ''}`;
}

/** What was proposed, by what. `when`: how a time is written. */
export function proposalSentence(
  { at, who, within, minimumFacePx, minimumSharpness, compared, tooSmall, blurred }: GroupProposal,
  when: (at: string) => string = (at) => at,
): string {
  const left = [
    ...(tooSmall > 0 ? [`${counted(tooSmall, 'face', 'faces')} below ${minimumFacePx} px`] : []),
    ...(blurred > 0 ? [`${counted(blurred, 'face', 'faces')} of a sharpness below ${minimumSharpness}`] : []),
  ];
  const of = who === '' ? '' : ` for ${visibleText(who)}`;
  return `Proposed ${when(at)}${of}: ${counted(compared, 'face', 'faces')} compared, joined within ${within.toFixed(2)} (average link).${left.length > 0 ? ` Left out: ${left.join(', ')}.` : ''}`;
}

/** How the groups of a case stand, in sentences. */
export function groupsLines(
  { proposal, total, named, alone, unusable, notCarriedOver }: Omit<FaceGroups, 'groups' | 'undoing'>,
  when?: (at: string) => string,
): string[] {
  if (unusable !== null) return [`The groups of this case cannot be used: ${unusable}`];
  const before = notCarriedOver ? [GROUPS_LEFT_BEHIND] : [];
  if (!proposal && total === 0) return notCarriedOver ? before : ['No groups were proposed.'];
  return [
    ...before,
    ...(proposal ? [proposalSentence(proposal, when)] : []),
    `${counted(total, 'group', 'groups')}, ${named.toLocaleString('en')} with a name; ${counted(alone, 'face is', 'faces are')} in none.`,
  ];
}

/** What was done, as it is told and undone. */
export const GROUP_ACTION_WORDS: Readonly<Record<GroupAction, string>> = {
  'group.proposed': 'Groups of faces proposed',
  'group.named': 'A group of faces named',
  'group.unnamed': 'The name of a group of faces taken away',
  'group.merged': 'Groups of faces joined',
  'group.split': 'A group of faces split',
  'group.takenOut': 'Faces taken out of a group',
  'group.added': 'Faces put in a group',
  'group.undone': 'A step on groups of faces taken back',
};
