// Which inference runtime is installed, for the verdicts' parameters. Read from the package,
// without loading its binary.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

function version(): string {
  const main = require.resolve('onnxruntime-node');
  const file = path.join(
    main.slice(0, main.lastIndexOf('onnxruntime-node') + 'onnxruntime-node'.length),
    'package.json',
  );
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** e.g. `onnxruntime 1.30.0`. */
export const RUNTIME_VERSION = `onnxruntime ${version()}`;
