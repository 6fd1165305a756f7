// Brings the programs that tests need and that are not here: with apt as root or with sudo that
// asks no password (Debian, Ubuntu), with Homebrew on macOS. Where neither can, nothing is brought,
// and the tests say at their end what was not run.
import { spawnSync } from 'node:child_process';
import { type Need, unmetNeeds } from './test-needs.ts';

/** Commands that install `packages`, in order; undefined where nothing can be installed. */
type Installer = (packages: readonly string[]) => readonly (readonly string[])[];

const there = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

function findInstaller(): { manager: 'apt' | 'brew'; commands: Installer } | undefined {
  if (process.platform === 'darwin' && there('brew', '--version'))
    return { manager: 'brew', commands: (packages) => [['brew', 'install', '--quiet', ...packages]] };
  if (process.platform !== 'linux' || !there('apt-get', '--version')) return undefined;
  const sudo = process.getuid?.() === 0 ? [] : there('sudo', '-n', 'true') ? ['sudo', '-n'] : undefined;
  if (!sudo) return undefined;
  const apt = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120'];
  return {
    manager: 'apt',
    commands: (packages) => [
      [...apt, 'update'],
      [...apt, 'install', '-y', '--no-install-recommends', ...packages],
    ],
  };
}

/** The last lines of what a command said, where it failed. */
function failureOf([program, ...args]: readonly string[]): string | undefined {
  const run = spawnSync(program!, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status === 0) return undefined;
  return (run.error?.message ?? `${run.stdout}${run.stderr}`).trim().split('\n').slice(-3).join('\n');
}

/**
 * Packages for `needs` with the manager that is here; a package that one of them lacks keeps no
 * other from coming.
 */
const packagesFor = (needs: readonly Need[], manager: 'apt' | 'brew'): string[][] =>
  needs.flatMap((need) => (need[manager] ? [[...need[manager]]] : []));

/** Brings what is missing, and says so in one line; a second one where that failed. */
export function bringPrograms(): void {
  const installer = findInstaller();
  if (!installer) return;
  const groups = packagesFor(unmetNeeds(), installer.manager);
  if (groups.length === 0) return;
  const names = [...new Set(groups.flat().filter((one) => !one.startsWith('-')))];
  console.log(`Installing what the tests use (once, ${installer.manager}): ${names.join(', ')}`);
  const together = installer.manager === 'apt' ? [groups.flat()] : groups;
  for (const packages of together)
    for (const command of installer.commands(packages)) {
      const failure = failureOf(command);
      if (failure) console.log(`That did not work: ${failure}`);
    }
}

if (import.meta.main) bringPrograms();
