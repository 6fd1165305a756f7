// Pictures for the guide, made only when RECCE_SCREENSHOTS is set: what a journey shows at 1280 x 800. The same at 1920 x 1080
// goes to .cache/screenshots, to be looked at and not kept.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

const root = path.resolve(import.meta.dirname, '../..');
const SIZES = [
  { width: 1280, height: 800, folder: path.join(root, 'docs/guide/images') },
  { width: 1920, height: 1080, folder: path.join(root, '.cache/screenshots') },
];

/** True when the guide's pictures are being made. */
export const makesScreenshots = process.env.RECCE_SCREENSHOTS !== undefined;

/** Takes `name` at both sizes; the page is then as it was. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!makesScreenshots) return;
  for (const { folder, ...size } of SIZES) {
    mkdirSync(folder, { recursive: true });
    await page.setViewportSize(size);
    await page.waitForTimeout(600);
    const png = await page.screenshot();
    await sharp(png)
      .webp({ quality: 82, effort: 6, smartSubsample: true })
      .toFile(path.join(folder, `${name}.webp`));
  }
  await page.setViewportSize(SIZES[0]!);
}

/** What the page shows when a journey fails, for whoever looks into it. */
export async function failureScreenshot(page: Page, name: string): Promise<void> {
  const file = path.resolve(import.meta.dirname, '../../.cache/failures', `${name.replace(/\W+/g, '-')}.png`);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  console.error(`What the page showed: ${file}`);
}
