// Report content -> CSV (RFC 4180), one row a result, in parts of some hundred rows: where in which
// file, what was said of it by the machine and by examiners. Opinions on whole files that have no
// result of their own follow at the end.
import { stringify } from 'csv-stringify/sync';
import type { FaceId, ModelId, VerdictId } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Opinion, Subject } from '../../contract/opinion.ts';
import type { CsvOptions } from '../../contract/report.ts';
import { leaningKept, type StabilityRow } from '../../contract/stability.ts';
import type { Taggable } from '../../contract/tag.ts';
import { alteredWords, stabilitySentence } from '../../contract/wording.ts';
import { stabilityRatesIn } from './applicable-validation.ts';
import { harmlessCell } from './csv-cell.ts';
import type { ReportContent, ReportSubject } from './report-content.ts';
import { groupsByFace, type StandingOpinions, standingOpinions, tagsBySubject } from './report-index.ts';
import { outcomeWords, trackPlaceWords } from './wording.ts';

const HEADER = [
  'case',
  'result id',
  'exhibit',
  'path',
  'sha256',
  'time s',
  'frame',
  'pts',
  'scan',
  'track',
  'face',
  'x',
  'y',
  'width',
  'height',
  'result',
  'score',
  'leaning',
  'log10 LR',
  'words',
  'opinion',
  'examiner',
  'reason',
  'given on',
  'given at',
  'score hidden',
  'second review',
  'model',
  'made at',
  'tags',
  'stability',
  'stability in words',
  'altered',
  'validation records from elsewhere',
  'group of faces',
];

/** Rows of a part. */
const PART = 200;

/** What stands in place of a number that a redacted copy leaves out. */
const WITHHELD = 'withheld';
/**
 * Between what several examiners say, in the same order in all columns of opinions; and between
 * altered pictures.
 */
const BETWEEN = ' | ';

/** Boxes to a hundredth of a pixel, scores and ratios to a millionth: more is in the JSON. */
const BOX_PLACES = 2;
const SCORE_PLACES = 6;

type Table = {
  number: (value: number, places: number) => string;
  opinionsOn: (subject: Subject) => string[];
  /** Names of the tags on it. */
  tagsOn: (subject: Taggable) => string;
  /** The name an examiner gave the group it is in. */
  groupOf: (face: FaceId | null) => string;
  reference: string;
  stabilityOf: ReadonlyMap<VerdictId, StabilityRow>;
  ratesOf: (row: StabilityRow) => string;
  /** SHA-256 of the validation records of a model that are none of the workstation's. */
  recordsElsewhere: (modelId: ModelId) => string;
  textOf: (rows: readonly string[][], bom?: boolean) => string;
};

/** `face`, `file`, or which track of which scan and from when to when it is seen. */
function whatItIsOn({ faceId, trackId }: Opinion, trackOf: ReportContent['trackOf']): string {
  const track = trackId === null ? undefined : trackOf(trackId);
  if (track) return trackPlaceWords(track);
  return faceId === null ? 'file' : 'face';
}

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');

function opinionCells(opinions: readonly Opinion[], trackOf: ReportContent['trackOf']): string[] {
  const of = (value: (one: Opinion) => string) => opinions.map(value).join(BETWEEN);
  return [
    of((one) => one.conclusion),
    of((one) => one.examinerName),
    of((one) => one.note),
    of((one) => whatItIsOn(one, trackOf)),
    of((one) => one.givenAt),
    of((one) => yesOrNo(one.blind)),
    of((one) => yesOrNo(one.secondReview)),
  ];
}

function tableFor({ head, lists, trackOf }: ReportContent, { standingOn }: StandingOpinions, csv: CsvOptions): Table {
  const tagged = tagsBySubject(head.tags);
  const grouped = groupsByFace(head.groups);
  return {
    number: (value, places) => String(Number(value.toFixed(places))).replace('.', csv.decimal),
    opinionsOn: (subject) => opinionCells(standingOn(subject), trackOf),
    tagsOn: (subject) => tagged(subject).join(BETWEEN),
    groupOf: (face) => grouped(face)?.name ?? '',
    reference: head.case.reference || head.case.title,
    stabilityOf: new Map(Array.from(lists.stability(), (row) => [row.verdictId, row])),
    ratesOf: stabilityRatesIn(head),
    recordsElsewhere: (modelId) =>
      (head.recordsElsewhere ?? [])
        .filter((one) => one.modelId === modelId)
        .map(({ sha256 }) => sha256)
        .join(BETWEEN),
    // A cell with a line break of any kind is quoted: unquoted, a file's name could make a line,
    // and a formula, of its own.
    textOf: (rows, bom = false) =>
      stringify([...rows], { bom, delimiter: csv.separator, record_delimiter: 'windows', quoted_match: /[\r\n]/ }),
  };
}

function boxCells(face: ReportSubject['face'], { number }: Table): string[] {
  if (!face) return ['', '', '', ''];
  const { box } = face;
  if (!box) return [WITHHELD, WITHHELD, WITHHELD, WITHHELD];
  return [box.x, box.y, box.width, box.height].map((value) => number(value, BOX_PLACES));
}

/** Time, frame, pts, scan and track; empty for a photograph, which has none of them. */
function momentCells(face: ReportSubject['face'], { number }: Table): string[] {
  if (!face || face.pts === null) return ['', '', '', '', ''];
  const { timeMs, frameIndex, pts, track } = face;
  const ofTrack = track ? [String(track.scan.number), String(track.trackIndex + 1)] : ['', ''];
  return [number(timeMs / 1000, 3), String(frameIndex), String(pts), ...ofTrack];
}

function scoreCells({ outcome }: ReportSubject['verdict'], { number }: Table): string[] {
  if (outcome.kind !== 'scored') return ['', '', ''];
  const { score, leaning, log10LikelihoodRatio: ratio } = outcome;
  return [number(score, SCORE_PLACES), leaning ?? '', ratio === null ? '' : number(ratio, SCORE_PLACES)];
}

/** `9 of 11`, the sentences, and each altered picture with what the model says of it. */
function stabilityCells(row: StabilityRow | undefined, { ratesOf }: Table): string[] {
  if (!row) return ['', '', ''];
  const kept = leaningKept(row);
  const list = [...row.altered, ...row.beside].map(alteredWords).join(BETWEEN);
  return [kept ? `${kept.kept} of ${kept.of}` : '', `${stabilitySentence(row)} ${ratesOf(row)}`.trim(), list];
}

function rowFrom({ verdict, file, face, leftOut }: ReportSubject, content: ReportContent, table: Table): string[] {
  const { id, outcome, modelId, madeAt } = verdict;
  return [
    table.reference,
    String(id),
    String(file.exhibit),
    file.shownPath,
    file.sha256 ?? '',
    ...momentCells(face, table),
    face ? String(face.faceIndex + 1) : '',
    ...boxCells(face, table),
    outcome.kind,
    ...scoreCells(verdict, table),
    outcomeWords(outcome, { scale: content.head.template?.verbalScale, leftOut }),
    ...table.opinionsOn(verdict),
    modelId,
    madeAt,
    table.tagsOn(verdict),
    ...stabilityCells(table.stabilityOf.get(id), table),
    table.recordsElsewhere(modelId),
    table.groupOf(verdict.faceId),
  ].map(harmlessCell);
}

/**
 * What an examiner called no face: once, whichever models looked at it, and without what they said.
 */
function rowOfNoFace({ verdict, file, face }: ReportSubject, table: Table): string[] {
  return [
    table.reference,
    '',
    String(file.exhibit),
    file.shownPath,
    file.sha256 ?? '',
    ...momentCells(face, table),
    face ? String(face.faceIndex + 1) : '',
    ...boxCells(face, table),
    'notAFace',
    ...Array<string>(3).fill(''),
    'Not a face, by the word of an examiner: no result',
    ...table.opinionsOn(verdict),
    '',
    '',
    table.tagsOn(verdict),
    ...Array<string>(4).fill(''),
    table.groupOf(verdict.faceId),
  ].map(harmlessCell);
}

/** A file on which there is an opinion as a whole. */
const rowOfFile = (file: Evidence, table: Table): string[] =>
  [
    table.reference,
    '',
    String(file.exhibit),
    file.shownPath,
    file.sha256 ?? '',
    ...Array<string>(10).fill(''),
    'opinionOnFile',
    ...Array<string>(4).fill(''),
    ...table.opinionsOn({ evidenceId: file.id, faceId: null }),
    '',
    '',
    table.tagsOn({ evidenceId: file.id, faceId: null }),
    ...Array<string>(5).fill(''),
  ].map(harmlessCell);

function* eachRow(content: ReportContent, { standing }: StandingOpinions, table: Table): Generator<string[]> {
  const onFiles = new Set(
    standing.flatMap(({ evidenceId, faceId, trackId }) => (faceId === null && trackId === null ? [evidenceId] : [])),
  );
  const noFaces = new Set<FaceId | null>(content.head.notFaces);
  const named = new Set<FaceId | null>();
  for (const subject of content.subjects()) {
    if (subject.verdict.faceId === null) onFiles.delete(subject.verdict.evidenceId);
    const { faceId } = subject.verdict;
    if (!noFaces.has(faceId)) yield rowFrom(subject, content, table);
    else if (!named.has(faceId)) {
      named.add(faceId);
      yield rowOfNoFace(subject, table);
    }
  }
  if (onFiles.size === 0) return;
  for (const file of content.lists.evidence()) if (onFiles.has(file.id)) yield rowOfFile(file, table);
}

/** The table, from its header on. */
export function* partsOfCsv(content: ReportContent, csv: CsvOptions): Generator<string, void, undefined> {
  const standing = standingOpinions(content.lists.opinions(), content.head);
  const table = tableFor(content, standing, csv);
  yield table.textOf([HEADER], csv.byteOrderMark);
  let rows: string[][] = [];
  for (const row of eachRow(content, standing, table)) {
    if (rows.push(row) < PART) continue;
    yield table.textOf(rows);
    rows = [];
  }
  if (rows.length > 0) yield table.textOf(rows);
}
