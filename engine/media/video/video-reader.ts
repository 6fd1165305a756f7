// One open video file: demuxing and software decoding by FFmpeg's libraries, frames in order of presentation, seeking by pts.
// Runs in the video process. Reads the named file and nothing else: no network, no playlists, no references to other files.
import { accessSync, constants } from 'node:fs';
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_FRAME_FLAG_CORRUPT,
  AV_FRAME_FLAG_INTERLACED,
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVDISCARD_ALL,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  FFmpegError,
  FormatContext,
  Frame,
  getFFmpegInfo,
  Log,
  Packet,
  type Stream,
} from 'node-av/lib';
import type { UnreadableReason } from '../../../contract/evidence.ts';
import type { Rational } from '../../../contract/video.ts';
import { isCutShort } from './cut-short.ts';
import { orientationFrom } from './display-matrix.ts';
import type { Orientation } from './frame-pixels.ts';
import { findImpossibleTable } from './mp4-tables.ts';

/** What turned the bytes into pixels; recorded in every verdict. */
export const VIDEO_DECODER = `FFmpeg ${getFFmpegInfo().version}, libavcodec ${getFFmpegInfo().libraries.avcodec}, software`;

/** Demuxers that may look at evidence, by FFmpeg's names. Playlists and everything that opens other files are not among them. */
const DEMUXERS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,h264,hevc,m4v,dv,ivf,nut,y4m,yuv4mpegpipe';

/** Containers whose header states a duration for the whole file; elsewhere FFmpeg estimates it from the size. */
const STATES_DURATION = /matroska|flv|asf/;

/** Frames beyond this many pixels are refused: 8192 x 8192. */
export const VIDEO_PIXEL_LIMIT = 67_108_864;

/** Why a file cannot be read as a video. */
export class UnreadableVideo extends Error {
  readonly reason: UnreadableReason;
  constructor(reason: UnreadableReason, message: string) {
    super(message);
    this.name = 'UnreadableVideo';
    this.reason = reason;
  }
}

/** Where a frame stands, before anyone looks at its pixels. */
export type DecodedFrame = {
  /** Best-effort timestamp as FFmpeg's tools print it, ticks of the time base; undefined where the stream has none. */
  pts: number | undefined;
  keyFrame: boolean;
  /** Decoding it, or a frame it depends on, met an error. */
  damaged: boolean;
  interlaced: boolean;
  /** Valid until the next call. */
  frame: Frame;
};

const words = (code: number): string => new FFmpegError(code).message;

export class VideoReader {
  readonly #format = new FormatContext();
  readonly #decoder = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  readonly stream: Stream;
  readonly codecName: string;
  readonly container: string;
  readonly orientation: Orientation;
  /** The demuxer's last words where it ended otherwise than at the end of the file. */
  demuxerError: string | undefined;
  #draining = false;
  #damaged = false;
  #decodeErrors = 0;

  /** Opens a file. Throws UnreadableVideo. */
  constructor(path: string, options: { threads: number; pixelLimit?: number }) {
    Log.setLevel(AV_LOG_QUIET);
    accessSync(path, constants.R_OK);
    try {
      this.#packet.alloc();
      this.#frame.alloc();
      this.#openFormat(path);
      this.container = this.#format.iformat?.name ?? 'unknown';
      this.stream = this.#chooseStream();
      this.orientation = orientationFrom(this.stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
      this.codecName = this.#openDecoder(options.threads, options.pixelLimit ?? VIDEO_PIXEL_LIMIT);
    } catch (error) {
      // Nobody has it in hand to close it.
      this.close();
      throw error;
    }
  }

  /** Options are set before opening: handing a dictionary to the synchronous open frees it twice in node-av 6.1. */
  #openFormat(path: string): void {
    const format = this.#format;
    format.allocContext();
    format.setOption('protocol_whitelist', 'file');
    format.setOption('format_whitelist', DEMUXERS);
    const impossible = findImpossibleTable(path);
    if (impossible) throw new UnreadableVideo('corrupt', impossible);
    const opened = format.openInputSync(`file:${path}`, null, null);
    if (opened < 0 && isCutShort(path))
      throw new UnreadableVideo('truncated', 'It is cut off before its index; nothing in it can be found.');
    if (opened < 0) throw new UnreadableVideo('corrupt', `The container cannot be read: ${words(opened)}.`);
    const found = format.findStreamInfoSync(null);
    if (found < 0) throw new UnreadableVideo('corrupt', `The streams cannot be read: ${words(found)}.`);
  }

  /** The stream FFmpeg's tools would take; a cover picture of an audio file is none. */
  #chooseStream(): Stream {
    const { streams } = this.#format;
    const best = streams[this.#format.findBestStream(AVMEDIA_TYPE_VIDEO, -1, -1)];
    if (!best || (best.disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0)
      throw new UnreadableVideo(
        'noVideoStream',
        `It has no video: ${streams.length === 1 ? 'its one stream is' : `its ${streams.length} streams are`} something else.`,
      );
    for (const stream of streams) if (stream.index !== best.index) stream.discard = AVDISCARD_ALL;
    return best;
  }

  /** Software decoding with the transforms that give the same samples on every processor (bit-exact flags, simple IDCT). */
  #openDecoder(threads: number, pixelLimit: number): string {
    const { codecpar, timeBase } = this.stream;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec)
      throw new UnreadableVideo(
        'codecMissing',
        `There is no decoder for codec ${codecpar.codecTagString ?? codecpar.codecId}.`,
      );
    if (codecpar.width * codecpar.height > pixelLimit)
      throw new UnreadableVideo(
        'tooLarge',
        `${codecpar.width} x ${codecpar.height} pixels a frame are more than the limit of ${pixelLimit}.`,
      );
    const decoder = this.#decoder;
    decoder.allocContext3(codec);
    decoder.parametersToContext(codecpar);
    decoder.pktTimebase = timeBase;
    decoder.threadCount = threads;
    decoder.setFlags(AV_CODEC_FLAG_BITEXACT);
    decoder.setOption('idct', 'simple');
    decoder.setOption('max_pixels', String(pixelLimit));
    const opened = decoder.open2Sync(codec, null);
    if (opened < 0)
      throw new UnreadableVideo('codecMissing', `The ${codec.name} decoder does not open: ${words(opened)}.`);
    return codec.name ?? 'unknown';
  }

  get timeBase(): Rational {
    const { num, den } = this.stream.timeBase;
    return { num, den };
  }

  /** Duration as the container states it, ticks of the time base; undefined where it does not. */
  get statedDuration(): number | undefined {
    const { duration } = this.stream;
    if (duration > 0n) return Number(duration);
    if (!STATES_DURATION.test(this.container) || this.#format.duration <= 0n) return undefined;
    const { num, den } = this.timeBase;
    return Math.round((Number(this.#format.duration) * den) / (num * 1e6));
  }

  /** Frames as the container states them; undefined where it does not. */
  get statedFrames(): number | undefined {
    const { nbFrames } = this.stream;
    return nbFrames > 0n ? Number(nbFrames) : undefined;
  }

  /** The container's tags, as text. */
  get tags(): Record<string, string> {
    return { ...this.#format.metadata?.getAll(), ...this.stream.metadata?.getAll() };
  }

  /** Packets that the decoder refused so far. */
  get decodeErrors(): number {
    return this.#decodeErrors;
  }

  /** The next frame in order of presentation; undefined after the last. */
  next(): DecodedFrame | undefined {
    this.#frame.unref();
    for (;;) {
      const got = this.#decoder.receiveFrameSync(this.#frame);
      if (got >= 0) return this.#describe();
      if (got === AVERROR_EOF || this.#draining) return undefined;
      if (got !== AVERROR_EAGAIN) this.#noteError();
      this.#feed();
    }
  }

  /** One packet of the stream into the decoder, or the end. */
  #feed(): void {
    for (;;) {
      const read = this.#format.readFrameSync(this.#packet);
      if (read < 0) {
        if (read !== AVERROR_EOF) this.demuxerError = words(read);
        this.#decoder.sendPacketSync(null);
        this.#draining = true;
        return;
      }
      const isOurs = this.#packet.streamIndex === this.stream.index;
      const sent = isOurs ? this.#decoder.sendPacketSync(this.#packet) : 0;
      this.#packet.unref();
      if (sent < 0) this.#noteError();
      if (isOurs) return;
    }
  }

  #noteError(): void {
    this.#decodeErrors += 1;
    this.#damaged = true;
  }

  /** A frame after an error stays suspect until the next key frame: it may be built on what was lost. */
  #describe(): DecodedFrame {
    const frame = this.#frame;
    const keyFrame = frame.keyFrame === 1;
    const ownError = frame.decodeErrorFlags !== 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) !== 0;
    this.#damaged = ownError || (this.#damaged && !keyFrame);
    const pts = frame.bestEffortTimestamp;
    return {
      pts: pts === AV_NOPTS_VALUE ? undefined : Number(pts),
      keyFrame,
      damaged: this.#damaged,
      interlaced: (frame.flags & AV_FRAME_FLAG_INTERLACED) !== 0,
      frame,
    };
  }

  /** Goes to a key frame at or before `pts`, or to the beginning with undefined. False where the file cannot be searched. */
  seek(pts: number | undefined): boolean {
    const target = pts ?? Number.MIN_SAFE_INTEGER;
    const moved = this.#format.seekFrameSync(this.stream.index, BigInt(target), AVSEEK_FLAG_BACKWARD);
    this.#decoder.flushBuffers();
    this.#draining = false;
    this.#damaged = false;
    return moved >= 0;
  }

  close(): void {
    this.#frame.free();
    this.#packet.free();
    this.#decoder.freeContext();
    this.#format.closeInputSync();
  }
}
