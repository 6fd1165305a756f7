// A case whose results rest on a validation record that this workstation does not have: the window
// says so where the case is opened, and beside each result.
// @module-tag chromium
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Model } from '../contract/model.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { keepValidation } from '../engine/library/validation-store.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { recordMadeAt } from '../engine/validate/testing/record-made-at.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { screenshot } from './harness/screenshots.ts';
import { examineAs } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-record-'));
const [elsewhere, home, folder, media] = ['elsewhere', 'home', 'case', 'media'].map((name) =>
  path.join(root, name),
) as [string, string, string, string];
let workstation: LaunchedWorkstation;

beforeAll(async () => {
  for (const one of [media, home]) mkdirSync(one);
  copyFileSync(samplePhotograph(1), path.join(media, '1.jpg'));
  const engine = await createEngine({ appDataFolder: elsewhere });
  const [{ id }] = (await createClient(engine).model.list()) as [Model];
  await engine.close();
  // Without limits: those of the record are of features that no network has.
  const { record, operatingPoints } = recordMadeAt('2099-01-02T00:00:00.000Z');
  await keepValidation(path.join(elsewhere, 'models'), id, { record: { ...record, domain: null }, operatingPoints });
  await makeScannedCase({ home: elsewhere, folder, title: 'Elsewhere', paths: [media] }, async (client) => {
    expect((await client.case.current())!.counts.faces).toBeGreaterThan(0);
  });
  workstation = await launch({ home, case: folder, size: { width: 1280, height: 800 } });
  workstation.page.setDefaultTimeout(20_000);
});
afterAll(() => workstation?.close());

test('the case and each of its results say that the record is in the case alone', async () => {
  const { page } = workstation;
  await examineAs(page, 'B. Reader', 'Open review');
  await page.keyboard.press('1');
  await page.getByText(/The validation record of .* is in the case alone\./).waitFor();
  await page.getByText(/of 2099-01-02 .* is not in this workstation’s library/).waitFor();
  await screenshot(page, 'record-elsewhere-case');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('2');
  await page.getByRole('listbox', { name: 'Faces' }).and(page.locator('[aria-busy=false]')).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.getByText('Its validation record is in the case alone.').waitFor();
  await page.getByText(/they are the word of whoever made it/).waitFor();
  await screenshot(page, 'record-elsewhere-inspect');
  expect(await findBarriers(page)).toEqual([]);
});
