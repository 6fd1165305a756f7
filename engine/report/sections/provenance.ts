// Report section: other lines of evidence. Structure and content credentials of each still, apart
// from every score.

import type { ContentCredentials, Provenance } from '../../../contract/provenance.ts';
import { jpegRemarkWords } from '../../../contract/remark-words.ts';
import type { ReportDocument } from '../../../contract/report.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { type Sheet, STYLES } from '../sheet.ts';

const DENSE = { style: STYLES.dense, head: STYLES.denseHead };

/** What stands above the table, so that nobody reads too much into an empty cell. */
export const PROVENANCE_LIMITS: readonly string[] = [
  'These observations come from the files’ structure and from credentials inside them. They are independent of the machine’s scores and are not combined with them.',
  'Their absence proves nothing: messengers, websites and editors remove metadata, thumbnails and content credentials from genuine and forged pictures alike. Metadata can be written by anyone.',
  'Content credentials: integrity says whether the signature and hashes fit the file as it is; trust says whether the signer’s certificate leads to an authority this laboratory has named. Neither says that what the picture shows is true.',
];

export async function writeProvenance(
  sheet: Sheet,
  { provenance, evidence }: Pick<ReportDocument, 'provenance' | 'evidence'>,
): Promise<void> {
  if (provenance.length === 0) return;
  sheet.heading('Annex B: other lines of evidence');
  for (const sentence of [...PROVENANCE_LIMITS, ...unrecordedIn(provenance)]) sheet.paragraph(sentence);
  const paths = new Map(evidence.map((one) => [one.id, visibleText(one.shownPath)]));
  const rows = provenance.map((one) => ({ path: paths.get(one.evidenceId) ?? '', provenance: one.provenance }));
  const structures = distinctStructures(rows);
  await writeStructures(sheet, structures);
  await writeFiles(sheet, rows, structures);
  await writeCredentials(sheet, rows);
}

/** Said where the case could only be read: what stands here is not found in it again. */
function unrecordedIn(provenance: ReportDocument['provenance']): string[] {
  const files = provenance.filter(({ recorded }) => recorded === false).length;
  if (files === 0) return [];
  return [
    `${files} of these files ${files === 1 ? 'was' : 'were'} examined for this report alone: the case could only be read, so these observations are not recorded in it.`,
  ];
}

type Row = { path: string; provenance: Provenance };
/**
 * How files are built, in words, with the sign that stands for it in the table of files; in the
 * order of first appearance.
 */
type Structures = ReadonlyMap<string, { sign: string; files: number }>;

/** How a file is built; what many files have in common is printed once. */
function structureOf(provenance: Provenance): string | undefined {
  if (provenance.kind === 'notExamined' || !provenance.jpeg) return undefined;
  const { progressive, sampling, segments, remarks } = provenance.jpeg;
  const kind = `${progressive ? 'Progressive' : 'Sequential'} JPEG, sampling ${sampling || 'unknown'}`;
  return [kind, segments.join(' '), ...remarks.map(jpegRemarkWords)].join('; ');
}

function distinctStructures(rows: readonly Row[]): Structures {
  const all = new Map<string, { sign: string; files: number }>();
  for (const { provenance } of rows) {
    const words = structureOf(provenance);
    if (words === undefined) continue;
    const known = all.get(words) ?? { sign: `J${all.size + 1}`, files: 0 };
    all.set(words, { ...known, files: known.files + 1 });
  }
  return all;
}

async function writeStructures(sheet: Sheet, structures: Structures): Promise<void> {
  if (structures.size === 0) return;
  sheet.heading('How the files are built', 2);
  await sheet.table(
    [0.07, 0.08, 0.85],
    [...structures].map(([words, { sign, files }]) => [sign, String(files), words]),
    ['Sign', 'Files', 'Markers in order, and what they tell'],
    DENSE,
  );
}

async function writeFiles(sheet: Sheet, rows: readonly Row[], structures: Structures): Promise<void> {
  sheet.heading('File by file', 2);
  await sheet.table(
    [0.34, 0.08, 0.14, 0.44],
    rows.map(({ path, provenance }) => [
      path,
      structures.get(structureOf(provenance) ?? '')?.sign ?? '',
      roughnessOf(provenance),
      notesOf(provenance) || 'nothing noted',
    ]),
    ['File', 'Built', 'Roughness', 'Thumbnail and metadata'],
    DENSE,
  );
  sheet.paragraph(
    'Built: the sign of the table above. –: not measured. Roughness: of the histograms of JPEG coefficients; one compression left values of 0.1 to 0.7 in the photographs tried, a second, finer one after a coarser one values above 1. Texture, resizing and small pictures change it too. Thumbnail difference: mean difference between the picture and the small copy the camera stored.',
    STYLES.small,
  );
}

function roughnessOf(provenance: Provenance): string {
  const roughness = provenance.kind === 'examined' ? provenance.jpeg?.coefficientRoughness : undefined;
  return typeof roughness === 'number' ? roughness.toFixed(2) : '–';
}

function notesOf(provenance: Provenance): string {
  if (provenance.kind === 'notExamined') return provenance.message;
  const { jpeg, named } = provenance;
  const thumbnail = jpeg?.thumbnail;
  return [
    ...(thumbnail
      ? [`Thumbnail ${thumbnail.widthPx} x ${thumbnail.heightPx}, difference ${thumbnail.meanDifference.toFixed(3)}`]
      : []),
    ...sameValuesOnce(named),
  ].join('; ');
}

/** `Software: X` and `CreatorTool: X` as `Software, CreatorTool: X`. */
function sameValuesOnce(named: readonly string[]): string[] {
  const byValue = Map.groupBy(named, (one) => one.slice(one.indexOf(': ') + 2));
  return [...byValue].map(([value, all]) => `${all.map((one) => one.split(': ')[0]).join(', ')}: ${value}`);
}

/** Files without credentials are counted; each file with them has its row. */
async function writeCredentials(sheet: Sheet, rows: readonly Row[]): Promise<void> {
  const examined = rows.flatMap(({ path, provenance }) =>
    provenance.kind === 'examined' ? [{ path, found: provenance.contentCredentials }] : [],
  );
  const bearing = examined.filter(({ found }) => found.kind !== 'none');
  sheet.heading('Content credentials', 2);
  sheet.paragraph(
    `None were found in ${examined.length - bearing.length} of ${examined.length} files examined for them.`,
  );
  if (bearing.length > 0)
    await sheet.table(
      [0.3, 0.7],
      bearing.map(({ path, found }) => [path, credentialWords(found)]),
      ['File', 'Content credentials'],
    );
}

/** Credentials in words; integrity and trust in sentences of their own. */
export function credentialWords(found: ContentCredentials): string {
  if (found.kind === 'none') return 'none found';
  if (found.kind === 'unreadable') return `present, but cannot be read: ${found.message}`;
  const trust = {
    trusted: 'leads to a named authority',
    untrusted: 'leads to no named authority',
    notAsked: 'not judged: no authorities are named here',
  };
  return [
    `Integrity: ${found.integrity}${found.failures.map((one) => `; ${one.code}`).join('')}`,
    `Trust: the signer’s certificate ${trust[found.trust]}`,
    `Signer: ${[found.signer, found.issuer].filter(Boolean).join(', ') || 'unnamed'} (${found.algorithm}), ${found.signedAt ?? 'without time stamp'}`,
    `Made with: ${found.claimGenerator || 'not said'}`,
    ...(found.actions.length > 0 ? [`Claimed: ${found.actions.join(', ')}`] : []),
    ...(found.ingredients.length > 0 ? [`Ingredients: ${found.ingredients.join(', ')}`] : []),
  ].join('\n');
}
