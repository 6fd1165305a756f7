// A photograph's file whose whole structure is known says nothing of it; each thing that is not known is
// named. Which programs read them and how is not asked: they may all show something else.
import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { remarkWords } from '../../../../contract/remark-words.ts';
import { unscoredWords } from '../../../../contract/wording.ts';
import { decodeStill } from '../../decode-still.ts';
import {
  box,
  clap,
  codedPictureOf,
  imir,
  irot,
  ispe,
  type MadeFile,
  makeHeif,
  nclx,
  singlePicture,
  u32,
} from '../../heif/testing/make-heif.ts';
import { mediaTypeFromBytes, SNIFF_BYTES } from '../../sniff.ts';
import { iconFile, qoiFile } from '../testing/make-stills.ts';
import { makeTiff, samplesDirectory, type TiffEntry } from '../testing/make-tiff.ts';
import { unknownParts } from './known-parts.ts';

const unknown = (bytes: Uint8Array): string[] =>
  unknownParts(bytes, mediaTypeFromBytes(bytes.subarray(0, SNIFF_BYTES)) ?? '').flatMap((one) =>
    one.kind === 'unknownParts' ? one.names : [],
  );

const size = { widthPx: 48, heightPx: 32 };
const drawn = () =>
  sharp(
    Uint8Array.from({ length: size.widthPx * size.heightPx * 3 }, (_, i) => (i * 7 + (i >> 6)) & 255),
    { raw: { width: size.widthPx, height: size.heightPx, channels: 3 } },
  );

/** A JPEG's segment of a marker. */
const segment = (marker: number, payload: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(payload as string, 'latin1');
  return Buffer.concat([Buffer.from([0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255]), bytes]);
};
/** With segments behind the start of the image. */
const withSegments = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);

test('said of the file, beside what else is said, and never plainly "no face found"', async () => {
  const jpeg = withSegments(await drawn().jpeg().toBuffer(), segment(0xe7, 'NOBODY\0knows'));
  const decoded = await decodeStill(jpeg);
  const { leftOut = [] } = decoded.kind === 'decoded' ? decoded : {};
  expect(leftOut.map(remarkWords)).toEqual([
    'The file has parts that are not known here (JPEG segment APP7); another program may show something else',
  ]);
  expect(unscoredWords({ kind: 'noFace' }, leftOut)).toMatch(/^No face in what was looked at: The file has parts/);
  // Verdicts that were made before are made again without.
  expect(await decodeStill(jpeg, 3)).not.toHaveProperty('leftOut');
});

test('of many the first are named and the others counted', async () => {
  const many = Array.from({ length: 12 }, (_, i) => segment(0xf0 + i, 'x'));
  expect(unknownParts(withSegments(await drawn().jpeg().toBuffer(), ...many), 'image/jpeg')).toMatchObject([
    { names: { length: 8 }, more: 4 },
  ]);
});

describe('JPEG', () => {
  test.each([
    ['baseline', () => drawn().jpeg({ chromaSubsampling: '4:2:0' })],
    ['in full colour', () => drawn().jpeg({ chromaSubsampling: '4:4:4' })],
    ['progressive', () => drawn().jpeg({ progressive: true })],
    ['of many tables', () => drawn().jpeg({ mozjpeg: true })],
    ['grey', () => drawn().greyscale().jpeg()],
    ['CMYK', () => drawn().toColourspace('cmyk').jpeg()],
    ['with EXIF and a profile', () => drawn().withMetadata({ orientation: 6 }).withIccProfile('p3').jpeg()],
  ])('%s: known', async (_, make) => {
    expect(unknown(await make().toBuffer())).toEqual([]);
  });

  test.each([
    ['Photoshop', segment(0xed, 'Photoshop 3.0\x008BIM')],
    ['Adobe', segment(0xee, 'Adobe\0\x64\0\0\0\0\x01')],
    ['“save for web”', segment(0xec, 'Ducky\0\x01\0\x04')],
    ['several pictures, as phones write them', segment(0xe2, 'MPF\0II*\0')],
    ['a gain map, as phones write it', segment(0xe2, 'urn:iso:std:iso:ts:21496:-1\0')],
    ['long XMP', segment(0xe1, 'http://ns.adobe.com/xmp/extension/\0')],
    ['Huawei', segment(0xe7, 'HUAWEI\0\0')],
    ['Samsung', segment(0xe5, 'ssuniqueid\0')],
    ['Nikon, Canon: filling', segment(0xe8, Buffer.alloc(100))],
    ['content credentials', segment(0xeb, 'JP\0\x01\0\0\0\x01\0\0\0\x20jumb')],
    ['a comment', segment(0xfe, 'made by hand')],
    ['restarts', segment(0xdd, '\0\x04')],
  ])('%s: known', async (_, one) => {
    expect(unknown(withSegments(await drawn().jpeg().toBuffer(), one))).toEqual([]);
  });

  test.each([
    ['JPEG segment APP0', segment(0xe0, 'AVI1\x01')],
    ['JPEG segment APP1', segment(0xe1, 'FLIR\0')],
    ['JPEG segment APP8', segment(0xe8, 'SPIFF\0')],
    // What JPEG XT adds to the picture.
    ['JPEG segment APP11', segment(0xeb, 'JP\0\x01\0\0\0\x01\0\0\0\x20RESI')],
    ['JPEG segment APP14', segment(0xee, 'Adobe')],
    ['JPEG segment DNL', segment(0xdc, '\0\x10')],
    ['JPEG segment DAC', segment(0xcc, '\0\0')],
    ['JPEG segment DHP', segment(0xde, '\0')],
    ['JPEG segment EXP', segment(0xdf, '\0')],
    ['JPEG segment FFF8', segment(0xf8, '\0')],
    ['JPEG segment TEM', Buffer.from([0xff, 0x01])],
    ['JPEG restart mark outside a scan', Buffer.from([0xff, 0xd0])],
    ['JPEG bytes between its segments', Buffer.concat([segment(0xfe, 'a'), Buffer.from('secret')])],
    ['JPEG colour transform 2', segment(0xee, 'Adobe\0\x64\0\0\0\0\x02')],
    [
      'JPEG colours of JFIF and others',
      Buffer.concat([segment(0xe0, 'JFIF\0'), segment(0xee, 'Adobe\0\x64\0\0\0\0\0')]),
    ],
  ])('%s', async (name, one) => {
    expect(unknown(withSegments(await drawn().jpeg().toBuffer(), one))).toEqual([name]);
  });

  test.each<[string, number, number, number]>([
    // From the marker of the frame: precision, height, components, the first one's number and factors.
    ['JPEG samples of 12 bits', 4, 8, 12],
    ['JPEG sampling factors 1x1 1x1 2x2', 17, 0x11, 0x22],
    ['JPEG picture of 3 components', 13, 2, 1],
  ])('%s', async (name, at, was, is) => {
    const jpeg = await drawn().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    expect(jpeg[frame + at]).toBe(was);
    jpeg[frame + at] = is;
    expect(unknown(jpeg)).toContain(name);
  });

  test.each([
    ['SOF3', 0xc3],
    ['SOF9', 0xc9],
    ['SOF10', 0xca],
    ['SOF5', 0xc5],
  ])('frame %s', async (name, marker) => {
    const jpeg = await drawn().jpeg().toBuffer();
    jpeg[jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 1] = marker;
    expect(unknown(jpeg)).toEqual([`JPEG segment ${name}`]);
  });

  test('two frames', async () => {
    const frame = segment(0xc0, '\x08\0\x10\0\x10\x01\x01\x11\0');
    expect(unknown(withSegments(await drawn().jpeg().toBuffer(), frame))).toContain('JPEG segment SOF, twice');
  });

  test('components that nothing says the colours of', async () => {
    const jpeg = await drawn().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
    const withoutJfif = Buffer.concat([jpeg.subarray(0, 2), jpeg.subarray(jpeg.indexOf(Buffer.from([0xff, 0xdb])))]);
    expect(unknown(withoutJfif)).toEqual([]);
    const renamed = Buffer.from(withoutJfif);
    const [frame, scan] = [0xc0, 0xda].map((marker) => renamed.indexOf(Buffer.from([0xff, marker]))) as [
      number,
      number,
    ];
    for (const i of [0, 1, 2]) {
      renamed[frame + 10 + 3 * i] = 5 + i;
      renamed[scan + 5 + 2 * i] = 5 + i;
    }
    expect(unknown(renamed)).toEqual(['JPEG components 5 6 7']);
  });

  test('a second scan of what was sent, of which decoders show the first or the last', async () => {
    const [one, other] = [await drawn().jpeg().toBuffer(), await drawn().negate().jpeg().toBuffer()];
    const scan = other.subarray(other.indexOf(Buffer.from([0xff, 0xda])));
    expect(unknown(Buffer.concat([one.subarray(0, -2), scan]))).toEqual(['JPEG scan of what was sent before']);
    const tables = segment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1));
    expect(unknown(Buffer.concat([one.subarray(0, -2), tables, scan]))).toContain(
      'JPEG segment DQT, of another table behind a scan',
    );
  });
});

/** A PNG's chunk; `isBroken`: with a wrong check sum. */
const chunk = (type: string, data: Uint8Array | string = '', isBroken = false): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(data as string, 'latin1')]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  sum.writeUInt32BE((crc32(body) ^ (isBroken ? 1 : 0)) >>> 0);
  return Buffer.concat([length, body, sum]);
};
const IHDR_END = 33;
const withChunks = (png: Buffer, ...chunks: Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, IHDR_END), ...chunks, png.subarray(IHDR_END)]);

describe('PNG', () => {
  test.each([
    ['colour', () => drawn().png()],
    ['palette', () => drawn().png({ palette: true })],
    ['palette with opacity', () => drawn().ensureAlpha(0.5).png({ palette: true })],
    ['interlaced', () => drawn().png({ progressive: true })],
    ['of 16 bits with opacity', () => drawn().ensureAlpha(0.5).toColourspace('rgb16').png()],
    ['with EXIF and a profile', () => drawn().withMetadata({ orientation: 3 }).withIccProfile('p3').png()],
  ])('%s: known', async (_, make) => {
    expect(unknown(await make().toBuffer())).toEqual([]);
  });

  test.each([
    ['ImageMagick', [chunk('vpAg', Buffer.alloc(9)), chunk('tEXt', 'date:create\0x'), chunk('tEXt', 'date:modify\0x')]],
    [
      'GIMP, Windows',
      [chunk('sRGB', '\0'), chunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f])), chunk('pHYs', Buffer.alloc(9))],
    ],
    ['XMP', [chunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0<x/>')]],
    ['content credentials', [chunk('caBX', 'x')]],
    ['text with a wrong check sum', [chunk('tEXt', 'a\0b', true)]],
  ])('%s: known', async (_, chunks) => {
    expect(unknown(withChunks(await drawn().png().toBuffer(), ...chunks))).toEqual([]);
  });

  test.each([
    ['PNG chunk qWxY', [chunk('qWxY', 'x')]],
    ['PNG chunk mkBS', [chunk('mkBS', 'layers')]],
    ['PNG chunk gdAT', [chunk('gdAT', 'a gain map')]],
    ['PNG chunk sTER', [chunk('sTER', '\0')]],
    ['PNG chunk .x.!', [chunk('\x00x\xff!', 'x')]],
    ['PNG chunk gAMA, twice', [chunk('gAMA', '\0\0\xb1\x8f'), chunk('gAMA', '\0\0\xb1\x8f')]],
    ['PNG chunk gAMA, of a wrong check sum', [chunk('gAMA', '\0\0\xb1\x8f', true)]],
    ['PNG chunk sRGB, out of its place', [chunk('tRNS', Buffer.alloc(6)), chunk('sRGB', '\0')]],
    ['PNG chunk tRNS', [chunk('tRNS', Buffer.alloc(7))]],
    ['PNG chunk iDOT', [chunk('iDOT', Buffer.alloc(28))]],
  ])('%s', async (name, chunks) => {
    expect(unknown(withChunks(await drawn().png().toBuffer(), ...chunks))).toEqual([name]);
  });

  test('what stands between pieces of the picture, or behind it', async () => {
    const png = await drawn().png().toBuffer();
    const [head, end] = [png.subarray(0, IHDR_END), png.subarray(-12)];
    const idat = deflateSync(Buffer.alloc((1 + 3 * size.widthPx) * size.heightPx));
    const pieces = [chunk('IDAT', idat.subarray(0, 10)), chunk('IDAT', idat.subarray(10))] as const;
    expect(unknown(Buffer.concat([head, ...pieces, end]))).toEqual([]);
    expect(unknown(Buffer.concat([head, pieces[0], chunk('tEXt', 'a\0b'), pieces[1], end]))).toEqual([
      'PNG chunk IDAT, out of its place',
    ]);
    expect(unknown(Buffer.concat([head, ...pieces, chunk('tRNS', Buffer.alloc(6)), end]))).toEqual([
      'PNG chunk tRNS, out of its place',
    ]);
    const turned = (orientation: number) =>
      chunk(
        'eXIf',
        Buffer.from(
          `4d4d002a000000080001011200030000000100${orientation.toString().padStart(2, '0')}000000000000`,
          'hex',
        ),
      );
    expect(unknown(Buffer.concat([head, ...pieces, turned(1), end]))).toEqual([]);
    expect(unknown(Buffer.concat([head, ...pieces, turned(3), end]))).toEqual(['PNG chunk eXIf']);
  });
});

describe('HEIF and AVIF', () => {
  const drawnHeic = () => readFileSync(new URL('../../heif/testing/drawn-8-bit.heic', import.meta.url));
  const coded = () => codedPictureOf(drawnHeic());
  /** With a box between its tables and its pictures. */
  const withBox = (one: Buffer): Buffer => {
    const heic = drawnHeic();
    const at = heic.indexOf('mdat') - 4;
    return Buffer.concat([heic.subarray(0, at), one, heic.subarray(at)]);
  };
  const gainMap = { id: 3, type: 'tmap', data: Buffer.from([0]) };
  /** A picture with a further item and references to it. */
  const made = ({ items = [], references = [] }: Partial<MadeFile>) =>
    makeHeif({ primary: 1, items: [{ id: 1, ...coded() }, ...items], references });

  test.each([
    ['as a program writes it', async () => drawnHeic()],
    ['AVIF', () => drawn().avif({ effort: 0 }).toBuffer()],
    ['turned, mirrored, cut', async () => singlePicture(coded(), [clap(16, 16), irot(1), imir(0)])],
    [
      'with text of metadata',
      async () =>
        made({
          items: [{ id: 2, type: 'mime', data: Buffer.from('<x/>'), contentType: 'application/rdf+xml' }],
          references: [{ type: 'cdsc', from: 2, to: [1] }],
        }),
    ],
    [
      'with a gain map, as phones write it',
      async () =>
        made({
          items: [{ id: 2, ...coded(), hidden: true }, gainMap],
          references: [{ type: 'dimg', from: 3, to: [1, 2] }],
        }),
    ],
    [
      'with a thumbnail',
      async () =>
        made({ items: [{ id: 2, ...coded(), hidden: true }], references: [{ type: 'thmb', from: 2, to: [1] }] }),
    ],
    [
      'with notes of Samsung, XMP, filling',
      async () =>
        Buffer.concat([
          drawnHeic(),
          box('sefd', Buffer.alloc(9)),
          box('free', Buffer.alloc(4)),
          box('uuid', Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex')),
        ]),
    ],
  ])('%s: known', async (_, make) => {
    expect(unknown(await make())).toEqual([]);
  });

  test.each<[string, () => Buffer]>([
    ['HEIF box abcd', () => withBox(box('abcd', Buffer.alloc(9)))],
    ['HEIF box uuid', () => Buffer.concat([drawnHeic(), box('uuid', Buffer.alloc(20))])],
    ['HEIF box meta, twice', () => withBox(box('meta', u32(0)))],
    ['HEIF property abcd', () => singlePicture(coded(), [box('abcd', u32(0))])],
    ['HEIF property lsel', () => singlePicture(coded(), [box('lsel', Buffer.from([0, 1]))])],
    ['HEIF property pasp', () => singlePicture(coded(), [box('pasp', u32(2, 1))])],
    ['HEIF property irot, twice', () => singlePicture(coded(), [irot(1), irot(2)])],
    ['HEIF property clap, out of its place', () => singlePicture(coded(), [irot(1), clap(16, 16)])],
    ['HEIF property colr, twice', () => singlePicture(coded(), [nclx(1, 13, 1, true), nclx(1, 13, 6, true)])],
    ['HEIF property colr', () => singlePicture(coded(), [box('colr', Buffer.from('nclc'))])],
    [
      'HEIF item unci',
      () => made({ items: [{ id: 2, type: 'unci', data: Buffer.alloc(4), properties: [ispe(2, 2)] }] }),
    ],
    [
      'HEIF item of an embedded picture',
      () => made({ items: [{ id: 2, type: 'mime', data: Buffer.alloc(4), contentType: 'image/png' }] }),
    ],
    ['HEIF hidden item hvc1', () => made({ items: [{ id: 2, ...coded(), hidden: true }] })],
    [
      'HEIF reference base',
      () => made({ items: [{ id: 2, ...coded() }], references: [{ type: 'base', from: 1, to: [2] }] }),
    ],
    [
      'HEIF primary item that belongs to another',
      () => made({ items: [{ id: 2, ...coded() }], references: [{ type: 'thmb', from: 1, to: [2] }] }),
    ],
    ['HEIF box infe, twice', () => made({ items: [{ id: 1, ...coded() }] })],
  ])('%s', (name, make) => {
    expect(unknown(make())).toContain(name);
  });

  test('a file whose tables cannot be walked through is not known', () => {
    expect(unknown(drawnHeic().subarray(0, 60))).toEqual(['its structure']);
  });
});

describe('TIFF', () => {
  const own = { ...size, channels: 3 };
  const samples = new Array<number>(size.widthPx * size.heightPx * 3).fill(80);
  const withEntries = (...more: TiffEntry[]): Buffer => makeTiff(samplesDirectory(own, { bits: 8, more }, samples));
  const short = (tag: number, ...values: number[]): TiffEntry => ({ tag, type: 3, values });

  test.each([
    ['LZW', () => drawn().tiff({ compression: 'lzw', predictor: 'horizontal' })],
    ['JPEG', () => drawn().tiff({ compression: 'jpeg' })],
    [
      'of one bit',
      () => drawn().toColourspace('b-w').tiff({ compression: 'ccittfax4', predictor: 'none', bitdepth: 1 }),
    ],
    [
      'tiles and a pyramid',
      () => drawn().resize(600).tiff({ tile: true, pyramid: true, tileWidth: 64, tileHeight: 64 }),
    ],
    ['BigTIFF', () => drawn().tiff({ bigtiff: true })],
    ['opacity of 16 bits', () => drawn().ensureAlpha(0.5).toColourspace('rgb16').tiff()],
    ['CMYK', () => drawn().toColourspace('cmyk').tiff()],
    ['with EXIF and a profile', () => drawn().withMetadata({ orientation: 8 }).withIccProfile('p3').tiff()],
  ])('%s: known', async (_, make) => {
    expect(unknown(await make().toBuffer())).toEqual([]);
  });

  test.each<[string, TiffEntry[]]>([
    ['Photoshop', [short(34377, 1), short(37724, 1), short(33723, 1), short(700, 1)]],
    [
      'a scanner',
      [
        short(282, 300),
        short(283, 300),
        short(296, 2),
        short(269, 65),
        short(271, 65),
        short(532, 0, 255, 0, 255, 0, 255),
      ],
    ],
    ['GDAL', [short(33550, 1), short(33922, 1), short(34735, 1), short(34737, 65), short(42112, 65), short(42113, 65)]],
    [
      'a microscope, ImageJ',
      [short(270, 65), short(34412, 1), short(50838, 1), short(50839, 1)].filter(({ tag }) => tag !== 34412),
    ],
    ['Windows', [short(40091, 65), short(18246, 3), short(20625, 1), short(59932, 0)]],
    ['a stated range', [short(340, 0, 0, 0), short(341, 255, 255, 255)]],
  ])('%s: known', (_, entries) => {
    expect(unknown(withEntries(...entries))).toEqual([]);
  });

  test.each<[string, TiffEntry[]]>([
    ['TIFF tag 39321', [short(39321, 1)]],
    ['TIFF tag 255 of 7', [short(255, 7)]],
    ['TIFF tag 254 of 4', [short(254, 4)]],
    ['TIFF tag 259 of 6', [short(259, 6)]],
    ['TIFF tag 262 of 4', [short(262, 4)]],
    ['TIFF pieces of JPEG that are said to be red, green and blue', [short(259, 7)]],
    ['TIFF tag 266 of 2', [short(266, 2)]],
    ['TIFF tag 274 of 9', [short(274, 9)]],
    ['TIFF tag 258 of 8 8 4', [short(258, 8, 8, 4)]],
    ['TIFF tag 277 of 3', [short(338, 1)]],
    ['TIFF tag 338 of 0', [short(338, 0), short(277, 4)]],
    ['TIFF tag 284 of 3', [short(284, 3)]],
    ['TIFF tag 291', [short(291, 1)]],
    ['TIFF tag 317 of 2', [short(317, 2)]],
    ['TIFF tag 332 of 2', [short(332, 2)]],
    ['TIFF tag 336 of 0 100', [short(336, 0, 100)]],
    ['TIFF tag 339 of 1 1 3', [short(339, 1, 1, 3)]],
    ['TIFF tag 342', [short(342, 0, 100)]],
    ['TIFF tag 433', [short(433, 255, 0)]],
    ['TIFF tag 513', [short(513, 8)]],
    ['TIFF tag 529 of 1 0 0', [short(529, 1, 0, 0)]],
    ['TIFF tag 532 of 0 100 0 255 0 255', [short(532, 0, 100, 0, 255, 0, 255)]],
    ['TIFF tag 320 of 0 100 200', [short(320, 0, 100, 200)]],
    ['TIFF tag 273 of ', [short(324, 8)]],
    ['TIFF tag 277 of type 1', [{ tag: 277, type: 1, values: [3] }]],
    ['TIFF tag 305, twice', [short(305, 1), short(305, 2)]],
  ])('%s', (name, entries) => {
    expect(unknown(withEntries(...entries))).toContain(name);
  });

  test('a picture below another is known where it is a reduced one; directories in a ring are not', () => {
    const made = samplesDirectory(own, { bits: 8 }, samples);
    const reduced = samplesDirectory(own, { bits: 8, more: [short(254, 1)] }, samples);
    expect(unknown(makeTiff({ ...made, sub: [reduced] }))).toEqual([]);
    expect(unknown(makeTiff({ ...made, sub: [made] }))).toEqual(['TIFF picture in a directory below another']);
    const ring = makeTiff(made);
    const directory = ring.readUInt32LE(4);
    ring.writeUInt32LE(directory, directory + 2 + 12 * ring.readUInt16LE(directory));
    expect(unknown(ring)).toEqual(['TIFF directory that cannot be read']);
  });
});

describe('GIF', () => {
  const gif = () => drawn().gif().toBuffer();
  /** With a block behind the screen and its colours. */
  const withBlock = async (...block: number[]): Promise<Buffer> => {
    const bytes = await gif();
    const at = 13 + (bytes[10]! & 0x80 ? 3 * 2 ** ((bytes[10]! & 7) + 1) : 0);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(block), bytes.subarray(at)]);
  };
  const application = (name: string): number[] => [0x21, 0xff, name.length, ...Buffer.from(name), 1, 0, 0];

  test('as programs write it, how often it plays, comments: known', async () => {
    expect(unknown(await gif())).toEqual([]);
    for (const name of ['NETSCAPE2.0', 'XMP DataXMP', 'ImageMagick'])
      expect(unknown(await withBlock(...application(name)))).toEqual([]);
    expect(unknown(await withBlock(0x21, 0xfe, 1, 65, 0))).toEqual([]);
  });

  test.each<[string, number[]]>([
    ['GIF application SOMETHING1', application('SOMETHING1')],
    ['GIF extension plain text', [0x21, 0x01, 1, 0, 0]],
    ['GIF extension 66', [0x21, 0x42, 1, 0, 0]],
    ['GIF block 7', [7]],
    ['GIF control of another kind', [0x21, 0xf9, 4, 0x1c, 0, 0, 0, 0]],
    ['GIF control, twice', [0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x21, 0xf9, 4, 0, 0, 0, 0, 0]],
  ])('%s', async (name, block) => {
    expect(unknown(await withBlock(...block))).toContain(name);
  });

  test('a picture beyond its screen', async () => {
    const bytes = await gif();
    bytes.writeUInt16LE(8, 6);
    expect(unknown(bytes)).toEqual(['GIF picture beyond its screen']);
  });
});

describe('WebP', () => {
  const chunkOf = (type: string, data: Buffer): Buffer => {
    const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length & 1)]);
  };
  const withLast = (webp: Buffer, one: Buffer): Buffer => {
    const joined = Buffer.concat([webp, one]);
    joined.writeUInt32LE(joined.length - 8, 4);
    return joined;
  };
  test.each([
    ['lossy', () => drawn().webp()],
    ['lossless', () => drawn().webp({ lossless: true })],
    ['with opacity', () => drawn().ensureAlpha(0.5).webp()],
    ['lossless with opacity', () => drawn().ensureAlpha(0.5).webp({ lossless: true })],
    ['with EXIF and a profile', () => drawn().withMetadata({ orientation: 6 }).withIccProfile('p3').webp()],
  ])('%s: known', async (_, make) => {
    expect(unknown(await make().toBuffer())).toEqual([]);
  });

  test('other chunks, twice, otherwise stated, to be scaled', async () => {
    const extended = await drawn().withIccProfile('p3').webp().toBuffer();
    const plain = await drawn().webp().toBuffer();
    expect(unknown(withLast(extended, chunkOf('abcd', Buffer.alloc(3))))).toEqual(['WebP chunk abcd']);
    expect(unknown(withLast(extended, plain.subarray(12)))).toEqual(['WebP chunk VP8 , twice']);
    expect(unknown(withLast(plain, chunkOf('ICCP', Buffer.alloc(4))))).toContain('WebP chunks without a head');
    const unstated = Buffer.from(extended);
    unstated[20] = unstated[20]! & ~0x20;
    expect(unknown(unstated)).toEqual(['WebP chunk ICCP, otherwise stated']);
    const smaller = Buffer.from(extended);
    smaller[24] = 9;
    expect(unknown(smaller)).toEqual(['WebP picture of other sides than its canvas']);
    const scaled = Buffer.from(plain);
    scaled[27] = scaled[27]! | 0x40;
    expect(unknown(scaled)).toEqual(['WebP picture to be scaled']);
  });
});

describe('BMP', () => {
  /** Of 4 x 2 pixels. */
  const bitmap = (
    bits: number,
    { compression = 0, headBytes = 40, gap = 0, data = 4 * bits, masks = [0, 0, 0, 0] } = {},
  ): Buffer => {
    const from = 14 + headBytes + gap + (bits <= 8 ? 4 * 2 ** bits : 0);
    const bytes = Buffer.alloc(from + data, 1);
    bytes.write('BM', 'latin1');
    bytes.writeUInt32LE(from, 10);
    bytes.writeUInt32LE(headBytes, 14);
    bytes.writeInt32LE(4, 18);
    bytes.writeInt32LE(2, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(bits, 28);
    bytes.writeUInt32LE(compression, 30);
    bytes.writeUInt32LE(0, 46);
    if (headBytes > 40) for (const [i, mask] of masks.entries()) bytes.writeUInt32LE(mask, 54 + 4 * i);
    return bytes;
  };
  test('as programs write them: known', () => {
    for (const bits of [1, 4, 8, 16, 24, 32]) expect(unknown(bitmap(bits))).toEqual([]);
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    expect(unknown(bitmap(32, { compression: 3, headBytes: 124, masks }))).toEqual([]);
  });
  test('other codings, masks, bits, heads, and bytes where pixels might begin', () => {
    expect(unknown(bitmap(24, { compression: 4 }))).toEqual(['BMP coding 4 of 24 bits']);
    expect(unknown(bitmap(2))).toEqual(['BMP of 2 bits']);
    expect(unknown(bitmap(24, { headBytes: 16 }))).toContain('BMP head of 16 bytes');
    expect(unknown(bitmap(24, { gap: 100 }))).toEqual(['BMP bytes between its head and its pixels']);
    expect(unknown(bitmap(32, { compression: 3, headBytes: 56, masks: [1, 2, 4, 8] }))).toEqual(['BMP masks 1 2 4 8']);
    for (const masks of [
      [0xf00, 0xf0, 0xf, 0xf000],
      [0x7c00, 0x3e0, 0x1f, 0x8000],
    ])
      expect(unknown(bitmap(16, { compression: 3, headBytes: 108, masks }))).toHaveLength(1);
    expect(unknown(bitmap(32, { compression: 3, headBytes: 108, masks: [0xff0000, 0xff00, 0xff, 0xff] }))).toHaveLength(
      1,
    );
    const runs = bitmap(8, { compression: 1, data: 8 });
    Buffer.from([2, 7, 0, 0, 4, 9, 0, 1]).copy(runs, runs.length - 8);
    expect(unknown(runs)).toEqual(['BMP runs that leave pixels out']);
    runs[runs.length - 8] = 4;
    expect(unknown(runs)).toEqual([]);
  });
});

describe('JPEG 2000, JPEG XL, and what is a head and samples', () => {
  const u16 = (...values: number[]): Buffer => Buffer.from(values.flatMap((one) => [one >> 8, one & 255]));
  /** Sizes and coding of a code stream without data; `mixed`: red, green and blue were. */
  const codestream = (mixed: number, ...more: Buffer[]): Buffer =>
    Buffer.concat([
      u16(0xff4f, 0xff51, 47, 0),
      u32(8, 8, 0, 0, 8, 8, 0, 0),
      u16(3),
      Buffer.from([7, 1, 1, 7, 1, 1, 7, 1, 1]),
      u16(0xff52, 12),
      Buffer.from([0, 0, 0, 1, mixed, 0, 3, 3, 0, 0]),
      ...more,
      u16(0xffd9),
    ]);
  const jp2 = (coded: Buffer, head: Buffer[] = [], top: Buffer[] = []): Buffer =>
    Buffer.concat([
      box('jP  ', Buffer.from('0d0a870a', 'hex')),
      box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
      ...top,
      box(
        'jp2h',
        box('ihdr', u32(8, 8), u16(3), Buffer.from([7, 7, 0, 0])),
        box('colr', Buffer.from([1, 0, 0]), u32(16)),
        ...head,
      ),
      box('jp2c', coded),
    ]);

  test('JPEG 2000', () => {
    expect(unknown(jp2(codestream(1)))).toEqual([]);
    expect(unknown(jp2(codestream(0)))).toEqual([]);
    expect(unknown(codestream(1))).toEqual([]);
    expect(unknown(codestream(0))).toEqual(['JPEG 2000 components of colours that are not stated']);
    expect(unknown(jp2(codestream(1), [], [box('comp', u32(0))]))).toEqual(['JPEG 2000 box comp']);
    expect(unknown(jp2(codestream(1), [box('colr', Buffer.from([1, 0, 0]), u32(17))]))).toEqual([
      'JPEG 2000 box colr, twice',
    ]);
    const palette = box('pclr', u16(1), Buffer.from([3, 7, 7, 7, 9, 9, 9]));
    const mapped = (columns: number[]) => box('cmap', ...columns.map((one) => Buffer.from([0, 0, 1, one])));
    const ofPalette = (...head: Buffer[]): Buffer => {
      const file = jp2(codestream(0), head);
      file.writeUInt16BE(1, file.indexOf('ihdr') + 12);
      file.writeUInt16BE(1, file.indexOf(u16(0xff51)) + 38);
      return file;
    };
    expect(unknown(ofPalette(palette, mapped([0, 1, 2])))).toEqual([]);
    for (const head of [[palette], [mapped([0, 1, 2])], [palette, mapped([2, 1, 0])], [palette, mapped([0])]])
      expect(unknown(ofPalette(...head))).toEqual(['JPEG 2000 palette of another kind']);
    const long = (entries: number, stated = entries) =>
      box('pclr', u16(stated), Buffer.from([3, 7, 7, 7]), Buffer.alloc(3 * entries));
    expect(unknown(ofPalette(long(256), mapped([0, 1, 2])))).toEqual([]);
    for (const other of [long(257), long(1024), long(255, 256), long(0)])
      expect(unknown(ofPalette(other, mapped([0, 1, 2])))).toEqual(['JPEG 2000 palette of another kind']);
    expect(unknown(jp2(codestream(0), [palette, mapped([0, 1, 2])]))).toEqual(['JPEG 2000 palette of another kind']);
    const exchanged = box('cdef', u16(3, 0, 0, 3, 1, 0, 2, 2, 0, 1));
    expect(unknown(jp2(codestream(1), [exchanged]))).toEqual(['JPEG 2000 box cdef']);
    expect(unknown(jp2(codestream(1, u16(0xff5e, 6, 0, 0))))).toEqual(['JPEG 2000 marker FF5E']);
  });

  test('JPEG XL', () => {
    const begin = [box('JXL ', Buffer.from('0d0a870a', 'hex')), box('ftyp', Buffer.from('jxl \0\0\0\0jxl ', 'latin1'))];
    const coded = box('jxlc', Buffer.alloc(8));
    expect(unknown(Buffer.concat([...begin, box('Exif', u32(0)), coded, box('brob', u32(0))]))).toEqual([]);
    expect(unknown(Buffer.concat([...begin, box('jxlp', u32(0)), coded]))).toEqual([
      'JPEG XL code stream whole and in parts',
    ]);
    expect(unknown(Buffer.concat([...begin, box('jxlp', u32(1), Buffer.alloc(8)), box('jxlp', u32(0))]))).toContain(
      'JPEG XL parts out of their order',
    );
  });

  test('what a JPEG XL has beside its picture', () => {
    /** Behind its beginning, the lowest bit first. */
    const stream = (bits: string): Buffer => {
      const all = bits.replaceAll(' ', '').padEnd(64, '0');
      const bytes = Array.from({ length: 8 }, (_, i) =>
        Number.parseInt([...all.slice(8 * i, 8 * i + 8)].reverse().join(''), 2),
      );
      return Buffer.from([0xff, 0x0a, ...bytes]);
    };
    // Small, of one side and a ratio; nothing is as usual; no further fields; 8 bits.
    const head = '1 00000 100 0 0 0 00 1';
    expect(unknown(stream('1 00000 100 1'))).toEqual([]);
    expect(unknown(stream(`${head} 00`))).toEqual([]);
    expect(unknown(stream(`${head} 10 1`))).toEqual([]);
    // One channel, not of the usual opacity: of black; of a selection, behind one of opacity with a name.
    expect(unknown(stream(`${head} 10 0 01 0100 0 00 00 00`))).toEqual(['JPEG XL channel of kind 4']);
    const named = '0 00 0 00 00 10 1000 10000110 0';
    expect(unknown(stream(`${head} 01 0000 ${named} 0 01 1000 0 00 00 00`))).toEqual(['JPEG XL channel of kind 3']);
    expect(unknown(stream('1 00000 100 0 1 000 0 1'))).toEqual(['JPEG XL preview']);
    expect(unknown(stream('').subarray(0, 3))).toEqual(['its structure']);
  });

  test('an icon by its largest picture; QOI; a map of other tuples', async () => {
    const png = await drawn().resize(32, 32).png().toBuffer();
    expect(unknown(iconFile([{ sidePx: 32, png }]))).toEqual([]);
    expect(unknown(iconFile([{ sidePx: 32, png: withChunks(png, chunk('qWxY', 'x')) }]))).toEqual(['PNG chunk qWxY']);
    const qoi = qoiFile(2, 2, new Uint8Array(12));
    expect(unknown(qoi)).toEqual([]);
    qoi[13] = 2;
    expect(unknown(qoi)).toEqual(['QOI colour space 2']);
    const pam = (kind: string): Buffer =>
      Buffer.from(`P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE ${kind}\nENDHDR\nabc`);
    expect(unknown(pam('RGB'))).toEqual([]);
    expect(unknown(pam('YCC'))).toEqual(['PAM tuples YCC']);
  });
});
