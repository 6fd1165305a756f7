// Where a training run takes its steps: the fastest provider whose step is the CPU's within the
// tolerance. Tested for each run anew, on the run's own network and batch size, since both decide
// what fits and what is fast.
import type { Provider, StepDifferences, TrainingPlacement } from '../../contract/device.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Device } from '../../contract/scan.ts';
import { lastWroteSentence } from '../../contract/unreadable-words.ts';
import type { TrainingSetup } from '../../models/recce/training-setup.ts';
import { createSupervisedChild, type SpawnChild } from '../process/supervised-child.ts';
import { placementOn, WORTH_LEAVING_THE_CPU } from './choose-provider.ts';
import type { Devices, MeasuredModel } from './devices.ts';
import { PROVIDER_NAMES } from './providers.ts';
import { bestSpeed, HOPELESS } from './self-test.ts';
import type { StepTest } from './step-test.ts';
import type { TrainingRequest, TrainingResponse, TrainingStart } from './training-messages.ts';

/** A run that is to be placed. `measured`: its network as inference measures it. */
export type PlacedRun = { setup: TrainingSetup; start: TrainingStart; measured: MeasuredModel; device: Device };
export type PlacingOptions = { devices: Devices; spawn?: SpawnChild; limitMs?: number };

/** Compiling the programs of a step takes longer than those of a network; ten minutes are a hang. */
const TEST_LIMIT_MS = 600_000;

/**
 * On the CPU nothing is tested. A device that was named is tested whatever its speed. Throws
 * DEVICE_UNAVAILABLE when that is not there, fails or is wrong.
 */
export async function placeTraining(run: PlacedRun, options: PlacingOptions): Promise<TrainingPlacement> {
  const { devices } = options;
  const { provider: _, ...onCpu } = await devices.place(run.measured, 'cpu');
  const cpu = { threads: onCpu.threads, device: onCpu.device };
  if (run.device === 'cpu') return cpuPlacement(cpu, 'The CPU was asked for.');
  if (run.device !== 'auto') return named(run, run.device, cpu, options);
  const said: string[] = [];
  for (const provider of await worthTesting(run.measured, devices)) {
    const found = await tested(run, provider, cpu.threads, options);
    if (!('test' in found)) said.push(found.why);
    else if (rateAgainstCpu(found.test) >= WORTH_LEAVING_THE_CPU)
      return placed(run, provider, found.test, cpu, options, `${PROVIDER_NAMES[provider]}: ${fasterBy(found.test)}`);
    else said.push(`${PROVIDER_NAMES[provider]} is right, and not faster.`);
  }
  return cpuPlacement(cpu, said.join(' ') || 'No other provider can train here.');
}

/** On the CPU, with the reason. */
export const cpuPlacement = (
  { threads, device }: Pick<TrainingPlacement, 'threads' | 'device'>,
  reason: string,
): TrainingPlacement => ({ provider: 'cpu', mixed: false, threads, device, differences: null, reason });

const rateAgainstCpu = ({ secondsPerStep: { cpu, other } }: StepTest): number => cpu / other;

const fasterBy = (test: StepTest): string =>
  `a step is the CPU's within the tolerance, and ${rateAgainstCpu(test).toPrecision(2)} times as fast.`;

/** Providers on which the network gives the CPU's answer at a speed worth a test, fastest first. */
async function worthTesting(measured: MeasuredModel, devices: Devices): Promise<Provider[]> {
  const { providers } = await devices.report(measured);
  const timed = providers.filter(({ state, speeds }) => state === 'usable' && speeds.length > 0);
  const rates = new Map(timed.map(({ provider, speeds }) => [provider, bestSpeed(speeds).picturesPerSecond]));
  const cpu = rates.get('cpu') ?? 0;
  return [...rates]
    .filter(([provider, rate]) => provider !== 'cpu' && rate > HOPELESS * cpu)
    .toSorted(([, a], [, b]) => b - a)
    .map(([provider]) => provider);
}

type Cpu = Pick<TrainingPlacement, 'threads' | 'device'>;

async function named(
  run: PlacedRun,
  provider: Exclude<Device, 'auto'>,
  cpu: Cpu,
  options: PlacingOptions,
): Promise<TrainingPlacement> {
  await options.devices.place(run.measured, provider);
  const found = await tested(run, provider, cpu.threads, options);
  if (!('test' in found)) throw new RecceError('DEVICE_UNAVAILABLE', PROVIDER_NAMES[provider], found.why);
  return placed(run, provider, found.test, cpu, options, "It was asked for; a step is the CPU's within the tolerance.");
}

async function placed(
  { measured }: PlacedRun,
  provider: Provider,
  { mixed, differences }: { mixed: boolean; differences: StepDifferences },
  { threads }: Cpu,
  { devices }: PlacingOptions,
  reason: string,
): Promise<TrainingPlacement> {
  const device = placementOn(await devices.report(measured), provider)!.device;
  return { provider, mixed, threads, device, differences, reason };
}

/** In a process of its own, which is ended afterwards. Never throws: what goes wrong is `why`. */
async function tested(
  { setup, start }: PlacedRun,
  provider: Provider,
  threads: number,
  { spawn, limitMs = TEST_LIMIT_MS }: PlacingOptions,
): Promise<{ test: StepTest } | { why: string }> {
  const name = PROVIDER_NAMES[provider];
  const child = createSupervisedChild<TrainingRequest, TrainingResponse>({
    entry: new URL('./training-process.ts', import.meta.url),
    name: 'training-test',
    quiet: true,
    timeoutMs: limitMs,
    ...(spawn ? { spawn } : {}),
  });
  try {
    const session = { provider, threads, memoryPattern: false };
    const answer = await child.call({ kind: 'test', setup, start, session });
    if (answer.kind !== 'tested') throw new Error(`training answered ${answer.kind} to a test.`);
    const { beyond } = answer.test;
    return beyond === undefined
      ? { test: answer.test }
      : { why: `${name} does not take the CPU's step: ${beyond}. It is not trained on.` };
  } catch (error) {
    const tail = await child.stderrTail().catch(() => '');
    const message = error instanceof Error ? error.message : String(error);
    return { why: `${name} failed a step: ${message}${lastWroteSentence(tail)}` };
  } finally {
    await child.close();
  }
}
