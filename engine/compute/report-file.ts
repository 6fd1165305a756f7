// A device report on the disk: kept from one engine to the next.

import { readFile } from 'node:fs/promises';
import { type DeviceReport, deviceReportSchema } from '../../contract/device.ts';
import { writeAtomic } from '../files/write-atomic.ts';

/** Undefined where there is none, or none that can be read: it is measured again then. */
export async function readReport(file: string): Promise<DeviceReport | undefined> {
  try {
    return deviceReportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A report that cannot be kept is measured again the next time; that is no reason not to work. */
export async function writeReport(file: string, report: DeviceReport): Promise<void> {
  try {
    await writeAtomic(file, [`${JSON.stringify(report, null, 2)}\n`]);
  } catch {}
}
