// A secret of this installation, made by chance at its first use: what was bound with it was bound
// here. It never leaves the application's folder; where that cannot be written, it lasts as long as
// the process.
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const KEY_BYTES = 32;

/** Reads the key in `folder`, or makes it, readable by its owner alone. */
export function installationKey(folder: string): Buffer {
  const file = path.join(folder, 'installation-key');
  const known = read(file);
  if (known) return known;
  const made = randomBytes(KEY_BYTES);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, made, { flag: 'wx', mode: 0o600 });
    return made;
  } catch {
    // Another process may have made it in between.
    return read(file) ?? made;
  }
}

function read(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.length === KEY_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** What only this installation can say of `text`, as hex. */
export const boundHere = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex');
