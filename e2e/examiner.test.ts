// The walk's movements of the hand that made a record wrong, with the keyboard alone: nothing is
// recorded that was not meant.
// @module-tag chromium
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEntry, Examiner, Session } from '../contract/case.ts';
import type { FindingPage } from '../contract/finding.ts';
import type { Opinion } from '../contract/opinion.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import { screenshot } from './harness/screenshots.ts';
import { facesDrawn, hears, lookWithoutName } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-examiner-'));
const folder = path.join(root, 'case');
let workstation: LaunchedWorkstation;
let page: Page;

/** A case with two photographs and a file that is none, scanned without a window. */
async function makeCase(): Promise<void> {
  const photographs = path.join(root, 'photographs');
  await writePhotographs(photographs, 2);
  writeFileSync(path.join(photographs, 'notes.jpg'), 'not a photograph');
  const engine = await createEngine({ appDataFolder: path.join(root, 'making') });
  const client = createClient(engine);
  await client.case.create({ folder, title: 'Walk', reference: '', examiner: 'A. Reader' });
  const { id } = await client.scan.start({ paths: [photographs] });
  for await (const { job } of await client.job.watch()) if (job.id === id && job.state === 'done') break;
  await client.case.configure({ reasonRule: 'never' });
  await engine.close();
}

beforeAll(async () => {
  await makeCase();
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home'), case: folder });
  page = workstation.page;
  page.setDefaultTimeout(8_000);
});
afterAll(() => workstation?.close());

const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) {
    if (/^[fgix]$/.test(key)) await facesDrawn(page);
    await page.keyboard.press(key);
  }
};
const rows = async (filter: object = {}) =>
  (
    (await call(page, 'finding/query', {
      filter,
      limit: 1000,
      sort: { by: 'path', direction: 'descending' },
    })) as FindingPage
  ).rows;
const session = () => call(page, 'session/get') as Promise<Session>;
const log = async () => (await call(page, 'case/activity', { limit: 1000 })) as AuditEntry[];
const opinionEntries = async () => (await log()).filter(({ action }) => action.startsWith('opinion.')).length;
const selected = () => page.getByRole('listbox', { name: 'Faces' }).getByRole('option', { selected: true });
/** The grid, by name from its top. */
async function toTheGrid(): Promise<void> {
  await press('2');
  await page.getByRole('listbox', { name: 'Faces' }).waitFor();
  await page.getByLabel('Order by').selectOption('path');
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
  await press('Home');
  await facesDrawn(page);
}

test('before anything of the case is drawn it is asked who looks; keys pressed ahead make no examiner', async () => {
  const dialog = page.getByRole('dialog', { name: 'Who is examining?' });
  await dialog.waitFor();
  await press('2', 'Enter', 'x', 'Enter');
  expect(await page.getByRole('listbox', { name: 'Faces' }).count()).toBe(0);
  expect(await session()).toMatchObject({ examiner: null, blind: false });
  await hears(page, 'Who is examining?');
  expect(await dialog.getByRole('textbox').inputValue()).toBe('');
  expect(await dialog.getByRole('radio', { checked: true }).count()).toBe(0);
  await screenshot(page, 'who-is-examining');
  expect(await findBarriers(page)).toEqual([]);
  // The list has the focus; Enter alone chooses nobody.
  await press('Enter');
  await dialog.waitFor();
  expect((await session()).examiner).toBe(null);
  await press('Space', 'Tab', 'Tab', 'Space', 'Control+Enter');
  await dialog.waitFor({ state: 'hidden' });
  expect(await session()).toMatchObject({ examiner: { name: 'A. Reader' }, blind: false });
  expect((await call(page, 'session/examiners')) as Examiner[]).toHaveLength(1);
});

test('a name is taken for a mistake only once that was asked, and not the one under which the scan was made', async () => {
  for (const examiner of ['A. Raeder', 'A. Reader']) await call(page, 'session/set', { examiner, blind: false });
  await page.reload();
  await page.getByRole('button', { name: 'A. Reader' }).click();
  const dialog = page.getByRole('dialog', { name: 'Who is examining?' });
  await hears(page, 'Who is examining?');
  await dialog.getByText(/^\d+ entries in the log$/).waitFor();
  const mistake = dialog.getByRole('button', { name: 'Entered by mistake…' });
  expect(await mistake.count()).toBe(1);
  const mistaken = async () =>
    ((await call(page, 'session/examiners')) as Examiner[]).flatMap((one) => (one.mistakenAt ? [one.name] : []));
  await mistake.click();
  await dialog.getByRole('alertdialog').getByText('A. Raeder').waitFor();
  await screenshot(page, 'entered-by-mistake');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Keep the name' }).click();
  await mistake.waitFor();
  expect(await mistaken()).toEqual([]);
  await mistake.click();
  await dialog.getByRole('button', { name: 'It was a mistake' }).click();
  await expect.poll(mistaken).toEqual(['A. Raeder']);
  await mistake.waitFor({ state: 'hidden' });
  await press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('the palette runs what was typed, and gives no opinion whatever is typed', async () => {
  await toTheGrid();
  const before = await opinionEntries();
  await press('Control+k');
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
  await page.keyboard.type('open');
  await expect.poll(() => page.locator('[cmdk-item][data-selected=true]').textContent()).toMatch(/^Open a case/);
  await page.keyboard.type(' zzz');
  await page.getByText('Nothing of that name.').waitFor();
  await press('Escape');
  for (const typed of ['genuine', 'forged', 'undo', 'withdraw']) {
    await press('Control+k');
    await page.keyboard.type(typed);
    await page.getByText('Nothing of that name.').waitFor();
    await press('Enter');
    await press('Escape');
  }
  for (const [typed, first] of [
    ['verify', 'Verify the case'],
    ['blind', 'Start blind review'],
    ['validate', 'Validate a model'],
    ['import', 'Import a model'],
    ['close', 'Close the case'],
    ['dark', 'Dark theme'],
    ['new case', 'New case'],
  ]) {
    await press('Control+k');
    await page.keyboard.type(typed!);
    await expect.poll(() => page.locator('[cmdk-item][data-selected=true]').textContent()).toContain(first);
    await press('Escape');
  }
  expect(await opinionEntries()).toBe(before);
});

test('the palette verifies the case, and does not only lead to where that is done', async () => {
  await press('Control+k');
  await page.keyboard.type('verify');
  await press('Enter');
  await page.getByText('The case is intact.').waitFor({ timeout: 30_000 });
});

test('W and U on a face without an opinion enter nothing and say so; a file without a face takes no opinion', async () => {
  await toTheGrid();
  await press('w');
  await page.getByText(/No opinion of yours stands here/).waitFor();
  await press('u');
  await page.getByText('There is nothing to undo.').waitFor();
  const all = await rows();
  const at = all.findIndex((row) => row.faceId === null);
  expect(at).toBeGreaterThanOrEqual(0);
  for (let i = 0; i < at; i++) await press('ArrowRight');
  await press('g');
  await page.getByText(/No face was found in this file/).waitFor();
  expect(await opinionEntries()).toBe(0);
});

test('keys typed ahead are no reason; a short one is none; the last reasons are offered', async () => {
  await call(page, 'case/configure', { reasonRule: 'always' });
  await toTheGrid();
  await press('g');
  const dialog = page.getByRole('dialog', { name: 'Why genuine?' });
  await dialog.waitFor();
  await page.keyboard.type('f72i', { delay: 60 });
  await press('Enter');
  await hears(page, 'Why genuine?');
  expect(await dialog.getByRole('textbox').inputValue()).toBe('');
  await page.keyboard.type('short');
  await press('Control+Enter');
  await dialog.waitFor();
  expect(await opinionEntries()).toBe(0);
  // What was begun is there when the field comes again.
  await press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await press('g');
  await hears(page, 'Why genuine?');
  expect(await dialog.getByRole('textbox').inputValue()).toBe('short');
  await page.keyboard.type(', and light from one side.');
  await press('Control+Enter');
  await expect.poll(opinionEntries).toBe(1);
  await press('g');
  await hears(page, 'Why genuine?');
  await screenshot(page, 'reason');
  expect(await findBarriers(page)).toEqual([]);
  await press('Tab');
  await press('Enter');
  expect(await dialog.getByRole('textbox').inputValue()).toBe('short, and light from one side.');
  await press('Escape');
  await call(page, 'case/configure', { reasonRule: 'never' });
});

test('a face that is none leaves the list’s counts by one key, is in the log, and comes back by undoing', async () => {
  await toTheGrid();
  await press('ArrowRight');
  const total = (await rows()).length;
  const id = await selected().getAttribute('id');
  await press('x');
  await expect.poll(async () => (await rows()).length).toBe(total - 1);
  expect((await log())[0]).toMatchObject({ action: 'opinion.given', details: { to: 'notAFace' } });
  expect(await rows({ ownConclusions: ['notAFace'] })).toHaveLength(1);
  await press('u');
  await expect.poll(async () => (await rows()).length).toBe(total);
  await expect.poll(() => selected().getAttribute('id')).toBe(id);
});

test('a note alone is one: what stood before stands', async () => {
  await toTheGrid();
  await press('n');
  await hears(page, 'Opinion with a note');
  await page.keyboard.type('Seen at twice the size.');
  // From the field back to the choice, where the opinion that stands is chosen, and round to its
  // last.
  await press('Shift+Tab', 'ArrowLeft');
  expect(await page.getByRole('radio', { name: 'Note only' }).isChecked()).toBe(true);
  await screenshot(page, 'note');
  expect(await findBarriers(page)).toEqual([]);
  await press('Control+Enter');
  await expect.poll(async () => (await log())[0]!.action).toBe('opinion.noted');
  expect((await rows())[0]!.ownConclusion).toBe('genuine');
  // The opinion that stands is chosen: said again without a word it keeps its reason, and is not
  // entered.
  const before = await opinionEntries();
  await press('n');
  await hears(page, 'Opinion with a note');
  await press('Control+Enter');
  await page.getByRole('dialog', { name: 'Opinion with a note' }).waitFor({ state: 'hidden' });
  // What comes after it in the line has been entered, so that it has been, too.
  await press('x');
  await expect.poll(async () => (await log())[0]!.details.to).toBe('notAFace');
  expect(await opinionEntries()).toBe(before + 1);
  await press('u');
  await expect.poll(async () => (await rows())[0]!.ownConclusion).toBe('genuine');
});

test('a key that is held records once, on the face it was pressed on', async () => {
  await toTheGrid();
  const before = await opinionEntries();
  for (let i = 0; i < 6; i++) await page.keyboard.down('i');
  await page.keyboard.up('i');
  await expect.poll(async () => (await rows())[0]!.ownConclusion).toBe('inconclusive');
  // An undo waits its turn behind all that was given.
  await press('u');
  await expect.poll(async () => (await rows())[0]!.ownConclusion).toBe('genuine');
  expect(await opinionEntries()).toBe(before + 2);
});

test('a click on an opinion leaves the keys to the grid; in Inspect a second key waits for the first', async () => {
  await toTheGrid();
  const before = await opinionEntries();
  await page.getByRole('group', { name: 'Your opinion' }).getByRole('button', { name: 'Inconclusive' }).click();
  await expect.poll(opinionEntries).toBe(before + 1);
  await press('Enter');
  await page.locator('.pane-canvas').first().waitFor();
  expect(await opinionEntries()).toBe(before + 1);
  await page.evaluate(() => {
    for (const key of ['i', 'x']) window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
  await page.getByText(/^Nothing was recorded: the opinion before was still being recorded/).waitFor();
  await expect.poll(opinionEntries).toBe(before + 2);
  expect((await log())[0]).toMatchObject({ details: { to: 'inconclusive' } });
  await press('u');
  await expect.poll(opinionEntries).toBe(before + 3);
  await press('u');
  await expect.poll(async () => (await rows())[0]!.ownConclusion).toBe('genuine');
  await press('Escape');
});

test('a double click on an opinion decides one face', async () => {
  await toTheGrid();
  const before = await opinionEntries();
  const standing = async () => (await rows()).map(({ ownConclusion }) => ownConclusion);
  const [first, second] = await standing();
  await page.getByRole('group', { name: 'Your opinion' }).getByRole('button', { name: 'Inconclusive' }).dblclick();
  await page.getByText('The second click of a double click records nothing.').waitFor();
  await expect.poll(opinionEntries).toBe(before + 1);
  await press('u');
  await expect.poll(opinionEntries).toBe(before + 2);
  expect(await standing().then((all) => all.slice(0, 2))).toEqual([first, second]);
});

test('several faces selected by key or mouse get one opinion, asked once, and one undo takes it back', async () => {
  await toTheGrid();
  const standing = async () => (await rows()).map(({ ownConclusion }) => ownConclusion);
  const before = await standing();
  await press('Shift+ArrowRight', 'Shift+ArrowRight');
  await page.getByText('3 results selected').waitFor();
  expect(await selected().count()).toBe(3);
  await press('i');
  await hears(page, '“Inconclusive” on 3 faces?');
  await screenshot(page, 'many');
  expect(await findBarriers(page)).toEqual([]);
  await press('Escape');
  expect(await standing()).toEqual(before);
  await press('i');
  await hears(page, '“Inconclusive” on 3 faces?');
  await press('Control+Enter');
  await expect.poll(async () => (await standing()).slice(0, 3)).toEqual(Array(3).fill('inconclusive'));
  await page.getByText('3 results selected').waitFor({ state: 'hidden' });
  expect((await log())[0]).toMatchObject({ action: 'opinion.given', details: { to: 'inconclusive', together: 3 } });
  await press('u');
  await expect.poll(standing).toEqual(before);
  // All that the filter shows, and back to one.
  await press('Control+a');
  await page.getByText(`${before.length} results selected`).waitFor();
  await press('Escape');
  await page.getByText(/results selected/).waitFor({ state: 'hidden' });
  const tiles = page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
  await tiles.nth(0).click();
  await tiles.nth(2).click({ modifiers: ['Control'] });
  await page.getByText('2 results selected').waitFor();
  await tiles.nth(3).click({ modifiers: ['Shift'] });
  await page.getByText('2 results selected').waitFor();
  await press('ArrowLeft');
  await page.getByText(/results selected/).waitFor({ state: 'hidden' });
});

test('a button or a list that keeps the focus takes no key that moves or decides; undo is where it is seen', async () => {
  await toTheGrid();
  await page.getByRole('button', { name: 'A. Reader' }).focus();
  const first = await selected().getAttribute('id');
  await press('ArrowRight');
  await expect.poll(() => selected().getAttribute('id')).not.toBe(first);
  const order = page.getByLabel('Order by');
  await order.focus();
  await order.dispatchEvent('pointerdown');
  await order.selectOption('sharpness');
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('SELECT');
  await order.selectOption('path');
  const before = await opinionEntries();
  await press('5', 'u');
  await page.getByText(/^Nothing was undone/).waitFor();
  expect(await opinionEntries()).toBe(before);
  await toTheGrid();
});

test('where a name is asked for first, it is said which opinion follows, and on which face', async () => {
  await call(page, 'case/close');
  await call(page, 'case/open', { folder });
  await page.reload();
  await hears(page, 'Who is examining?');
  // Escape is no look: nothing is shown by it, and nothing of it is entered.
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Choose an examiner' }).waitFor();
  expect(await selected().count()).toBe(0);
  expect(await call(page, 'session/get')).toMatchObject({ examiner: null, looked: false });
  await lookWithoutName(page);
  await toTheGrid();
  const before = await opinionEntries();
  await press('i');
  const dialog = page.getByRole('dialog', { name: 'Who is examining?' });
  await dialog.getByText(/Then “inconclusive” is recorded on .*photograph-0\d.*, face 1/).waitFor();
  await hears(page, 'Who is examining?');
  await press('Space');
  await dialog.getByRole('button', { name: /^Examine as A. Reader and record “inconclusive”/ }).waitFor();
  await screenshot(page, 'name-and-opinion');
  expect(await findBarriers(page)).toEqual([]);
  await press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await opinionEntries()).toBe(before);
  await call(page, 'session/set', { examiner: 'A. Reader', blind: false });
  await page.reload();
});

test('a case closed and opened again by key shows its faces', async () => {
  // Looked at without a name: nothing stands between the opening and the faces.
  await call(page, 'case/close');
  await call(page, 'case/open', { folder });
  await hears(page, 'Who is examining?');
  await lookWithoutName(page);
  await selected().waitFor();
  await press('Control+k');
  await page.keyboard.type('close the case');
  await press('Enter');
  await page
    .getByRole('region', { name: 'Cases' })
    .or(page.getByRole('heading', { name: 'Cases' }))
    .first()
    .waitFor();
  const recent = page.getByRole('button', { name: /^Open Walk|^Walk/ }).first();
  await recent.focus();
  await press('Enter');
  // Another opening: who looks is asked anew.
  await hears(page, 'Who is examining?');
  await lookWithoutName(page);
  await press('2');
  await selected().waitFor();
  await call(page, 'session/set', { examiner: 'A. Reader', blind: false });
  await page.reload();
  await toTheGrid();
});

test('what was filled in on a form is there after a key led to another screen', async () => {
  await press('4');
  await page.getByLabel('Title', { exact: true }).fill('A title begun');
  await page.getByRole('heading', { name: 'Report', exact: true }).click();
  await press('3', '4');
  expect(await page.getByLabel('Title', { exact: true }).inputValue()).toBe('A title begun');
  await page.getByLabel('Title', { exact: true }).fill('');
});

test('Escape in a template that was begun asks, and a second Escape loses nothing', async () => {
  await page.getByRole('button', { name: 'New', exact: true }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New template' });
  await dialog.getByLabel('Name of the template').fill('House');
  await press('Escape');
  await dialog.getByText('Leave without keeping what you wrote?').waitFor();
  await press('Escape');
  await dialog.getByText('Leave without keeping what you wrote?').waitFor({ state: 'hidden' });
  expect(await dialog.getByLabel('Name of the template').inputValue()).toBe('House');
  await press('Escape');
  await screenshot(page, 'template-leaving');
  await dialog.getByRole('button', { name: 'Leave', exact: true }).press('Enter');
  await dialog.waitFor({ state: 'hidden' });
});

test('another examiner, blind, has nothing to undo, learns nothing, and is asked before scores are shown', async () => {
  await page.getByRole('button', { name: 'A. Reader' }).focus();
  await press('Enter');
  await hears(page, 'Who is examining?');
  // Past the one examiner there is, to another name and to the way of reviewing.
  await press('Tab');
  await page.keyboard.type('B. Second');
  await press('Tab', 'ArrowDown', 'Control+Enter');
  await expect.poll(session).toMatchObject({ examiner: { name: 'B. Second' }, blind: true });
  await page.getByRole('dialog', { name: 'Who is examining?' }).waitFor({ state: 'hidden' });
  const before = await opinionEntries();
  await toTheGrid();
  await press('u');
  await page.getByText('There is nothing to undo.').waitFor();
  expect(await opinionEntries()).toBe(before);
  expect(await page.locator('.tile-others').count()).toBe(0);
  // Nor does the log tell who decided, or on what.
  await press('6');
  await page.getByText('Opinion of another examiner, hidden').first().waitFor();
  const hiddenRow = page.getByRole('button', { name: /Opinion of another examiner, hidden/ }).first();
  expect(await hiddenRow.textContent()).not.toMatch(/A\. Reader|photograph/);
  await toTheGrid();

  await press('f');
  await expect.poll(async () => (await rows())[0]!.ownConclusion).toBe('forged');
  await press('Home', 'g');
  // The score has been seen: a change has its reason, whatever the case asks for otherwise.
  await page
    .getByRole('dialog', { name: 'Why genuine?' })
    .getByText(/the score has been seen since/)
    .waitFor();
  await hears(page, 'Why genuine?');
  await press('Escape');
  await call(page, 'case/configure', { reasonRule: 'whenOverriding' });
  const given = (await call(page, 'opinion/history', {
    evidenceId: (await rows())[0]!.evidenceId,
    faceId: (await rows())[0]!.faceId,
  })) as Opinion[];
  expect(given.filter((one) => one.examinerName === 'B. Second')).toMatchObject([
    { conclusion: 'forged', blind: true },
  ]);

  await page.getByRole('switch', { name: 'Blind review' }).focus();
  await press('Space');
  const leaving = page.getByRole('dialog', { name: 'Leave blind review?' });
  await leaving.getByText(/^This shows the scores of \d+ faces/).waitFor();
  await press('Enter');
  await hears(page, 'Leave blind review?');
  expect((await session()).blind).toBe(true);
  await screenshot(page, 'leave-blind');
  await press('Control+Enter');
  await leaving.waitFor({ state: 'hidden' });
  expect((await log())[0]).toMatchObject({ action: 'blind.off', who: 'B. Second' });
});

test('the log’s rows say what was done without being opened', async () => {
  await press('6');
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  for (const words of [
    /^Opinion: forged$/,
    /^Opinion: not a face$/,
    /^Opinion undone: /,
    /^Note$/,
    /^Blind review switched off/,
  ])
    await page.getByText(words).first().waitFor();
  await screenshot(page, 'activity-rows');
  expect(await findBarriers(page)).toEqual([]);
});

test('from the field of the filter to the faces by Enter; a name in any script is found', async () => {
  await toTheGrid();
  await press('/');
  await page.keyboard.type('PHOTOGRAPH-02');
  await press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('listbox');
  await expect.poll(() => selected().textContent()).toContain('photograph-02');
  await page.getByRole('button', { name: 'Clear the filter' }).press('Enter');
});

test('the zoom that is said is the zoom that is drawn, however the window changes', async () => {
  await toTheGrid();
  await press('Enter');
  await page.locator('.pane-canvas').first().waitFor();
  const drawn = () =>
    page
      .locator('.pane-canvas')
      .first()
      .evaluate((one: HTMLCanvasElement) => Math.round((100 * one.getBoundingClientRect().width) / one.width));
  const said = async () => Number.parseInt((await page.locator('.inspect-scale').textContent())!, 10);
  for (const size of [
    { width: 1900, height: 1000 },
    { width: 1100, height: 720 },
    { width: 1280, height: 800 },
  ]) {
    await page.setViewportSize(size);
    await expect.poll(async () => Math.abs((await said()) - (await drawn()))).toBeLessThanOrEqual(1);
  }
  // A reason begun here is here again after the next face and back.
  await press('n');
  await page.keyboard.type('Begun');
  await press('Escape', 'ArrowRight', 'ArrowLeft');
  await expect.poll(() => page.locator('#opinion-note').inputValue()).toBe('Begun');
  await screenshot(page, 'inspect-opinion');
  await press('Escape');
});

test('a case whose folder is pulled out says so when a picture does not come, and shows no score without one', async () => {
  renameSync(folder, `${folder}-away`);
  await page.reload();
  await page
    .getByRole('alert')
    .getByText(/^The folder of this case is gone: /)
    .waitFor();
  await page.getByText('picture missing').first().waitFor();
  expect(await page.locator('.tile-score').count()).toBe(0);
  await screenshot(page, 'folder-gone');
  renameSync(`${folder}-away`, folder);
  await page.getByRole('alert').waitFor({ state: 'hidden' });
  await expect.poll(() => page.locator('.tile-score').count()).toBeGreaterThan(0);
});
