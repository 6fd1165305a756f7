// Entry of the video process: one hostile file at a time, and nothing else to lose. Answers in
// small portions, so that memory stays flat and a stuck file is noticed.
import os from 'node:os';
import { refusalFromSystem } from '../../files/system-error.ts';
import { answerRequests } from '../../process/answer-requests.ts';
import { limitMemory } from '../../process/limit-memory.ts';
import { describeVideo } from './describe-video.ts';
import { FileWalk, type OpenVideo } from './file-walk.ts';
import { codedPixelsOf, pixelsOf } from './frame-pixels.ts';
import { createFrameSearch } from './frame-search.ts';
import { probeVideo } from './probe-video.ts';
import type { ChosenFrame, VideoAnswer, VideoRequest } from './video-messages.ts';
import { UnreadableVideo, VIDEO_DECODER, VideoReader } from './video-reader.ts';

/** Decoder threads: frames decode in parallel and come out the same. */
const THREADS = Math.max(1, Math.min(4, os.availableParallelism()));
/** One portion ends with this many frames, bytes of pixels, or this much time. */
const PORTION = { frames: 8, bytes: 32 * 2 ** 20, ms: 2000 };
/**
 * Resident memory beyond which the process gives the file up: frames of the largest size, a few
 * dozen deep.
 */
const MEMORY_LIMIT_BYTES = 4 * 2 ** 30;
/** What a single call into the decoder may take above that before the process is ended under it. */
const HARD_LIMIT_BYTES = MEMORY_LIMIT_BYTES + 2 ** 29;

limitMemory(HARD_LIMIT_BYTES);

const open: OpenVideo = (path, track) => VideoReader.open(path, { ...track, threads: track?.threads ?? THREADS });
const search = createFrameSearch(open);
let scanning: FileWalk | undefined;

function close(): void {
  scanning?.close();
  scanning = undefined;
}

async function portion(): Promise<VideoAnswer> {
  if (!scanning) throw new Error('No file is being scanned.');
  const walk = scanning;
  const frames: ChosenFrame[] = [];
  const until = Date.now() + PORTION.ms;
  for (let bytes = 0; frames.length < PORTION.frames && bytes < PORTION.bytes && Date.now() < until; ) {
    const frame = await walk.step();
    if (frame === undefined) {
      if (frames.length > 0) break;
      const end = walk.end();
      close();
      return { kind: 'end', end };
    }
    if (frame === 'passed') continue;
    frames.push(frame);
    bytes += frame.data.length;
  }
  const resident = process.memoryUsage.rss();
  if (resident > MEMORY_LIMIT_BYTES)
    throw new UnreadableVideo('tooLarge', { kind: 'memoryLimit', bytes: resident, limit: MEMORY_LIMIT_BYTES });
  return { kind: 'frames', frames, progress: walk.progress };
}

async function answer(request: VideoRequest): Promise<VideoAnswer> {
  switch (request.kind) {
    case 'begin': {
      close();
      const { path, identity, sampling, afterFrame } = request;
      const openHashed: OpenVideo = (one, track) => open(one, { ...track, identity });
      const walk = new FileWalk(path, openHashed, sampling, afterFrame);
      await walk.begin();
      scanning = walk;
      return { kind: 'begun' };
    }
    case 'next':
      return portion();
    case 'frameAt': {
      const { path, query, pipeline, identity } = request;
      const found = await search(path, query, pipeline === 1 ? codedPixelsOf : pixelsOf, identity);
      return found === 'searching' ? { kind: 'searching' } : { kind: 'picture', ...found };
    }
    case 'probe':
      return { kind: 'probed', mediaType: await probeVideo(open, request.path) };
    case 'describe':
      return { kind: 'description', groups: await describeVideo(open, request.path) };
    case 'version':
      return { kind: 'version', decoder: VIDEO_DECODER };
    case 'close':
      close();
      return { kind: 'closed' };
  }
}

answerRequests<VideoRequest, VideoAnswer>(async (request) => {
  try {
    return await answer(request);
  } catch (error) {
    const why =
      error instanceof UnreadableVideo ? { reason: error.reason, message: error.why } : refusalFromSystem(error);
    if (why === undefined) throw error;
    if (request.kind === 'next' || request.kind === 'begin') close();
    return { kind: 'unreadable', ...why };
  }
});
