// Pictures for the guide, made only when RECCE_SCREENSHOTS is set: what a journey shows, at the two sizes it is judged at.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

const folder = path.resolve(import.meta.dirname, '../../docs/guide/images');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

/** True when the guide's pictures are being made. */
export const makesScreenshots = process.env.RECCE_SCREENSHOTS !== undefined;

/** Takes `name` at both sizes; the page is then as it was. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!makesScreenshots) return;
  mkdirSync(folder, { recursive: true });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.waitForTimeout(600);
    const png = await page.screenshot();
    await sharp(png)
      .webp({ quality: 82, effort: 6, smartSubsample: true })
      .toFile(path.join(folder, `${name}-${size.width}.webp`));
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
