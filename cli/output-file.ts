// A file that a command writes itself: asked of the engine's guard before the work begins and again
// when it is written, and whole or not there.
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '../engine/index.ts';

/**
 * Writes the content to `named`, nothing where none was named. `inputs` is what the command reads.
 * Rejects before any work for a place that is evidence.
 */
export async function outputFile(
  client: Client,
  named: string | undefined,
  inputs: readonly string[],
): Promise<(content: string) => Promise<void>> {
  if (named === undefined) return async () => {};
  const file = path.resolve(named);
  const check = () => client.output.check({ path: file, inputs: inputs.map((one) => path.resolve(one)) });
  await check();
  return async (content) => {
    await check();
    const temporary = `${file}.tmp`;
    try {
      await writeFile(temporary, content);
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
}
