// What a scan costs beside bare inference: the whole line (reading, hashing, decoding, finding,
// cropping, scoring, storing) against the same networks run one after the other on inputs that are
// ready, through a compute process of the same kind. Measured on the clock and in processor time: a
// clock also counts what else the machine does.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openEngineParts } from '../engine/app/testing/engine-parts.ts';
import { type Client, createClient, createEngine, type Engine } from '../engine/index.ts';
import { writeRecceWeights } from '../models/checkpoint/write-recce-checkpoint.ts';
import { finderInput, landmarkInput, viewOf } from '../models/face-finder/finder-input.ts';
import { PAPER_CONFIG } from '../models/recce/config.ts';
import { generatedTensor } from '../models/recce/generated-weights.ts';
import { inputFromPixels } from '../models/recce/input.ts';
import { recceKeys } from '../models/recce/keys.ts';
import { writePortraits } from './bench-media.ts';
import { ownSeconds, secondsOf } from './process-usage.ts';
import { scanToEnd } from './scan-to-end.ts';

/** Faces scored in one run, as in the scan. */
const BATCH = 8;

export type Cost = { wall: number; processor: number };
export const perFile = (from: Cost, to: Cost, files: number): Cost => ({
  wall: (to.wall - from.wall) / files,
  processor: (to.processor - from.processor) / files,
});
export const now = (...pids: (number | undefined)[]): Cost => ({
  wall: performance.now() / 1000,
  processor: pids.reduce<number>((sum, pid) => sum + secondsOf(pid), ownSeconds()),
});

/** The paper's network with generated weights, as a file that can be imported. */
export function writePaperWeights(file: string): void {
  const keys = recceKeys(PAPER_CONFIG, false).filter((key) => key.dtype === 'float32');
  const tensors = new Map(keys.map((key) => [key.name, generatedTensor(key)]));
  writeFileSync(file, writeRecceWeights({ config: PAPER_CONFIG, tensors, batchesTracked: 1 }));
}

/** Both networks, one run after the other on ready inputs: what inference alone costs a file. */
export async function bareCost(appDataFolder: string, modelId: string, files: number): Promise<Cost> {
  const engine = openEngineParts({ appDataFolder });
  try {
    const model = (await engine.library.list()).find((one) => one.id === modelId)!;
    const { compute } = await engine.loadedModels.place(model, 'cpu');
    await engine.faceSearch.finder();
    const { inputPx, mean, std } = model.passport;
    const image = { widthPx: 240, heightPx: 297, data: new Uint8Array(240 * 297 * 3).fill(120) };
    const box = { x: 60, y: 60, width: 110, height: 140 };
    const view = finderInput(image, [viewOf({ x: 0, y: 0, width: 240, height: 297 })]);
    const face = landmarkInput(image, [box]);
    const crops = Array.from({ length: BATCH }, () => new Uint8Array(inputPx * inputPx * 3).fill(90));
    const batch = inputFromPixels(crops, { inputPx, mean, std });
    const run = async (): Promise<void> => {
      for (let i = 0; i < BATCH; i++) {
        await engine.compute.run('boxes', { x: view });
        await engine.compute.run('landmarks', { x: face });
      }
      await compute.run(model.id, { x: batch });
    };
    await run();
    const before = now(engine.compute.pid());
    for (let i = 0; i < files; i += BATCH) await run();
    return perFile(before, now(engine.compute.pid()), files);
  } finally {
    await engine.close();
  }
}

/** A scan after one that warmed everything up. */
async function scanCost(root: string, client: Client, engine: Engine, modelId: string, files: number): Promise<Cost> {
  await client.case.create({ folder: path.join(root, `case-${modelId.slice(0, 8)}`), title: 'bench', reference: '' });
  await scanToEnd(client, modelId, path.join(root, 'warm'));
  const pids = () => {
    const { compute, decode, finders } = engine.pids();
    return [compute, decode, ...finders];
  };
  const before = now(...pids());
  await scanToEnd(client, modelId, path.join(root, `media-${files}`));
  return perFile(before, now(...pids()), files);
}

/** Lines of the report. */
export async function benchScan(): Promise<string[]> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-bench-'));
  const appDataFolder = path.join(root, 'app');
  const engine = await createEngine({ appDataFolder });
  const client = createClient(engine);
  try {
    await writePortraits(path.join(root, 'warm'), BATCH);
    writePaperWeights(path.join(root, 'paper.pth'));
    const paper = await client.model.import({ path: path.join(root, 'paper.pth'), inputPx: 299 });
    const lite = (await client.model.list())[0]!;
    const lines: string[] = [];
    for (const [name, model, files] of [
      [`the shipped model (width ${lite.passport.width}, ${lite.passport.inputPx} px)`, lite, 160],
      ['the paper’s network (width 1, 299 px)', paper, 48],
    ] as const) {
      await writePortraits(path.join(root, `media-${files}`), files);
      // Before and after the scan, so that a machine that gets busier or idler in between does not
      // tilt the ratio.
      const first = await bareCost(appDataFolder, model.id, files);
      const line = await scanCost(root, client, engine, model.id, files);
      const second = await bareCost(appDataFolder, model.id, files);
      const bare = { wall: (first.wall + second.wall) / 2, processor: (first.processor + second.processor) / 2 };
      lines.push(
        `${name}, ${files} portraits with one face`,
        `  on the clock:   line ${(1 / line.wall).toFixed(1)} files/s, bare inference ${(1 / bare.wall).toFixed(1)} files/s: the line reaches ${((100 * bare.wall) / line.wall).toFixed(0)} %`,
        `  processor time: line ${(1000 * line.processor).toFixed(0)} ms a file, bare inference ${(1000 * bare.processor).toFixed(0)} ms: ${((100 * bare.processor) / line.processor).toFixed(0)} % of the line is inference`,
      );
    }
    return lines;
  } finally {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  }
}
