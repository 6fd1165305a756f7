// A walk through all that a video file has to show: every picture track one after the other, then
// the frames that its edit list hides. One count of frames and one axis of time run through all of
// them. Runs in the video process.

import { runsFromPts } from '../../../contract/track.ts';
import type { Sampling, VideoFacts } from '../../../contract/video.ts';
import { behindFilm } from './behind-film.ts';
import { FrameWalk, type WalkEnd, type WalkStart } from './frame-walk.ts';
import type { ChosenFrame, VideoEnd } from './video-messages.ts';
import { type PictureStream, UnreadableVideo, type VideoReader } from './video-reader.ts';

/** A picture track, or its hidden frames; with as many threads as there are, or one. */
export type TrackChoice = { stream?: number; hidden: boolean; threads?: 1 };
export type OpenVideo = (path: string, track?: TrackChoice) => Promise<VideoReader>;

type Track = { stream?: PictureStream; hidden: boolean };
type Walking = { track: Track; reader: VideoReader; walk: FrameWalk };

export class FileWalk {
  readonly #path: string;
  readonly #open: OpenVideo;
  readonly #sampling: Sampling;
  readonly #afterFrame: number;
  /** Still to be walked through; the first is the one FFmpeg's tools would take. */
  #tracks: Track[] = [{ hidden: false }];
  /** Number of the last frame that was given. */
  #sent = -1;
  #walked = 0;
  #planned = 1;
  #now: Walking | undefined;
  readonly #ended: { track: Track; end: WalkEnd }[] = [];
  readonly #leftOut: string[] = [];
  #refusal: UnreadableVideo | undefined;

  constructor(path: string, open: OpenVideo, sampling: Sampling, afterFrame: number) {
    this.#path = path;
    this.#open = open;
    this.#sampling = sampling;
    this.#afterFrame = afterFrame;
  }

  /** Opens the first track. Throws UnreadableVideo. */
  async begin(): Promise<void> {
    await this.#next();
  }

  /** How much is decoded, 0..1; null where the file does not say how much there is. */
  get progress(): number | null {
    const own = this.#now?.walk.progress ?? null;
    return own === null ? null : Math.min(1, (this.#walked + own) / this.#planned);
  }

  /**
   * Decodes one frame. A chosen one comes with its pixels, any other as `passed`; undefined after
   * the last of the last track.
   */
  async step(): Promise<ChosenFrame | 'passed' | undefined> {
    while (this.#now) {
      const now = this.#now;
      try {
        const stepped = now.walk.step();
        if (stepped === 'followsDamage') {
          await this.#beginAgain(now);
          continue;
        }
        if (stepped) {
          if (stepped !== 'passed') this.#sent = stepped.frameIndex;
          return stepped;
        }
        this.#endTrack(now);
      } catch (error) {
        now.reader.close();
        this.#refused(now.track, error);
      }
      await this.#next();
    }
    return undefined;
  }

  /**
   * [Note: behind damage] What a decoder makes of frames behind a damaged one depends on its
   * threads. From the first such frame on the track is decoded by one thread, from its beginning,
   * so that every machine sees the same pictures and they can be shown again.
   */
  async #beginAgain({ track, reader }: Walking): Promise<void> {
    reader.close();
    this.#now = undefined;
    const again = await this.#open(this.#path, { stream: track.stream!.index, hidden: track.hidden, threads: 1 });
    const walk = new FrameWalk(again, this.#sampling, Math.max(this.#afterFrame, this.#sent), this.#endOfLast);
    this.#now = { track, reader: again, walk };
  }

  /** Begins the next track that can be opened; what cannot is said. */
  async #next(): Promise<void> {
    this.#now = undefined;
    for (let track = this.#tracks.shift(); track; track = this.#tracks.shift()) {
      try {
        const { stream, hidden } = track;
        const reader = await this.#open(this.#path, stream && { stream: stream.index, hidden });
        const start = this.#endOfLast;
        const walk = new FrameWalk(reader, this.#sampling, this.#afterFrame, start);
        if (!track.stream) this.#plan(reader);
        this.#now = { track: { ...track, stream: track.stream ?? reader.pictureStreams[0]! }, reader, walk };
        return;
      } catch (error) {
        this.#refused(track, error);
      }
    }
  }

  /** What a file has is known once its first track is open. */
  #plan(reader: VideoReader): void {
    const [, ...others] = reader.pictureStreams;
    for (const one of others)
      if (one.kind === 'video') this.#tracks.push({ stream: one, hidden: false });
      else this.#leftOut.push(`A cover picture (${wordsOf(one)}) is not examined`);
    this.#leftOut.push(...behindFilm(this.#path, reader.container));
    this.#planned = 1 + this.#tracks.length;
  }

  #endTrack({ track, reader, walk }: Walking): void {
    this.#walked += 1;
    try {
      const end = walk.end();
      this.#ended.push({ track, end });
      if (reader.mayHideFrames) {
        this.#tracks.push({ stream: track.stream!, hidden: true });
        this.#planned += 1;
      }
    } catch (error) {
      // Of an edit list that hides nothing there is nothing to be said.
      const isNothingHidden = track.hidden && error instanceof UnreadableVideo && error.reason === 'noFrames';
      if (!isNothingHidden) this.#refused(track, error);
    } finally {
      reader.close();
    }
  }

  /** One track's failure is not the file's, as long as there is another. */
  #refused(track: Track, error: unknown): void {
    if (!(error instanceof UnreadableVideo)) throw error;
    this.#refusal ??= error;
    const what = track.hidden ? 'The frames that the edit list hides' : 'A picture track';
    const which = track.stream ? ` (${wordsOf(track.stream)})` : '';
    if (this.#ended.length > 0) this.#leftOut.push(`${what}${which} cannot be examined: ${error.message}`);
    else this.#unopened.push({ track, error });
  }

  readonly #unopened: { track: Track; error: UnreadableVideo }[] = [];

  get #endOfLast(): WalkStart {
    const frameIndex = this.#ended.reduce((sum, { end }) => sum + end.facts.frames, 0);
    const timeMs = this.#ended.reduce((sum, { end }) => sum + end.facts.durationMs, 0);
    return { frameIndex, timeMs };
  }

  /**
   * Where a container states how many frames a track has: those that are shown and those that are
   * not have to be as many.
   */
  #missingFrames(): string | null {
    for (const { track, end } of this.#ended) {
      if (track.hidden || end.statedFrames === undefined) continue;
      const own = this.#ended.filter((one) => one.track.stream?.index === track.stream?.index);
      const frames = own.reduce((sum, one) => sum + one.end.facts.frames, 0);
      if (frames + end.decodeErrors < end.statedFrames * 0.98 - 2)
        return `The file states ${end.statedFrames} frames; ${frames} could be decoded.`;
    }
    return null;
  }

  /** Call after the last frame. Throws UnreadableVideo where there was none that could be shown. */
  end(): VideoEnd {
    const [first, ...others] = this.#ended;
    if (!first) throw this.#refusal ?? new UnreadableVideo('noFrames', { kind: 'noFrame' });
    const { widthPx, heightPx, facts } = first.end;
    const hidden = this.#ended.find(({ track }) => track.hidden)?.end.facts.frames ?? 0;
    const ends = this.#ended.map(({ end }) => end);
    const pts = ends.flatMap((end) => [...end.pts]);
    const totals = totalsOf(ends.map((end) => end.facts));
    const incompleteBecause = totals.incompleteBecause ?? this.#missingFrames();
    const leftOut = this.#allLeftOut();
    return {
      widthPx,
      heightPx,
      facts: { ...facts, ...totals, incompleteBecause, segments: ends.flatMap((end) => end.segments) },
      remarks: [
        ...(incompleteBecause ? [`Incomplete: ${incompleteBecause} What was read is examined`] : []),
        ...leftOut,
        ...this.#trackRemarks(),
        ...first.end.remarks,
        ...others.flatMap(({ track, end }) => end.remarks.map((remark) => `${nameOf(track)}: ${remark}`)),
        ...(hidden > 0
          ? [`${hidden} frames are hidden by the file's edit list, which players leave out; they are examined`]
          : []),
      ],
      leftOut,
      ptsRuns: runsFromPts(pts)!,
    };
  }

  #allLeftOut(): string[] {
    const which = ({ stream }: Track): string => (stream ? ` (${wordsOf(stream)})` : '');
    return [
      ...this.#unopened.map(
        ({ track, error }) => `The first picture track${which(track)} cannot be examined: ${error.message}`,
      ),
      ...this.#leftOut,
      ...this.#ended.flatMap(({ track, end }, n) =>
        end.leftOut.map((one) => (n === 0 ? one : `${nameOf(track)}: ${one}`)),
      ),
    ];
  }

  /** Where each track stands, if there is more than one. */
  #trackRemarks(): string[] {
    if (this.#ended.length < 2) return [];
    let [frame, ms] = [0, 0];
    return this.#ended.map(({ track, end }) => {
      const { frames, durationMs, codec } = end.facts;
      const where = `frames ${frame} to ${frame + frames - 1}, from ${(ms / 1000).toFixed(2)} s`;
      frame += frames;
      ms += durationMs;
      return `${nameOf(track)} (${end.widthPx} x ${end.heightPx}, ${codec}): ${where}`;
    });
  }

  close(): void {
    this.#now?.reader.close();
    this.#now = undefined;
    this.#tracks = [];
  }
}

const wordsOf = ({ index, title }: PictureStream): string => `stream ${index}${title === '' ? '' : `, “${title}”`}`;
const nameOf = ({ stream, hidden }: Track): string =>
  `${hidden ? 'Frames hidden by the edit list' : 'Picture track'} of ${wordsOf(stream!)}`;

/** Of all tracks together: those of the first speak for the file otherwise. */
function totalsOf(
  all: readonly VideoFacts[],
): Pick<VideoFacts, 'frames' | 'damagedFrames' | 'durationMs' | 'incompleteBecause' | 'frameAccess'> {
  const sum = (of: (facts: VideoFacts) => number): number => all.reduce((total, facts) => total + of(facts), 0);
  return {
    frames: sum(({ frames }) => frames),
    damagedFrames: sum(({ damagedFrames }) => damagedFrames),
    durationMs: sum(({ durationMs }) => durationMs),
    incompleteBecause: all.find(({ incompleteBecause }) => incompleteBecause !== null)?.incompleteBecause ?? null,
    frameAccess: all.some(({ frameAccess }) => frameAccess === 'count') ? 'count' : 'pts',
  };
}
