// Journey: an examiner is handed a case on a disc. It is opened for viewing, every screen says so,
// and nothing that would change it is offered. In the same breath: a model whose card cannot be
// read is named where models are.
// @module-tag chromium
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ModelId } from '../contract/brand.ts';
import { sha256Of } from '../engine/blobs/blob-store.ts';
import { closeCase, createCase } from '../engine/case/open-case.ts';
import { addFile, addRefused, testModel } from '../engine/case/testing/case-material.ts';
import { keepValidation } from '../engine/library/validation-store.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { makeSmallDisk } from '../engine/survival/testing/small-disk.ts';
import { recordMadeAt } from '../engine/validate/testing/record-made-at.ts';
import { launch } from './harness/launch.ts';
import { screenshot } from './harness/screenshots.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-read-only-'));
const home = path.join(root, 'home');
const disk = makeSmallDisk(path.join(root, 'disk'), 16);
let workstation: LaunchedWorkstation | undefined;
afterAll(async () => {
  await workstation?.close();
  disk?.remove();
  rmSync(root, { recursive: true, force: true });
});

/** A case of two files on a disk that cannot be written, or in a folder that cannot. */
function makeUnwritableCase(): string {
  const made = path.join(root, 'case');
  const opened = createCase(made, { title: 'On a disc', reference: 'R-7', demonstration: false });
  addFile(opened, 'one.jpg', [0.9, 0.2]);
  addFile(opened, 'two.jpg', []);
  // Shown as the first by path: a file that is there, so that what it is made of can be read.
  const photograph = samplePhotograph(3);
  addRefused(opened, 'a.jpg', photograph);
  const sha256 = sha256Of(readFileSync(photograph));
  addFile(opened, 'a.jpg', [0.5], { path: photograph, sha256 });
  // The disc brings it along: no other file is opened of a case that was made elsewhere.
  mkdirSync(path.join(made, 'evidence'));
  cpSync(photograph, path.join(made, 'evidence', sha256));
  closeCase(opened);
  const folder = path.join(disk?.folder ?? root, 'disc');
  cpSync(made, folder, { recursive: true });
  if (disk) disk.setWritable(false);
  else chmodSync(folder, 0o555);
  return folder;
}

test('a case that cannot be written is shown with a banner, and what would change it is not offered', async () => {
  mkdirSync(path.join(home, 'models'), { recursive: true });
  writeFileSync(path.join(home, 'models', `${'c'.repeat(64)}.card.json`), '{"name": "cut sh');
  // The case's model is in the library, and was validated after the case's verdicts were made.
  const { id, ...card } = testModel;
  writeFileSync(path.join(home, 'models', `${id}.card.json`), JSON.stringify(card));
  await keepValidation(path.join(home, 'models'), id as ModelId, recordMadeAt('2026-02-01T00:00:00.000Z'));
  workstation = await launch({ home, case: makeUnwritableCase() });
  const { page } = workstation;
  const banner = page.getByRole('note').filter({ hasText: /Open for viewing only/ });
  await banner.waitFor();
  await expect.poll(() => page.getByRole('listbox', { name: 'Faces' }).getByRole('option').count()).toBe(5);
  expect(await page.getByRole('switch', { name: 'Blind review' }).count()).toBe(0);
  expect(await page.getByRole('region', { name: 'Saved views' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Save view' }).count()).toBe(0);
  await screenshot(page, 'read-only-faces');
  await page
    .getByRole('listbox', { name: 'Faces' })
    .getByRole('option', { name: /a\.jpg/ })
    .first()
    .dblclick();
  const dossier = page.getByRole('complementary', { name: 'About this face' });
  await dossier.getByText('Its model has a later validation record.').waitFor();
  await dossier
    .getByText(/This result was made without a validation record; this workstation has a later one/)
    .waitFor();
  await screenshot(page, 'later-record');
  await dossier.getByText('Structure and credentials').click();
  await dossier
    .getByText('Read from the file just now and not recorded: this case is open for viewing only.')
    .waitFor();
  await dossier.getByRole('heading', { name: 'JPEG structure' }).waitFor();
  await screenshot(page, 'read-only-provenance');
  // The file was refused at an earlier look: each of its two rows leads to the other.
  await dossier.getByText('This file could not be read at an earlier look.').waitFor();
  await screenshot(page, 'refused-before');
  await dossier.getByRole('button', { name: 'Show the refusal' }).click();
  const shown = page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
  await expect.poll(() => shown.count()).toBe(1);
  await shown.dblclick();
  await dossier.getByText('This file could be read at a later look.').waitFor();
  await dossier.getByRole('button', { name: 'Show its results' }).click();
  await expect.poll(() => shown.first().textContent()).toContain('raw score 0.50');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page
    .getByRole('link', { name: 'Scan' })
    .or(page.getByRole('button', { name: 'Scan', exact: true }))
    .click();
  await page.getByText('This case is open for reading only.').waitFor();
  expect(await page.getByRole('button', { name: 'Start the scan' }).isDisabled()).toBe(true);
  expect(await banner.isVisible()).toBe(true);
  await page
    .getByRole('link', { name: 'Models' })
    .or(page.getByRole('button', { name: 'Models', exact: true }))
    .click();
  await page.getByText(/cannot be used/).waitFor();
  await screenshot(page, 'broken-model');
});
