// Groups of faces with the keyboard alone: proposed, opened, named, joined, split and taken apart, each step
// taken back, and hidden from blind review where another named them.
// @module-tag chromium
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEntry } from '../contract/case.ts';
import type { FaceGroups } from '../contract/face-groups.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { pictureOf } from './harness/picture-of.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { screenshot } from './harness/screenshots.ts';
import { examineAs, hears } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-groups-'));
const folder = path.join(root, 'case');
const media = path.join(root, 'media');
let workstation: LaunchedWorkstation;
let page: Page;

/** A case with three photographs and a smaller copy of each. */
async function makeCase(): Promise<void> {
  mkdirSync(media);
  mkdirSync(path.join(root, 'home'), { recursive: true });
  for (const n of [1, 3, 4]) {
    copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
    const { width = 0 } = await sharp(samplePhotograph(n)).metadata();
    const smaller = sharp(samplePhotograph(n)).resize(Math.round(width * 0.8));
    await smaller.jpeg({ quality: 85 }).toFile(path.join(media, `copy of ${n}.jpg`));
  }
  await makeScannedCase({ home: path.join(root, 'home'), folder, title: 'Groups', paths: [media] });
}

beforeAll(async () => {
  await makeCase();
  workstation = await launch({ home: path.join(root, 'home'), case: folder, size: { width: 1280, height: 800 } });
  page = workstation.page;
  page.setDefaultTimeout(20_000);
  await examineAs(page, 'A. Reader', 'Open review');
});
afterAll(() => workstation?.close());

const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const dialog = () => page.getByRole('dialog', { name: 'Groups of faces' });
const groups = () => page.getByRole('listbox', { name: 'Groups of faces' });
const facesOf = (name: string | RegExp) => page.getByRole('listbox', { name });
const options = async (): Promise<string[]> => groups().getByRole('option').locator('.unseen').allTextContents();
const now = async (): Promise<FaceGroups> => (await call(page, 'group/list', {})) as FaceGroups;
const lastEntry = async (): Promise<AuditEntry> =>
  ((await call(page, 'case/activity', { limit: 1 })) as AuditEntry[])[0]!;
async function toTheGrid(): Promise<void> {
  await press('2');
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
}

test('groups are asked for by a key; while comparing faces is off it is switched on first, with a reason', async () => {
  await toTheGrid();
  await press('Shift+Y');
  await hears(page, /Compare the faces/);
  await page.keyboard.type('Because of order 7');
  await press('Control+Enter');
  await dialog().waitFor({ timeout: 90_000 });
  await page.getByText('No groups were proposed.').waitFor();
  await expect.poll(async () => (await lastEntry()).action, { timeout: 90_000 }).toBe('persons.finished');
  await screenshot(page, 'groups-none');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Propose groups' }).focus();
  await press('Enter');
  await groups().getByRole('option').first().waitFor({ timeout: 60_000 });
  await screenshot(page, 'groups-proposed');
  expect(await findBarriers(page)).toEqual([]);
  for (const name of await options()) expect(name).toMatch(/^Group \d+, 2 faces in 2 files$/);
  expect(await dialog().textContent()).toMatch(/never whether a face is forged/);
  expect((await dialog().textContent())!.replace(/never whether a face is forged/g, '')).not.toMatch(
    /score|lean|genuine/i,
  );
});

test('one is opened, named, and opened anew; the machine gives no name, and none that an opinion says', async () => {
  await groups().focus();
  await press('Home', 'n');
  await page.getByRole('textbox', { name: /^Name of group/ }).waitFor();
  await page.keyboard.type('Deepfake');
  await press('Enter');
  await page.getByText(/said by an opinion/).waitFor();
  await press('Control+a');
  await page.keyboard.type('Witness A');
  await press('Enter');
  await groups().waitFor();
  await expect.poll(async () => (await options())[0]).toBe('Witness A, 2 faces in 2 files');
  expect(await lastEntry()).toMatchObject({ action: 'group.named', who: 'A. Reader' });
  await press('Home', 'Enter');
  await facesOf('Faces of Witness A').getByRole('option').nth(1).waitFor();
  await screenshot(page, 'groups-opened');
  expect(await findBarriers(page)).toEqual([]);
});

test('keys stay on the group wherever a name moves it in the list, and the form says which group is named', async () => {
  await press('Backspace');
  await groups().waitFor();
  await press('End');
  const active = async (): Promise<string> => (await groups().getAttribute('aria-activedescendant'))!;
  const last = await active();
  const number = last.replace('group-tile-', '');
  await press('n');
  const form = page.locator('form.group-name');
  await form.waitFor();
  expect(await form.textContent()).toContain(`Group ${number}, 2 faces in 2 files: who is it?`);
  await expect.poll(() => form.locator('img').count()).toBe(2);
  await screenshot(page, 'groups-asked');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.type('A. First');
  await press('Control+Enter');
  await page.getByText(`Group ${number} is named “A. First”.`).waitFor();
  await groups().waitFor();
  await expect.poll(async () => (await options())[0]).toBe('A. First, 2 faces in 2 files');
  expect(await active()).toBe(last);
  await press('u');
  await expect.poll(async () => (await options())[0]).toBe('Witness A, 2 faces in 2 files');
  expect(await active()).toBe(last);
  await press('Home', 'Enter');
  await facesOf('Faces of Witness A').getByRole('option').nth(1).waitFor();
});

test('faces are split off and taken out, groups are joined, and each step is taken back by a key', async () => {
  const before = await now();
  await facesOf('Faces of Witness A').focus();
  await press('ArrowRight', 'Space', 's');
  await expect.poll(async () => (await now()).total).toBe(before.total + 1);
  await press('u');
  await expect.poll(async () => (await now()).total).toBe(before.total);
  await facesOf('Faces of Witness A').getByRole('option').nth(1).waitFor();
  await press('Home', 'o');
  await expect.poll(async () => (await now()).alone).toBe(before.alone + 1);
  await press('u');
  await expect.poll(async () => (await now()).alone).toBe(before.alone);
  await press('Backspace');
  await groups().waitFor();
  await press('Home', 'ArrowRight', 'Space', 'ArrowRight', 'Space', 'Home');
  await screenshot(page, 'groups-marked');
  await pictureOf(page, 'groups');
  expect(await findBarriers(page)).toEqual([]);
  await press('m');
  await expect.poll(async () => (await options())[0]).toBe('Witness A, 6 faces in 2 files');
  expect(await lastEntry()).toMatchObject({ action: 'group.merged', details: { faces: 4 } });
  await press('u');
  await expect.poll(async () => (await now()).total).toBe(before.total);
  const { groups: after } = await now();
  expect(after.map(({ id, name, faces }) => [id, name, faces])).toEqual(
    before.groups.map(({ id, name, faces }) => [id, name, faces]),
  );
});

test('the faces of a group are shown alone in Faces by a key, and the filter has those with a name', async () => {
  await press('Home', 'Enter');
  await facesOf('Faces of Witness A').getByRole('option').nth(1).waitFor();
  const faces = await facesOf('Faces of Witness A').getByRole('option').count();
  await press('f');
  await dialog().waitFor({ state: 'detached' });
  const facet = page.getByRole('region', { name: 'Groups of faces' });
  await expect.poll(() => facet.getByRole('checkbox', { name: /^Witness A/ }).isChecked()).toBe(true);
  await expect.poll(() => page.getByRole('listbox', { name: 'Faces' }).getByRole('option').count()).toBe(faces);
  await facet.getByRole('checkbox', { name: /^Witness A/ }).focus();
  await press('Space');
  await expect
    .poll(() => page.getByRole('listbox', { name: 'Faces' }).getByRole('option').count())
    .toBeGreaterThan(faces);
});

test('in blind review another’s name is not seen, and the group is not changed', async () => {
  await press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await call(page, 'session/set', { examiner: 'B. Reader', blind: true });
  await page.getByText('B. Reader').first().waitFor();
  await toTheGrid();
  await press('Shift+Y');
  await groups().getByRole('option').first().waitFor();
  expect((await options()).join()).not.toContain('Witness');
  expect((await options()).join()).toContain('its name hidden');
  await screenshot(page, 'groups-blind');
  const text = (await dialog().textContent())!.replace(/never whether a face is forged/g, '');
  expect(text).not.toMatch(/Witness|score|lean|genuine/i);
});
