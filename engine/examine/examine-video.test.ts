// Which way up a film is held, with real networks on a film of two shots made from photographs: its
// box network alone is surer of faces on their heads in the first shot than of the upright ones.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOT_WALKED } from '../../contract/track.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { testModel } from '../case/testing/case-material.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import { identityFrom } from '../files/file-identity.ts';
import { createDecoder } from '../media/decoder.ts';
import { ffmpeg, makeTwoShots } from '../media/video/testing/make-media.ts';
import { createVideoDecoder } from '../media/video/video-decoder.ts';
import { examineVideo, type JudgedFrames, type VideoDeps } from './examine-video.ts';
import { createFaceFinder } from './face-finder.ts';

describe('a film of two shots', { tags: ['ffmpeg'] }, () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-held-'));
  const upright = path.join(root, 'upright.mp4');
  let compute: Compute;
  let deps: VideoDeps;
  beforeAll(() => {
    makeTwoShots(upright);
    compute = createCompute({ provider: 'cpu', threads: 2 });
    const finder = createFaceFinder(compute);
    deps = {
      ...{ compute, model: testModel, sampling: { kind: 'byTime', framesPerSecond: 5, sceneChanges: true } },
      // Larger than any face: nothing is scored here, every face has its row.
      minimumFacePx: 10_000,
      blobs: { put: async (bytes) => sha256Of(bytes) },
      decoder: createDecoder(),
      videoDecoder: createVideoDecoder(),
      findFaces: (image, look) => finder.find(image, look),
    };
  });
  afterAll(async () => {
    await deps.decoder.close();
    await deps.videoDecoder.close();
    await compute.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** How each face of each frame was held, frame by frame. */
  async function rotationsIn(film: string): Promise<number[][]> {
    const frames: JudgedFrames['frames'] = [];
    const verdicts: JudgedFrames['verdicts'][number][] = [];
    const file = { path: film, identity: identityFrom(statSync(film, { bigint: true })) };
    for await (const part of examineVideo(deps, file, NOT_WALKED)) {
      if (part.kind !== 'frames') continue;
      frames.push(...part.frames);
      verdicts.push(...part.verdicts);
    }
    return frames.map(({ frameIndex }) =>
      verdicts.flatMap(({ face }) => (face?.frameIndex === frameIndex ? [face.foundAtRotation] : [])),
    );
  }

  test.each([
    ['upright', 'null', 0],
    ['turned clockwise', 'transpose=1', 270],
    ['turned counter-clockwise', 'transpose=2', 90],
    ['on its head', 'hflip,vflip', 180],
  ])('held %s is found so in every frame', async (name, filter, rotation) => {
    const film = path.join(root, `${name}.mkv`);
    ffmpeg('-i', upright, '-vf', filter, '-c:v', 'libx264', '-crf', '12', '-pix_fmt', 'yuv420p', film);
    const frames = await rotationsIn(film);
    expect(frames.length).toBeGreaterThanOrEqual(30);
    expect(frames.filter((one) => one.length > 0).length).toBe(frames.length);
    expect([...new Set(frames.flat())]).toEqual([rotation]);
  });
});
