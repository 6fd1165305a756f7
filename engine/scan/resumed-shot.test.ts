// A walk through a film that was stopped in mid-shot and is taken up again: what is known of the
// shot comes from the rows, so that every frame is looked at as it would have been.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { NOT_WALKED, type WalkedSoFar } from '../../contract/track.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { addEvidence } from '../case/rows/evidence.ts';
import { keepModel } from '../case/rows/model.ts';
import { beginVideoScan, walkedSoFar } from '../case/rows/video-scan.ts';
import { testModel, testParameters } from '../case/testing/case-material.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import { examineVideo, type JudgedFrames, type VideoDeps } from '../examine/examine-video.ts';
import { createFaceFinder } from '../examine/face-finder.ts';
import { identityFrom } from '../files/file-identity.ts';
import { createDecoder } from '../media/decoder.ts';
import { SURE_SCORE } from '../media/find-faces.ts';
import { ffmpeg, makeTwoShots } from '../media/video/testing/make-media.ts';
import { createVideoDecoder } from '../media/video/video-decoder.ts';
import { writeFrames } from './scan-video.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-resumed-shot-'));
const film = path.join(root, 'sideways.mp4');
const sampling = { kind: 'byTime', framesPerSecond: 2, sceneChanges: true } as const;
/** Larger than any face: nothing is scored here, every face has its row. */
const minimumFacePx = 10_000;
let compute: Compute;
let deps: VideoDeps;
let opened: WritableCase;
/** How the frames were looked at, in their order. */
let looks: unknown[] = [];

beforeAll(() => {
  opened = createCase(path.join(root, 'case'), { title: 'S', reference: '', demonstration: false });
  keepModel(opened, testModel);
  compute = createCompute({ provider: 'cpu', threads: 2 });
  const finder = createFaceFinder(compute);
  deps = {
    ...{ compute, sampling, minimumFacePx, model: testModel },
    blobs: { put: async (bytes) => sha256Of(bytes) },
    decoder: createDecoder(),
    videoDecoder: createVideoDecoder(),
    findFaces: (image, look) => {
      looks.push(look);
      return finder.find(image, look);
    },
  };
});
afterAll(async () => {
  closeCase(opened);
  await deps.decoder.close();
  await deps.videoDecoder.close();
  await compute.close();
  rmSync(root, { recursive: true, force: true });
});

/** What is said of the film from there on, and how it was looked at. */
async function examined(from: WalkedSoFar): Promise<Omit<JudgedFrames, 'progress'> & { looks: unknown[] }> {
  looks = [];
  const [frames, verdicts]: [JudgedFrames['frames'], JudgedFrames['verdicts'][number][]] = [[], []];
  const file = { path: film, identity: identityFrom(statSync(film, { bigint: true })) };
  for await (const part of examineVideo(deps, file, from)) {
    if (part.kind !== 'frames') continue;
    frames.push(...part.frames);
    verdicts.push(...part.verdicts);
  }
  return { frames, verdicts, looks };
}

test('the rest of a shot is looked at the way up that its first faces had, and the next shot anew', {
  tags: ['ffmpeg'],
}, async () => {
  makeTwoShots(path.join(root, 'upright.mp4'));
  ffmpeg('-i', path.join(root, 'upright.mp4'), '-vf', 'transpose=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', film);
  const whole = await examined(NOT_WALKED);
  const [, second] = whole.frames.flatMap(({ sceneChange }, i) => (sceneChange || i === 0 ? [i] : []));
  // In the middle of the first shot, at its end, and in the second.
  for (const done of [2, second!, second! + 2]) {
    const row = { path: `${film} ${done}`, relativePath: `${done}`, mediaType: 'video/mp4', sizeBytes: 1 };
    const evidence = addEvidence(opened, { ...row, modifiedAt: null, sha256: '0'.repeat(64) as Sha256 });
    const { pipelineVersion } = testParameters;
    const key = { evidenceId: evidence.id, modelId: testModel.id, pipelineVersion, sampling, minimumFacePx };
    const scan = beginVideoScan(opened, key);
    const frames = whole.frames.slice(0, done);
    const { frameIndex: after } = frames.at(-1)!;
    const verdicts = whole.verdicts.filter(({ face }) => face!.frameIndex <= after);
    const shot = frames.findLast(({ sceneChange }) => sceneChange)?.frameIndex ?? 0;
    const isSure = ({ face }: (typeof verdicts)[number]) => face!.frameIndex >= shot && face!.finderScore >= SURE_SCORE;
    const up = verdicts.find(isSure)!.face!.foundAtRotation;
    expect([90, 270]).toContain(up);
    writeFrames({ opened, parameters: testParameters, evidence, scan }, { frames, verdicts, progress: null });
    const walked = walkedSoFar(opened, scan, SURE_SCORE);
    expect(walked, `after ${done} frames`).toEqual({ after, up });
    const rest = await examined(walked);
    expect(rest.frames).toEqual(whole.frames.slice(done));
    expect(rest.looks, `after ${done} frames`).toEqual(whole.looks.slice(done));
    expect(rest.verdicts).toEqual(whole.verdicts.filter(({ face }) => face!.frameIndex > after));
  }
});
