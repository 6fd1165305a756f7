// A device report on the disk: kept from one engine to the next. Called by devices.ts.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DeviceReport, deviceReportSchema } from '../../contract/device.ts';

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
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.tmp`, `${JSON.stringify(report, null, 2)}\n`);
    await rename(`${file}.tmp`, file);
  } catch {}
}
