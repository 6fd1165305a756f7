// The table of results, against lines written by hand: every column, every kind of outcome, every
// escape.
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
import { closeCase, createCase, openCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addEvidence } from '../case/rows/evidence.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { giveOpinion } from '../case/rows/opinion.ts';
import { defineTag, getTag, tagSubjects } from '../case/rows/tag.ts';
import { addVerdicts, allVerdicts } from '../case/rows/verdict.ts';
import { addFile, testParameters } from '../case/testing/case-material.ts';
import { partsOfCsv } from './csv-report.ts';
import { readReportContent } from './report-content.ts';
import { chosenWords } from './sections/summary.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-csv-'));
let opened: WritableCase;

/** A file of which this was said as a whole. */
function addOutcome(name: string, outcome: VerdictOutcome, leftOut?: string[]): void {
  const sha256 = outcome.kind === 'unreadable' ? null : ('1'.repeat(64) as Sha256);
  const row = { path: `/nowhere/${name}`, relativePath: name, mediaType: 'image/jpeg', sizeBytes: 7, modifiedAt: null };
  const { id } = addEvidence(opened, { ...row, sha256 });
  const state = (
    outcome.kind === 'unreadable' ? outcome : { kind: 'read', widthPx: 9, heightPx: 9, remarks: leftOut ?? [], leftOut }
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
    return [...partsOfCsv(await readReportContent(reading, making), making.options.csv)].join('');
  });

const HEADER =
  'case,result id,exhibit,path,sha256,time s,frame,pts,scan,track,face,x,y,width,height,result,score,leaning,log10 LR,words,opinion,examiner,reason,given on,given at,score hidden,second review,model,made at,tags,stability,stability in words,altered,validation records from elsewhere,group of faces';
const [ZEROS, ONES, MODEL] = ['0', '1', 'a'].map((digit) => digit.repeat(64));
const AT = '2026-03-04T05:06:07.000Z';
const MADE = `,,,,,,,${MODEL},2026-03-04T05:06:07.000Z,,,,,,`;

test('the table is these lines: a byte order mark, a header, a line for each result in the order of the case', async () => {
  expect((await table()).split('\r\n')).toEqual([
    `\uFEFF${HEADER}`,
    `T,1,1,"nowhere/holiday/Öl, ""1"".jpg",${ZEROS},,,,,,1,0,0,50,60,scored,0.25,towardsGenuine,,Raw score 0.2500: leans towards genuine,${MADE}`,
    `T,2,1,"nowhere/holiday/Öl, ""1"".jpg",${ZEROS},,,,,,2,10,0,50,60,scored,0.75,towardsForged,,Raw score 0.7500: leans towards forged,${MADE}`,
    `T,3,1,nowhere/plain.jpg,${ZEROS},,,,,,,,,,,noFace,,,,No face was found. This says nothing about whether the picture is genuine,${MADE}`,
    `T,4,1,"nowhere/=HYPERLINK(""x"").jpg",,,,,,,,,,,,unreadable,,,,"Not examined. It ends, ""in mid-row"".",${MADE}`,
    `T,5,1,nowhere/中文.jpg,${ONES},,,,,,,,,,,outOfDomain,,,,Not scored. Outside model limits: sharpness 3 is below 10; dark,${MADE}`,
    `T,6,1,"nowhere/a\nforged.jpg,0000\rb",${ONES},,,,,,,,,,,faceTooSmall,,,,"Not scored. The face is 30 px, at least 40 px are needed",${MADE}`,
    `T,7,1,nowhere/-1.jpg,${ONES},,,,,,,,,,,toolError,,,,Not examined: an error of the tool. It ended.,${MADE}`,
    '',
  ]);
});

test('separator, decimal sign and byte order mark are as asked for; a cell that a spreadsheet would run never is (case 27)', async () => {
  const german = { separator: ';', decimal: ',', byteOrderMark: false } as const;
  const lines = (await table({ csv: german })).split('\r\n');
  expect(lines[0]).toBe(HEADER.replaceAll(',', ';'));
  expect(lines[1]).toContain(';1;0;0;50;60;scored;0,25;towardsGenuine;');
  closeCase(opened);
  const folder2 = path.join(folder, 'formula');
  opened = createCase(folder2, { title: '=1+1', reference: '', demonstration: false });
  addFile(opened, '-cmd.jpg', [0.5], { path: '/=evil/-cmd.jpg', sha256: '2'.repeat(64) as Sha256 });
  expect((await table()).split('\r\n')[1]).toMatch(/^'=1\+1,1,1,'=evil\/-cmd\.jpg,/);
  closeCase(opened);
  opened = openCase(path.join(folder, 'case'), () => '2026-03-04T05:06:07.000Z');
});

test('a face of a video has its time, frame, pts, scan and track, and every opinion that stands its examiner, reason, when and how it was given (case 27)', async () => {
  const [first] = allVerdicts(opened);
  const opinion = { evidenceId: first!.evidenceId, blind: false } as const;
  const [one, two] = [addExaminer(opened, 'One'), addExaminer(opened, 'Two')];
  giveOpinion(opened, one, {
    ...opinion,
    faceId: first!.faceId,
    conclusion: 'forged',
    note: 'Superseded by the next.',
  });
  giveOpinion(opened, one, { ...opinion, faceId: first!.faceId, conclusion: 'genuine', note: 'Light fits.' });
  giveOpinion(opened, two, { ...opinion, faceId: first!.faceId, conclusion: 'forged', note: 'Edge, left' });
  giveOpinion(opened, two, { ...opinion, faceId: null, conclusion: 'inconclusive', note: 'As a whole.' });
  addFilm('film.mp4');
  const lines = (await table()).split('\r\n');
  expect(lines[1]).toContain(
    `,genuine | forged,One | Two,"Light fits. | Edge, left",face | face,${AT} | ${AT},no | no,no | yes,${MODEL},`,
  );
  const film = lines.find((line) => line.includes('film.mp4'))!;
  expect(film).toContain(`nowhere/film.mp4,${ONES},1.48,37,18944,1,1,1,0.33,2,40,50,scored,0.6,`);
  expect(lines.at(-2)).toBe(
    `T,,1,"nowhere/holiday/Öl, ""1"".jpg",${ZEROS},,,,,,,,,,,opinionOnFile,,,,,inconclusive,Two,As a whole.,file,${AT},no,no,,,,,,,,`,
  );
});

/** One face of a film, in its first track. */
function addFilm(name: string): void {
  const row = { path: `/nowhere/${name}`, relativePath: name, mediaType: 'video/mp4', sizeBytes: 7, modifiedAt: null };
  const { id } = addEvidence(opened, { ...row, sha256: '1'.repeat(64) as Sha256 });
  const face = {
    frameIndex: 37,
    timeMs: 1480,
    pts: 18944,
    faceIndex: 0,
    box: { x: 1 / 3, y: 2, width: 40.0000001, height: 50 },
    finderScore: 0.9,
    landmarks: Array.from({ length: 68 }, () => ({ x: 0, y: 0 })),
    foundAtRotation: 0,
    quality: { sizePx: 50, sharpness: 9, brightness: 0.5, rollDegrees: 0, yawProxy: 0 },
  } as const;
  const [scored] = allVerdicts(opened);
  const outcome = { ...scored!.outcome, score: 0.6 } as VerdictOutcome;
  const verdicts = [{ face: { ...face, landmarks: [...face.landmarks] }, outcome }];
  addVerdicts(opened, testParameters, [{ evidenceId: id, relativePath: name, state: undefined, verdicts }]);
  const { raw } = opened.db;
  const faceId = raw.prepare('SELECT max(id) FROM face').pluck().get();
  raw.exec(
    `INSERT INTO video_scan (evidence_id, model_id, pipeline_version, sampling, finished) VALUES (${id}, '${MODEL}', 1, '{}', 1)`,
  );
  raw.exec('INSERT INTO track (video_scan_id, track_index) SELECT max(id), 0 FROM video_scan');
  raw.exec(`INSERT INTO track_face (track_id, face_id, is_key) SELECT max(id), ${faceId}, 1 FROM track`);
}

test('a name with a line break in it makes no line of its own', async () => {
  addOutcome('b\n=1+1', { kind: 'noFace' });
  addOutcome('c\rd', { kind: 'noFace' });
  const text = await table();
  expect(text).toContain(`,"nowhere/b\n=1+1",${ONES},`);
  expect(text).toContain(`,"nowhere/c\rd",${ONES},`);
});

test('where no face was found, what of the file was not looked at is said in the same cell (case 20)', async () => {
  addOutcome('two.jpg', { kind: 'noFace' }, ['First of 2 pictures in the file; the other is not examined']);
  const line = (await table()).split('\r\n').find((one) => one.includes('nowhere/two.jpg'));
  expect(line).toContain('No face was found in what was looked at. This says nothing about');
  expect(line).toContain('whether the picture is genuine. First of 2 pictures in the file; the other is not examined,');
});

test('a copy in which every face is covered says that the box is withheld', async () => {
  expect((await table({ redaction: 'all' })).split('\r\n')[2]).toBe(
    `T,2,1,"nowhere/holiday/Öl, ""1"".jpg",${ZEROS},,,,,,2,withheld,withheld,withheld,withheld,scored,0.75,towardsForged,,Raw score 0.7500: leans towards forged,${MADE}`,
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
  expect((await table({}, template)).split('\r\n').find((line) => line.includes('ratio.jpg'))).toContain(
    `,1,nowhere/ratio.jpg,${ONES},,,,,,,,,,,scored,0.25,towardsGenuine,1.5,"Raw score 0.2500: leans towards genuine. The output is 32 times more probable if forged than if genuine: says, ""a little"" for forged over genuine",${MADE}`,
  );
});

test('a score is not printed as the 0 or 1 that a network does not reach', async () => {
  addFile(opened, 'sure.jpg', [0.00001, 0.99999]);
  const lines = (await table()).split('\r\n').filter((line) => line.includes('sure.jpg'));
  expect(lines.map((line) => /Raw score (\S+):/.exec(line)![1])).toEqual(['<0.0001', '>0.9999']);
});

test('tags are named in a column of their own, on a face and on a file as a whole, as the log has them', async () => {
  const [first, , file] = allVerdicts(opened);
  const examiner = addExaminer(opened, 'One');
  const put = (name: string, ...verdicts: (typeof first)[]) =>
    tagSubjects(opened, examiner, defineTag(opened, examiner, { name }), {
      subjects: verdicts.map((one) => ({ evidenceId: one!.evidenceId, faceId: one!.faceId })),
      on: true,
      seen: () => true,
    });
  put('=Second', first, file);
  put('Shortlist', first);
  const lines = (await table()).split('\r\n');
  expect(lines[1]).toMatch(/Z,'=Second \| Shortlist,,,,,$/);
  expect(lines[2]).toMatch(/Z,,,,,,$/);
  expect(lines[3]).toMatch(/Z,'=Second,,,,,$/);
  const { tags } = await withReadTransaction(opened, (reading) =>
    readReportContent(reading, { options: reportOptionsSchema.parse({}), appVersion: '1' }).then(({ head }) => head),
  );
  expect(tags).toEqual([
    { name: '=Second', colour: 'pink', faces: [first!.faceId], files: [file!.evidenceId] },
    { name: 'Shortlist', colour: 'blue', faces: [first!.faceId], files: [] },
  ]);
});

test('of a report for the shortlist the results on it alone are shown with pictures', async () => {
  const { id } = getTag(opened, 'Shortlist');
  const options = reportOptionsSchema.parse({ filter: { tags: [id], videoFrames: 'all' } });
  const shown = await withReadTransaction(opened, (reading) =>
    readReportContent(reading, { options, appVersion: '1' }).then(({ head }) => head),
  );
  expect(shown.shown).toEqual([allVerdicts(opened)[0]!.id]);
  // What was chosen is said, and printed.
  expect(shown.shownBy).toEqual({ tags: ['Shortlist'], otherwise: false, modelId: null });
  expect(chosenWords({ shownBy: shown.shownBy, models: shown.models })).toBe(': those tagged Shortlist');
  const shownBy = { tags: [], otherwise: true, modelId: testParameters.modelId };
  expect(chosenWords({ shownBy, models: shown.models })).toBe(': those of a filter by test alone');
  expect(chosenWords({ models: shown.models })).toBe('');
});
