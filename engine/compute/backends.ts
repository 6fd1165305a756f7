// The providers that the installed ONNX Runtime binary knows. Runs in the compute process, where
// that binary is loaded.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Backend } from './messages.ts';
import { listSupportedBackends } from './onnxruntime.ts';

const require = createRequire(import.meta.url);

/**
 * The folder of the runtime's binary: a provider that does not come with the package is looked for
 * here, and only here.
 */
function binaryFolder(): string {
  const package_ = path.resolve(path.dirname(require.resolve('onnxruntime-node')), '..');
  return path.join(package_, 'bin', 'napi-v6', process.platform, process.arch);
}

/**
 * The shared library of a provider that is not in the binary itself, e.g.
 * libonnxruntime_providers_cuda.so.
 */
export function providerLibrary(name: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? `onnxruntime_providers_${name}.dll` : `libonnxruntime_providers_${name}.so`;
}

/** Every provider of the binary. */
export function listBackends(): Backend[] {
  const folder = binaryFolder();
  return listSupportedBackends().map(({ name, bundled }) => {
    if (bundled) return { name, library: null };
    const file = path.join(folder, providerLibrary(name));
    return { name, library: { name: file, found: existsSync(file) } };
  });
}
