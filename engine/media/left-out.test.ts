// What of a file is not looked at is named: what lies behind the end of a picture or a film, and
// what transparency hides.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { remarkWords } from '../../contract/remark-words.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { reasonWords, unscoredWords } from '../../contract/wording.ts';
import { decodeStill } from './decode-still.ts';
import { samplePhotograph } from './finder-weights.ts';
import { box } from './heif/testing/make-heif.ts';
import { iconFile, qoiFile, STILL_FORMATS } from './still/testing/make-stills.ts';
import { behindFilm } from './video/behind-film.ts';
import { ffmpeg, testPicture } from './video/testing/make-media.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-left-out-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);

async function leftOut(bytes: Uint8Array, pipeline?: number): Promise<string[]> {
  const decoded = await decodeStill(bytes, pipeline);
  if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
  return (decoded.leftOut ?? []).map(remarkWords);
}

const photograph = () => sharp(samplePhotograph(3)).resize(240);
const raw = () => photograph().resize(240, 240).removeAlpha().raw().toBuffer();

/** 6 x 2 pixels in 8 bits: a run, two pixels as they are, the end of the line, a run, the end. */
function runsBitmap(): Buffer {
  const runs = Buffer.from([2, 7, 0, 4, 1, 2, 3, 4, 0, 0, 6, 9, 0, 1]);
  const head = Buffer.alloc(54 + 4 * 256);
  head.write('BM', 'latin1');
  head.writeUInt32LE(head.length + runs.length, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(6, 18);
  head.writeInt32LE(2, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(8, 28);
  head.writeUInt32LE(1, 30);
  return Buffer.concat([head, runs]);
}

/** A JPEG XL code stream in boxes, in two parts, with what is said of it behind. */
const inBoxes = (codestream: Uint8Array): Buffer =>
  Buffer.concat([
    box('JXL ', Buffer.from('0d0a870a', 'hex')),
    box('ftyp', Buffer.from('jxl \0\0\0\0jxl ', 'latin1')),
    box('jxlp', Buffer.from('00000000', 'hex'), codestream.subarray(0, 100)),
    box('jxlp', Buffer.from('80000001', 'hex'), codestream.subarray(100)),
    box('xml ', Buffer.from('<a/>')),
  ]);

describe('behind the end of a picture', () => {
  const made = {
    png: () => photograph().png().toBuffer(),
    'indexed png': () => photograph().png({ palette: true }).toBuffer(),
    gif: () => photograph().gif().toBuffer(),
    webp: () => photograph().webp().toBuffer(),
    tiff: () => photograph().tiff({ compression: 'lzw' }).toBuffer(),
    'tiff in tiles': () => photograph().tiff({ tile: true, tileWidth: 64, tileHeight: 64 }).toBuffer(),
    'tiff of 64-bit places': () => photograph().tiff({ bigtiff: true, compression: 'deflate' }).toBuffer(),
    icon: async () => iconFile([{ sidePx: 100, png: await photograph().resize(100, 100).png().toBuffer() }]),
    avif: () => photograph().avif({ effort: 0 }).toBuffer(),
    heic: async () => readFileSync(new URL('./heif/testing/drawn-8-bit.heic', import.meta.url)),
    qoi: async () => qoiFile(240, 240, await raw()),
    ppm: async () => Buffer.concat([Buffer.from('P6\n# a\n240 240\n255\n'), await raw()]),
    'ppm in words': async () => Buffer.from(`P3 240 240 255\n${[...(await raw())].join(' ')}\n`),
    'pbm in digits': async () => Buffer.from(`P1\n240 240\n${'01'.repeat(120 * 240)}\n`),
    pam: async () =>
      Buffer.concat([
        Buffer.from('P7\nWIDTH 240\nHEIGHT 240\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n'),
        await raw(),
      ]),
    'bmp of runs': async () => runsBitmap(),
  };

  test.each(Object.entries(made))(
    '%s: another picture and other bytes are named; zeros are filling',
    async (_, make) => {
      const bytes = await make();
      expect(await leftOut(bytes)).toEqual([]);
      expect(await leftOut(Buffer.concat([bytes, Buffer.alloc(512)]))).toEqual([]);
      const jpeg = await photograph().jpeg().toBuffer();
      const joined = Buffer.concat([bytes, jpeg]);
      expect(await leftOut(joined)).toEqual([
        `A JPEG picture lies behind the end of the picture (${jpeg.length} bytes); it is not examined`,
      ]);
      expect(await leftOut(Buffer.concat([bytes, Buffer.from('secret')]))).toEqual([
        '6 bytes follow the end of the picture; they are not examined',
      ]);
      expect(await leftOut(joined, 3)).toEqual([]);
    },
  );
});

describe('behind the end of a JPEG', () => {
  const noise = (length: number): Buffer =>
    Buffer.from(Uint8Array.from({ length }, (_, i) => ((i * 2654435761) >>> 13) & 255));
  const behind = async (...rest: Uint8Array[]): Promise<string[]> =>
    leftOut(Buffer.concat([await photograph().jpeg().toBuffer(), ...rest]));

  test('what makers and programs leave there says nothing, nor filling', async () => {
    for (const rest of [
      Buffer.from('SEFT'),
      Buffer.from('/NIKON APP').subarray(0),
      Buffer.from('cbipcbbl'),
      Buffer.from('\xa1\xb2\xc3\xd4', 'latin1'),
    ])
      expect(await behind(noise(4000), Buffer.alloc(6), rest)).toEqual([]);
    expect(await behind(Buffer.from('CANON OPTIONAL DATA\0'), noise(4000))).toEqual([]);
    for (const filling of [0, 0xff, 0x20]) expect(await behind(Buffer.alloc(5000, filling))).toEqual([]);
    expect(await behind(noise(500))).toEqual([]);
  });

  test('other bytes of the length of a picture are named, and files of any kind', async () => {
    const bytes = noise(5000).fill(1, 4999);
    expect(await behind(bytes)).toEqual([expect.stringMatching(/^(4999|5000) bytes follow the end of the picture/)]);
    expect(await behind(noise(400_000), Buffer.from('SEFT'))).toHaveLength(1);
    for (const begin of ['BM6\0\0\0\0\0\0\0\x36\0\0\0\x28', '8BPS\0\x01', 'qoif', 'P6\n8 8\n', 'PK\x03\x04', 'II*\0'])
      expect(await behind(Buffer.from(begin, 'latin1'), noise(600))).toHaveLength(1);
  });
});

describe('behind the end of what FFmpeg decodes', { tags: ['ffmpeg'] }, () => {
  const made = (name: string, options: readonly string[]): Buffer => {
    ffmpeg(...testPicture('96x64', 1, 1), '-frames:v', '1', ...options, at(name));
    return readFileSync(at(name));
  };
  test.each([...STILL_FORMATS, ['boxes.jxl', 'image/jxl', ['-c:v', 'libjxl'], 0] as const])(
    '%s: the same once more, another picture, other bytes',
    async (name, _, options) => {
      const file = made(name, options);
      const bytes = name === 'boxes.jxl' ? inBoxes(file) : file;
      expect(await leftOut(bytes)).toEqual([]);
      expect(await leftOut(Buffer.concat([bytes, Buffer.alloc(512)]))).toEqual([]);
      const jpeg = await photograph().jpeg().toBuffer();
      expect(await leftOut(Buffer.concat([bytes, jpeg]))).toEqual([
        `A JPEG picture lies behind the end of the picture (${jpeg.length} bytes); it is not examined`,
      ]);
      const [same] = await leftOut(Buffer.concat([bytes, bytes]));
      // Zeros in front are filling.
      expect(same).toContain(`${bytes.length - bytes.findIndex((byte) => byte !== 0)} bytes`);
      expect(same).not.toContain('film');
      expect(await leftOut(Buffer.concat([bytes, bytes]), 3)).not.toContain(same);
    },
  );
});

describe('beside the picture of an AVIF', () => {
  test('what motion photographs carry behind it is named, and so is a box that no item reaches', async () => {
    const still = await photograph().avif({ effort: 0 }).toBuffer();
    const film = box('ftyp', Buffer.from('isom\0\0\0\0'));
    expect(await leftOut(Buffer.concat([still, box('mpvd', film)]))).toEqual([
      `A film lies behind the end of the picture (${film.length + 5} bytes); it is not examined`,
    ]);
    expect(await leftOut(Buffer.concat([still, box('mdat', Buffer.from('GIF89a'))]))).toEqual([
      'A GIF lies behind the end of the picture (11 bytes); it is not examined',
    ]);
    const xmp = box('uuid', Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex'), Buffer.from('<x/>'));
    expect(await leftOut(Buffer.concat([still, box('free', Buffer.alloc(9)), xmp]))).toEqual([]);
  });

  test('an image sequence is named, whatever brand the file begins with', async () => {
    const still = await photograph().avif({ effort: 0 }).toBuffer();
    expect(await leftOut(still)).toEqual([]);
    const sequence = Buffer.concat([still, Buffer.from('\0\0\0\x08moov', 'latin1')]);
    for (const brand of ['avif', 'mif1', 'msf1']) {
      sequence.write(brand, 8, 'latin1');
      expect(await leftOut(sequence)).toEqual(['The file holds an image sequence too; it is not examined']);
      expect(await leftOut(sequence, 3)).toEqual([]);
    }
  });
});

describe('behind the end of a film', { tags: ['ffmpeg'] }, () => {
  const film = (name: string, codec: string) => {
    ffmpeg(...testPicture('160x96', 10, 1), '-c:v', codec, '-pix_fmt', 'yuv420p', at(name));
    return readFileSync(at(name));
  };
  const behind = (bytes: Uint8Array, container: string): string[] => {
    writeFileSync(at('joined'), bytes);
    return behindFilm(at('joined'), container).map(remarkWords);
  };
  const MOV = 'mov,mp4,m4a,3gp,3g2,mj2';

  test('MP4: a second film, a photograph; nothing of a whole film, one in fragments, one cut short', async () => {
    const mp4 = film('one.mp4', 'libx264');
    expect(behind(mp4, MOV)).toEqual([]);
    expect(behind(mp4.subarray(0, mp4.length - 100), MOV)).toEqual([]);
    expect(behind(Buffer.concat([mp4, Buffer.alloc(4096)]), MOV)).toEqual([]);
    expect(behind(Buffer.concat([mp4, mp4]), MOV)).toEqual([
      `A second film follows the first in the file (${mp4.length} bytes); it is not examined`,
    ]);
    const jpeg = await photograph().jpeg().toBuffer();
    expect(behind(Buffer.concat([mp4, jpeg]), MOV)).toEqual([
      `${jpeg.length} bytes follow the film in the file; they are not examined`,
    ]);
    ffmpeg('-i', at('one.mp4'), '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov', at('fragments.mp4'));
    expect(behind(readFileSync(at('fragments.mp4')), MOV)).toEqual([]);
  });

  test('FLV: a second film, other bytes; other containers are not asked', () => {
    const flv = film('one.flv', 'flv1');
    expect(behind(flv, 'flv')).toEqual([]);
    expect(behind(Buffer.concat([flv, flv]), 'flv')).toEqual([
      `A second film follows the first in the file (${flv.length} bytes); it is not examined`,
    ]);
    expect(behind(Buffer.concat([flv, Buffer.from('a secret of many bytes')]), 'flv')).toHaveLength(1);
    expect(behind(Buffer.concat([flv, flv]), 'mpegts')).toEqual([]);
  });
});

describe('under transparency', () => {
  const withAlpha = (alpha: number) => photograph().ensureAlpha(alpha).png().toBuffer();

  test('a photograph that is hidden whole, or as good as, is named; an icon on nothing is not', async () => {
    for (const alpha of [0, 0.03])
      expect(await leftOut(await withAlpha(alpha))).toEqual([
        '100 % of the picture is hidden by transparency; the colours under it are not examined',
      ]);
    expect(await leftOut(await withAlpha(1))).toEqual([]);
    const icon = sharp({
      create: { width: 240, height: 240, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    const drawn = await icon
      .composite([{ input: await photograph().resize(80).png().toBuffer() }])
      .png()
      .toBuffer();
    expect(await leftOut(drawn)).toEqual([]);
    expect(await leftOut(await withAlpha(0), 3)).toEqual([]);
  });

  test('one with a colour profile or of 16 bits is told the same', async () => {
    const clear = () => photograph().ensureAlpha(0);
    for (const bytes of [
      await clear().withIccProfile('p3').png().toBuffer(),
      await clear().toColourspace('rgb16').png().toBuffer(),
    ])
      expect(await leftOut(bytes)).toEqual([
        '100 % of the picture is hidden by transparency; the colours under it are not examined',
      ]);
  });

  test('every colour at every opacity is laid on black as libvips lays it, upright', async () => {
    const data = Uint8Array.from({ length: 256 * 256 * 4 }, (_, i) => {
      const [value, opacity] = [(i >> 2) & 255, i >> 10];
      return [value, 255 - value, (7 * value) & 255, opacity][i & 3]!;
    });
    const drawn = sharp(data, { raw: { width: 256, height: 256, channels: 4 } }).withMetadata({ orientation: 6 });
    for (const bytes of [
      await drawn.clone().png().toBuffer(),
      await drawn.clone().tiff({ compression: 'lzw' }).toBuffer(),
    ]) {
      const decoded = await decodeStill(bytes);
      const expected = await sharp(bytes).rotate().flatten({ background: '#000' }).removeAlpha().raw().toBuffer();
      expect(decoded.kind === 'decoded' && Buffer.compare(decoded.data, expected)).toBe(0);
    }
  });
});

describe('colours that a file states and that are not applied', () => {
  /** `isBroken`: with a wrong check sum. */
  type Chunk = [type: string, data: Buffer, isBroken?: boolean];
  /** A PNG with chunks in front of its picture. */
  const withChunks = async (...chunks: Chunk[]): Promise<Buffer> => {
    const png = await photograph().png().toBuffer();
    const made = chunks.map(([type, data, isBroken]) => {
      const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      crc.writeUInt32BE(isBroken ? (crc32(body) ^ 1) >>> 0 : crc32(body));
      return Buffer.concat([length, body, crc]);
    });
    // Behind the signature and IHDR.
    return Buffer.concat([png.subarray(0, 33), ...made, png.subarray(33)]);
  };
  const numbers = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
    return bytes;
  };
  const decoded = async (bytes: Uint8Array, pipeline?: number) => {
    const one = await decodeStill(bytes, pipeline);
    if (one.kind !== 'decoded') throw new Error(unreadableWords(one));
    return one;
  };
  const SRGB = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];
  const P3 = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];

  test.each<[string, Chunk[], RegExp]>([
    ['a curve that only other programs apply', [['gAMA', numbers(2273)]], /gAMA: gamma 0\.02273/],
    ['one that makes light of the dark', [['gAMA', numbers(568182)]], /gAMA: gamma 5\.68182/],
    [
      'one beside a profile',
      [
        ['iCCP', Buffer.from('x\0\0nothing')],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    ['primaries of no screen', [['cHRM', numbers(31270, 32900, 15000, 6000, 30000, 60000, 64000, 33000)]], /cHRM/],
    ['linear light in cICP', [['cICP', Buffer.from([1, 8, 0, 1])]], /cICP: primaries 1, curve 8/],
    ['a limited range in cICP', [['cICP', Buffer.from([1, 13, 0, 0])]], /limited range/],
    ['a high dynamic range', [['cICP', Buffer.from([9, 16, 0, 1])]], /High dynamic range \(PQ\)|cICP/],
    [
      'a curve behind an sRGB chunk that nobody takes',
      [
        ['sRGB', Buffer.from([9])],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    [
      'behind one of a wrong check sum',
      [
        ['sRGB', Buffer.from([0]), true],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    [
      'behind another that nobody takes',
      [
        ['gAMA', numbers(45455), true],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    [
      'behind one of nothing',
      [
        ['gAMA', numbers(0)],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    [
      'behind codes of another length',
      [
        ['cICP', Buffer.from([1, 13, 0, 1, 0])],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    [
      'behind codes of a wrong check sum',
      [
        ['cICP', Buffer.from([1, 13, 0, 1]), true],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    [
      'behind codes that state nothing',
      [
        ['cICP', Buffer.from([2, 2, 0, 1])],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    // As they should be, but for their place, which programs ask of too.
    [
      'beside codes of sRGB',
      [
        ['cICP', Buffer.from([1, 13, 0, 1])],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
    [
      'beside sRGB',
      [
        ['sRGB', Buffer.from([0])],
        ['gAMA', numbers(2273)],
      ],
      /gAMA/,
    ],
  ])('%s: named, beyond the domain, and never plainly "no face found"', async (_, chunks, words) => {
    const bytes = await withChunks(...chunks);
    const { leftOut: left = [], beyondDomain = [], data } = await decoded(bytes);
    expect(left.map(remarkWords).join()).toMatch(words);
    expect(beyondDomain.map(reasonWords).join()).toMatch(/not (applied|brought)/);
    expect(unscoredWords({ kind: 'noFace' }, left)).toMatch(/^No face in what was looked at: /);
    // The pixels are those there were: what was made of such a file before is made again.
    expect(Buffer.compare(data, (await decoded(await withChunks())).data)).toBe(0);
    expect((await decoded(bytes, 3)).beyondDomain?.map(reasonWords).join() ?? '').not.toContain('not applied');
  });

  test.each<[string, Chunk[], string[]]>([
    ['the usual curve', [['gAMA', numbers(45455)]], []],
    [
      'sRGB beside the curve of old screens',
      [
        ['sRGB', Buffer.from([0])],
        ['gAMA', numbers(55556)],
      ],
      [],
    ],
    ['sRGB by its points', [['cHRM', numbers(...SRGB)]], []],
    ['sRGB by its codes', [['cICP', Buffer.from([1, 13, 0, 1])]], []],
    ['a curve of old screens', [['gAMA', numbers(55556)]], ['gAMA']],
    ['a wider screen', [['cHRM', numbers(...P3)]], ['cHRM']],
    ['a wider screen by its codes', [['cICP', Buffer.from([12, 13, 0, 1])]], ['cICP']],
  ])('%s: at most a remark', async (_, chunks, named) => {
    const { leftOut: left, beyondDomain, remarks } = await decoded(await withChunks(...chunks));
    expect([left, beyondDomain]).toEqual([undefined, undefined]);
    expect(remarks.flatMap((one) => (one.kind === 'coloursNotApplied' ? [one.by] : []))).toEqual(named);
  });
});
