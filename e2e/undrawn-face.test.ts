// An opinion is about a face that was seen: a key that is pressed while its picture is on its way, as after
// a reload, records nothing and says so.
// @module-tag chromium
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AuditEntry } from '../contract/case.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { call } from './harness/call.ts';
import { launch } from './harness/launch.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { examineAs, facesDrawn } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-undrawn-'));
let workstation: LaunchedWorkstation;
afterAll(() => workstation?.close());

test('after a reload a key records nothing until the face is drawn; then it does', async () => {
  const [home, folder, media] = ['home', 'case', 'media'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [home, media]) mkdirSync(one);
  copyFileSync(samplePhotograph(1), path.join(media, 'one.jpg'));
  await makeScannedCase({ home, folder, title: 'Undrawn', paths: [media] });
  workstation = await launch({ home, case: folder, size: { width: 1280, height: 800 } });
  const { page } = workstation;
  await examineAs(page, 'A. Reader', 'Blind review');
  await page.keyboard.press('2');
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await facesDrawn(page);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/picture\/crop\//, async (route) => {
    await held;
    await route.continue();
  });
  await page.reload();
  await page.getByText(/^1 \/ \d+$/).waitFor();
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await page.keyboard.press('f');
  await page.getByText(/Nothing was recorded: the picture of that face was not on screen yet/).waitFor();
  const given = async () => (await call(page, 'case/activity', { limit: 50, about: ['opinion'] })) as AuditEntry[];
  expect(await given()).toEqual([]);
  release();
  await facesDrawn(page);
  await page.keyboard.press('f');
  await expect.poll(async () => (await given()).length).toBe(1);
});
