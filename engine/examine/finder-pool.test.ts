// Pictures searched side by side, in real processes, beside the same pictures searched in one.
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import type { FoundFace, Look } from '../media/find-faces.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { type Photograph, photographOf } from '../media/photograph.ts';
import type { SpawnChild } from '../process/channel.ts';
import { spawnNodeChild } from '../process/spawn-node-child.ts';
import { createFaceFinder, type FaceFinder } from './face-finder.ts';
import { createFinderPool, type FinderPool } from './finder-pool.ts';

async function picture(n: number, width: number, angle = 0): Promise<RgbImage> {
  const { data, info } = await sharp(samplePhotograph(n))
    .resize(width)
    .rotate(angle)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data };
}

const empty: RgbImage = { widthPx: 1600, heightPx: 1200, data: new Uint8Array(1600 * 1200 * 3).fill(90) };

/** A photograph that says how often all of its pixels were asked for. */
function counted(image: RgbImage, asked: { times: number }): Photograph {
  const photograph = photographOf(image);
  return {
    ...photograph,
    pixels: () => {
      asked.times += 1;
      return photograph.pixels();
    },
  };
}

describe('searched in several processes', () => {
  let compute: Compute;
  let alone: FaceFinder;
  const pools: FinderPool[] = [];
  const poolOf = (options: Partial<Parameters<typeof createFinderPool>[1]> = {}): FinderPool => {
    const pool = createFinderPool(alone, { processes: 2, queuedMs: 0, ...options });
    pools.push(pool);
    return pool;
  };
  /** Two at once, until the processes are there. */
  async function started(pool: FinderPool, small: RgbImage): Promise<FinderPool> {
    while (pool.pids().length < 2) await Promise.all([pool.find(small), pool.find(small)]);
    return pool;
  }
  let small: RgbImage;
  beforeAll(async () => {
    compute = createCompute({ provider: 'cpu', threads: 2 });
    alone = createFaceFinder(compute);
    small = await picture(3, 300);
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await compute.close();
  });

  test('each picture has the same faces to the last bit, however it is looked at', async () => {
    const pool = await started(poolOf(), small);
    const pictures: [RgbImage, Look | undefined][] = [
      [await picture(1, 700), undefined],
      [await picture(3, 1700), undefined],
      [await picture(3, 900, 90), undefined],
      [await picture(2, 600, 180), { by: 'standing', up: 180 }],
      [await picture(3, 1700), { by: 'coarseToFine' }],
      [await picture(3, 500), { by: 'tiles' }],
      [empty, undefined],
    ];
    const asPhotographs = pictures.map(([image, look]): [Photograph, Look | undefined] => [photographOf(image), look]);
    const all = [...pictures, ...asPhotographs];
    const together = await Promise.all(all.map(([image, look]) => pool.find(image, look)));
    const apart: FoundFace[][] = [];
    for (const [image, look] of all) apart.push(await alone.find(image, look));
    expect(together).toEqual(apart);
    expect(together.map((faces) => faces.length > 0)).toEqual(all.map(([image]) => image.widthPx !== empty.widthPx));
  });

  test('all pixels of a photograph are asked for where a face may be, and never where there is none', async () => {
    const pool = await started(poolOf(), small);
    const [without, withFaces] = [{ times: 0 }, { times: 0 }];
    expect(await pool.find(counted(empty, without))).toEqual([]);
    expect((await pool.find(counted(await picture(3, 1700), withFaces))).length).toBeGreaterThan(0);
    expect(without.times).toBe(0);
    expect(withFaces.times).toBe(1);
  });

  test('a photograph whose pixels cannot be had fails with that reason, and the next is searched', async () => {
    const pool = await started(poolOf(), small);
    const image = await picture(3, 1700);
    const broken = { ...photographOf(image), pixels: () => Promise.reject(new Error('cut short')) };
    await expect(Promise.all([pool.find(broken), pool.find(broken)])).rejects.toThrow('cut short');
    expect(await pool.find(small)).toEqual(await alone.find(small));
  });

  test('a process that dies is replaced and its picture searched again, also while pixels are decoded', async () => {
    const pool = await started(poolOf(), small);
    const image = await picture(3, 1700);
    let killed = 0;
    const dying = (): Photograph => ({
      ...photographOf(image),
      pixels: async () => {
        if (killed++ === 0) for (const pid of pool.pids()) process.kill(pid, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 200));
        return image;
      },
    });
    const expected = await alone.find(image);
    expect(await Promise.all([pool.find(dying()), pool.find(dying())])).toEqual([expected, expected]);
    expect(killed).toBeGreaterThan(2);
    expect(pool.pids()).toHaveLength(2);
  });

  test('no process is started for one picture after the other, and none lives on without work', async () => {
    const lazy = poolOf({ queuedMs: 60_000 });
    await Promise.all([lazy.find(small), lazy.find(small), lazy.find(small)]);
    expect(lazy.pids()).toEqual([]);
    const quick = await started(poolOf({ idleMs: 1_000 }), small);
    await expect.poll(() => quick.pids(), { timeout: 20_000 }).toEqual([]);
    await started(quick, small);
  });

  test('where processes cannot be started, pictures are searched all the same', async () => {
    const nowhere = new URL('../nowhere.ts', import.meta.url);
    const spawn: SpawnChild = (start) => spawnNodeChild({ ...start, entry: nowhere });
    const pool = poolOf({ spawn });
    const expected = await alone.find(small);
    for (let round = 0; round < 3; round++)
      expect(await Promise.all([pool.find(small), pool.find(small)])).toEqual([expected, expected]);
    expect(pool.pids()).toEqual([]);
  });
});
