// A profile, or colours of a header, that are not applied to a photograph's samples are named,
// whatever the format; a profile is said to be applied only where it was.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { remarkWords } from '../../contract/remark-words.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { unscoredWords } from '../../contract/wording.ts';
import { decodeReduced } from './decode-reduced.ts';
import { decodeStill } from './decode-still.ts';
import { samplePhotograph } from './finder-weights.ts';
import { codedPictureOf, nclx, profile as profileBox, singlePicture } from './heif/testing/make-heif.ts';
import {
  bmpWith,
  gifWith,
  jp2With,
  jpegWith,
  makeProfile,
  pngChunkOf,
  pngWith,
  psdWith,
  webpWith,
} from './still/testing/make-profile.ts';
import { photoshopFile, qoiFile } from './still/testing/make-stills.ts';
import { makeTiff, samplesDirectory, type TiffEntry } from './still/testing/make-tiff.ts';
import { ffmpeg } from './video/testing/make-media.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-stated-colours-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SIZE = { widthPx: 64, heightPx: 48 };
/** Samples of 0.9 and more of their range, in which a curve of 44 holds a photograph. */
const FLAT = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => 230 + (Math.floor(i / 3) % 25));
const flat = () => sharp(FLAT, { raw: { width: 64, height: 48, channels: 3 } });
const grey = () => flat().toColourspace('b-w');
const FAR = makeProfile('RGB ', 44);
const FAR_GREY = makeProfile('GRAY', 44);
const entry = (icc: Buffer): TiffEntry => ({ tag: 34675, type: 1, values: [...icc] });
const tiffOf = (channels: 1 | 3, bits: 8 | 16, ...more: TiffEntry[]): Buffer => {
  const own = [...FLAT].filter((_, i) => channels === 3 || i % 3 === 0);
  const samples = bits === 8 ? own : own.map((value) => value * 257);
  return makeTiff(samplesDirectory({ ...SIZE, channels }, { bits, more }, samples));
};

async function decoded(bytes: Uint8Array, pipeline?: number) {
  const one = await decodeStill(bytes, pipeline);
  if (one.kind !== 'decoded') throw new Error(unreadableWords(one));
  return { ...one, said: one.remarks.map(remarkWords).join('; ') };
}

/** Named, never plainly "no face found", beyond the domain; the pixels are what they were. */
async function expectNamed(bytes: Uint8Array, words: RegExp): Promise<void> {
  const { said, leftOut = [], beyondDomain = [] } = await decoded(bytes);
  expect(said).toMatch(words);
  expect(said).not.toContain('Colour profile applied');
  expect(unscoredWords({ kind: 'noFace' }, leftOut)).toMatch(/^No face in what was looked at: /);
  expect(beyondDomain.map(({ kind }) => kind)).toContain('coloursNotApplied');
  const before = await decoded(bytes, 3);
  expect(before.beyondDomain?.some(({ kind }) => kind === 'coloursNotApplied') ?? false).toBe(false);
}

describe('a profile that is not applied', () => {
  const made: Record<string, () => Promise<Buffer>> = {
    'a grey JPEG with a profile for RGB': async () => jpegWith(await grey().jpeg().toBuffer(), FAR),
    'an RGB JPEG with a profile for grey': async () => jpegWith(await flat().jpeg().toBuffer(), FAR_GREY),
    'a CMYK JPEG with a profile for RGB': async () =>
      jpegWith(await flat().toColourspace('cmyk').jpeg().toBuffer(), FAR),
    'a grey PNG with a profile for RGB': async () => pngWith(await grey().png().toBuffer(), FAR),
    'a grey PNG of 16 bits with a profile for grey': async () =>
      pngWith(await flat().toColourspace('grey16').png().toBuffer(), FAR_GREY),
    'an RGB PNG with a profile of more tags than are read': async () =>
      pngWith(await flat().png().toBuffer(), makeProfile('RGB ', 44, 120)),
    'an RGB WebP with a profile for grey': async () => webpWith(await flat().webp().toBuffer(), SIZE, FAR_GREY),
    'a grey TIFF with a profile for RGB': async () => tiffOf(1, 8, entry(FAR)),
    'a grey TIFF of 16 bits with a profile for grey': async () => tiffOf(1, 16, entry(FAR_GREY)),
    'a GIF with a profile': async () => gifWith(await flat().gif().toBuffer(), FAR),
    'a bitmap with a profile': async () => bmpWith(SIZE, FLAT, { space: 'MBED', profile: FAR }),
    'a Photoshop file with a profile': async () => psdWith(photoshopFile(64, 48, FLAT), FAR),
    'an AVIF with a profile for grey': async () =>
      singlePicture(codedPictureOf(await flat().avif({ lossless: true }).toBuffer()), [profileBox(FAR_GREY)], 'avif'),
  };

  test.each(Object.entries(made))('%s', async (_, make) => {
    await expectNamed(await make(), /colours of its own \(profile: (RGB|GRAY)( on \w+ samples)?/);
  });

  test('a JPEG 2000 file with a profile', { tags: ['ffmpeg'] }, async () => {
    const [from, to] = [path.join(folder, 'flat.png'), path.join(folder, 'flat.jp2')];
    await flat().png().toFile(from);
    ffmpeg('-i', from, '-c:v', 'jpeg2000', '-pix_fmt', 'rgb24', to);
    const jp2 = readFileSync(to);
    expect((await decoded(jp2)).said).toBe('');
    await expectNamed(jp2With(jp2, FAR), /\(profile: RGB, light up to \d\d % off/);
    const space = Buffer.from(jp2);
    space.writeUInt32BE(14, space.indexOf('colr', 0, 'latin1') + 7);
    await expectNamed(space, /colr: colour space 14/);
  });

  test('a large grey JPEG is not looked at in small where its profile is far, and says what is near', async () => {
    const large = grey().resize(4096, 4096, { fit: 'fill' });
    const jpeg = await large.jpeg().toBuffer();
    expect(await decodeReduced(jpeg)).toMatchObject({ kind: 'reduced', remarks: [] });
    expect(await decodeReduced(jpegWith(jpeg, FAR))).toBeUndefined();
    expect(await decodeReduced(jpegWith(jpeg, makeProfile('RGB ', 1.8)))).toMatchObject({
      remarks: [{ kind: 'coloursNotApplied', by: 'profile' }],
    });
  });
});

describe('colours that a header states', () => {
  test('a bitmap by its exponents, one whose profile lies elsewhere, and QOI of linear light', async () => {
    await expectNamed(bmpWith(SIZE, FLAT, { space: 0, exponent: 44 }), /header: gamma 44 44 44/);
    await expectNamed(bmpWith(SIZE, FLAT, { space: 'LINK' }), /header: a profile in another file/);
    const qoi = qoiFile(64, 48, FLAT);
    qoi[13] = 1;
    await expectNamed(qoi, /header: linear light/);
    for (const usual of [
      bmpWith(SIZE, FLAT, { space: 0 }),
      bmpWith(SIZE, FLAT, { space: 0, exponent: 2.2 }),
      bmpWith(SIZE, FLAT, { space: 'sRGB' }),
      qoiFile(64, 48, FLAT),
    ])
      expect(await decoded(usual)).not.toHaveProperty('beyondDomain');
  });

  test('a TIFF by its curve of light or its primaries', async () => {
    const curve = (exponent: number): TiffEntry => {
      const values = Array.from({ length: 768 }, (_, i) => Math.round(65535 * ((i % 256) / 255) ** exponent));
      return { tag: 301, type: 3, values };
    };
    await expectNamed(tiffOf(3, 8, curve(44)), /TransferFunction: light up to \d\d % off/);
    const points: TiffEntry = { tag: 319, type: 11, values: [0.15, 0.06, 0.3, 0.6, 0.64, 0.33] };
    await expectNamed(tiffOf(3, 8, points), /PrimaryChromaticities: 0\.3127 0\.329 0\.15 0\.06/);
    expect((await decoded(tiffOf(3, 8, curve(2.2)))).said).toBe('');
  });

  test('an AVIF by its codes: a curve, primaries, a high dynamic range', async () => {
    const coded = codedPictureOf(await flat().avif({ lossless: true }).toBuffer());
    const withCodes = (primaries: number, transfer: number) =>
      singlePicture(coded, [nclx(primaries, transfer, 0, true)], 'avif');
    await expectNamed(withCodes(1, 9), /nclx: primaries 1, curve 9/);
    await expectNamed(withCodes(10, 13), /nclx: primaries 10/);
    const range = await decoded(withCodes(9, 16));
    expect(range.beyondDomain).toContainEqual({ kind: 'otherRange', curve: 'PQ' });
    expect((await decoded(withCodes(1, 13))).said).toBe('');
  });
});

describe('samples of a TIFF that do not fill their range', () => {
  test.each([
    ['RGB', 16, 1, 15],
    ['GRAY', 16, 1, 15],
    ['RGB', 32, 1, 16843009],
    ['GRAY', 32, 1, 16843009],
    ['RGB', 32, 3, 1 / 255],
    ['GRAY', 32, 3, 1 / 255],
  ] as const)('%s of %i bits: are scaled the same with a profile as without', async (space, bits, format, scale) => {
    const channels = space === 'RGB' ? 3 : 1;
    const samples = Array.from({ length: 64 * 48 * channels }, (_, i) => (i % 256) * scale);
    const made = (...more: TiffEntry[]) =>
      makeTiff(samplesDirectory({ ...SIZE, channels }, { bits, format, more }, samples));
    const bare = await decoded(made());
    const usual = await decoded(made(entry(makeProfile(space === 'RGB' ? 'RGB ' : 'GRAY', 2.2))));
    expect(Buffer.compare(usual.data, bare.data)).toBe(0);
    expect(usual.remarks).toEqual(bare.remarks);
    await expectNamed(made(entry(space === 'RGB' ? FAR : FAR_GREY)), /profile: (RGB|GRAY), light up to/);
  });
});

test('codes beside a profile that says otherwise: programs show one or the other, and that is named', async () => {
  const png = pngWith(await flat().png().toBuffer(), FAR);
  const beside = (type: string, ...values: number[]): Buffer =>
    Buffer.concat([png.subarray(0, 33), pngChunkOf(type, Buffer.from(values)), png.subarray(33)]);
  for (const bytes of [beside('cICP', 1, 13, 0, 1), beside('sRGB', 0)]) {
    const { leftOut = [], beyondDomain = [] } = await decoded(bytes);
    expect(leftOut.map(remarkWords).join()).toMatch(/cICP, sRGB: beside a profile: RGB, light up to/);
    expect(beyondDomain).toMatchObject([{ kind: 'coloursNotApplied' }]);
  }
});

test('an AVIF whose coded picture alone states a curve', { tags: ['ffmpeg'] }, async () => {
  const [from, to] = [path.join(folder, 'flat.png'), path.join(folder, 'linear.avif')];
  await flat().png().toFile(from);
  const colours = ['-color_primaries', 'bt709', '-color_trc', 'linear', '-colorspace', 'bt709', '-color_range', 'pc'];
  const coding = ['-frames:v', '1', '-c:v', 'libaom-av1', '-cpu-used', '8', '-still-picture', '1'];
  ffmpeg('-i', from, '-pix_fmt', 'yuv444p', ...coding, ...colours, to);
  const avif = readFileSync(to);
  await expectNamed(avif, /nclx: primaries 1, curve 8/);
  const bare = Buffer.from(avif);
  bare.write('free', bare.indexOf('colrnclx', 0, 'latin1'), 'latin1');
  expect(bare.includes('colr')).toBe(false);
  await expectNamed(bare, /nclx: primaries 1, curve 8/);
});

test('a TIFF or GIF with a hole in its data is unreadable, however its parts are packed', async () => {
  const photograph = () => sharp(samplePhotograph(3)).resize(480);
  for (const bytes of [
    await photograph().tiff({ compression: 'lzw', predictor: 'none' }).toBuffer(),
    await photograph().tiff({ compression: 'packbits' }).toBuffer(),
    await photograph().tiff({ compression: 'deflate', tile: true, tileWidth: 256, tileHeight: 256 }).toBuffer(),
    await photograph().gif().toBuffer(),
  ]) {
    expect((await decodeStill(bytes)).kind).toBe('decoded');
    bytes.fill(0, Math.floor(bytes.length * 0.1), Math.floor(bytes.length * 0.9));
    expect(await decodeStill(bytes)).toMatchObject({ kind: 'unreadable', message: { kind: 'decoderSaid' } });
  }
});

describe('a profile that is applied, or that changes nothing', () => {
  test.each([
    ['RGB', async () => jpegWith(await flat().jpeg().toBuffer(), FAR)],
    ['grey', async () => jpegWith(await grey().jpeg().toBuffer(), FAR_GREY)],
    ['RGB of 16 bits', async () => pngWith(await flat().toColourspace('rgb16').png().toBuffer(), FAR)],
    ['WebP', async () => webpWith(await flat().webp().toBuffer(), SIZE, FAR)],
    ['TIFF', async () => tiffOf(3, 8, entry(FAR))],
    ['grey TIFF', async () => tiffOf(1, 8, entry(FAR_GREY))],
    ['sRGB’s own', () => flat().withIccProfile('srgb').jpeg().toBuffer()],
    ['Display P3', () => flat().withIccProfile('p3').png().toBuffer()],
  ])('%s: says so, and nothing is left out', async (name, make) => {
    const bytes = await make();
    const { said, leftOut, beyondDomain, data } = await decoded(bytes);
    expect(said).toContain('Colour profile applied');
    expect([leftOut, beyondDomain]).toEqual([undefined, undefined]);
    const samples = new Set(data);
    // With a curve of 44 the flat samples are a picture of light and dark.
    if (!/own|P3/.test(name)) expect(Math.min(...samples)).toBeLessThan(60);
  });

  test('a grey picture with the profile of sRGB, of 2.2 or with none at all says nothing', async () => {
    for (const profile of [makeProfile('RGB ', 2.2), Buffer.from('no profile at all')]) {
      const { said, leftOut, beyondDomain } = await decoded(jpegWith(await grey().jpeg().toBuffer(), profile));
      expect([said, leftOut, beyondDomain]).toEqual(['', undefined, undefined]);
    }
  });
});
