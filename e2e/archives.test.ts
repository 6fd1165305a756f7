// A case whose evidence is a zip: its files stand among the others with their paths in it, a face in it is
// inspected like any other, and what of it is not read says why.
// @module-tag chromium
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yazl from 'yazl';
import { sha256Of } from '../engine/blobs/blob-store.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { screenshot } from './harness/screenshots.ts';
import { examineAs, tiles } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-e2e-archives-'));
const folder = path.join(root, 'case');
const phone = path.join(root, 'export', 'phone.ufdr');
let workstation: LaunchedWorkstation;
let page: Page;

beforeAll(async () => {
  mkdirSync(path.dirname(phone));
  const zip = new yazl.ZipFile();
  zip.addFile(samplePhotograph(1), 'DCIM/IMG_1.jpg');
  zip.addFile(samplePhotograph(3), 'DCIM/IMG_3.jpg', { compress: false });
  zip.addBuffer(Buffer.from('<report/>'), 'report.xml');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(phone));
  await makeScannedCase({ home: path.join(root, 'home'), folder, title: 'Phone', paths: [path.dirname(phone)] });
  workstation = await launch({ home: path.join(root, 'home'), case: folder, size: { width: 1280, height: 800 } });
  page = workstation.page;
  page.setDefaultTimeout(20_000);
  await examineAs(page, 'A. Reader', 'Open review');
});
afterAll(() => workstation?.close());

test('the files in it have their tiles, by the path they have in it', async () => {
  await page.keyboard.press('2');
  await page.getByLabel('Order by').selectOption('path');
  const all = await tiles(workstation);
  for (const name of ['DCIM/IMG_1.jpg', 'DCIM/IMG_3.jpg', 'report.xml'])
    expect(all.filter((one) => one.includes(`export/phone.ufdr/${name}`)).length).toBeGreaterThan(0);
  await screenshot(page, 'archives-faces');
  expect(await findBarriers(page)).toEqual([]);
});

test('Inspect shows the face in its photograph, and names the archive with its hash; the archive says what it lists', async () => {
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Comparison' }).waitFor();
  const facts = page.locator('.dossier');
  await facts.locator('summary').getByText('File', { exact: true }).click();
  await facts.getByText('In the archive').waitFor();
  expect(await facts.textContent()).toContain(sha256Of(readFileSync(phone)));
  expect(await facts.textContent()).toContain(path.join(phone, 'DCIM', 'IMG_'));
  await facts.getByText('In the archive').scrollIntoViewIfNeeded();
  await screenshot(page, 'archives-inspect');
  expect(await findBarriers(page)).toEqual([]);
  await facts.getByRole('button', { name: 'export/phone.ufdr', exact: true }).click();
  const [archive] = await tiles(workstation);
  expect(archive).toContain('export/phone.ufdr');
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page
    .getByText(/It is a zip archive, and no picture itself\. Its 3 files have rows of their own\./)
    .first()
    .waitFor();
  await screenshot(page, 'archives-row');
  expect(await findBarriers(page)).toEqual([]);
});
