// The report holds everything it speaks of, whichever faces get pictures: all results by model, all
// standing opinions with their reasons, files that bear one name told apart, the marking on the
// first page; and a wrong key is told before any work.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { type ReportDocument, reportOptionsSchema } from '../../contract/report.ts';
import { reportTemplateSchema } from '../../contract/report-template.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { keepModel } from '../case/rows/model.ts';
import { giveOpinion } from '../case/rows/opinion.ts';
import { addVerdicts, allVerdicts } from '../case/rows/verdict.ts';
import { addFile, testModel, testParameters } from '../case/testing/case-material.ts';
import { readReportDocument } from './report-document.ts';
import { prepareSignature } from './signing/sign-report.ts';
import { pdfFromDocument } from './testing/pdf-from-document.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-whole-'));
const pictures = { blob: async () => undefined, context: async () => null, showsOthers: () => false };
const template = reportTemplateSchema.parse({ name: 'L', header: 'OFFICIAL-SENSITIVE' });
const REASON = `It does not fit. ${'The light comes from the left, the shadow too. '.repeat(160)}That settles it.`;
let opened: WritableCase;
let document: ReportDocument;

beforeAll(async () => {
  opened = createCase(path.join(folder, 'case'), { title: 'Case', reference: 'AZ 1', demonstration: false });
  addFile(opened, 'a.jpg', [0.91], { path: '/ev/one/a.jpg', sha256: '1'.repeat(64) as Sha256 });
  addFile(opened, 'a.jpg', [0.12], { path: '/ev/two/a.jpg', sha256: '2'.repeat(64) as Sha256 });
  const id = '9'.repeat(64) as Sha256;
  keepModel(opened, { ...testModel, id, name: 'second', passport: { ...testModel.passport, sha256: id } });
  const [first, second] = allVerdicts(opened);
  const { evidenceId, faceId, outcome } = first!;
  const face = (await readReportDocument(opened, making())).faces.find((one) => one.id === faceId)!;
  const { id: _id, evidenceId: _evidence, ...found } = face as never as Record<string, unknown>;
  addVerdicts(opened, { ...testParameters, modelId: id }, [
    {
      evidenceId,
      relativePath: 'a.jpg',
      state: undefined,
      verdicts: [{ face: found as never, outcome: { ...outcome, score: 0.4321 } as never }],
    },
  ]);
  const [one, two] = [addExaminer(opened, 'One'), addExaminer(opened, 'Two')];
  addExaminer(opened, 'Nobody');
  const give = (who: typeof one, about: typeof first, conclusion: 'forged' | 'genuine' | 'withdrawn', note: string) =>
    giveOpinion(opened, who, { evidenceId: about!.evidenceId, faceId: about!.faceId, conclusion, note, blind: true });
  give(one, first, 'genuine', 'Superseded reason.');
  give(one, first, 'forged', REASON);
  give(two, second, 'forged', 'Taken back reason.');
  give(two, second, 'withdrawn', 'Not sure any more.');
  give(one, second, 'genuine', 'Grain is even.');
  document = await readReportDocument(
    opened,
    making({ filter: { scoreMin: 0.9 }, findings: 'Two faces.', conclusion: 'One is forged.' }),
  );
  writeFileSync(path.join(folder, 'r.pdf'), (await pdfFromDocument(document, 'A4', pictures)).bytes);
});
afterAll(() => {
  closeCase(opened);
  rmSync(folder, { recursive: true, force: true });
});

function making(change: object = {}) {
  return { options: reportOptionsSchema.parse(change), appVersion: '1', template };
}

const text = (...pages: string[]): string =>
  execFileSync('pdftotext', ['-layout', ...pages, path.join(folder, 'r.pdf'), '-'])
    .toString()
    .replace(/[ \t]+/g, ' ');

test('every result and every opinion that stands is printed, whichever faces get pictures', {
  tags: ['poppler'],
}, () => {
  const all = text();
  expect(document.shown).toHaveLength(1);
  expect(all).toMatch(/Model test \(aaaaaaaaaaaa\): 2 results/);
  expect(all).toMatch(/two\/a\.jpg, face 1 60 leans towards genuine 0\.1200 – One: genuine/);
  expect(all).toContain('Grain is even.');
  expect(all).toContain('That settles it.');
  expect(all).not.toMatch(/Superseded reason|Taken back reason/);
  expect(all.replace(/\s+/g, ' ')).toContain(
    '5 entries were made in all, later changes, withdrawals and notes included',
  );
  expect(text('-l', '1')).toContain('2 opinions stand');
  expect(all).toContain('2 opinions of examiners stand');
});

test('a reason longer than a page goes on on the next, and no line of a page is cut', { tags: ['poppler'] }, () => {
  const words = execFileSync('pdftotext', ['-raw', path.join(folder, 'r.pdf'), '-'])
    .toString()
    .replace(/\s+/g, '');
  // 160 times in the table of opinions and 160 times with the face; a foot and a head may stand
  // between two halves of one.
  expect(words.split('Thelightcomesfromtheleft').length - 1).toBeGreaterThanOrEqual(310);
});

test('files of one name, models and people are told apart; the marking is on page one, and there is a place to sign', {
  tags: ['poppler'],
}, () => {
  const all = text();
  expect(all).toMatch(/one\/a\.jpg, face 1 60 leans towards forged 0\.9100/);
  expect(all).toMatch(/Model second \(999999999999\): 1 result/);
  expect(all).toMatch(/one\/a\.jpg, face 1 60 leans towards forged 0\.4321/);
  expect(text('-l', '1')).toContain('OFFICIAL-SENSITIVE');
  expect(text('-l', '1')).toMatch(/Examiners One, Two\n/);
  expect(text('-l', '1')).toMatch(/2 two \/ev\/two 1/);
  expect(all.indexOf('One is forged.')).toBeLessThan(all.indexOf('Result of the machine'));
  expect(all.indexOf('Examiner One: forged')).toBeLessThan(all.indexOf('Machine (test): Raw score 0.9100'));
  expect(all).toMatch(/One, examiner Place and date Signature/);
  expect(all).not.toContain('Nobody');
});

test('a key that does not open is told before anything is read or written', async () => {
  writeFileSync(path.join(folder, 'no.p12'), 'no key');
  const signing = { pkcs12Path: path.join(folder, 'no.p12'), password: '', reason: '', location: '' };
  await expect(prepareSignature(signing, new Date())).rejects.toMatchObject({ code: 'SIGNING_REFUSED' });
  expect(readdirSync(folder).sort()).toEqual(['case', 'no.p12', 'r.pdf']);
});
