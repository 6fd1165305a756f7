// The examiner's journeys in the desktop: the built main and preload with the real engine and real
// scans, in the stand-in for Electron, or in Electron itself (RECCE_E2E=electron).
// e2e/journeys.test.ts goes further, in the browser.
// @module-tag chromium
// @module-tag ps
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FindingPage } from '../contract/finding.ts';
import { isJudged } from '../engine/scan/testing/judged.ts';
import { call } from './harness/call.ts';
import { desktop, launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import { failureScreenshot, screenshot } from './harness/screenshots.ts';
import { facesDrawn, inspectedDrawn, leaveBlind, makeCase, scanIsDone, startScan, tiles } from './harness/steps.ts';
import { watchPage } from './harness/watch-page.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-journeys-'));
const photographs = path.join(root, 'photographs');
const hashesOf = (folder: string) =>
  readdirSync(folder).map((name) => [
    name,
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex'),
  ]);

let workstation: LaunchedWorkstation;
let watched: ReturnType<typeof watchPage>;
const open = async (kind: LaunchedWorkstation['kind'], name: string) => {
  workstation = await launch({ home: path.join(root, kind, name) }, kind);
  watched = watchPage(workstation.page);
};
const findings = async () => {
  const { rows } = (await call(workstation.page, 'finding/query', { limit: 1000 })) as FindingPage;
  return rows;
};
const press = (key: string) => workstation.page.keyboard.press(key);

beforeAll(() => writePhotographs(photographs, 4));
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await failureScreenshot(workstation.page, `${workstation.kind} ${task.name}`);
});

describe.each(desktop)('in %s: a case from the first window to the report', (kind) => {
  const cases = path.join(root, kind);
  beforeAll(() => open(kind, 'case'));
  afterEach(() => expect(watched.faults()).toEqual([]));
  afterAll(() => workstation?.close());

  test('scan a folder and export a report', async () => {
    const { page } = workstation;
    const before = hashesOf(photographs);
    await screenshot(page, 'cases');
    await makeCase(workstation, cases, 'Journey');
    await startScan(workstation, photographs);
    await screenshot(page, 'scan');
    await scanIsDone(workstation, photographs);
    await press('4');
    await page.getByRole('heading', { name: 'Report', exact: true }).waitFor();
    await workstation.answerDialog(path.join(cases, 'report.pdf'));
    await page.getByRole('button', { name: 'Write PDF' }).click();
    const written = page.locator('.written').first();
    await written.waitFor({ timeout: 60_000 });
    await screenshot(page, 'report');
    const file = (await written.locator('.written-path').getAttribute('title'))!;
    const bytes = readFileSync(file);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    // The window abbreviates a hash; its beginning is that of the file's own.
    expect(await written.textContent()).toContain(createHash('sha256').update(bytes).digest('hex').slice(0, 12));
    expect(hashesOf(photographs)).toEqual(before);
  });

  test('triage by keyboard', async () => {
    const { page } = workstation;
    await press('2');
    const all = await tiles(workstation);
    expect(all.length).toBeGreaterThan(8);
    const judged = /raw score [<>]?0\.\d\d|Outside model limits/;
    expect(all.every((one) => judged.test(one) && one.includes('No opinion of yours'))).toBe(true);
    expect(all.some((one) => one.includes('raw score'))).toBe(true);
    await screenshot(page, 'faces');
    // What the machine leans to is nothing to this journey.
    await call(page, 'case/configure', { reasonRule: 'never' });
    await facesDrawn(workstation.page);
    for (const key of ['f', 'g', 'i', 'f', 'u']) await press(key);
    const given = () =>
      findings().then((rows) =>
        rows
          .map((row) => row.ownConclusion)
          .filter(Boolean)
          .sort(),
      );
    await expect.poll(given).toEqual(['forged', 'genuine', 'inconclusive']);
    const [first] = await tiles(workstation);
    expect(first).toContain('Your opinion: forged');
    await screenshot(page, 'triage');
    await press('?');
    await page.getByRole('dialog').waitFor();
    await screenshot(page, 'keys');
    await press('Escape');
  });

  test('compare a reconstruction', async () => {
    const { page } = workstation;
    // A face that was scored: one outside the model's domain has no reconstruction.
    await page
      .getByRole('listbox', { name: 'Faces' })
      .getByRole('option', { name: /raw score/ })
      .last()
      .dblclick();
    const panes = page.locator('[data-pane]');
    await expect.poll(() => panes.locator('canvas').count(), { timeout: 20_000 }).toBe(4);
    await screenshot(page, 'inspect');
    const scales = () =>
      page.locator('.pane-canvas').evaluateAll((all) => all.map((one) => (one as HTMLElement).style.width));
    const fitted = await scales();
    await press('+');
    await press('+');
    await expect.poll(scales).not.toEqual(fitted);
    expect(new Set(await scales()).size).toBe(1);
    const smoothing = await page
      .locator('.pane-canvas')
      .first()
      .evaluate((one) => getComputedStyle(one).imageRendering);
    expect(smoothing).toBe('pixelated');
    const values = await page.locator('.pane-canvas').evaluateAll((all) =>
      all.map((one) => {
        const canvas = one as HTMLCanvasElement;
        return new Set(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data).size;
      }),
    );
    // Original, reconstruction, difference, attention: each a picture, none of one colour.
    for (const distinct of values) expect(distinct).toBeGreaterThan(8);
    await press('m');
    await screenshot(page, 'swipe');
    await press('p');
    await page
      .getByRole('img', { name: /photograph/i })
      .first()
      .waitFor();
    await screenshot(page, 'photograph');
    await press('Escape');
  });

  test('blind review', async () => {
    const { page } = workstation;
    await page.getByRole('switch', { name: 'Blind review' }).click();
    await expect
      .poll(async () => (await tiles(workstation)).filter((one) => one.includes('Score hidden')).length)
      .toBeGreaterThan(0);
    await press('Home');
    const hidden = (await findings()).filter((row) => row.hidden);
    expect(hidden.every((row) => row.score === null && row.leaning === null)).toBe(true);
    await screenshot(page, 'blind-faces');
    const subject = hidden[0]!;
    await page.evaluate((id) => {
      location.hash = `#/inspect/${id}`;
    }, subject.verdictId);
    const machine = page.getByRole('region', { name: 'Machine' });
    await machine.getByText('Score hidden until you have given your opinion').waitFor();
    await inspectedDrawn(page);
    await screenshot(page, 'blind-inspect');
    await press('g');
    await machine.getByText('raw score', { exact: true }).waitFor();
    const uncovered = (await findings()).find((row) => row.verdictId === subject.verdictId);
    expect(uncovered).toMatchObject({ hidden: false, ownConclusion: 'genuine' });
    await screenshot(page, 'blind-uncovered');
    await press('Escape');
    await leaveBlind(page);
  });
});

describe.each(desktop)('in %s: when things go wrong', (kind) => {
  const cases = path.join(root, kind);
  beforeAll(() => open(kind, 'wrong'));
  afterEach(() => expect(watched.faults()).toEqual([]));
  afterAll(() => workstation?.close());

  test('resume after the engine is killed', async () => {
    const { page } = workstation;
    await makeCase(workstation, cases, 'Killed');
    await startScan(workstation, photographs);
    await page.getByRole('progressbar', { name: 'Progress of the scan' }).waitFor();
    const engine = await workstation.pidOf('engine');
    const alert = page.getByRole('alert').getByText('The engine is being restarted');
    const told = alert.waitFor();
    process.kill(engine!, 'SIGKILL');
    await told;
    await alert.waitFor({ state: 'detached' });
    await scanIsDone(workstation, photographs);
    expect(new Set((await findings()).map((row) => row.relativePath)).size).toBe(4);
    expect(await call(workstation.page, 'session/get')).toMatchObject({ examiner: { name: 'A. Examiner' } });
  });

  test('a hostile file in the folder', async () => {
    const { page } = workstation;
    const folder = path.join(cases, 'seized');
    await writePhotographs(folder, 1);
    const [name] = readdirSync(folder);
    const whole = readFileSync(path.join(folder, name!));
    const bomb = Buffer.from('89504e470d0a1a0a0000000d49484452000f4240000f42400802000000', 'hex');
    const hostile: [name: string, bytes: Buffer][] = [
      ['cut-short.jpg', whole.subarray(0, whole.length / 2)],
      ['empty.jpg', Buffer.alloc(0)],
      ['a-thousand-gigapixels.png', bomb],
      ['program.jpg', Buffer.from('#!/bin/sh\nexit 1\n')],
    ];
    for (const [file, bytes] of hostile) writeFileSync(path.join(folder, file), bytes);
    const before = hashesOf(folder);
    await makeCase(workstation, cases, 'Hostile');
    await startScan(workstation, folder);
    await scanIsDone(workstation, folder);
    await screenshot(page, 'hostile-scan');
    const rows = await findings();
    for (const [file] of hostile)
      expect(
        rows.filter((row) => row.relativePath === file),
        file,
      ).toMatchObject([{ kind: 'unreadable', score: null }]);
    expect(rows.filter((row) => row.relativePath === name).every(isJudged)).toBe(true);
    await press('2');
    const words = await tiles(workstation);
    expect(words.filter((one) => one.includes('Unreadable'))).toHaveLength(hostile.length);
    expect(words.join()).not.toMatch(/authentic/i);
    await screenshot(page, 'hostile-faces');
    expect(hashesOf(folder)).toEqual(before);
  });
});
