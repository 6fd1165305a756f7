// Report section: a block for each face shown, with its pictures, what the machine says and what examiners say.
import type { FaceId, Sha256 } from '../../../contract/brand.ts';
import { DIFFERENCE_FULL_SCALE } from '../../../contract/colour-scale.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Model } from '../../../contract/model.ts';
import type { ReportDocument, ReportFace } from '../../../contract/report.ts';
import type { Verdict } from '../../../contract/verdict.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { pointsInWords } from '../applicable-validation.ts';
import { legendPicture, paintDifference } from '../paint-difference.ts';
import { COLOURS, type Sheet, STYLES } from '../sheet.ts';
import { CONCLUSION_WORDS, whichFaceInWords, wordsFromOutcome } from '../wording.ts';

/**
 * Where the report's pictures come from: blobs by hash; the photograph around a face (null when it cannot be read now); and whether
 * the crop of a face may show part of another one. They know the places of faces that a redacted document leaves out.
 */
export type ReportPictures = {
  blob(sha256: Sha256): Promise<Uint8Array | undefined>;
  context(evidence: Evidence, face: FaceId): Promise<Uint8Array | null>;
  showsOthers(face: FaceId, model: Model): boolean;
};

/** Height of a face block: title, pictures, captions and the lines below. */
const BLOCK_HEIGHT = 236;
/** Of the difference's colour scale with its numbers. */
const LEGEND_HEIGHT = 22;
const PICTURE_GAP = 10;
/** Side of one of the four pictures of a block, points. */
const sideOf = (sheet: Sheet): number => (sheet.width - 3 * PICTURE_GAP) / 4;

export async function writeFaceBlocks(sheet: Sheet, document: ReportDocument, pictures: ReportPictures): Promise<void> {
  const verdicts = new Map(document.verdicts.map((one) => [one.id, one]));
  const evidence = new Map(document.evidence.map((one) => [one.id, one]));
  const faces = new Map(document.faces.map((one) => [one.id, one]));
  const models = new Map(document.models.map((one) => [one.id, one]));
  const legend = await legendPicture();
  sheet.newPage();
  sheet.heading('Faces');
  if (document.shown.length === 0)
    sheet.paragraph('No face is shown: none was found, or none matches the choice made for this report.');
  for (const id of document.shown) {
    const verdict = verdicts.get(id);
    if (!verdict || verdict.faceId === null) continue;
    const block = {
      verdict,
      evidence: evidence.get(verdict.evidenceId)!,
      face: faces.get(verdict.faceId)!,
      model: models.get(verdict.modelId)!,
    };
    await writeFaceBlock(sheet, document, block, pictures, legend);
  }
}

type Block = { verdict: Verdict; evidence: Evidence; face: ReportFace; model: Model };

async function writeFaceBlock(
  sheet: Sheet,
  document: ReportDocument,
  block: Block,
  pictures: ReportPictures,
  legend: Uint8Array,
): Promise<void> {
  const { verdict, evidence, face } = block;
  sheet.ensure(BLOCK_HEIGHT);
  sheet.heading(`${visibleText(evidence.relativePath)}${whichFaceInWords(face)}`, 2);
  writePanels(sheet, block, await panelsOf(block, pictures, document.redaction));
  if (verdict.outcome.kind === 'scored') writeLegend(sheet, legend);
  writeFigures(sheet, document, block);
  writeOpinions(sheet, document, verdict);
  sheet.rule();
}

function writePanels(sheet: Sheet, { evidence, face }: Block, panels: readonly Panel[]): void {
  const side = sideOf(sheet);
  const top = sheet.y;
  panels.forEach(({ png, caption, note }, i) => {
    const x = sheet.left + i * (side + PICTURE_GAP);
    if (png) sheet.picture(png, x, top, side, `${caption} of ${evidence.relativePath}, face ${face.faceIndex + 1}`);
    else sheet.doc.rect(x, top, side, side).fillColor(COLOURS.panel).fill();
    sheet.tagged('Caption', () => sheet.type.line(caption, x, top + side + 3, STYLES.small));
    if (note) sheet.tagged('P', () => sheet.type.line(note, x, top + side + 13, { ...STYLES.warning, size: 6.5 }));
  });
  sheet.y = top + side + 24;
}

/** What the machine says, and the numbers it says it by. */
function writeFigures(
  sheet: Sheet,
  document: ReportDocument,
  { verdict: { outcome }, evidence, face, model }: Block,
): void {
  sheet.paragraph(`Machine: ${wordsFromOutcome(outcome, document.template?.verbalScale)}`, STYLES.strong);
  if (outcome.kind === 'scored')
    sheet.paragraph(
      `Logit ${outcome.logit.toFixed(6)} · mean difference ${outcome.meanDifference.toFixed(4)} · ${pointsInWords(document, outcome, model)} · model ${model.name} ${model.id.slice(0, 12)}`,
      STYLES.small,
    );
  const { box, quality } = face;
  sheet.paragraph(
    `${boxInWords(box)} · size ${Math.round(quality.sizePx)} px · sharpness ${quality.sharpness.toFixed(0)} · roll ${quality.rollDegrees.toFixed(0)}° · finder ${face.finderScore.toFixed(3)} · file SHA-256 ${evidence.sha256 ?? 'none'}`,
    STYLES.small,
  );
}

const boxInWords = (box: ReportFace['box']): string =>
  box
    ? `Box x ${box.x.toFixed(1)} y ${box.y.toFixed(1)} w ${box.width.toFixed(1)} h ${box.height.toFixed(1)} px`
    : 'Box withheld';

/** Why the pictures made of a face's crop do not leave the case with this copy. The photograph comes covered from its source. */
function whyCovered({ face, model }: Block, pictures: ReportPictures, redaction: ReportDocument['redaction']) {
  if (redaction === 'all') return 'covered in this copy';
  return redaction === 'others' && pictures.showsOthers(face.id, model) ? 'left out: reaches another face' : undefined;
}

/** A picture of a block; grey where it is undefined. */
type Panel = { png: Uint8Array | undefined; caption: string; note?: string };

async function panelsOf(
  block: Block,
  pictures: ReportPictures,
  redaction: ReportDocument['redaction'],
): Promise<Panel[]> {
  const { verdict, evidence, face, model } = block;
  const { outcome } = verdict;
  const covered = whyCovered(block, pictures, redaction);
  const pictureOf = async (sha256: Sha256) => (covered ? undefined : pictures.blob(sha256));
  const context = (await pictures.context(evidence, face.id)) ?? undefined;
  const crop = 'cropSha256' in outcome && outcome.cropSha256 ? await pictureOf(outcome.cropSha256) : undefined;
  const first: Panel[] = [
    {
      png: context,
      caption: face.pts === null ? 'Photograph with box' : 'Frame with box',
      ...(context ? {} : { note: 'the file cannot be read now' }),
    },
    { png: crop, caption: 'Face as examined', ...(covered ? { note: covered } : {}) },
  ];
  if (outcome.kind !== 'scored') return first;
  const difference = await pictureOf(outcome.differenceSha256);
  const note = covered ?? (model.decoderTest?.passed ? undefined : 'not evidence (see model)');
  return [
    ...first,
    { png: await pictureOf(outcome.reconstructionSha256), caption: 'Reconstruction', ...(note ? { note } : {}) },
    { png: difference && (await paintDifference(difference)), caption: 'Difference', ...(note ? { note } : {}) },
  ];
}

function writeLegend(sheet: Sheet, legend: Uint8Array): void {
  const width = sideOf(sheet);
  const x = sheet.left + 3 * (width + PICTURE_GAP);
  const end = `${DIFFERENCE_FULL_SCALE} and more`;
  sheet.tagged(
    'Figure',
    () => {
      sheet.doc.image(Buffer.from(legend), x, sheet.y, { width, height: 6 });
      sheet.type.line('0', x, sheet.y + 8, STYLES.small);
      sheet.type.line(end, x + width - sheet.type.width(end, STYLES.small), sheet.y + 8, STYLES.small);
    },
    `Colour scale of the difference, from 0 to ${end}`,
  );
  sheet.y += LEGEND_HEIGHT;
}

function writeOpinions(sheet: Sheet, document: ReportDocument, verdict: Verdict): void {
  const opinions = document.opinions.filter(
    (one) => one.evidenceId === verdict.evidenceId && one.faceId === verdict.faceId,
  );
  for (const one of opinions)
    sheet.paragraph(
      `Examiner ${one.examinerName}: ${CONCLUSION_WORDS[one.conclusion]}${one.blind ? ' (score hidden)' : ''}${one.secondReview ? ', second review' : ''}, ${one.givenAt}${one.note ? `. ${one.note}` : ''}`,
    );
}
