// recce doctor: what this machine has, what works, and what to do about the rest.
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Adds `recce doctor` to the program. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this installation: runtime, model, face finder, devices, disk')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const checks = await withEngine((client) => client.app.doctor());
      print(processOutput(options.json ?? false), checks, () =>
        checks.map((c) => `${c.ok ? 'ok   ' : 'FAIL '} ${c.name}: ${c.found}${c.advice ? ` (${c.advice})` : ''}`),
      );
      process.exitCode = checks.every((c) => c.ok) ? exitCodes.done : exitCodes.failed;
    });
}
