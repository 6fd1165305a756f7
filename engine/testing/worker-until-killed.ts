// A worker as a process of its own, as `recce worker` starts it; says "ready" when it works. With
// another application version where one is named. A file of certificates stands behind the address
// and a #. Tests only.
import { folderFromText, startFarmWorker } from '../index.ts';

const [address, folder, name, appDataFolder, appVersion, modelsFolder] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string?,
  string?,
];
const worker = await startFarmWorker({
  engine: { appDataFolder, ...(appVersion ? { appVersion } : {}), ...(modelsFolder ? { modelsFolder } : {}) },
  queue: { address: address.split('#')[0]!, ...(address.includes('#') ? { caFile: address.split('#')[1]! } : {}) },
  folders: [folderFromText(folder)],
  name,
  concurrency: 2,
  stalledAfterMs: 8000,
  say: (line) => process.stderr.write(`${name}: ${line}\n`),
});
process.stdout.write('ready\n');
process.on('SIGTERM', () => {
  void worker.close().then(() => process.exit(0));
});
