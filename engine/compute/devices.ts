// What this machine runs networks on: which providers are there, which of them are right and how fast, and what is chosen. Measured once
// for a model on a machine (hardware, drivers and runtime together) and kept in the application's folder. Owned by the engine.
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import type { DeviceReport, Placement, Provider, ProviderReport } from '../../contract/device.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Device } from '../../contract/scan.ts';
import type { SpawnChild } from '../process/supervised-child.ts';
import { chooseProvider, placementOn } from './choose-provider.ts';
import type { FixedPlacement } from './fixed-placement.ts';
import { describeMachine, keyOfMachine, type Machine } from './machine.ts';
import { PROVIDER_NAMES, presenceFrom, readBackends } from './providers.ts';
import { readReport, writeReport } from './report-file.ts';
import { type CpuMeasure, measureCpu, type TestedNetwork, testProvider } from './self-test.ts';

/** A model as it is measured. `onnx` is asked for only when something is measured. */
export type MeasuredModel = { id: Sha256; name: string; inputPx: number; onnx(): Promise<Uint8Array> };

export type DevicesOptions = {
  /** Holds one folder a machine, in it one file a model. */
  folder: string;
  clock(): string;
  spawn?: SpawnChild;
  fixed?: FixedPlacement | undefined;
  /** Time for one answer of a process under test, ms. */
  limitMs?: number;
};

export type Devices = ReturnType<typeof createDevices>;

/** Measures nothing by itself. */
export function createDevices({ folder, clock, spawn, fixed, limitMs }: DevicesOptions) {
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
    const network: TestedNetwork = { onnx: await model.onnx(), inputPx: model.inputPx };
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
    const network: TestedNetwork = { onnx: await model.onnx(), inputPx: model.inputPx };
    const cpu = await measureCpu(network, fixed?.threads ?? known.cores, testOptions);
    const now = await testProvider(provider, network, cpu, testOptions);
    return keep(model, Promise.resolve(withProvider(known, now)));
  };

  return {
    presence,
    report,
    unmeasured,

    /** What is known without measuring: kept from before, else what is there. */
    async known(model: MeasuredModel): Promise<ProviderReport[]> {
      const kept = (await reports.get(model.id)) ?? (fixed ? undefined : await readReport(await fileOf(model)));
      return kept?.providers ?? presence();
    },

    /** Where a model runs. Throws DEVICE_UNAVAILABLE with the reason when the device asked for is not there or not right. */
    async place(model: MeasuredModel, device: Device): Promise<Placement> {
      if (device === 'auto') return (await report(model)).chosen;
      if (device === 'cpu' && fixed) return (await report(model)).chosen;
      const found = await tested(model, device);
      const placement = placementOn(found, device);
      if (placement) return placement;
      const why = found.providers.find((one) => one.provider === device)?.detail ?? 'it is not known here.';
      throw new RecceError('DEVICE_UNAVAILABLE', PROVIDER_NAMES[device], why);
    },

    /** Throws DEVICE_UNAVAILABLE when a device is not there at all. Tests nothing. */
    async expectPresent(device: Device): Promise<void> {
      if (device === 'auto' || device === 'cpu') return;
      const found = (await presence()).find((one) => one.provider === device);
      if (found?.state === 'absent') throw new RecceError('DEVICE_UNAVAILABLE', PROVIDER_NAMES[device], found.detail);
    },

    /** A provider failed at work: it is not chosen again until it is measured anew. */
    async blame(model: MeasuredModel, provider: Provider, detail: string): Promise<void> {
      const before = await report(model);
      const failed = before.providers.find((one) => one.provider === provider);
      if (!failed || provider === 'cpu') return;
      const after = withProvider(before, { ...failed, state: 'failed', detail });
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
