// Coded HEVC and AV1 pictures -> samples, by FFmpeg's decoders in software, one picture after the other with
// one thread: the standard fixes every sample, so that they are the same on every machine. Runs in
// the decode process, while a HEIF photograph is decoded.
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_HEVC,
  AV_FRAME_FLAG_CORRUPT,
  AV_LOG_QUIET,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Log, Packet } from 'node-av/lib';
import { corrupt, HeifRefusal } from './heif-refusal.ts';
import { lengthSizeOf, unitPlaces } from './hevc-units.ts';
import type { CodedPart, PicturePlan } from './picture-plan.ts';

/**
 * Decodes the parts of a plan, in order. `use` gets each frame while its memory is valid. Each part
 * has a decoder of its own, so that where one is incomplete nothing of another shows: the memory of
 * a new decoder is zero. Throws HeifRefusal.
 */
export function decodeParts(plan: PicturePlan, pixelLimit: number, use: (frame: Frame, index: number) => void): void {
  for (const [index, part] of plan.parts.entries()) {
    const decoder = new PartDecoder();
    try {
      decoder.open(part, pixelLimit);
      decoder.decode(part, (frame) => use(frame, index));
    } finally {
      decoder.close();
    }
  }
}

/** Coded pictures are a multiple of up to 64 samples wide and high; the rest is cut off. */
const CODING_BLOCK_PX = 64;

/**
 * A limit that the stated size keeps to, so that a picture that lies about its size is refused
 * before its memory is taken.
 */
function limitFor({ size }: CodedPart, pixelLimit: number): number {
  if (!size) return pixelLimit;
  return Math.min(pixelLimit, (size.widthPx + 2 * CODING_BLOCK_PX) * (size.heightPx + 2 * CODING_BLOCK_PX));
}

class PartDecoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();

  open(part: CodedPart, pixelLimit: number): void {
    Log.setLevel(AV_LOG_QUIET);
    this.#packet.alloc();
    this.#frame.alloc();
    const codec = Codec.findDecoder(part.coding === 'av1' ? AV_CODEC_ID_AV1 : AV_CODEC_ID_HEVC);
    if (!codec)
      throw new HeifRefusal(
        'codecMissing',
        part.coding === 'av1' ? { kind: 'coding', coding: 'av01' } : { kind: 'noHevcDecoder' },
      );
    const context = this.#context;
    context.allocContext3(codec);
    context.extraData = Buffer.from(part.config);
    context.threadCount = 1;
    context.setFlags(AV_CODEC_FLAG_BITEXACT);
    context.setOption('err_detect', 'crccheck+bitstream+buffer+explode');
    context.setOption('max_pixels', String(limitFor(part, pixelLimit)));
    const opened = context.open2Sync(codec, null);
    if (opened < 0) throw corrupt({ kind: 'decoderConfigurationDamaged', said: words(opened) });
  }

  /** One picture. What is damaged is refused rather than shown as far as it goes. */
  decode(part: CodedPart, use: (frame: Frame) => void): void {
    const data = part.read();
    if (part.coding === 'hevc') checkUnits(data, lengthSizeOf(part.config));
    this.#packet.data = Buffer.from(data);
    const sent = this.#context.sendPacketSync(this.#packet);
    if (sent < 0) throw corrupt({ kind: 'codedPictureDamaged', said: words(sent) });
    this.#context.sendPacketSync(null);
    const got = this.#context.receiveFrameSync(this.#frame);
    if (got < 0) throw corrupt({ kind: 'codedPictureEmpty', said: words(got) });
    if (this.#frame.decodeErrorFlags !== 0 || (this.#frame.flags & AV_FRAME_FLAG_CORRUPT) !== 0)
      throw corrupt({ kind: 'codedPictureDamaged', said: null });
    use(this.#frame);
  }

  close(): void {
    this.#frame.free();
    this.#packet.free();
    this.#context.freeContext();
  }
}

const words = (code: number): string => new FFmpegError(code).message;

/** A coded picture is units with their lengths; they must fill it exactly, or something is missing. */
function checkUnits(data: Uint8Array, lengthSize: number): void {
  if (unitPlaces(data, lengthSize).at(-1)?.to !== data.length) throw corrupt({ kind: 'codedPictureLength' });
}
