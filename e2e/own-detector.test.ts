// A laboratory brings in a detector of its own through the window: what is wrong with a file or a
// declaration is said there; what is right is shown back, kept, scanned with, validated, made again
// and reported. By keyboard; the detector is random and of no architecture that the workstation has.
// @module-tag chromium
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_DECODER } from '../contract/architecture.ts';
import type { FindingPage } from '../contract/finding.ts';
import type { Job } from '../contract/job.ts';
import type { Model } from '../contract/model.ts';
import type { ReportDocument } from '../contract/report.ts';
import type { RerunReport } from '../contract/rerun.ts';
import type { StabilityRow } from '../contract/stability.ts';
import { meanSentences, stabilityRates } from '../contract/wording.ts';
import { familyBytes } from '../models/families/testing/family-file.ts';
import { xceptionOfDeepfakeBench } from '../models/families/xception.ts';
import { meanDetector, onnxFile } from '../models/onnx/testing/hostile-onnx.ts';
import { RANDOM_DETECTOR_PX, randomDetector } from '../models/onnx/testing/random-detector.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { writePhotographs } from './harness/photographs.ts';
import { screenshot } from './harness/screenshots.ts';
import { scanIsDone, startScan } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-own-detector-'));
const photographs = path.join(root, 'photographs');
const set = path.join(root, 'set');
const detector = path.join(root, 'detector.onnx');
const NAME = 'Laboratory detector';
let workstation: LaunchedWorkstation;
let page: Page;
const complaints: string[] = [];

/** Two persons genuine, two forged; the answers are random, and so is what the record will say. */
async function writeSet(): Promise<void> {
  await writePhotographs(photographs, 3);
  const faces = path.join(root, 'faces');
  await writePhotographs(faces, 6);
  for (const [n, place] of ['real/anna', 'real/bert', 'real/cleo', 'fake/dora', 'fake/emil', 'fake/finn'].entries()) {
    mkdirSync(path.join(set, place), { recursive: true });
    copyFileSync(path.join(faces, `photograph-0${n + 1}.jpg`), path.join(set, place, 'one.jpg'));
  }
}

beforeAll(async () => {
  await writeSet();
  writeFileSync(detector, randomDetector());
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home') });
  page = workstation.page;
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await call(page, 'case/create', { folder: path.join(root, 'case'), title: 'Own', examiner: 'A. Reader' });
  await page.reload();
});
afterAll(() => workstation?.close());

const screen = async (name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }).focus();
  await page.keyboard.press('Enter');
};
const pressOn = async (button: Locator): Promise<void> => {
  await button.focus();
  await page.keyboard.press('Enter');
};
const dialog = () => page.getByRole('dialog', { name: 'Import a model' });
const button = (name: string) => dialog().getByRole('button', { name, exact: true });
const file = () => dialog().getByLabel('File', { exact: true });
/** By the beginning of its label, behind which its hint may stand. */
const field = (label: string) => dialog().getByLabel(new RegExp(`^${label}`));
const models = () => call(page, 'model/list') as Promise<Model[]>;
const own = async (): Promise<Model> => (await models()).find(({ name }) => name === NAME)!;

test('what is wrong with a file is said in the dialog, and nothing of it is kept', async () => {
  const call = meanDetector([{ op: 'Call', in: ['logit'], out: ['answer'], domain: 'own.ops' }]);
  const hostile = path.join(root, 'hostile.onnx');
  writeFileSync(hostile, onnxFile(call, ['own.ops']));
  await screen('Models');
  await pressOn(page.getByRole('button', { name: 'Import', exact: true }));
  await file().fill(hostile);
  await dialog()
    .getByRole('alert')
    .getByText(/own\.ops\.Call, which is not of the ONNX standard/)
    .waitFor();
  expect(await button('Try it on three faces').isDisabled()).toBe(true);
  expect(await dialog().getByLabel('Layout').count()).toBe(0);
});

/** Chooses in the field that has the focus, as a hand does: by the first letters. */
async function choose(label: string, letters: string): Promise<void> {
  await field(label).focus();
  await page.keyboard.type(letters);
}

test('every line is declared by hand; what contradicts the file is refused, and can be put right', async () => {
  await file().fill(detector);
  await dialog()
    .getByText(/Not declared yet, or not right: name, /)
    .waitFor();
  expect(await dialog().getByLabel('Picture input').inputValue()).toBe('pictures');
  expect(await dialog().getByLabel('Answering output').inputValue()).toBe('');
  const fill = (label: string, value: string) => field(label).fill(value);
  await fill('Name', NAME);
  await fill('Licence', 'made by this laboratory');
  await fill('Input size, pixels', `${RANDOM_DETECTOR_PX}`);
  await choose('Layout', 'NHWC');
  await choose('Channel order', 'BGR');
  for (const [of, value] of [
    ['Values of 0 and 255: of 0', '0'],
    ['Values of 0 and 255: of 255', '255'],
    ...['B', 'G', 'R'].map((channel, i) => [`Mean: ${channel}`, ['104', '117', '123'][i]!]),
    ...['B', 'G', 'R'].map((channel, i) => [`Deviation: ${channel}`, ['58', '57', '57.5'][i]!]),
  ] as const)
    await fill(of!, value!);
  await choose('Resizing rule', 'By area');
  await choose('Face crop', 'Square');
  await choose('Answering output', 'answer');
  await choose('It answers with', 'A softmax');
  await choose('Output with what the classifier sees', 'seen');
  await dialog().getByText('Not declared yet, or not right: class that means forged.').waitFor();
  expect(await button('Try it on three faces').isDisabled()).toBe(true);
  await choose('Forged is', '1');
  await screenshot(page, 'own-onnx-declared');
  expect(await findBarriers(page)).toEqual([]);

  await pressOn(button('Try it on three faces'));
  await dialog()
    .getByRole('alert')
    .getByText(/as declared it would be \[n, 96, 96, 3\]/)
    .waitFor();
  await choose('Layout', 'NCHW');
  await field('Name').focus();
  await page.keyboard.press('Enter');
  await dialog()
    .getByRole('heading', { name: /^Three sample faces/ })
    .waitFor({ timeout: 60_000 });
});

test('it is shown back with the scores of three faces; a further Enter keeps nothing, the button does', async () => {
  await page.keyboard.press('Enter');
  expect(await models()).toHaveLength(1);
  const scores = await dialog()
    .getByText(/^Score 0\.\d{4}$/)
    .allTextContents();
  expect(scores).toHaveLength(3);
  expect(new Set(scores).size).toBe(3);
  const drawn = await dialog()
    .getByRole('img')
    .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
  expect(drawn).toEqual([RANDOM_DETECTOR_PX, RANDOM_DETECTOR_PX, RANDOM_DETECTOR_PX]);
  await dialog().getByText('104 117 123').waitFor();
  await screenshot(page, 'own-onnx-shown-back');
  expect(await findBarriers(page)).toEqual([]);
  await pressOn(button('Change what is declared'));
  expect(await dialog().getByLabel('Mean: G').inputValue()).toBe('117');
  await pressOn(button('Try it on three faces'));
  await pressOn(button('Keep it in the library'));
  await dialog().waitFor({ state: 'hidden', timeout: 60_000 });
  await page.getByRole('article', { name: NAME }).waitFor();
  expect((await own()).passport).toMatchObject({
    architecture: 'onnx',
    mean: [104, 117, 123],
    classMap: { forged: 1 },
  });
});

test('the same by its passport: the fields are filled, and it is known already', async () => {
  const passport = path.join(root, 'passport.yaml');
  const { inputPx, channelOrder, mean, std, cropRecipe, interpolation, classMap, licence, onnx } = (await own())
    .passport;
  const { input, layout, valueRange, output, answer, features } = onnx!;
  const said = {
    ...{ name: NAME, input, inputPx, layout, channelOrder, valueRange, mean, std, cropRecipe, resize: interpolation },
    ...{ output, answer, classMap, licence, features },
  };
  writeFileSync(passport, JSON.stringify({ ...said, std: [0, 1, 1] }));
  await pressOn(page.getByRole('button', { name: 'Import', exact: true }));
  await file().fill(detector);
  await dialog().getByLabel('Passport (YAML)', { exact: true }).fill(passport);
  await dialog()
    .getByRole('alert')
    .getByText(/a deviation must be above 0/)
    .waitFor();
  const right = path.join(root, 'right.yaml');
  writeFileSync(right, JSON.stringify(said));
  await dialog().getByLabel('Passport (YAML)', { exact: true }).fill(right);
  await expect.poll(() => dialog().getByLabel('Deviation: R').inputValue()).toBe('57.5');
  await pressOn(button('Try it on three faces'));
  await dialog().getByText('This file is in the library already, under these very words.').waitFor({ timeout: 60_000 });
  await pressOn(button('Keep it in the library'));
  await dialog().waitFor({ state: 'hidden', timeout: 60_000 });
  expect(await models()).toHaveLength(2);
});

test('it is validated on labelled material, stability as well, and its record stands on the screen', async () => {
  await screen('Models');
  await pressOn(page.getByRole('button', { name: new RegExp(`^${NAME}`) }));
  await pressOn(page.getByRole('button', { name: 'Validate', exact: true }));
  await page.getByLabel('Folder of the set', { exact: true }).fill(set);
  await pressOn(page.getByRole('dialog').locator('summary', { hasText: 'More' }));
  // Few faces, and a detector of chance: wide of this, most would be told to be none's.
  await page.getByLabel('False calls allowed, %').fill('40');
  await page.getByRole('checkbox', { name: /^Measure stability as well.* scores 12 pictures of each face/ }).focus();
  await page.keyboard.press('Space');
  await screenshot(page, 'validation-with-stability');
  expect(await findBarriers(page)).toEqual([]);
  await pressOn(page.getByRole('button', { name: 'Start the validation' }));
  await page.getByText('The validation is done.').waitFor({ timeout: 200_000 });
  const { validation } = await own();
  expect(validation).toMatchObject({ genuine: expect.any(Number), forged: expect.any(Number) });
  const table = page.getByRole('table', { name: 'Error rates by stability' });
  const { stable, others } = validation!.stability!;
  for (const { wrong } of [stable, others])
    await table
      .getByText(wrong.of > 0 ? `${wrong.count} of ${wrong.of}: ` : '–')
      .first()
      .waitFor();
  expect(await page.getByText(meanSentences(validation!.stability!)).count()).toBe(1);
  await screenshot(page, 'own-onnx-validated');
  await table.scrollIntoViewIfNeeded();
  await screenshot(page, 'record-stability');
  expect(await findBarriers(page)).toEqual([]);
});

test('a folder is scanned with it, and each face has its score and no view that it has not', async () => {
  await screen('Scan');
  await page.getByRole('combobox', { name: /^Model/ }).selectOption((await own()).id);
  await startScan(workstation, photographs);
  await scanIsDone(workstation, photographs);
  const { rows } = (await call(page, 'finding/query', { limit: 1000 })) as FindingPage;
  expect(rows.length).toBeGreaterThan(6);
  expect(rows.filter(({ kind }) => kind === 'scored').length).toBeGreaterThan(0);
  await screen('Faces');
  const faces = page.getByRole('listbox', { name: 'Faces' });
  await faces.getByRole('option').first().waitFor();
  await faces.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.getByText(NO_DECODER).first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test('the face is made again bit for bit', async () => {
  await pressOn(page.locator('summary', { hasText: 'Repeat and compare' }));
  await pressOn(page.getByRole('button', { name: 'Repeat and compare' }));
  await page.getByText('Identical: every quantity came out as recorded.').waitFor({ timeout: 60_000 });
  await screenshot(page, 'own-onnx-again');
});

test('its stability says how often validation faces as stable leaned wrongly', async () => {
  const { rows } = (await call(page, 'finding/query', {
    ...{ limit: 1000, filter: { leanings: ['towardsForged', 'towardsGenuine'] } },
  })) as FindingPage;
  await page.evaluate((id) => {
    location.hash = `#/inspect/${id}`;
  }, rows[0]!.verdictId);
  const section = page.locator('details', { has: page.locator('summary', { hasText: /^Stability$/ }) });
  await pressOn(section.locator('summary'));
  await pressOn(section.getByRole('button', { name: /^Measure stability/ }));
  await section.getByText(/^Keeps its leaning/).waitFor({ timeout: 100_000 });
  const row = (await call(page, 'stability/ofVerdict', { verdictId: rows[0]!.verdictId })) as StabilityRow;
  const rates = section.getByText(stabilityRates(row, (await own()).validation!.stability!));
  await rates.waitFor();
  await rates.scrollIntoViewIfNeeded();
  await screenshot(page, 'stability-with-rates');
  expect(await findBarriers(page)).toEqual([]);
});

/** Scans the photographs with one model, and makes every verdict of the case again. */
async function scanAndMakeAgain(modelId: Model['id']): Promise<RerunReport> {
  const done = async (id: Job['id']): Promise<void> => {
    const state = async () => ((await call(page, 'job/list')) as Job[]).find((one) => one.id === id)!.state;
    await expect.poll(state, { timeout: 200_000 }).toBe('done');
  };
  const scan = (await call(page, 'scan/start', { paths: [photographs], device: 'cpu', modelId })) as Job;
  await done(scan.id);
  const rerun = (await call(page, 'rerun/start', {})) as Job;
  await done(rerun.id);
  return (await call(page, 'rerun/read', { jobId: rerun.id })) as RerunReport;
}

test('a published detector comes in by the same door: its file names it', async () => {
  const weights = path.join(root, 'xception_best.pth');
  writeFileSync(weights, familyBytes(xceptionOfDeepfakeBench()));
  await screen('Models');
  await pressOn(page.getByRole('button', { name: 'Import', exact: true }));
  await file().fill(weights);
  await dialog().getByText('These are weights of Xception of DeepfakeBench.').waitFor({ timeout: 60_000 });
  expect(await dialog().getByLabel('Input size, pixels (required)').inputValue()).toBe('256');
  expect(await dialog().getByLabel('An output of 1 means').inputValue()).toBe('forged');
  await screenshot(page, 'published-import');
  expect(await findBarriers(page)).toEqual([]);
  await field('Name').fill('Xception');
  await page.keyboard.press('Enter');
  await dialog().waitFor({ state: 'hidden', timeout: 100_000 });
  await page.getByRole('article', { name: 'Xception' }).waitFor();
  const published = (await models()).find(({ name }) => name === 'Xception')!;
  expect(published.passport).toMatchObject({
    architecture: 'deepfakebench-xception',
    licence: expect.stringContaining('CC BY-NC'),
  });
  const { rows } = await scanAndMakeAgain(published.id);
  expect(rows.length).toBeGreaterThan(7);
  expect(new Set(rows.map(({ result }) => result))).toEqual(new Set(['identical']));
});

const reported = 'the report holds both detectors, each with what it was measured to do';
test(reported, { tags: ['poppler'] }, async () => {
  await screen('Report');
  const written = page.getByRole('region', { name: 'Written' });
  const paths: Record<string, string> = {};
  for (const format of ['JSON', 'PDF']) {
    await workstation.answerDialog(path.join(root, `report.${format.toLowerCase()}`));
    await pressOn(page.getByRole('button', { name: `Write ${format}` }));
    const item = written.locator('li', { hasText: format }).first();
    await item.waitFor({ timeout: 100_000 });
    paths[format] = (await item.locator('.written-path').getAttribute('title'))!;
  }
  const { models: inReport } = JSON.parse(readFileSync(paths.JSON!, 'utf8')) as ReportDocument;
  const ofArchitecture = (wanted: string) => inReport.find(({ passport }) => passport.architecture === wanted)!;
  expect(inReport).toHaveLength(2);
  expect(ofArchitecture('onnx').validation).toEqual((await own()).validation);
  expect(ofArchitecture('deepfakebench-xception').validation).toBe(null);
  const text = execFileSync('pdftotext', ['-layout', paths.PDF!, '-']).toString().replace(/\s+/g, ' ');
  expect(text).toContain(NAME);
  expect(text).toContain('ONNX as declared: input pictures (NCHW), output answer (softmax)');
  const { genuine, forged } = (await own()).validation!;
  expect(text).toContain(`${genuine} genuine, ${forged} forged`);
  expect(text).toContain(NO_DECODER);
});

test('nothing of it was an error of the page', () => {
  expect(complaints.filter((line) => !/404|Failed to load resource/.test(line))).toEqual([]);
});
