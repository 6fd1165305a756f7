// Photographs as cameras, phones and programs leave them, each made here: what is in them is looked
// at in its true light, or named. Decoded as the scan decodes them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp, { type JpegOptions, type Sharp } from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { remarkWords } from '../../../contract/remark-words.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { inWords } from '../../../contract/wording.ts';
import { decodeStill } from '../decode-still.ts';
import { mediaTypeFromBytes } from '../sniff.ts';
import { ffmpeg, testPicture } from '../video/testing/make-media.ts';
import type { DecodedStill } from './decoded-still.ts';
import { isJpegStream, readJpegEnding } from './jpeg-ending.ts';
import { iconFile, photoshopFile, qoiFile, STILL_FORMATS } from './testing/make-stills.ts';
import { codedDirectory, makeTiff, samplesDirectory, type TiffEntry } from './testing/make-tiff.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-world-photographs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Read = ReturnType<typeof inWords<Extract<DecodedStill, { kind: 'decoded' }>>>;
async function read(bytes: Uint8Array): Promise<Read> {
  const decoded = await decodeStill(bytes);
  if (decoded.kind === 'unreadable') throw new Error(`${decoded.reason}: ${unreadableWords(decoded)}`);
  return inWords(decoded);
}
const refusal = async (bytes: Uint8Array): Promise<string> => {
  const decoded = await decodeStill(bytes);
  return decoded.kind === 'unreadable'
    ? `${decoded.reason}: ${unreadableWords(decoded)}`
    : `decoded: ${decoded.remarks.map(remarkWords).join('; ')}`;
};

/** Blocks of strong colours, no two alike: red, green, blue, white. */
function drawn(widthPx: number, heightPx: number): Sharp {
  const data = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % widthPx, Math.floor(i / 3 / widthPx), i % 3];
    const block = (x * 2 >= widthPx ? 1 : 0) + (y * 2 >= heightPx ? 2 : 0);
    return block === 3 || block === c ? 230 : 20;
  });
  return sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}
const drawnBytes = async (widthPx: number, heightPx: number): Promise<Uint8Array> =>
  new Uint8Array(await drawn(widthPx, heightPx).raw().toBuffer());

const differenceOf = (a: Uint8Array, b: Uint8Array): number => {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
};

describe('raw photographs', () => {
  const sensor = (widthPx: number, heightPx: number) =>
    codedDirectory({ widthPx, heightPx }, { compression: 1, photometric: 32803 }, new Uint8Array(widthPx * heightPx));
  const thumbnail = async (more: TiffEntry[] = []) =>
    samplesDirectory(
      { widthPx: 16, heightPx: 12, channels: 3 },
      { bits: 8, more: [{ tag: 254, type: 4, values: [1] }, ...more] },
      [...(await drawnBytes(16, 12))],
    );

  test('the largest picture inside is read and named, not the thumbnail the file begins with (case 18)', async () => {
    const preview = await drawn(320, 240).jpeg({ quality: 95 }).toBuffer();
    const coded = codedDirectory({ widthPx: 320, heightPx: 240 }, { compression: 7, photometric: 6 }, preview);
    const file = makeTiff({ ...(await thumbnail()), sub: [sensor(400, 300), coded] });
    expect(mediaTypeFromBytes(file)).toBe('image/tiff');
    const { widthPx, heightPx, data, remarks } = await read(file);
    expect([widthPx, heightPx]).toEqual([320, 240]);
    expect(differenceOf(data, await drawnBytes(320, 240))).toBeLessThan(4);
    expect(remarks[0]).toBe(
      "Raw photograph of 400 x 300 pixels: the largest picture inside is examined (JPEG, 320 x 240); the sensor's own data are not developed",
    );
    // As another version read it, for verdicts made by it.
    const before = await decodeStill(file, 1);
    expect(before).toMatchObject({ kind: 'decoded', widthPx: 16, heightPx: 12 });
  });

  test('one with a thumbnail alone says so, upright by the orientation of the whole (case 18)', async () => {
    const file = makeTiff({ ...(await thumbnail([{ tag: 274, type: 3, values: [6] }])), sub: [sensor(400, 300)] });
    const { widthPx, heightPx, remarks } = await read(file);
    expect([widthPx, heightPx]).toEqual([12, 16]);
    expect(remarks.join('; ')).toMatch(/Raw photograph of 400 x 300 pixels.*\(TIFF, 16 x 12\).*Turned upright/);
    expect(await refusal(makeTiff(sensor(40, 30)))).toMatch(/codecMissing: It is a raw photograph without a picture/);
  });

  test('a raw photograph of another beginning is known and read by the pictures in it (case 18)', async () => {
    const preview = await drawn(96, 64).jpeg().toBuffer();
    for (const begin of [
      'FUJIFILMCCD-RAW 0201',
      'IIRO\0\0\0\0',
      'IIU\0\u0018\0\0\0',
      '\0\0\0\u0018ftypcrx \0\0\0\u0001crx isom',
    ]) {
      const file = Buffer.concat([Buffer.from(begin, 'latin1'), Buffer.alloc(200), preview, Buffer.alloc(5000, 0x55)]);
      expect(mediaTypeFromBytes(file), begin).toMatch(/^image\//);
      const { widthPx, remarks } = await read(file);
      expect(widthPx).toBe(96);
      expect(remarks[0]).toMatch(/^Raw photograph/);
    }
  });
});

describe('how a JPEG ends', () => {
  const withoutEnd = async (options: JpegOptions = {}): Promise<Buffer> =>
    (await drawn(128, 96).jpeg(options).toBuffer()).subarray(0, -2);

  test.each([{}, { progressive: true, mozjpeg: false }])(
    'without its marker it is whole where every block is there (%o) (case 19)',
    async (options) => {
      const cut = await withoutEnd(options);
      const whole = await read(Buffer.concat([cut, Buffer.from([0xff, 0xd9])]));
      for (const [trailer, said] of [
        ['', /^The end marker is missing; every block/],
        ['\0'.repeat(40), /^The end marker is missing.*every block/],
        ['\xff\x01 something else', /^The end marker is missing, and \d+ other bytes.*every block/],
      ] as const) {
        const { data, remarks } = await read(Buffer.concat([cut, Buffer.from(trailer, 'latin1')]));
        expect(Buffer.compare(data, whole.data)).toBe(0);
        expect(remarks[0]).toMatch(said);
      }
      expect(whole.remarks.join()).not.toMatch(/end marker/);
      for (const missing of [100, 300])
        expect(await refusal(cut.subarray(0, -missing))).toMatch(/^(truncated|corrupt)/);
    },
  );

  test('a progressive one that lacks whole scans is cut short, whatever the decoder thinks (case 19)', async () => {
    const bytes = await drawn(128, 96).jpeg({ progressive: true }).toBuffer();
    const lastScan = bytes.lastIndexOf(Buffer.from([0xff, 0xda]));
    expect(readJpegEnding(bytes.subarray(0, lastScan))).toMatchObject({ hasEndMarker: false, hasAllScans: false });
    expect(await refusal(bytes.subarray(0, lastScan))).toMatch(/^truncated: .*Scans of it are missing/);
  });

  test('pictures and films behind the first are said (case 20)', async () => {
    const one = await drawn(64, 48).jpeg().toBuffer();
    const squares = Buffer.from(Uint8Array.from({ length: 64 * 48 }, (_, i) => (((i >> 3) + (i >> 9)) & 1) * 255));
    const other = await sharp(squares, { raw: { width: 64, height: 48, channels: 1 } })
      .jpeg()
      .toBuffer();
    const first = await read(Buffer.concat([one, other, other]));
    expect(first.remarks[0]).toBe('First of 3 pictures in the file; the others are not examined');
    expect(first.leftOut).toEqual(first.remarks);
    const film = Buffer.from('\0\0\0\u0018ftypmp42\0\0\0\0mp42isom\0\0\0\u0008mdat', 'latin1');
    expect((await read(Buffer.concat([one, film]))).remarks[0]).toMatch(/A film follows the picture/);
    const copies = await read(Buffer.concat([one, one, one]));
    expect(copies.remarks).toEqual(['2 more pictures in the file were held against it and show nothing else']);
    expect(copies).not.toHaveProperty('leftOut');
    expect(await read(one)).not.toHaveProperty('leftOut');
    expect((await read(one)).remarks).toEqual([]);
  });
});

describe('samples of TIFF', () => {
  const size = { widthPx: 64, heightPx: 48, channels: 3 };
  const scaled = async (largest: number, round = true): Promise<number[]> =>
    [...(await drawnBytes(64, 48))].map((value) =>
      round ? Math.round((value * largest) / 255) : (value * largest) / 255,
    );
  const expectSeen = async (file: Uint8Array, said: RegExp): Promise<void> => {
    const { data, remarks } = await read(file);
    expect(differenceOf(data, await drawnBytes(64, 48))).toBeLessThan(1);
    expect(remarks.join('; ')).toMatch(said);
  };

  test('floating point, 32-bit and 12-in-16 samples are seen in their own range (case 21)', async () => {
    await expectSeen(
      makeTiff(samplesDirectory(size, { bits: 32, format: 3 }, await scaled(1, false))),
      /floating point samples, taken as 0 to 1/,
    );
    await expectSeen(
      makeTiff(samplesDirectory(size, { bits: 32, format: 3 }, await scaled(255, false))),
      /taken as 0 to 255/,
    );
    await expectSeen(makeTiff(samplesDirectory(size, { bits: 32 }, await scaled(4294967295))), /32-bit samples/);
    await expectSeen(
      makeTiff(samplesDirectory(size, { bits: 16 }, await scaled(4095))),
      /stay below 4096: taken as 12-bit/,
    );
    await expectSeen(
      makeTiff(samplesDirectory(size, { bits: 16 }, await scaled(65535))),
      /Converted from 16-bit samples/,
    );
    const grey = { ...size, channels: 1 };
    const one = (await drawnBytes(64, 48)).filter((_, i) => i % 3 === 0);
    const { data } = await read(
      makeTiff(
        samplesDirectory(
          grey,
          { bits: 32, format: 3 },
          [...one].map((value) => value / 255),
        ),
      ),
    );
    expect(
      differenceOf(
        data.filter((_, i) => i % 3 === 0),
        one,
      ),
    ).toBeLessThan(1);
  });

  test('a stated range counts; samples that nothing says the meaning of are refused with that reason (case 21)', async () => {
    const range = (from: number, to: number): TiffEntry[] => [
      { tag: 340, type: 11, values: [from, from, from] },
      { tag: 341, type: 11, values: [to, to, to] },
    ];
    const heights = (await scaled(5000, false)).map((value) => value - 1000);
    const stated = makeTiff(samplesDirectory(size, { bits: 32, format: 3, more: range(-1000, 4000) }, heights));
    await expectSeen(stated, /by the range -1000 to 4000 that the file states/);
    const unstated = makeTiff(samplesDirectory(size, { bits: 32, format: 3 }, heights));
    expect(await refusal(unstated)).toMatch(/^unsupportedFormat: Its floating point samples lie between .* no range/);
    const nothing = makeTiff(
      samplesDirectory(
        size,
        { bits: 32, format: 3 },
        heights.map(() => Number.NaN),
      ),
    );
    expect(await refusal(nothing)).toMatch(/^unsupportedFormat: .*not all numbers/);
  });
});

describe('other formats', () => {
  test('a Photoshop file and an icon, made by hand (case 22)', async () => {
    const file = photoshopFile(64, 48, await drawnBytes(64, 48));
    expect(mediaTypeFromBytes(file)).toBe('image/vnd.adobe.photoshop');
    const { data, remarks } = await read(file);
    expect(Buffer.compare(data, Buffer.from(await drawnBytes(64, 48)))).toBe(0);
    expect(remarks.join()).toMatch(/layers are not looked at/);
    const small = await drawn(16, 16).png().toBuffer();
    const large = await drawn(128, 128).png().toBuffer();
    const icon = iconFile([
      { sidePx: 16, png: small },
      { sidePx: 128, png: large },
    ]);
    expect(mediaTypeFromBytes(icon)).toBe('image/vnd.microsoft.icon');
    const shown = await read(icon);
    expect([shown.widthPx, shown.remarks[0]]).toEqual([
      128,
      'The largest of 2 pictures in the file; the others are not examined',
    ]);
    expect(await refusal(file.subarray(0, 60))).toMatch(/^(corrupt|truncated)/);
  });

  test('a QOI picture; one that is cut short is not shown with what lies in memory for the rest (case 22)', async () => {
    const file = qoiFile(64, 48, await drawnBytes(64, 48));
    expect(mediaTypeFromBytes(file)).toBe('image/qoi');
    expect(Buffer.compare((await read(file)).data, Buffer.from(await drawnBytes(64, 48)))).toBe(0);
    for (const missing of [9, 12, 100, 9000])
      expect(await refusal(file.subarray(0, -missing)), `${missing} bytes`).toMatch(/^truncated/);
  });

  describe('as the ffmpeg program writes them', { tags: ['ffmpeg'] }, () => {
    const made = async (name: string, ...args: string[]): Promise<Buffer> => {
      const [from, to] = [path.join(folder, 'drawn.png'), path.join(folder, name)];
      await drawn(96, 64).png().toFile(from);
      ffmpeg('-i', from, ...args, '-frames:v', '1', to);
      return readFileSync(to);
    };

    test.each(STILL_FORMATS)('%s (case 22)', async (name, mediaType, args, most) => {
      const bytes = await made(name, ...args);
      expect(mediaTypeFromBytes(bytes)).toBe(mediaType);
      const { data, widthPx, decoder } = await read(bytes);
      expect(widthPx).toBe(96);
      expect(differenceOf(data, await drawnBytes(96, 64))).toBeLessThan(most);
      expect(decoder).toMatch(/^FFmpeg .*libvips/);
      for (const part of [0.33, 0.66, 0.99])
        expect(await refusal(bytes.subarray(0, Math.floor(bytes.length * part)))).toMatch(/^(corrupt|truncated)/);
      expect(await decodeStill(bytes, 1)).toMatchObject({ kind: 'unreadable' });
    });

    test('an animated PNG says how many pictures it has (case 20)', async () => {
      const file = path.join(folder, 'moving.png');
      ffmpeg(...testPicture('64x48', 5, 1), '-c:v', 'apng', '-f', 'apng', file);
      expect((await read(readFileSync(file))).remarks[0]).toBe(
        'First of 5 pictures of an animated PNG; the others are not examined',
      );
    });

    test('a stream of JPEG pictures is known for a film; a photograph of several pictures is not (case 20)', async () => {
      const file = path.join(folder, 'film.mjpeg');
      ffmpeg(...testPicture('64x48', 5, 1), '-c:v', 'mjpeg', file);
      const stream = readFileSync(file);
      expect(isJpegStream(stream)).toBe(true);
      expect(isJpegStream(stream.subarray(0, -100))).toBe(true);
      const [small, large] = [await drawn(64, 48).jpeg().toBuffer(), await drawn(128, 96).jpeg().toBuffer()];
      const multiPicture = Buffer.from([0xff, 0xd8, 0xff, 0xe2, 0, 10, ...Buffer.from('MPF\0II*\0', 'latin1')]);
      for (const [what, bytes] of [
        ['one', large],
        ['a preview behind it', Buffer.concat([large, small, small])],
        ['two', Buffer.concat([large, large])],
        ['something else behind', Buffer.concat([stream, Buffer.from('a maker’s note')])],
        ['three views', Buffer.concat([multiPicture, large.subarray(2), large, large])],
      ] as const)
        expect(isJpegStream(bytes), what).toBe(false);
    });

    test('read as a photograph, a stream of JPEG pictures says how many follow (case 20)', async () => {
      const file = path.join(folder, 'stream.mjpeg');
      ffmpeg(...testPicture('64x48', 5, 1), '-c:v', 'mjpeg', file);
      expect((await read(readFileSync(file))).remarks[0]).toBe(
        '4 more pictures in the file were held against it and show nothing else',
      );
    });
  });
});
