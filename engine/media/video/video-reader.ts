// One open video file: demuxing and software decoding by FFmpeg's libraries, frames in order of
// presentation, seeking by pts. Runs in the video process. Reads the named file and nothing else:
// no network, no playlists, no references to other files.
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_ID_OTF,
  AV_CODEC_ID_TTF,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_STILL_IMAGE,
  AV_DISPOSITION_TIMED_THUMBNAILS,
  AV_FRAME_FLAG_CORRUPT,
  AV_FRAME_FLAG_INTERLACED,
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_PKT_FLAG_DISCARD,
  AVDISCARD_ALL,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVMEDIA_TYPE_ATTACHMENT,
  AVMEDIA_TYPE_SUBTITLE,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  Frame,
  getFFmpegInfo,
  InputFormat,
  Log,
  Packet,
  type Stream,
} from 'node-av/lib';
import type { UnreadableReason, WhyUnreadable } from '../../../contract/unreadable.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import type { Rational } from '../../../contract/video.ts';
import { ArchiveRefusal } from '../../archives/archive-entry.ts';
import { type FileIdentity, opensSame } from '../../files/file-identity.ts';
import type { OtherColours } from '../still/decoded-still.ts';
import { orientationFrom, turnNotApplied } from './display-matrix.ts';
import { isFont, isPlainText, TextTrack } from './drawn-subtitles.ts';
import { type FilmPlace, fileOfFilm, openFilm, placeOfFilm, urlOfFilm } from './film-bytes.ts';
import type { Orientation } from './frame-pixels.ts';
import { isTruncated } from './is-truncated.ts';
import { lookAtTables } from './mp4-tables.ts';
import { type CodedColours, farColours } from './video-colour.ts';

/** What turned the bytes into pixels; recorded in every verdict. */
export const VIDEO_DECODER = `FFmpeg ${getFFmpegInfo().version}, libavcodec ${getFFmpegInfo().libraries.avcodec}, software`;

/**
 * Demuxers that may look at evidence, by FFmpeg's names. Playlists and everything that opens other
 * files are not among them.
 */
const DEMUXERS = [
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,live_flv,asf,ogg,mxf,gxf,dv,ivf,nut,yuv4mpegpipe,rm,wtv,pva,nsv,mpjpeg',
  // Recorders of surveillance cameras and televisions.
  'dhav,ifv,lvf,ty',
  // Streams without a container.
  'mpegvideo,h261,h263,h264,hevc,vvc,m4v,obu,av1,vc1,vc1test,cavsvideo,avs2,avs3,dirac,dnxhd,mjpeg,mjpeg_2000',
].join(',');

/** Streams without a container: what FFmpeg says of their times is a rate that it assumed. */
const WITHOUT_CONTAINER =
  /^(mpegvideo|h261|h263|h264|hevc|vvc|m4v|obu|av1|vc1|vc1test|cavsvideo|avs2|avs3|dirac|dnxhd|mjpeg|mjpeg_2000)$/;
/** Containers that write down when each frame is shown and can be searched by it. */
const SEARCHED_BY_TIME = /mov,mp4|matroska|mpegts|^mpeg$|flv|asf|ogg|mxf|nut/;

/**
 * Containers whose header states a duration for the whole file; elsewhere FFmpeg estimates it from
 * the size.
 */
const STATES_DURATION = /matroska|flv|asf/;

/** Frames beyond this many pixels are refused: 8192 x 8192. */
export const VIDEO_PIXEL_LIMIT = 67_108_864;

/** Why a file cannot be read as a video. */
export class UnreadableVideo extends Error {
  readonly reason: UnreadableReason;
  readonly why: WhyUnreadable;
  constructor(reason: UnreadableReason, why: WhyUnreadable) {
    super(unreadableWords({ reason, message: why }));
    this.name = 'UnreadableVideo';
    this.reason = reason;
    this.why = why;
  }
}

/** Where a frame stands, before anyone looks at its pixels. */
export type DecodedFrame = {
  /**
   * Best-effort timestamp as FFmpeg's tools print it, ticks of the time base; undefined where the
   * stream has none.
   */
  pts: number | undefined;
  keyFrame: boolean;
  /** Decoding it, or a frame it depends on, met an error. */
  damaged: boolean;
  interlaced: boolean;
  /**
   * It follows an error by more than a second and no key frame came in between: what was lost may
   * still be in it, unless the stream refreshes its pictures little by little.
   */
  afterDamage: boolean;
  /** Valid until the next call. */
  frame: Frame;
};

/** A picture track of a container, and why it is none to be walked through. */
export type PictureStream = { index: number; title: string; kind: 'video' | 'cover' };

/** What is no picture track and may hold pictures; an attached file by its name. */
export type UnseenStream = { index: number; title: string; what: 'attachment' | 'subtitles' };

const FONTS: ReadonlySet<number> = new Set([AV_CODEC_ID_TTF, AV_CODEC_ID_OTF]);

/**
 * `stream`: which picture track; the one FFmpeg's tools would take when absent. `hidden`: only the
 * frames that the edit list leaves out. `identity`: of the only file that may be opened.
 */
export type ReaderOptions = {
  threads: number;
  pixelLimit?: number;
  stream?: number;
  hidden?: boolean;
  identity?: FileIdentity | undefined;
};

/** Flag of a packet that is decoded and not shown: the edit list leaves it out. */
const DISCARD = Number(AV_PKT_FLAG_DISCARD);
/** Dispositions of a video stream that is a picture beside the film. */
const COVER = AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS | AV_DISPOSITION_STILL_IMAGE;
/** Packets beside those that a decoder holds back: parameter sets, and what a codec looks ahead. */
const HELD_BACK = 8;
/** Frames behind an error that are suspect where no rate is stated: a second's. */
const SUSPECT_FRAMES = 25;

const isText = ({ codecpar: { codecType, codecId } }: Stream): boolean =>
  codecType === AVMEDIA_TYPE_SUBTITLE && isPlainText(codecId);

const words = (code: number): string => new FFmpegError(code).message;

/** Which bytes of the file a packet is. */
const keyOf = ({ pos, size }: Packet): bigint => (pos << 32n) | BigInt(size);

/**
 * The demuxer of JPEG pictures one behind the other, which FFmpeg's own guess takes for a single
 * one; null where it guesses.
 */
function demuxerOf(film: FilmPlace): InputFormat | null {
  const head = Buffer.alloc(3);
  const file = openFilm(film);
  try {
    file.read(head, head.length, 0);
  } finally {
    file.close();
  }
  return head.equals(Buffer.from([0xff, 0xd8, 0xff])) ? InputFormat.findInputFormat('mjpeg') : null;
}

/** Pictures that are never shown and that others are built on are packets of their own there. */
const HIDDEN_IN_VP8 = 0.25;

export class VideoReader {
  readonly film: FilmPlace;
  readonly #format = new FormatContext();
  readonly #decoder = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  /** A frame that was given and may be asked for once more. */
  readonly #kept = new Frame();
  stream!: Stream;
  codecName!: string;
  container!: string;
  orientation!: Orientation;
  /** Degrees by which the file asks to be turned, and is not: no quarter turn. */
  turnNotApplied: number | undefined;
  /** What is made of a damaged picture depends on their number; of an intact one it does not. */
  threads!: number;
  /** The demuxer's last words where it ended otherwise than at the end of the file. */
  demuxerError: string | undefined;
  #stated: CodedColours | undefined;
  #isInFragments = false;
  #draining = false;
  #damaged = false;
  /** Frames since the last error. */
  #sinceError = 0;
  #refusedPackets = 0;
  /** Packets that the decoder took before it gave its first frame; counted no further then. */
  #taken = 0;
  #packets = 0;
  #given = 0;
  #refreshesGradually: boolean | undefined;
  readonly #texts = new Map<number, TextTrack>();
  /** The packet in hand is still to be given: the first of a stream that begins late. */
  #isInHand = false;
  /** Of an edited file: the packets whose frames are shown, each once however often it is. */
  readonly #shown = new Set<bigint>();
  /** Where only hidden frames are wanted: what is shown, and the timestamps of what is not. */
  #onlyHidden: { shown: ReadonlySet<bigint>; pts: Set<bigint> } | undefined;

  /** Opens a file, also one that lies in an archive. Throws UnreadableVideo. */
  static async open(path: string, options: ReaderOptions): Promise<VideoReader> {
    const film = await placeOfFilm(path).catch((error: Error) => {
      if (!(error instanceof ArchiveRefusal)) throw error;
      throw new UnreadableVideo(error.unreadable.reason, error.unreadable.message);
    });
    const reader = new VideoReader(film);
    try {
      const shown = options.hidden ? await reader.#packetsOf(path, { ...options, hidden: false }) : undefined;
      if (shown && !(await reader.#isAnyHidden(options, shown)))
        throw new UnreadableVideo('noFrames', { kind: 'noFrame' });
      await reader.#openFormat(options, options.hidden ?? false);
      reader.#takeStream(options);
      if (shown) reader.#onlyHidden = { shown, pts: new Set() };
      return reader;
    } catch (error) {
      // Nobody has it in hand to close it.
      reader.close();
      throw error;
    }
  }

  private constructor(film: FilmPlace) {
    this.film = film;
    Log.setLevel(AV_LOG_QUIET);
    this.#packet.alloc();
    this.#frame.alloc();
    this.#kept.alloc();
  }

  #takeStream({ stream, threads, pixelLimit }: ReaderOptions): void {
    this.threads = threads;
    this.container = this.#format.iformat?.name ?? 'unknown';
    this.stream = this.#chooseStream(stream);
    const matrix = this.stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
    this.orientation = orientationFrom(matrix);
    this.turnNotApplied = turnNotApplied(matrix);
    this.codecName = this.#openDecoder(threads, pixelLimit ?? VIDEO_PIXEL_LIMIT);
  }

  /** Reads the packets of a stream, without decoding, as they are shown. */
  async #packetsOf(path: string, options: ReaderOptions): Promise<ReadonlySet<bigint>> {
    const reader = await VideoReader.open(path, options);
    try {
      while (reader.#nextPacket()) reader.#packet.unref();
      return reader.#shown;
    } finally {
      reader.close();
    }
  }

  /** Has the stream a packet that is not among those? Asked without decoding. */
  async #isAnyHidden(options: ReaderOptions, shown: ReadonlySet<bigint>): Promise<boolean> {
    const reader = new VideoReader(this.film);
    try {
      await reader.#openFormat(options, true);
      reader.#takeStream(options);
      while (reader.#nextPacket()) {
        if (!shown.has(keyOf(reader.#packet))) return true;
        reader.#packet.unref();
      }
      return false;
    } finally {
      reader.close();
    }
  }

  /** Refuses what is not the file that was hashed, where that is to be held. */
  async #openFormat({ identity }: ReaderOptions, ignoreEdits: boolean): Promise<void> {
    const open = () => this.#openAny(ignoreEdits);
    if (identity === undefined) await open();
    else if (!(await opensSame(fileOfFilm(this.film), identity, open)))
      throw new UnreadableVideo('changedWhileRead', { kind: 'changedWhileRead' });
  }

  /**
   * A dictionary is handed to the asynchronous open alone: the synchronous one frees it twice in
   * node-av 6.1.
   */
  async #openAny(ignoreEdits: boolean): Promise<void> {
    const { film } = this;
    const format = this.#format;
    format.allocContext();
    format.setOption('protocol_whitelist', typeof film === 'string' ? 'file' : 'subfile,file');
    format.setOption('format_whitelist', DEMUXERS);
    const { impossible, isInFragments } = lookAtTables(film);
    if (impossible) throw new UnreadableVideo('corrupt', impossible);
    this.#isInFragments = isInFragments;
    const opened = ignoreEdits
      ? await format.openInput(urlOfFilm(film), null, Dictionary.fromObject({ ignore_editlist: '1' }))
      : format.openInputSync(urlOfFilm(film), demuxerOf(film), null);
    if (opened < 0 && isTruncated(film)) throw new UnreadableVideo('truncated', { kind: 'cutBeforeIndex' });
    if (opened < 0) throw new UnreadableVideo('corrupt', { kind: 'containerUnreadable', said: words(opened) });
    const found = format.findStreamInfoSync(null);
    if (found < 0) throw new UnreadableVideo('corrupt', { kind: 'streamsUnreadable', said: words(found) });
  }

  /**
   * The stream FFmpeg's tools would take, where none is asked for; a cover picture of an audio file
   * is none.
   */
  #chooseStream(wanted: number | undefined): Stream {
    const { streams } = this.#format;
    const index = wanted ?? this.#format.findBestStream(AVMEDIA_TYPE_VIDEO, -1, -1);
    const best = streams[index] ?? (wanted === undefined ? undefined : this.#readOnTo(wanted));
    if (!best || (best.disposition & COVER) !== 0)
      throw new UnreadableVideo('noVideoStream', { kind: 'noVideo', streams: streams.length });
    for (const stream of streams) {
      if (isText(stream)) this.#texts.set(stream.index, new TextTrack());
      else if (stream.index !== best.index) stream.discard = AVDISCARD_ALL;
    }
    return best;
  }

  /**
   * A stream that the demuxer meets on its way alone, as in recordings that were joined: read on to
   * its first packet. Undefined where there is none.
   */
  #readOnTo(wanted: number): Stream | undefined {
    while (this.#format.readFrameSync(this.#packet) >= 0) {
      if (this.#packet.streamIndex === wanted) {
        this.#isInHand = true;
        return this.#format.streams[wanted];
      }
      this.#packet.unref();
    }
    return undefined;
  }

  /**
   * Software decoding with the transforms that give the same samples on every processor (bit-exact
   * flags, simple IDCT).
   */
  #openDecoder(threads: number, pixelLimit: number): string {
    const { codecpar, timeBase } = this.stream;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec)
      throw new UnreadableVideo('codecMissing', {
        ...{ kind: 'noDecoderForCodec', codec: codecpar.codecTagString ?? String(codecpar.codecId) },
      });
    if (codecpar.width * codecpar.height > pixelLimit)
      throw new UnreadableVideo('tooLarge', {
        kind: 'framesBeyondPixelLimit',
        ...{ widthPx: codecpar.width, heightPx: codecpar.height, limit: pixelLimit },
      });
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
      throw new UnreadableVideo('codecMissing', {
        ...{ kind: 'decoderNotOpened', decoder: codec.name ?? '', said: words(opened) },
      });
    return codec.name ?? 'unknown';
  }

  /**
   * Every picture track that the demuxer has met so far, the one being read first, then as the file
   * has them. Behind the last frame, all.
   */
  get pictureStreams(): PictureStream[] {
    const all = this.#format.streams
      .filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO)
      .map(
        ({ index, disposition, metadata }): PictureStream => ({
          index,
          title: metadata?.get('title') ?? metadata?.get('handler_name') ?? '',
          kind: (disposition & COVER) === 0 ? 'video' : 'cover',
        }),
      );
    return all.sort((a, b) => Number(b.index === this.stream.index) - Number(a.index === this.stream.index));
  }

  /**
   * What else may hold pictures: files that are attached, but for fonts, and subtitles that are drawn. Of
   * plain texts that is known when they have been read.
   */
  get unseenStreams(): UnseenStream[] {
    return this.#format.streams.flatMap(({ index, codecpar, metadata }): UnseenStream[] => {
      const { codecType, codecId } = codecpar;
      const title = metadata?.get('filename') ?? metadata?.get('title') ?? '';
      if (codecType === AVMEDIA_TYPE_ATTACHMENT)
        return FONTS.has(codecId) && isFont(codecpar.extradata) ? [] : [{ index, title, what: 'attachment' }];
      if (codecType !== AVMEDIA_TYPE_SUBTITLE) return [];
      const isPlain = isPlainText(codecId) && !this.#texts.get(index)?.mayDraw;
      return isPlain ? [] : [{ index, title, what: 'subtitles' }];
    });
  }

  /** A stream without a container has no times of its own. */
  get isWithoutContainer(): boolean {
    return WITHOUT_CONTAINER.test(this.container);
  }

  /** True where a frame can be looked for by its timestamp. */
  get isSearchedByTime(): boolean {
    return SEARCHED_BY_TIME.test(this.container) && !this.isWithoutContainer;
  }

  /**
   * Frames a second: as coded in a stream without a container, as the container says elsewhere;
   * undefined where neither does.
   */
  get frameRate(): Rational | undefined {
    const coded = this.#decoder.framerate;
    const { num, den } = this.isWithoutContainer && coded.num > 0 && coded.den > 0 ? coded : this.stream.avgFrameRate;
    return num > 0 && den > 0 ? { num, den } : undefined;
  }

  /** True where a stream without a container states no rate, and FFmpeg's own is assumed. */
  get isRateAssumed(): boolean {
    const { num, den } = this.#decoder.framerate;
    return this.isWithoutContainer && !/^(mpegvideo|m4v)$/.test(this.container) && !(num > 0 && den > 0);
  }

  /**
   * Width to height of one sample, as the container says before the coded picture; undefined where
   * neither does.
   */
  get sampleAspectRatio(): Rational | undefined {
    const own = this.stream.sampleAspectRatio;
    const { num, den } = own.num > 0 && own.den > 0 ? own : this.stream.codecpar.sampleAspectRatio;
    return num > 0 && den > 0 ? { num, den } : undefined;
  }

  /** True for a reader of the frames that an edit list leaves out. */
  get hidden(): boolean {
    return this.#onlyHidden !== undefined;
  }

  /**
   * Asked after the last frame: the container counts other frames than are shown, each once however
   * often it is. What lies in fragments it does not count, and that may stand for hidden ones.
   */
  get mayHideFrames(): boolean {
    if (!this.#isEdited || this.hidden) return false;
    return (this.statedFrames ?? 0) !== this.#shown.size || this.#isInFragments;
  }

  /** Packets that were shown before. */
  get repeatedPackets(): number {
    return this.#isEdited && !this.hidden ? this.#packets - this.#shown.size : 0;
  }

  /**
   * True where the stream has no key frames after its first and refreshes its pictures part by part
   * instead.
   */
  get refreshesGradually(): boolean {
    return this.#refreshesGradually ?? false;
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

  /** Opacity lies beside the coded frames, where no decoder here looks for it (WebM). */
  get hasOpacityBeside(): boolean {
    return this.stream.metadata?.get('alpha_mode') === '1';
  }

  /** Colours that the container states and that are not applied, where they are far from usual ones. */
  get otherColours(): OtherColours | undefined {
    this.#stated ??= this.stream.codecpar;
    return farColours('container', this.#stated);
  }

  /** The container's tags, as text. */
  get tags(): Record<string, string> {
    return { ...this.#format.metadata?.getAll(), ...this.stream.metadata?.getAll() };
  }

  /** Packets that the decoder refused so far. */
  get refusedPackets(): number {
    return this.#refusedPackets;
  }

  /**
   * Packets at the beginning of which no frame came, beyond what a decoder holds back to put frames
   * in order: of a stream that begins between two key frames.
   */
  get unseenAtBeginning(): number {
    // Fields are packets of their own.
    const unseen = this.#taken - 2 * (this.#decoder.hasBFrames + this.threads);
    return this.#given > 0 && unseen > HELD_BACK ? unseen : 0;
  }

  /**
   * Asked after the last frame: packets of which no frame came though the decoder took them, if they
   * are more than belong to films of their kind. `inFields`: each may be half a frame.
   */
  packetsWithoutFrame(inFields: boolean): number {
    if (this.hidden) return 0;
    const unseen = this.#packets - this.#refusedPackets - this.#given;
    const usual = inFields ? 0.5 : this.codecName.includes('vp8') ? HIDDEN_IN_VP8 : 0.02;
    return unseen > 2 + usual * this.#packets ? unseen : 0;
  }

  /** The next frame in order of presentation; undefined after the last. */
  next(): DecodedFrame | undefined {
    this.#frame.unref();
    for (;;) {
      const got = this.#decoder.receiveFrameSync(this.#frame);
      if (got >= 0) {
        this.#given += 1;
        const described = this.#describe();
        if (this.#isWanted()) return described;
        this.#frame.unref();
        continue;
      }
      if (got === AVERROR_EOF || this.#draining) return undefined;
      if (got !== AVERROR_EAGAIN) this.#noteError();
      this.#feed();
    }
  }

  /** Holds the frame that `next` gave; the one held before is let go. Valid until `close`. */
  keep(): Frame {
    this.#kept.unref();
    this.#kept.ref(this.#frame);
    return this.#kept;
  }

  #isWanted(): boolean {
    return this.#onlyHidden === undefined || this.#onlyHidden.pts.has(this.#frame.bestEffortTimestamp);
  }

  /** One packet of the stream into the decoder, or the end. */
  #feed(): void {
    if (!this.#nextPacket()) {
      this.#decoder.sendPacketSync(null);
      this.#draining = true;
      return;
    }
    this.#refreshesGradually ??= this.#saysGradual();
    const sent = this.#decoder.sendPacketSync(this.#packet);
    this.#packet.unref();
    if (sent < 0) this.#noteError();
    else if (this.#given === 0) this.#taken += 1;
  }

  /** The next packet of the stream; false after the last. */
  #nextPacket(): boolean {
    if (this.#isInHand) {
      this.#isInHand = false;
      this.#notePacket();
      return true;
    }
    for (;;) {
      const read = this.#format.readFrameSync(this.#packet);
      if (read < 0) {
        if (read !== AVERROR_EOF) this.demuxerError = words(read);
        return false;
      }
      if (this.#packet.streamIndex === this.stream.index) {
        this.#notePacket();
        return true;
      }
      this.#noteText();
      this.#packet.unref();
    }
  }

  /** Of a track of texts; one that is met on the way is one too. */
  #noteText(): void {
    const { streamIndex, data, pts } = this.#packet;
    const stream = this.#format.streams[streamIndex];
    if (!data || !stream || !isText(stream)) return;
    const texts = this.#texts.get(streamIndex) ?? new TextTrack();
    this.#texts.set(streamIndex, texts);
    const { num, den } = stream.timeBase;
    texts.add(data, den > 0 ? (Number(pts) * num) / den : 0);
  }

  #notePacket(): void {
    const { flags, pts } = this.#packet;
    if (this.#onlyHidden) {
      if (!this.#onlyHidden.shown.has(keyOf(this.#packet))) this.#onlyHidden.pts.add(pts);
    } else if ((flags & DISCARD) === 0) {
      this.#packets += 1;
      if (this.#isEdited) this.#shown.add(keyOf(this.#packet));
    }
  }

  /** Only such files have edit lists. */
  get #isEdited(): boolean {
    return this.container.includes('mp4');
  }

  /** What x264 writes of its settings into the first packet. */
  #saysGradual(): boolean {
    return this.#packet.data?.includes('intra_refresh=1') ?? false;
  }

  #noteError(): void {
    this.#refusedPackets += 1;
    this.#damaged = true;
    this.#sinceError = 0;
  }

  /**
   * A frame after an error may be built on what was lost: for about a second it counts as damaged,
   * and until the next key frame it is said to follow damage.
   */
  #describe(): DecodedFrame {
    const frame = this.#frame;
    const keyFrame = frame.keyFrame === 1;
    // A key frame that is no picture of its own kind: the stream refreshes part by part, and says
    // from where on it is whole.
    if (keyFrame && frame.pictType !== AV_PICTURE_TYPE_I && frame.pictType !== AV_PICTURE_TYPE_NONE)
      this.#refreshesGradually = true;
    const ownError = frame.decodeErrorFlags !== 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) !== 0;
    if (ownError) this.#sinceError = 0;
    this.#damaged = ownError || (this.#damaged && !keyFrame);
    if (this.#damaged) this.#sinceError += 1;
    const isSuspect = this.#damaged && this.#sinceError <= this.#framesASecond;
    const pts = frame.bestEffortTimestamp;
    return {
      pts: pts === AV_NOPTS_VALUE ? undefined : Number(pts),
      keyFrame,
      damaged: isSuspect,
      afterDamage: this.#damaged && !isSuspect,
      interlaced: (frame.flags & AV_FRAME_FLAG_INTERLACED) !== 0,
      frame,
    };
  }

  get #framesASecond(): number {
    const rate = this.frameRate;
    return rate ? Math.ceil(rate.num / rate.den) : SUSPECT_FRAMES;
  }

  /**
   * Goes to a key frame at or before `pts`, or to the beginning with undefined. False where the
   * file cannot be searched.
   */
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
    this.#kept.free();
    this.#packet.free();
    this.#decoder.freeContext();
    this.#format.closeInputSync();
  }
}
