// Report section: which faces are of one person, as examiners say. Only groups that one of them has
// named: what the machine proposed and nobody looked at is counted and no more.
import type { FaceId } from '../../../contract/brand.ts';
import type { ReportedGroups } from '../../../contract/face-groups.ts';
import {
  GROUPS_LEFT_BEHIND,
  groupSize,
  proposalSentence,
  WHO_NOT_WHETHER,
} from '../../../contract/face-groups-words.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import type { PrintedDocument } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { type Sheet, STYLES } from '../sheet.ts';
import { count } from '../wording.ts';

/** Faces of one group that are named one by one; all of them are in the record. */
const MOST_NAMED = 20;

/** Nothing where the case has no groups and had none before it was packed. */
export async function writeGroups(
  sheet: Sheet,
  { groups, notCarriedOver }: PrintedDocument,
  index: ReportIndex,
): Promise<void> {
  if (!groups && !notCarriedOver?.groups) return;
  sheet.heading('Groups of faces');
  if (notCarriedOver?.groups) sheet.paragraph(GROUPS_LEFT_BEHIND);
  if (!groups) return;
  if (groups.notAsHeld) {
    sheet.paragraph(
      'The groups of faces that are kept are not those that the log of the case holds. Nothing of them is in this report. Verify the case.',
      STYLES.warning,
    );
    return;
  }
  sheet.paragraph(WHO_NOT_WHETHER);
  if (groups.proposal) sheet.paragraph(proposalSentence(groups.proposal), STYLES.small);
  const { named, unnamed } = groups;
  if (named.length > 0)
    await sheet.table(
      [0.25, 0.2, 0.55],
      named.map((one) => rowOf(one, index)),
      ['Name, and by whom', 'Faces', 'In'],
      { style: STYLES.dense, head: STYLES.denseHead },
    );
  else sheet.paragraph('No group was named by an examiner.');
  if (unnamed > 0)
    sheet.paragraph(
      `${count(unnamed, 'group has', 'groups have')} no name, and ${unnamed === 1 ? 'is' : 'are'} not listed.`,
      STYLES.small,
    );
}

function rowOf(
  { id, name, namedBy, saidBy, faces, files }: ReportedGroups['named'][number],
  { faces: known, nameOf }: ReportIndex,
): string[] {
  // Of faces that another put beside those that were named, the name is that other's word.
  const said = saidBy ?? [{ who: namedBy, faces }];
  const placesOf = (of: readonly FaceId[]): string => {
    const places = of.slice(0, MOST_NAMED).flatMap((faceId) => placeOf(faceId, known, nameOf) ?? []);
    const more = of.length - places.length;
    return `${places.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  };
  const who = said.map((one, i) =>
    said.length === 1
      ? visibleText(one.who)
      : `${i === 0 && one.who === namedBy ? 'named by ' : 'put with them by '}${visibleText(one.who)}: ${count(one.faces.length, 'face', 'faces')}`,
  );
  return [
    [visibleText(name), ...who].join('\n'),
    `${groupSize({ faces: faces.length, files })}\ngroup ${id}`,
    said
      .map((one) => (said.length === 1 ? placesOf(one.faces) : `${visibleText(one.who)}: ${placesOf(one.faces)}`))
      .join('\n'),
  ];
}

function placeOf(faceId: FaceId, known: ReportIndex['faces'], nameOf: ReportIndex['nameOf']): string | undefined {
  const face = known.get(faceId);
  return face && nameOf({ evidenceId: face.evidenceId, faceId, trackId: null });
}
