// The graphics adapters with their drivers, as the operating system names them: ONNX Runtime for
// Node does not. Part of the key under which measurements are kept, so that another card or driver
// is measured anew, and of what a verdict made there records.
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const text = (file: string): Promise<string> => readFile(file, 'utf8').then((content) => content.trim());

/** NVIDIA's driver tells the card's name and its own version under /proc. */
async function nvidiaAdapters(): Promise<string[]> {
  const folder = '/proc/driver/nvidia/gpus';
  const version = /Kernel Module\s+(?:for \S+\s+)?([\d.]+)/.exec(await text('/proc/driver/nvidia/version'))?.[1] ?? '?';
  const cards = await readdir(folder);
  return Promise.all(
    cards.map(async (card) => {
      const model = /^Model:\s*(.+)$/m.exec(await text(path.join(folder, card, 'information')))?.[1];
      return `${model ?? 'NVIDIA'}, driver ${version}`;
    }),
  );
}

/**
 * Other cards by the kernel's module and their PCI numbers: their names are in no file every system
 * has.
 */
async function kernelAdapters(): Promise<string[]> {
  const folder = '/sys/class/drm';
  const cards = (await readdir(folder)).filter((name) => /^card\d+$/.test(name));
  const named = await Promise.all(
    cards.map(async (card) => {
      const device = path.join(folder, card, 'device');
      const module_ = path.basename(await readlink(path.join(device, 'driver')));
      const [vendor, id] = await Promise.all([text(path.join(device, 'vendor')), text(path.join(device, 'device'))]);
      return module_ === 'nvidia' ? undefined : `${module_} ${vendor}:${id}`;
    }),
  );
  return named.filter((name) => name !== undefined);
}

/** A Vulkan driver that the environment names stands in front of the system's. */
function namedDrivers(): string[] {
  const files = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  return files ? [`Vulkan driver of ${files}`] : [];
}

const none = (): string[] => [];

async function linuxAdapters(): Promise<string[]> {
  const found = await Promise.all([nvidiaAdapters().catch(none), kernelAdapters().catch(none)]);
  return [...namedDrivers(), ...found.flat()];
}

/** PowerShell's JSON of Win32_VideoController: one object or a list of them. */
export function windowsAdapters(json: string): string[] {
  const found = JSON.parse(json) as { Name: string; DriverVersion: string } | { Name: string; DriverVersion: string }[];
  return [found].flat().map(({ Name, DriverVersion }) => `${Name}, driver ${DriverVersion}`);
}

/** system_profiler's JSON of its displays. The driver is the system's own. */
export function macAdapters(json: string): string[] {
  const { SPDisplaysDataType } = JSON.parse(json) as { SPDisplaysDataType: { sppci_model?: string; _name: string }[] };
  return SPDisplaysDataType.map((one) => one.sppci_model ?? one._name);
}

const WINDOWS_QUESTION =
  'ConvertTo-Json @(Get-CimInstance Win32_VideoController | Select-Object Name, DriverVersion) -Compress';

/** Empty where the system does not say. */
export async function listAdapters(platform: NodeJS.Platform = process.platform): Promise<string[]> {
  const options = { timeout: 20_000, windowsHide: true };
  if (platform === 'linux') return linuxAdapters();
  if (platform === 'win32')
    return run('powershell.exe', ['-NoProfile', '-Command', WINDOWS_QUESTION], options)
      .then(({ stdout }) => windowsAdapters(stdout))
      .catch(none);
  if (platform === 'darwin')
    return run('/usr/sbin/system_profiler', ['-json', 'SPDisplaysDataType'], options)
      .then(({ stdout }) => macAdapters(stdout))
      .catch(none);
  return [];
}
