// How a farm grows: the same portraits by 1, 2 and 4 workers on this machine, each worker held to
// one core, against one of them; and from the processor time that the machine with the case and the
// server need for a file, how many workers they could keep busy. Needs redis-server; holding
// workers to a core needs taskset (Linux).
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Client, createClient, createEngine } from '../engine/index.ts';
import { freePort } from '../engine/process/testing/free-port.ts';
import { writePortraits } from './bench-media.ts';
import { ownSeconds, secondsOf, treeSeconds } from './process-usage.ts';

const USUAL_FILES = 96;
const CREWS = [1, 2, 4] as const;
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/**
 * Seconds a file: on the clock, and of processor time in a worker with its children, in the process
 * with the case, and in the server.
 */
type FarmCost = { workers: number; wall: number; worker: number; coordinator: number; server: number };

/** Lines of the report. A number behind the name is that of the files. */
export async function benchFarm(wanted: readonly string[]): Promise<string[]> {
  const files = wanted.map(Number).find((n) => n > 0) ?? USUAL_FILES;
  if (!has('redis-server', '--version')) return ['not run: it needs redis-server'];
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-bench-farm-'));
  const port = await freePort();
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  });
  const engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  try {
    await writePortraits(path.join(root, 'warm'), 8);
    await writePortraits(path.join(root, 'media'), files);
    const deps = { client: createClient(engine), root, address: `redis://127.0.0.1:${port}`, server, files };
    const costs: FarmCost[] = [];
    for (const workers of CREWS) costs.push(await crewCost(deps, workers));
    // Once more with one, so that a machine that gets busier or idler in between does not tilt the
    // ratios.
    const again = await crewCost(deps, 1);
    return linesFrom(files, costs, again);
  } finally {
    await engine.close();
    server.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  }
}

type Deps = { client: Client; root: string; address: string; server: ChildProcess; files: number };

async function crewCost(deps: Deps, workers: number): Promise<FarmCost> {
  const crew = await Promise.all(Array.from({ length: workers }, (_, n) => startWorker(deps, n)));
  try {
    await farmScan(deps, 'warm');
    const used = () => ({
      wall: performance.now() / 1000,
      worker: crew.reduce((sum, { pid }) => sum + treeSeconds(pid), 0),
      coordinator: ownSeconds(),
      server: secondsOf(deps.server.pid),
    });
    const before = used();
    await farmScan(deps, 'media');
    const after = used();
    const each = (name: keyof typeof before): number => (after[name] - before[name]) / deps.files;
    return {
      workers,
      wall: each('wall'),
      worker: each('worker'),
      coordinator: each('coordinator'),
      server: each('server'),
    };
  } finally {
    for (const worker of crew) worker.kill('SIGTERM');
    await Promise.all(crew.map((worker) => once(worker, 'exit')));
  }
}

/** A worker as the command line starts it, on one core. */
async function startWorker({ root, address }: Deps, n: number): Promise<ChildProcess> {
  const main = path.resolve(import.meta.dirname, '../cli/main.ts');
  const line = [process.execPath, main, 'worker', '--queue', address, '--evidence', root, '--name', `worker ${n}`];
  const pinned = has('taskset', '--version') ? ['taskset', '-c', String(n % os.availableParallelism()), ...line] : line;
  const child = spawn(pinned[0]!, pinned.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RECCE_HOME: path.join(root, 'app'), RECCE_COMPUTE: 'cpu,1,8' },
  });
  await once(child.stdout, 'data');
  return child;
}

let cases = 0;
async function farmScan({ client, root, address }: Deps, folder: string): Promise<void> {
  cases += 1;
  await client.case.create({ folder: path.join(root, `case-${cases}`), title: 'Bench', reference: '' });
  const { id } = await client.farm.scan({ paths: [path.join(root, folder)], queue: { address } });
  for await (const { job } of await client.job.watch()) {
    if (job.id !== id) continue;
    if (job.state === 'done') return;
    if (job.state === 'failed') throw new Error(job.error ?? 'The farm scan failed.');
  }
}

function linesFrom(files: number, costs: readonly FarmCost[], again: FarmCost): string[] {
  const one = (costs[0]!.wall + again.wall) / 2;
  const ms = (seconds: number): string => (1000 * seconds).toFixed(1);
  const mean = (of: (cost: FarmCost) => number): number =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  const [worker, coordinator, server] = [
    mean((cost) => cost.worker),
    mean((cost) => cost.coordinator),
    mean((cost) => cost.server),
  ];
  const busiest = Math.max(coordinator, server);
  const most = worker / busiest;
  return [
    `${files} portraits with one face, the shipped model, workers held to one core each of ${os.availableParallelism()}`,
    ...costs.map(
      ({ workers, wall }) =>
        `  ${workers} worker(s): ${ms(wall)} ms a file, ${(one / wall).toFixed(2)} times one worker`,
    ),
    `  one worker before and after: ${ms(costs[0]!.wall)} and ${ms(again.wall)} ms a file`,
    `  processor time a file: ${ms(worker)} ms in a worker, ${ms(coordinator)} ms with the case, ${ms(server)} ms in the server`,
    `  model: the busier of the latter two serves one file after the other, so at most ${most.toFixed(1)} workers with one such core each are kept busy`,
    ...[4, 8, 16].map(
      (n) =>
        `    ${n} workers: ${Math.min(n, most).toFixed(1)} times one; ${amdahl(n, busiest / (worker + busiest)).toFixed(1)} by Amdahl's law, were nothing done side by side`,
    ),
  ];
}

/** Speed-up by n where a share of the work, 0..1, is done by one alone. */
const amdahl = (n: number, share: number): number => 1 / (share + (1 - share) / n);
