// What this machine is, as far as it decides how a network runs on it.
import { createHash } from 'node:crypto';
import os from 'node:os';
import type { DeviceReport } from '../../contract/device.ts';
import { listAdapters } from './adapters.ts';
import { RUNTIME_VERSION } from './runtime-version.ts';

export type Machine = Pick<DeviceReport, 'runtime' | 'processor' | 'cores' | 'adapters'>;

export async function describeMachine(): Promise<Machine> {
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
