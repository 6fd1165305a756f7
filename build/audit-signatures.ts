// `npm run audit`: are the installed packages those the registry signed? Fails where a signature is
// invalid. Where the registry or its keys cannot be reached, or it gives no signatures, nothing was
// checked: one sentence says so, and the exit code is 0.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * What `npm audit signatures --json` left behind. `timedOut`: it was ended because it took too
 * long.
 */
export type AuditRun = { stdout: string; timedOut: boolean };
type Named = { name: string; version: string };

const LIMIT_MS = 240_000;
const list = (packages: readonly Named[]): string => packages.map((one) => `${one.name}@${one.version}`).join(', ');

/** `ok` is false only where a signature or an attestation is invalid. */
export function judgeAudit({ stdout, timedOut }: AuditRun): { ok: boolean; sentence: string } {
  if (timedOut) return notChecked('the registry took too long to answer.');
  const found = parsed(stdout);
  if (!found) return notChecked('npm gave no answer that can be read.');
  const { error, invalid = [], missing = [] } = found;
  if (error) return notChecked(String(error.summary ?? error.code ?? 'npm gives no reason.'));
  if (invalid.length > 0)
    return {
      ok: false,
      sentence: `Invalid signatures: ${list(invalid)}. Install nothing of this before it is known why.`,
    };
  if (missing.length > 0)
    return { ok: true, sentence: `Signatures of packages are valid where there are any; ${missing.length} have none.` };
  return { ok: true, sentence: 'Every installed package bears a valid signature of its registry.' };
}

const notChecked = (why: string) => ({ ok: true, sentence: `Signatures of packages were not checked: ${why}` });

type Found = { error?: { code?: string; summary?: string }; invalid?: Named[]; missing?: Named[] };

function parsed(text: string): Found | undefined {
  try {
    return JSON.parse(text) as Found;
  } catch {
    return undefined;
  }
}

function runAudit(): AuditRun {
  const args = ['audit', 'signatures', '--json', '--fetch-retries=1', '--fetch-timeout=30000'];
  const root = path.resolve(import.meta.dirname, '..');
  const windows = process.platform === 'win32';
  const run = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    shell: windows,
    maxBuffer: 2 ** 27,
  });
  return { stdout: run.stdout ?? '', timedOut: (run.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT' };
}

if (import.meta.main) {
  const { ok, sentence } = judgeAudit(runAudit());
  console.log(sentence);
  process.exitCode = ok ? 0 : 1;
}
