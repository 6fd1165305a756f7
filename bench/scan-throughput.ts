// What a scan costs beside bare inference: the whole line (reading, hashing, decoding, finding, cropping, scoring, storing)
// against the networks alone on the same faces, in the same run, and the memory it takes.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { EngineState } from '../engine/engine-state.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { scoreCrops } from '../engine/library/recce-runner.ts';
import { facePackageFolder } from '../engine/media/finder-weights.ts';

const FILES = 200;

/** Lines of the report. */
export async function benchScan(): Promise<string[]> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-bench-'));
  const media = path.join(root, 'media');
  mkdirSync(media);
  const portrait = path.join(root, 'portrait.jpg');
  // One face of the samples, at the size of an ordinary portrait.
  await sharp(path.join(facePackageFolder(), 'demo', 'sample3.jpg'))
    .extract({ left: 480, top: 250, width: 500, height: 620 })
    .resize(240)
    .jpeg({ quality: 92 })
    .toFile(portrait);
  for (let i = 0; i < FILES; i++) copyFileSync(portrait, path.join(media, `${String(i).padStart(5, '0')}.jpg`));
  try {
    const bare = await bareSeconds(portrait, root);
    const { seconds, megabytes } = await scanSeconds(media, root);
    return [
      `${FILES} portraits: ${(FILES / seconds).toFixed(1)} files/s through the whole line`,
      `the two networks alone: ${(FILES / bare).toFixed(1)} files/s; the line reaches ${((100 * bare) / seconds).toFixed(0)} % of that`,
      `largest resident memory of the engine process: ${megabytes.toFixed(0)} MB`,
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Finder and RECCE, one picture after the other, nothing else. */
async function bareSeconds(portrait: string, root: string): Promise<number> {
  const state = new EngineState({ appDataFolder: path.join(root, 'app') });
  try {
    const [model] = await state.library.list();
    await state.loadModel(model!);
    const { data, info } = await sharp(portrait).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const image = { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) };
    const { inputPx } = model!.passport;
    const crop = { widthPx: inputPx, heightPx: inputPx, data: new Uint8Array(inputPx * inputPx * 3) };
    await state.findFaces(image);
    const start = performance.now();
    for (let i = 0; i < FILES; i++) {
      await state.findFaces(image);
      if (i % 8 === 7)
        await scoreCrops(
          state.compute,
          model!,
          Array.from({ length: 8 }, () => crop),
        );
    }
    return (performance.now() - start) / 1000;
  } finally {
    await state.close();
  }
}

async function scanSeconds(media: string, root: string): Promise<{ seconds: number; megabytes: number }> {
  const engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  const client = createClient(engine);
  try {
    await client.case.create({ folder: path.join(root, 'case'), title: 'bench', reference: '' });
    const start = performance.now();
    const { id } = await client.scan.start({ paths: [media], device: 'cpu', minimumFacePx: 40 });
    for await (const { job } of await client.job.watch()) if (job.id === id && job.state === 'done') break;
    return { seconds: (performance.now() - start) / 1000, megabytes: process.resourceUsage().maxRSS / 1024 };
  } finally {
    await engine.close();
  }
}
