// Is the memory of a scan bounded? Resident memory of all its processes along a scan of many
// pictures: flat means bounded. `npm run bench -- memory 10000` scans as many as named.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scanRequestSchema } from '../contract/scan.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { writePortraits } from './bench-media.ts';
import { megabytesOf } from './process-usage.ts';

const USUAL_COUNT = 1000;
/** Tenths of the scan at which memory is read, at the least. */
const READINGS = 10;

/** Lines of the report. */
export async function benchMemory(arguments_: readonly string[] = []): Promise<string[]> {
  const count = Number(arguments_.find((one) => /^\d+$/.test(one)) ?? USUAL_COUNT);
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-bench-'));
  const engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  const client = createClient(engine);
  try {
    await writePortraits(path.join(root, 'media'), count);
    await client.case.create({ folder: path.join(root, 'case'), title: 'bench', reference: '' });
    const { id } = await client.scan.start(scanRequestSchema.parse({ paths: [path.join(root, 'media')] }));
    const most = new Map<number, { engine: number; compute: number; decode: number }>();
    for await (const { job } of await client.job.watch()) {
      if (job.id !== id) continue;
      const tenth = Math.floor((READINGS * job.progress.done) / count);
      const found = {
        engine: megabytesOf(process.pid),
        compute: [engine.pids().compute, ...engine.pids().finders].map(megabytesOf).reduce((sum, mb) => sum + mb, 0),
        decode: megabytesOf(engine.pids().decode),
      };
      const known = most.get(tenth) ?? { engine: 0, compute: 0, decode: 0 };
      const larger = (name: keyof typeof found): number => Math.max(found[name], known[name]);
      most.set(tenth, { engine: larger('engine'), compute: larger('compute'), decode: larger('decode') });
      if (job.state === 'failed') throw new Error(job.error ?? 'The scan failed.');
      if (job.state === 'done') break;
    }
    return [
      `${count} pictures; largest resident memory in each tenth of the scan, MB: all (engine + inference + decoding)`,
      ...[...most].map(
        ([tenth, { engine: a, compute: b, decode: c }]) =>
          `${String(tenth * 10).padStart(4)} %: ${(a + b + c).toFixed(0).padStart(5)}  (${a.toFixed(0)} + ${b.toFixed(0)} + ${c.toFixed(0)})`,
      ),
    ];
  } finally {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  }
}
