// recce doctor: what this machine has, what works, and what to do about the rest.
import type { Command } from 'commander';
import type { Check } from '../../contract/procedures.ts';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** What this machine does without is neither in order nor a fault. */
const markOf = ({ ok, unused }: Check): string => (unused ? '-    ' : ok ? 'ok   ' : 'FAIL ');

type Options = { measure?: boolean; json?: boolean };

/** Adds `recce doctor` to the program. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check this installation: runtime, model, face finder, disk, devices')
    .option('--measure', 'test and measure the devices anew, as after a change of drivers')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const checks = await withEngine(async (client) => {
        if (options.measure) await client.app.devices({ measure: true });
        return client.app.doctor();
      });
      print(processOutput(options.json ?? false), checks, () =>
        checks.map((c) => `${markOf(c)} ${c.name}: ${c.found}${c.advice ? ` (${c.advice})` : ''}`),
      );
      process.exitCode = checks.every((c) => c.ok) ? exitCodes.done : exitCodes.failed;
    });
}
