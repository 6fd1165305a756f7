// A text file replaced as a whole: the records of training runs and the lists of cut faces.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Under its name is always a whole text: the one before or the new one. */
export async function replaceText(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
}
