// Where Electron's binary is, if it is here at all. Asking its package itself would fetch it from
// the network.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../node_modules/electron');

/** Path of the binary, undefined where it was never fetched. */
export function findElectron(): string | undefined {
  const named = path.join(folder, 'path.txt');
  if (!existsSync(named)) return undefined;
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist');
  const binary = path.join(dist, readFileSync(named, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}
