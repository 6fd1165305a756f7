// The report: the same case gives the same bytes, any script is found in the text, and the page
// says what it must.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { DIFFERENCE_COLOURS } from '../../contract/colour-scale.ts';
import type { Model } from '../../contract/model.ts';
import { type ReportDocument, reportOptionsSchema } from '../../contract/report.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addEvidence, countPending } from '../case/rows/evidence.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { giveOpinion } from '../case/rows/opinion.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile } from '../case/testing/case-material.ts';
import { calibrationSentence, isInForce, pointsWords } from './applicable-validation.ts';
import { exportPdf } from './export-report.ts';
import { printedColours, printedGreys } from './printed-picture.ts';
import { hashOfContent, readReportContent } from './report-content.ts';
import { readReportDocument } from './report-document.ts';
import { pdfFromDocument } from './testing/pdf-from-document.ts';
import { summaryRows } from './wording.ts';

const backwards = (word: string) => [...word].reverse().join('');
/**
 * Files' names, and what stands on the page from left to right, by the Unicode Bidirectional
 * Algorithm, without spaces.
 */
const NAMES: readonly [name: string, printed: string][] = [
  ['Ελληνικά.jpg', 'Ελληνικά.jpg'],
  ['Русский.jpg', 'Русский.jpg'],
  ['العربية.jpg', `nowhere/${backwards('العربية')}.jpg`],
  ['עברית.jpg', `nowhere/${backwards('עברית')}.jpg`],
  // A bracket at a right-to-left level is drawn as its mirror image.
  ['תיק (א).jpg', `nowhere/(${backwards('א')})${backwards('תיק')}.jpg`],
  // A number between right-to-left words: the words keep their order from the right, the number its
  // own from the left.
  ['photos/תיק 12 חדש.jpg', `photos/${backwards('חדש')}12${backwards('תיק')}.jpg`],
  ['תיק 12 חדש.jpg', `nowhere/${backwards('חדש')}12${backwards('תיק')}.jpg`],
  ['DSC صورة 34 abc.jpg', `DSC34${backwards('صورة')}abc.jpg`],
  // The vowel sign i is drawn before its letter and read after it.
  ['हिन्दी.jpg', 'हिन्दी.jpg'],
  ['ไทย.jpg', 'ไทย.jpg'],
  ['中文照片.jpg', '中文照片.jpg'],
  ['日本語カナ.jpg', '日本語カナ.jpg'],
  ['한국어.jpg', '한국어.jpg'],
  ['საქართველო.jpg', 'საქართველო.jpg'],
  ['Հայաստան.jpg', 'Հայաստան.jpg'],
  ['কলম.jpg', 'কলম.jpg'],
  ['படம்.jpg', 'படம்.jpg'],
  ['ភព.jpg', 'ភព.jpg'],
  ['😀🚗.jpg', '😀🚗.jpg'],
  ['plain.jpg', 'plain.jpg'],
];
const HOSTILE = `evil\u202Egpj.exe ${'long'.repeat(60)}.jpg`;
const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-report-'));
const OPTIONS = reportOptionsSchema.parse({ organisation: 'Laboratory' });
const making = { options: OPTIONS, appVersion: '0.0.0', template: null };
let opened: WritableCase;
let document: ReportDocument;
let pdf: Uint8Array;
let pages: number;

const grey = await sharp(
  Uint8Array.from({ length: 256 }, (_, i) => i),
  { raw: { width: 16, height: 16, channels: 1 } },
)
  .extractChannel(0)
  .png()
  .toBuffer();
const pictures = { blob: async (_: Sha256) => grey, context: async () => null, showsOthers: () => false };
const make = (paper: 'A4' | 'Letter' = 'A4') => pdfFromDocument(document, paper, pictures);

const LONG_TITLE = `Examination of a collection of photographs ${'that were found on two memory cards '.repeat(4).trim()}`;
const LONG_NOTE = `The edge at the jaw ${'does not follow the light of the scene and '.repeat(30)}is soft.`;

/** The document of two faces of one file, with a title and a reason of many lines. */
function ofTwoFaces(): ReportDocument {
  const verdicts = document.verdicts.slice(0, 2);
  const [first] = document.opinions;
  return {
    ...document,
    title: LONG_TITLE,
    findings: LONG_NOTE,
    evidence: document.evidence.slice(0, 1),
    faces: document.faces.slice(0, 2),
    verdicts,
    shown: verdicts.map(({ id }) => id),
    opinions: [{ ...first!, note: LONG_NOTE }],
  };
}

beforeAll(async () => {
  let tick = 0;
  const clock = () => new Date(Date.UTC(2026, 0, 1, 12, 0, tick++)).toISOString();
  opened = createCase(
    path.join(folder, 'case'),
    { title: 'Prüfung einer Sammlung', reference: 'AZ 7/26', demonstration: true },
    clock,
  );
  for (const name of [...NAMES.map(([one]) => one), HOSTILE]) addFile(opened, name, [0.9, 0.5]);
  addFile(opened, '=cmd.jpg', []);
  addEvidence(opened, {
    path: '/nowhere/waiting.jpg',
    relativePath: 'waiting.jpg',
    mediaType: 'image/jpeg',
    sizeBytes: 1,
    modifiedAt: null,
    sha256: 'b'.repeat(64) as Sha256,
  });
  expect(countPending(opened)).toBe(1);
  const [verdict] = allVerdicts(opened);
  giveOpinion(opened, addExaminer(opened, 'Dr. A. Prüfer'), {
    ...verdict!,
    conclusion: 'forged',
    note: 'Edge at the jaw.',
    blind: true,
  });
  document = await readReportDocument(opened, making);
  expect((await readReportDocument(opened, making)).contentSha256).toBe(document.contentSha256);
  ({ bytes: pdf, pages } = await make());
  writeFileSync(path.join(folder, 'report.pdf'), pdf);
});

afterAll(() => {
  closeCase(opened);
  rmSync(folder, { recursive: true, force: true });
});

test('the same document gives the same bytes', async () => {
  expect(Buffer.from((await make()).bytes).equals(Buffer.from(pdf))).toBe(true);
});

test('the same document gives the same bytes in another time zone and language', () => {
  const script = `
    const { pdfFromDocument } = await import(${JSON.stringify(path.join(import.meta.dirname, 'testing/pdf-from-document.ts'))});
    const fs = await import('node:fs');
    const document = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'));
    const grey = fs.readFileSync(process.argv[2]);
    const { bytes } = await pdfFromDocument(document, 'A4', { blob: async () => grey, context: async () => null, showsOthers: () => false });
    process.stdout.write(Buffer.from(bytes));`;
  writeFileSync(path.join(folder, 'document.json'), JSON.stringify(document));
  writeFileSync(path.join(folder, 'grey.png'), grey);
  const run = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, path.join(folder, 'document.json'), path.join(folder, 'grey.png')],
    {
      env: { ...process.env, TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      maxBuffer: 2 ** 28,
    },
  );
  expect(run.stderr.toString()).toBe('');
  expect(run.stdout.equals(Buffer.from(pdf))).toBe(true);
});

test('paper is A4 or Letter, and the document names its language', async () => {
  expect(Buffer.from(pdf).includes('/MediaBox [0 0 595.28 841.89]')).toBe(true);
  expect(Buffer.from((await make('Letter')).bytes).includes('/MediaBox [0 0 612 792]')).toBe(true);
  expect(Buffer.from(pdf).includes('/Lang (en)')).toBe(true);
});

test('leanings are counted only where the model gives them: noughts under one that cannot lean would read as a finding', () => {
  const named = (rows: [string, string][]) => rows.map(([name, n]) => `${name.trim()} ${n}`);
  expect(named(summaryRows(document.verdicts)).slice(1, 4)).toEqual([
    expect.stringMatching(/^leans towards forged \d+$/),
    expect.stringMatching(/^cannot tell \d+$/),
    expect.stringMatching(/^leans towards genuine \d+$/),
  ]);
  const raw = document.verdicts.map((one) =>
    one.outcome.kind === 'scored' ? { ...one, outcome: { ...one.outcome, leaning: null } } : one,
  );
  const rows = named(summaryRows(raw));
  expect(rows[1]).toBe(`no leaning given: the model had no operating points ${rows[0]!.replace('Scored ', '')}`);
  expect(rows.join('\n')).not.toMatch(/leans|cannot tell/);
});

test('operating points and a record that came later are not lent to earlier verdicts', () => {
  const [model] = document.models;
  const scored = document.verdicts.map(({ outcome }) => outcome).find((one) => one.kind === 'scored')!;
  expect(pointsWords(document, scored, model!)).toBe('cannot tell between 0.3 and 0.7');
  expect(pointsWords(document, { ...scored, leaning: null }, model!)).toBe(
    'no leaning given: the model had no operating points',
  );
  const later = { ...model!, operatingPoints: { low: 0.9, high: 0.95 } };
  expect([isInForce(document, model!), isInForce(document, later)]).toEqual([true, false]);
  expect(pointsWords(document, scored, later)).toBe('operating points as in its parameters');
  const validated = { ...model!, validation: { madeAt: 'later' } as unknown as Model['validation'] };
  expect(isInForce(document, validated)).toBe(false);
  expect(calibrationSentence(document)).toMatch(/^The model has no validation record/);
  expect(calibrationSentence({ ...document, models: [validated] })).toMatch(/^Not every verdict was made under/);
  // Of several the sentence speaks of all.
  const ofOthers = { models: [validated, validated], parameters: [] };
  expect(calibrationSentence(ofOthers)).toBe(
    'Each model has a validation record; its error rates are printed with it below.',
  );
  expect(calibrationSentence({ ...document, models: [model!, model!] })).toMatch(/^No model has a validation record/);
});

describe('as another program reads it', { tags: ['poppler'] }, () => {
  const text = (first?: number) =>
    execFileSync(
      'pdftotext',
      ['-layout', ...(first ? ['-f', String(first), '-l', String(first)] : []), path.join(folder, 'report.pdf'), '-'],
      { maxBuffer: 2 ** 26 },
    )
      .toString()
      .normalize('NFKC');

  const bboxes = (file = path.join(folder, 'report.pdf')) =>
    execFileSync('pdftotext', ['-bbox', file, '-'], { maxBuffer: 2 ** 26 }).toString();

  /** Every line as it stands on the page, from left to right, without spaces. */
  function printedLines(): string[] {
    const lines: { middle: number; words: { x: number; word: string }[] }[] = [];
    for (const [page, text] of bboxes().split('<page').entries())
      for (const [, x, top, bottom, word] of text.matchAll(
        /<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</g,
      )) {
        // Fonts of one line have boxes of different heights around one middle.
        const middle = 10_000 * page + (Number(top) + Number(bottom)) / 2;
        const line = lines.find((one) => Math.abs(one.middle - middle) < 3);
        if (line) line.words.push({ x: Number(x), word: word! });
        else lines.push({ middle, words: [{ x: Number(x), word: word! }] });
      }
    return lines.map(({ words }) =>
      words
        .sort((one, other) => one.x - other.x)
        .map(({ word }) => word)
        .join('')
        .normalize('NFKC'),
    );
  }

  const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", '#39': "'" } as const;

  /** How often each letter stands in a text. */
  function countsOf(text: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const letter of text.replace(/\s/g, '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    return counts;
  }

  test('names in every script stand on the page letter for letter in the order they are read (cases 28, 29)', () => {
    const lines = printedLines();
    for (const [name, printed] of NAMES)
      expect(
        lines.filter((line) => line.includes(printed.normalize('NFKC'))),
        name,
      ).not.toEqual([]);
  });

  test('names in every script are found by search, whatever their direction (case 28)', () => {
    const found = text().replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '');
    for (const word of ['Ελληνικά', 'Русский', 'العربية', 'עברית', 'ไทย', '中文照片', '日本語カナ', '한국어'])
      expect(found, word).toContain(word);
  });

  test('the document is tagged: one element for each heading, paragraph and cell, however many lines it has (case 31)', async () => {
    const small = path.join(folder, 'small.pdf');
    writeFileSync(small, (await pdfFromDocument(ofTwoFaces(), 'A4', pictures)).bytes);
    const tree = execFileSync('pdfinfo', ['-struct-text', small], { maxBuffer: 2 ** 26, stdio: 'pipe' }).toString();
    const elements = [...tree.matchAll(/^( *)(\w+)(?: \(\w+\))?:?\n(?: *\/.*\n)*((?: *".*"\n)*)/gm)].map(
      ([, indent, role, lines]) => ({
        depth: indent!.length / 2,
        role: role!,
        text: [...lines!.matchAll(/^ *"(.*)"$/gm)].map(([, text]) => text).join(' '),
      }),
    );
    const textsOf = (role: string) => elements.filter((one) => one.role === role).map((one) => one.text);
    const squeezed = (texts: readonly string[]) => texts.map((one) => one.replace(/\s+/g, ''));
    expect(textsOf('H1')).toEqual(expect.arrayContaining(['Summary', 'Method', 'Limits', 'All results']));
    expect(textsOf('H2')).toContain('Highest raw scores');
    expect(squeezed(textsOf('H1'))).toContain(LONG_TITLE.replace(/\s+/g, ''));
    expect(squeezed(textsOf('P'))).toContain(LONG_NOTE.replace(/\s+/g, ''));
    expect(squeezed(textsOf('TD')).filter((text) => text.startsWith(LONG_NOTE.replace(/\s+/g, '')))).toHaveLength(1);
    const parents = elements.map(({ depth }, i) => elements.slice(0, i).findLast((one) => one.depth < depth)?.role);
    const under = (role: string) => new Set(parents.filter((_, i) => elements[i]!.role === role));
    expect([...under('TR')]).toEqual(['Table']);
    expect([...under('TD')]).toEqual(['TR']);
    expect([...under('TH')]).toEqual(['TR']);
    expect([...under('Table')]).toEqual(['Sect']);
    expect(textsOf('TH')).toEqual(expect.arrayContaining(['Raw score', 'SHA-256', 'Reference']));
    const body = [...bboxes(small).matchAll(/yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</g)]
      .filter(([, top, bottom]) => Number(top) > 45 && Number(bottom) < 841.89 - 60)
      .map(([, , , word]) => word!.replace(/&(\w+|#39);/g, (_, name) => ENTITIES[name as 'lt']));
    const untagged = countsOf(body.join(''));
    for (const [letter, n] of countsOf(elements.map(({ text }) => text).join('')))
      untagged.set(letter, (untagged.get(letter) ?? 0) - n);
    // The head of a table that goes on is said once, and drawn again on the next page.
    const repeated = new Set('FileandfaceResultReasonSize,pxRawscorelog10LROpinionsofexaminers');
    expect([...untagged].filter(([letter, n]) => n < 0 || (n > 0 && !repeated.has(letter)))).toEqual([]);
    const figures = [
      ...readFileSync(small)
        .toString('latin1')
        .matchAll(/\/S \/Figure.*?>>/gs),
    ];
    expect(figures.length).toBeGreaterThan(5);
    for (const [figure] of figures) expect(figure).toContain('/Alt');
  });

  test('the demonstration notice and the content hash are on every page', () => {
    for (let page = 1; page <= pages; page++) {
      expect(text(page), `page ${page}`).toContain('DEMONSTRATION');
      expect(text(page)).toContain(document.contentSha256.slice(0, 40));
      expect(text(page)).toContain(`Page ${page} of ${pages}`);
    }
  });

  test('a name that would reorder the text is shown for what it is', () => {
    expect(text()).toContain('[U+202E]');
  });

  test('what the machine says and what the examiner says stand apart, and nothing is called authentic', () => {
    const all = text();
    expect(all).toMatch(/Machine \(test\): Raw score 0\.9000: leans towards forged/);
    expect(all).toMatch(/Examiner Dr\. A\. Prüfer: forged, score hidden.*Edge at the jaw/);
    expect(all).toContain('No face was found. This says nothing');
    expect(all.replaceAll(/does not authenticate|authenticates a picture/g, '')).not.toMatch(/authentic|% fake/i);
  });

  test('a file that no scan has reached is counted and listed as not examined', () => {
    expect(text()).toMatch(/Not examined yet +1/);
    // The first page alone may be read.
    expect(text().split('\f')[0]).toMatch(/Evidence\s+\d+ files?[^,]*, 1 of them not examined to the end, in/);
    expect(text()).toMatch(/waiting\.jpg +Not examined yet +taken in, and not examined to the end/);
  });

  test('files of equal bytes are said to be so beside their hash, and the cover counts the distinct ones', () => {
    expect(text(1)).toMatch(/23 files \(2 of distinct bytes\)/);
    const all = text();
    expect(all).toMatch(/same bytes as .*and 20 more/);
    expect(all.match(/same bytes as/g)).toHaveLength(22);
  });

  test('the colour scale of the difference stands above the sentence of the machine, not on it', () => {
    const boxes = bboxes().split('<page');
    const placesOf = (page: string, word: string, side: 'yMin' | 'yMax'): number[] =>
      [...page.matchAll(new RegExp(`${side}="([\\d.]+)"[^>]*>${word}<`, 'g'))].map(([, y]) => Number(y));
    const scales = boxes.flatMap((page) => placesOf(page, 'more', 'yMax').map((bottom) => ({ page, bottom })));
    expect(scales.length).toBeGreaterThan(0);
    for (const { page, bottom } of scales) {
      const next = placesOf(page, 'Machine', 'yMin').filter((top) => top > bottom - 30);
      expect(Math.min(...next)).toBeGreaterThanOrEqual(bottom - 1);
    }
  });

  test('reconstruction and difference of an untested decoder are marked as no evidence', () => {
    expect(text()).toContain('not evidence (see model)');
  });
});

test('the file is sound PDF', { tags: ['qpdf'] }, () => {
  const run = spawnSync('qpdf', ['--check', path.join(folder, 'report.pdf')]);
  expect(run.stdout.toString() + run.stderr.toString()).toContain('No syntax or stream encoding errors found');
});

test('the difference map is shown on the one scale, its values by a palette', { tags: ['qpdf'] }, () => {
  const latin = Buffer.from(pdf).toString('latin1');
  const palettes = new Set([...latin.matchAll(/\[\/Indexed \/DeviceRGB 255 (\d+) 0 R\]/g)].map(([, id]) => id!));
  expect(palettes.size).toBe(1);
  const shown = spawnSync('qpdf', [
    `--show-object=${[...palettes][0]}`,
    '--filtered-stream-data',
    path.join(folder, 'report.pdf'),
  ]);
  expect(shown.stdout.equals(Buffer.from(DIFFERENCE_COLOURS))).toBe(true);
});

test('a map of differences is printed within two of its 256 values, and a crop without losing colour samples', async () => {
  const { data } = await sharp(await printedGreys(grey))
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const off = [...data].map((value, i) => Math.abs(value - i));
  expect(Math.max(...off)).toBeLessThanOrEqual(2);
  const { chromaSubsampling, format } = await sharp(await printedColours(grey)).metadata();
  expect([format, chromaSubsampling]).toEqual(['jpeg', '4:4:4']);
});

test('the report on disk has the bytes, the size and the hash that its maker returns', async () => {
  const file = path.join(folder, 'exported.pdf');
  const exported = await withReadTransaction(opened, async (reading) => {
    const content = await readReportContent(reading, making);
    const contentSha256 = await hashOfContent(content);
    return exportPdf({ content, contentSha256, options: OPTIONS, pictures }, file);
  });
  const bytes = readFileSync(file);
  expect(bytes.equals(Buffer.from(pdf))).toBe(true);
  expect(exported).toEqual({
    path: file,
    sha256: createHash('sha256').update(pdf).digest('hex'),
    sizeBytes: pdf.length,
    pages,
    contentSha256: document.contentSha256,
    signature: null,
  });
});
