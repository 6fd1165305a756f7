// Report document -> PDF, section by section. The same document gives the same bytes: no clock, no chance.
import sharp from 'sharp';
import type { FaceId, Sha256 } from '../../contract/brand.ts';
import { DIFFERENCE_FULL_SCALE } from '../../contract/colour-scale.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import type { ReportDocument, ReportFace } from '../../contract/report.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { canonicalJson } from '../case/canonical-json.ts';
import { attach } from './archival.ts';
import { legendPicture, paintDifference } from './paint-difference.ts';
import {
  calibrationSentence,
  isInForce,
  laterRecordSentences,
  OTHER_RECORD,
  pointsInWords,
} from './record-in-force.ts';
import { writeAgreement } from './sections/agreement.ts';
import { filesInWords } from './sections/equal-files.ts';
import { writeEvidenceTable } from './sections/evidence-table.ts';
import { writeHighestScores } from './sections/highest-scores.ts';
import { writeIntegrity } from './sections/integrity.ts';
import { writeParameters } from './sections/parameters.ts';
import { writePropositions } from './sections/propositions.ts';
import { writeProvenance } from './sections/provenance.ts';
import { writeValidation } from './sections/validation.ts';
import { writeVideos } from './sections/videos.ts';
import { COLOURS, Sheet, STYLES } from './sheet.ts';
import { addSignatureField, type SignatureWords } from './signing/signature-field.ts';
import {
  CONCLUSION_WORDS,
  DEMONSTRATION_NOTICE,
  KIND_WORDS,
  LIMITS,
  METHOD,
  REDACTION_NOTICE,
  secondsInWords,
  summaryRows,
  wordsFromOutcome,
} from './wording.ts';

/**
 * Where the report's pictures come from: blobs by hash; the photograph around a face (null when it cannot be read now); and whether
 * the crop of a face may show part of another one. They know the places of faces that a redacted document leaves out.
 */
export type ReportPictures = {
  blob(sha256: Sha256): Promise<Uint8Array | undefined>;
  context(evidence: Evidence, face: FaceId): Promise<Uint8Array | null>;
  showsOthers(face: FaceId, model: Model): boolean;
};

/** The finished PDF. */
export async function makePdfReport(
  document: ReportDocument,
  paper: 'A4' | 'Letter',
  pictures: ReportPictures,
  signature?: { words: SignatureWords; room: number },
): Promise<{ bytes: Uint8Array; pages: number }> {
  const sheet = new Sheet({
    title: document.title,
    author: document.examiners.join(', '),
    asOf: document.asOf,
    paper,
    creator: `Recce Workstation ${document.appVersion}`,
  });
  const { template } = document;
  await writeCover(sheet, document);
  writeSummary(sheet, document);
  writeVideos(sheet, document);
  await writeFaces(sheet, document, pictures);
  writeUnscored(sheet, document);
  writeEvidenceTable(sheet, document.evidence);
  writeProvenance(sheet, document);
  writeIntegrity(sheet, document);
  writeAgreement(sheet, document);
  writeModels(sheet, document);
  for (const model of document.models) writeValidation(sheet, model);
  writeMethod(sheet, document);
  writePropositions(sheet, document);
  if (template?.statement) {
    sheet.heading('Statement of the laboratory');
    sheet.paragraph(template.statement);
  }
  sheet.runningLines(
    [template?.header, document.title, document.case.reference].filter(Boolean).join(' · '),
    [template?.footer, `Content SHA-256 ${document.contentSha256}`].filter(Boolean).join(' · '),
    isDemonstration(document) ? DEMONSTRATION_NOTICE : undefined,
  );
  attach(sheet.doc, {
    name: 'report.json',
    bytes: Buffer.from(`${canonicalJson(document)}\n`, 'utf8'),
    type: 'application/json',
    description: 'The same report, machine-readable',
    asOf: document.asOf,
  });
  if (signature) {
    sheet.doc.switchToPage(0);
    addSignatureField(sheet.doc, signature.words, signature.room);
  }
  return sheet.finish();
}

/** Height kept for a laboratory's logo above the title, points. */
const LOGO_HEIGHT = 56;

/** The logo, decoded and written anew as PNG: what came in as a file of someone else's making does not go out. */
async function writeLogo(sheet: Sheet, template: ReportDocument['template']): Promise<void> {
  if (template?.logo) {
    const png = await sharp(Buffer.from(template.logo, 'base64')).flatten({ background: '#fff' }).png().toBuffer();
    const size: [number, number] = [sheet.width / 2, LOGO_HEIGHT];
    sheet.tagged(
      'Figure',
      () => sheet.doc.image(png, sheet.left, 48, { fit: size }),
      `Logo of ${template.organisation}`,
    );
  }
  if (!template?.address) return;
  sheet.y = 48;
  const left = sheet.left + sheet.width * 0.6;
  sheet.paragraph(template.address, STYLES.small, sheet.width * 0.4, left);
}

const isDemonstration = (document: ReportDocument): boolean =>
  document.case.demonstration || document.models.some((model) => model.demonstration);

async function writeCover(sheet: Sheet, document: ReportDocument): Promise<void> {
  await writeLogo(sheet, document.template);
  sheet.y = 130;
  sheet.paragraph('Examination of faces for signs of forgery', STYLES.h2);
  sheet.paragraph(document.title, STYLES.title);
  sheet.y += 6;
  sheet.rule();
  const rows: [string, string][] = [
    ['Reference', document.case.reference || 'none given'],
    ['Organisation', document.organisation || 'none given'],
    ['Examiners', document.examiners.join(', ') || 'none named'],
    ['State of the case', `${document.asOf} (UTC)`],
    [
      'Evidence',
      `${filesInWords(document.evidence)}, ${document.faces.length} faces, ${document.verdicts.length} verdicts`,
    ],
    ['Tool', `Recce Workstation ${document.appVersion}`],
    ...document.models.map((model): [string, string] => ['Model', `${model.name}, SHA-256 ${model.id}`]),
    ['Audit log', document.auditHead ? `entry ${document.auditHead.seq}, hash ${document.auditHead.hash}` : 'empty'],
    ['Content', `SHA-256 ${document.contentSha256}`],
  ];
  sheet.table([0.22, 0.78], rows);
  if (isDemonstration(document)) sheet.paragraph(DEMONSTRATION_NOTICE, STYLES.warning);
  if (document.redaction === 'none') return;
  sheet.paragraph(REDACTION_NOTICE[document.redaction], STYLES.warning);
  sheet.paragraph(`Left out of this copy and of the record inside it: ${document.withheld.join(' ')}`, STYLES.warning);
}

const NOT_EXAMINED = 'Not examined yet';
const PENDING_REASON =
  'taken in, and not examined to the end: the scan is still running or was stopped. Nothing follows about what is in there.';

/** Files that no scan has examined to the end. They have no verdict, and must not be missing where files without a score are listed. */
const pendingFiles = ({ evidence }: ReportDocument): Evidence[] =>
  evidence.filter(({ state }) => state.kind === 'pending');

function writeSummary(sheet: Sheet, document: ReportDocument): void {
  sheet.newPage();
  sheet.heading('Summary');
  const waiting = pendingFiles(document).length;
  const rows: [string, string][] = [
    ...summaryRows(document.verdicts),
    ...(waiting > 0 ? [[NOT_EXAMINED, `${waiting}`] satisfies [string, string]] : []),
  ];
  sheet.table([0.6, 0.2], rows, ['Result of the machine', 'Number']);
  if (waiting > 0)
    sheet.paragraph(`${waiting} of ${document.evidence.length} files: ${PENDING_REASON}`, STYLES.warning);
  sheet.paragraph(calibrationSentence(document));
  for (const sentence of laterRecordSentences(document)) sheet.paragraph(sentence, STYLES.warning);
  sheet.paragraph(
    'The machine’s results and the opinions of examiners are different things and are printed apart. No result of the machine authenticates a picture.',
  );
  const opinions = document.opinions.filter((one) => one.conclusion !== 'withdrawn');
  if (opinions.length > 0)
    sheet.paragraph(`Opinions of examiners recorded: ${opinions.length}. Each stands with its face.`);
  writeHighestScores(sheet, document);
}

/** Height of a face block: title, pictures, captions and the lines below. */
const BLOCK_HEIGHT = 236;
/** Of the difference's colour scale with its numbers. */
const LEGEND_HEIGHT = 22;
const PICTURE_GAP = 10;

async function writeFaces(sheet: Sheet, document: ReportDocument, pictures: ReportPictures): Promise<void> {
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
  const { verdict, evidence, face, model } = block;
  sheet.ensure(BLOCK_HEIGHT);
  sheet.heading(`${visibleText(evidence.relativePath)}${whichOf(face)}`, 2);
  const side = (sheet.width - 3 * PICTURE_GAP) / 4;
  const panels = await panelsOf(block, pictures, document.redaction);
  const top = sheet.y;
  panels.forEach(({ png, caption, note }, i) => {
    const x = sheet.left + i * (side + PICTURE_GAP);
    if (png) sheet.picture(png, x, top, side, `${caption} of ${evidence.relativePath}, face ${face.faceIndex + 1}`);
    else sheet.doc.rect(x, top, side, side).fillColor(COLOURS.panel).fill();
    sheet.tagged('Caption', () => sheet.type.line(caption, x, top + side + 3, STYLES.small));
    if (note) sheet.tagged('P', () => sheet.type.line(note, x, top + side + 13, { ...STYLES.warning, size: 6.5 }));
  });
  sheet.y = top + side + 24;
  if (verdict.outcome.kind === 'scored') writeLegend(sheet, legend);
  sheet.paragraph(`Machine: ${wordsFromOutcome(verdict.outcome, document.template?.verbalScale)}`, STYLES.strong);
  if (verdict.outcome.kind === 'scored')
    sheet.paragraph(
      `Logit ${verdict.outcome.logit.toFixed(6)} · mean difference ${verdict.outcome.meanDifference.toFixed(4)} · ${pointsInWords(document, verdict.outcome, model)} · model ${model.name} ${model.id.slice(0, 12)}`,
      STYLES.small,
    );
  const { box, quality } = face;
  sheet.paragraph(
    `${boxInWords(box)} · size ${Math.round(quality.sizePx)} px · sharpness ${quality.sharpness.toFixed(0)} · roll ${quality.rollDegrees.toFixed(0)}° · finder ${face.finderScore.toFixed(3)} · file SHA-256 ${evidence.sha256 ?? 'none'}`,
    STYLES.small,
  );
  writeOpinions(sheet, document, verdict);
  sheet.rule();
}

/** Which face of its picture, and where in a video. */
const whichOf = (face: ReportFace): string => `, face ${face.faceIndex + 1}${whenOf(face)}`;

/** Where in a video; nothing for a still. */
const whenOf = ({ pts, timeMs, frameIndex }: ReportFace): string =>
  pts === null ? '' : ` at ${secondsInWords(timeMs)} (frame ${frameIndex}, pts ${pts})`;

const boxInWords = (box: ReportFace['box']): string =>
  box
    ? `Box x ${box.x.toFixed(1)} y ${box.y.toFixed(1)} w ${box.width.toFixed(1)} h ${box.height.toFixed(1)} px`
    : 'Box withheld';

/** Why the pictures made of a face's crop do not leave the case with this copy. The photograph comes covered from its source. */
function whyCovered({ face, model }: Block, pictures: ReportPictures, redaction: ReportDocument['redaction']) {
  if (redaction === 'all') return 'covered in this copy';
  return redaction === 'others' && pictures.showsOthers(face.id, model) ? 'left out: reaches another face' : undefined;
}

async function panelsOf(
  block: Block,
  { blob, ...pictures }: ReportPictures,
  redaction: ReportDocument['redaction'],
): Promise<{ png: Uint8Array | undefined; caption: string; note?: string }[]> {
  const { verdict, evidence, face, model } = block;
  const { outcome } = verdict;
  const covered = whyCovered(block, { blob, ...pictures }, redaction);
  const pictureOf = async (sha256: Sha256) => (covered ? undefined : blob(sha256));
  const context = (await pictures.context(evidence, face.id)) ?? undefined;
  const crop = 'cropSha256' in outcome && outcome.cropSha256 ? await pictureOf(outcome.cropSha256) : undefined;
  const first = [
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
  const width = (sheet.width - 3 * PICTURE_GAP) / 4;
  const x = sheet.left + 3 * (width + PICTURE_GAP);
  sheet.tagged(
    'Figure',
    () => sheet.doc.image(Buffer.from(legend), x, sheet.y, { width, height: 6 }),
    'Colour scale of the difference',
  );
  sheet.type.line('0', x, sheet.y + 8, STYLES.small);
  const end = `${DIFFERENCE_FULL_SCALE} and more`;
  sheet.type.line(end, x + width - sheet.type.width(end, STYLES.small), sheet.y + 8, STYLES.small);
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

function writeUnscored(sheet: Sheet, document: ReportDocument): void {
  const evidence = new Map(document.evidence.map((one) => [one.id, one]));
  const faces = new Map(document.faces.map((one) => [one.id, one]));
  const rows = document.verdicts
    .filter((one) => one.outcome.kind !== 'scored')
    .map((one) => [
      `${visibleText(evidence.get(one.evidenceId)!.relativePath)}${one.faceId === null ? '' : whichOf(faces.get(one.faceId)!)}`,
      KIND_WORDS[one.outcome.kind],
      wordsFromOutcome(one.outcome),
    ]);
  rows.push(...pendingFiles(document).map((one) => [visibleText(one.relativePath), NOT_EXAMINED, PENDING_REASON]));
  sheet.newPage();
  sheet.heading('Not scored');
  if (document.evidence.length === 0) sheet.paragraph('The case has no file.');
  else if (rows.length === 0) sheet.paragraph('Every file had a face, and every face was scored.');
  else sheet.table([0.32, 0.18, 0.5], rows, ['File', 'Result', 'Reason']);
}

function writeModels(sheet: Sheet, document: ReportDocument): void {
  sheet.newPage();
  for (const model of document.models) {
    sheet.heading(`Model ${model.name}`);
    sheet.paragraph(model.description);
    sheet.paragraph(model.limits, STYLES.strong);
    if (!isInForce(document, model)) sheet.paragraph(OTHER_RECORD, STYLES.warning);
    for (const sentence of laterRecordSentences(document, model)) sheet.paragraph(sentence, STYLES.warning);
    const { passport, decoderTest } = model;
    sheet.table(
      [0.25, 0.75],
      [
        ['SHA-256', model.id],
        [
          'Format',
          `${passport.container}, ${passport.layout} layout, ${passport.numClasses} class(es), width ${passport.width}, ${passport.sizeBytes} bytes`,
        ],
        [
          'Input',
          `${passport.inputPx} px, ${passport.channelOrder}, mean ${passport.mean}, std ${passport.std}; geometry ${passport.geometry}`,
        ],
        ['Crop', `${passport.cropRecipe}, ${passport.interpolation}`],
        ['Licence', passport.licence],
        [
          'Decoder self-test',
          decoderTest
            ? `${decoderTest.passed ? 'passed' : 'failed'}: mean difference ${decoderTest.meanDifference.toFixed(4)} on ${decoderTest.faces} genuine faces; a flat colour differs by ${decoderTest.meanColourDifference.toFixed(4)}`
            : 'not made: the reconstruction is not evidence',
        ],
        [
          'Operating points',
          model.operatingPoints
            ? `below ${model.operatingPoints.low} towards genuine, from ${model.operatingPoints.high} towards forged`
            : 'none',
        ],
        [
          'Validation',
          model.validation
            ? `${model.validation.dataset}: ${model.validation.genuine} genuine, ${model.validation.forged} forged; AUC ${model.validation.auc.toFixed(4)} (${model.validation.aucInterval.map((v) => v.toFixed(4)).join(' to ')}); equal error rate ${model.validation.eer.toFixed(4)}`
            : 'none',
        ],
      ],
    );
  }
  writeParameters(sheet, document.parameters);
}

function writeMethod(sheet: Sheet, _document: ReportDocument): void {
  sheet.heading('Method');
  for (const sentence of METHOD) sheet.paragraph(sentence);
  sheet.heading('Limits');
  for (const sentence of LIMITS) sheet.paragraph(sentence);
}
