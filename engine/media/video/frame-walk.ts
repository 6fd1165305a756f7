// A walk through one picture track from its first frame to its last: numbers the frames, finds
// cuts, chooses which are looked at, and knows at the end what the track is. Runs in the video
// process. All tracks of a file: file-walk.ts.
import type { DomainReason } from '../../../contract/domain.ts';
import type { PlainRemark, WhyIncomplete } from '../../../contract/remark.ts';
import type { Rational, Sampling, VideoFacts, VideoSegment } from '../../../contract/video.ts';
import { isHdr } from '../../../models/image/tone-map.ts';
import { createFrameChoice, type SeenFrame } from './choose-frames.ts';
import { formatOf, isOpaque, isStretched, lumaOf, pixelsOf, squareSize } from './frame-pixels.ts';
import { createCutFinder, lumaGrid } from './scene-change.ts';
import { cellView } from './shown-before.ts';
import { canConvert, farColours } from './video-colour.ts';
import type { ChosenFrame } from './video-messages.ts';
import { type DecodedFrame, UnreadableVideo, type VideoReader } from './video-reader.ts';

/** What was seen of the first frame that could be shown. */
type FirstFrame = Pick<VideoFacts, 'pixelFormat' | 'colour'> & { width: number; height: number };

/** Where a walk begins on the file's own count of frames and axis of time. */
export type WalkStart = { frameIndex: number; timeMs: number };

/** A frame with where it stands in the file, and what the choice is made by. */
type PlacedFrame = { decoded: DecodedFrame; place: FramePlace; seen: SeenFrame };

/** Where a frame stands in the file. */
type FramePlace = Pick<ChosenFrame, 'frameIndex' | 'pts' | 'timeMs' | 'sceneChange'>;

/** What a track was, known when its last frame was decoded. */
export type WalkEnd = {
  widthPx: number;
  heightPx: number;
  facts: VideoFacts;
  segments: readonly VideoSegment[];
  remarks: readonly PlainRemark[];
  /** What of the track was not looked at. */
  leftOut: readonly PlainRemark[];
  pts: readonly number[];
  /** As the container states them, hidden ones included; undefined where it does not. */
  statedFrames: number | undefined;
  /** Packets that the decoder refused: frames that nobody saw. */
  refusedPackets: number;
  /** Packets that an edit list shows once more. */
  repeatedPackets: number;
};

/**
 * Recordings on disks and in broadcasts have clocks that are set anew: there a longer step forward
 * is no pause.
 */
const CLOCK_IS_SET_ANEW = /^(mpegts|mpeg|pva|ty|dhav)$/;
const LONGEST_PAUSE_MS = 10_000;

/** Of a film whose frames come at even times, a longer time without one is no rate of its own. */
const [LEAST_PAUSE_MS, STEPS_OF_A_PAUSE] = [1000, 10];
/** Shorter ones are named where they come to this share of the film. */
const [SHORT_PAUSE_MS, STEPS_OF_A_SHORT_PAUSE, SHARE_OF_PAUSES] = [200, 3, 0.1];

/** Why no model was validated on a frame; empty for an ordinary one. */
export function beyondDomainOf(
  { afterDamage, frame }: DecodedFrame,
  { refreshesGradually, otherColours }: VideoReader,
): DomainReason[] {
  const other = otherColours ?? farColours('coded picture', frame);
  return [
    ...(afterDamage && !refreshesGradually ? [{ kind: 'afterDamage' } as const] : []),
    ...(other ? [{ kind: 'coloursNotApplied', by: other.by, stated: other.stated } as const] : []),
  ];
}

export class FrameWalk {
  readonly #reader: VideoReader;
  readonly #choice: ReturnType<typeof createFrameChoice>;
  readonly #isCut = createCutFinder();
  readonly #afterFrame: number;
  readonly #start: WalkStart;
  readonly #pts: number[] = [];
  /** Where the clock begins anew: number of the frame within the track, and its own time in ms. */
  readonly #clocks: { frame: number; fromMs: number }[] = [];
  #first: FirstFrame | undefined;
  #damagedFrames = 0;
  #afterDamage = 0;
  #unstamped = 0;
  #repeated = 0;
  #interlaced = false;
  #hasOpacity = false;
  /** The first that a frame which was looked at states. */
  #otherColours: Extract<PlainRemark, { kind: 'coloursNotApplied' }> | undefined;
  #lastDuration = 0;
  #lastMs = 0;
  /** The frame before, if it was passed over. */
  #passed: PlacedFrame | undefined;
  /** The frame that comes next, where the one before it was looked at after all. */
  #ahead: PlacedFrame | undefined;

  /**
   * `start`: number and time of the track's first frame within the file. Frames up to `afterFrame`
   * of the file are not sent.
   */
  constructor(
    reader: VideoReader,
    sampling: Sampling,
    afterFrame: number,
    start: WalkStart = { frameIndex: 0, timeMs: 0 },
  ) {
    this.#reader = reader;
    this.#choice = createFrameChoice(sampling);
    this.#afterFrame = afterFrame;
    this.#start = start;
  }

  /** How much of the stated duration is decoded, 0..1; null where the file states none. */
  get progress(): number | null {
    const stated = this.#reader.statedDuration;
    if (stated === undefined || this.#pts.length === 0) return null;
    return Math.min(1, this.#lastMs / Math.max(1, this.#msOf(stated)));
  }

  /**
   * Decodes one frame. A chosen one comes with its pixels, any other as
   * `passed`; undefined after the last. `followsDamage`: the track has to be walked through by one
   * thread from here on. See [Note: behind damage].
   */
  step(): ChosenFrame | 'passed' | 'followsDamage' | undefined {
    const next = this.#ahead ?? this.#next();
    const isAhead = this.#ahead !== undefined;
    this.#ahead = undefined;
    if (!next) return this.#lastFrame();
    if (typeof next === 'string') return next;
    const before = this.#passed;
    this.#passed = undefined;
    if (!isAhead && before && this.#choice.hasStood(before.seen, next.seen.timeMs) && this.#isSent(before)) {
      this.#ahead = next;
      return this.#chosen(before);
    }
    const isChosen = this.#choice.isChosen(next.seen);
    if (isChosen) return this.#isSent(next) ? this.#chosen(next) : 'passed';
    this.#passed = placed({ ...next.decoded, frame: this.#reader.keep() }, next.place, next.seen.timeMs);
    return 'passed';
  }

  /** Decodes the next frame that can be shown, and finds its place. */
  #next(): PlacedFrame | 'passed' | 'followsDamage' | undefined {
    const decoded = this.#reader.next();
    if (!decoded) return undefined;
    if (decoded.afterDamage && this.#reader.threads > 1) return 'followsDamage';
    const frameIndex = this.#start.frameIndex + this.#pts.length;
    const pts = this.#stamp(decoded);
    this.#look(decoded);
    if (decoded.damaged) {
      this.#damagedFrames += 1;
      return 'passed';
    }
    // The first frame of a further track begins a shot: nobody is followed from one track into the
    // next.
    const sceneChange = this.#isCut(lumaGrid(lumaOf(decoded.frame))) || (this.#pts.length === 1 && frameIndex > 0);
    const place = { frameIndex, pts, timeMs: this.#start.timeMs + this.#lastMs, sceneChange };
    return placed(decoded, place, this.#lastMs);
  }

  /** Frames up to `afterFrame` of the file are not sent. */
  #isSent({ place }: PlacedFrame): boolean {
    return place.frameIndex > this.#afterFrame;
  }

  /** Players leave the last frame standing when a film has ended: it is looked at, whatever its time. */
  #lastFrame(): ChosenFrame | undefined {
    const last = this.#passed;
    this.#passed = undefined;
    return last && this.#isSent(last) ? this.#chosen(last) : undefined;
  }

  #chosen({ decoded, place }: PlacedFrame): ChosenFrame {
    const beyondDomain = beyondDomainOf(decoded, this.#reader);
    this.#otherColours ??= beyondDomain.find((one) => one.kind === 'coloursNotApplied');
    if (decoded.afterDamage) this.#afterDamage += 1;
    this.#hasOpacity ||= !isOpaque(decoded.frame);
    return { ...place, beyondDomain, ...pixelsOf(decoded.frame, this.#reader) };
  }

  #msOf(ticks: number): number {
    const { num, den } = this.#timeBase;
    return (ticks * num * 1000) / den;
  }

  get #timeBase(): Rational {
    return this.#reader.timeBase;
  }

  /** Ticks from one frame to the next at the stated rate; 1 where none is stated. */
  get #step(): number {
    const { num, den } = this.#timeBase;
    const rate = this.#reader.frameRate;
    return rate ? Math.max(1, Math.round((rate.den * den) / (rate.num * num))) : 1;
  }

  /**
   * Takes the frame's timestamp, or counts on from the one before where the stream has none. Where
   * the clock is set anew the file's time goes on by one frame.
   */
  #stamp({ pts, frame }: DecodedFrame): number {
    const last = this.#pts.at(-1);
    const step = this.#step;
    const own = this.#reader.isWithoutContainer ? undefined : pts;
    if (pts === undefined) this.#unstamped += 1;
    const stamped = own ?? (last === undefined ? 0 : last + step);
    if (last === undefined) this.#clocks.push({ frame: 0, fromMs: 0 });
    else if (this.#isSetAnew(stamped - last))
      this.#clocks.push({ frame: this.#pts.length, fromMs: this.#lastMs + this.#msOf(this.#lastDuration) });
    if (stamped === last) this.#repeated += 1;
    this.#pts.push(stamped);
    this.#lastDuration = isStated(Number(frame.duration), step) && own !== undefined ? Number(frame.duration) : step;
    const { frame: from, fromMs } = this.#clocks.at(-1)!;
    this.#lastMs = fromMs + Math.max(0, this.#msOf(stamped - this.#pts[from]!));
    return stamped;
  }

  #isSetAnew(step: number): boolean {
    return step < 0 || (CLOCK_IS_SET_ANEW.test(this.#reader.container) && this.#msOf(step) > LONGEST_PAUSE_MS);
  }

  #look({ frame, interlaced }: DecodedFrame): void {
    this.#interlaced ||= interlaced;
    if (this.#first) return;
    const { name, format, colour } = formatOf(frame);
    if (!format) throw new UnreadableVideo('codecMissing', { kind: 'sampleLayout', layout: name, of: 'film' });
    if (!canConvert(colour))
      throw new UnreadableVideo('codecMissing', { kind: 'colourMatrix', matrix: colour.matrix, of: 'film' });
    this.#first = { pixelFormat: name, colour, width: frame.width, height: frame.height };
  }

  /** Call after the last frame. Throws UnreadableVideo where there was none that could be shown. */
  end(): WalkEnd {
    const first = this.#first;
    if (!first || this.#pts.length === 0) throw this.#nothingDecoded();
    const { orientation } = this.#reader;
    const size = squareSize(first, this.#reader.sampleAspectRatio);
    const turned = orientation.rotationDegrees % 180 !== 0;
    const [widthPx, heightPx] = turned ? [size.height, size.width] : [size.width, size.height];
    const facts = this.#facts(first);
    const segments = this.#segments(widthPx, heightPx);
    const { statedFrames, refusedPackets, repeatedPackets } = this.#reader;
    return {
      widthPx,
      heightPx,
      facts,
      segments,
      remarks: this.#remarks(facts),
      leftOut: this.#leftOut(),
      pts: this.#pts,
      statedFrames,
      refusedPackets,
      repeatedPackets,
    };
  }

  #leftOut(): PlainRemark[] {
    const { unseenAtBeginning } = this.#reader;
    const unseen = this.#reader.packetsWithoutFrame(this.#interlaced) - unseenAtBeginning;
    const pauses = this.#reader.isWithoutContainer ? [] : this.#pauses();
    const longest = pauses.reduce((a, b) => (b.toMs - b.fromMs > a.toMs - a.fromMs ? b : a), pauses[0]!);
    return [
      ...(this.#damagedFrames > 0 ? [{ kind: 'damagedFrames', frames: this.#damagedFrames } as const] : []),
      ...(unseenAtBeginning > 0 ? [{ kind: 'packetsBeforeFirst', packets: unseenAtBeginning } as const] : []),
      ...(unseen > 0 ? [{ kind: 'packetsWithoutFrame', packets: unseen } as const] : []),
      ...(longest ? [{ kind: 'timesWithoutFrames', times: pauses.length, ...longest } as const] : []),
      ...(this.#reader.hasOpacityBeside || this.#hasOpacity ? [{ kind: 'opacityNotApplied' } as const] : []),
      ...(this.#reader.turnNotApplied === undefined
        ? []
        : [{ kind: 'turnNotApplied', degrees: this.#reader.turnNotApplied } as const]),
      ...(this.#otherColours ? [this.#otherColours] : []),
    ];
  }

  /** Times without a frame, on the file's axis: demuxers pass over what they cannot read in silence. */
  #pauses(): { fromMs: number; toMs: number }[] {
    const steps = this.#pts.slice(1).map((pts, i) => this.#msOf(pts - this.#pts[i]!));
    const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0;
    const short = Math.max(SHORT_PAUSE_MS, STEPS_OF_A_SHORT_PAUSE * usual);
    const inShort = steps.filter((step) => step >= short).reduce((sum, step) => sum + step - usual, 0);
    const isGapped = inShort > SHARE_OF_PAUSES * Math.max(1, this.#lastMs);
    const least = isGapped ? short : Math.max(LEAST_PAUSE_MS, STEPS_OF_A_PAUSE * usual);
    const starts = new Map(this.#clocks.map(({ frame, fromMs }) => [frame, fromMs]));
    let ofClock = 0;
    return steps.flatMap((step, i) => {
      if (starts.has(i)) ofClock = i;
      if (step < least || starts.has(i + 1)) return [];
      const fromMs = this.#start.timeMs + starts.get(ofClock)! + this.#msOf(this.#pts[i]! - this.#pts[ofClock]!);
      return [{ fromMs, toMs: fromMs + step }];
    });
  }

  #segments(widthPx: number, heightPx: number): VideoSegment[] {
    const { stream, hidden } = this.#reader;
    return this.#clocks.map(({ frame, fromMs }) => ({
      firstFrame: this.#start.frameIndex + frame,
      fromMs: this.#start.timeMs + fromMs,
      timeBase: this.#timeBase,
      stream: stream.index,
      hidden,
      widthPx,
      heightPx,
    }));
  }

  #nothingDecoded(): UnreadableVideo {
    const { refusedPackets, demuxerError } = this.#reader;
    if (refusedPackets > 0 || demuxerError)
      return new UnreadableVideo('corrupt', {
        kind: 'noFrameDecoded',
        refusedPackets,
        said: demuxerError ?? null,
      });
    return new UnreadableVideo('noFrames', { kind: 'noFrame' });
  }

  #facts(first: FirstFrame): VideoFacts {
    const { stream, orientation, container, codecName, timeBase, frameRate, sampleAspectRatio } = this.#reader;
    const isCounted =
      this.#unstamped > 0 || this.#repeated > 0 || this.#clocks.length > 1 || !this.#reader.isSearchedByTime;
    return {
      container,
      codec: codecName,
      profile: String(stream.codecpar.getCodecString() ?? ''),
      pixelFormat: first.pixelFormat,
      timeBase,
      firstPts: this.#pts[0]!,
      durationMs: this.#lastMs + this.#msOf(this.#lastDuration),
      frameRate: frameRate ?? null,
      variableRate: isVariable(this.#pts, this.#clocks),
      frames: this.#pts.length,
      damagedFrames: this.#damagedFrames,
      ...orientation,
      sampleAspectRatio: sampleAspectRatio ?? null,
      interlaced: this.#interlaced,
      colour: first.colour,
      incompleteBecause: this.#incompleteBecause(),
      frameAccess: isCounted ? 'count' : 'pts',
    };
  }

  /**
   * Compares what was decoded with what the container promised. How many frames there should be:
   * file-walk.ts.
   */
  #incompleteBecause(): WhyIncomplete | null {
    const { demuxerError, statedDuration } = this.#reader;
    const decodedMs = this.#lastMs + this.#msOf(this.#lastDuration);
    const statedMs = statedDuration === undefined || this.#reader.hidden ? undefined : this.#msOf(statedDuration);
    if (demuxerError)
      return { kind: 'readingEnded', said: demuxerError, ...(statedMs === undefined ? {} : { statedMs, decodedMs }) };
    if (statedMs !== undefined && statedMs - decodedMs > Math.max(1000, 0.02 * statedMs))
      return { kind: 'shorter', statedMs, decodedMs };
    return null;
  }

  #remarks({ rotationDegrees, mirrored, sampleAspectRatio, colour, ...facts }: VideoFacts): PlainRemark[] {
    const ratio = sampleAspectRatio && isStretched(sampleAspectRatio) ? sampleAspectRatio : undefined;
    const withoutTimestamp = this.#reader.isWithoutContainer ? 0 : this.#unstamped;
    return [
      ...(this.#afterDamage > 0 ? [{ kind: 'framesBehindDamage', frames: this.#afterDamage } as const] : []),
      ...this.#jumpRemarks(),
      ...(this.#reader.isRateAssumed ? [{ kind: 'rateAssumed' } as const] : []),
      ...(withoutTimestamp > 0 ? [{ kind: 'framesWithoutTimestamp', frames: withoutTimestamp } as const] : []),
      ...(facts.variableRate ? [{ kind: 'variableRate' } as const] : []),
      ...(rotationDegrees > 0 ? [{ kind: 'turned', degrees: rotationDegrees } as const] : []),
      ...(mirrored ? [{ kind: 'mirrored' } as const] : []),
      ...(ratio ? [{ kind: 'stretched', ...ratio } as const] : []),
      ...(facts.interlaced ? [{ kind: 'interlaced' } as const] : []),
      ...(colour.matrixAssumed ? [{ kind: 'matrixAssumed', matrix: colour.matrix } as const] : []),
      ...(isHdr(colour.transfer) ? [{ kind: 'toneMapped', transfer: colour.transfer } as const] : []),
    ];
  }

  #jumpRemarks(): PlainRemark[] {
    const [first, ...others] = this.#clocks.slice(1);
    if (!first) return [];
    const { frameIndex, timeMs } = this.#start;
    const at = { frame: frameIndex + first.frame, atMs: timeMs + first.fromMs };
    return [{ kind: 'clockJumps', jumps: 1 + others.length, ...at }];
  }
}

/** `timeMs`: within the track. */
const placed = (decoded: DecodedFrame, place: FramePlace, timeMs: number): PlacedFrame => ({
  decoded,
  place,
  seen: { timeMs, sceneChange: place.sceneChange, view: () => cellView(lumaOf(decoded.frame)) },
});

/** A duration of one tick, where the rate says more, stands for none (DHAV). */
const isStated = (duration: number, step: number): boolean => duration > 0 && !(duration === 1 && step > 1);

/**
 * Steps that differ by more than one tick are no rounding of a constant rate; those from one clock
 * to the next are not asked.
 */
function isVariable(pts: readonly number[], clocks: readonly { frame: number }[]): boolean {
  const jumps = new Set(clocks.map(({ frame }) => frame));
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 1; i < pts.length; i++) {
    if (jumps.has(i)) continue;
    const step = pts[i]! - pts[i - 1]!;
    [least, most] = [Math.min(least, step), Math.max(most, step)];
  }
  return most - least > 1;
}
