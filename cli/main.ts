// `recce`: reads the arguments, makes one call of the contract, prints the answer. Errors end here,
// as one sentence and an exit code (cli/exit-codes.ts).
import { Command, CommanderError } from 'commander';
import { RecceError } from '../contract/errors.ts';
import { APP_VERSION, keepFilesPrivate } from '../engine/index.ts';
import { addCopiesCommand } from './commands/copies.ts';
import { addCopyOutCommand } from './commands/copy-out.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addFacesCommand } from './commands/faces.ts';
import { addFarmCommand } from './commands/farm.ts';
import { addHeadCommand } from './commands/head.ts';
import { addInferCommand } from './commands/infer.ts';
import { addModelCommand } from './commands/model.ts';
import { addOpinionCommands } from './commands/opinion.ts';
import { addPackCommands } from './commands/pack.ts';
import { addPersonsCommand } from './commands/persons.ts';
import { addRelocateCommand } from './commands/relocate.ts';
import { addReportCommand } from './commands/report.ts';
import { addRerunCommand } from './commands/rerun.ts';
import { addRestoreCommand } from './commands/restore.ts';
import { addScanCommand } from './commands/scan.ts';
import { addServeCommand } from './commands/serve.ts';
import { addStabilityCommand } from './commands/stability.ts';
import { addTagCommand } from './commands/tag.ts';
import { addTestCommand } from './commands/test.ts';
import { addTrainCommand } from './commands/train.ts';
import { addValidateCommand } from './commands/validate.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { addWorkerCommand } from './commands/worker.ts';
import { exitCodes } from './exit-codes.ts';
import { commandOutput, processOutput } from './output.ts';
import { type Issue, issuesSentence } from './refusal-sentence.ts';

/** The whole command line as a commander program; `recce help` prints it. */
export function createProgram(): Command {
  const program = new Command('recce')
    .description('Recce Workstation: forensic examination of faces in photographs and videos, offline')
    .version(`recce ${APP_VERSION}`, '--version', 'print the version')
    .showHelpAfterError('`recce --help` lists the commands, `recce COMMAND --help` what one takes.')
    .configureOutput(commandOutput)
    .exitOverride();
  for (const add of [
    addScanCommand,
    addReportCommand,
    addModelCommand,
    addTestCommand,
    addValidateCommand,
    addVerifyCommand,
    addHeadCommand,
    addRestoreCommand,
    addPackCommands,
    addRelocateCommand,
    addRerunCommand,
    addStabilityCommand,
    addPersonsCommand,
    addCopiesCommand,
    addOpinionCommands,
    addTagCommand,
    addCopyOutCommand,
    addDoctorCommand,
    addFacesCommand,
    addInferCommand,
    addDemoCommand,
    addServeCommand,
    addTrainCommand,
    addFarmCommand,
    addWorkerCommand,
  ])
    add(program);
  return program;
}

/** Runs one command line. Returns the exit code; every failure has been printed by then. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const output = processOutput(false);
    output.note(`recce: ${errorSentence(error)}`);
    if (!(error instanceof RecceError) && process.env.RECCE_DEBUG && error instanceof Error)
      for (const line of String((error.cause instanceof Error ? error.cause : error).stack).split('\n'))
        output.note(line);
    return exitCodes.failed;
  }
}

/**
 * Output that cannot be written (a full disk) is a failure, said once on standard error. A reader
 * that has gone away, as `head` does, has read all it wanted: the command goes on to its end. Where
 * standard error itself cannot be written, the exit code says how it went.
 */
function watchStreams(): void {
  let told = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || told) return;
    told = true;
    processOutput(false).note(`recce: What it had to say could not be written: ${error.message}`);
    process.once('exit', () => {
      process.exitCode = exitCodes.failed;
    });
  });
  process.stderr.on('error', () => {});
}

/** What went wrong; of an argument that the contract refuses, which one and what was expected. */
function errorSentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  type Refusal = { issues?: Issue[] };
  const { data, issues = data?.issues } = error as Refusal & { data?: Refusal };
  return issues?.length ? issuesSentence(issues) : error.message;
}

if (import.meta.main) {
  keepFilesPrivate();
  watchStreams();
  process.exitCode = await main(process.argv.slice(2));
}
