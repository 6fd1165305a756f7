// Journey: a laboratory has two detectors, RECCE and a network of its own, and wants one answer. In
// the window: fuse them on labelled faces, read the record, scan with the fused one, see where the
// detectors disagree, and what each says of a face.
// @module-tag chromium
// @module-tag ps
import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FindingFacets, FindingPage } from '../contract/finding.ts';
import type { Model } from '../contract/model.ts';
import { leaningKept, type StabilityRow } from '../contract/stability.ts';
import { stabilitySentence } from '../contract/wording.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { importOwnNetwork } from '../engine/testing/own-network.ts';
import { makeTintedSet } from '../engine/testing/tinted-set.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { screenshot } from './harness/screenshots.ts';
import { makeCase, scanIsDone, startScan } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-one-answer-'));
const [set, photographs, home] = ['set', 'photographs', 'home'].map((name) => path.join(root, name)) as [
  string,
  string,
  string,
];
/** Fusing scores every face twice. */
const LONG_MS = 900_000;
let workstation: LaunchedWorkstation;
let page: Page;

beforeAll(async () => {
  await makeTintedSet(set, [1, 2, 4, 6], { from: 1.05 });
  for (const folder of [photographs, home]) mkdirSync(folder);
  for (const n of [1, 2]) copyFileSync(samplePhotograph(n), path.join(photographs, `${n}.jpg`));
  const engine = await createEngine({ appDataFolder: home });
  const client = createClient(engine);
  await importOwnNetwork(client, root);
  for (const { id } of await client.model.list())
    for await (const _ of await client.model.validate({ modelId: id, folder: set }));
  await engine.close();
  workstation = await launch({ home });
  page = workstation.page;
  page.setDefaultTimeout(110_000);
}, LONG_MS);
afterAll(() => workstation?.close());

const goTo = (screen: string) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click();

test(
  'two detectors are fused in the window, and the record says what each and both are worth',
  async () => {
    await makeCase(workstation, path.join(root, 'cases'), 'One answer');
    await goTo('Models');
    await page.getByRole('button', { name: /of our own/ }).click();
    await page.getByRole('button', { name: 'Fuse…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Fuse of our own with others' });
    await dialog.getByRole('checkbox').first().check();
    await dialog.getByLabel('Folder of the set').fill(set);
    await dialog.getByLabel('Name of the new model').fill('Both');
    await screenshot(page, 'fuse-dialog');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Fuse', exact: true }).click();
    await page.getByRole('article', { name: 'Both' }).waitFor({ timeout: LONG_MS });
    await page.getByRole('heading', { name: 'Each part by itself on the same faces, and the whole' }).waitFor();
    await page.getByText(/correlation of their likelihood ratios/).waitFor();
    await screenshot(page, 'fused-record');
    await page.getByText('How far they err together').scrollIntoViewIfNeeded();
    await screenshot(page, 'fused-record-parts');
    expect(await findBarriers(page)).toEqual([]);
  },
  LONG_MS,
);

test(
  'it is scanned with its parts, and Inspect says what each of them says',
  async () => {
    await goTo('Scan');
    const form = page.getByRole('region', { name: 'New scan' });
    const both = ((await call(page, 'model/list')) as Model[]).find(({ name }) => name === 'Both')!;
    await form.getByLabel(/^Model/).selectOption(both.id);
    await form.getByRole('checkbox', { name: 'of our own' }).check();
    await screenshot(page, 'scan-several');
    expect(await findBarriers(page)).toEqual([]);
    await startScan(workstation, photographs);
    await scanIsDone(workstation, photographs);
    await page.getByText(/Both · of our own/).waitFor();
    await screenshot(page, 'scan-several-done');
    const { byModel, disagreed } = (await call(page, 'finding/facets', { filter: {} })) as FindingFacets;
    expect(byModel.filter(({ findings }) => findings > 0)).toHaveLength(3);
    expect(disagreed).not.toBeNull();

    await goTo('Faces');
    await page.getByRole('listbox', { name: 'Faces' }).getByRole('option').first().waitFor();
    const facet = page.getByRole('region', { name: 'Models' }).getByRole('checkbox');
    await facet.check();
    const tiles = page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
    await expect.poll(() => tiles.count()).toBe(disagreed);
    await screenshot(page, 'faces-disagree');
    await facet.uncheck();
    await tiles.first().dblclick();
    await page.getByRole('region', { name: 'Other models' }).waitFor();
    expect(await page.getByRole('region', { name: 'Other models' }).textContent()).toMatch(/measured: AUC .*Cllr/);
    await page.getByRole('region', { name: 'Other models' }).scrollIntoViewIfNeeded();
    await screenshot(page, 'inspect-others');
    expect(await findBarriers(page)).toEqual([]);
  },
  LONG_MS,
);

test(
  'how firm a result is stands with it in Inspect, is asked for by a key of a selection, and of all that lean',
  async () => {
    const section = page.locator('details', { has: page.locator('summary', { hasText: /^Stability$/ }) });
    await section.locator('summary').click();
    await section.getByRole('button').scrollIntoViewIfNeeded();
    await screenshot(page, 'stability-before');
    await section.getByRole('button', { name: /^Measure stability/ }).click();
    await section.getByText(/^Keeps its .* in \d+ of 11 alterations of battery v1\.$/).waitFor();
    expect(await section.getByRole('row').count()).toBe(12);
    await section.getByRole('table').scrollIntoViewIfNeeded();
    await screenshot(page, 'stability');
    expect(await findBarriers(page)).toEqual([]);
    const measured = async (): Promise<StabilityRow[]> =>
      ((await call(page, 'stability/read', {})) as { rows: StabilityRow[] }).rows;
    const [row] = await measured();
    expect(await section.getByText(stabilitySentence(row!)).count()).toBe(1);
    expect(leaningKept(row!)).toBeDefined();

    await goTo('Faces');
    const tiles = page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
    await tiles.first().click();
    await page.keyboard.press('b');
    await page.getByText(/Stability measured of 1 result\. See it with each face/).waitFor();
    await page.getByRole('button', { name: 'Stability of all that lean' }).click();
    const { rows } = (await call(page, 'finding/query', {
      ...{ sort: { by: 'path', direction: 'ascending' }, offset: 0, limit: 100 },
      filter: { leanings: ['towardsForged', 'towardsGenuine'] },
    })) as FindingPage;
    const told = rows.length === 0 ? 'Nothing here leans' : `Stability measured of ${rows.length} result`;
    await page
      .getByText(new RegExp(`^${told}`))
      .last()
      .waitFor();
    await screenshot(page, 'stability-of-all');
    await goTo('Activity');
    await page.getByText('Stability of verdicts measured').first().waitFor();
  },
  LONG_MS,
);
