// Report document -> CSV, the whole table in memory: what the table that is written row by row is held against. Tests only.
import { stringify } from 'csv-stringify/sync';
import type { ReportDocument, ReportFace } from '../../../contract/report.ts';
import { wordsFromOutcome } from '../wording.ts';

/** What stands in place of a number that a redacted copy leaves out. */
const WITHHELD = 'withheld';

const NUMBER = /^-?\d+(\.\d+)?$/;

/** A cell that a spreadsheet would run as a formula is led by an apostrophe: file names are not to be trusted. Numbers stay numbers. */
const harmless = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);

const boxCells = ({ box }: ReportFace): string[] =>
  box ? [box.x, box.y, box.width, box.height].map(String) : [WITHHELD, WITHHELD, WITHHELD, WITHHELD];

export function csvFromDocument(document: ReportDocument): string {
  const evidence = new Map(document.evidence.map((one) => [one.id, one]));
  const faces = new Map(document.faces.map((one) => [one.id, one]));
  const header = [
    'file',
    'sha256',
    'face',
    'x',
    'y',
    'width',
    'height',
    'result',
    'score',
    'leaning',
    'words',
    'model',
    'made at',
  ];
  const rows = document.verdicts.map(({ evidenceId, faceId, modelId, madeAt, outcome }) => {
    const file = evidence.get(evidenceId)!;
    const face = faceId === null ? undefined : faces.get(faceId);
    const box = face ? boxCells(face) : ['', '', '', ''];
    const scored = outcome.kind === 'scored' ? [String(outcome.score), outcome.leaning ?? ''] : ['', ''];
    return [
      file.relativePath,
      file.sha256 ?? '',
      face ? String(face.faceIndex + 1) : '',
      ...box,
      outcome.kind,
      ...scored,
      wordsFromOutcome(outcome, document.template?.verbalScale),
      modelId,
      madeAt,
    ].map(harmless);
  });
  return stringify([header, ...rows], { bom: true, record_delimiter: 'windows' });
}
