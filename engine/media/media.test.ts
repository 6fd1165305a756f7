// Media: what files are, what becomes of bad ones, and where faces are, on real files and the real
// networks.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { inWords } from '../../contract/wording.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { rotateQuarter } from '../../models/image/rgb-image.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import { fitSimilarity } from './aligned-crop.ts';
import { decodeStill } from './decode-still.ts';
import { createDecoder } from './decoder.ts';
import { findFaces, type RunFinder, tilesOf } from './find-faces.ts';
import { readFinderModel, samplePhotograph } from './finder-weights.ts';
import { readMetadata } from './read-metadata.ts';
import { endingContradicts, mediaTypeFromBytes } from './sniff.ts';

const sample = (n: number) => readFileSync(samplePhotograph(n));

async function pixels(bytes: Uint8Array): Promise<RgbImage> {
  const decoded = await decodeStill(bytes);
  if (decoded.kind === 'unreadable') throw new Error(unreadableWords(decoded));
  return decoded;
}

describe('decoding', () => {
  const square = (options: object = {}) =>
    sharp({ create: { width: 8, height: 4, channels: 3, background: { r: 200, g: 100, b: 50 }, ...options } });

  test('the same picture in every format gives 8-bit RGB of the same colour', async () => {
    for (const format of ['png', 'webp', 'tiff', 'gif', 'avif', 'jpeg'] as const) {
      const image = await pixels(await square().toFormat(format, { quality: 100, lossless: true }).toBuffer());
      expect([image.widthPx, image.heightPx, image.data.length], format).toEqual([8, 4, 96]);
      [200, 100, 50].forEach((value, c) => {
        expect(Math.abs(image.data[c]! - value), format).toBeLessThan(12);
      });
    }
  });

  test('a picture turned by EXIF comes upright, and says so', async () => {
    const decoded = await decodeStill(await square().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect(inWords(decoded)).toMatchObject({
      kind: 'decoded',
      widthPx: 4,
      heightPx: 8,
      remarks: expect.arrayContaining(['Turned upright (EXIF orientation 6)']),
    });
  });

  test('16-bit, grey, CMYK, transparent and animated pictures are converted, and say so', async () => {
    const deep = await sharp(
      Uint16Array.from({ length: 12 }, () => 32768),
      { raw: { width: 2, height: 2, channels: 3 } },
    )
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect(inWords(await decodeStill(deep))).toMatchObject({
      kind: 'decoded',
      remarks: expect.arrayContaining(['Converted from 16-bit samples']),
    });
    const grey = await sharp(Uint8Array.of(10, 20, 30, 40), { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await pixels(grey)).data.subarray(0, 6)]).toEqual([10, 10, 10, 20, 20, 20]);
    expect(inWords(await decodeStill(await square().toColourspace('cmyk').jpeg().toBuffer()))).toMatchObject({
      kind: 'decoded',
      remarks: expect.arrayContaining(['Converted from CMYK']),
    });
    const clear = await sharp({
      create: { width: 2, height: 2, channels: 4, background: { r: 255, g: 255, b: 255, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect((await pixels(clear)).data[0]).toBe(0);
    const frame = (value: number) =>
      sharp(Buffer.alloc(12, value), { raw: { width: 2, height: 2, channels: 3 } })
        .png()
        .toBuffer();
    const frames = await sharp([await frame(0), await frame(255)], { join: { animated: true } })
      .gif()
      .toBuffer();
    expect(inWords(await decodeStill(frames))).toMatchObject({
      kind: 'decoded',
      widthPx: 2,
      heightPx: 2,
      remarks: expect.arrayContaining(['First of 2 pages or animation frames; the others are not examined']),
    });
  });

  test.each([
    ['empty', async () => Buffer.alloc(0), ['empty']],
    ['cut short', async () => sample(1).subarray(0, 50_000), ['truncated']],
    ['a text file', async () => Buffer.from('hello '.repeat(50)), ['unsupportedFormat', 'corrupt']],
    [
      'a PNG whose data are damaged',
      async () => {
        const bytes = await square().png().toBuffer();
        bytes.fill(0x55, 50, 70);
        return bytes;
      },
      ['corrupt', 'truncated'],
    ],
    [
      'a JPEG with bits turned over in the middle, which the decoder would go on from with colours of no picture',
      async () => {
        const bytes = Buffer.from(sample(1));
        for (let at = 60_000; at < bytes.length - 100; at += 997) bytes[at]! ^= 0x55;
        return bytes;
      },
      ['corrupt', 'truncated'],
    ],
  ] as const)(
    '%s is unreadable, with the reason and a sentence before the decoder’s own words',
    async (_, make, reasons) => {
      const decoded = await decodeStill(await make());
      expect(decoded.kind).toBe('unreadable');
      expect(reasons as readonly string[]).toContain(decoded.kind === 'unreadable' && decoded.reason);
      expect(decoded.kind === 'unreadable' && unreadableWords(decoded)).toMatch(
        /^The file .*\.( The decoder says: .+)?$/,
      );
    },
  );

  test.each([
    ['TIFF in PackBits', () => sharp(sample(1)).tiff({ compression: 'packbits' })],
    ['TIFF in LZW', () => sharp(sample(1)).tiff({ compression: 'lzw' })],
    [
      'TIFF in tiles',
      () => sharp(sample(1)).tiff({ compression: 'deflate', tile: true, tileWidth: 256, tileHeight: 256 }),
    ],
    ['GIF', () => sharp(sample(1)).gif()],
  ])(
    'a %s with a hole of zeros, which the decoder would go on from with nothing, is unreadable',
    { timeout: 60_000 },
    async (_, make) => {
      const whole = await make().toBuffer();
      expect(inWords(await decodeStill(whole))).toMatchObject({ kind: 'decoded' });
      for (const [from, to] of [
        [0.05, 0.9],
        [0.4, 0.5],
      ] as const) {
        const holed = Buffer.from(whole).fill(0, Math.floor(whole.length * from), Math.floor(whole.length * to));
        const decoded = await decodeStill(holed);
        expect(decoded.kind, `zeros from ${from} to ${to}`).toBe('unreadable');
        expect(['corrupt', 'truncated']).toContain(decoded.kind === 'unreadable' && decoded.reason);
      }
    },
  );

  test('a TIFF of whose header the decoder leaves a field out is examined, and its row says so', async () => {
    const bytes = await sharp(sample(1)).tiff({ compression: 'lzw' }).toBuffer();
    const directory = bytes.readUInt32LE(4);
    const fields = Array.from({ length: bytes.readUInt16LE(directory) }, (_, i) => directory + 2 + 12 * i);
    const resolution = fields.find((at) => bytes.readUInt16LE(at) === 282)!;
    const odd = Buffer.from(bytes);
    odd.writeUInt32LE(999_999, resolution + 4);
    const decoded = await decodeStill(odd);
    expect(inWords(decoded)).toMatchObject({
      kind: 'decoded',
      remarks: expect.arrayContaining([expect.stringMatching(/^The decoder warns: .*"XResolution"; tag ignored/)]),
    });
    expect(decoded.kind === 'decoded' && Buffer.from(decoded.data).equals((await pixels(bytes)).data)).toBe(true);
  });

  test('a JPEG with stray bytes between two segments is examined, and its row says so', async () => {
    const bytes = sample(1);
    const at = bytes.indexOf(Buffer.of(0xff, 0xdb));
    const strayed = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(3), bytes.subarray(at)]);
    const decoded = await decodeStill(strayed);
    expect(inWords(decoded)).toMatchObject({
      kind: 'decoded',
      remarks: expect.arrayContaining([expect.stringMatching(/^The decoder warns: .*extraneous/)]),
    });
    expect(decoded.kind === 'decoded' && Buffer.from(decoded.data).equals((await pixels(bytes)).data)).toBe(true);
  });

  test('40,000 x 40,000 pixels are refused before they are decoded', async () => {
    const png = await sharp({ create: { width: 40_000, height: 1, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(40_000, 20);
    const crc = execFileSync(process.execPath, [
      '-e',
      'process.stdout.write(String(require("zlib").crc32(Buffer.from(process.argv[1],"hex"))))',
      png.subarray(12, 29).toString('hex'),
    ]);
    png.writeUInt32BE(Number(crc), 29);
    expect(await decodeStill(png)).toMatchObject({ kind: 'unreadable', reason: 'tooLarge' });
  });

  test('a decode process that dies once costs nothing; one that dies again over the same file costs that file, not the next', async () => {
    const decoder = createDecoder();
    const killNext = async (before: number | undefined): Promise<number> => {
      await expect.poll(() => decoder.pid() !== undefined && decoder.pid() !== before, { interval: 1 }).toBe(true);
      const pid = decoder.pid()!;
      process.kill(pid, 'SIGKILL');
      return pid;
    };
    try {
      const spared = decoder.decode(sample(2));
      const first = await killNext(undefined);
      expect((await spared).kind).toBe('decoded');
      const doomed = decoder.decode(sample(2));
      const second = await killNext(first);
      await killNext(second);
      expect(await doomed).toMatchObject({ kind: 'unreadable', reason: 'decoderCrashed' });
      expect((await decoder.decode(sample(2))).kind).toBe('decoded');
    } finally {
      await decoder.close();
    }
  });
});

test('the dates of a photograph are shown as they stand in it: EXIF has no time zone to change them by', async () => {
  const jpeg = await sharp({ create: { width: 8, height: 4, channels: 3, background: '#888' } })
    .withExif({ IFD2: { DateTimeOriginal: '2026:03:29 02:30:00' } })
    .jpeg()
    .toBuffer();
  const dates = (await readMetadata(jpeg)).flatMap(({ entries }) =>
    entries.filter(({ name }) => name === 'DateTimeOriginal'),
  );
  expect(dates).toEqual([{ name: 'DateTimeOriginal', value: '2026:03:29 02:30:00' }]);
});

test('a file is known by its content, and a name that lies is noticed', () => {
  expect(mediaTypeFromBytes(sample(1))).toBe('image/jpeg');
  expect(mediaTypeFromBytes(Buffer.from('\0\0\0\x18ftypisom', 'latin1'))).toBe('video/mp4');
  expect(mediaTypeFromBytes(Buffer.from('hello'))).toBeUndefined();
  expect(endingContradicts('a.png', 'image/jpeg')).toBe(true);
  expect(endingContradicts('a.JPG', 'image/jpeg')).toBe(false);
});

test('a JPEG’s own tables tell the quality it was saved with', async () => {
  for (const quality of [50, 75, 90]) {
    const bytes = await sharp(sample(1)).resize(200).jpeg({ quality, mozjpeg: false }).toBuffer();
    const jpeg = (await readMetadata(bytes)).find((one) => one.group === 'JPEG');
    expect(
      Math.abs(Number(jpeg?.entries.find((one) => one.name === 'Nearest IJG quality')?.value) - quality),
    ).toBeLessThanOrEqual(1);
  }
});

describe('faces', () => {
  let compute: Compute;
  let run: RunFinder;
  const finder = readFinderModel();
  beforeAll(async () => {
    compute = createCompute({ provider: 'cpu', threads: 2 });
    await compute.load('boxes', finder.boxes);
    await compute.load('landmarks', finder.landmarks);
    run = async (network, input) => {
      const outputs = await compute.run(network, { x: { dtype: 'float32', shape: input.shape, data: input.data } });
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array]));
    };
  });
  afterAll(() => compute.close());
  const find = (image: RgbImage) => findFaces(image, run, { priors: finder.priors, minimumScore: 0.5 });

  test('a finder that gives no numbers has not looked: that is an error and not a picture without faces', async () => {
    const broken: RunFinder = async (network, input) => {
      const outputs = await run(network, input);
      return network === 'boxes' ? { ...outputs, scores: outputs.scores!.map(() => Number.NaN) } : outputs;
    };
    const looked = findFaces(await pixels(sample(1)), broken, { priors: finder.priors, minimumScore: 0.5 });
    await expect(looked).rejects.toMatchObject({ code: 'COMPUTE_FAILED' });
  });

  test.each([
    [1, 3],
    [2, 3],
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 4],
  ])('sample %i has %i faces, and all are found', async (n, faces) => {
    const found = await find(await pixels(sample(n)));
    expect(found).toHaveLength(faces);
    for (const { box, landmarks } of found) {
      const inside = landmarks.filter(
        (p) =>
          p.x > box.x - box.width * 0.2 &&
          p.x < box.x + box.width * 1.2 &&
          p.y > box.y - box.height * 0.2 &&
          p.y < box.y + box.height * 1.2,
      );
      expect(inside.length).toBeGreaterThan(60);
    }
  });

  test('a picture on its head is turned, and boxes are given in the picture as it is', async () => {
    const image = await pixels(await sharp(sample(6)).resize(960).toBuffer());
    const upright = await find(image);
    const turned = await find(rotateQuarter(image, 180));
    expect(turned.every((one) => one.foundAtRotation === 180)).toBe(true);
    expect(turned).toHaveLength(upright.length);
    const last = turned.at(-1)!.box;
    const first = upright.map((one) => one.box).find((box) => Math.abs(image.widthPx - box.x - box.width - last.x) < 3);
    expect(first).toBeDefined();
  });

  test('a face of 65 pixels in 4,000 is found in a tile', async () => {
    const face = await sharp(sample(3))
      .extract({ left: 560, top: 300, width: 500, height: 500 })
      .resize(120, 120)
      .toBuffer();
    const large = await sharp({ create: { width: 4000, height: 2400, channels: 3, background: '#788' } })
      .composite([{ input: face, left: 2900, top: 1500 }])
      .png()
      .toBuffer();
    const found = await find(await pixels(large));
    expect(found).toHaveLength(1);
    expect(found[0]!.box.x).toBeGreaterThan(2880);
  });

  test('noise and a gradient have no face', async () => {
    const side = 300;
    const gradient = Uint8Array.from({ length: side * side * 3 }, (_, i) => (Math.floor(i / 3) % side) % 256);
    expect(await find({ widthPx: side, heightPx: side, data: gradient })).toEqual([]);
    const noise = Uint8Array.from({ length: side * side * 3 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    expect(await find({ widthPx: side, heightPx: side, data: noise })).toEqual([]);
  });
});

test('large pictures are covered by tiles without a gap', () => {
  expect(tilesOf({ widthPx: 1000, heightPx: 800, data: new Uint8Array() })).toEqual([]);
  const tiles = tilesOf({ widthPx: 4000, heightPx: 3000, data: new Uint8Array() });
  for (const [x, y] of [
    [0, 0],
    [3999, 2999],
    [2000, 1500],
    [1333, 10],
    [3999, 0],
  ])
    expect(tiles.some((t) => x! >= t.x && x! < t.x + t.width && y! >= t.y && y! < t.y + t.height)).toBe(true);
});

test('a similarity is found again from where it takes five points', () => {
  const from = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 5, y: 5 },
    { x: 0, y: 10 },
    { x: 10, y: 10 },
  ];
  const to = from.map(({ x, y }) => ({ x: 2 * x - 1 * y + 7, y: 1 * x + 2 * y - 3 }));
  const { a, b, tx, ty } = fitSimilarity(from, to);
  [
    [a, 2],
    [b, 1],
    [tx, 7],
    [ty, -3],
  ].forEach(([found, expected]) => {
    expect(found).toBeCloseTo(expected!, 10);
  });
});
