// The journeys of an examiner, in a real browser with the real engine and a real scan. They share
// one case, in the order of the work: scan it, review it by keyboard, look closely, review it
// blind, report it.
// @module-tag chromium
// @module-tag ps
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Case } from '../contract/case.ts';
import type { FindingPage } from '../contract/finding.ts';
import type { Opinion } from '../contract/opinion.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { writeKeyFile } from './harness/key-file.ts';
import { launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import { pictureOf } from './harness/picture-of.ts';
import { examineAs, facesDrawn, hears, inspectedDrawn, leaveBlind } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-journeys-'));
const photographs = path.join(root, 'photographs');
const folder = path.join(root, 'cases', 'harbour-photographs');
const HOSTILE = '<img src=x onerror=alert(1)>.jpg';
const PHOTOGRAPHS = 3;

let workstation: LaunchedWorkstation;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  await writePhotographs(photographs, PHOTOGRAPHS);
  // A file that is no picture, cut in the middle, under a name that would like to be markup.
  const bytes = readFileSync(path.join(photographs, 'photograph-01.jpg'));
  writeFileSync(path.join(photographs, HOSTILE), bytes.subarray(0, 4000));
  writeFileSync(path.join(photographs, 'notes.jpg'), 'not a photograph');
  const grey = { width: 320, height: 240, channels: 3, background: '#8a8f94' } as const;
  await sharp({ create: grey }).jpeg().toFile(path.join(photographs, 'a wall.jpg'));
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home') });
  page = workstation.page;
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
});
afterAll(() => workstation?.close());

const query = (input: unknown = {}) => call(page, 'finding/query', input) as Promise<FindingPage>;
const tiles = (options: { name?: RegExp; selected?: boolean } = {}) =>
  page.getByRole('listbox', { name: 'Faces' }).getByRole('option', options);
const goTo = (screen: string) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click();
const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) {
    if (/^[fgix]$/.test(key)) await facesDrawn(page);
    await page.keyboard.press(key);
  }
};

test('make a case, scan a folder with a hostile file in it, once for a double click, and see every file’s row', async () => {
  await page.getByRole('button', { name: 'New case' }).click();
  const dialog = page.getByRole('dialog', { name: 'New case' });
  await dialog.getByLabel('Title').fill('Harbour photographs');
  await dialog.getByLabel('Reference').fill('2026-0117');
  await dialog.getByLabel('Examiner').fill('A. Reader');
  await dialog.getByLabel('Case folder').fill(path.dirname(folder));
  await pictureOf(page, 'new-case');
  await dialog.getByRole('button', { name: 'Create case' }).click();

  await page.getByRole('heading', { name: 'Scan', exact: true }).waitFor();
  await workstation.answerDialog(photographs);
  await page.getByRole('button', { name: 'Add a folder' }).click();
  if (workstation.kind === 'browser') {
    const chooser = page.getByRole('dialog', { name: 'Add a folder' });
    // A path is typed at once: the field has the focus.
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await expect.poll(focused).toBe('Folder');
    // What the field says is taken, though another folder is listed; what is not there is not.
    await chooser.getByLabel('Folder', { exact: true }).fill(`${photographs}-elsewhere`);
    await chooser.getByRole('button', { name: 'Choose this folder' }).click();
    await chooser.getByText('There is no such file or folder.').waitFor();
    await chooser.getByLabel('Folder', { exact: true }).fill(photographs);
    await chooser.getByRole('button', { name: 'Choose this folder' }).click();
    await page.getByText(photographs).first().waitFor();
  }
  await page.getByRole('button', { name: 'Start the scan' }).dblclick();
  await page.getByRole('article', { name: /^Scan 1: Done/ }).waitFor({ timeout: 100_000 });
  expect(await call(page, 'job/list')).toHaveLength(1);
  await pictureOf(page, 'scan');
  expect(await findBarriers(page)).toEqual([]);

  const { rows } = await query({ limit: 1000 });
  expect(new Set(rows.map((row) => row.relativePath)).size).toBe(PHOTOGRAPHS + 3);
  await goTo('Faces');
  await tiles().first().waitFor();
  expect(await tiles().count()).toBe(rows.length);
  const hostile = tiles({ name: /onerror/ });
  expect(await hostile.textContent()).toMatch(/^photographs\/<img.*Unreadable/);
  expect(await page.locator('.tile img[src="x"]').count()).toBe(0);
  expect(await tiles({ name: /genuine/i }).count()).toBe(0);
  // Where no face was found the picture itself is shown: one that was missed is seen.
  const whole = page.locator('.tile-noFace img');
  await expect.poll(() => whole.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
});

test('triage by keyboard: three opinions, each on the next face, one undone, one with a note', async () => {
  // What the machine leans to is nothing to this journey.
  await call(page, 'case/configure', { reasonRule: 'never' });
  const [first, second, third, fourth] = (await query()).rows;
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await press('Home', 'f', 'g', 'i');
  await expect.poll(() => tiles({ selected: true }).getAttribute('id')).toBe(`face-${fourth!.verdictId}`);
  await expect
    .poll(async () => (await query()).rows.slice(0, 4).map((row) => row.ownConclusion))
    .toEqual(['forged', 'genuine', 'inconclusive', null]);

  await press('u');
  await expect.poll(async () => (await query()).rows[2]!.ownConclusion).toBe(null);
  const history = (await call(page, 'opinion/history', subjectOf(third!))) as Opinion[];
  expect(history.map((one) => one.conclusion)).toEqual(['inconclusive', 'withdrawn']);

  // What was undone is the selected one again.
  await expect.poll(() => tiles({ selected: true }).getAttribute('id')).toBe(`face-${third!.verdictId}`);
  await press('n');
  await hears(page, 'Opinion with a note');
  const noting = page.getByRole('dialog', { name: 'Opinion with a note' });
  await noting.getByLabel('Reason').fill('Light on the ear differs.');
  // Nothing is chosen beforehand, and what was not chosen is not recorded.
  await press('Control+Enter');
  expect(await noting.getByRole('radio', { checked: true }).count()).toBe(0);
  await noting.getByText('Inconclusive').click();
  await press('Control+Enter');
  await expect.poll(async () => (await query()).rows[2]!.ownConclusion).toBe('inconclusive');
  expect((await call(page, 'opinion/history', subjectOf(third!))) as Opinion[]).toHaveLength(3);

  await page.getByRole('checkbox', { name: /None yet/ }).check();
  await expect.poll(async () => tiles().count()).toBe((await query()).total - 3);
  expect(await tiles({ name: new RegExp(`^${first!.shownPath}.*forged`) }).count()).toBe(0);
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect.poll(async () => tiles().count()).toBe((await query()).total);
  expect(second!.verdictId).not.toBe(first!.verdictId);
  await pictureOf(page, 'faces');
  expect(await findBarriers(page)).toEqual([]);
});

const subjectOf = ({ evidenceId, faceId }: FindingPage['rows'][number]) => ({ evidenceId, faceId });

test('where the case asks for a reason, a key opens one field, and Ctrl + Enter goes on', async () => {
  await call(page, 'case/configure', { reasonRule: 'always' });
  const [first, second] = (await query()).rows;
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await press('Home', 'i');
  const dialog = page.getByRole('dialog', { name: 'Why inconclusive?' });
  await dialog.getByLabel('Reason').waitFor();
  await hears(page, 'Why inconclusive?');
  await pictureOf(page, 'reason');
  expect((await query()).rows[0]!.ownConclusion).toBe('forged');
  // Left without an answer, the face is not passed over.
  await press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await tiles({ selected: true }).getAttribute('id')).toBe(`face-${first!.verdictId}`);
  await press('i');
  await hears(page, 'Why inconclusive?');
  await dialog.getByLabel('Reason').fill('Too little light.');
  await press('Control+Enter');
  await expect.poll(async () => (await query()).rows[0]!.ownConclusion).toBe('inconclusive');
  const history = (await call(page, 'opinion/history', subjectOf(first!))) as Opinion[];
  expect(history.at(-1)).toMatchObject({ conclusion: 'inconclusive', note: 'Too little light.' });
  await expect.poll(() => tiles({ selected: true }).getAttribute('id')).toBe(`face-${second!.verdictId}`);
  await call(page, 'case/configure', { reasonRule: 'never' });
  await press('u');
  await expect.poll(async () => (await query()).rows[0]!.ownConclusion).toBe('forged');
});

test('compare a reconstruction: four panes to the pixel, swiped, laid over, and the whole photograph', async () => {
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await press('Home', 'Enter');
  const panes = page.locator('[data-pane]');
  await expect.poll(() => panes.count()).toBe(4);
  await expect.poll(() => page.locator('[data-pane] canvas').count()).toBe(4);
  await press('+', '+', '+');
  const box = (await panes.nth(0).boundingBox())!;
  await page.mouse.move(box.x + box.width / 2 + 20, box.y + box.height / 2 + 10);
  const values = page.locator('.readout dd');
  await expect.poll(() => values.nth(3).textContent()).toMatch(/^0\.\d{3}$/);
  // Every pane looks at the same point at the same scale.
  const transforms = await page
    .locator('.pane-picture')
    .evaluateAll((all) => all.map((one) => one.getAttribute('style')));
  expect(new Set(transforms).size).toBe(1);
  expect(
    await page
      .locator('.pane-canvas')
      .first()
      .evaluate((one) => getComputedStyle(one).imageRendering),
  ).toBe('pixelated');
  await pictureOf(page, 'inspect');
  expect(await findBarriers(page)).toEqual([]);

  await press('m');
  await page.getByRole('slider', { name: 'Where the pictures meet' }).press('ArrowRight');
  await pictureOf(page, 'swipe');
  await press('m');
  await page.getByRole('slider', { name: 'Opacity' }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await press('p');
  await page.locator('.face-box-current').waitFor();
  const drawn = await page
    .locator('.photograph-image')
    .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));
  expect(drawn).toBeGreaterThan(400);
  await pictureOf(page, 'photograph');
  await press('p', 'Escape');
  await page.getByRole('listbox', { name: 'Faces' }).waitFor();
});

test('blind review: a second examiner sees neither scores nor opinions before giving theirs', async () => {
  await page.getByRole('button', { name: 'A. Reader' }).click();
  await examineAs(page, 'B. Second', 'Blind review');
  await expect.poll(() => tiles({ name: /raw score/ }).count()).toBe(0);
  expect(await tiles({ name: /Score hidden/ }).count()).toBeGreaterThan(3);
  expect(await page.locator('.tile-others').count()).toBe(0);
  expect(await page.getByLabel('Order by').inputValue()).toBe('path');
  await pictureOf(page, 'blind');
  // Nor does the sheet of the report say that no opinion stands where it is hidden.
  await goTo('Report');
  const sheet = page.getByRole('region', { name: 'What the report will say' });
  await sheet.getByText('Hidden until you have given yours. The report prints all of them.').waitFor();
  expect(await sheet.getByText('No opinion of an examiner stands').count()).toBe(0);
  await goTo('Faces');
  await tiles().first().waitFor();

  const row = (await query()).rows.find((one) => one.hidden)!;
  await page.locator(`#face-${row.verdictId}`).dblclick();
  await expect.poll(() => page.getByText('Score hidden until you have given your opinion').count()).toBeGreaterThan(3);
  expect(await page.locator('.opinion-history li').count()).toBe(0);
  if (workstation.kind === 'browser')
    expect(
      await page.evaluate((id) => fetch(`/picture/reconstruction/${id}`).then(({ status }) => status), row.verdictId),
    ).toBe(404);
  await inspectedDrawn(page);
  await press('g');
  await page.locator('.verdict-number').waitFor();
  expect(await page.getByText('Score hidden').count()).toBe(0);
  expect(await page.locator('.opinion-history li').first().textContent()).toContain('B. Second');
  expect(await findBarriers(page)).toEqual([]);
  await press('Escape');

  await goTo('Activity');
  await page.getByText('Opinion of another examiner, hidden').first().click();
  expect(await page.getByText('Light on the ear').count()).toBe(0);
  await leaveBlind(page);
  await page.getByText(/^Blind review switched off, \d+ faces revealed$/).waitFor();
});

test('the sheet of the report says how far two examiners agree, and on what they differ', async () => {
  const row = (await query()).rows.find((one) => one.ownConclusion === null && one.conclusions.includes('forged'))!;
  const { conclusion } = ((await call(page, 'opinion/history', subjectOf(row))) as Opinion[]).at(-1)!;
  expect(conclusion).toBe('forged');
  await call(page, 'opinion/give', { ...subjectOf(row), conclusion: 'genuine' });
  await goTo('Report');
  const sheet = page.getByRole('region', { name: 'What the report will say' });
  await sheet.getByRole('row', { name: 'A. Reader B. Second' }).waitFor();
  const differ = sheet.getByRole('region', { name: 'Examiners differ' });
  await differ.getByText('A. Reader: forged, B. Second: genuine').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await differ.getByRole('button', { name: row.relativePath }).click();
  await tiles({ name: new RegExp(row.relativePath) })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
});

test('the laboratory’s own template is made, with its first page beside it', async () => {
  await goTo('Report');
  await page.getByLabel('Laboratory or agency').fill('Laboratory for Images');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New template' });
  await dialog.getByLabel('Name of the template').fill('Images');
  await dialog.getByLabel('Address').fill('1 Harbour Road');
  await dialog.getByLabel('Logo file').setInputFiles(path.join(photographs, 'notes.jpg'));
  await dialog.getByText('A logo is a PNG or a JPEG picture.').waitFor();
  await dialog.getByLabel('Logo file').setInputFiles(path.join(photographs, 'photograph-01.jpg'));
  const sheet = dialog.getByRole('region', { name: 'The first page' });
  await sheet.getByRole('img', { name: 'Logo of Laboratory for Images' }).waitFor();
  await sheet.getByText('1 Harbour Road').waitFor();
  await pictureOf(page, 'template');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Keep the template' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await page.getByLabel('Template of the laboratory').inputValue()).toBe('Images');
  expect(await call(page, 'report/templates')).toMatchObject([{ name: 'Images', address: '1 Harbour Road' }]);
});

test('write the report, signed, and verify the case', async () => {
  const key = path.join(root, 'examiner.p12');
  writeKeyFile(key, 'A. Reader', 'tide and lamp');
  await page.getByRole('switch', { name: 'Sign the PDF' }).click();
  await page.getByLabel('Key file', { exact: true }).fill(key);
  await page.getByLabel('Password of the key file').fill('wrong');
  await workstation.answerDialog(path.join(root, 'report.pdf'));
  await page.getByRole('button', { name: 'Sign and write PDF' }).click();
  await page.getByRole('alert').getByText('wrong password').waitFor();
  expect(await page.getByLabel('Password of the key file').inputValue()).toBe('');
  await page.getByLabel('Password of the key file').fill('tide and lamp');
  expect(await findBarriers(page)).toEqual([]);
  await workstation.answerDialog(path.join(root, 'report.pdf'));
  await page.getByRole('button', { name: 'Sign and write PDF' }).click();
  const written = page.getByRole('region', { name: 'Written' });
  await written.getByText('PDF', { exact: true }).waitFor({ timeout: 100_000 });
  await written.getByText('Signed. Read again, the signature fits every byte of the file.').waitFor();
  await pictureOf(page, 'report-signed');
  const kept = await page.evaluate(() => JSON.stringify(Object.values(localStorage)));
  expect([kept.includes('examiner.p12'), kept.includes('tide')]).toEqual([true, false]);
  const [pdf] = (await written
    .locator('.written-path')
    .evaluateAll((all) => all.map((one) => one.getAttribute('title')))) as [string];
  expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-');
  await workstation.answerDialog(path.join(root, 'report.csv'));
  await page.getByRole('button', { name: 'Write CSV' }).click();
  await written.getByText('CSV', { exact: true }).waitFor();
  await pictureOf(page, 'report');
  expect(await findBarriers(page)).toEqual([]);

  await goTo('Activity');
  await page.getByRole('button', { name: 'Verify the case' }).click();
  await page.getByText('The case is intact.').waitFor({ timeout: 60_000 });
  await pictureOf(page, 'activity');
  expect(await findBarriers(page)).toEqual([]);
});

test('a key for an opinion: Esc leaves it as it is, and a key that moves or belongs to another is refused', async () => {
  await goTo('Settings');
  const key = page.getByRole('button', { name: /^Key for Opinion: genuine/ });
  const has = async (chord: string) => expect(await key.getAttribute('aria-label')).toContain(`genuine: ${chord}.`);
  const give = async (chord: string): Promise<void> => {
    await key.focus();
    await page.keyboard.press('Enter');
    await key.getByText('press a key').waitFor();
    await page.keyboard.press(chord);
    await key.getByText('press a key').waitFor({ state: 'detached' });
  };
  await give('Escape');
  await has('G');
  await give('ArrowDown');
  await page.getByText('“Opinion: genuine” writes to the record:').waitFor();
  await give('f');
  await page.getByText('“Opinion: forged” has this key. Give that another one first.').waitFor();
  await has('G');
  await give('j');
  await expect.poll(() => key.getAttribute('aria-label')).toContain('genuine: J.');
  await page.getByRole('button', { name: 'Reset all keys' }).click();
  await expect.poll(() => key.getAttribute('aria-label')).toContain('genuine: G.');
});

test('an arrow key in the settings changes no rule of the case: it is asked first', async () => {
  const rule = async () => ((await call(page, 'case/current')) as Case).reasonRule;
  expect(await rule()).toBe('never');
  await page.getByRole('radiogroup', { name: 'Reason for an opinion' }).getByText('Never asked').click();
  await press('ArrowRight', 'ArrowRight');
  const dialog = page.getByRole('dialog', { name: 'Change the rule of this case?' });
  await dialog.getByText(/^From now on this case asks for a reason/).waitFor();
  await press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await rule()).toBe('never');
});

test('devices are tested, and a farm that is not there is said', async () => {
  await goTo('Settings');
  await page.getByRole('button', { name: 'Test the devices' }).click();
  const cpu = page.getByRole('row', { name: /^CPU/ });
  await cpu.waitFor({ timeout: 100_000 });
  expect(await cpu.textContent()).toContain('Gives the CPU’s answer');
  await pictureOf(page, 'devices');
  expect(await findBarriers(page)).toEqual([]);

  await goTo('Scan');
  await page.getByText('Workers of a farm').click();
  await page.getByLabel('Address of the queue').fill('redis://127.0.0.1:1');
  await page.getByRole('button', { name: 'Show the workers' }).click();
  await page.getByRole('alert').getByText('The queue of the farm cannot be used.').waitFor({ timeout: 60_000 });
  expect(await findBarriers(page)).toEqual([]);
});

test('every other screen and dialog can be read, reached and named, light and dark', async () => {
  for (const theme of ['light', 'dark'] as const) {
    await call(page, 'app/changeSettings', { theme });
    await page.reload();
    for (const screen of ['Cases', 'Faces', 'Scan', 'Report', 'Models', 'Training', 'Activity', 'Settings']) {
      await goTo(screen);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await findBarriers(page), `${screen}, ${theme}`).toEqual([]);
      if (screen === 'Cases' || screen === 'Models') await pictureOf(page, `${screen.toLowerCase()}-${theme}`);
    }
    await press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await findBarriers(page), `keys, ${theme}`).toEqual([]);
    await press('Escape', 'Control+k');
    await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
    expect(await findBarriers(page), `palette, ${theme}`).toEqual([]);
    await press('Escape');
  }
});

test('the engine is killed: the window says so, recovers by itself, and has case and examiner as before', async () => {
  await goTo('Faces');
  await tiles().first().waitFor();
  const count = await tiles().count();
  const complained = complaints.length;
  // It may be back so soon that only an observer sees the message.
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector('.lost')) document.documentElement.dataset.wasLost = 'yes';
    }).observe(document.body, { childList: true, subtree: true });
  });
  process.kill((await workstation.pidOf('engine'))!, 'SIGKILL');
  await expect
    .poll(() => page.evaluate(() => document.documentElement.dataset.wasLost), { timeout: 30_000 })
    .toBe('yes');
  await page.locator('.lost').waitFor({ state: 'detached', timeout: 60_000 });
  await expect.poll(() => tiles().count(), { timeout: 30_000 }).toBe(count);
  await page.getByRole('button', { name: 'B. Second' }).waitFor();
  // Pictures asked of an engine that is dead are not to be had, and the browser says so.
  const since = complaints.splice(complained);
  complaints.push(...since.filter((line) => !line.includes('status of 500')));
});

test('nothing broke the page’s own rules on the way', () => {
  const unexpected = complaints.filter((line) => !line.includes('404') && !line.includes('WebSocket'));
  expect(unexpected).toEqual([]);
});
