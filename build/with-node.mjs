// Runs a script of this repository on the Node the workstation needs, whatever Node the caller has
// (20 or newer). Installs the packages first when they are missing. Plain JavaScript: it must run
// before anything is installed. Usage: node build/with-node.mjs <script> [arguments...]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * better-sqlite3 13 dies with a segmentation fault on Node 20, and TypeScript is run unbuilt, which
 * 24 does without a flag.
 */
const NEEDED_MAJOR = 24;

/**
 * Installs exactly what the lock file says, unless that was already done. Throws with npm's own
 * words on failure.
 */
export function installPackages() {
  const lock = path.join(root, 'package-lock.json');
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs - 1000) return;
  if (existsSync(installed) && sameVersions(lock, installed)) return;
  console.error('Installing packages (once)...');
  npm('ci --no-audit --no-fund --loglevel=error');
}

/**
 * Runs npm. One string: npm is a script on Windows, which only a shell starts, and a shell is given
 * no list of arguments.
 */
function npm(line) {
  const run = spawnSync(`npm ${line}`, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: true });
  const [command] = line.split(' ');
  if (run.status !== 0)
    throw new Error(`npm ${command} ended with status ${run.status}. Is the npm registry reachable?`);
}

function sameVersions(lock, installed) {
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
  const found = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, entry]) => name === '' || entry.optional || found[name]?.version === entry.version,
  );
}

/**
 * Path of a Node of the needed major version: the running one when it is new enough, else the one
 * of the npm package `node`, whose install script fetches it; .npmrc lets no other run.
 */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
  const require = createRequire(path.join(root, 'package.json'));
  const folder = path.dirname(require.resolve('node/package.json'));
  const node = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) npm('rebuild node --ignore-scripts=false --no-audit --no-fund --loglevel=error');
  if (existsSync(node)) return node;
  throw new Error(`Node ${NEEDED_MAJOR} is needed, this is ${process.version}, and ${node} could not be installed.`);
}

/** Signals that end a command: of a terminal, of a service manager, of a window that is closed. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs `script` with `args` under the needed Node; resolves with its exit status. */
export async function runWithNode(script, args, options = {}) {
  installPackages();
  const node = findNode();
  // What Node compiled of the sources is kept: a command starts in two thirds of the time.
  const compiled = path.join(root, '.cache', 'compiled');
  const env = {
    NODE_COMPILE_CACHE: compiled,
    ...process.env,
    PATH: [path.dirname(node), process.env.PATH].join(path.delimiter),
  };
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', path.resolve(root, script), ...args], {
    stdio: 'inherit',
    env,
    ...options,
  });
  // The child may have a case to close: this process waits for it, so that the prompt comes back when
  // all is closed. Ctrl+C reaches every process of a terminal; other signals reach this one alone.
  for (const signal of ENDING) process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve(status ?? 1));
  });
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  if (!script) throw new Error('Usage: node build/with-node.mjs <script> [arguments...]');
  process.exitCode = await runWithNode(script, args, { cwd: root });
}
