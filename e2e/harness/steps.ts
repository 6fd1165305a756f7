// What an examiner does in several journeys, in their words. Choosing goes through native dialogs where there are any.
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
