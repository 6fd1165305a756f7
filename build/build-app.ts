// Builds what Electron runs to dist/app: main and the process entries as JavaScript modules in the
// folders they come from, so that what finds a file beside itself still does; the preload as one
// CommonJS file, because it is sandboxed. Packages stay outside, as they are.
import { existsSync, globSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { type BuildEnvironmentOptions, build } from 'vite';

const root = path.resolve(import.meta.dirname, '..');
const outDir = path.join(root, 'dist/app');

/** Main, and every process the engine may be asked to start. */
const ENTRIES = ['electron/main.ts', ...globSync('engine/**/*-process.ts', { cwd: root })];

/** Left to be found at run time: Electron, and everything from node_modules. */
const isPackage = (id: string): boolean => !id.startsWith('.') && !path.isAbsolute(id);

/** One bundle for Node into `outDir`, beside what is there. */
async function bundle(rolldownOptions: NonNullable<BuildEnvironmentOptions['rolldownOptions']>): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: false,
      minify: false,
      target: 'node24',
      copyPublicDir: false,
      ssr: true,
      rolldownOptions,
    },
  });
}

const buildProcesses = (): Promise<void> =>
  bundle({
    input: ENTRIES.map((entry) => path.join(root, entry)),
    external: isPackage,
    output: { format: 'es', preserveModules: true, preserveModulesRoot: root, entryFileNames: '[name].js' },
  });

const buildPreload = (): Promise<void> =>
  bundle({
    input: path.join(root, 'electron/preload.ts'),
    external: ['electron'],
    output: { format: 'cjs', entryFileNames: 'electron/preload.cjs' },
  });

/** True when a source is younger than what was built last. */
function isStale(): boolean {
  const built = path.join(outDir, 'electron/preload.cjs');
  if (!existsSync(built)) return true;
  const { mtimeMs } = statSync(built);
  const sources = globSync('{electron,engine,contract,models}/**/*.ts', { cwd: root });
  return [...sources, 'package-lock.json', 'build/build-app.ts'].some(
    (file) => statSync(path.join(root, file)).mtimeMs > mtimeMs,
  );
}

/** Builds both where needed. Throws with the bundler's words when it cannot. */
export async function buildApp(force = false): Promise<void> {
  if (!force && !isStale()) return;
  rmSync(outDir, { recursive: true, force: true });
  await buildProcesses();
  await buildPreload();
}

if (import.meta.main) await buildApp(process.argv.includes('--force'));
