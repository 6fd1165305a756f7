// The engine's side of video decoding: asks the video process for portions of frames and turns its
// death or silence into the file's own reason. Two processes are made of it: one for the scan, one
// for pictures, so that neither waits for the other.

import type { DomainReason } from '../../../contract/domain.ts';
import type { EvidenceMetadata } from '../../../contract/evidence.ts';
import type { Unreadable } from '../../../contract/unreadable.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import type { FrameQuery, Sampling } from '../../../contract/video.ts';
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { createSerialQueue } from '../../async/serial-queue.ts';
import type { FileIdentity } from '../../files/file-identity.ts';
import { hasDied, retryAfterCrash } from '../../process/retry-after-crash.ts';
import { createSupervisedChild, refusalFromChild, type SpawnChild } from '../../process/supervised-child.ts';
import type { ChosenFrame, VideoAnswer, VideoEnd, VideoRequest } from './video-messages.ts';

/** A portion that takes longer than this is given up; one takes about two seconds. */
const PORTION_LIMIT_MS = 60_000;

export type UnreadableAnswer = Unreadable & { kind: 'unreadable' };

/** What a walk through a video gives: portions of chosen frames, then how it ended. */
export type VideoPart =
  | { kind: 'frames'; frames: ChosenFrame[]; progress: number | null }
  | { kind: 'end'; end: VideoEnd }
  | UnreadableAnswer;

export type VideoDecoder = {
  /**
   * The chosen frames behind `afterFrame`, a portion at a time, and as the last part `end` or
   * `unreadable`. Never rejects. `identity`: of the file that was hashed; another in its place is
   * `unreadable`.
   */
  walk(path: string, sampling: Sampling, afterFrame: number, identity?: FileIdentity): AsyncGenerator<VideoPart>;
  /** One frame, upright; its pixels as `pipeline` takes them, as now when absent. Never rejects. */
  frameAt(
    path: string,
    query: FrameQuery,
    pipeline?: number,
    identity?: FileIdentity,
  ): Promise<({ kind: 'picture'; beyondDomain: DomainReason[] } & RgbImage) | UnreadableAnswer>;
  /**
   * Media type of a file that is a video whatever it begins with; null for one that is none. Never
   * rejects.
   */
  probe(path: string): Promise<string | null>;
  /** What the container says of itself. Never rejects. */
  describe(path: string): Promise<{ kind: 'description'; groups: EvidenceMetadata } | UnreadableAnswer>;
  /** Name and version of what decodes; rejects where it cannot be loaded here. */
  version(): Promise<string>;
  pid(): number | undefined;
  close(): Promise<void>;
};

export function createVideoDecoder(options: { spawn?: SpawnChild; timeoutMs?: number } = {}): VideoDecoder {
  const child = createSupervisedChild<VideoRequest, VideoAnswer>({
    entry: new URL('./video-process.ts', import.meta.url),
    name: 'video',
    quiet: true,
    timeoutMs: options.timeoutMs ?? PORTION_LIMIT_MS,
    ...(options.spawn ? { spawn: options.spawn } : {}),
  });
  /** One request after the other, so that a crash names the file that caused it. */
  const inTurn = createSerialQueue();
  const ask = (request: VideoRequest): Promise<VideoAnswer> =>
    inTurn(() => retryAfterCrash(() => child.call(request))).catch(refusalFrom);
  /**
   * The next portion of the file that was begun; rejects when the process died, which then has no
   * file.
   */
  const next = (): Promise<VideoAnswer> =>
    inTurn(() => child.call({ kind: 'next' })).catch((error: unknown) => {
      if (hasDied(error)) throw error;
      return refusalFrom(error);
    });
  return {
    async *walk(path, sampling, afterFrame, identity) {
      const film = { path, sampling, ...(identity && { identity }) };
      const begun = await ask({ kind: 'begin', ...film, afterFrame });
      if (begun.kind === 'unreadable') return yield begun;
      // See [Note: the second chance]: where it died it is begun anew, unless it dies again without
      // having come further.
      let reached = afterFrame;
      let diedAt: number | undefined;
      try {
        for (;;) {
          const part = await next().catch(async (error: unknown) => {
            if (diedAt === reached) return refusalFrom(error);
            diedAt = reached;
            return ask({ kind: 'begin', ...film, afterFrame: reached });
          });
          if (part.kind === 'begun') continue;
          if (part.kind !== 'frames' && part.kind !== 'end' && part.kind !== 'unreadable')
            throw new Error(`The video process answered ${part.kind} where frames were asked for.`);
          yield part;
          if (part.kind !== 'frames') return;
          reached = part.frames.at(-1)?.frameIndex ?? reached;
        }
      } finally {
        if (child.pid !== undefined) await ask({ kind: 'close' });
      }
    },
    async frameAt(path, query, pipeline, identity) {
      const request: VideoRequest = {
        ...{ kind: 'frameAt', path, query },
        ...(pipeline === undefined ? {} : { pipeline }),
        ...(identity && { identity }),
      };
      // In one turn: another search in between would begin the counting anew.
      const answer = await inTurn(async () => {
        let said = await retryAfterCrash(() => child.call(request));
        while (said.kind === 'searching') said = await retryAfterCrash(() => child.call(request));
        return said;
      }).catch(refusalFrom);
      if (answer.kind === 'picture' || answer.kind === 'unreadable') return answer;
      throw new Error(`The video process answered ${answer.kind} where a picture was asked for.`);
    },
    async probe(path) {
      const answer = await ask({ kind: 'probe', path });
      return answer.kind === 'probed' ? answer.mediaType : null;
    },
    async describe(path) {
      const answer = await ask({ kind: 'describe', path });
      if (answer.kind === 'description' || answer.kind === 'unreadable') return answer;
      throw new Error(`The video process answered ${answer.kind} where a description was asked for.`);
    },
    async version() {
      const answer = await ask({ kind: 'version' });
      if (answer.kind === 'version') return answer.decoder;
      throw new Error(
        answer.kind === 'unreadable' ? unreadableWords(answer) : `The video process answered ${answer.kind}.`,
      );
    },
    pid: () => child.pid,
    close: () => child.close(),
  };
}

const refusalFrom = (error: unknown): UnreadableAnswer => ({ kind: 'unreadable', ...refusalFromChild(error) });
