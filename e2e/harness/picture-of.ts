// Pictures of screens: always taken, so that a journey looks at what it says; kept for the guide
// when RECCE_PICTURES names a folder.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

/** Takes a picture of the page as it is; its bytes. */
export async function pictureOf(page: Page, name: string): Promise<Buffer> {
  const folder = process.env.RECCE_PICTURES;
  if (folder) mkdirSync(folder, { recursive: true });
  return page.screenshot({ animations: 'disabled', ...(folder ? { path: path.join(folder, `${name}.png`) } : {}) });
}
