// A walk through a video from its first frame to its last: numbers the frames, finds cuts, chooses which are looked at, and
// knows at the end what the file is. Runs in the video process.
import { runsFromPts } from '../../../contract/track.ts';
import type { Sampling, VideoFacts } from '../../../contract/video.ts';
import { createFrameChoice } from './choose-frames.ts';
import { formatOf, lumaOf, pixelsOf } from './frame-pixels.ts';
import { createCutFinder, lumaGrid } from './scene-change.ts';
import { canConvert } from './video-colour.ts';
import type { ChosenFrame, VideoEnd } from './video-messages.ts';
import { type DecodedFrame, UnreadableVideo, type VideoReader } from './video-reader.ts';

/** What was seen of the first frame that could be shown. */
type FirstFrame = Pick<VideoFacts, 'pixelFormat' | 'colour'> & { width: number; height: number };

export class FrameWalk {
  readonly #reader: VideoReader;
  readonly #choose: (timeMs: number, sceneChange: boolean) => boolean;
  readonly #isCut = createCutFinder();
  readonly #afterFrame: number;
  readonly #pts: number[] = [];
  #first: FirstFrame | undefined;
  #damagedFrames = 0;
  #unstamped = 0;
  #interlaced = false;
  #lastDuration = 0;

  constructor(reader: VideoReader, sampling: Sampling, afterFrame: number) {
    this.#reader = reader;
    this.#choose = createFrameChoice(sampling);
    this.#afterFrame = afterFrame;
  }

  /** How much of the stated duration is decoded, 0..1; null where the file states none. */
  get progress(): number | null {
    const stated = this.#reader.statedDuration;
    const last = this.#pts.at(-1);
    return stated === undefined || last === undefined ? null : Math.min(1, (last - this.#pts[0]!) / stated);
  }

  /** Decodes one frame. A chosen one comes with its pixels, any other as `passed`; undefined after the last. */
  step(): ChosenFrame | 'passed' | undefined {
    const decoded = this.#reader.next();
    if (!decoded) return undefined;
    const frameIndex = this.#pts.length;
    const pts = this.#stamp(decoded);
    this.#look(decoded);
    if (decoded.damaged) {
      this.#damagedFrames += 1;
      return 'passed';
    }
    const sceneChange = this.#isCut(lumaGrid(lumaOf(decoded.frame)));
    const timeMs = this.#timeMs(pts);
    if (!this.#choose(timeMs, sceneChange) || frameIndex <= this.#afterFrame) return 'passed';
    return { frameIndex, pts, timeMs, sceneChange, ...pixelsOf(decoded.frame, this.#reader.orientation) };
  }

  /** Takes the frame's timestamp, or counts on from the one before where the stream has none. */
  #stamp({ pts, frame }: DecodedFrame): number {
    const { num, den } = this.#reader.timeBase;
    const rate = this.#reader.stream.avgFrameRate;
    const step = rate.num > 0 ? Math.max(1, Math.round((rate.den * den) / (rate.num * num))) : 1;
    if (pts === undefined) this.#unstamped += 1;
    const last = this.#pts.at(-1);
    const stamped = pts ?? (last === undefined ? 0 : last + step);
    this.#pts.push(stamped);
    this.#lastDuration = frame.duration > 0n ? Number(frame.duration) : step;
    return stamped;
  }

  #timeMs(pts: number): number {
    const { num, den } = this.#reader.timeBase;
    return Math.max(0, ((pts - this.#pts[0]!) * num * 1000) / den);
  }

  #look({ frame, interlaced }: DecodedFrame): void {
    this.#interlaced ||= interlaced;
    if (this.#first) return;
    const { name, format, colour } = formatOf(frame);
    if (!format)
      throw new UnreadableVideo('codecMissing', `Its samples are laid out as ${name}, which cannot be read.`);
    if (!canConvert(colour))
      throw new UnreadableVideo(
        'codecMissing',
        `Its colours are coded by the matrix ${colour.matrix}, which cannot be read.`,
      );
    this.#first = { pixelFormat: name, colour, width: frame.width, height: frame.height };
  }

  /** Call after the last frame. Throws UnreadableVideo where there was none that could be shown. */
  end(): VideoEnd {
    const first = this.#first;
    const ptsRuns = runsFromPts(this.#pts);
    if (!first || !ptsRuns) throw this.#nothingDecoded();
    const { orientation } = this.#reader;
    const turned = orientation.rotationDegrees % 180 !== 0;
    const [widthPx, heightPx] = turned ? [first.height, first.width] : [first.width, first.height];
    const facts = this.#facts(first);
    return { widthPx, heightPx, facts, remarks: this.#remarks(facts), ptsRuns };
  }

  #nothingDecoded(): UnreadableVideo {
    const { decodeErrors, demuxerError } = this.#reader;
    if (decodeErrors > 0 || demuxerError)
      return new UnreadableVideo(
        'corrupt',
        `No frame can be decoded: ${demuxerError ?? `the decoder refused ${decodeErrors} packets`}.`,
      );
    return new UnreadableVideo('noFrames', 'Its video stream has no frame.');
  }

  #facts(first: FirstFrame): VideoFacts {
    const { stream, orientation, container, codecName, timeBase } = this.#reader;
    const lastPts = this.#pts.reduce((a, b) => Math.max(a, b));
    const { num, den } = stream.avgFrameRate;
    const aspect = stream.codecpar.sampleAspectRatio;
    return {
      container,
      codec: codecName,
      profile: String(stream.codecpar.getCodecString() ?? ''),
      pixelFormat: first.pixelFormat,
      timeBase,
      firstPts: this.#pts[0]!,
      durationMs: this.#timeMs(lastPts + this.#lastDuration),
      frameRate: num > 0 && den > 0 ? { num, den } : null,
      variableRate: isVariable(this.#pts),
      frames: this.#pts.length,
      damagedFrames: this.#damagedFrames,
      ...orientation,
      sampleAspectRatio: aspect.num > 0 && aspect.den > 0 ? { num: aspect.num, den: aspect.den } : null,
      interlaced: this.#interlaced,
      colour: first.colour,
      incompleteBecause: this.#incompleteBecause(lastPts),
    };
  }

  /** Compares what was decoded with what the container promised. */
  #incompleteBecause(lastPts: number): string | null {
    const { demuxerError, decodeErrors, statedDuration, statedFrames } = this.#reader;
    const frames = this.#pts.length;
    if (demuxerError) return `Reading ended early: ${demuxerError}.`;
    if (statedFrames !== undefined && frames + decodeErrors < statedFrames * 0.98 - 2)
      return `The file states ${statedFrames} frames; ${frames} could be decoded.`;
    const decoded = lastPts - this.#pts[0]! + this.#lastDuration;
    const { num, den } = this.#reader.timeBase;
    if (
      statedDuration !== undefined &&
      ((statedDuration - decoded) * num) / den > Math.max(1, 0.02 * ((statedDuration * num) / den))
    )
      return `The file states ${seconds(statedDuration, num, den)} s; ${seconds(decoded, num, den)} s could be decoded.`;
    return null;
  }

  #remarks({
    rotationDegrees,
    mirrored,
    sampleAspectRatio,
    colour,
    damagedFrames,
    incompleteBecause,
    ...facts
  }: VideoFacts): string[] {
    const stretched = sampleAspectRatio && sampleAspectRatio.num !== sampleAspectRatio.den;
    return [
      ...(incompleteBecause ? [`Incomplete: ${incompleteBecause} What was read is examined`] : []),
      ...(damagedFrames > 0 ? [`${damagedFrames} damaged frames are not examined`] : []),
      ...(this.#unstamped > 0
        ? [`${this.#unstamped} frames have no timestamp; theirs are counted from the frame rate`]
        : []),
      ...(facts.variableRate ? ['Variable frame rate'] : []),
      ...(rotationDegrees > 0 ? [`Turned upright (${rotationDegrees} degrees clockwise)`] : []),
      ...(mirrored ? ['Mirrored, as the file asks'] : []),
      ...(stretched
        ? [`Samples are ${sampleAspectRatio.num}:${sampleAspectRatio.den}; the picture is not stretched`]
        : []),
      ...(facts.interlaced ? ['Interlaced; not deinterlaced'] : []),
      ...(colour.matrixAssumed ? [`Colour matrix not stated; ${colour.matrix} assumed`] : []),
      ...(['smpte2084', 'arib-std-b67'].includes(colour.transfer)
        ? [`High dynamic range (${colour.transfer}); the curve is not converted`]
        : []),
    ];
  }
}

const seconds = (ticks: number, num: number, den: number): string => ((ticks * num) / den).toFixed(2);

/** Steps that differ by more than one tick are no rounding of a constant rate. */
function isVariable(pts: readonly number[]): boolean {
  const runs = runsFromPts(pts)!;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [step] of runs.steps) [least, most] = [Math.min(least, step), Math.max(most, step)];
  return most - least > 1;
}
