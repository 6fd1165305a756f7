// The rooms beside the review, by keyboard alone where a hand would: a scan's card, models, the
// log, evidence that moved, a portable case and training. Real engine, real scans; two models,
// since a face is one tile whatever looked at it.
// @module-tag chromium
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FindingFacets, FindingPage } from '../contract/finding.ts';
import type { Job } from '../contract/job.ts';
import type { Model } from '../contract/model.ts';
import { trainersFile } from '../models/checkpoint/testing/trainers-file.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { outOfReach } from './harness/out-of-reach.ts';
import { writePhotographs } from './harness/photographs.ts';
import { screenshot } from './harness/screenshots.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-rooms-'));
const folder = path.join(root, 'a case with a long name that widens every line it stands in');
const sources = ['seizure one', 'seizure two', 'a third folder with a name long enough to leave the card'].map((name) =>
  path.join(root, 'evidence of an investigation', name),
);
let workstation: LaunchedWorkstation;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  for (const source of sources) await writePhotographs(source, 1);
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home'), size: { width: 1366, height: 768 } });
  page = workstation.page;
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await call(page, 'case/create', { folder, title: 'Rooms', reference: 'ML-2026-0417', examiner: 'A. Reader' });
  await page.reload();
});
afterAll(() => workstation?.close());

const screen = async (name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }).focus();
  await page.keyboard.press('Enter');
};
/** Presses a button by keyboard. */
const pressOn = async (button: Locator): Promise<void> => {
  await button.focus();
  await page.keyboard.press('Enter');
};
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const jobs = () => call(page, 'job/list') as Promise<Job[]>;
const facets = () => call(page, 'finding/facets', {}) as Promise<FindingFacets>;

async function scan(more: Record<string, unknown> = {}): Promise<void> {
  const job = (await call(page, 'scan/start', { paths: sources, device: 'cpu', ...more })) as Job;
  await expect
    .poll(async () => (await jobs()).find(({ id }) => id === job.id)!.state, { timeout: 100_000 })
    .toBe('done');
}

test('the card of a scan of several folders keeps its buttons in the window and says what it was started with', async () => {
  await scan({ minimumFacePx: 2000 });
  await screen('Scan');
  const card = page.getByRole('article', { name: /^Scan 1: Done/ });
  await card.getByText(/faces from 2000 px · 2 frames a second of videos and every cut or change · CPU$/).waitFor();
  expect(await outOfReach(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await pressOn(card.getByText('3 sources'));
  await card.getByText(sources[2]!).waitFor();
  await screenshot(page, 'rooms-scan');
  expect(await findBarriers(page)).toEqual([]);
});

test('a face that is not scored is shown in its colours, on a lined foot', async () => {
  await screen('Faces');
  const picture = page.locator('.tile-faceTooSmall img').first();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  const [look, foot] = await picture.evaluate((image) => {
    const { filter, opacity } = getComputedStyle(image);
    return [[filter, opacity], getComputedStyle(image.parentElement!, '::after').backgroundImage];
  });
  expect(look).toEqual(['none', '1']);
  expect(foot).toContain('repeating-linear-gradient');
});

test('a smaller face asked for on the form scores what was too small, and is remembered for the next scan', async () => {
  await screen('Scan');
  expect((await facets()).byKind).toEqual({ faceTooSmall: (await facets()).total });
  const size = page.getByLabel('Smallest face scored, pixels');
  await size.fill('4');
  expect(await button('Rescan all files of this case').isDisabled()).toBe(true);
  await size.fill('41');
  await pressOn(button('Rescan all files of this case'));
  await page.getByRole('article', { name: /^Scan 2: Done/ }).waitFor({ timeout: 100_000 });
  const after = await facets();
  expect(after.byKind.faceTooSmall).toBeUndefined();
  expect(after.byKind.scored! + (after.byKind.outOfDomain ?? 0)).toBe(after.total);
  await page.reload();
  await expect.poll(() => page.getByLabel('Smallest face scored, pixels').inputValue()).toBe('41');
});

test('what a scan adds moves no tile of the list that is shown, and comes into it by key', async () => {
  await screen('Faces');
  const tiles = page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
  const ids = () => tiles.evaluateAll((all) => all.map(({ id }) => id));
  const { total } = await facets();
  await expect.poll(async () => (await ids()).filter(Boolean).length).toBe(total);
  const before = await ids();
  const added = path.join(root, 'added');
  await writePhotographs(added, 1);
  const { id } = (await call(page, 'scan/start', { paths: [added], device: 'cpu' })) as Job;
  await expect.poll(async () => (await jobs()).find((one) => one.id === id)!.state, { timeout: 60_000 }).toBe('done');
  await button(/^Show \d+ new/).waitFor();
  expect(await ids()).toEqual(before);
  await page.keyboard.press('r');
  await expect.poll(async () => (await ids()).length).toBeGreaterThan(total);
  await screen('Scan');
});

test('cancelling asks first; what was cancelled is resumed from its card', async () => {
  const more = path.join(root, 'more');
  await writePhotographs(more, 12);
  const job = (await call(page, 'scan/start', { paths: [more, ...sources], device: 'cpu' })) as Job;
  await call(page, 'job/pause', { id: job.id });
  const card = page.getByRole('article', { name: new RegExp(`^Scan ${job.id}:`) });
  // A line of long paths pushes no button of a scan at work out of the window.
  await card.getByRole('button', { name: 'Cancel' }).waitFor();
  await card.getByText('4 sources').waitFor();
  expect(await outOfReach(page)).toEqual([]);
  await pressOn(card.getByRole('button', { name: 'Cancel' }));
  const dialog = page.getByRole('dialog', { name: 'Cancel this scan?' });
  await dialog.waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  expect((await jobs())[0]!.state).not.toBe('cancelled');
  await pressOn(card.getByRole('button', { name: 'Cancel' }));
  await pressOn(dialog.getByRole('button', { name: 'Cancel the scan' }));
  await page.getByRole('article', { name: new RegExp(`^Scan ${job.id}: Cancelled`) }).waitFor();
  await pressOn(card.getByRole('button', { name: 'Resume this scan' }));
  await page.getByRole('article', { name: new RegExp(`^Scan ${job.id + 1}: Done`) }).waitFor({ timeout: 100_000 });
  expect((await jobs())[0]!.progress).toMatchObject({ done: 15, total: 15 });
});

test('a second model is declared, warned of, and does not make a second tile of a face', async () => {
  const weights = path.join(root, 'small.pth');
  writeFileSync(weights, trainersFile({ at: ['net'] }));
  await screen('Models');
  await pressOn(button('Import'));
  const dialog = page.getByRole('dialog', { name: 'Import a model' });
  await dialog.getByLabel('File', { exact: true }).fill(weights);
  await dialog.getByText(/^RECCE weights:/).waitFor();
  expect(await dialog.getByRole('button', { name: 'Import' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Name').fill('small');
  await dialog.getByLabel('Input size, pixels (required)').fill('64');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden', timeout: 60_000 });
  const row = page.getByRole('button', { name: /^small/ });
  expect(await row.textContent()).toMatch(/64 px · not measured$/);
  await page.getByText('It was never measured here').waitFor();
  expect(await page.getByText('validated', { exact: true }).count()).toBe(0);
  await screenshot(page, 'rooms-models');
  expect(await findBarriers(page)).toEqual([]);

  const models = (await call(page, 'model/list')) as Model[];
  const small = models.find(({ name }) => name === 'small')!;
  const { total } = await facets();
  await screen('Scan');
  await page.getByRole('combobox', { name: /^Model/ }).selectOption(small.id);
  await page.getByText('It was never measured here').waitFor();
  await scan({ modelId: small.id });
  await screen('Faces');
  const tiles = page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
  await tiles.first().waitFor();
  // What was scanned since the list was first shown.
  await page.keyboard.press('r');
  await page.getByRole('heading', { name: `${total} results` }).waitFor();
  const { rows } = (await call(page, 'finding/query', { limit: 1000 })) as FindingPage;
  expect(new Set(rows.map((one) => `${one.evidenceId}/${one.faceId}`)).size).toBe(rows.length);
  const theSwitch = page.getByLabel('Results of the model');
  // What was not measured takes the list over from nobody.
  const first = (await facets()).byModel.find(({ modelId }) => modelId !== small.id)!;
  expect(await theSwitch.inputValue()).toBe(first.modelId);
  expect(rows.map(({ verdictId }) => verdictId)).toContain(Number((await tiles.first().getAttribute('id'))!.slice(5)));
  const ofSmall = (await call(page, 'finding/query', { filter: { modelId: small.id }, limit: 1000 })) as FindingPage;
  const at = rows.findIndex(
    ({ faceId }, i) => i > 0 && faceId !== null && ofSmall.rows.some((one) => one.faceId === faceId),
  );
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < at; i++) await page.keyboard.press('ArrowRight');
  const subjectOf = async (filter: object) => {
    const id = Number((await tiles.and(page.locator('[aria-selected=true]')).getAttribute('id'))!.slice(5));
    const all = ((await call(page, 'finding/query', { filter, limit: 1000 })) as FindingPage).rows;
    return all.find(({ verdictId }) => verdictId === id)?.faceId;
  };
  const chosen = rows[at]!.faceId;
  await expect.poll(() => subjectOf({})).toBe(chosen);
  // Another order, and another model, keep the face that was selected.
  await page.getByLabel('Order by').selectOption('sharpness');
  await expect.poll(() => subjectOf({})).toBe(chosen);
  await theSwitch.selectOption(small.id);
  await expect.poll(() => subjectOf({ modelId: small.id })).toBe(chosen);
  await page.getByRole('heading', { name: /^9 results/ }).waitFor();
  expect(await theSwitch.inputValue()).toBe(small.id);
  // The analyst's choice is there when the case is opened again.
  await page.reload();
  await screen('Faces');
  await expect.poll(() => theSwitch.inputValue()).toBe(small.id);
  await screen('Report');
  await screen('Faces');
  await screenshot(page, 'rooms-faces');
  await tiles.first().dblclick();
  await page
    .getByRole('region', { name: 'Other models' })
    .getByText(/raw score|Outside model limits/)
    .waitFor();
});

test('a model is corrected as a new entry and retired; what is retired is not offered for a scan', async () => {
  await screen('Models');
  await pressOn(page.getByRole('button', { name: /^small/ }));
  await pressOn(button('Correct…'));
  const correct = page.getByRole('dialog', { name: 'Correct small' });
  await correct.getByLabel('Input size, pixels (required)').fill('96');
  await pressOn(correct.getByRole('button', { name: 'Add the corrected entry' }));
  await page.getByRole('article', { name: 'small (corrected)' }).waitFor({ timeout: 60_000 });
  await pressOn(page.getByRole('button', { name: /^small(?! \(corrected)/ }));
  await pressOn(button('Retire…'));
  const retire = page.getByRole('dialog', { name: 'Retire small?' });
  await retire.getByLabel('Reason').fill('imported with the wrong size');
  await pressOn(retire.getByRole('button', { name: 'Retire' }));
  await page.getByText('imported with the wrong size').waitFor();
  await screen('Scan');
  const offered = () =>
    page
      .getByRole('combobox', { name: /^Model/ })
      .locator('option')
      .allTextContents();
  await expect.poll(offered).toContain('small (corrected)');
  expect(await offered()).not.toContain('small');
});

test('a model that came with a packed case is chosen by whoever chooses it, were it the only one in use', async () => {
  const models = (await call(page, 'model/list', {})) as { id: string; name: string; retired?: unknown }[];
  const foreign = models.find(({ name }) => name === 'small (corrected)')!;
  const card = path.join(root, 'home', 'models', `${foreign.id}.card.json`);
  const before = readFileSync(card, 'utf8');
  const cameWith = { file: 'packed.recce', fileSha256: 'a'.repeat(64), foreignRecord: null };
  writeFileSync(card, JSON.stringify({ ...JSON.parse(before), cameWith }));
  const others = models.filter(({ id, retired }) => !retired && id !== foreign.id);
  for (const { id } of others) await call(page, 'model/retire', { id });
  try {
    await page.reload();
    await screen('Scan');
    const chosen = page.getByRole('combobox', { name: /^Model/ });
    await expect
      .poll(() => chosen.locator('option').allTextContents())
      .toEqual(['Choose a model', 'small (corrected) (came with a packed case)']);
    expect(await chosen.inputValue()).toBe('');
  } finally {
    for (const { id } of others) await call(page, 'model/reinstate', { id });
    writeFileSync(card, before);
  }
  await page.reload();
});

test('the log is searched, its newest link follows a verification, and its details have plain names', async () => {
  await screen('Activity');
  await pressOn(button('Verify the case'));
  await page.getByText('The case is intact.').waitFor({ timeout: 60_000 });
  const entries = (await call(page, 'case/activity', { limit: 1 })) as { seq: number }[];
  await page.getByText(`${entries[0]!.seq} linked entries`).waitFor();
  await page.getByLabel('Search the log').fill('case.verified');
  await expect.poll(() => page.locator('.entry').count()).toBe(1);
  await page.getByLabel('Search the log').fill('');
  await page.getByLabel('Show entries about').selectOption('scans');
  const started = page.locator('.entry-row', { hasText: 'Scan started' }).first();
  await pressOn(started);
  await page.getByText('Smallest face scored, px').first().waitFor();
  expect(await page.getByText('minimumFacePx').count()).toBe(0);
  await screenshot(page, 'rooms-activity');
  expect(await findBarriers(page)).toEqual([]);
});

test('evidence that was moved is marked, is not drawn over, and is found again by its hash, not by its name', async () => {
  const moved = path.join(root, 'moved');
  renameSync(sources[0]!, moved);
  await screen('Activity');
  await pressOn(button('Verify the case'));
  await page.getByText(/problems? found\./).waitFor({ timeout: 60_000 });
  expect(await page.getByText('ENOENT').count()).toBe(0);
  await button('Find the evidence…').waitFor();
  await screen('Faces');
  const missing = page
    .getByRole('listbox', { name: 'Faces' })
    .getByRole('option', { name: /This file was missing at a later look/ });
  await missing.first().waitFor();
  await screenshot(page, 'rooms-missing');
  await missing.first().dblclick();
  await page.locator('[data-pane]').first().waitFor();
  await page.keyboard.press('p');
  await page.getByText('The photograph cannot be shown.').waitFor();
  await page.getByText(/ pixels · not shown$/).waitFor();
  expect(await page.locator('.face-box, .face-box-current').filter({ visible: true }).count()).toBe(0);
  await screenshot(page, 'rooms-not-shown');
  // With the mouse: nothing lies over it.
  await button('Find the evidence…').click();
  const dialog = page.getByRole('dialog', { name: 'Find the evidence' });
  await dialog.getByLabel('Where the case expects it').selectOption(sources[0]!);
  await dialog.getByLabel('Where it is now').fill(sources[1]!);
  await pressOn(dialog.getByRole('button', { name: 'Check and record' }));
  await dialog.getByText('0 of 1 file found, with the recorded hash.').waitFor();
  await dialog.getByLabel('Where it is now').fill(moved);
  await pressOn(dialog.getByRole('button', { name: 'Check and record' }));
  await dialog.getByText('1 of 1 file found, with the recorded hash.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await screen('Faces');
  await page.getByRole('listbox', { name: 'Faces' }).getByRole('option').first().waitFor();
  await expect.poll(() => missing.count()).toBe(0);
  await screen('Activity');
  await pressOn(button('Verify the case'));
  await page.getByText('The case is intact.').waitFor({ timeout: 60_000 });
});

test('a portable case says that the evidence is not in it, replaces no file unasked, and goes on being written when its dialog is left', async () => {
  await screen('Cases');
  await pressOn(button('Portable case'));
  const dialog = page.getByRole('dialog', { name: 'Portable case' });
  const file = await dialog.getByLabel('File', { exact: true }).inputValue();
  expect(file).toMatch(/-without-evidence\.recce-case$/);
  writeFileSync(file, 'something of mine');
  await pressOn(dialog.getByRole('button', { name: 'Write the file' }));
  await dialog.getByText('There is a file of this name already.').waitFor();
  expect(readFileSync(file, 'utf8')).toBe('something of mine');
  await pressOn(dialog.getByRole('button', { name: 'Replace the file' }));
  await dialog.getByText(/Evidence NOT included\./).waitFor({ timeout: 60_000 });
  await screenshot(page, 'rooms-pack');
  expect(existsSync(file)).toBe(true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const line = document.querySelector('footer')!;
    new MutationObserver(() => said.push(line.textContent ?? '')).observe(line, { subtree: true, childList: true });
  });
  rmSync(file);
  await pressOn(button('Portable case'));
  await pressOn(dialog.getByRole('button', { name: 'Write the file' }));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
  const said = () => page.evaluate(() => (window as never as { said: string[] }).said.join('\n'));
  await expect.poll(said).toContain(`Writing ${path.basename(file)}`);
  await page
    .getByText(/ is written: .*evidence NOT included\./)
    .last()
    .waitFor();
});

test('a report bears the case’s reference and the day in its name', async () => {
  const report = (await call(page, 'report/export', { format: 'csv', options: {} })) as { path: string };
  expect(path.basename(report.path)).toMatch(/^ML-2026-0417_\d{4}-\d{2}-\d{2}_report-[0-9a-f]{12}\.csv$/);
});

test('nothing of it was an error of the page', () => {
  // Pictures of a file that was moved are not to be had.
  expect(complaints.filter((line) => !/40[49]|Failed to load resource/.test(line))).toEqual([]);
});
