// Videos as cameras, recorders and programs leave them, each made here by the ffmpeg program: what is in them is looked at, all of it, in
// its true shape and time, and what was looked at can be shown again.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sampling } from '../../../contract/video.ts';
import { ffmpeg } from './testing/make-media.ts';
import { createVideoDecoder, type UnreadableAnswer, type VideoDecoder } from './video-decoder.ts';
import type { ChosenFrame, VideoEnd } from './video-messages.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-world-videos-'));
const at = (name: string): string => path.join(folder, name);
let decoder: VideoDecoder;
beforeAll(() => {
  decoder = createVideoDecoder();
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

type Walked = { frames: ChosenFrame[]; end: VideoEnd | undefined; refused: UnreadableAnswer | undefined };

async function walk(file: string, sampling: Sampling): Promise<Walked> {
  const walked: Walked = { frames: [], end: undefined, refused: undefined };
  for await (const part of decoder.walk(file, sampling, -1))
    if (part.kind === 'frames') walked.frames.push(...part.frames);
    else if (part.kind === 'end') walked.end = part.end;
    else walked.refused = part;
  return walked;
}

const ONCE_A_SECOND: Sampling = { kind: 'byTime', framesPerSecond: 1, sceneChanges: false };

describe('long videos', { tags: ['ffmpeg'] }, () => {
  test('a hundred thousand uneven steps are walked through to the end', async () => {
    const picture = 'color=black:s=32x32:r=2000/3';
    ffmpeg('-f', 'lavfi', '-i', picture, '-t', '200', '-c:v', 'libx264', '-preset', 'ultrafast', at('vfr.mkv'));
    const { frames, end, refused } = await walk(at('vfr.mkv'), ONCE_A_SECOND);
    expect(refused).toBeUndefined();
    expect(frames).toHaveLength(200);
    expect(end!.ptsRuns.steps.length).toBeGreaterThan(100_000 / 2);
  });
});
