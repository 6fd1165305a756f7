// Journey: a small network trained in the window, in a real browser with the real engine: started
// from nothing, watched, paused, resumed, compared, published; then one trained on from it that the
// engine's death interrupts, taken up again, cancelled and discarded.
// @module-tag chromium
// @module-tag ps
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Model } from '../contract/model.ts';
import type { TrainingRun } from '../contract/training.ts';
import { openEngineParts } from '../engine/app/testing/engine-parts.ts';
import { makePortraits } from '../engine/train/run/testing/make-portraits.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { pictureOf } from './harness/picture-of.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-training-screen-'));
const portraits = path.join(root, 'portraits');
const NAME = 'Sitters, a small network';
let workstation: LaunchedWorkstation;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  const engine = openEngineParts({ appDataFolder: path.join(root, 'making') });
  await makePortraits(portraits, engine.faceSearch.facesOf);
  await engine.close();
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home') });
  page = workstation.page;
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
});
afterAll(async () => {
  await workstation?.close();
  rmSync(root, { recursive: true, force: true });
});

/** A configuration as the paper's repository has it, with a shorter schedule; JSON is YAML. */
function writeConfig(): string {
  const folder = path.join(root, 'config');
  const optimizer = { name: 'adam', lr: 0.0002, weight_decay: 0.00001 };
  const scheduler = { name: 'StepLR', step_size: 2250, gamma: 0.5 };
  const model = {
    model: { name: 'Recce', num_classes: 1 },
    config: { lambda_1: 0.1, lambda_2: 0.1, optimizer, scheduler, id: 'FF++c40', loss: 'binary_ce', metric: 'Acc' },
    data: {
      ...{ train_batch_size: 32, val_batch_size: 64, test_batch_size: 64, name: 'FaceForensics' },
      ...{ file: './config/dataset/faceforensics.yml', train_branch: 'train_cfg', val_branch: 'test_cfg' },
    },
  };
  const set = { root: '/sets/ff', split: 'train', method: 'all', compression: 'c40', val_steps: 500, num_steps: 4500 };
  mkdirSync(path.join(folder, 'dataset'), { recursive: true });
  writeFileSync(path.join(folder, 'Recce.yml'), JSON.stringify(model));
  writeFileSync(path.join(folder, 'dataset', 'faceforensics.yml'), JSON.stringify({ train_cfg: set }));
  return path.join(folder, 'Recce.yml');
}

const runs = () => call(page, 'train/list') as Promise<TrainingRun[]>;
const state = (name: string, words: string) => page.getByRole('region', { name: `${name}: ${words}`, exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const lossCurve = () => page.getByRole('img', { name: /^Loss by step: training cross-entropy/ });

test('a run whose record is broken is named with its reason, beside those that are whole', async () => {
  const folder = path.join(root, 'home', 'training', '20260101000000-abcdef');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'run.json'), '{"id": "20260101000000-abc');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('t');
  await page.getByText('Run 20260101000000-abcdef cannot be read.').waitFor();
  await page.getByText(/abcdef\/run\.json: .*JSON.*put back the file as it was/).waitFor();
  await pictureOf(page, 'training-broken');
  expect(await findBarriers(page)).toEqual([]);
  rmSync(folder, { recursive: true });
  await page.getByText('Run 20260101000000-abcdef cannot be read.').waitFor({ state: 'detached' });
});

test('the paper’s configuration file fills in the settings', async () => {
  const config = writeConfig();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('t');
  await page.getByText('Expert settings').click();
  await workstation.answerDialog(config);
  await button('Read the paper’s Recce.yml').click();
  if (workstation.kind === 'browser') {
    const chooser = page.getByRole('dialog', { name: 'Choose a configuration' });
    await chooser.getByLabel('Folder', { exact: true }).fill(path.dirname(config));
    await chooser.getByRole('button', { name: 'Go', exact: true }).click();
    await chooser.getByRole('button', { name: 'Recce.yml' }).click();
    await chooser.getByRole('button', { name: 'Choose', exact: true }).click();
  }
  await page.getByText('The settings are those of FF++c40.').waitFor();
  expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('4500');
  expect(await page.getByLabel('Step size, steps').inputValue()).toBe('2250');
  expect(await page.getByLabel('Name of the new model').inputValue()).toBe('FF++c40');
  await page.reload();
});

test('a run is started from nothing, its curve appears, it pauses and goes on to its end', async () => {
  await page.getByRole('heading', { name: 'Training' }).waitFor();
  await page.getByRole('radio', { name: /^Train from nothing/ }).check();
  const form = page.getByRole('form', { name: 'New run' });
  await form.getByLabel('Folder of faces').fill(portraits);
  await form.getByLabel('Name of the new model').fill(NAME);
  // Typed key by key: digits belong to the field, not to the screens they also stand for.
  await form.getByLabel('Width').press('Control+a');
  await form.getByLabel('Width').pressSequentially('0.0625');
  await form.getByLabel('Input, pixels').fill('64');
  await form.getByText('Expert settings').click();
  await form.getByLabel('Steps', { exact: true }).fill('60');
  await form.getByLabel('Batch size').fill('4');
  await form.getByLabel('Warm-up, steps').fill('5');
  await form.getByLabel('EMA decay').fill('0.9');
  await form.getByLabel('Validate every, steps').fill('20');
  // No preset any more: these settings are the examiner’s own.
  expect(await page.locator('.presets input:checked').count()).toBe(0);
  await pictureOf(page, 'training-expert');
  expect(await findBarriers(page)).toEqual([]);
  await button('Start the run').click();

  await state(NAME, 'Training').waitFor();
  await lossCurve().waitFor({ timeout: 120_000 });
  await button('Pause').click();
  await state(NAME, 'Paused').waitFor();
  await page.getByText(/^Training paused, step/).waitFor();
  await pictureOf(page, 'training-paused');
  expect(await findBarriers(page)).toEqual([]);
  const [paused] = await runs();
  expect(paused).toMatchObject({ state: 'paused', request: { base: { kind: 'fresh', width: 0.0625, inputPx: 64 } } });
  expect(paused!.step).toBeLessThan(60);
  await button('Resume').click();
  await state(NAME, 'Done').waitFor({ timeout: 200_000 });
  expect(await runs()).toMatchObject([{ step: 60, modelId: null, best: { step: expect.any(Number) } }]);
});

test('before and after stand beside each other, with what the decoder makes of held-out faces', async () => {
  const rows = page.getByRole('region', { name: 'Before and after' }).getByRole('row');
  await expect.poll(() => rows.count()).toBe(5);
  expect(await rows.nth(1).textContent()).toMatch(/^AUC\d\.\d{3}/);
  await expect.poll(() => lossCurve().getAttribute('aria-label')).toMatch(/validation cross-entropy [\d.]+ at step 60/);
  expect(await page.locator('.training-curve canvas').count()).toBe(6);
  const sizes = await page
    .locator('.training-pair img')
    .evaluateAll((all) =>
      Promise.all((all as HTMLImageElement[]).map((one) => one.decode().then(() => one.naturalWidth))),
    );
  expect(sizes.length).toBeGreaterThanOrEqual(4);
  expect(new Set(sizes)).toEqual(new Set([64]));
  await pictureOf(page, 'training');
  await page.locator('.training-samples').scrollIntoViewIfNeeded();
  await pictureOf(page, 'training-after');
});

test('its state is written for PyTorch', async () => {
  await button('Export for PyTorch').click();
  const dialog = page.getByRole('dialog', { name: 'Export for PyTorch' });
  const file = path.join(root, 'run.bin');
  // Whatever is there already is replaced only when that was said.
  writeFileSync(file, 'a network of the laboratory');
  await dialog.getByLabel('File').fill(file);
  await dialog.getByRole('button', { name: 'Export' }).click();
  await dialog.getByText('There is a file of this name already.').waitFor();
  expect(readFileSync(file, 'utf8')).toBe('a network of the laboratory');
  await dialog.getByRole('button', { name: 'Replace the file' }).click();
  await dialog.getByText(/^Written: /).waitFor({ timeout: 60_000 });
  expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

test('it is published as a new model, which says that it has raw scores only', async () => {
  await button('Publish as a new model').click();
  const published = page.getByRole('region', { name: 'The new model' });
  await published.waitFor({ timeout: 60_000 });
  await published.getByText('The new model gives raw scores only.').waitFor();
  await published.getByText('How a model is validated').click();
  await published.getByText(/^recce validate --data FOLDER --model [0-9a-f]{12}$/).waitFor();
  expect(await button('Publish as a new model').count()).toBe(0);
  expect(await findBarriers(page)).toEqual([]);
  await pictureOf(page, 'training-published');
  await button('Show it under Models').click();
  await page.getByRole('button', { name: new RegExp(`^${NAME}.*not measured`) }).click();
  await page.getByRole('article', { name: NAME }).getByText('No validation record.').first().waitFor();
});

test('it is validated in the window: one validation is cancelled, the next gives it its record', async () => {
  const model = page.getByRole('article', { name: NAME });
  const dialog = page.getByRole('dialog', { name: `Validate ${NAME}` });
  const begin = async (times: string): Promise<void> => {
    await model.getByRole('button', { name: 'Validate', exact: true }).click();
    await dialog.getByText('Genuine portraits').click();
    await dialog.getByLabel('Folder of portraits').fill(portraits);
    await dialog.getByText('More', { exact: true }).click();
    await dialog.getByLabel('Times each person is seen').fill(times);
  };
  await begin('100');
  await pictureOf(page, 'validation-new');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Start the validation' }).click();
  await model.getByText(/^Faces scored: /).waitFor({ timeout: 60_000 });
  await pictureOf(page, 'validation-running');
  expect(await findBarriers(page)).toEqual([]);
  await model.getByRole('button', { name: 'Cancel' }).click();
  await model.getByText('The validation was cancelled.').waitFor();
  await begin('2');
  await dialog.getByRole('button', { name: 'Start the validation' }).click();
  await model.getByText('The validation is done.').waitFor({ timeout: 60_000 });
  for (const plot of ['Receiver operating characteristic', 'Tippett plot', 'Empirical cross-entropy', 'Calibration'])
    await model.getByText(plot, { exact: true }).waitFor();
  expect(await model.getByRole('row').count()).toBeGreaterThan(5);
  const measured = ((await call(page, 'model/list')) as Model[]).find((one) => one.name === NAME)!;
  // Some of the cut portraits show no face any more: those are named among the remarks.
  const { genuine, forged, sources } = measured.validation!;
  expect([genuine, forged]).toEqual([2 * sources, 2 * sources]);
  expect(measured.operatingPoints).not.toBeNull();
  await pictureOf(page, 'validation');
  expect(await findBarriers(page)).toEqual([]);
});

test('one trained on from it is interrupted by the engine’s death, goes on, is cancelled and discarded', async () => {
  await page.keyboard.press('t');
  await button('New run').click();
  const form = page.getByRole('form', { name: 'New run' });
  await form.getByLabel('Base model').selectOption({ label: NAME });
  await form.getByLabel('Folder of faces').fill(portraits);
  await button('Start the run').click();
  const name = `${NAME}, trained on portraits`;
  await state(name, 'Training').waitFor();
  await lossCurve().waitFor({ timeout: 120_000 });
  const [run] = await runs();
  const models = (await call(page, 'model/list')) as Model[];
  expect(run!.request.base).toEqual({ kind: 'model', modelId: models.find((one) => one.name === NAME)!.id });

  process.kill((await workstation.pidOf('engine'))!, 'SIGKILL');
  await state(name, 'Interrupted').waitFor({ timeout: 60_000 });
  await button('Resume').click();
  await state(name, 'Training').waitFor();
  await button('Cancel').click();
  await page.getByRole('dialog', { name: 'Cancel this run?' }).getByRole('button', { name: 'Cancel the run' }).click();
  await state(name, 'Cancelled').waitFor({ timeout: 60_000 });
  await button('Discard').click();
  await page.getByRole('dialog', { name: 'Discard the run?' }).getByRole('button', { name: 'Discard' }).click();
  await state(NAME, 'Done').waitFor();
  expect((await runs()).map(({ request }) => request.name)).toEqual([NAME]);
});

test('it can be read, reached and named, light and dark, small and large', async () => {
  for (const theme of ['light', 'dark'] as const) {
    await call(page, 'app/changeSettings', { theme });
    for (const size of [
      { width: 1280, height: 800 },
      { width: 1920, height: 1080 },
    ]) {
      await page.setViewportSize(size);
      await page.reload();
      await page.locator('.training-samples img').first().waitFor();
      await pictureOf(page, `training-${theme}-${size.width}`);
    }
    expect(await findBarriers(page), theme).toEqual([]);
    await button('New run').click();
    await page.getByRole('form', { name: 'New run' }).waitFor();
    await pictureOf(page, `training-new-${theme}`);
    expect(await findBarriers(page), `new run, ${theme}`).toEqual([]);
  }
  expect(complaints.filter((line) => !line.includes('WebSocket'))).toEqual([]);
});
