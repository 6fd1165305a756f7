// Near copies with the keyboard alone: of the selected face's picture, in Inspect, and of a picture from
// outside; the copy found is opened.
// @module-tag chromium
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
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
import { makeScannedCase } from './harness/scanned-case.ts';
import { screenshot } from './harness/screenshots.ts';
import { examineAs } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-copies-'));
const folder = path.join(root, 'case');
const media = path.join(root, 'media');
const outside = path.join(root, 'outside.jpg');
let workstation: LaunchedWorkstation;
let page: Page;

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 3, 4]) copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
  const { width = 0 } = await sharp(samplePhotograph(1)).metadata();
  const smaller = sharp(samplePhotograph(1)).resize(Math.round(width / 2));
  await smaller.clone().jpeg({ quality: 60 }).toFile(path.join(media, 'copy of 1.jpg'));
  await smaller.clone().flop().jpeg().toFile(path.join(media, 'mirrored 1.jpg'));
  await sharp(samplePhotograph(3)).resize(500).jpeg({ quality: 40 }).toFile(outside);
  await makeScannedCase({ home: path.join(root, 'home'), folder, title: 'Copies', paths: [media] });
  workstation = await launch({ home: path.join(root, 'home'), case: folder, size: { width: 1280, height: 800 } });
  page = workstation.page;
  page.setDefaultTimeout(20_000);
  await examineAs(page, 'A. Reader', 'Blind review');
});
afterAll(() => workstation?.close());

const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const entries = async (): Promise<AuditEntry[]> =>
  ((await call(page, 'case/activity', { limit: 1000 })) as AuditEntry[]).filter(({ action }) =>
    action.startsWith('copies.'),
  );
const said = (text: string | RegExp) => page.getByText(text).first().waitFor();
const dialog = () => page.getByRole('dialog', { name: 'Near copies' });
/** Tab until the focus is there. */
async function tabTo(name: RegExp): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
    if (name.test(focused) && (await page.evaluate(() => document.activeElement?.matches('button, summary')))) return;
    await press('Tab');
  }
  throw new Error(`The focus never came to ${name}.`);
}

test('the key says that no picture was looked at yet, has them looked at, and lists the copies with their distances', async () => {
  await press('2');
  await page.getByLabel('Order by').selectOption('path');
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
  await press('Home', 'c');
  await dialog().waitFor();
  await said(/have not been looked at for near copies yet/);
  expect(await entries()).toEqual([]);
  await tabTo(/^Look at all pictures$/);
  await press('Enter');
  await said(/2 files have a near copy of it, of 4 pictures compared/);
  const copies = await dialog().getByRole('listitem').allTextContents();
  expect(copies).toHaveLength(2);
  expect(copies.join(' ')).toMatch(/\d+ of 256 bits, likeness [01]\.\d{3}/);
  expect(copies.join(' ')).toContain('mirrored');
  expect(await dialog().textContent()).not.toMatch(/score|lean/i);
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>('.near-copy img')].every((one) => one.naturalWidth > 0),
  );
  await screenshot(page, 'copies-found');
  expect(await findBarriers(page)).toEqual([]);
  expect((await entries()).map(({ action }) => action)).toEqual(['copies.finished', 'copies.started']);
});

test('a copy is opened with Enter, and Inspect lists the copies of what it shows', async () => {
  const first = await dialog().getByRole('listitem').first().textContent();
  await tabTo(/of 256 bits/);
  await press('Enter');
  await page.getByRole('region', { name: 'Comparison' }).waitFor();
  const shown = await page.locator('.dossier-path').textContent();
  expect(first).toContain(shown!);
  await tabTo(/^Near copies$/);
  await press('Enter');
  const list = page.locator('.dossier').getByRole('listitem').filter({ hasText: 'of 256 bits' });
  await list.first().waitFor();
  expect(await list.count()).toBe(2);
  expect((await list.allTextContents()).join(' ')).not.toContain(shown!);
  await screenshot(page, 'copies-inspect');
  expect(await findBarriers(page)).toEqual([]);
});

test('the palette has the stacks of the case, and a picture from outside is found there, and the search is an entry', async () => {
  await press('Control+k');
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
  await page.keyboard.type('near copies in this');
  await press('Enter');
  await dialog().waitFor();
  await said('1 stack of near copies.');
  const stack = dialog().getByRole('region', { name: 'Stack 1' }).getByRole('listitem');
  expect((await stack.allTextContents()).join(' ')).toMatch(/1\.jpg.* of 256 bits, likeness .*, to media\/.*mirrored/);
  expect(await stack.count()).toBe(3);
  await screenshot(page, 'copies-stacks');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.type(outside);
  await press('Enter');
  await said(/1 file has a near copy of it/);
  expect(await dialog().getByRole('listitem').allTextContents()).toEqual([expect.stringMatching(/3\.jpg/)]);
  await screenshot(page, 'copies-outside');
  expect((await entries())[0]).toMatchObject({ action: 'copies.searched', subject: 'outside.jpg', who: 'A. Reader' });
  await press('Escape');
});
