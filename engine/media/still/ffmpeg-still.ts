// Photographs that libvips does not read -> pixels, by FFmpeg's decoders of single pictures: the
// whole file is one packet. Runs in the decode process and is loaded there at the first such file.
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_ID_BMP,
  AV_CODEC_ID_JPEG2000,
  AV_CODEC_ID_JPEGXL,
  AV_CODEC_ID_PAM,
  AV_CODEC_ID_PBM,
  AV_CODEC_ID_PCX,
  AV_CODEC_ID_PGM,
  AV_CODEC_ID_PPM,
  AV_CODEC_ID_PSD,
  AV_CODEC_ID_QOI,
  AV_CODEC_ID_SGI,
  AV_FRAME_DATA_ICC_PROFILE,
  AV_FRAME_FLAG_CORRUPT,
  AV_LOG_QUIET,
} from 'node-av/constants';
import { Codec, CodecContext, CodecParser, FFmpegError, Frame, Log, Packet } from 'node-av/lib';
import type { Remark } from '../../../contract/remark.ts';
import type { Unreadable, UnreadableReason, WhyUnreadable } from '../../../contract/unreadable.ts';
import { isHdr, toneMap } from '../../../models/image/tone-map.ts';
import type { Pixels } from '../heif/transform-picture.ts';
import { pixelFormatName, primariesName, transferName } from '../video/video-colour.ts';
import { VIDEO_DECODER } from '../video/video-reader.ts';
import { coloursOfCodes } from './coded-colours.ts';
import { pcxEnd, qoiEnd } from './coded-end.ts';
import type { OtherColours } from './decoded-still.ts';
import { bytesOf, deepOf, samplesOf } from './still-samples.ts';

/** What decodes these pictures; recorded in every verdict on one. */
export const STILL_DECODER = VIDEO_DECODER;

const CODECS: Readonly<Record<string, number>> = {
  'image/bmp': AV_CODEC_ID_BMP,
  'image/jp2': AV_CODEC_ID_JPEG2000,
  'image/jxl': AV_CODEC_ID_JPEGXL,
  'image/vnd.adobe.photoshop': AV_CODEC_ID_PSD,
  'image/qoi': AV_CODEC_ID_QOI,
  'image/x-pcx': AV_CODEC_ID_PCX,
  'image/x-sgi': AV_CODEC_ID_SGI,
  'image/x-portable-bitmap': AV_CODEC_ID_PBM,
  'image/x-portable-graymap': AV_CODEC_ID_PGM,
  'image/x-portable-pixmap': AV_CODEC_ID_PPM,
  'image/x-portable-arbitrarymap': AV_CODEC_ID_PAM,
};

/**
 * A picture, its profile if it has one, or why there is none. `leftOut`: what of the file was not
 * looked at.
 */
export type FfmpegStill =
  | {
      kind: 'pixels';
      pixels: Pixels;
      profile: Uint8Array | undefined;
      otherColours: OtherColours | undefined;
      remarks: Remark[];
      leftOut: Remark[];
    }
  | (Unreadable & { kind: 'refused' });

const words = (code: number): string => new FFmpegError(code).message;
const refused = (reason: UnreadableReason, message: WhyUnreadable): FfmpegStill => ({
  kind: 'refused',
  reason,
  message,
});

/** Decodes a picture of one of the media types above. Never throws for what the bytes may be. */
export function decodeFfmpegStill(bytes: Uint8Array, mediaType: string, pixelLimit: number): FfmpegStill {
  Log.setLevel(AV_LOG_QUIET);
  const codec = CODECS[mediaType] === undefined ? null : Codec.findDecoder(CODECS[mediaType] as never);
  if (!codec) return refused('codecMissing', { kind: 'noDecoderFor', mediaType });
  if (endsTooSoon(bytes, mediaType)) return refused('truncated', { kind: 'endsBeforePicture' });
  const [context, packet, frame] = [new CodecContext(), new Packet(), new Frame()];
  try {
    packet.alloc();
    frame.alloc();
    context.allocContext3(codec);
    context.threadCount = 1;
    context.setFlags(AV_CODEC_FLAG_BITEXACT);
    context.setOption('err_detect', 'crccheck+bitstream+buffer+explode');
    context.setOption('max_pixels', String(pixelLimit));
    const opened = context.open2Sync(codec, null);
    if (opened < 0)
      return refused('codecMissing', { kind: 'decoderNotOpened', decoder: codec.name ?? '', said: words(opened) });
    packet.data = Buffer.from(bytes);
    const sent = context.sendPacketSync(packet);
    context.sendPacketSync(null);
    const got = sent < 0 ? sent : context.receiveFrameSync(frame);
    if (got < 0) return refused(reasonOf(words(got)), { kind: 'notDecodedAs', mediaType, said: words(got) });
    if (frame.decodeErrorFlags !== 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) !== 0)
      return refused('corrupt', { kind: 'pictureDamaged' });
    const picture = pictureFrom(frame, mediaType);
    const isFollowed = context.receiveFrameSync(frame) >= 0;
    return picture.kind === 'pixels' && isFollowed
      ? { ...picture, leftOut: [...picture.leftOut, { kind: 'picturesFollow' }] }
      : picture;
  } finally {
    frame.free();
    packet.free();
    context.freeContext();
  }
}

const reasonOf = (message: string): UnreadableReason =>
  /not yet implemented|patch|not supported|unsupported/i.test(message) ? 'codecMissing' : 'corrupt';

function pictureFrom(frame: Frame, mediaType: string): FfmpegStill {
  const format = pixelFormatName(frame.format);
  const samples = samplesOf(frame, format);
  if (!samples) return refused('codecMissing', { kind: 'sampleLayout', layout: format, of: 'photograph' });
  const { widthPx, heightPx, channels, bits } = samples;
  const profile = frame.getSideData(AV_FRAME_DATA_ICC_PROFILE) ?? undefined;
  const transfer = transferName(frame.colorTrc);
  const isWide = !profile && isHdr(transfer) && channels === 3;
  const data = isWide ? toneMap(deepOf(samples), transfer, primariesName(frame.colorPrimaries)) : bytesOf(samples);
  return {
    kind: 'pixels',
    pixels: { widthPx, heightPx, channels, data },
    profile: profile && new Uint8Array(profile),
    otherColours: profile || isWide ? undefined : codedColours(frame),
    remarks: [
      ...(bits > 8 ? [{ kind: 'fromBits', bits } as const] : []),
      ...(isWide ? [{ kind: 'toneMapped', transfer } as const] : []),
    ],
    leftOut: mediaType === 'image/vnd.adobe.photoshop' ? [{ kind: 'layers' }] : [],
  };
}

/** What the coded picture states of its colours, of which no curve is applied. */
function codedColours({ colorPrimaries: primaries, colorTrc: transfer }: Frame): OtherColours | undefined {
  if (isHdr(transferName(transfer))) return { by: 'coded picture', stated: `curve ${transfer}`, isFar: true };
  return coloursOfCodes('coded picture', { primaries, transfer }, true);
}

/**
 * Asked where FFmpeg's decoder does not: it gives the picture with whatever lies in memory for what is
 * missing. True for a QOI or PCX file that codes fewer pixels than its head promises.
 */
function endsTooSoon(bytes: Uint8Array, mediaType: string): boolean {
  const end = mediaType === 'image/qoi' ? qoiEnd(bytes) : mediaType === 'image/x-pcx' ? pcxEnd(bytes) : 0;
  return end > bytes.length;
}

/**
 * Length of a JPEG XL code stream, which says so by a coded table alone: FFmpeg's parser reads that.
 * Undefined where it does not find the end.
 */
export function jxlCodestreamLength(bytes: Uint8Array): number | undefined {
  Log.setLevel(AV_LOG_QUIET);
  const [context, parser, packet] = [new CodecContext(), new CodecParser(), new Packet()];
  try {
    context.allocContext3(Codec.findDecoder(AV_CODEC_ID_JPEGXL));
    parser.init(AV_CODEC_ID_JPEGXL);
    packet.alloc();
    const end = parser.parse2(context, packet, Buffer.from(bytes), 0n, 0n, 0);
    return end > 0 && packet.size > 0 ? end : undefined;
  } finally {
    packet.free();
    parser.close();
    context.freeContext();
  }
}
