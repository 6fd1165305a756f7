// Reports as text, of files whose names act on a terminal: shown with `cat` they move, colour and
// hide nothing, and say the same.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reportOptionsSchema } from '../../contract/report.ts';
import { visibleJson, visibleLines, visibleText } from '../../contract/visible-text.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addFile } from '../case/testing/case-material.ts';
import { exportText } from './export-report.ts';
import { hashOfContent, readReportContent } from './report-content.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-shown-'));
const opened = createCase(path.join(folder, 'case'), { title: 'T', reference: '', demonstration: false });
afterAll(() => {
  closeCase(opened);
  rmSync(folder, { recursive: true, force: true });
});

const NAME = 'a\u001b]0;owned\u0007\u009b31m\u202egpj\rb.jpg';
const MOVES = /[^\P{Cc}\n\r\t]|\r(?!\n)|[\u202a-\u202e\u2066-\u2069]/u;

test('no control and no override is in JSON, CSV or CASE/UCO, and JSON is the record it was', async () => {
  addFile(opened, NAME, [0.25]);
  await withReadTransaction(opened, async (reading) => {
    const content = await readReportContent(reading, {
      options: reportOptionsSchema.parse({}),
      appVersion: '1',
      template: null,
    });
    const hash = await hashOfContent(content);
    for (const format of ['json', 'csv', 'jsonld'] as const) {
      const file = path.join(folder, `report.${format}`);
      await exportText(content, hash, format, file);
      const text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
      expect(MOVES.test(text), format).toBe(false);
      if (format === 'csv') expect(text).toContain('a[U+001B]]0;owned[U+0007][U+009B]31m[U+202E]gpj[U+000D]b.jpg');
      else expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(NAME).slice(1, -1));
    }
  });
});

test('line ends, tabs and the byte order mark of a table are its own; of JSON the line ends between its values', () => {
  expect(visibleLines('\ufeffa\tb\r\n"c\nd"\r\ne\rf')).toBe('\ufeffa\tb\r\n"c\nd"\r\ne[U+000D]f');
  const json = JSON.stringify({ name: '\u009b\u202e\u2028', more: [1] }, null, 2);
  expect(visibleJson(json)).toContain('"\\u009b\\u202e\\u2028"');
  expect(JSON.parse(visibleJson(json))).toEqual(JSON.parse(json));
});

test('what has no ink and no width is shown by its number, so that no two names look alike', () => {
  for (const character of ['\u3164', '\u115f', '\u2800', '\ufe0f', '\ufff9', '\u{e0041}', '\u{1d173}']) {
    const number = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    expect(visibleText(`a${character}.jpg`)).toBe(`a[U+${number}].jpg`);
    const json = JSON.stringify({ name: character });
    expect(visibleJson(json)).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(visibleJson(json))).toEqual({ name: character });
  }
});
