// Colour profiles for tests, byte by byte (ICC.1:2022), and files that carry one. Tests only.
import { crc32, deflateSync } from 'node:zlib';

const fixed = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), 4 * i);
  return bytes;
};
const xyz = (...values: number[]): Buffer => Buffer.concat([Buffer.from('XYZ \0\0\0\0'), fixed(...values)]);

/** A table of 1024 entries. */
function curve(exponent: number): Buffer {
  const bytes = Buffer.alloc(12 + 2 * 1024);
  bytes.write('curv');
  bytes.writeUInt32BE(1024, 8);
  for (let i = 0; i < 1024; i++) bytes.writeUInt16BE(Math.round(65535 * (i / 1023) ** exponent), 12 + 2 * i);
  return bytes;
}

/** Red, green and blue by D50. */
const SRGB = [
  [0.4361, 0.2225, 0.0139],
  [0.3851, 0.7169, 0.0971],
  [0.1431, 0.0606, 0.7141],
] as const;
type Primaries = readonly (readonly number[])[];

/** sRGB's primaries unless others are given, and a curve of that exponent. `more`: tags nobody needs. */
export function makeProfile(space: 'RGB ' | 'GRAY', exponent: number, more = 0, primaries: Primaries = SRGB): Buffer {
  const name = Buffer.concat([Buffer.from('desc\0\0\0\0\0\0\0\x02x\0', 'latin1'), Buffer.alloc(78)]);
  const tags: [string, Buffer][] = [
    ['desc', name],
    ['cprt', Buffer.from('text\0\0\0\0x\0')],
    ['wtpt', xyz(0.9642, 1, 0.8249)],
  ];
  if (space === 'GRAY') tags.push(['kTRC', curve(exponent)]);
  else
    tags.push(
      ...['rXYZ', 'gXYZ', 'bXYZ'].map((tag, i): [string, Buffer] => [tag, xyz(...primaries[i]!)]),
      ...['rTRC', 'gTRC', 'bTRC'].map((tag): [string, Buffer] => [tag, curve(exponent)]),
    );
  for (let n = 0; n < more; n++) tags.push([`x${n}`.padEnd(4), Buffer.from('text\0\0\0\0x\0')]);
  const parts = tags.map(([, data]) => Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]));
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  let at = 128 + table.length;
  for (const [i, [tag, data]] of tags.entries()) {
    table.write(tag, 4 + 12 * i, 'latin1');
    table.writeUInt32BE(at, 8 + 12 * i);
    table.writeUInt32BE(data.length, 12 + 12 * i);
    at += parts[i]!.length;
  }
  const head = Buffer.alloc(128);
  head.writeUInt32BE(at);
  head.writeUInt32BE(0x02400000, 8);
  head.write(`mntr${space}XYZ `, 12, 'latin1');
  head.write('acsp', 36, 'latin1');
  fixed(0.9642, 1, 0.8249).copy(head, 68);
  return Buffer.concat([head, table, ...parts]);
}

/** Of which a trace of red against green is a strong colour; grey is grey. */
export function wildProfile(): Buffer {
  const inSrgb = [
    [9, 8.5, 8],
    [-8, -7.5, -8],
    [0, 0, 1],
  ];
  return makeProfile(
    'RGB ',
    2.2,
    0,
    inSrgb.map((one) => [0, 1, 2].map((axis) => one.reduce((sum, part, c) => sum + part * SRGB[c]![axis]!, 0))),
  );
}

/** A JPEG with a profile in its second application segment (ICC.1, B.4). */
export function jpegWith(jpeg: Buffer, profile: Buffer): Buffer {
  const head = Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1');
  head.writeUInt16BE(head.length - 2 + profile.length, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, profile, jpeg.subarray(2)]);
}

/** A PNG's chunk. */
export function pngChunkOf(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, crc]);
}

/** A PNG with a profile behind its signature and IHDR. */
export const pngWith = (png: Buffer, profile: Buffer): Buffer =>
  Buffer.concat([
    png.subarray(0, 33),
    pngChunkOf('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(profile)])),
    png.subarray(33),
  ]);

/** A lossless or lossy WebP of one chunk as an extended one with a profile (RFC 9649). */
export function webpWith(webp: Buffer, size: { widthPx: number; heightPx: number }, profile: Buffer): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const extended = Buffer.alloc(10);
  extended[0] = 0x20;
  extended.writeUIntLE(size.widthPx - 1, 4, 3);
  extended.writeUIntLE(size.heightPx - 1, 7, 3);
  const body = Buffer.concat([Buffer.from('WEBP'), chunk('VP8X', extended), chunk('ICCP', profile), webp.subarray(12)]);
  return chunk('RIFF', body);
}

/** A GIF with a profile in an application's block before its first picture. */
export function gifWith(gif: Buffer, profile: Buffer): Buffer {
  const at = 13 + (gif[10]! & 0x80 ? 3 * 2 ** ((gif[10]! & 7) + 1) : 0);
  const pieces: Buffer[] = [];
  for (let from = 0; from < profile.length; from += 255) {
    const piece = profile.subarray(from, from + 255);
    pieces.push(Buffer.from([piece.length]), piece);
  }
  const block = Buffer.concat([Buffer.from('\x21\xff\x0bICCRGBG1012', 'latin1'), ...pieces, Buffer.from([0])]);
  return Buffer.concat([gif.subarray(0, at), block, gif.subarray(at)]);
}

/**
 * A Windows bitmap of 24 bits with a header of version 5. `space`: what says the colours; `exponents`:
 * of its three curves, with sRGB's endpoints.
 */
export function bmpWith(
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  rgb: Uint8Array,
  { space, exponent, profile }: { space: string | 0; exponent?: number; profile?: Buffer },
): Buffer {
  const stride = (widthPx * 3 + 3) & ~3;
  const head = Buffer.alloc(138);
  const pixels = Buffer.alloc(stride * heightPx);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++)
      for (let c = 0; c < 3; c++) pixels[(heightPx - 1 - y) * stride + 3 * x + 2 - c] = rgb[3 * (y * widthPx + x) + c]!;
  head.write('BM');
  head.writeUInt32LE(head.length + pixels.length + (profile?.length ?? 0), 2);
  for (const [at, value] of [
    [10, head.length],
    [14, 124],
    [18, widthPx],
    [22, heightPx],
    [26, 1 | (24 << 16)],
    [34, pixels.length],
    [122, 4],
  ] as const)
    head.writeUInt32LE(value, at);
  if (space !== 0) head.write([...space].reverse().join(''), 70, 'latin1');
  if (exponent !== undefined) {
    for (const [i, end] of [0.64, 0.33, 0.03, 0.3, 0.6, 0.1, 0.15, 0.06, 0.79].entries())
      head.writeInt32LE(Math.round(end * 2 ** 30), 74 + 4 * i);
    for (const at of [110, 114, 118]) head.writeUInt32LE(Math.round(exponent * 65536), at);
  }
  if (profile) {
    head.writeUInt32LE(124 + pixels.length, 126);
    head.writeUInt32LE(profile.length, 130);
  }
  return Buffer.concat([head, pixels, profile ?? Buffer.alloc(0)]);
}

/** A Photoshop file of one merged picture with a profile among its resources. */
export function psdWith(psd: Buffer, profile: Buffer): Buffer {
  const resource = Buffer.concat([
    Buffer.from('8BIM\x04\x0f\0\0\0\0\0\0', 'latin1'),
    profile,
    Buffer.alloc(profile.length % 2),
  ]);
  resource.writeUInt32BE(profile.length, 8);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(resource.length);
  return Buffer.concat([psd.subarray(0, 30), length, resource, psd.subarray(34)]);
}

/** A JPEG 2000 file whose description of colours is a profile. */
export function jp2With(jp2: Buffer, profile: Buffer): Buffer {
  const [header, colours] = ['jp2h', 'colr'].map((type) => jp2.indexOf(type, 0, 'latin1') - 4) as [number, number];
  const box = (type: string, ...parts: Uint8Array[]): Buffer => {
    const body = Buffer.concat([Buffer.from(type), ...parts]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(4 + body.length);
    return Buffer.concat([length, body]);
  };
  const headerEnd = header + jp2.readUInt32BE(header);
  const coloursEnd = colours + jp2.readUInt32BE(colours);
  const own = box('colr', Buffer.from([2, 0, 0]), profile);
  const whole = box('jp2h', jp2.subarray(header + 8, colours), own, jp2.subarray(coloursEnd, headerEnd));
  return Buffer.concat([jp2.subarray(0, header), whole, jp2.subarray(headerEnd)]);
}
