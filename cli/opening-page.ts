// How the address with its token gets to the browser: in a file that only this user may read. On a
// command line every user of the machine could read it, and the first one there is admitted.
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type OpeningPage = { file: string; remove(): void };

/** A page below `folder` that leads to `address`. */
export function writeOpeningPage(folder: string, address: string): OpeningPage {
  const file = path.join(folder, `open-${randomUUID()}.html`);
  mkdirSync(folder, { recursive: true });
  const href = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${href}"><title>Recce Workstation</title><p><a href="${href}">Open Recce Workstation</a></p>\n`;
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' });
  return { file, remove: () => rmSync(file, { force: true }) };
}
