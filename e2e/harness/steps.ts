// What an examiner does in several journeys, in their words. Choosing goes through native dialogs
// where there are any.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { LaunchedWorkstation } from './workstation.ts';

/** Makes a case in `parent` from the Cases screen; the Scan screen is shown afterwards. */
export async function makeCase({ page }: LaunchedWorkstation, parent: string, title: string): Promise<void> {
  await page
    .getByRole('link', { name: 'Cases' })
    .or(page.getByRole('button', { name: 'Cases', exact: true }))
    .click();
  await page.getByRole('button', { name: /^New case/ }).click();
  await page.getByLabel('Title').fill(title);
  await page.getByRole('dialog').getByLabel('Examiner').fill('A. Examiner');
  await page.getByLabel('Case folder').fill(parent);
  await page.getByRole('button', { name: 'Create case' }).click();
  await page.getByRole('heading', { name: 'Scan', exact: true }).waitFor();
  // What was done in the case before is not shown in this one.
  await expect.poll(() => page.getByRole('article').count()).toBe(0);
}

/** Adds a folder on the Scan screen and starts the scan. */
export async function startScan(workstation: LaunchedWorkstation, folder: string): Promise<void> {
  const { page } = workstation;
  await workstation.answerDialog(folder);
  await page.getByRole('button', { name: 'Add a folder' }).click();
  if (workstation.kind === 'browser') {
    await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    // The list is that of the folder asked for once its first file shows.
    await page.getByRole('button', { name: /\.jpg/ }).first().waitFor();
    await page.getByRole('button', { name: 'Choose this folder' }).click();
  }
  await page.getByText(folder).first().waitFor();
  await page.getByRole('button', { name: 'Start the scan' }).click();
}

/** Waits for the scan of `folder` to end well. */
export async function scanIsDone({ page }: LaunchedWorkstation, folder: string): Promise<void> {
  const done = page.getByRole('article', { name: /: Done$/ }).filter({ hasText: folder });
  await done.first().waitFor({ timeout: 110_000 });
}

/** Every tile of the Faces screen, in words. */
export async function tiles({ page }: LaunchedWorkstation): Promise<string[]> {
  const options = page.getByRole('listbox', { name: 'Faces' }).getByRole('option');
  await options.first().waitFor();
  const words = () => options.evaluateAll((all) => all.map((one) => one.querySelector('.unseen')?.textContent ?? ''));
  await expect.poll(words).not.toContain('Loading');
  return words();
}

/** Waits until a dialog that records something hears keys. */
export const hears = (page: Page, name: string | RegExp) =>
  page.getByRole('dialog', { name }).and(page.locator('dialog:not([data-deaf])')).waitFor();

/**
 * Says who is examining, and how, in the dialog that asks; by a name already known or a new one.
 */
export async function examineAs(page: Page, name: string, review: 'Open review' | 'Blind review'): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Who is examining?' });
  await hears(page, 'Who is examining?');
  await dialog.getByRole('textbox').fill(name);
  await dialog.getByRole('radio', { name: review }).check();
  await dialog.getByRole('button', { name: /^Examine as/ }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Looks at the case without a name, from the dialog that asks or from the screen behind it. */
export async function lookWithoutName(page: Page): Promise<void> {
  const shown = page.getByRole('dialog').or(page.locator('body:not(:has(dialog[open]))'));
  await shown.getByRole('button', { name: 'Look without a name' }).click();
}

/** Leaves blind review through the question that is asked first. */
export async function leaveBlind(page: Page): Promise<void> {
  await page.getByRole('switch', { name: 'Blind review' }).click();
  await hears(page, 'Leave blind review?');
  await page.getByRole('button', { name: 'Show the scores' }).click();
  await page.getByRole('dialog', { name: 'Leave blind review?' }).waitFor({ state: 'hidden' });
}

/** Waits for the pictures of the faces on screen: no opinion is taken on one that is not drawn. */
export async function facesDrawn(page: Page): Promise<void> {
  const missing = (): number =>
    [...document.querySelectorAll('.grid-scroller img:not([data-drawn])')].filter((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    }).length;
  await expect.poll(() => page.evaluate(missing)).toBe(0);
}

/** Waits for the picture of what is inspected: no opinion is taken on it before. */
export const inspectedDrawn = (page: Page) =>
  page.getByRole('region', { name: 'Comparison' }).and(page.locator('[data-drawn]')).waitFor();
