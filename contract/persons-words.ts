// What is said of faces that are compared: the same in the window and on the command line.
import type { FaceShown, PersonsAnswer, PersonsState } from './persons.ts';
import { subjectWords } from './subject-words.ts';
import { visibleText } from './visible-text.ts';

const faces = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'face' : 'faces'}`;

/** Said wherever distances are shown. */
export const NO_IDENTIFICATION =
  'A distance says how alike two pictures of faces are to one network. It is no identification: two persons can lie near each other, and two pictures of one person far apart. Nothing here names anybody.';

/** Said before it is switched on. */
export const BIOMETRIC =
  '128 numbers are made of each face and kept in the case’s folder. They are biometric data: whether you may make them is a question of law. They are in no backup, no portable case and no report, and can be erased.';

/** `0.412`: Euclidean, without a unit. */
export const distanceText = (distance: number): string => distance.toFixed(3);

/** Which face: `one/a.jpg, face 2`. */
export const alikeName = ({
  shownPath,
  faceIndex,
  timeMs,
}: Pick<FaceShown, 'shownPath' | 'faceIndex' | 'timeMs'>): string =>
  visibleText(subjectWords({ shownPath, faceIndex, timeMs }));

/** What was looked for: `one/a.jpg, face 2`, or `outside.jpg, face 1 of 3`. */
export const lookedForWords = ({ of }: Pick<PersonsAnswer, 'of'>): string =>
  of.kind === 'face' ? alikeName(of) : `${visibleText(of.name)}, face ${of.face} of ${of.faces}`;

/** How many came of how many, and how many were not looked at. */
export function comparedSentences({ alike, compared, notCompared }: PersonsAnswer, within: number): string {
  const found = `${faces(alike.length)} of ${compared.toLocaleString('en')} compared ${alike.length === 1 ? 'lies' : 'lie'} within ${distanceText(within)}.`;
  if (notCompared === 0) return found;
  return `${found} ${faces(notCompared)} ${notCompared === 1 ? 'has' : 'have'} no embedding yet and ${notCompared === 1 ? 'was' : 'were'} not compared.`;
}

/** Report files that are named one by one. */
const MOST_NAMED = 12;

/** Said before groups are erased and afterwards; undefined where no report can hold a name of theirs. */
export function namesElsewhere({ mayHoldNames }: Pick<PersonsState, 'mayHoldNames'>): string | undefined {
  if (mayHoldNames.length === 0) return undefined;
  const more = mayHoldNames.length - MOST_NAMED;
  const files = mayHoldNames.slice(0, MOST_NAMED).map(visibleText).join(', ');
  return `Reports that were written since a group had a name may hold names of groups, and are not erased: ${files}${more > 0 ? `, and ${more} more` : ''}.`;
}

/** How a case stands, in sentences. `when`: how a time is written. */
export function personsLines(
  { on, erased, kept, faces: wanted, unusable, mayHoldNames }: PersonsState,
  when: (at: string) => string = (at) => at,
): string[] {
  const lines = on
    ? [
        `On since ${when(on.at)}, by ${visibleText(on.who)}: “${visibleText(on.reason)}”.`,
        `${kept.toLocaleString('en')} of ${faces(wanted)} ${wanted === 1 ? 'has' : 'have'} an embedding.`,
      ]
    : ['Off: faces of this case are not compared.'];
  if (unusable !== null) lines.push(`Nothing can be compared: ${unusable}`);
  if (erased)
    lines.push(
      `The embeddings of ${faces(erased.embeddings)} were erased ${when(erased.at)}, by ${visibleText(erased.who)}: “${visibleText(erased.reason)}”.`,
    );
  const elsewhere = namesElsewhere({ mayHoldNames });
  if (erased && elsewhere) lines.push(elsewhere);
  return lines;
}
