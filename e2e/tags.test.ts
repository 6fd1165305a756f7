// Tags with the keyboard alone: put on one and on many, filtered by, taken back and taken off.
// @module-tag chromium
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEntry } from '../contract/case.ts';
import type { FindingPage } from '../contract/finding.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { screenshot } from './harness/screenshots.ts';
import { examineAs, hears } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-tags-'));
const folder = path.join(root, 'case');
let workstation: LaunchedWorkstation;
let page: Page;

/** A case with three photographs, scanned without a window. */
async function makeCase(): Promise<void> {
  const photographs = path.join(root, 'photographs');
  await writePhotographs(photographs, 3);
  await makeScannedCase({ home: path.join(root, 'home'), folder, title: 'Tags', paths: [photographs] });
}

beforeAll(async () => {
  await makeCase();
  mkdirSync(path.join(root, 'home'), { recursive: true });
  workstation = await launch({ home: path.join(root, 'home'), case: folder, size: { width: 1366, height: 768 } });
  page = workstation.page;
  page.setDefaultTimeout(15_000);
  await examineAs(page, 'A. Reader', 'Open review');
});
afterAll(() => workstation?.close());

const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const tags = async (): Promise<number[][]> =>
  (
    (await call(page, 'finding/query', { limit: 1000, sort: { by: 'path', direction: 'ascending' } })) as FindingPage
  ).rows.map((row) => row.tags);
const entries = async (): Promise<string[]> =>
  ((await call(page, 'case/activity', { limit: 1000 })) as AuditEntry[])
    .filter(({ action }) => action.startsWith('tag.'))
    .map(({ action, subject }) => `${action} ${subject}`)
    .toReversed();
const tiles = () => page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
const said = (text: string | RegExp) => page.getByText(text).first().waitFor();
async function toTheGrid(): Promise<void> {
  await press('2');
  await page.getByLabel('Order by').selectOption('path');
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
  await press('Home');
}
/** The dialog of the tags, once it hears keys. */
const dialog = (name: RegExp) => hears(page, name);

test('a tag of one’s own is made and put on two faces by keys, with one entry for both', async () => {
  await toTheGrid();
  await press('Shift+ArrowRight', 'l');
  await dialog(/^Tag 2 results/);
  await page.keyboard.type('Wears glasses');
  await press('Tab', 'Tab');
  // Past the shortlist to the colours, of which the next is taken, and the key.
  await press('ArrowRight', 'Tab');
  await page.keyboard.type('k');
  await screenshot(page, 'tag-dialog');
  expect(await findBarriers(page)).toEqual([]);
  await press('Control+Enter');
  await said('“Wears glasses” put on 2 results.');
  expect((await tags()).filter((one) => one.length > 0)).toEqual([[1], [1]]);
  expect(await entries()).toEqual(['tag.defined Wears glasses', 'tag.added Wears glasses: 2 results']);
  expect(await tiles().first().textContent()).toContain('Tags: Wears glasses.');
});

test('its own key takes it off and puts it on again, and one undo takes the last of it back', async () => {
  await press('k');
  await said('“Wears glasses” taken off 2 results.');
  await press('Escape', 'k');
  await said('“Wears glasses” put on 1 result.');
  await press('Shift+u');
  await said('“Wears glasses” is off 1 result again. The log has both.');
  await press('Shift+u');
  await said('“Wears glasses” is on 2 results again. The log has both.');
  // The key of opinions finds nothing of tags to undo.
  await press('u');
  await said(/There is nothing to undo/);
  expect((await tags()).filter((one) => one.length > 0)).toHaveLength(2);
});

test('all that the filter shows is tagged at once, from the palette', async () => {
  const all = (await tags()).length;
  await press('Control+k');
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
  await page.keyboard.type('tag what');
  await press('Enter');
  await dialog(/^Tag/);
  await page.keyboard.type('Shortlist');
  await page.getByRole('radio', { name: /that the filter shows/ }).focus();
  await press('Space');
  await screenshot(page, 'tag-all');
  await press('Control+Enter');
  await said(`“Shortlist” put on ${all} results.`);
  expect((await tags()).every((one) => one.includes(2))).toBe(true);
  expect((await entries()).at(-1)).toBe(`tag.added Shortlist: ${all} results`);
});

test('the list is filtered by a tag, and the tag is taken off in Inspect', async () => {
  const box = page.getByRole('checkbox', { name: /^Wears glasses/ });
  await box.focus();
  await press('Space');
  await expect.poll(() => tiles().count()).toBe(2);
  await screenshot(page, 'tag-filter');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await press('Home', 'Enter');
  const off = page.getByRole('button', { name: 'Take off the tag Wears glasses' });
  await off.focus();
  await screenshot(page, 'tag-inspect');
  expect(await findBarriers(page)).toEqual([]);
  await press('Enter');
  await said('“Wears glasses” taken off 1 result.');
  await off.waitFor({ state: 'detached' });
  await press('k');
  await off.waitFor();
  await press('6');
  await said('Tag put on 1 result');
  await screenshot(page, 'tag-activity');
});

test('the report shows the shortlist with pictures, and its originals are copied out', async () => {
  const out = path.join(root, 'originals');
  await press('4');
  await page.getByLabel('Results shown with pictures').selectOption('Shortlist');
  await page.getByText(/results?: each face among them gets a block with pictures/).waitFor();
  await page.getByRole('button', { name: 'Copy out their originals' }).press('Enter');
  const field = page.getByRole('dialog', { name: 'Copy out originals' }).getByRole('textbox', { name: 'New folder' });
  await field.fill(out);
  await screenshot(page, 'copy-out');
  expect(await findBarriers(page)).toEqual([]);
  await press('Enter');
  await page.getByText(/^3 files copied/).waitFor();
  await screenshot(page, 'copied-out');
  expect(await findBarriers(page)).toEqual([]);
  expect(readdirSync(out).filter((name) => name.endsWith('.jpg'))).toHaveLength(3);
  await press('Escape', '6');
  await said('Originals copied out');
});

test('in blind review it is said before what a copy of the shortlist leaves out, and no number of results, and the log hides who chose what; a tag of an opinion’s name cannot be made', async () => {
  await call(page, 'tag/put', { name: 'Shortlist', on: true, tagged: { filter: {} } });
  await call(page, 'session/set', { examiner: 'B. Second', blind: true });
  await page.reload();
  await toTheGrid();
  await press('l');
  await dialog(/^Tag/);
  await page.keyboard.type('Not genuine');
  await said(/^Whether a face is forged is said by an opinion, never by a tag/);
  expect(await page.getByRole('button', { name: /^Put on/ }).isDisabled()).toBe(true);
  await screenshot(page, 'tag-of-an-opinion');
  await press('Escape');
  await page.getByRole('button', { name: 'Leave', exact: true }).click();
  await press('4');
  await page.getByLabel('Results shown with pictures').selectOption('Shortlist');
  await said(/^In blind review it is not said how many these are/);
  await page.getByRole('button', { name: 'Copy out their originals' }).press('Enter');
  await said('In blind review what is hidden from you is not among these.');
  await screenshot(page, 'copy-out-blind');
  expect(await findBarriers(page)).toEqual([]);
  await press('Escape', '6');
  await said('Tag of another examiner, hidden');
  await screenshot(page, 'activity-blind');
});
