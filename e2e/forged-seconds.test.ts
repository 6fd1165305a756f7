// Journey: an examiner is given a ten-minute video in which someone's face is forged for five
// seconds, and finds where. Through the command line, as typed; the video is made here from a
// sample photograph and the program's own self-blended forgery of it.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { VideoTimeline } from '../contract/track.ts';
import { openEngineParts } from '../engine/app/testing/engine-parts.ts';
import { selfBlend } from '../engine/datasets/forgeries/self-blend.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { ffmpeg, probedPts } from '../engine/media/video/testing/make-media.ts';
import { fnv1a32, randomStream } from '../models/tensor/random.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-journey-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The forged part: from here, five seconds. */
const FORGED_FROM_S = 372;
const FORGED_S = 5;

/** A face of the samples as it is and forged, cut out at the size of a small video. */
async function makeFaces(): Promise<void> {
  const engine = openEngineParts({ appDataFolder: path.join(root, 'making') });
  try {
    const { image, faces } = await engine.faceSearch.facesOf(readFileSync(samplePhotograph(6)));
    const face = faces[1]!;
    const forged = selfBlend(image, face.landmarks, randomStream(fnv1a32('jb'))).image;
    const side = Math.round(face.box.height * 2);
    const left = Math.round(face.box.x + face.box.width / 2 - side / 2);
    const top = Math.round(face.box.y + face.box.height / 2 - side / 2);
    for (const [name, { data, widthPx, heightPx }] of Object.entries({ genuine: image, forged }))
      await sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
        .extract({ left, top, width: side, height: side })
        .resize(352, 352)
        .png()
        .toFile(path.join(root, `${name}.png`));
  } finally {
    await engine.close();
  }
}

/**
 * Ten minutes at one frame a second, the camera swaying, the forged face laid over the genuine one
 * for five of them.
 */
function makeVideo(file: string): void {
  const still = (name: string) => ['-loop', '1', '-framerate', '1', '-t', '600', '-i', path.join(root, `${name}.png`)];
  const forged = `between(t,${FORGED_FROM_S},${FORGED_FROM_S + FORGED_S - 0.5})`;
  const sway = 'crop=320:320:16+12*sin(t/3):16+9*cos(t/5)';
  ffmpeg(
    ...[...still('genuine'), ...still('forged'), '-filter_complex', `[0][1]overlay=enable='${forged}',${sway}`],
    ...['-c:v', 'libx264', '-crf', '18', '-pix_fmt', 'yuv420p', '-g', '60', file],
  );
}

test('the forged five seconds of a ten-minute video are found', { tags: ['ffmpeg'] }, async () => {
  await makeFaces();
  const video = path.join(root, 'ten minutes.mp4');
  makeVideo(video);
  const run = async (...args: string[]): Promise<string> => {
    const program = path.resolve(import.meta.dirname, '../cli/main.ts');
    const env = { ...process.env, RECCE_HOME: path.join(root, 'home') };
    return (await promisify(execFile)(process.execPath, [program, ...args], { env, maxBuffer: 2 ** 28 })).stdout;
  };
  const scan = ['scan', video, '--case', path.join(root, 'case'), '--frames', '0.5'];
  const { videos } = JSON.parse(await run(...scan, '--json')) as { videos: { timeline: VideoTimeline }[] };
  const { tracks, mostSuspiciousTrackId, frames } = videos[0]!.timeline;
  // One every two seconds, and the last of all.
  expect(frames).toHaveLength(301);
  const track = tracks.find((one) => one.id === mostSuspiciousTrackId)!;
  if (track.outcome?.kind !== 'scored') throw new Error('a scored track was expected');
  const { windowFromMs, windowToMs, windowMedianScore, medianScore } = track.outcome;
  expect(windowMedianScore).toBeGreaterThan(medianScore + 0.15);
  expect(windowFromMs / 1000).toBeGreaterThanOrEqual(FORGED_FROM_S - 2);
  expect(windowToMs / 1000).toBeLessThanOrEqual(FORGED_FROM_S + FORGED_S + 2);
  const keys = track.points.filter(({ faceId }) => track.keyFaces.includes(faceId));
  expect(keys).toHaveLength(3);
  const pts = probedPts(video);
  for (const { frameIndex, pts: own } of keys) expect(pts[frameIndex]).toBe(own);
  // A window of three faces may reach over the edge by one; the two highest of it are forged.
  const highest = keys.sort((a, b) => b.score! - a.score!).slice(0, 2);
  for (const { timeMs } of highest)
    expect(timeMs / 1000 >= FORGED_FROM_S && timeMs / 1000 < FORGED_FROM_S + FORGED_S, `${timeMs} ms`).toBe(true);
  // The same command again finds everything done and says the same in words.
  expect(await run(...scan)).toMatch(/ten minutes\.mp4, track 1 .*highest 5 s 37[0-9]\.00 s to 37[0-9]\.00 s/);
});
