// Where the time of one picture goes, operator by operator: ONNX Runtime's own profile of the full
// network at 299 px on one thread, added up by kind of operator and by the shape of its work.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as ort from '../engine/compute/onnxruntime.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { paperNetwork, pictures } from './paper-network.ts';

type Event = {
  cat: string;
  name: string;
  dur: number;
  args?: {
    op_name?: string;
    output_type_shape?: Record<string, number[]>[];
    input_type_shape?: Record<string, number[]>[];
  };
};

const RUNS = 5;

/** Kernel events of `RUNS` runs after one to warm up. */
async function kernelEvents(onnx: Uint8Array, batch: number): Promise<Event[]> {
  const prefix = path.join(os.tmpdir(), `recce-profile-${process.pid}`);
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    enableProfiling: true,
    profileFilePrefix: prefix,
  });
  for (let i = 0; i <= RUNS; i++) await session.run({ x: pictures(batch, 299) });
  session.endProfiling();
  await session.release();
  const folder = path.dirname(prefix);
  const file = readdirSync(folder).find((name) => name.startsWith(path.basename(prefix)))!;
  const events: Event[] = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  rmSync(path.join(folder, file));
  const kernels = events.filter((event) => event.cat === 'Node' && event.name.endsWith('_kernel_time'));
  return kernels.slice(kernels.length / (RUNS + 1));
}

const shapeOf = (shapes: Record<string, number[]>[] | undefined): string =>
  (shapes ?? []).map((one) => `[${Object.values(one)[0]?.join(',')}]`).join(' ');

/** Lines of the report. */
export async function benchProfile(): Promise<string[]> {
  const events = await kernelEvents(onnxFromGraph(paperNetwork()), 1);
  const total = events.reduce((sum, event) => sum + event.dur, 0);
  const by = (key: (event: Event) => string, most: number): string[] => {
    const sums = new Map<string, { time: number; count: number }>();
    for (const event of events) {
      const known = sums.get(key(event)) ?? { time: 0, count: 0 };
      sums.set(key(event), { time: known.time + event.dur, count: known.count + 1 });
    }
    return [...sums]
      .sort(([, a], [, b]) => b.time - a.time)
      .slice(0, most)
      .map(
        ([name, { time, count }]) =>
          `${((100 * time) / total).toFixed(1).padStart(5)} %  ${(time / RUNS / 1000).toFixed(2).padStart(8)} ms  ${String(count / RUNS).padStart(3)} x  ${name}`,
      );
  };
  return [
    `${(total / RUNS / 1000).toFixed(1)} ms in kernels for one picture on one thread`,
    ...by((event) => event.args?.op_name ?? event.name, 20),
    '',
    ...by(
      (event) =>
        `${event.args?.op_name} ${shapeOf(event.args?.input_type_shape)} -> ${shapeOf(event.args?.output_type_shape)}`,
      40,
    ),
  ];
}
