// Report section: a block for each face shown, with its pictures, what examiners say and what the
// machine says.
import { NO_DECODER } from '../../../contract/architecture.ts';
import type { FaceId, Sha256 } from '../../../contract/brand.ts';
import { DIFFERENCE_FULL_SCALE } from '../../../contract/colour-scale.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Model } from '../../../contract/model.ts';
import type { ReportDocument, ReportFace } from '../../../contract/report.ts';
import type { StabilityRow } from '../../../contract/stability.ts';
import { type Verdict, viewsOf } from '../../../contract/verdict.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { alteredWords, CONCLUSION_WORDS, stabilitySentence } from '../../../contract/wording.ts';
import { prefetch } from '../../async/prefetch.ts';
import { pointsWords, stabilityRatesIn } from '../applicable-validation.ts';
import type { ContextPicture } from '../context-picture.ts';
import { legendPicture } from '../legend-picture.ts';
import type { PlacedPicture } from '../pdf/pictures.ts';
import { Pictures } from '../pdf/pictures.ts';
import { printedColours, printedGreys } from '../printed-picture.ts';
import type { PrintedDocument, PrintedFace } from '../report-document.ts';
import type { ReportIndex } from '../report-index.ts';
import { COLOURS, type Sheet, STYLES } from '../sheet.ts';
import { outcomeWords } from '../wording.ts';
import { howGiven } from './opinions.ts';

/**
 * Where the report's pictures come from: blobs by hash; the photograph around a face (null when it
 * cannot be read now, `notLookedFor` where nobody here has said where the evidence of a case from
 * elsewhere lies); and whether the crop of a face may show part of another one. They know the
 * places of faces that a redacted document leaves out.
 */
export type ReportPictures = {
  blob(sha256: Sha256): Promise<Uint8Array | undefined>;
  context(evidence: Evidence, face: FaceId): Promise<ContextPicture | 'notLookedFor' | null>;
  showsOthers(face: FaceId, model: Model): boolean;
};

/** Height of a face block: title, pictures, captions and the lines below. Three stand on a page. */
const BLOCK_HEIGHT = 206;
/** Side of one of the four pictures of a block, points. */
const SIDE = 106;
const CAPTION = { ...STYLES.small, size: 7 };
const NOTE = { ...STYLES.warning, size: 6.5 };
const SAID = { ...STYLES.strong, size: 8.5 };
const MACHINE = { ...STYLES.body, size: 8.5 };
const FIGURES = { ...STYLES.small, size: 6.5 };
const gapOf = (sheet: Sheet): number => (sheet.width - 4 * SIDE) / 3;

/** Faces whose pictures are made ready while the page is written. */
const AHEAD = 2;

type Block = { verdict: Verdict; evidence: Evidence; face: PrintedFace; model: Model };
type Ready = { block: Block; panels: Panel[] };

const NOT_LOOKED_FOR = 'the file was not looked for';
const WHY_NOT_LOOKED_FOR =
  'The case came from elsewhere, and nobody here had said where its evidence lies when this report was written: photographs marked “not looked for” were not opened. This says nothing about whether they are still there.';

export async function writeFaceBlocks(
  sheet: Sheet,
  document: PrintedDocument,
  index: ReportIndex,
  pictures: ReportPictures,
  progress: (done: number) => void,
): Promise<void> {
  sheet.newPage();
  sheet.heading('Faces');
  if (document.shown.length === 0) {
    sheet.paragraph('No face is shown: none was found, or none matches the choice made for this report.');
    return;
  }
  sheet.paragraph(
    'The pictures are printed as JPEG of high quality, the difference in the colours of the scale below it. The exact pictures lie in the case under their hashes.',
    STYLES.small,
  );
  const stability = new Map(document.stability.map((row) => [row.verdictId, row]));
  const ratesOf = stabilityRatesIn(document);
  const placing = new Placing(sheet, await legendPicture());
  const ready = prefetch(
    blocksOf(document, index),
    AHEAD,
    async (block): Promise<Ready> => ({
      block,
      panels: await panelsOf(block, pictures, document.redaction),
    }),
  );
  let done = 0;
  let unsought = false;
  for await (const { block, panels } of ready) {
    writeFaceBlock(sheet, document, index, block, panels, placing);
    writeStability(sheet, stability.get(block.verdict.id), ratesOf);
    sheet.rule();
    progress(++done);
    unsought ||= panels.some(({ note }) => note === NOT_LOOKED_FOR);
    await sheet.rest();
  }
  if (unsought) sheet.paragraph(WHY_NOT_LOOKED_FOR, STYLES.warning);
}

function* blocksOf(document: PrintedDocument, { evidence, faces, models }: ReportIndex): Generator<Block> {
  const verdicts = new Map(document.verdicts.map((one) => [one.id, one]));
  for (const id of document.shown) {
    const verdict = verdicts.get(id);
    if (!verdict || verdict.faceId === null) continue;
    yield {
      verdict,
      evidence: evidence.get(verdict.evidenceId)!,
      face: faces.get(verdict.faceId)!,
      model: models.get(verdict.modelId)!,
    };
  }
}

function writeFaceBlock(
  sheet: Sheet,
  document: PrintedDocument,
  index: ReportIndex,
  block: Block,
  panels: readonly Panel[],
  placing: Placing,
): void {
  const { verdict } = block;
  sheet.ensure(BLOCK_HEIGHT);
  sheet.heading(index.nameOf(verdict), 2);
  writePanels(sheet, index, block, panels, placing);
  for (const one of index.standingOn(verdict))
    sheet.paragraph(
      `Examiner ${one.examinerName}${index.onTrack(one)}: ${CONCLUSION_WORDS[one.conclusion]}${howGiven(one, index)}, ${one.givenAt}${one.note ? `. ${one.note}` : ''}`,
      SAID,
    );
  const tags = index.tagsOn(verdict);
  if (tags.length > 0) sheet.paragraph(`Tags (no opinions): ${tags.join('; ')}`, FIGURES);
  const group = index.groupOf(verdict.faceId);
  if (group !== undefined)
    sheet.paragraph(
      `Group of faces (who, not whether forged): ${visibleText(group.name)}, said by ${visibleText(group.who)}`,
      FIGURES,
    );
  writeFigures(sheet, document, block);
}

/**
 * Puts the pictures of blocks into the file; a photograph that several faces share is put there
 * once.
 */
class Placing {
  readonly legend: PlacedPicture;
  readonly #pictures: Pictures;
  #frame: { key: string; placed: PlacedPicture } | undefined;

  constructor(sheet: Sheet, legend: Uint8Array) {
    this.#pictures = new Pictures(sheet.file);
    this.legend = this.#pictures.place(legend);
  }

  place({ bytes, frame, inColours = false }: Panel): PlacedPicture | undefined {
    if (!bytes) return undefined;
    if (!frame) return this.#pictures.place(bytes, inColours);
    if (this.#frame?.key !== frame) this.#frame = { key: frame, placed: this.#pictures.place(bytes) };
    return this.#frame.placed;
  }
}

function writePanels(
  sheet: Sheet,
  index: ReportIndex,
  { verdict }: Block,
  panels: readonly Panel[],
  placing: Placing,
): void {
  const side = SIDE;
  const top = sheet.y;
  panels.forEach((panel, i) => {
    const x = sheet.left + i * (side + gapOf(sheet));
    const placed = placing.place(panel);
    if (placed)
      sheet.tagged(
        'Figure',
        () => drawPicture(sheet, placed, panel.box, x, top, side),
        `${panel.caption} of ${index.nameOf(verdict)}`,
      );
    else sheet.structure.artifact(() => sheet.doc.rect(x, top, side, side).fillColor(COLOURS.panel).fill());
    sheet.tagged('Caption', () => sheet.type.line(panel.caption, x, top + side + 2, CAPTION));
    if (panel.note) sheet.tagged('P', () => sheet.type.line(panel.note!, x, top + side + 11, NOTE));
  });
  if (verdict.outcome.kind === 'scored') drawLegend(sheet, placing.legend, top + side + 21);
  sheet.y = top + side + 32;
}

/** The picture as large as fits, and a box in it given as fractions. */
function drawPicture(
  { doc }: Sheet,
  { widthPx, heightPx, drawn }: PlacedPicture,
  box: Panel['box'],
  x: number,
  y: number,
  side: number,
): void {
  const scale = side / Math.max(widthPx, heightPx);
  const [width, height] = [widthPx * scale, heightPx * scale];
  doc.image(drawn as never, x, y, { width, height });
  if (!box) return;
  doc.save().rect(x, y, width, height).clip();
  doc
    .rect(x + box.x * width, y + box.y * height, box.width * width, box.height * height)
    .lineWidth(1)
    .strokeColor('#ffb000')
    .stroke();
  doc.restore();
}

function drawLegend(sheet: Sheet, legend: PlacedPicture, y: number): void {
  const width = SIDE;
  const x = sheet.left + 3 * (width + gapOf(sheet));
  const end = `${DIFFERENCE_FULL_SCALE} and more`;
  const [from, to] = [sheet.type.width('0 ', FIGURES), sheet.type.width(` ${end}`, FIGURES)];
  sheet.tagged(
    'Figure',
    () => {
      sheet.type.line('0', x, y, FIGURES);
      sheet.doc.image(legend.drawn as never, x + from, y + 2, { width: width - from - to, height: 5 });
      sheet.type.line(end, x + width - to + sheet.type.width(' ', FIGURES), y, FIGURES);
    },
    `Colour scale of the difference, from 0 to ${end}`,
  );
}

/** What the machine says, and the numbers it says it by. */
function writeFigures(
  sheet: Sheet,
  document: PrintedDocument,
  { verdict: { outcome }, evidence, face, model }: Block,
): void {
  sheet.paragraph(
    `Machine (${model.name}): ${outcomeWords(outcome, { scale: document.template?.verbalScale })}`,
    MACHINE,
  );
  const scored =
    outcome.kind === 'scored'
      ? `Logit ${outcome.logit.toFixed(6)} · ${outcome.meanDifference === undefined ? NO_DECODER : `mean difference ${outcome.meanDifference.toFixed(4)}`} · ${pointsWords(document, outcome, model)} · model ${model.id.slice(0, 12)} · `
      : '';
  const { box, quality } = face;
  sheet.paragraph(
    `${scored}${boxWords(box)} · size ${Math.round(quality.sizePx)} px · sharpness ${quality.sharpness.toFixed(0)} · roll ${quality.rollDegrees.toFixed(0)}° · finder ${face.finderScore.toFixed(3)} · file SHA-256 ${evidence.sha256 ?? 'none'}`,
    FIGURES,
  );
}

/** How firm it is, where that was measured, with what validation found of such faces and the whole list. */
function writeStability(
  sheet: Sheet,
  row: StabilityRow | undefined,
  ratesOf: ReturnType<typeof stabilityRatesIn>,
): void {
  if (!row) return;
  sheet.paragraph(`Stability: ${stabilitySentence(row)} ${ratesOf(row)}`.trim(), MACHINE);
  const list = [...row.altered, ...row.beside].map(alteredWords);
  if (list.length > 0) sheet.paragraph(list.join(' · '), FIGURES);
}

const boxWords = (box: ReportFace['box']): string =>
  box
    ? `Box x ${box.x.toFixed(1)} y ${box.y.toFixed(1)} w ${box.width.toFixed(1)} h ${box.height.toFixed(1)} px`
    : 'Box withheld';

/**
 * Why the pictures made of a face's crop do not leave the case with this copy. The photograph comes
 * covered from its source.
 */
function whyCovered({ face, model }: Block, pictures: ReportPictures, redaction: ReportDocument['redaction']) {
  if (redaction === 'all') return 'covered in this copy';
  return redaction === 'others' && pictures.showsOthers(face.id, model) ? 'left out: reaches another face' : undefined;
}

/** A picture of a block as it goes into the file; grey where it is undefined. */
type Panel = {
  bytes: Uint8Array | undefined;
  caption: string;
  note?: string;
  frame?: string | null;
  box?: ContextPicture['box'];
  inColours?: boolean;
};

async function panelsOf(
  block: Block,
  pictures: ReportPictures,
  redaction: ReportDocument['redaction'],
): Promise<Panel[]> {
  const { verdict, evidence, face, model } = block;
  const { outcome } = verdict;
  const covered = whyCovered(block, pictures, redaction);
  const printed = async (sha256: Sha256 | null, encode = printedColours) => {
    const bytes = covered || sha256 === null ? undefined : await pictures.blob(sha256);
    return bytes && encode(bytes);
  };
  const found = await pictures.context(evidence, face.id);
  const context = found === 'notLookedFor' ? null : found;
  const crop = 'cropSha256' in outcome ? await printed(outcome.cropSha256) : undefined;
  const first: Panel[] = [
    {
      bytes: context?.jpeg,
      frame: context?.frame ?? null,
      box: context?.box ?? null,
      caption: face.pts === null ? 'Photograph with box' : 'Frame with box',
      ...(context ? {} : { note: found === null ? 'the file cannot be read now' : NOT_LOOKED_FOR }),
    },
    { bytes: crop, caption: 'Face as examined', ...(covered ? { note: covered } : {}) },
  ];
  const views = outcome.kind === 'scored' ? viewsOf(outcome) : undefined;
  if (!views) return first;
  const [reconstruction, difference] = await Promise.all([
    printed(views.reconstructionSha256),
    printed(views.differenceSha256, printedGreys),
  ]);
  const note = covered ?? (model.decoderTest?.passed ? undefined : 'not evidence (see model)');
  return [
    ...first,
    { bytes: reconstruction, caption: 'Reconstruction', ...(note ? { note } : {}) },
    { bytes: difference, inColours: true, caption: 'Difference', ...(note ? { note } : {}) },
  ];
}
