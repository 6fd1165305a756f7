// What was found of this machine's providers, model by model: measured once (hardware, drivers and
// runtime together) and kept in the application's folder.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import {
  type DeviceReport,
  deviceReportSchema,
  type Placement,
  type Provider,
  type ProviderReport,
} from '../../contract/device.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import type { SpawnChild } from '../process/supervised-child.ts';
import { listAdapters } from './adapters.ts';
import { chooseProvider } from './choose-provider.ts';
import type { FixedPlacement } from './fixed-placement.ts';
import { presenceFrom, readBackends } from './providers.ts';
import { RUNTIME_VERSION } from './runtime-version.ts';
import { type CpuMeasure, measureCpu, type NetworkSide, type TestedNetwork, testProvider } from './self-test.ts';

/** Undefined where there is none, or none that can be read: it is measured again then. */
async function readReport(file: string): Promise<DeviceReport | undefined> {
  try {
    return deviceReportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A report that cannot be kept is measured again the next time; that is no reason not to work. */
async function writeReport(file: string, report: DeviceReport): Promise<void> {
  try {
    await writeAtomic(file, [`${JSON.stringify(report, null, 2)}\n`]);
  } catch {}
}

type Machine = Pick<DeviceReport, 'runtime' | 'processor' | 'cores' | 'adapters'>;

async function describeMachine(): Promise<Machine> {
  return {
    runtime: RUNTIME_VERSION,
    processor: os.cpus()[0]?.model.trim() ?? os.arch(),
    cores: Math.max(1, os.availableParallelism()),
    adapters: await listAdapters(),
  };
}

/** Names the machine's folder: another processor, card, driver or runtime is another machine. */
export const keyOfMachine = (machine: Machine): string =>
  createHash('sha256')
    .update(JSON.stringify([process.platform, process.arch, machine]))
    .digest('hex')
    .slice(0, 16);

export type { NetworkSide } from './self-test.ts';

/** A model as it is measured. `onnx` is asked for only when something is measured. */
export type MeasuredModel = {
  id: Sha256;
  name: string;
  inputPx: number;
  onnx(): Promise<Uint8Array>;
  /** Where its tensors are not those of the networks built here. */
  side?: NetworkSide | undefined;
  /** True for one that was not built here: it is run in a process of its own, within bounds. */
  isForeign?: boolean;
};

export type DevicesOptions = {
  /** Holds one folder a machine, in it one file a model. */
  folder: string;
  clock(): string;
  spawn?: SpawnChild;
  fixed?: FixedPlacement | undefined;
  /** Time for one answer of a process under test, ms. */
  limitMs?: number;
};

export type DeviceReports = ReturnType<typeof createDeviceReports>;

/** Measures nothing by itself. */
export function createDeviceReports({ folder, clock, spawn, fixed, limitMs }: DevicesOptions) {
  const testOptions = { ...(spawn ? { spawn } : {}), ...(limitMs ? { limitMs } : {}) };
  /** Reports of this engine's life, by model. Those of a fixed choice are only here. */
  const reports = new Map<Sha256, Promise<DeviceReport>>();
  let machine: Promise<Machine> | undefined;
  let present: Promise<ProviderReport[]> | undefined;

  const machineNow = (): Promise<Machine> => {
    machine ??= describeMachine();
    return machine;
  };

  /** Every provider: `absent` or `untested`. */
  const presence = (): Promise<ProviderReport[]> => {
    present ??= readBackends(spawn).then((backends) => presenceFrom(backends));
    present.catch(() => {
      present = undefined;
    });
    return present;
  };

  const fileOf = async ({ id }: Pick<MeasuredModel, 'id'>): Promise<string> =>
    path.join(folder, keyOfMachine(await machineNow()), `${id.slice(0, 16)}.json`);

  const measure = async (model: MeasuredModel): Promise<DeviceReport> => {
    const [here, found] = await Promise.all([machineNow(), presence()]);
    const network: TestedNetwork = { ...model, onnx: await model.onnx() };
    const cpu = await measureCpu(network, here.cores, testOptions);
    const providers: ProviderReport[] = [];
    // One after the other: two at a time would measure each other.
    for (const one of found) providers.push(await reportOf(one, network, cpu));
    const about = { modelId: model.id, modelName: model.name, ...here, measuredAt: clock(), providers };
    const report = { ...about, ...chooseProvider(about) };
    await writeReport(await fileOf(model), report);
    return report;
  };

  const reportOf = (one: ProviderReport, network: TestedNetwork, cpu: CpuMeasure): Promise<ProviderReport> => {
    if (one.provider === 'cpu') return Promise.resolve(rightByDefinition(one, cpu.speeds));
    return one.state === 'absent' ? Promise.resolve(one) : testProvider(one.provider, network, cpu, testOptions);
  };

  /** The CPU without any measurement: as it is fixed, else with all its cores. */
  const unmeasured = async (): Promise<Placement> => {
    const { processor: device, cores } = await machineNow();
    const { threads, batch } = fixed ?? { threads: cores, batch: 1 };
    return { provider: 'cpu', mixed: false, threads, batch, device, logitDifference: null };
  };

  /** What is reported where the choice is fixed: nothing was measured. */
  const fixedReport = async (model: MeasuredModel, { threads, batch }: FixedPlacement): Promise<DeviceReport> => {
    const here = await machineNow();
    const providers = (await presence()).map((one) => (one.provider === 'cpu' ? rightByDefinition(one, []) : one));
    return {
      ...{ modelId: model.id, modelName: model.name, ...here, measuredAt: null, providers },
      chosen: await unmeasured(),
      reason: `It is fixed: CPU, ${threads} threads, ${batch} pictures a run. Nothing was measured.`,
    };
  };

  const keep = (model: Pick<MeasuredModel, 'id'>, report: Promise<DeviceReport>): Promise<DeviceReport> => {
    reports.set(model.id, report);
    report.catch(() => reports.delete(model.id));
    return report;
  };

  /** The report of a model: kept from before, or made now. With `again` always made now. */
  const report = (model: MeasuredModel, { again = false } = {}): Promise<DeviceReport> => {
    const known = reports.get(model.id);
    if (known && !again) return known;
    if (fixed && !again) return keep(model, fixedReport(model, fixed));
    return keep(
      model,
      fileOf(model).then(async (file) => (again ? undefined : await readReport(file)) ?? measure(model)),
    );
  };

  /** A provider of a fixed report is tested when it is asked for. */
  const tested = async (model: MeasuredModel, provider: Provider): Promise<DeviceReport> => {
    const known = await report(model);
    if (known.providers.find((one) => one.provider === provider)?.state !== 'untested') return known;
    const network: TestedNetwork = { ...model, onnx: await model.onnx() };
    const cpu = await measureCpu(network, fixed?.threads ?? known.cores, testOptions);
    const now = await testProvider(provider, network, cpu, testOptions);
    return keep(model, Promise.resolve(withProvider(known, now)));
  };

  return {
    presence,
    report,
    tested,
    unmeasured,

    /** What is known without measuring: kept from before, else what is there. */
    async known(model: MeasuredModel): Promise<ProviderReport[]> {
      const kept = (await reports.get(model.id)) ?? (fixed ? undefined : await readReport(await fileOf(model)));
      return kept?.providers ?? presence();
    },

    /** A provider is found otherwise than it was reported; kept where it had been measured. */
    async correct(model: MeasuredModel, now: ProviderReport): Promise<void> {
      const after = withProvider(await report(model), now);
      await keep(model, Promise.resolve(after));
      if (after.measuredAt !== null) await writeReport(await fileOf(model), after);
    },
  };
}

const rightByDefinition = (cpu: ProviderReport, speeds: ProviderReport['speeds']): ProviderReport => ({
  ...cpu,
  state: 'usable',
  detail: 'The other providers are held against it.',
  speeds,
});

/** A report with one provider found otherwise, and the choice made again where it was measured. */
function withProvider(report: DeviceReport, now: ProviderReport): DeviceReport {
  const providers = report.providers.map((one) => (one.provider === now.provider ? now : one));
  const after = { ...report, providers };
  return report.measuredAt === null ? after : { ...after, ...chooseProvider(after) };
}
