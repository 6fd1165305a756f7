// Finding a face with the keyboard alone: switched on with a reason, the nearest with their distances,
// one of them inspected, a picture outside the case, and all of it erased.
// @module-tag chromium
import { copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEntry } from '../contract/case.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { pictureOf } from './harness/picture-of.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { screenshot } from './harness/screenshots.ts';
import { examineAs, hears } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-persons-'));
const folder = path.join(root, 'case');
const media = path.join(root, 'media');
const outside = path.join(root, 'outside.jpg');
let workstation: LaunchedWorkstation;
let page: Page;

/** A case with three photographs, one of them in a second, smaller copy. */
async function makeCase(): Promise<void> {
  mkdirSync(media);
  for (const n of [1, 3, 4]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  const { width = 0 } = await sharp(samplePhotograph(1)).metadata();
  const smaller = sharp(samplePhotograph(1))
    .resize(Math.round(width * 0.6))
    .jpeg({ quality: 60 });
  await smaller.toFile(path.join(media, 'copy of 1.jpg'));
  copyFileSync(samplePhotograph(3), outside);
  await makeScannedCase({ home: path.join(root, 'home'), folder, title: 'Persons', paths: [media] });
}

beforeAll(async () => {
  await makeCase();
  mkdirSync(path.join(root, 'home'), { recursive: true });
  workstation = await launch({ home: path.join(root, 'home'), case: folder, size: { width: 1280, height: 800 } });
  page = workstation.page;
  page.setDefaultTimeout(20_000);
  await examineAs(page, 'A. Reader', 'Blind review');
});
afterAll(() => workstation?.close());

const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const entries = async (): Promise<string[]> =>
  ((await call(page, 'case/activity', { limit: 1000 })) as AuditEntry[])
    .filter(({ action }) => action.startsWith('persons.'))
    .map(({ action }) => action)
    .toReversed();
const found = () => page.getByRole('listbox', { name: 'Faces, nearest first' }).getByRole('option');
const said = (text: string | RegExp) => page.getByText(text).first().waitFor();
async function toTheGrid(): Promise<void> {
  await press('2');
  await page.getByLabel('Order by').selectOption('path');
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
  await press('Home');
}

test('while it is off, the key says what it is, and switches it on with a reason alone', async () => {
  await toTheGrid();
  await press('y');
  await hears(page, /Compare the faces/);
  await said(/biometric data/);
  await said(/no identification/);
  await screenshot(page, 'persons-off');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.type('because');
  await press('Control+Enter');
  expect(await entries()).toEqual([]);
  await page.keyboard.type(' of order 7');
  await press('Control+Enter');
  await found().first().waitFor({ timeout: 90_000 });
  expect(await entries()).toEqual(['persons.on', 'persons.started', 'persons.finished', 'persons.searched']);
});

test('the nearest come first with their distances, in blind review too, and one is inspected', async () => {
  const first = await found().first().textContent();
  // The selected face is of one copy, the nearest is the other.
  expect(first).toMatch(/1\.jpg, face 1, distance 0\.\d{3}/);
  const distances = (await found().allTextContents()).map((text) => Number(/distance (\d\.\d{3})/.exec(text)![1]));
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  expect(distances[0]).toBeLessThan(0.25);
  await said(/compared lie within 0\.600/);
  await said(/no identification/);
  await screenshot(page, 'persons-found');
  await pictureOf(page, 'alike');
  expect(await findBarriers(page)).toEqual([]);
  const shown = await page.getByRole('dialog', { name: 'Find this face' }).textContent();
  expect(shown).not.toMatch(/score|lean|forged|genuine/i);
  await press('ArrowRight', 'ArrowLeft', 'Enter');
  await page.getByRole('region', { name: 'Comparison' }).waitFor();
  await press('y');
  await found().first().waitFor();
  expect(await found().first().textContent()).toMatch(/1\.jpg, face 1, distance 0\.\d{3}/);
  await press('Escape');
});

test('a picture outside the case is looked for from the palette', async () => {
  await press('Control+k');
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
  await page.keyboard.type('find a face of a picture');
  await press('Enter');
  await page.getByRole('dialog', { name: 'Find this face' }).waitFor();
  await page.keyboard.type(outside);
  await press('Enter');
  await said(/outside\.jpg, face \d of 3/);
  expect(await found().first().textContent()).toMatch(/3\.jpg, face \d, distance 0\.000/);
  await page.getByRole('radio', { name: 'Face 2' }).focus();
  await press('Space');
  await said(/outside\.jpg, face 2 of 3/);
  await screenshot(page, 'persons-outside');
  await press('Escape');
});

test('all of it is erased with a reason, and it is off', async () => {
  expect(existsSync(path.join(folder, 'face-embeddings.bin'))).toBe(true);
  await press('Control+k');
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
  await page.keyboard.type('erase the embeddings');
  await press('Enter');
  await hears(page, /Erase the embeddings/);
  await page.keyboard.type('The order has ended');
  await screenshot(page, 'persons-erase');
  expect(await findBarriers(page)).toEqual([]);
  await press('Control+Enter');
  await said(/Comparing faces is off/);
  expect(existsSync(path.join(folder, 'face-embeddings.bin'))).toBe(false);
  expect((await entries()).at(-1)).toBe('persons.erased');
  await toTheGrid();
  await press('y');
  await hears(page, /Compare the faces/);
});
