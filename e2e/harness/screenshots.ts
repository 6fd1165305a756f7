// Every screen of a journey at the two sizes it is judged at, in .cache/screenshots, when
// RECCE_SCREENSHOTS is set: to be looked at, not kept. The guide's own pictures come from
// picture-of.ts.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

const cache = path.resolve(import.meta.dirname, '../../.cache');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

/** True when screens are to be looked at. */
export const makesScreenshots = process.env.RECCE_SCREENSHOTS !== undefined;

/** Takes `name` at both sizes; the page is then as it was. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!makesScreenshots) return;
  const folder = path.join(cache, 'screenshots');
  mkdirSync(folder, { recursive: true });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.waitForTimeout(600);
    await page.screenshot({ path: path.join(folder, `${name}-${size.width}.png`) });
  }
  await page.setViewportSize(SIZES[0]!);
}

/** What the page shows when a journey fails, for whoever looks into it. */
export async function failureScreenshot(page: Page, name: string): Promise<void> {
  const file = path.join(cache, 'failures', `${name.replace(/\W+/g, '-')}.png`);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  console.error(`What the page showed: ${file}`);
}
