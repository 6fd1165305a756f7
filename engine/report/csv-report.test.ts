// The table of results, against lines written by hand: every column, every kind of outcome, every escape.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import type { EvidenceState } from '../../contract/evidence.ts';
import { type ReportOptions, reportOptionsSchema } from '../../contract/report.ts';
import { type ReportTemplate, reportTemplateSchema } from '../../contract/report-template.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addEvidence } from '../case/rows/evidence.ts';
import { addVerdicts, allVerdicts } from '../case/rows/verdict.ts';
import { addFile, testParameters } from '../case/testing/case-material.ts';
import { partsOfCsv } from './csv-report.ts';
import { readReportContent } from './report-content.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-csv-'));
let opened: WritableCase;

/** A file of which this was said as a whole. */
function addOutcome(name: string, outcome: VerdictOutcome): void {
  const sha256 = outcome.kind === 'unreadable' ? null : ('1'.repeat(64) as Sha256);
  const row = { path: `/nowhere/${name}`, relativePath: name, mediaType: 'image/jpeg', sizeBytes: 7, modifiedAt: null };
  const { id } = addEvidence(opened, { ...row, sha256 });
  const state = (
    outcome.kind === 'unreadable' ? outcome : { kind: 'read', widthPx: 9, heightPx: 9, remarks: [] }
  ) as EvidenceState;
  const verdicts = [{ face: null, outcome }];
  addVerdicts(opened, testParameters, [{ evidenceId: id, relativePath: name, state, verdicts }]);
}

beforeAll(() => {
  const clock = () => '2026-03-04T05:06:07.000Z';
  opened = createCase(path.join(folder, 'case'), { title: 'T', reference: '', demonstration: false }, clock);
  addFile(opened, 'holiday/Öl, "1".jpg', [0.25, 0.75]);
  addFile(opened, 'plain.jpg', []);
  addOutcome('=HYPERLINK("x").jpg', { kind: 'unreadable', reason: 'truncated', message: 'It ends, "in mid-row".' });
  addOutcome('中文.jpg', { kind: 'outOfDomain', reasons: ['sharpness 3 is below 10', 'dark'], cropSha256: null });
  addOutcome('a\nforged.jpg,0000\rb', { kind: 'faceTooSmall', sizePx: 30.4, minimumPx: 40, cropSha256: null });
  addOutcome('-1.jpg', { kind: 'toolError', message: 'It ended.' });
});
afterAll(() => {
  closeCase(opened);
  rmSync(folder, { recursive: true, force: true });
});

const table = (options: Partial<ReportOptions> = {}, template: ReportTemplate | null = null): Promise<string> =>
  withReadTransaction(opened, async (reading) => {
    const making = { options: reportOptionsSchema.parse(options), appVersion: '1', template };
    return [...partsOfCsv(await readReportContent(reading, making))].join('');
  });

const HEADER = 'file,sha256,face,x,y,width,height,result,score,leaning,words,model,made at';
const [ZEROS, ONES, MODEL] = ['0', '1', 'a'].map((digit) => digit.repeat(64));
const MADE = `${MODEL},2026-03-04T05:06:07.000Z`;

test('the table is these lines: a byte order mark, a header, a line for each result in the order of the case', async () => {
  expect((await table()).split('\r\n')).toEqual([
    `\uFEFF${HEADER}`,
    `"holiday/Öl, ""1"".jpg",${ZEROS},1,0,0,50,60,scored,0.25,towardsGenuine,Raw score 0.2500: leans towards genuine,${MADE}`,
    `"holiday/Öl, ""1"".jpg",${ZEROS},2,10,0,50,60,scored,0.75,towardsForged,Raw score 0.7500: leans towards forged,${MADE}`,
    `plain.jpg,${ZEROS},,,,,,noFace,,,No face was found. This says nothing about whether the picture is genuine,${MADE}`,
    `"'=HYPERLINK(""x"").jpg",,,,,,,unreadable,,,"Not examined. It ends, ""in mid-row"".",${MADE}`,
    `中文.jpg,${ONES},,,,,,outOfDomain,,,Not scored. Outside model limits: sharpness 3 is below 10; dark,${MADE}`,
    `"a\nforged.jpg,0000\rb",${ONES},,,,,,faceTooSmall,,,"Not scored. The face is 30 px, at least 40 px are needed",${MADE}`,
    `'-1.jpg,${ONES},,,,,,toolError,,,Not examined: an error of the tool. It ended.,${MADE}`,
    '',
  ]);
});

test('a name with a line break in it makes no line of its own', async () => {
  addOutcome('b\n=1+1', { kind: 'noFace' });
  addOutcome('c\rd', { kind: 'noFace' });
  const text = await table();
  expect(text).toContain(`\r\n"b\n=1+1",${ONES},`);
  expect(text).toContain(`\r\n"c\rd",${ONES},`);
});

test('a copy in which every face is covered says that the box is withheld', async () => {
  expect((await table({ redaction: 'all' })).split('\r\n')[2]).toBe(
    `"holiday/Öl, ""1"".jpg",${ZEROS},2,withheld,withheld,withheld,withheld,scored,0.75,towardsForged,Raw score 0.7500: leans towards forged,${MADE}`,
  );
});

test('a likelihood ratio is in the words of the laboratory’s scale', async () => {
  const [first] = allVerdicts(opened);
  const outcome = { ...first!.outcome, log10LikelihoodRatio: 1.5 } as VerdictOutcome;
  addOutcome('ratio.jpg', outcome);
  const verbalScale = [
    { from: 0, words: 'says nothing' },
    { from: 1, words: 'says, "a little"' },
  ];
  const template = reportTemplateSchema.parse({ name: 'L', organisation: 'Laboratory', verbalScale });
  expect((await table({}, template)).split('\r\n').at(-2)).toBe(
    `ratio.jpg,${ONES},,,,,,scored,0.25,towardsGenuine,"Raw score 0.2500: leans towards genuine. The output is 32 times more probable if forged than if genuine: says, ""a little"" for forged over genuine",${MADE}`,
  );
});
