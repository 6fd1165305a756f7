// A walk through all that a video file has to show: every picture track one after the other, then
// the frames that its edit list hides. One count of frames and one axis of time run through all of
// them. Runs in the video process.

import type { PlainRemark, Remark, StreamName, TrackName, WhyIncomplete } from '../../../contract/remark.ts';
import { runsFromPts } from '../../../contract/track.ts';
import type { Sampling, VideoFacts } from '../../../contract/video.ts';
import { behindFilm } from './behind-film.ts';
import { FrameWalk, type WalkEnd, type WalkStart } from './frame-walk.ts';
import type { ChosenFrame, VideoEnd } from './video-messages.ts';
import { type PictureStream, type ReaderOptions, UnreadableVideo, type VideoReader } from './video-reader.ts';

/** A picture track, or its hidden frames; with as many threads as there are, or one. */
export type TrackChoice = Pick<ReaderOptions, 'stream' | 'identity'> & { hidden?: boolean; threads?: 1 };
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
  /** Numbers of the picture streams that were met. */
  readonly #known = new Set<number>();
  #walked = 0;
  #planned = 1;
  #now: Walking | undefined;
  readonly #ended: { track: Track; end: WalkEnd }[] = [];
  readonly #leftOut: Remark[] = [];
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

  /** What a file says it has is known once its first track is open. */
  #plan(reader: VideoReader): void {
    this.#planTracks(reader);
    this.#leftOut.push(...behindFilm(reader.film, reader.container));
  }

  /**
   * Tracks that were not known. Where no header says what follows (MPEG transport and programme
   * streams, FLV, NUT), one that begins late is met by reading to the end.
   */
  #planTracks(reader: VideoReader): void {
    for (const { what, ...one } of reader.unseenStreams) {
      if (this.#known.has(one.index)) continue;
      this.#known.add(one.index);
      this.#leftOut.push({ kind: 'unseenStream', stream: one, what });
    }
    for (const one of reader.pictureStreams) {
      if (this.#known.has(one.index)) continue;
      this.#known.add(one.index);
      if (one.index === reader.stream.index) continue;
      if (one.kind === 'cover') this.#leftOut.push({ kind: 'coverPicture', stream: nameOf(one) });
      else {
        this.#tracks.push({ stream: one, hidden: false });
        this.#planned += 1;
      }
    }
  }

  #endTrack({ track, reader, walk }: Walking): void {
    this.#walked += 1;
    try {
      const end = walk.end();
      this.#ended.push({ track, end });
      this.#planTracks(reader);
      if (reader.mayHideFrames) {
        this.#tracks.push({ stream: track.stream!, hidden: true });
        this.#planned += 1;
      }
    } catch (error) {
      this.#refused(track, error);
    } finally {
      reader.close();
    }
  }

  /** One track's failure is not the file's, as long as there is another. */
  #refused(track: Track, error: unknown): void {
    if (!(error instanceof UnreadableVideo)) throw error;
    // Of an edit list that hides nothing there is nothing to be said.
    if (track.hidden && error.reason === 'noFrames') return;
    this.#refusal ??= error;
    if (this.#ended.length > 0) this.#leftOut.push(unreadableTrack(track.hidden ? 'hidden' : 'further', track, error));
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
   * not have to be as many, each once however often it is shown. A packet that the decoder refused is
   * none that was seen.
   */
  #missingFrames(): WhyIncomplete | null {
    for (const { track, end } of this.#ended) {
      if (track.hidden || end.statedFrames === undefined) continue;
      const own = this.#ended.filter((one) => one.track.stream?.index === track.stream?.index);
      const frames = own.reduce((sum, one) => sum + one.end.facts.frames - one.end.repeatedPackets, 0);
      if (frames < end.statedFrames * 0.98 - 2)
        return { kind: 'fewerFrames', stated: end.statedFrames, decoded: frames };
    }
    return null;
  }

  /**
   * Of all tracks together. A walk through hidden frames decodes those that are shown as well: what
   * was refused of them was counted before.
   */
  #refusedPackets(): number {
    const byStream = Map.groupBy(this.#ended, ({ track }) => track.stream?.index);
    return [...byStream.values()].reduce((sum, own) => sum + Math.max(...own.map(({ end }) => end.refusedPackets)), 0);
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
    const refusedPackets = this.#refusedPackets();
    const leftOut: Remark[] = [
      ...(incompleteBecause ? [{ kind: 'incomplete', why: incompleteBecause } as const] : []),
      ...(refusedPackets > 0 ? [{ kind: 'refusedPackets', packets: refusedPackets } as const] : []),
      ...this.#allLeftOut(),
    ];
    return {
      widthPx,
      heightPx,
      facts: {
        ...facts,
        ...totals,
        ...(refusedPackets > 0 ? { refusedPackets } : {}),
        incompleteBecause,
        segments: ends.flatMap((end) => end.segments),
      },
      remarks: [
        ...leftOut,
        ...this.#trackRemarks(),
        ...first.end.remarks,
        ...others.flatMap(({ track, end }) => end.remarks.map(ofTrack(track))),
        ...(hidden > 0 ? [{ kind: 'hiddenFrames', frames: hidden } as const] : []),
      ],
      leftOut,
      ptsRuns: runsFromPts(pts)!,
    };
  }

  #allLeftOut(): Remark[] {
    return [
      ...this.#unopened.map(({ track, error }) => unreadableTrack('first', track, error)),
      ...this.#leftOut,
      ...this.#ended.flatMap(({ track, end }, n): readonly Remark[] =>
        n === 0 ? end.leftOut : end.leftOut.map(ofTrack(track)),
      ),
    ];
  }

  /** Where each track stands, if there is more than one. */
  #trackRemarks(): Remark[] {
    if (this.#ended.length < 2) return [];
    let [frame, ms] = [0, 0];
    return this.#ended.map(({ track, end }) => {
      const { frames, durationMs, codec } = end.facts;
      const place = { firstFrame: frame, lastFrame: frame + frames - 1, fromMs: ms };
      frame += frames;
      ms += durationMs;
      const { widthPx, heightPx } = end;
      return { kind: 'trackPlace', track: trackName(track), widthPx, heightPx, codec, ...place };
    });
  }

  close(): void {
    this.#now?.reader.close();
    this.#now = undefined;
    this.#tracks = [];
  }
}

const nameOf = ({ index, title }: PictureStream): StreamName => ({ index, title });
const trackName = ({ stream, hidden }: Track): TrackName => ({ stream: nameOf(stream!), hidden });
const ofTrack =
  (track: Track) =>
  (remark: PlainRemark): Remark => ({ kind: 'ofTrack', track: trackName(track), remark });

const unreadableTrack = (
  which: 'first' | 'further' | 'hidden',
  { stream }: Track,
  { reason, why }: UnreadableVideo,
): Remark => ({ kind: 'trackUnreadable', which, stream: stream ? nameOf(stream) : null, reason, message: why });

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
