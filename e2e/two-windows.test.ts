// Journey: two windows on one case, and the end of a list: a window records under the name it shows
// and what it shows, and a key that was meant for another face records nothing on this one.
// @module-tag chromium
import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEntry } from '../contract/case.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { call } from './harness/call.ts';
import { launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import { examineAs, facesDrawn, hears, inspectedDrawn } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-two-windows-'));
const folder = path.join(root, 'case');
let workstation: LaunchedWorkstation;
let page: Page;
let other: Page;

beforeAll(async () => {
  const photographs = path.join(root, 'photographs');
  await writePhotographs(photographs, 3);
  const engine = await createEngine({ appDataFolder: path.join(root, 'making') });
  const client = createClient(engine);
  await client.case.create({ folder, title: 'Two', reference: '' });
  const { id } = await client.scan.start({ paths: [photographs] });
  for await (const { job } of await client.job.watch()) if (job.id === id && job.state === 'done') break;
  await client.case.configure({ reasonRule: 'never', examiner: 'A. Maker' });
  await engine.close();
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home'), case: folder }, 'browser');
  page = workstation.page;
  other = await page.context().newPage();
  for (const one of [page, other]) one.setDefaultTimeout(15_000);
});
afterAll(() => workstation?.close());

const grid = (of: Page) => of.getByRole('listbox', { name: 'Faces' });
const log = async () => (await call(page, 'case/activity', { limit: 1000 })) as AuditEntry[];
const opinions = async () =>
  (await log())
    .filter(({ action }) => action.startsWith('opinion.'))
    .reverse()
    .map(({ who, details }) => [who, details.to, details.blind]);
/** By file name, at the first face or the last. */
async function standAt(of: Page, key: 'Home' | 'End'): Promise<void> {
  await of.keyboard.press('2');
  await of.getByLabel('Order by').selectOption('path');
  await grid(of).and(of.locator('[aria-busy=false]')).focus();
  await of.keyboard.press(key);
  await grid(of).getByRole('option', { selected: true }).waitFor();
  await facesDrawn(of);
}

test('scores seen without a name in one window are seen for whoever takes a name in another', async () => {
  await page.getByRole('dialog', { name: 'Who is examining?' }).getByRole('button', { name: 'Look without' }).click();
  await grid(page).getByRole('option').first().waitFor();
  await other.goto(page.url());
  await examineAs(other, 'Emil', 'Blind review');
  const [chosen] = await log();
  expect([chosen!.action, chosen!.details]).toEqual(['examiner.chosen', { blind: true, looked: true }]);
});

test('who is chosen in one window is shown in the other, with scores as that review has them', async () => {
  await page.getByRole('button', { name: 'Emil' }).waitFor();
  await grid(page).getByText('Score hidden').first().waitFor();
  await page.getByRole('button', { name: 'Emil' }).click();
  await examineAs(page, 'Clara', 'Open review');
  await other.getByRole('button', { name: 'Clara' }).waitFor();
  await expect.poll(() => grid(other).getByText('Score hidden').count()).toBe(0);
});

test('behind the last face of the list a key records nothing until one has moved, in the grid and in Inspect', async () => {
  await standAt(page, 'End');
  const before = await opinions();
  for (const key of ['f', 'i', 'g']) await page.keyboard.press(key);
  await page.getByText(/Nothing was recorded: that was the last face of the list/).waitFor();
  expect((await opinions()).slice(before.length)).toEqual([['Clara', 'forged', false]]);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('i');
  await expect.poll(opinions).toHaveLength(before.length + 2);
  await page.keyboard.press('Enter');
  await inspectedDrawn(page);
  await page.keyboard.press('ArrowRight');
  await inspectedDrawn(page);
  await page.keyboard.press('f');
  await expect.poll(opinions).toHaveLength(before.length + 3);
  await page.getByText('That was the last face of the list.').waitFor();
  await page.keyboard.press('i');
  await page.getByText(/Nothing was recorded: that was the last face of the list/).waitFor();
  expect(await opinions()).toHaveLength(before.length + 3);
});

test('after an opinion on several faces the face behind them is the next', async () => {
  await standAt(page, 'Home');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('i');
  await hears(page, /on 2 faces/);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByText(/^3 \/ \d+$/).waitFor();
});

test('an opinion given in one window is on the tiles of the other, and one for several says what it replaces', async () => {
  await standAt(page, 'Home');
  await standAt(other, 'Home');
  const first = grid(other).getByRole('option').first();
  const words = () => first.locator('.unseen').textContent();
  await page.keyboard.press('f');
  await expect.poll(words).toContain('Your opinion: forged');
  // Undone there, it is gone here.
  await other.keyboard.press('u');
  await expect.poll(words).not.toContain('forged');
  const ofPage = () => grid(page).getByRole('option').first().locator('.unseen').textContent();
  await expect.poll(ofPage).not.toContain('forged');
  await standAt(page, 'Home');
  await page.keyboard.press('f');
  await expect.poll(words).toContain('Your opinion: forged');
  await grid(other).focus();
  await other.keyboard.press('Control+a');
  await other.keyboard.press('i');
  await hears(other, /“Inconclusive” on \d+ faces/);
  await other.getByText(/Your opinion on \d+ faces? of these is replaced/).waitFor();
  await other.keyboard.press('Escape');
  await other.keyboard.press('Escape');
});

test('between a filter and its first page a key records nothing', async () => {
  await standAt(page, 'Home');
  const before = await opinions();
  await page.getByLabel('File name contains').focus();
  await page.keyboard.type('jpg');
  // One turn of the page: no answer of the engine can come between.
  await page.evaluate(() => {
    const press = (key: string) =>
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    press('Enter');
    press('f');
  });
  await page.getByText('Nothing was recorded: the list was still being read.').waitFor();
  expect(await opinions()).toEqual(before);
});

test('what one examiner chose in an open dialog is not recorded for another who sits down elsewhere', async () => {
  await standAt(page, 'Home');
  const before = await opinions();
  const dialog = page.getByRole('dialog', { name: 'Opinion with a note' });
  await page.keyboard.press('n');
  await dialog.getByText('Forged').click();
  await other.getByRole('button', { name: 'Clara' }).click();
  await examineAs(other, 'Dora', 'Blind review');
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText(/Nothing was recorded. Dora is examining now, in blind review/).waitFor();
  await page.keyboard.press('Control+Enter');
  // The same of several faces, and of a rule of the case.
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('g');
  await page.getByRole('dialog', { name: /on 2 faces/ }).waitFor();
  await other.getByRole('button', { name: 'Dora' }).click();
  await examineAs(other, 'Clara', 'Open review');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.keyboard.press('Control+Enter');
  expect(await opinions()).toEqual(before);
});

test('a window that follows to another case shows no picture of the one before, whatever numbers they share', async () => {
  const tiles = (of: Page) =>
    grid(of)
      .locator('img')
      .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).src));
  await standAt(page, 'Home');
  const before = await tiles(page);
  expect(before.length).toBeGreaterThan(0);
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'Opinion with a note' }).waitFor();
  const next = path.join(root, 'next');
  await call(other, 'case/create', { folder: next, title: 'Next', reference: '' });
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByText('Nothing was recorded. The case it was about is no longer open here.').waitFor();
  // Of the case before nothing is given any more, under the address the page has.
  const answers = (of: readonly string[]) =>
    page.evaluate((all) => Promise.all(all.map(async (one) => (await fetch(one)).status)), of);
  expect(new Set(await answers(before))).toEqual(new Set([404]));
  await call(other, 'case/open', { folder });
  await examineAs(page, 'Clara', 'Open review');
  await grid(page).getByRole('option').first().waitFor();
  const again = await tiles(page);
  expect(again.filter((one) => before.includes(one))).toEqual([]);
  expect(new Set(await answers(again))).toEqual(new Set([200]));
});

test('who looks is asked again at every opening, also where the case was once looked at without a name', async () => {
  await page.getByRole('button', { name: 'Clara' }).waitFor();
  await call(other, 'case/close');
  await call(other, 'case/open', { folder });
  await page.getByRole('dialog', { name: 'Who is examining?' }).waitFor();
  expect(await grid(page).count()).toBe(0);
  // Asking shows nothing: nobody has looked by it.
  expect(await call(page, 'session/get')).toMatchObject({ examiner: null, looked: false });
  await examineAs(page, 'Fred', 'Blind review');
  expect((await log())[0]!.details).toEqual({ blind: true });
});

test('a case opened from the faces of another is not looked at before somebody has said who looks', async () => {
  await call(page, 'case/open', { folder: path.join(root, 'next') });
  await call(page, 'session/set', { examiner: 'Gus', blind: true });
  await page.getByRole('button', { name: 'Gus' }).waitFor();
  await page.keyboard.press('2');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Two');
  await expect.poll(() => page.locator('[cmdk-item][data-selected=true]').textContent()).toContain('Two');
  await page.keyboard.press('Enter');
  await hears(page, 'Who is examining?');
  expect(await call(page, 'session/get')).toMatchObject({ examiner: null, looked: false });
});
