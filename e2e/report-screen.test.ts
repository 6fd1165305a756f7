// The Report screen by keyboard: what the examiners write themselves, how the table is written, how
// far a report is and stopping it, and a first page in the order of the PDF. Real engine, a real
// scan of two folders with a file that cannot be read.
// @module-tag chromium
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../contract/job.ts';
import type { ReportDocument } from '../contract/report.ts';
import { reportTemplateSchema } from '../contract/report-template.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import { pictureOf } from './harness/picture-of.ts';
import { screenshot } from './harness/screenshots.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-report-screen-'));
const sources = ['one', 'two'].map((name) => path.join(root, name));
let workstation: LaunchedWorkstation;
let page: Page;

beforeAll(async () => {
  for (const source of sources) await writePhotographs(source, 1);
  writeFileSync(path.join(sources[1]!, 'broken.jpg'), 'no picture');
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home'), size: { width: 1366, height: 768 } });
  page = workstation.page;
  page.setDefaultTimeout(15_000);
  const folder = path.join(root, 'case');
  await call(page, 'case/create', { folder, title: 'Report', reference: 'ML-7', examiner: 'A. Reader' });
  await call(
    page,
    'report/saveTemplate',
    reportTemplateSchema.parse({
      name: 'L',
      header: 'OFFICIAL-SENSITIVE',
      conclusion: 'No signs of forgery were found.',
    }),
  );
  await page.reload();
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
});
afterAll(() => workstation?.close());

const screen = async (name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }).focus();
  await page.keyboard.press('Enter');
};
const sheet = () => page.getByRole('region', { name: 'What the report will say' });

/** True where the words stand in `part` one after the other. */
async function inOrder(part: Locator, ...words: string[]): Promise<boolean> {
  const text = (await part.textContent())!;
  let from = 0;
  return words.every((one) => {
    from = text.indexOf(one, from);
    return from >= 0;
  });
}

test('a file that could not be read is named below its exhibit on the card of its scan', async () => {
  const job = (await call(page, 'scan/start', { paths: sources, device: 'cpu' })) as Job;
  await expect
    .poll(async () => ((await call(page, 'job/list')) as Job[]).find(({ id }) => id === job.id)!.state, {
      timeout: 100_000,
    })
    .toBe('done');
  await screen('Scan');
  await page.getByRole('list', { name: 'Problems, newest first' }).getByText('two/broken.jpg').waitFor();
});

test('the first page has the marking and order of the PDF, and findings stand before the machine', async () => {
  await screen('Report');
  await page.getByLabel('Template of the laboratory').selectOption('L');
  await page
    .getByText(/the report then has no conclusion of an examiner\. It prints what the template “L” says/)
    .waitFor();
  const pages = sheet().getByRole('article', { name: 'The pages after it' });
  await pages.getByRole('heading', { name: 'Standing words of the laboratory' }).waitFor();
  await pages.getByText('No signs of forgery were found.').waitFor();
  expect(await pages.getByRole('heading', { name: /^Conclusion/ }).count()).toBe(0);
  await screenshot(page, 'report-standing-words');
  await page.getByLabel('Findings, in your words').fill('Two photographs were examined.');
  await page.getByLabel('Conclusion, in your words').fill('Nothing can be said.');
  const first = sheet().getByRole('article', { name: 'First page' });
  // Who scanned has given no opinion: the PDF names nobody.
  await first.getByRole('row', { name: 'Examiners none has given an opinion' }).waitFor();
  await first.getByRole('row', { name: 'Evidence 3 files in 2 exhibits' }).waitFor();
  await first.getByRole('row', { name: /^2 two / }).waitFor();
  expect(
    await inOrder(
      first,
      ...['OFFICIAL-SENSITIVE', 'Examination of faces', 'ML-7', 'Examiners', 'Evidence', 'Results'],
      ...['Opinions', 'Model', 'Exhibits', 'Content SHA-256'],
    ),
  ).toBe(true);
  const next = sheet().getByRole('article', { name: 'The pages after it' });
  expect(
    await inOrder(next, 'Two photographs were', 'Nothing can be said', 'Opinions of examiners', 'Summary', 'Scored'),
  ).toBe(true);
  await pictureOf(page, 'report-first-page');
  expect(await findBarriers(page)).toEqual([]);
});

test('what was typed is kept on the way to another screen and back, and is in what is written', async () => {
  await screen('Faces');
  await screen('Report');
  expect(await page.getByLabel('Findings, in your words').inputValue()).toBe('Two photographs were examined.');
  const file = path.join(root, 'report.json');
  await workstation.answerDialog(file);
  await page.getByRole('button', { name: 'Write JSON' }).press('Enter');
  const written = page.getByRole('region', { name: 'Written' });
  await written.getByText('JSON', { exact: true }).waitFor();
  const place = await written.locator('.written-path').first().getAttribute('title');
  const document = JSON.parse(readFileSync(place!, 'utf8')) as ReportDocument;
  expect([document.findings, document.conclusion]).toEqual(['Two photographs were examined.', 'Nothing can be said.']);
});

test('the table is written with the separator, decimal sign and byte order mark that were chosen (case 27)', async () => {
  await page.getByText('How the CSV is written').press('Enter');
  await page.getByLabel('Between cells').selectOption({ label: 'Semicolon' });
  await page.getByRole('radio', { name: 'Point' }).press('ArrowRight');
  await page.getByRole('switch', { name: 'Byte order mark' }).press('Space');
  await pictureOf(page, 'report-csv');
  await workstation.answerDialog(path.join(root, 'report.csv'));
  await page.getByRole('button', { name: 'Write CSV' }).press('Enter');
  const written = page.getByRole('region', { name: 'Written' });
  await written.getByText('CSV', { exact: true }).waitFor();
  const place = await written.locator('.written-path').first().getAttribute('title');
  const text = readFileSync(place!, 'utf8');
  expect(text.startsWith('case;result id;')).toBe(true);
  expect(text).toMatch(/;scored;0,\d+;/);
});

test('while a PDF is written the window says how far it is, and it can be cancelled', async () => {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      const bar = document.querySelector('[aria-label="Progress of the report"]');
      if (bar) said.push(bar.getAttribute('aria-valuetext') ?? '');
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await workstation.answerDialog(path.join(root, 'report.pdf'));
  await page.getByRole('button', { name: 'Write PDF' }).press('Enter');
  await page.getByRole('region', { name: 'Written' }).getByText('PDF', { exact: true }).waitFor({ timeout: 60_000 });
  const said = (await page.evaluate(() => (window as never as { said: string[] }).said)).join('\n');
  expect(said).toMatch(/Reading the case|Faces with pictures: \d+ of \d+|Tables and annexes|The attached record/);
  await workstation.answerDialog(path.join(root, 'report-2.pdf'));
  await page.getByRole('button', { name: 'Write PDF' }).press('Enter');
  await page.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
  await page.getByText('Writing the report was cancelled.').waitFor();
});

test('a page that is loaded again has the findings and the conclusion as they were', async () => {
  await page.reload();
  await screen('Report');
  await expect.poll(() => page.getByLabel('Findings, in your words').inputValue()).toMatch(/^Two photographs were/);
  expect(await page.getByLabel('Conclusion, in your words').inputValue()).toBe('Nothing can be said.');
});

const exports = async (): Promise<{ who: string }[]> =>
  ((await call(page, 'case/activity', { about: ['report'] })) as { who: string; action: string }[]).filter(
    ({ action }) => action === 'report.exported',
  );

test('a double click writes one report; another screen says that it is written, and it is found on the way back', async () => {
  const before = (await exports()).length;
  await workstation.answerDialog(path.join(root, 'report-3.pdf'));
  await page.getByRole('button', { name: 'Write PDF' }).dblclick();
  await screen('Faces');
  const line = page.getByRole('contentinfo');
  await line.getByRole('button', { name: 'Writing the report' }).waitFor();
  // Who asked for it has asked for it, whoever sits here at its end.
  await call(page, 'session/set', { examiner: 'B. Later' });
  await line.getByRole('button', { name: 'Writing the report' }).waitFor({ state: 'hidden', timeout: 60_000 });
  await screen('Report');
  await page.getByRole('region', { name: 'Written' }).getByText('PDF', { exact: true }).waitFor();
  // The newest first.
  const added = (await exports()).slice(0, -before);
  expect(added.map(({ who }) => who)).toEqual(['A. Reader']);
});
