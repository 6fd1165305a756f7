// Groups of faces in a report: those that an examiner has named, with the sentence of what they say; nothing
// of them in a redacted copy, nor where they are not what the log holds.
// @module-tag poppler
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaceGroupId, FaceId, Sha256 } from '../../contract/brand.ts';
import { type ReportOptions, reportOptionsSchema } from '../../contract/report.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { enterGroupStep } from '../case/groups/case-groups.ts';
import { saidOfStep } from '../case/groups/entered-steps.ts';
import type { KeptStep } from '../case/groups/groups-file.ts';
import { lastAudit } from '../case/log/audit.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile } from '../case/testing/case-material.ts';
import { partsOfCsv } from './csv-report.ts';
import { readReportContent } from './report-content.ts';
import { readReportDocument } from './report-document.ts';
import { pdfFromDocument } from './testing/pdf-from-document.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-groups-in-report-'));
const pictures = { blob: async () => undefined, context: async () => null, showsOthers: () => false };
const NAME = 'Quellmann, Zs.';
let opened: WritableCase;
let faces: FaceId[];

beforeAll(() => {
  opened = createCase(path.join(folder, 'case'), { title: 'C', reference: '', demonstration: false });
  addFile(opened, 'one.jpg', [0.2222, 0.3]);
  addFile(opened, 'two.jpg', [0.9999]);
  faces = allVerdicts(opened).map(({ faceId }) => faceId!);
});
afterAll(() => {
  closeCase(opened);
  rmSync(folder, { recursive: true, force: true });
});

const making = (options: Partial<ReportOptions> = {}) => ({
  options: reportOptionsSchema.parse(options),
  appVersion: '1',
  template: null,
});
async function text(): Promise<string> {
  const file = path.join(folder, 'r.pdf');
  writeFileSync(file, (await pdfFromDocument(await readReportDocument(opened, making()), 'A4', pictures)).bytes);
  return execFileSync('pdftotext', ['-layout', file, '-']).toString().replace(/\s+/g, ' ');
}
const content = (options: Partial<ReportOptions> = {}) =>
  withReadTransaction(opened, async (reading) => {
    const found = await readReportContent(reading, making(options));
    const csv = [...partsOfCsv(found, { separator: ',', decimal: '.', byteOrderMark: false })].join('');
    return { head: found.head, csv };
  });
const by = { at: '2026-03-01T00:00:00.000Z', who: 'Anna' };
const group = 1 as FaceGroupId;
const enter = (step: KeptStep) => enterGroupStep(opened, { step, subject: 'group 1', details: saidOfStep(step) });

test('a report of a case without groups says nothing of any', async () => {
  expect(await text()).not.toMatch(/Groups? of faces/);
  expect((await content()).head.groups).toBeUndefined();
});

test('what the machine proposed is counted, and listed only once an examiner has named it', async () => {
  enter({
    ...{
      kind: 'proposed',
      ...by,
      within: 0.4,
      minimumFacePx: 40,
      minimumSharpness: 10,
      compared: 3,
      tooSmall: 2,
      blurred: 0,
    },
    embeddingsSha256: 'e'.repeat(64) as Sha256,
    first: group,
    groups: [[faces[0]!, faces[2]!]],
  });
  const before = await text();
  expect(before).toContain('No group was named by an examiner.');
  expect(before).toContain('1 group has no name, and is not listed.');
  expect(before).not.toMatch(/Group of faces \(who/);
  enter({ kind: 'named', ...by, group, name: NAME });
  const all = await text();
  expect(all).toContain('A group says of which person faces may be, never whether a face is forged');
  expect(all).toContain('3 faces compared, joined within 0.40 (average link). Left out: 2 faces below 40 px.');
  expect(all).toMatch(/Quellmann, Zs\. 2 faces in 2 files nowhere\/one\.jpg, face 1; nowhere\/two\.jpg, face 1/);
  expect(all).toContain(`Group of faces (who, not whether forged): ${NAME}`);
  const { head, csv } = await content();
  expect(head.groups).toMatchObject({
    named: [{ id: 1, name: NAME, namedBy: 'Anna', faces: [faces[0], faces[2]], files: 2 }],
    unnamed: 0,
  });
  const lines = csv.split('\r\n');
  expect(lines[0]).toMatch(/,group of faces$/);
  expect(lines.slice(1, 4).map((line) => line.endsWith(`,"${NAME}"`))).toEqual([true, false, true]);
});

test('a face that another put under a name is said to be that other’s word', async () => {
  enter({ kind: 'added', who: 'Bert', at: by.at, group, faces: [faces[1]!] });
  const all = await text();
  expect(all).toMatch(/named by Anna: 2 faces .*put with them by Bert: 1 face/);
  expect(all).toMatch(/Anna: nowhere\/one\.jpg, face 1; nowhere\/two\.jpg, face 1 .*Bert: nowhere\/one\.jpg, face 2/);
  expect(all).toContain(`${NAME}, said by Bert`);
  const { head } = await content();
  expect(head.groups?.named[0]?.saidBy).toEqual([
    { who: 'Anna', faces: [faces[0], faces[2]] },
    { who: 'Bert', faces: [faces[1]] },
  ]);
  enter({ kind: 'takenOut', ...by, group, faces: [faces[1]!] });
});

test('a clock that was set back is said, with the entry and both times', async () => {
  expect(await text()).not.toContain('set back');
  const { at, seq } = lastAudit(opened, 'group.takenOut')!;
  const { clock } = opened;
  opened = { ...opened, clock: () => '2020-01-01T00:00:00.000Z' };
  enter({ kind: 'named', ...by, group, name: NAME });
  opened = { ...opened, clock };
  expect(await text()).toContain(
    `The clock of the machine was set back before entry ${seq + 1}, from ${at} to 2020-01-01T00:00:00.000Z.`,
  );
});

test.each(['others', 'all'] as const)(
  'a redacted copy (%s) says that they are left out, and no name',
  async (redaction) => {
    const { head, csv } = await content({ redaction });
    expect(head.groups).toBeUndefined();
    expect(head.withheld).toContain('The groups of faces of one person, and the names that examiners gave them.');
    expect(JSON.stringify(head) + csv).not.toContain('Quellmann');
  },
);

test('groups that are not what the log holds are said to be so, and nothing of them is said', async () => {
  const file = path.join(opened.folder, 'face-groups.ndjson');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('Quellmann', 'Quellmanx'));
  closeCase(opened);
  opened = (await import('../case/open-case.ts')).openCase(opened.folder);
  const all = await text();
  expect(all).toContain('are not those that the log of the case holds');
  expect(all).not.toContain('Quellman');
  writeFileSync(file, whole);
  appendFileSync(file, 'left by a process that was killed');
  expect(await text()).toContain(NAME);
});
