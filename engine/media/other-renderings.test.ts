// A picture that other programs show otherwise than it is looked at here is never plainly without a
// face: its transparency laid on another ground or left aside, its profile not applied, a part cut
// away, another of several pictures shown.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { unscoredWords } from '../../contract/wording.ts';
import { decodeReduced } from './decode-reduced.ts';
import { decodeStill } from './decode-still.ts';
import { samplePhotograph } from './finder-weights.ts';
import * as make from './heif/testing/make-heif.ts';
import { mediaTypeFromBytes } from './sniff.ts';
import { jpegWith, makeProfile, pngChunkOf, pngWith, webpWith } from './still/testing/make-profile.ts';
import { iconFile } from './still/testing/make-stills.ts';
import { makeTiff, samplesDirectory, type TiffEntry } from './still/testing/make-tiff.ts';

const SIDE = 256;
const photograph = (side = SIDE) => sharp(samplePhotograph(3)).resize(side, side, { fit: 'cover' });

/** What was not looked at, by kind; with any of it no result is a plain "no face found". */
async function leftOut(bytes: Uint8Array): Promise<string[]> {
  const decoded = await decodeStill(bytes);
  if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
  const { leftOut: left = [] } = decoded;
  if (left.length > 0) expect(unscoredWords({ kind: 'noFace' }, left)).toMatch(/^No face in what was looked at: /);
  return left.map(({ kind }) => kind);
}

/** Black all over; what is to be seen of it lies in its opacity. */
async function blackPhotograph(): Promise<Buffer> {
  const grey = await photograph().greyscale().raw().toBuffer();
  return Buffer.from(Uint8Array.from({ length: 4 * SIDE ** 2 }, (_, i) => (i % 4 === 3 ? 255 - grey[i >> 2]! : 0)));
}
const PIXELS = { raw: { width: SIDE, height: SIDE, channels: 4 } } as const;
const drawn = async () => sharp(await blackPhotograph(), PIXELS);

/** Its opacity in one bit, by chance as often as it is strong. */
async function inOneBit(): Promise<Buffer> {
  let state = 1;
  const chance = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return (255 * state) / 2_147_483_647;
  };
  return Buffer.from((await blackPhotograph()).map((value, i) => (i % 4 === 3 && value > chance() ? 255 : 0)));
}

/** As programs write it whose fourth byte means nothing: no mask says that it is opacity. */
async function bitmapOf32Bits(fourth: (pixel: number) => number): Promise<Buffer> {
  const rgb = await photograph().removeAlpha().raw().toBuffer();
  const head = Buffer.alloc(54);
  head.write('BM', 'latin1');
  head.writeUInt32LE(54 + 4 * SIDE ** 2, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(SIDE, 18);
  head.writeInt32LE(-SIDE, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(32, 28);
  const pixels = Uint8Array.from({ length: 4 * SIDE ** 2 }, (_, i) =>
    i % 4 === 3 ? fourth(i >> 2) : rgb[3 * (i >> 2) + 2 - (i % 4)]!,
  );
  return Buffer.concat([head, pixels]);
}

test.each<[string, () => Promise<Buffer>]>([
  ['PNG', async () => (await drawn()).png().toBuffer()],
  ['PNG of 16 bits', async () => (await drawn()).toColourspace('rgb16').png().toBuffer()],
  ['grey PNG', async () => (await drawn()).toColourspace('b-w').png().toBuffer()],
  ['PNG with a profile', async () => (await drawn()).withIccProfile('p3').png().toBuffer()],
  ['WebP', async () => (await drawn()).webp({ lossless: true }).toBuffer()],
  ['AVIF', async () => (await drawn()).avif({ lossless: true, effort: 0 }).toBuffer()],
  ['TIFF', async () => (await drawn()).tiff({ compression: 'lzw' }).toBuffer()],
  ['icon', async () => iconFile([{ sidePx: SIDE, png: await (await drawn()).png().toBuffer() }])],
  [
    'GIF, which is there or not',
    async () =>
      sharp(await inOneBit(), PIXELS)
        .gif()
        .toBuffer(),
  ],
])('a photograph in the opacity of a %s is seen on a light ground', async (_, write) => {
  expect(await leftOut(await write())).toEqual(['otherOnLightGround']);
});

test('colours that are hidden or darkened by an opacity that other programs leave aside are named', async () => {
  expect(await leftOut(await bitmapOf32Bits((pixel) => (pixel === 0 ? 255 : 1)))).toEqual(['hiddenByTransparency']);
  expect(await leftOut(await bitmapOf32Bits((pixel) => (pixel === 0 ? 255 : 80)))).toContain(
    'otherWithoutTransparency',
  );
  expect(await leftOut(await bitmapOf32Bits(() => 255))).toEqual([]);
});

test('a picture that is the same on any ground is told nothing of', async () => {
  expect(await leftOut(await photograph().ensureAlpha(0.95).png().toBuffer())).toEqual([]);
  const plain = Buffer.from(
    '<svg width="300" height="200"><rect x="60" y="40" width="180" height="120" fill="#d33"/></svg>',
  );
  expect(await leftOut(await sharp(plain).png().toBuffer())).toEqual([]);
});

const HIDING = { white: makeProfile('RGB ', 0.01), black: makeProfile('RGB ', 60) };
const jpeg = () => photograph().jpeg().toBuffer();

test.each<[string, () => Promise<Buffer>]>([
  ['JPEG, in white', async () => jpegWith(await jpeg(), HIDING.white)],
  ['JPEG, in black', async () => jpegWith(await jpeg(), HIDING.black)],
  ['PNG', async () => pngWith(await photograph().png().toBuffer(), HIDING.white)],
  ['WebP', async () => webpWith(await photograph().webp().toBuffer(), { widthPx: SIDE, heightPx: SIDE }, HIDING.white)],
  [
    'AVIF',
    async () =>
      make.singlePicture(
        make.codedPictureOf(await photograph().avif({ lossless: true, effort: 0 }).toBuffer()),
        [make.profile(HIDING.white)],
        'avif',
      ),
  ],
])('a profile that is applied and takes the photograph out of a %s', async (_, write) => {
  const decoded = await decodeStill(await write());
  expect(decoded).toMatchObject({
    remarks: expect.arrayContaining([{ kind: 'profileApplied' }]),
    beyondDomain: [{ kind: 'flattenedByProfile' }],
  });
  expect(await leftOut(await write())).toEqual(['flattenedByProfile']);
});

/** A profile whose primaries come to a part of the light, each as far from the others as sRGB's. */
function dimmed(by: number): Buffer {
  const profile = makeProfile('RGB ', 2.2);
  for (const name of ['rXYZ', 'gXYZ', 'bXYZ']) {
    const entry = profile.indexOf(name, 128, 'latin1');
    const at = profile.readUInt32BE(entry + 4) + 8;
    for (const next of [0, 4, 8]) profile.writeInt32BE(Math.round(profile.readInt32BE(at + next) * by), at + next);
  }
  return profile;
}

test('a profile whose primaries give no light, or whose curve goes in steps, is asked by the picture', async () => {
  for (const by of [0, 0.004])
    expect(await leftOut(jpegWith(await jpeg(), dimmed(by)))).toEqual(['flattenedByProfile']);
  const stepped = makeProfile('RGB ', 2.2);
  for (const name of ['rTRC', 'gTRC', 'bTRC']) {
    const entry = stepped.indexOf(name, 128, 'latin1');
    const at = stepped.readUInt32BE(entry + 4) + 12;
    for (let i = 0; i < 1024; i++) stepped.writeUInt16BE(Math.floor(i / 64) % 2 === 0 ? 8400 : 9100, at + 2 * i);
  }
  expect(await leftOut(jpegWith(await jpeg(), stepped))).toEqual(['flattenedByProfile']);
});

test('a face of a hundred pixels in a photograph of twelve megapixels is not taken out unnoticed', async () => {
  const small = await sharp(samplePhotograph(3)).resize(500).toBuffer();
  const large = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#777' } })
    .composite([{ input: small, left: 2000, top: 1500 }])
    .jpeg()
    .toBuffer();
  expect(await leftOut(jpegWith(large, HIDING.black))).toEqual(['flattenedByProfile']);
});

test('opacity that is multiplied into a HEIC already is asked as any other', { tags: ['ffmpeg'] }, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-multiplied-'));
  try {
    const coded = async (name: string, pixels: Sharp) => {
      const file = path.join(folder, `${name}.png`);
      await pixels.png().toFile(file);
      const input = ['-i', file, '-vf', 'format=yuv444p'];
      return make.codeByFfmpeg(input, [SIDE, SIDE], path.join(folder, `${name}.mp4`), 'lossless=1');
    };
    const black = await coded(
      'black',
      sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: '#000' } }),
    );
    const seen = await coded('seen', photograph().greyscale());
    const alpha = make.auxC('urn:mpeg:hevc:2015:auxid:1');
    const heic = make.makeHeif({
      primary: 1,
      items: [
        { id: 1, ...black },
        { id: 2, ...seen, properties: [...seen.properties, alpha], hidden: true },
      ],
      references: [
        { type: 'auxl', from: 2, to: [1] },
        { type: 'prem', from: 1, to: [2] },
      ],
    });
    expect(await leftOut(heic)).toEqual(['otherOnLightGround']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the mask of an icon of 24 bits is laid on black and asked; a palette of another size than its head says is named', async () => {
  const grey = await photograph().greyscale().raw().toBuffer();
  const head = Buffer.alloc(40);
  for (const [at, value] of [
    [0, 40],
    [4, SIDE],
    [8, 2 * SIDE],
    [12, 1 | (24 << 16)],
  ] as const)
    head.writeUInt32LE(value, at);
  // Dark is opaque, light is open, in between by chance: the photograph in one bit.
  const mask = Buffer.alloc((SIDE / 8) * SIDE);
  for (let i = 0, chance = 1; i < SIDE ** 2; i++) {
    chance = (chance * 75) % 65537;
    const [x, y] = [i % SIDE, SIDE - 1 - Math.floor(i / SIDE)];
    if (grey[i]! > chance % 256) mask[(y * SIDE + x) >> 3]! |= 0x80 >> (x & 7);
  }
  const bitmap = Buffer.concat([head, Buffer.alloc(3 * SIDE ** 2), mask]);
  const directory = Buffer.from([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 22, 0, 0, 0]);
  directory.writeUInt32LE(bitmap.length, 14);
  expect(await leftOut(Buffer.concat([directory, bitmap]))).toContain('otherOnLightGround');

  const colours = await bitmapOf256(1024);
  expect(await leftOut(colours)).toEqual([]);
  expect(await leftOut(await bitmapOf256(768))).toEqual(['coloursNotApplied']);
});

/** Eight bits a pixel, with so much room for its palette, in grey. */
async function bitmapOf256(room: number): Promise<Buffer> {
  const grey = await photograph().greyscale().raw().toBuffer();
  const head = Buffer.alloc(54 + room);
  head.write('BM', 'latin1');
  for (const [at, value] of [
    [2, head.length + grey.length],
    [10, head.length],
    [14, 40],
    [18, SIDE],
    [22, SIDE],
    [26, 1 | (8 << 16)],
  ] as const)
    head.writeUInt32LE(value, at);
  for (let i = 0; 54 + 4 * i + 3 < head.length; i++) head.fill(i, 54 + 4 * i, 54 + 4 * i + 3);
  return Buffer.concat([head, grey]);
}

test('a negative is another picture: by opacity, and by a profile whose curve falls', async () => {
  const grey = await photograph().greyscale().raw().toBuffer();
  const pixels = Uint8Array.from({ length: 4 * SIDE ** 2 }, (_, i) => (i % 4 === 3 ? 255 - grey[i >> 2]! : 128));
  const png = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 4 } })
    .png()
    .toBuffer();
  expect(await leftOut(png)).toContain('otherOnLightGround');
  const falling = makeProfile('RGB ', 2.2);
  for (const name of ['rTRC', 'gTRC', 'bTRC']) {
    const at = falling.readUInt32BE(falling.indexOf(name, 128, 'latin1') + 4) + 12;
    for (let i = 0; i < 1024; i++) falling.writeUInt16BE(Math.round(65535 * (1 - i / 1023) ** 2.2), at + 2 * i);
  }
  expect(await leftOut(jpegWith(await jpeg(), falling))).toEqual(['flattenedByProfile']);
});

test('a TIFF of signed bytes, or of luma and chroma beside each other, is named', async () => {
  const samples = await photograph().removeAlpha().raw().toBuffer();
  const size = { widthPx: SIDE, heightPx: SIDE, channels: 3 as const };
  const written = (...more: TiffEntry[]) => makeTiff(samplesDirectory(size, { bits: 8, more }, [...samples]));
  expect(await leftOut(written())).toEqual([]);
  expect(await leftOut(written({ tag: 339, type: 3, values: [2, 2, 2] }))).toEqual(['coloursNotApplied']);
});

test('an AVIF whose major brand is a film’s is the photograph that it says to be as well', async () => {
  const avif = await photograph().avif({ lossless: true, effort: 0 }).toBuffer();
  const [plain, renamed] = [Buffer.from(avif), Buffer.from(avif)];
  renamed.write('isom', 8, 'latin1');
  expect(mediaTypeFromBytes(renamed)).toBe('image/avif');
  expect(await leftOut(renamed)).toEqual(await leftOut(plain));
});

test('a pattern in the colours hides nothing that the opacity shows', async () => {
  const pixels = await blackPhotograph();
  for (let i = 0; i < SIDE ** 2; i++)
    if ((Math.floor((i % SIDE) / 4) + Math.floor(i / SIDE / 4)) % 2 === 0) pixels.fill(90, 4 * i, 4 * i + 3);
  const png = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 4 } })
    .png()
    .toBuffer();
  expect(await leftOut(png)).toContain('otherOnLightGround');
});

const wideTiff = async (more: TiffEntry[], toSample: (sample: number, i: number) => number) => {
  const samples = await photograph().removeAlpha().raw().toBuffer();
  const values = [...samples].map(toSample);
  const size = { widthPx: SIDE, heightPx: SIDE, channels: 3 as const };
  return makeTiff(samplesDirectory(size, { bits: 16, more }, values));
};

const floatTiff = async (toSample: (sample: number, i: number) => number, from: number, to: number) => {
  const values = [...(await photograph().removeAlpha().raw().toBuffer())].map(toSample);
  const stated = [340, 341].map(
    (tag, i): TiffEntry => ({ tag, type: 11, values: new Array<number>(3).fill(i === 0 ? from : to) }),
  );
  const size = { widthPx: SIDE, heightPx: SIDE, channels: 3 as const };
  return makeTiff(samplesDirectory(size, { bits: 32, format: 3, more: stated }, values));
};

test('a TIFF whose stated range its samples do not keep to, or that one bright sample makes black, is named', async () => {
  const full = (sample: number) => sample * 257;
  const range = (from: number, to: number): TiffEntry[] => [
    { tag: 280, type: 3, values: [from] },
    { tag: 281, type: 3, values: [to] },
  ];
  expect(await leftOut(await wideTiff([], full))).toEqual([]);
  expect(await leftOut(await wideTiff(range(0, 1), full))).toEqual(['coloursNotApplied']);
  expect(await leftOut(await wideTiff(range(65533, 65534), full))).toEqual(['coloursNotApplied']);
  expect(await leftOut(await wideTiff([], (sample, i) => (i === 0 ? 65535 : sample)))).toEqual(['coloursNotApplied']);
  // Dark within it but for a broad border: the middle alone is seen by programs that take floats from 0 to 1.
  const middle = (sample: number, i: number): number => {
    const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
    return Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y) < SIDE / 12 ? 18 : sample / 255;
  };
  expect(await leftOut(await floatTiff(middle, 0, 20))).toEqual(['coloursNotApplied']);
});

test('layers that a TIFF keeps beside its merged picture are named, none are not', async () => {
  const written = (text: string): Promise<Buffer> =>
    wideTiff(
      [{ tag: 37724, type: 1, values: [...Buffer.from(`Adobe Photoshop Document Data Block\0${text}`, 'latin1')] }],
      (sample) => sample * 257,
    );
  expect(await leftOut(await written('MIB8ryaL\x08\0\0\0\x01\0abcdef'))).toEqual(['layers']);
  expect(await leftOut(await written('8BIMLr16\0\0\0\x08\xff\xffabcdef'))).toEqual(['layers']);
  expect(await leftOut(await written('8BIMLayr\0\0\0\x04\0\0\0\0'))).toEqual([]);
  const decoy = 'MIB8ttaP\x10\0\0\0MIB8ryaL\x04\0\0\0\0\0\0\0';
  expect(await leftOut(await written(`${decoy}MIB8ryaL\x08\0\0\0\x01\0abcdef`))).toEqual(['layers']);
  expect(await leftOut(await written('8BIMPatt\0\0\0\x04abcd'))).toEqual([]);
});

test('the opacity of a TIFF of 10 to 14 bits in 16 is laid on black and asked as any other', async () => {
  const rgba = await blackPhotograph();
  const values = [...rgba].map((value) => value * 16);
  const extra: TiffEntry = { tag: 338, type: 3, values: [2] };
  const size = { widthPx: SIDE, heightPx: SIDE, channels: 4 as never };
  expect(await leftOut(makeTiff(samplesDirectory(size, { bits: 16, more: [extra] }, values)))).toContain(
    'otherOnLightGround',
  );
});

test('a picture of another format behind a JPEG is named, and other bytes where its end should be', async () => {
  const [one, png] = [await jpeg(), await photograph().png().toBuffer()];
  expect(await leftOut(Buffer.concat([one, png]))).toEqual(['pictureBehind']);
  expect(await leftOut(Buffer.concat([one, Buffer.alloc(5000)]))).toEqual([]);
  expect(await leftOut(Buffer.concat([one.subarray(0, -2), Buffer.alloc(5000, 0xff).fill(7, 1)]))).toEqual([
    'endMarkerMissing',
  ]);
});

test('one of two profiles in pieces of the same number is named, whichever is applied', async () => {
  const [usual, hiding] = [makeProfile('RGB ', 2.2), HIDING.white];
  expect(await leftOut(jpegWith(jpegWith(await jpeg(), usual), hiding))).toContain('coloursNotApplied');
  expect(await leftOut(jpegWith(jpegWith(await jpeg(), hiding), usual))).toContain('coloursNotApplied');
  expect(await leftOut(jpegWith(jpegWith(await jpeg(), usual), usual))).toEqual([]);
});

test('profiles of screens and cameras take nothing out', async () => {
  for (const exponent of [1.8, 2.2, 2.6])
    expect(await leftOut(jpegWith(await jpeg(), makeProfile('RGB ', exponent)))).toEqual([]);
  expect(await leftOut(await photograph().withIccProfile('p3').jpeg().toBuffer())).toEqual([]);
});

test('a photograph in the inks that a picture without a profile is taken for is told nothing of', async () => {
  const inks = await photograph().removeAlpha().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer();
  const decoded = await decodeStill(inks);
  expect(decoded).toMatchObject({ kind: 'decoded', remarks: [{ kind: 'fromCmyk' }] });
  expect(decoded).not.toHaveProperty('leftOut');
});

test('a large photograph is not looked at in small where its profile takes something out', async () => {
  const large = await photograph(4096).jpeg().toBuffer();
  expect(await decodeReduced(jpegWith(large, makeProfile('RGB ', 2.2)))).toMatchObject({ kind: 'reduced' });
  expect(await decodeReduced(jpegWith(large, HIDING.white))).toBeUndefined();
});

test('what an AVIF cuts away of its picture is named from a share that may hold a face', async () => {
  const coded = make.codedPictureOf(await photograph().avif({ lossless: true, effort: 0 }).toBuffer());
  const cropped = (side: number) => make.singlePicture(coded, [make.clap(side, side)], 'avif');
  expect(await leftOut(cropped(100))).toEqual(['cutAway']);
  expect(await leftOut(cropped(254))).toEqual([]);
});

test('what an HEVC-coded HEIF cuts away is named as well', async () => {
  const drawn = readFileSync(new URL('./heif/testing/drawn-8-bit.heic', import.meta.url));
  const coded = make.codedPictureOf(drawn);
  expect(await leftOut(make.singlePicture(coded))).toEqual([]);
  expect(await leftOut(make.singlePicture(coded, [make.clap(48, 32)]))).toEqual(['cutAway']);
});

test('two coded pictures where an AVIF has one are named, in either order', async () => {
  const grey = sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: '#888' } });
  const [first, second] = await Promise.all(
    [photograph(), grey].map(async (one) => make.codedPictureOf(await one.avif({ effort: 0 }).toBuffer())),
  );
  for (const [a, b] of [
    [first!, second!],
    [second!, first!],
  ]) {
    const both = { ...first!, data: Buffer.concat([a!.data, b!.data]) };
    expect(await leftOut(make.singlePicture(both, [], 'avif'))).toEqual(['severalCoded']);
  }
  expect(await leftOut(make.singlePicture(first!, [], 'avif'))).toEqual([]);
});

test('a picture of an animated PNG that is not the one decoded is named, were it the only one', async () => {
  const png = await photograph().png().toBuffer();
  const number = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
    return bytes;
  };
  const control = pngChunkOf('fcTL', Buffer.concat([number(0, SIDE, SIDE, 0, 0), Buffer.alloc(6)]));
  const animation = pngChunkOf('acTL', number(1, 0));
  const from = png.indexOf('IDAT', 0, 'latin1') - 4;
  const end = png.length - 12;
  const further = pngChunkOf('fdAT', Buffer.concat([number(1), png.subarray(from + 8, from + 200)]));
  const file = (before: Buffer[], behind: Buffer[]) =>
    Buffer.concat([png.subarray(0, 33), ...before, png.subarray(33, end), ...behind, png.subarray(end)]);
  expect(await leftOut(file([animation], [control, further]))).toEqual(['firstOfAnimation']);
  expect(await leftOut(file([animation, control], [control, further]))).toEqual(['firstOfAnimation']);
  expect(await leftOut(file([], [further]))).toEqual(['firstOfAnimation']);
  expect(await leftOut(file([animation, control], []))).toEqual([]);
});

/** Two frames of 16 x 16 px, grey and orange, by cjxl 0.7. */
const ANIMATED_JXL =
  '/wpDBANIKC4JABIYfQAAQFAAxABd5RIAABUqo4wbvJzr+fJDh8W0jesMbbVtYUmiyDg2SSdwSBKrNIAIZeYeADC0UEkCABIYfQAAIAoA3ABd5RIAABUqo4wbvJzr+fJDh8W0jesMbbVtYUmiyDg2SSdwSBJrIPOGEEAAODjzLk5hpxiaopIE';

test('frames behind the first of an animated JPEG XL are named', async () => {
  expect(await leftOut(Buffer.from(ANIMATED_JXL, 'base64'))).toEqual(['picturesFollow']);
});
