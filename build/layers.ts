// The layer check: who may import whom, as a table. `node build/layers.ts` prints every import the table forbids, quoting
// the row, and exits 1. The table is the one in docs/architecture.md.
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** One row: files under `folder` may import only `own` folders of ours and `packages`; `why` is quoted in the failure. */
export type LayerRow = { folder: string; own: readonly string[]; packages: readonly string[] | 'any'; why: string };

const ENGINE_TOP = ['engine', 'contract', 'models'];
/** Most specific folder first: the first row whose folder holds the file judges it. */
export const LAYERS: readonly LayerRow[] = [
  {
    folder: 'contract',
    own: ['contract'],
    packages: ['zod', '@orpc/contract'],
    why: 'contract imports only zod and the RPC contract package',
  },
  {
    folder: 'models',
    own: ['models'],
    packages: ['@bufbuild/protobuf'],
    why: 'models is pure: no contract, no Node, no DOM',
  },
  {
    folder: 'engine/case',
    own: ['engine/case', 'contract'],
    packages: ['node:', 'better-sqlite3', 'kysely'],
    why: 'case knows only contract; the only folder with SQL',
  },
  {
    folder: 'engine/media',
    own: ['engine/media', 'engine/process', 'contract', 'models'],
    packages: ['node:', 'sharp', 'exifr', 'node-av', '@contentauth/c2pa-wasm'],
    why: 'media knows contract and models',
  },
  {
    folder: 'engine/compute/onnxruntime.ts',
    own: ['engine/compute/no-telemetry.ts'],
    packages: ['onnxruntime-node'],
    why: 'the one door to ONNX Runtime silences it first',
  },
  {
    folder: 'engine/compute',
    own: ['engine/compute', 'engine/process', 'contract', 'models'],
    packages: ['node:'],
    why: 'compute knows contract and models; ONNX Runtime comes through its onnxruntime.ts',
  },
  {
    folder: 'engine/blobs',
    own: ['engine/blobs', 'contract', 'models'],
    packages: ['node:'],
    why: 'blobs knows contract and models',
  },
  {
    folder: 'engine/process',
    own: ['engine/process', 'contract'],
    packages: ['node:'],
    why: 'process supervision knows only contract',
  },
  {
    folder: 'engine/jobs',
    own: ['engine/jobs', 'engine/case', 'contract'],
    packages: ['node:'],
    why: 'jobs knows case; scan and train register with it',
  },
  {
    folder: 'engine/farm',
    own: [
      'engine/farm',
      'engine/scan',
      'engine/jobs',
      'engine/case',
      'engine/media',
      'engine/blobs',
      'engine/process',
      'contract',
      'models',
    ],
    packages: ['node:', 'zod', 'bullmq', 'ioredis'],
    why: 'farm spreads what scan examines; the only folder with the queue and its client',
  },
  {
    folder: 'engine',
    own: ENGINE_TOP,
    packages: [
      '!electron',
      '!react',
      '!react-dom',
      '!onnxruntime-node',
      '!better-sqlite3',
      '!kysely',
      '!bullmq',
      '!ioredis',
    ],
    why: 'engine has no window; SQL stays in case, ONNX Runtime in compute, the queue of many machines in farm',
  },
  {
    folder: 'electron',
    own: ['electron', 'contract', 'engine/supervise.ts'],
    packages: ['node:', 'electron', '@orpc/server', '@orpc/client'],
    why: 'electron is thin: no SQL, no ONNX, no React',
  },
  {
    folder: 'renderer',
    own: ['renderer', 'contract'],
    packages: ['!electron', '!node:', '!onnxruntime-node', '!better-sqlite3', '!sharp', '!kysely'],
    why: 'renderer knows contract and the DOM',
  },
  {
    folder: 'cli',
    own: ['cli', 'contract', 'engine/index.ts', 'engine/serve.ts', 'models'],
    packages: ['!electron', '!react', '!react-dom', '!onnxruntime-node', '!better-sqlite3', '!kysely'],
    why: 'cli is argv -> one contract call',
  },
  {
    folder: 'bench',
    own: ['bench', 'contract', 'engine', 'models'],
    packages: ['!electron', '!react', '!react-dom', '!onnxruntime-node'],
    why: 'bench measures engine and models; ONNX Runtime comes through compute',
  },
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const inside = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);

function mayImportPackage(row: LayerRow, spec: string): boolean {
  if (row.packages === 'any') return true;
  const name =
    spec.startsWith('node:') || builtinModules.includes(spec)
      ? 'node:'
      : spec
          .split('/')
          .slice(0, spec.startsWith('@') ? 2 : 1)
          .join('/');
  const forbids = row.packages.filter((p) => p.startsWith('!'));
  return forbids.length > 0 ? !forbids.includes(`!${name}`) : row.packages.includes(name);
}

/** Every forbidden import in `files` (paths relative to the repository root, with `/`), as sentences. */
export function findForbiddenImports(files: readonly string[], read: (file: string) => string): string[] {
  return files.flatMap((file) => {
    const row = LAYERS.find((r) => inside(file, r.folder));
    if (!row) return [];
    return [...read(file).matchAll(IMPORT)].flatMap((match) => {
      const spec = match[1] ?? match[2] ?? match[3] ?? '';
      const target = spec.startsWith('.') ? path.posix.join(path.posix.dirname(file), spec) : undefined;
      const allowed =
        target === undefined ? mayImportPackage(row, spec) : row.own.some((folder) => inside(target, folder));
      return allowed ? [] : [`${file} imports ${spec}: ${row.why} (row "${row.folder}" of build/layers.ts)`];
    });
  });
}

if (import.meta.main) {
  const files = globSync('{contract,models,engine,electron,renderer,cli,bench}/**/*.{ts,tsx}', { cwd: root })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !/\.test\.tsx?$/.test(file));
  const found = findForbiddenImports(files, (file) => readFileSync(path.join(root, file), 'utf8'));
  for (const line of found) console.error(line);
  console.log(`layers: ${files.length} files, ${found.length} forbidden imports`);
  if (found.length > 0) process.exit(1);
}
