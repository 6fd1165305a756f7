// The layer check: who may import whom, as a table. `node build/layers.ts` prints every import the
// table forbids, quoting the row, and exits 1; `--write` puts the table into docs/architecture.md,
// which a test holds against it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/**
 * One row: files under `folder` may import only `own` folders of ours and `packages`; `why` is
 * quoted in the failure. `tests` are the places that its tests may use besides. What is `onlyFor`
 * a folder is imported by nothing outside it.
 */
export type LayerRow = {
  folder: string;
  own: readonly string[];
  packages: readonly string[] | 'any';
  why: string;
  tests?: readonly string[];
  onlyFor?: string;
};

/** What every test may use beside its row: the engine's doors, and a photograph with faces. */
const OF_TESTS = ['engine/index.ts', 'engine/serve.ts', 'engine/media/finder-weights.ts', 'build/test-needs.ts'];

// The engine's storeys, from the ground up; an arrow only goes down.
const GROUND = ['engine/files', 'engine/async', 'engine/process', 'engine/archives', 'contract', 'models'];
const CAPABILITIES = [...GROUND, 'engine/case', 'engine/blobs', 'engine/media', 'engine/compute'];
const TRUNK = [...CAPABILITIES, 'engine/examine'];
const BELOW_WORK = [...TRUNK, 'engine/library', 'engine/jobs', 'engine/custody', 'engine/datasets'];
const LINES_OF_WORK = ['scan', 'rerun', 'persons', 'copies', 'validate', 'train', 'portable', 'report'].map(
  (name) => `engine/${name}`,
);
/** Lines of work lie side by side and never reach into each other. */
const line = (name: string, packages: readonly string[], why: string): LayerRow => ({
  folder: `engine/${name}`,
  own: [`engine/${name}`, ...BELOW_WORK],
  packages: ['node:', ...packages],
  why: `${why}; never another line of work`,
});
const SQL = ['node:', 'kysely'];

const ENGINE_LAYERS: readonly LayerRow[] = [
  {
    folder: 'engine/async',
    own: ['engine/async', 'contract'],
    packages: ['node:'],
    why: 'ground: orders asynchronous work and knows nothing of ours',
  },
  {
    folder: 'engine/files',
    own: ['engine/files', 'engine/async', 'contract'],
    packages: ['node:', 'zod'],
    why: 'ground: files on a disk, whatever is in them',
  },
  {
    folder: 'engine/archives',
    own: ['engine/archives', 'engine/files', 'contract'],
    packages: ['node:'],
    why: 'ground: files inside archives, read where they lie; knows no case and writes nothing',
  },
  {
    folder: 'engine/process',
    own: ['engine/process', 'engine/async', 'contract'],
    packages: ['node:'],
    why: 'ground: supervised child processes',
  },
  {
    folder: 'engine/case/db',
    own: ['engine/case/db', 'engine/files', 'contract'],
    packages: [...SQL, 'better-sqlite3'],
    why: 'the connection and the layout of a case database; the only folder with the SQLite driver',
  },
  {
    folder: 'engine/case/log',
    own: ['engine/case/log', 'engine/case/db', 'engine/files', 'contract'],
    packages: SQL,
    why: 'the audit log stands on the database alone',
  },
  {
    folder: 'engine/case/rows',
    own: ['engine/case/rows', 'engine/case/log', 'engine/case/db', 'engine/files', 'contract'],
    packages: SQL,
    why: 'one file of queries a noun, above log and database',
  },
  {
    folder: 'engine/case/groups',
    own: ['engine/case/groups', 'engine/case/rows', 'engine/case/log', 'engine/case/db', 'engine/files', 'contract'],
    packages: ['zod', 'node:'],
    why: 'groups of faces: the file they are kept in, and how they stand',
  },
  {
    folder: 'engine/case/grid',
    own: ['engine/case/grid', 'engine/case/groups', 'engine/case/rows', 'engine/case/db', 'engine/files', 'contract'],
    packages: SQL,
    why: 'the questions of the grid read rows and write none',
  },
  {
    folder: 'engine/case/custody',
    own: ['engine/case', 'engine/files', 'contract'],
    packages: SQL,
    why: 'seals, backups and the check of the rows, above everything else of a case',
  },
  {
    folder: 'engine/case',
    own: [
      'engine/case',
      'engine/case/db',
      'engine/case/log',
      'engine/case/rows',
      'engine/case/groups',
      'engine/files',
      'contract',
    ],
    packages: [...SQL, 'zod'],
    why: 'the door of a case folder; SQL stays below it',
  },
  {
    folder: 'engine/blobs',
    own: ['engine/blobs', 'engine/files', 'engine/async', 'engine/archives', 'contract', 'models'],
    packages: ['node:'],
    why: 'files by SHA-256; no case, no pixels',
  },
  {
    folder: 'engine/media',
    own: ['engine/media', ...GROUND],
    packages: ['node:', 'sharp', 'exifr', 'node-av', '@contentauth/c2pa-wasm'],
    why: 'bytes to pixels and metadata; no case, no inference',
    tests: ['engine/compute/compute.ts'],
  },
  {
    folder: 'engine/compute/onnxruntime.ts',
    own: ['engine/compute/no-telemetry.ts'],
    packages: ['onnxruntime-node'],
    why: 'the one door to ONNX Runtime silences it first',
  },
  {
    folder: 'engine/compute',
    own: ['engine/compute', 'engine/compute/onnxruntime.ts', ...GROUND],
    packages: ['node:'],
    why: 'inference and training steps; ONNX Runtime comes through its onnxruntime.ts',
  },
  {
    folder: 'engine/examine',
    own: ['engine/examine', 'engine/blobs', 'engine/media', 'engine/compute', ...GROUND],
    packages: ['node:'],
    why: 'the trunk: bytes to outcomes, knowing no case and no job',
  },
  {
    folder: 'engine/library',
    own: ['engine/library', ...TRUNK],
    packages: ['node:', 'zod', 'yaml'],
    why: 'models and their records, above examination',
  },
  {
    folder: 'engine/jobs',
    own: ['engine/jobs', 'engine/case', ...GROUND],
    packages: ['node:'],
    why: 'the durable queue knows the case; lines of work register with it',
  },
  {
    folder: 'engine/custody',
    own: ['engine/custody', 'engine/jobs', ...CAPABILITIES],
    packages: ['node:'],
    why: 'what keeps a case whole, above case and blobs',
  },
  {
    folder: 'engine/datasets',
    own: ['engine/datasets', 'engine/library', ...TRUNK],
    packages: ['node:', 'zod', 'sharp', 'yaml'],
    why: 'labelled faces and forgeries, for training and validation',
  },
  {
    folder: 'engine/scan/farm',
    own: ['engine/scan', ...BELOW_WORK],
    packages: ['node:', 'zod', 'bullmq', 'ioredis'],
    why: 'the same scan over many machines; the only folder with the queue and its client',
  },
  {
    folder: 'engine/scan',
    own: ['engine/scan', ...BELOW_WORK],
    packages: ['node:'],
    why: 'a line of work: files to rows; never another line of work',
  },
  line('rerun', ['sharp'], 'a line of work: verdicts made again'),
  line('persons', [], 'a line of work: faces to embeddings, and which lie near'),
  line('copies', [], 'a line of work: pictures to hashes, and which are near copies'),
  line('validate', [], 'a line of work: labelled faces to a validation record'),
  line('train', ['zod', 'yaml', 'sharp'], 'a line of work: labelled faces to weights'),
  line('portable', ['yauzl', 'yazl', 'zod'], 'a line of work: a case as one file'),
  line(
    'report',
    ['sharp', 'pdfkit', 'bidi-js', 'linebreak', 'node-forge', 'csv-stringify', 'zod'],
    'a line of work: a frozen reading of a case',
  ),
  {
    folder: 'engine/app/testing',
    own: ['engine/app', 'engine/app/services.ts', ...CAPABILITIES],
    packages: ['@orpc/server'],
    why: 'the door by which tests and benches come to the parts of an engine',
  },
  {
    folder: 'engine/app/services.ts',
    own: ['engine/app', ...LINES_OF_WORK, ...BELOW_WORK],
    packages: ['node:', 'sharp'],
    why: 'the long-lived services; nothing outside engine/app names them',
    onlyFor: 'engine/app',
  },
  {
    folder: 'engine/app',
    own: ['engine/app', 'engine/app/services.ts', ...LINES_OF_WORK, ...BELOW_WORK],
    packages: ['node:', 'sharp', '@orpc/contract', '@orpc/server', 'zod'],
    why: 'the open case, the handlers of the contract and the engine made of them',
  },
  {
    folder: 'engine/server',
    own: ['engine/server', 'engine/index.ts', 'engine/files', 'engine/async', 'engine/process', 'contract'],
    packages: ['node:', 'ws', 'zod', '@orpc/contract', '@orpc/server', '@orpc/client', '@orpc/standard-server-peer'],
    why: 'the engine as a process and its supervisor; it knows the engine by its entry point',
  },
  {
    folder: 'engine/survival',
    own: ['engine', 'contract', 'models'],
    packages: ['!electron', '!react', '!react-dom', '!onnxruntime-node'],
    why: 'kills and hostile inputs; tests of the whole engine',
  },
  {
    folder: 'engine/testing',
    own: ['engine', 'contract', 'models'],
    packages: ['!electron', '!react', '!react-dom', '!onnxruntime-node'],
    why: 'fixtures for tests of the whole engine',
  },
  {
    folder: 'engine',
    own: ['engine', 'engine/app', 'engine/server', 'engine/files', 'engine/process', 'contract'],
    packages: ['node:', '@orpc/contract', '@orpc/client'],
    why: 'the engine has three entry points (index, serve, supervise); everything else has its room',
  },
];

const OF_WINDOW = ['!electron', '!node:', '!onnxruntime-node', '!better-sqlite3', '!sharp', '!kysely'];
/** What every screen may use. */
const BELOW_SCREENS = ['viewer', 'parts', 'keys', 'data', 'transport.ts', 'wording.ts'].map(
  (name) => `renderer/${name}`,
);
const SCREENS = [
  ...['activity', 'cases', 'faces', 'inspect', 'models', 'report', 'scan', 'settings', 'training', 'video'],
].map((name) => `renderer/views/${name}`);

const RENDERER_LAYERS: readonly LayerRow[] = [
  {
    folder: 'renderer/transport',
    own: ['renderer/transport', 'contract'],
    packages: OF_WINDOW,
    why: 'the window’s connection to an engine',
  },
  {
    folder: 'renderer/data',
    own: ['renderer/data', 'renderer/transport.ts', 'renderer/wording.ts', 'contract'],
    packages: OF_WINDOW,
    why: 'what the window holds of the engine; it draws nothing',
  },
  {
    folder: 'renderer/keys',
    own: ['renderer/keys', 'renderer/data', 'contract'],
    packages: OF_WINDOW,
    why: 'keys and what they do',
  },
  {
    folder: 'renderer/parts',
    own: BELOW_SCREENS.filter((name) => name !== 'renderer/viewer').concat('contract'),
    packages: OF_WINDOW,
    why: 'pieces that several screens show; they know no screen',
  },
  {
    folder: 'renderer/viewer',
    own: [...BELOW_SCREENS, 'contract'],
    packages: OF_WINDOW,
    why: 'a face beside the model’s pictures of it; it knows no screen',
  },
  {
    folder: 'renderer/views/app-shell',
    own: ['renderer/views/app-shell', ...SCREENS, ...BELOW_SCREENS, 'contract'],
    packages: OF_WINDOW,
    why: 'the frame around the screens, and what lies over them',
  },
  ...SCREENS.map((folder) => ({
    folder,
    own: [folder, ...BELOW_SCREENS, 'contract'],
    packages: OF_WINDOW,
    why: 'a screen, with its own style sheet; it never reaches into another',
    tests: ['models'],
  })),
  {
    folder: 'renderer',
    own: [
      ...['renderer', 'renderer/data', 'renderer/keys', 'renderer/parts', 'renderer/transport'],
      ...['renderer/views/app-shell', 'contract'],
    ],
    packages: OF_WINDOW,
    why: 'renderer knows contract and the DOM',
  },
];

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
  ...ENGINE_LAYERS,
  {
    folder: 'electron',
    own: ['electron', 'contract', 'engine/supervise.ts'],
    packages: ['node:', 'electron', '@orpc/server', '@orpc/client'],
    why: 'electron is thin: no SQL, no ONNX, no React',
    tests: ['e2e/electron-stand-in', 'build/electron-builder.ts'],
  },
  ...RENDERER_LAYERS,
  {
    folder: 'cli',
    own: ['cli', 'contract', 'engine/index.ts', 'engine/serve.ts', 'models'],
    packages: ['!electron', '!react', '!react-dom', '!onnxruntime-node', '!better-sqlite3', '!kysely'],
    why: 'cli is argv -> one contract call',
    tests: ['engine/case', 'engine/blobs', 'engine/datasets', 'engine/library'],
  },
  {
    folder: 'bench',
    own: ['bench', 'contract', 'engine', 'models'],
    packages: ['!electron', '!react', '!react-dom', '!onnxruntime-node'],
    why: 'bench measures engine and models; ONNX Runtime comes through compute',
  },
  {
    folder: 'build',
    own: ['build', 'contract'],
    packages: 'any',
    why: 'build makes and checks the workstation and knows nothing of its insides but the contract',
  },
  {
    folder: 'e2e',
    own: ['e2e', 'build', 'contract', 'engine/index.ts', 'engine/serve.ts', 'engine/process'],
    packages: ['!onnxruntime-node', '!better-sqlite3', '!kysely'],
    why: 'the harness of the journeys starts the workstation by its doors; its stand-in for Electron speaks over its ports',
    tests: ['engine/case', 'engine/blobs', 'engine/datasets', 'engine/library', 'models'],
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

/**
 * A folder's row does not speak for rooms inside it that have a row of their own: those are named.
 */
function mayImportOwn(row: LayerRow, target: string): boolean {
  const room = roomOf(target);
  const nested = room && room.folder !== row.folder && inside(room.folder, row.folder);
  return row.own.some((folder) => inside(target, folder) && !(nested && folder === row.folder));
}

const roomOf = (target: string): LayerRow | undefined => LAYERS.find(({ folder }) => inside(target, folder));

/** The room of `target` if it is for files of a folder alone and `file` lies elsewhere. */
function roomClosedTo(file: string, target: string): LayerRow | undefined {
  const room = roomOf(target);
  return room?.onlyFor && !inside(file, room.onlyFor) ? room : undefined;
}

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

/** A test also uses all of its room (`engine/case` for `engine/case/rows`), and fixtures. */
function mayImportInTest(row: LayerRow, target: string): boolean {
  if (target.split('/').includes('testing')) return true;
  const room = row.folder.startsWith('engine/') ? row.folder.split('/').slice(0, 2).join('/') : row.folder;
  return [room, ...OF_TESTS, ...(row.tests ?? [])].some((folder) => inside(target, folder));
}

/**
 * Every forbidden import in `files` (paths relative to the repository root, with `/`), as
 * sentences.
 */
export function findForbiddenImports(files: readonly string[], read: (file: string) => string): string[] {
  return files.flatMap((file) => {
    const row = LAYERS.find((r) => inside(file, r.folder));
    if (!row) return [];
    return [...read(file).matchAll(IMPORT)].flatMap((match) => {
      const spec = match[1] ?? match[2] ?? match[3] ?? '';
      const target = spec.startsWith('.') ? path.posix.join(path.posix.dirname(file), spec) : undefined;
      const closed = target === undefined ? undefined : roomClosedTo(file, target);
      const allowed =
        target === undefined
          ? isTest(file) || mayImportPackage(row, spec)
          : !closed && (mayImportOwn(row, target) || (isTest(file) && mayImportInTest(row, target)));
      const { why, folder } = closed ?? row;
      return allowed ? [] : [`${file} imports ${spec}: ${why} (row "${folder}" of build/layers.ts)`];
    });
  });
}

const BEGIN =
  '<!-- The table of build/layers.ts; `node build/with-node.mjs build/layers.ts --write` makes it anew. -->';
const END = '<!-- End of the table. -->';

/** The storeys by name, the highest first: a row that may use a whole storey says so in a word. */
const STOREYS: readonly [name: string, folders: readonly string[]][] = [
  ['everything below the lines of work', BELOW_WORK],
  ['trunk', TRUNK],
  ['capabilities', CAPABILITIES],
  ['ground', GROUND],
];

/** The table as Markdown: the document says what the build keeps. */
function tableOfLayers(): string {
  const packagesText = ({ packages }: LayerRow): string => {
    if (packages === 'any') return 'any package';
    if (packages[0]?.startsWith('!')) return `not ${packages.map((name) => `\`${name.slice(1)}\``).join(', ')}`;
    return packages.map((name) => (name === 'node:' ? 'Node' : `\`${name}\``)).join(', ');
  };
  const ownText = ({ own, folder, tests }: LayerRow): string => {
    const storey = STOREYS.find(([, folders]) => folders.every((name) => own.includes(name)));
    const rest = own.filter((name) => name !== folder && !storey?.[1].includes(name)).map((name) => `\`${name}\``);
    const all = [...(storey ? [`_${storey[0]}_`] : []), ...rest].join(', ') || 'itself';
    return tests ? `${all}; its tests also ${tests.map((name) => `\`${name}\``).join(', ')}` : all;
  };
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  // Rooms that are alike but for their names share a line.
  const alike = Map.groupBy(LAYERS, (row) => JSON.stringify([row.why, ownText(row), packagesText(row)]));
  const rows = [...alike].map(([cells, same]) =>
    line([same.map(({ folder }) => `\`${folder}\``).join(', '), ...(JSON.parse(cells) as string[])]),
  );
  const storeys = STOREYS.map(([name, folders], at) => {
    const below = STOREYS[at + 1];
    const own = folders.filter((folder) => !below?.[1].includes(folder)).map((folder) => `\`${folder}\``);
    return `- _${name}_: ${[...(below ? [`_${below[0]}_`] : []), ...own].join(', ')}`;
  });
  const head = [['folder', 'what holds there', 'may import of ours', 'packages'], Array(4).fill('---')];
  return [...storeys, '', ...head.map(line), ...rows].join('\n');
}

/**
 * `document` with the table between its two marks as it is today. Throws where a mark is missing.
 */
export function withTableOfLayers(document: string): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error('The document has no place for the table of layers.');
  return `${document.slice(0, from + BEGIN.length)}\n\n${tableOfLayers()}\n\n${document.slice(to)}`;
}

if (import.meta.main) {
  if (process.argv.includes('--write')) {
    const document = path.join(root, 'docs/architecture.md');
    writeFileSync(document, withTableOfLayers(readFileSync(document, 'utf8')));
  }
  const files = globSync('{contract,models,engine,electron,renderer,cli,bench,build,e2e}/**/*.{ts,tsx}', {
    cwd: root,
  }).map((file) => file.replaceAll(path.sep, '/'));
  const found = findForbiddenImports(files, (file) => readFileSync(path.join(root, file), 'utf8'));
  for (const line of found) console.error(line);
  console.log(`layers: ${files.length} files, ${found.length} forbidden imports`);
  if (found.length > 0) process.exit(1);
}
