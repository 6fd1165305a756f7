// Brings the programs that tests need and that are not here: with apt as root or with sudo that
// asks no password (Debian, Ubuntu), with Homebrew on macOS. Where neither can, nothing is brought,
// and the tests say at their end what was not run.
import { spawnSync } from 'node:child_process';
import { type Need, unmetNeeds } from './test-needs.ts';

type Command = readonly string[];
type Installer = {
  readonly manager: 'apt' | 'brew';
  /** Brings the manager's list of packages up to date. */
  readonly update?: Command;
  readonly install: (packages: readonly string[]) => Command;
  /** Whether it takes several groups at once: brew takes `--cask` for all or none. */
  readonly together: boolean;
};

const there = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

function findInstaller(): Installer | undefined {
  if (process.platform === 'darwin' && there('brew', '--version'))
    return { manager: 'brew', together: false, install: (packages) => ['brew', 'install', '--quiet', ...packages] };
  if (process.platform !== 'linux' || !there('apt-get', '--version')) return undefined;
  const sudo = process.getuid?.() === 0 ? [] : there('sudo', '-n', 'true') ? ['sudo', '-n'] : undefined;
  if (!sudo) return undefined;
  const apt = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120'];
  return {
    manager: 'apt',
    together: true,
    update: [...apt, 'update'],
    install: (packages) => [...apt, 'install', '-y', '--no-install-recommends', ...packages],
  };
}

/** The last lines of what a command said, where it failed. */
function failureOf([program, ...args]: readonly string[]): string | undefined {
  const run = spawnSync(program!, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status === 0) return undefined;
  return (run.error?.message ?? `${run.stdout}${run.stderr}`).trim().split('\n').slice(-3).join('\n');
}

/** The packages of each need that has any with this manager. */
const packagesFor = (needs: readonly Need[], manager: 'apt' | 'brew'): string[][] =>
  needs.flatMap((need) => (need[manager] ? [[...need[manager]]] : []));

/**
 * Installs every group of packages, all at once where the manager can; where that fails, each by
 * itself, so that a package this system lacks keeps no other from coming. Returns what the failures
 * said.
 */
export function installGroups(
  groups: readonly (readonly string[])[],
  together: boolean,
  install: (packages: readonly string[]) => string | undefined,
): string[] {
  if (together && install([...new Set(groups.flat())]) === undefined) return [];
  return groups.flatMap((packages) => install(packages) ?? []);
}

/** Brings what is missing, and says so in one line; one more for each thing that failed. */
export function bringPrograms(): void {
  const installer = findInstaller();
  if (!installer) return;
  const groups = packagesFor(unmetNeeds(), installer.manager);
  if (groups.length === 0) return;
  const names = [...new Set(groups.flat().filter((one) => !one.startsWith('-')))];
  console.log(`Installing what the tests use (once, ${installer.manager}): ${names.join(', ')}`);
  const failures = [
    installer.update && failureOf(installer.update),
    ...installGroups(groups, installer.together, (packages) => failureOf(installer.install(packages))),
  ];
  for (const failure of failures) if (failure) console.log(`That did not work: ${failure}`);
}

if (import.meta.main) bringPrograms();
