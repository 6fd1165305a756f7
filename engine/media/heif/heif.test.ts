// HEIF photographs: pixels against libde265's (the decoder of libheif), transformations and
// transparency against libvips, tiles and colour against the picture they were made of; what is
// wrong with a file is said, and nothing of it is shown.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { inWords } from '../../../contract/wording.ts';
import { decodeStill } from '../decode-still.ts';
import { examineStill } from '../provenance/examine-still.ts';
import { readMetadata } from '../read-metadata.ts';
import { mediaTypeFromBytes } from '../sniff.ts';
import type { DecodedStill } from '../still/decoded-still.ts';
import { isIsoMedia, readHeifItems } from './heif-items.ts';
import type { Transform } from './item-properties.ts';
import { planPrimary } from './picture-plan.ts';
import { decodeSamples } from './sample-canvas.ts';
import { DRAWN, drawnFile, drawnPixels, withTransparency } from './testing/drawn-picture.ts';
import * as make from './testing/make-heif.ts';
import { transformPicture } from './transform-picture.ts';

const { widthPx: W, heightPx: H } = DRAWN;
const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-heif-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Decoded = ReturnType<typeof inWords<Extract<DecodedStill, { kind: 'decoded' }>>>;

async function decode(bytes: Uint8Array): Promise<Decoded> {
  const decoded = await decodeStill(bytes);
  if (decoded.kind === 'unreadable') throw new Error(`${decoded.reason}: ${unreadableWords(decoded)}`);
  return inWords(decoded);
}

function differences(a: Uint8Array, b: Uint8Array): { largest: number; mean: number } {
  expect(a.length).toBe(b.length);
  let [largest, sum] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / a.length };
}

const png = (data: Uint8Array, channels: 3 | 4 = 3) => sharp(data, { raw: { width: W, height: H, channels } }).png();
const plain444 = () => make.codedPictureOf(drawnFile('drawn-444'));

describe('pixels', () => {
  // SHA-256 of what libde265 1.0.11 writes for the same coded picture (Y, Cb, Cr; two bytes a
  // sample above 8 bits).
  test.each([
    ['drawn-8-bit', '52979f463bbb4bf4d1a8da1ff0ca609f691d4aabd2f992ded3a48c3f06e6f968'],
    ['drawn-10-bit', '725b380410aa629da5757f492c0f2a79a7fcdb95c3d731692a9f0b4134dacd6e'],
    ['drawn-444', 'a62aa30d6755137d26e6353c90afcf955ccef3a84066e6f0ea8855540488b3fa'],
  ] as const)('%s has, sample for sample, what libde265 decodes', (name, sha256) => {
    const { planes } = decodeSamples(planPrimary(readHeifItems(drawnFile(name))).picture, 1e6);
    const hash = createHash('sha256');
    for (const { samples } of planes) hash.update(new Uint8Array(samples.buffer));
    expect(hash.digest('hex')).toBe(sha256);
  });

  // Lossy files: mean and largest differences were measured once (0.63 and 6; 2.99 and 2.95 at the
  // borders of halved chroma).
  test.each([
    ['drawn-444', 1, 8, []],
    ['drawn-8-bit', 3.5, 115, []],
    ['drawn-10-bit', 3.5, 115, ['Converted from 10-bit samples']],
  ] as const)('%s shows the picture it was made of', async (name, mean, largest, remarks) => {
    const decoded = await decode(drawnFile(name));
    expect(decoded).toMatchObject({ widthPx: W, heightPx: H, remarks: [...remarks] });
    expect(decoded.decoder).toMatch(/^FFmpeg .*; libvips /);
    const found = differences(decoded.data, drawnPixels());
    expect(found.mean).toBeLessThan(mean);
    expect(found.largest).toBeLessThanOrEqual(largest);
    expect((await decode(drawnFile(name))).data).toEqual(decoded.data);
  });

  test('red, green and blue coded without loss come back as they were', { tags: ['ffmpeg'] }, async () => {
    const coded = await coding('gbrp', 'lossless=1');
    expect((await decode(make.singlePicture(coded))).data).toEqual(drawnPixels());
  });

  test('matrix and range are those of the container, where it states them, then the coded picture’s', {
    tags: ['ffmpeg'],
  }, async () => {
    const limited709 = await coding('yuv444p', 'crf=4', 'scale=out_color_matrix=bt709:out_range=tv,');
    const stated = await decode(make.singlePicture(limited709, [make.nclx(1, 13, 1, false)]));
    expect(differences(stated.data, drawnPixels()).mean).toBeLessThan(1.5);
    expect(stated.remarks).toEqual([]);
    const silent = await decode(make.singlePicture(limited709));
    expect(silent.remarks).toEqual(['Colour matrix not stated; smpte170m assumed']);
    expect(differences(silent.data, drawnPixels()).mean).toBeGreaterThan(3);
    const disagreeing = await decode(make.singlePicture(limited709, [make.nclx(12, 16, 1, true)]));
    expect(disagreeing.remarks).toEqual([
      expect.stringMatching(/^The file states colours of its own \(nclx: primaries 12\), which are not applied here/),
      expect.stringMatching(/state different colours/),
      expect.stringMatching(/^High dynamic range \(PQ\): brought to the standard range/),
    ]);
  });

  test('grey and 4:2:2 are read', { tags: ['ffmpeg'] }, async () => {
    const grey = await decode(make.singlePicture(await coding('gray', 'crf=4:range=full')));
    expect(grey.data[0]).toBe(grey.data[1]);
    const halved = await decode(make.singlePicture(await coding('yuv422p', 'crf=4')));
    expect(differences(halved.data, drawnPixels()).mean).toBeLessThan(3.5);
  });

  test('a Display P3 profile is applied as libvips applies it to a PNG', async () => {
    const { icc } = await png(drawnPixels())
      .withIccProfile('p3')
      .png()
      .toBuffer()
      .then((b) => sharp(b).metadata());
    const base = await decode(drawnFile('drawn-444'));
    const expected = await decode(pngWithProfile(await png(base.data).toBuffer(), icc!));
    const found = await decode(make.singlePicture(plain444(), [make.profile(icc!)]));
    expect(found.remarks).toEqual(['Colour profile applied']);
    expect(found.data).toEqual(expected.data);
    expect(differences(found.data, base.data).largest).toBeGreaterThan(10);
  });

  test('transparency is laid on black as for a PNG; other pictures and thumbnails are left alone', async () => {
    const decoded = await decode(drawnFile('drawn-alpha-and-another'));
    expect(decoded.remarks).toEqual([
      '25 % of the picture is hidden by transparency; the colours under it are not examined',
      // It has too few pixels to be held against the picture.
      'Its thumbnail, which programs that list files show, is not of the picture, or cannot be read; it is not examined',
      'Primary of 2 pictures in the file; the others are not examined',
      'Transparency laid on black',
    ]);
    const expected = await decode(await png(withTransparency(), 4).toBuffer());
    expect(differences(decoded.data, expected.data).mean).toBeLessThan(1);
    expect([...decoded.data.subarray(-3)]).toEqual([0, 0, 0]);
  });
});

/** A PNG with an iCCP chunk behind its header. */
function pngWithProfile(bytes: Buffer, icc: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from('iCCPp3\0\0', 'latin1'), deflateSync(icc)]);
  const chunk = Buffer.concat([make.u32(content.length - 4), content, make.u32(crc32(content))]);
  return Buffer.concat([bytes.subarray(0, 33), chunk, bytes.subarray(33)]);
}

/** The drawn picture, or a part of it, coded by the ffmpeg program. */
async function coding(pixelFormat: string, x265: string, filter = '', size: readonly [number, number] = [W, H]) {
  const file = path.join(folder, 'drawn.png');
  writeFileSync(file, await png(drawnPixels()).toBuffer());
  const input = ['-i', file, '-vf', `${filter}format=${pixelFormat}`];
  return make.codeByFfmpeg(input, size, path.join(folder, 'coded.mp4'), x265);
}

describe('transformations', () => {
  const ratio = (numerator: number, denominator = 1) => ({ numerator, denominator });
  const crop = (w: number, h: number, x2: number, y2: number): Transform => ({
    kind: 'crop',
    width: ratio(w),
    height: ratio(h),
    offsetX: ratio(x2, 2),
    offsetY: ratio(y2, 2),
  });
  const turn = (quarters: 0 | 1 | 2 | 3): Transform => ({ kind: 'rotate', quarters });
  const mirror = (axis: 0 | 1): Transform => ({
    kind: 'mirror',
    exchanges: axis === 0 ? 'topAndBottom' : 'leftAndRight',
  });
  const boxOf = (one: Transform): Buffer =>
    one.kind === 'rotate'
      ? make.irot(one.quarters)
      : one.kind === 'mirror'
        ? make.imir(one.exchanges === 'topAndBottom' ? 0 : 1)
        : make.clap(one.width.numerator, one.height.numerator, one.offsetX.numerator, one.offsetY.numerator);
  const CASES: [string, Transform[]][] = [
    ['none', [turn(0)]],
    ['each quarter: one', [turn(1)]],
    ['two', [turn(2)]],
    ['three', [turn(3)]],
    ['top and bottom exchanged', [mirror(0)]],
    ['left and right exchanged', [mirror(1)]],
    ['a crop', [crop(60, 40, 6, -10)]],
    ['a crop, turned, mirrored', [crop(60, 40, -20, 12), turn(1), mirror(1)]],
    ['turned, then mirrored', [turn(3), mirror(0)]],
  ];

  test.each(CASES)('%s: as libvips shows an AVIF with the same boxes, applied once', async (_, transforms) => {
    const avif = make.codedPictureOf(await png(drawnPixels()).avif({ lossless: true }).toBuffer());
    const shown = (coded: make.CodedPicture, more: Transform[]) =>
      decode(make.singlePicture(coded, more.map(boxOf), coded.type === 'av01' ? 'avif' : 'heic'));
    const base = await shown(avif, []);
    const expected = await shown(avif, transforms);
    const found = transformPicture({ ...base, channels: 3 }, transforms);
    expect([found.widthPx, found.heightPx]).toEqual([expected.widthPx, expected.heightPx]);
    expect(found.data).toEqual(expected.data);
    const coded = await shown(plain444(), transforms);
    const same = transformPicture({ ...(await shown(plain444(), [])), channels: 3 }, transforms);
    expect([coded.widthPx, coded.heightPx, coded.data]).toEqual([same.widthPx, same.heightPx, same.data]);
    const [cut, others] = [/^The file says to show a part/, (words: string) => !cut.test(words)];
    expect(coded.remarks.filter(others).length).toBe(
      transforms.filter((one) => one.kind !== 'rotate' || one.quarters > 0).length,
    );
    const isCropped = transforms.some(({ kind }) => kind === 'crop');
    for (const { remarks } of [coded, expected]) expect(remarks.some((words) => cut.test(words))).toBe(isCropped);
  });

  test('mirrored, then turned, is the file’s own order', async () => {
    const decoded = await decode(make.singlePicture(plain444(), [make.imir(0), make.irot(3)]));
    const base = await decode(drawnFile('drawn-444'));
    const expected = await sharp(base.data, { raw: { width: W, height: H, channels: 3 } })
      .flip()
      .raw()
      .toBuffer();
    const turned = await sharp(expected, { raw: { width: W, height: H, channels: 3 } })
      .rotate(90)
      .raw()
      .toBuffer();
    expect(differences(decoded.data, turned).largest).toBe(0);
    expect(decoded.remarks).toEqual(['Mirrored, as the file asks', 'Turned upright (90 degrees clockwise)']);
  });

  test('EXIF’s orientation is not applied once more', async () => {
    const jpeg = await png(drawnPixels()).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const at = jpeg.indexOf('Exif\0\0', 0, 'latin1');
    const tiff = jpeg.subarray(at + 6, at - 2 + jpeg.readUInt16BE(at - 2));
    const decoded = await decode(withBlocks(tiff, '', [make.irot(3)]));
    expect([decoded.widthPx, decoded.heightPx]).toEqual([H, W]);
  });
});

/** The 4:4:4 picture with EXIF and XMP, and further properties. */
function withBlocks(tiff: Uint8Array, xmp: string, more: readonly Buffer[] = []): Buffer {
  const coded = plain444();
  return make.makeHeif({
    primary: 1,
    items: [
      { id: 1, ...coded, properties: [...coded.properties, ...more] },
      { id: 2, type: 'Exif', data: make.exifItem(tiff) },
      { id: 3, type: 'mime', contentType: 'application/rdf+xml', data: Buffer.from(xmp) },
    ],
    references: [
      { type: 'cdsc', from: 2, to: [1] },
      { type: 'cdsc', from: 3, to: [1] },
    ],
  });
}

test('a gain map makes another picture of it on some screens: it is left out, whichever of the two is the primary one', async () => {
  const gainMap = { id: 3, type: 'tmap', data: Buffer.from([0]) };
  const items = [{ id: 1, ...plain444() }, { id: 2, ...plain444(), hidden: true }, gainMap];
  const references = [{ type: 'dimg', from: 3, to: [1, 2] }];
  for (const primary of [1, 3]) {
    const { leftOut } = await decode(make.makeHeif({ primary, items, references }));
    expect(leftOut).toEqual([expect.stringMatching(/^Its gain map is not applied/)]);
  }
  expect((await decode(make.makeHeif({ primary: 1, items: items.slice(0, 1) }))).leftOut).toBeUndefined();
});

describe('tiles', () => {
  test('are put together in rows, and what reaches over the edge is left out', async () => {
    const base = await decode(drawnFile('drawn-444'));
    const [width, height] = [W * 2 - 10, H * 3 - 6];
    const tiles = Array.from({ length: 6 }, plain444);
    const decoded = await decode(
      make.tiledPicture(tiles, { rows: 3, columns: 2, width, height, more: [make.irot(2)] }),
    );
    expect(decoded.remarks).toEqual([
      'Put together from 2 x 3 tiles of 96 x 64',
      'Turned upright (180 degrees clockwise)',
    ]);
    expect([decoded.widthPx, decoded.heightPx]).toEqual([width, height]);
    for (let i = 0, last = width * height - 1; i <= last; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      const from = ((y % H) * W + (x % W)) * 3;
      if (decoded.data[(last - i) * 3] !== base.data[from]) throw new Error(`pixel ${x}, ${y} is not the tile's`);
    }
  });

  test('coded without loss give the picture coded as one, over their seams too', { tags: ['ffmpeg'] }, async () => {
    const whole = await coding('yuv420p10le', 'lossless=1');
    const tiles: make.CodedPicture[] = [];
    for (const x of [0, 48])
      tiles.push(await coding('yuv420p10le', 'lossless=1', `format=yuv420p10le,crop=48:64:${x}:0,`, [48, H]));
    const tiled = await decode(make.tiledPicture(tiles, { rows: 1, columns: 2, width: W, height: H }));
    expect(tiled.data).toEqual((await decode(make.singlePicture(whole))).data);
  });
});

describe('what is refused', () => {
  const item = (type: string, more: object = {}) => ({ id: 1, ...plain444(), type, ...more });
  const file = (made: Partial<make.MadeFile>) => make.makeHeif({ primary: 1, items: [item('hvc1')], ...made });
  const grid = (recipe: Buffer, to: number[], more: readonly make.MadeItem[] = []) =>
    file({
      items: [{ id: 1, type: 'grid', data: recipe }, { id: 2, ...plain444() }, ...more],
      references: [{ type: 'dimg', from: 1, to }],
    });
  const withSize = (w: number, h: number) => ({
    ...plain444(),
    properties: [...make.codedPictureOf(drawnFile('drawn-444'), ['hvcC']).properties, make.ispe(w, h)],
  });
  const sequence = Buffer.concat([
    make.box('ftyp', Buffer.from('hevc'), make.u32(0)),
    make.box('moov', make.u32(0)),
    make.box('mdat'),
  ]);
  const essential = make.box('clap', make.u32(4, 1, 4, 1, 400, 1, 0, 1));
  const CASES: [string, () => Buffer, string, RegExp][] = [
    ['JPEG inside HEIF', () => file({ items: [item('jpeg')] }), 'codecMissing', /JPEG-coded inside HEIF/],
    ['H.264 inside HEIF', () => file({ brand: 'avci', items: [item('avc1')] }), 'codecMissing', /H\.264-coded/],
    ['an overlay', () => file({ items: [item('iovl')] }), 'codecMissing', /overlay/],
    ['a sequence without a still', () => sequence, 'unsupportedFormat', /image sequence without a still/],
    [
      'tiles of which one is missing',
      () => grid(make.gridRecipe(2, 1, W, 2 * H), [2]),
      'corrupt',
      /1 x 2 tiles and refers to 1/,
    ],
    [
      'tiles that do not make the whole',
      () => grid(make.gridRecipe(1, 2, W, H), [2, 2]),
      'corrupt',
      /do not make 96 x 64/,
    ],
    ['a grid made of itself', () => grid(make.gridRecipe(1, 1, W, H), [1]), 'corrupt', /made of nothing/],
    ['a grid of nothing', () => grid(make.gridRecipe(1, 1, W, H), []), 'corrupt', /made of nothing/],
    ['a reference that leads nowhere', () => file({ primary: 9 }), 'corrupt', /item 9, which is not there/],
    ['more pixels than the limit', () => make.singlePicture(withSize(40_000, 40_000)), 'tooLarge', /40000 x 40000/],
    [
      'more pixels than the limit in tiles',
      () => make.tiledPicture([plain444()], { rows: 1, columns: 1, width: 65_000, height: 65_000 }),
      'tooLarge',
      /65000 x 65000/,
    ],
    ['a crop outside of the picture', () => make.singlePicture(plain444(), [essential]), 'corrupt', /lies outside/],
    [
      'no decoder configuration',
      () => file({ items: [item('hvc1', { properties: [make.ispe(W, H)] })] }),
      'corrupt',
      /no decoder configuration/,
    ],
    [
      'units that do not fill the picture',
      () => file({ items: [item('hvc1', { data: plain444().data.subarray(0, -9) })] }),
      'corrupt',
      /shorter or longer/,
    ],
  ];
  test.each(CASES)('%s', async (_, make_, reason, message) => {
    const bytes = make_();
    expect(mediaTypeFromBytes(bytes)).toMatch(/^image\/hei[cf]$/);
    const decoded = await decodeStill(bytes);
    expect(decoded).toMatchObject({ kind: 'unreadable', reason });
    expect(decoded.kind === 'unreadable' && unreadableWords(decoded)).toMatch(message);
  });

  test('a stated size that is not the coded one is said; far too large a picture is refused before it is decoded', async () => {
    const off = await decode(make.singlePicture(withSize(90, 60)));
    expect(off.remarks).toEqual(['The file states 90 x 60 pixels; the coded picture has 96 x 64']);
  });

  test('a coded picture that is larger than the file states is not shown', { tags: ['ffmpeg'] }, async () => {
    const large = await coding('yuv420p', 'crf=51', 'scale=640:480,', [8, 8]);
    expect(await decodeStill(make.singlePicture(large))).toMatchObject({ kind: 'unreadable', reason: 'corrupt' });
  });

  test('a property that must be understood and is not', async () => {
    const bytes = make.singlePicture(plain444(), [make.irot(1)]);
    bytes.write('iscl', bytes.indexOf('irot'), 'latin1');
    expect(inWords(await decodeStill(bytes))).toMatchObject({
      kind: 'unreadable',
      message: expect.stringMatching(/property iscl/),
    });
  });

  test('a file cut short anywhere is unreadable', async () => {
    const bytes = drawnFile('drawn-8-bit');
    for (let length = 12; length < bytes.length; length += 7) {
      const decoded = await decodeStill(bytes.subarray(0, length));
      expect(decoded.kind, `${length} of ${bytes.length} bytes`).toBe('unreadable');
    }
  });

  test('a coded picture that says its own checksum and is not it', { tags: ['ffmpeg'] }, async () => {
    const coded = await coding('yuv420p', 'crf=20:hash=1');
    const data = Buffer.from(coded.data);
    expect((await decodeStill(make.singlePicture({ ...coded, data }))).kind).toBe('decoded');
    const changes = Array.from({ length: 12 }, (_, i) => {
      const changed = Buffer.from(data);
      changed[data.length - 100 - i * 20]! ^= 0x40;
      return make.singlePicture({ ...coded, data: changed });
    });
    for (const changed of changes)
      expect(await decodeStill(changed)).toMatchObject({ kind: 'unreadable', reason: 'corrupt' });
  });

  test('a part that was never decoded', { tags: ['ffmpeg'] }, async () => {
    // Two slices, the second left out: without an error of the decoder, half of the picture is not
    // there.
    const coded = await coding('yuv420p', 'crf=20:slices=2:ctu=16', 'scale=96:288,', [W, 288]);
    const lengths: number[] = [];
    for (let at = 0; at < coded.data.length; at += 4 + Buffer.from(coded.data).readUInt32BE(at))
      lengths.push(4 + Buffer.from(coded.data).readUInt32BE(at));
    const cut = coded.data.subarray(0, coded.data.length - lengths.at(-1)!);
    expect((await decodeStill(make.singlePicture(coded))).kind).toBe('decoded');
    expect(inWords(await decodeStill(make.singlePicture({ ...coded, data: cut })))).toMatchObject({
      kind: 'unreadable',
      reason: 'corrupt',
      message: expect.stringMatching(/never decoded/),
    });
  });
});

describe('metadata', () => {
  const XMP =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Drawn by hand"/></rdf:RDF></x:xmpmeta>';

  test('EXIF, XMP and what the file is made of are read', async () => {
    const jpeg = await png(drawnPixels())
      .withExif({ IFD0: { Make: 'Recce', Software: 'drawn' } })
      .jpeg()
      .toBuffer();
    const at = jpeg.indexOf('Exif\0\0', 0, 'latin1');
    const bytes = withBlocks(jpeg.subarray(at + 6, at - 2 + jpeg.readUInt16BE(at - 2)), XMP);
    const groups = await readMetadata(bytes);
    const entry = (group: string, name: string) =>
      groups.find((one) => one.group === group)?.entries.find((one) => one.name === name)?.value;
    expect(entry('EXIF image', 'Make')).toBe('Recce');
    expect(entry('XMP', 'CreatorTool')).toBe('Drawn by hand');
    expect(entry('HEIF', 'Primary picture')).toBe('item 1, hvc1, coded hvc1, 96 x 64 before turning');
    expect(entry('HEIF', 'Items')).toBe('1 hvc1, 1 Exif, 1 mime');
    expect(await examineStill(bytes, 'image/heic', '')).toMatchObject({
      named: ['Make: Recce', 'Software: drawn', 'CreatorTool: Drawn by hand'],
      contentCredentials: { kind: 'none' },
    });
  });

  test('a box without an end keeps nobody waiting', async () => {
    const bytes = Buffer.concat([
      drawnFile('drawn-8-bit').subarray(0, 28),
      make.u32(0),
      Buffer.from('free'),
      Buffer.alloc(64),
    ]);
    expect(isIsoMedia(bytes)).toBe(true);
    expect(await readMetadata(bytes)).toEqual([]);
    expect((await decodeStill(bytes)).kind).toBe('unreadable');
  });
});
