// An opinion is about a face that was seen: a key that is pressed while its picture is on its way, as after
// a reload, records nothing and says so.
// @module-tag chromium
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import type { AuditEntry } from '../contract/case.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { call } from './harness/call.ts';
import { launch } from './harness/launch.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { examineAs, facesDrawn, inspectedDrawn } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-undrawn-'));
let workstation: LaunchedWorkstation;
afterAll(() => workstation?.close());

const NOT_SEEN = /Nothing was recorded: the picture of that face was not on screen yet/;

/** Entries of opinions in the log. */
const given = async (page: Page): Promise<number> =>
  ((await call(page, 'case/activity', { limit: 50, about: ['opinion'] })) as AuditEntry[]).length;

const reasonAsked = (page: Page): Promise<boolean> => page.getByRole('dialog', { name: /^Why/ }).isVisible();

/** Holds these pictures back until what is returned is called. */
async function hold(page: Page, pictures: RegExp): Promise<() => void> {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(pictures, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

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
  const release = await hold(page, /\/picture\/crop\//);
  await page.reload();
  await page.getByText(/^1 \/ \d+$/).waitFor();
  await page.getByRole('listbox', { name: 'Faces' }).focus();
  await page.keyboard.press('f');
  await page.getByText(NOT_SEEN).waitFor();
  expect(await given(page)).toBe(0);
  release();
  await facesDrawn(page);
  await page.keyboard.press('f');
  await expect.poll(() => given(page)).toBe(1);
});

test('nor is one taken in Inspect, of the face as the model saw it or of the photograph', async () => {
  const { page } = workstation;
  await page.keyboard.press('u');
  await expect.poll(() => given(page)).toBe(2);
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await inspectedDrawn(page);
  for (const [mode, picture] of [
    ['', /\/picture\/crop\//],
    ['p', /\/picture\/evidence\//],
  ] as const) {
    const before = await given(page);
    const release = await hold(page, picture);
    await page.reload();
    await page.getByRole('region', { name: 'Opinions' }).waitFor();
    if (mode) await page.keyboard.press(mode);
    await page.keyboard.press('i');
    await page.getByText(NOT_SEEN).first().waitFor();
    await page.getByRole('button', { name: /^Inconclusive/ }).click();
    expect(await given(page)).toBe(before);
    release();
    await inspectedDrawn(page);
    await page.keyboard.press(mode ? 'g' : 'i');
    await expect.poll(async () => (await given(page)) > before || (await reasonAsked(page))).toBe(true);
  }
});
