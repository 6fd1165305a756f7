// What lies beside a photograph in its file and belongs to it. A gain map is applied,
// in full and in part, and held against the picture as it is looked at: that of an ordinary
// photograph is no cause for a word of what was not looked at, one that shows another picture is named,
// and so is one that cannot be applied.
import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { remarkWords } from '../../contract/remark-words.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { unscoredWords } from '../../contract/wording.ts';
import { decodeReduced } from './decode-reduced.ts';
import { decodeStill } from './decode-still.ts';
import { samplePhotograph } from './finder-weights.ts';
import * as make from './heif/testing/make-heif.ts';
import { APPLE_GAIN_MAP } from './still/gain-map.ts';
import {
  adobeXmp,
  appleXmp,
  auxiliaryXmp,
  isoMetadata,
  isoSegment,
  type MadeGain,
  mpfSegment,
  thumbnailSegment,
  withSegments,
  xmpSegment,
} from './still/testing/make-gain-map.ts';
import { jpegWith, makeProfile, wildProfile } from './still/testing/make-profile.ts';

type Size = { width: number; height: number };
const SIZE: Size = { width: 480, height: 400 };
const photograph = (size = SIZE) =>
  sharp(samplePhotograph(3))
    .resize({ ...size, fit: 'cover' })
    .removeAlpha();
const plain = (size = SIZE) => sharp({ create: { ...size, channels: 3, background: '#777' } });
const jpeg = (one: Sharp) => one.jpeg({ quality: 92 }).toBuffer();
/** As cameras make it: what is light is made lighter, a quarter as wide and high. */
async function ordinaryMap(size = SIZE, factor = 4): Promise<Buffer> {
  const light = await photograph(size).greyscale().linear(1.4, -90).png().toBuffer();
  return jpeg(sharp(light).resize(size.width / factor, size.height / factor, { fit: 'fill' }));
}
const hiddenMap = (size = SIZE) => jpeg(photograph(size).greyscale());

const NAMED = 'gainMapNotApplied';
const HELD = 'gainMapHeld';

/** What was not looked at, and what was held, by kind. */
async function said(bytes: Uint8Array) {
  const decoded = await decodeStill(bytes);
  if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
  const { leftOut = [], remarks } = decoded;
  if (leftOut.length > 0) expect(unscoredWords({ kind: 'noFace' }, leftOut)).toMatch(/^No face in what was looked at/);
  else expect(unscoredWords({ kind: 'noFace' }, leftOut)).toBe('No face found');
  return { leftOut: leftOut.map(({ kind }) => kind), isHeld: remarks.some(({ kind }) => kind === HELD) };
}
const held = { leftOut: [], isHeld: true };
const named = { leftOut: [NAMED], isHeld: false };

describe('behind a JPEG', () => {
  const ways: [string, (gain?: MadeGain) => readonly [number, Uint8Array]][] = [
    ['Adobe’s XMP', (gain) => xmpSegment(adobeXmp(gain))],
    ['ISO 21496-1', (gain) => isoSegment(isoMetadata(gain))],
    ['Apple’s', () => xmpSegment(appleXmp())],
  ];
  const file = async (base: Sharp, map: Buffer, ...segments: (readonly [number, Uint8Array])[]) =>
    Buffer.concat([await jpeg(base), withSegments(map, ...segments)]);

  test.each(ways)(
    '%s: that of an ordinary photograph is held, one that is a photograph over grey is named',
    async (_, way) => {
      expect(await said(await file(photograph(), await ordinaryMap(), way()))).toEqual(held);
      expect(await said(await file(plain(), await hiddenMap(), way()))).toEqual(named);
      const white = sharp({ create: { ...SIZE, channels: 3, background: '#fff' } });
      expect(await said(await file(white, await hiddenMap(), way()))).toEqual(named);
    },
  );

  test('the words say so', async () => {
    const decoded = await decodeStill(await file(photograph(), await ordinaryMap(), ways[0]![1]()));
    if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
    expect(decoded.remarks.map(remarkWords)).toEqual([
      'Its gain map, by which some screens show it brighter, was applied, in full and in part, and held against it: no other picture',
    ]);
  });

  test.each<[string, MadeGain]>([
    ['a base that is brighter than what it is made to', { baseHeadroom: 3, headroom: 0 }],
    ['no more room than the base has', { baseHeadroom: 2, headroom: 2 }],
    ['more room than any screen has', { headroom: 9 }],
    ['factors beyond any screen', { max: 9 }],
    ['factors that fall', { min: 3, max: -3 }],
    ['a curve of nothing', { gamma: 0 }],
    ['a curve like a step', { gamma: 40 }],
    ['light taken away', { offset: -1 }],
    ['room that the base has', { baseHeadroom: 0.2 }],
    ['more light than there is room for', { max: 3, headroom: 2.5 }],
    ['a map that darkens by more than programs do', { min: -5 }],
    ['other light added than is taken away', { offset: 0.5, offsetOther: 0.25 }],
  ])('what no camera writes is named: %s', async (_, gain) => {
    for (const [, way] of ways.slice(0, 2))
      expect(await said(await file(photograph(), await ordinaryMap(), way(gain)))).toEqual(named);
  });

  test.each<[string, readonly [number, Uint8Array]]>([
    ['a version that has to be known', isoSegment(isoMetadata({ needs: 1 }))],
    ['flags that are not known', isoSegment(isoMetadata({ flags: 0x44 }))],
    ['metadata cut short', isoSegment(isoMetadata().subarray(0, -1))],
    ['more than its version says', isoSegment(Buffer.concat([isoMetadata(), Buffer.alloc(4)]))],
    ['divided by nothing', isoSegment(Buffer.concat([isoMetadata().subarray(0, -4), Buffer.alloc(4)]))],
    ['Apple’s of another version', xmpSegment(appleXmp(3))],
    [
      'flags that other programs do not know, with room for both readings',
      isoSegment(Buffer.concat([isoMetadata({ flags: 0x48, writer: 1 })])),
    ],
    [
      'more than its version says, of a later writer',
      isoSegment(Buffer.concat([isoMetadata({ writer: 1 }), Buffer.alloc(4)])),
    ],
    [
      'a quote within quotes',
      xmpSegment(adobeXmp({}, ` a=" hdrgm:X='" b="'"`).replace('hdrgm:GainMapMax="3"', 'hdrgm:GainMapMax="0.01"')),
    ],
    ['letters beyond ASCII', xmpSegment(adobeXmp({}, ' xmlns:h\xc3\xa9="http://ns.adobe.com/hdr-gain-map/1.0/"'))],
    [
      'a namespace bound twice',
      xmpSegment(adobeXmp({}, ' xmlns:b="http://ns.adobe.com/hdr-gain-map/1.0/" b:GainMapMax="3"')),
    ],
    [
      'two descriptions',
      xmpSegment(adobeXmp().replace('</rdf:RDF>', '<rdf:Description xmlns:a="b" a:c="d"/></rdf:RDF>')),
    ],
    ['a map that does nothing', xmpSegment(adobeXmp({ max: 0.001 }))],
    ['a comment in it', xmpSegment(adobeXmp({}, ' x="1"').replace('<rdf:Description', '<!-- --><rdf:Description'))],
    ['a number twice', xmpSegment(adobeXmp({}, ' hdrgm:GainMapMax="0.1"'))],
    ['a number that is none', xmpSegment(adobeXmp().replace('GainMapMax="3"', 'GainMapMax="&#51;"'))],
    ['another version of Adobe’s', xmpSegment(adobeXmp().replace('Version="1.0"', 'Version="2.0"'))],
    ['a base of high range', xmpSegment(adobeXmp({}, ' hdrgm:BaseRenditionIsHDR="True"'))],
  ])('what cannot be read in one way is named: %s', async (_, segment) => {
    expect(await said(await file(photograph(), await ordinaryMap(), segment))).toEqual(named);
  });

  test('a rendering that is black in full, and the photograph on screens of less room, is named', async () => {
    const light = sharp({ create: { ...SIZE, channels: 3, background: '#bbb' } });
    for (const headroom of [8, 6])
      for (const [, way] of ways.slice(0, 2)) {
        const gain = { min: -0.68, max: -0.17, offset: 4, headroom };
        expect(await said(await file(light, await hiddenMap(), way(gain)))).toEqual(named);
      }
  });

  /** What each value is as a list of that kind, in Adobe's XMP. */
  const listed = (lists: Readonly<Record<string, string>>, gain: MadeGain = {}): string => {
    let xmp = adobeXmp(gain).replace('/></rdf:RDF>', '></rdf:Description></rdf:RDF>');
    for (const [name, list] of Object.entries(lists))
      xmp = xmp
        .replace(new RegExp(` hdrgm:${name}="[^"]*"`), '')
        .replace('</rdf:Description>', `<hdrgm:${name}>${list}</hdrgm:${name}></rdf:Description>`);
    return xmp;
  };
  const items = (...values: number[]): string => values.map((one) => `<rdf:li>${one}</rdf:li>`).join('');
  const three = (value: number): string => items(value, value, value);
  const seq = (inside: string): string => `<rdf:Seq>${inside}</rdf:Seq>`;

  test('as Adobe’s programs and phones write them they are held: lists of three, and what is left out', async () => {
    for (const xmp of [
      listed({ GainMapMin: seq(three(0)), GainMapMax: seq(three(2.4)), Gamma: seq(items(1, 0.9, 1.1)) }),
      listed({ GainMapMin: seq(three(0)), GainMapMax: seq(three(2.4)) }, { gamma: 0.5, offset: 0.183 }),
      adobeXmp().replace(/ hdrgm:Gamma="[^"]*"/, ''),
      adobeXmp({}, ' hdrgm:BaseRenditionIsHDR="False"').replace(/ hdrgm:Offset(SDR|HDR)="[^"]*"/g, ''),
    ])
      expect([xmp, await said(await file(photograph(), await ordinaryMap(), xmpSegment(xmp)))]).toEqual([xmp, held]);
  });

  test.each<[string, string]>([
    ['a list without order', listed({ GainMapMax: `<rdf:Bag>${three(3)}</rdf:Bag>` })],
    ['a list to choose from', listed({ GainMapMax: `<rdf:Alt>${three(3)}</rdf:Alt>` })],
    ['items without a list', listed({ GainMapMax: three(3) })],
    ['two lists', listed({ GainMapMax: seq(items(3)) + seq(items(3, 3)) })],
    ['a list in a list', listed({ GainMapMax: seq(`<rdf:Bag>${three(3)}</rdf:Bag>`) })],
    ['a list beside text', listed({ GainMapMax: `3${seq(three(3))}` })],
    ['a list of one', listed({ GainMapMax: seq(items(3)) })],
    ['a list of two', listed({ GainMapMax: seq(items(3, 3)) })],
    ['a list of four', listed({ GainMapMax: seq(items(3, 3, 3, 3)) })],
    ['room as a list', listed({ HDRCapacityMax: seq(three(3)) })],
    ['the least as a list, which readers of attributes do not see', listed({ GainMapMin: seq(three(-1)) })],
    ['the curve as text, which they do not see', listed({ Gamma: '2' })],
    ['a version as a list', listed({ Version: seq(items(1, 1)) })],
    ...['GainMapMin', 'GainMapMax', 'HDRCapacityMin', 'HDRCapacityMax'].map((name): [string, string] => [
      `no ${name}, for which readers take different values`,
      adobeXmp().replace(new RegExp(` hdrgm:${name}="[^"]*"`), ''),
    ]),
  ])('what readers take for different values is named: %s', async (_, xmp) => {
    expect(await said(await file(photograph(), await ordinaryMap(), xmpSegment(xmp)))).toEqual(named);
  });

  test.each([30, 34])('a map of %i pixels is too coarse to be compared, and named', async (width) => {
    const map = await jpeg(photograph({ width: Math.round(width * 1.2), height: width }).greyscale());
    const [, way] = ways[0]!;
    expect(await said(await file(plain({ width: 600, height: 500 }), map, way()))).toEqual(named);
  });

  test('beside a profile of colours far from a screen’s it is named, whatever the map; of a screen’s it is held', async () => {
    const behind = async (profile: Buffer, map: Buffer) =>
      said(Buffer.concat([jpegWith(await jpeg(photograph()), profile), map]));
    const map = withSegments(await ordinaryMap(), ways[0]![1]());
    expect(await behind(makeProfile('RGB ', 2.2), map)).toEqual(held);
    for (const profile of [wildProfile(), makeProfile('RGB ', 5)])
      expect((await behind(profile, map)).leftOut).toContain(NAMED);
    expect(await said(Buffer.concat([await jpeg(photograph()), jpegWith(map, wildProfile())]))).toEqual(named);
  });

  test('a map for colours of its own is held where it says which, and they are a screen’s', async () => {
    const map = withSegments(await ordinaryMap(), isoSegment(isoMetadata({ flags: 0 })));
    const base = await jpeg(photograph());
    expect(await said(Buffer.concat([base, map]))).toEqual(named);
    expect(await said(Buffer.concat([base, jpegWith(map, makeProfile('RGB ', 2.2))]))).toEqual(held);
    expect(await said(Buffer.concat([base, jpegWith(map, wildProfile())]))).toEqual(named);
  });

  test('said twice, both are applied', async () => {
    const both = (first: MadeGain, second: MadeGain) => [ways[0]![1](first), ways[1]![1](second)] as const;
    expect(await said(await file(photograph(), await ordinaryMap(), ...both({}, {})))).toEqual(held);
    const little = { max: 0.26 };
    expect(await said(await file(plain(), await hiddenMap(), ...both(little, {})))).toEqual(named);
    expect(await said(await file(plain(), await hiddenMap(), ...both({}, little)))).toEqual(named);
  });

  test('one that is larger than the picture, of another shape or damaged is named', async () => {
    const [, way] = ways[0]!;
    for (const map of [
      await ordinaryMap(SIZE, 0.5),
      await jpeg(photograph({ width: 120, height: 120 }).greyscale()),
      await jpeg(photograph().toColourspace('cmyk')),
      Buffer.concat([(await ordinaryMap()).subarray(0, -1000), Buffer.from([0xff, 0xd9])]),
    ])
      expect(await said(await file(photograph(), map, way()))).toEqual(named);
    const headless = (await ordinaryMap()).fill(0x55, 2, 200);
    expect((await said(await file(photograph(), headless, way()))).leftOut).toEqual(['pictureBehind']);
  });

  test('a face that is hardly there in the picture, and that the map lifts, is named', async () => {
    const faint = photograph().greyscale().linear(0.02, 118).toColourspace('srgb');
    const [, way] = ways[0]!;
    expect(await said(await file(faint, await hiddenMap(), way({ max: 2 })))).toEqual(named);
  });

  test('so is one that a pattern hides: light where the map darkens', async () => {
    const pixels = await photograph().greyscale().raw().toBuffer();
    // A row of stripes in both, against each other: what is left is the photograph.
    const at = (i: number) => (Math.floor((i % SIZE.width) / 4) % 2 ? 1 : -1);
    const raw = { raw: { ...SIZE, channels: 1 } } as const;
    const base = sharp(Buffer.from(pixels.map((_, i) => 118 + 60 * at(i))), raw).toColourspace('srgb');
    const map = sharp(
      Buffer.from(pixels.map((value, i) => Math.min(255, Math.max(0, value / 2 + 64 - 50 * at(i))))),
      raw,
    );
    const [, way] = ways[0]!;
    expect(await said(await file(base, await jpeg(map), way()))).toEqual(named);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('it is turned as the picture is: EXIF orientation %i', async (orientation) => {
    const [, way] = ways[0]!;
    const turned = photograph().withMetadata({ orientation });
    expect(await said(await file(turned, await ordinaryMap(), way()))).toEqual(held);
  });

  test('of a large photograph it is held against the smaller picture, and a finer one against the whole', async () => {
    const size = { width: 1600, height: 1280 };
    const [, way] = ways[0]!;
    const coarse = await file(photograph(size), await ordinaryMap(size), way());
    const [reduced, whole] = [await decodeReduced(coarse), await decodeStill(coarse)];
    expect([reduced?.leftOut, reduced?.remarks]).toEqual([undefined, whole.kind === 'decoded' && whole.remarks]);
    expect(reduced?.remarks.map(({ kind }) => kind)).toEqual([HELD]);
    const hidden = await file(plain(size), await jpeg(photograph({ width: 400, height: 320 }).greyscale()), way());
    expect((await decodeReduced(hidden))?.leftOut?.map(({ kind }) => kind)).toEqual([NAMED]);
    const fine = await file(plain(size), await hiddenMap(size), way());
    expect(await decodeReduced(fine)).toBeUndefined();
    expect(await said(fine)).toEqual(named);
  });

  test.each([50, 65, 95, 200])('a coarse map of %i pixels shows a picture too', async (width) => {
    const size = { width: 1600, height: 1280 };
    const [, way] = ways[0]!;
    const map = await jpeg(photograph({ width, height: width * 0.8 }).greyscale());
    expect(await said(await file(plain(size), map, way()))).toEqual(named);
  });

  test('colours against each other, of one light, are another picture', async () => {
    const light = await photograph().greyscale().toColourspace('b-w').raw().toBuffer();
    const map = Buffer.from(
      Uint8Array.from({ length: 3 * light.length }, (_, i) => {
        const value = light[Math.floor(i / 3)]!;
        return [255 - value, 128 + 0.5 * (value - 128), 128][i % 3]!;
      }),
    );
    const coloured = await sharp(map, { raw: { ...SIZE, channels: 3 } })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const [, way] = ways[0]!;
    expect(await said(await file(plain(), coloured, way({ min: -4, max: 2 })))).toEqual(named);
  });

  test('a picture within a segment of the map, or beside it without a whole head, is named', async () => {
    const map = withSegments(await ordinaryMap(), ways[0]![1]());
    const base = await jpeg(photograph());
    const nested = withSegments(map, [4, Buffer.concat([Buffer.from('SCALADO\0'), await ordinaryMap()])]);
    expect((await said(Buffer.concat([base, nested]))).leftOut).toEqual(['firstOfPictures']);
    const stray = withSegments(await hiddenMap(), ways[0]![1]());
    const second = Buffer.concat([stray.subarray(0, 2), stray.subarray(2, 4), stray.subarray(4, 6), stray.subarray(6)]);
    const behindSegment = 4 + stray.readUInt16BE(4);
    const broken = Buffer.concat([second.subarray(0, behindSegment), Buffer.from([0]), second.subarray(behindSegment)]);
    expect((await said(Buffer.concat([base, map, broken]))).leftOut).toEqual(['pictureBehind']);
    const bytes = Buffer.from(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 127));
    expect((await said(Buffer.concat([base, bytes, map]))).leftOut).toEqual(['bytesBehind']);
  });

  test('a list that leads to the picture itself, or metadata of a map in it, are named', async () => {
    const base = await jpeg(photograph());
    expect((await said(withSegments(base, mpfSegment(0)))).leftOut).toEqual(['unknownParts']);
    expect((await said(withSegments(base, ways[0]![1]()))).leftOut).toEqual(['unknownParts']);
    expect((await said(withSegments(base, ways[1]![1]()))).leftOut).toEqual(['unknownParts']);
    // What cameras write there.
    const version = adobeXmp().replace(/ hdrgm:(GainMapM|Offset|HDRC|Gamma)\w*="[^"]*"/g, '');
    expect(version).toContain('hdrgm:Version="1.0"');
    expect((await said(withSegments(base, xmpSegment(version), isoSegment(Buffer.alloc(4))))).leftOut).toEqual([]);
  });

  test('a JPEG that is cut short is unreadable, also with a map behind it', async () => {
    const base = withSegments(
      await jpeg(photograph()),
      xmpSegment(adobeXmp().replace(/ hdrgm:(GainMapM|Offset|HDRC|Gamma)\w*="[^"]*"/g, '')),
    );
    const cut = Buffer.concat([base.subarray(0, base.length / 2), Buffer.from([0xff, 0xd9])]);
    const map = withSegments(await ordinaryMap(), ways[0]![1]());
    const list = mpfSegment(0)[1].length + 4;
    const listed = withSegments(cut, mpfSegment(cut.length - 2 + list - 8));
    for (const bytes of [cut, Buffer.concat([cut, map]), Buffer.concat([listed, map])])
      expect((await decodeStill(bytes)).kind).toBe('unreadable');
  });

  test('of more pictures than cameras write none is decoded', async () => {
    const map = withSegments(await ordinaryMap(), ways[0]![1]());
    const many = Buffer.concat([await jpeg(photograph()), ...Array.from({ length: 1000 }, () => map)]);
    const begun = performance.now();
    expect(await said(many)).toEqual({ leftOut: ['firstOfPictures'], isHeld: false });
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test('a list that leads to a picture inside a segment of the first is named; one to the picture behind is not', async () => {
    const base = await jpeg(photograph());
    const map = withSegments(await ordinaryMap(), ways[0]![1]());
    const mpfBytes = 4 + mpfSegment(0)[1].length;
    // From behind the letters of the list on: those of the segments before and the rest of it.
    const inside = withSegments(base, mpfSegment(mpfBytes - 8 + 4 + 6), [
      1,
      Buffer.concat([Buffer.from('Exif\0\0'), map]),
    ]);
    expect((await said(inside)).leftOut).toEqual(['unknownParts']);
    const behind = withSegments(base, mpfSegment(base.length - 2 + mpfBytes - 8));
    expect(await said(Buffer.concat([behind, map]))).toEqual(held);
  });
});

test('a large photograph with parts that are not known is not looked at in small, where nothing is said of them', async () => {
  const size = { width: 1600, height: 1280 };
  const base = await jpeg(photograph(size));
  expect(await decodeReduced(base)).toBeDefined();
  const unknown = withSegments(base, [7, Buffer.from('nobody knows this')]);
  expect(await decodeReduced(unknown)).toBeUndefined();
  expect((await said(unknown)).leftOut).toEqual(['unknownParts']);
});

describe('beside a HEIF or AVIF picture', () => {
  const avif = async (one: Sharp) =>
    make.codedPictureOf(await one.avif({ quality: 80, effort: 0, chromaSubsampling: '4:4:4' }).toBuffer());
  const toneMap = (gain?: MadeGain) => Buffer.concat([Buffer.from([0]), isoMetadata(gain)]);
  type Made = { base: make.CodedPicture; map: make.CodedPicture; data: Buffer; properties?: Buffer[]; of?: Buffer[] };
  /** `own`: properties of the tone map. */
  const itemsOf = ({ base, map, data, properties = [], of = [] }: Made, own: Buffer[] = []): make.MadeItem[] => [
    { id: 1, ...base, properties: [...base.properties, make.nclx(1, 13, 6, true), ...of] },
    { id: 2, ...map, hidden: true, properties: [...map.properties, make.nclx(2, 2, 6, true), ...properties] },
    { id: 3, type: 'tmap', data, properties: [make.ispe(SIZE.width, SIZE.height), ...own] },
  ];
  const file = (made: Made, more: Partial<make.MadeFile> = {}) =>
    make.makeHeif({
      ...(made.base.type === 'av01' ? { brand: 'avif', brands: ['mif1', 'avif', 'tmap'] } : {}),
      primary: 1,
      items: itemsOf(made),
      references: [{ type: 'dimg', from: 3, to: [1, 2] }],
      ...more,
    });
  const ordinary = async () => avif(sharp(await ordinaryMap()).toColourspace('b-w'));
  const hidden = async () => avif(sharp(await hiddenMap()).toColourspace('b-w'));

  test('AVIF: that of an ordinary photograph is held; a photograph over grey is named, whichever range the base is of', async () => {
    const [base, grey] = [await avif(photograph()), await avif(plain())];
    expect(await said(file({ base, map: await ordinary(), data: toneMap() }))).toEqual(held);
    expect(await said(file({ base: grey, map: await hidden(), data: toneMap() }))).toEqual(named);
    // The base is the rendering of high range: what ordinary screens show is made by the map.
    const asBase = toneMap({ baseHeadroom: 3, headroom: 0, min: -3, max: 3 });
    const negative = await avif(
      sharp(await hiddenMap())
        .negate()
        .toColourspace('b-w'),
    );
    for (const map of [await hidden(), negative])
      expect(await said(file({ base: grey, map, data: asBase }))).toEqual(named);
    expect(await said(file({ base, map: await ordinary(), data: asBase }))).toEqual(named);
  });

  test('AVIF by the same numbers: black in full, colours far from a screen’s, and colours of the tone map are named', async () => {
    const [base, light] = [
      await avif(photograph()),
      await avif(sharp({ create: { ...SIZE, channels: 3, background: '#bbb' } })),
    ];
    const dark = toneMap({ min: -0.68, max: -0.17, offset: 4, headroom: 8 });
    expect(await said(file({ base: light, map: await hidden(), data: dark }))).toEqual(named);
    const one = { base, map: await ordinary(), data: toneMap() };
    const leftOutOf = async (of: Buffer[], data = one.data, own: Buffer[] = []) =>
      (await said(file({ ...one, data, of }, { items: itemsOf({ ...one, data, of }, own) }))).leftOut;
    expect(await leftOutOf([])).toEqual([]);
    expect(await leftOutOf([make.profile(wildProfile())])).toContain(NAMED);
    const own = toneMap({ flags: 0 });
    expect(await leftOutOf([], own)).toEqual([NAMED]);
    expect(await leftOutOf([], own, [make.nclx(12, 16, 6, true)])).toEqual([]);
    expect(await leftOutOf([], own, [make.nclx(8, 16, 6, true)])).toEqual([NAMED]);
    expect(await leftOutOf([], own, [make.profile(wildProfile())])).toEqual([NAMED]);
  });

  test('what is not known of the tone map, or not made of the picture and one map, is named', async () => {
    const [base, map] = [await avif(photograph()), await ordinary()];
    const one = { base, map, data: toneMap() };
    for (const data of [
      Buffer.from([1, ...isoMetadata()]),
      Buffer.from([0]),
      toneMap({ needs: 1 }),
      toneMap({ flags: 1 }),
    ])
      expect(await said(file({ ...one, data }))).toEqual(named);
    for (const to of [[2, 1], [1, 2, 2], [1]])
      expect((await said(file(one, { references: [{ type: 'dimg', from: 3, to }] }))).leftOut).toContain(NAMED);
    // A reference from an item that is not there keeps nothing from being said.
    const dangling = { type: 'auxl', from: 9, to: [1] };
    const references = [{ type: 'dimg', from: 3, to: [1, 2] }, dangling];
    const decoded = await decodeStill(file({ ...one, base: await avif(plain()), map: await hidden() }, { references }));
    expect(decoded.kind === 'unreadable' || (decoded.leftOut ?? []).length > 0).toBe(true);
  });

  test('it is turned as the picture is, by the picture’s properties or by the same of its own; others are named', async () => {
    const [base, map] = [await avif(photograph()), await ordinary()];
    const one = { base, map, data: toneMap(), of: [make.irot(1), make.imir(0)] };
    expect(await said(file(one))).toEqual(held);
    expect(await said(file({ ...one, properties: [make.irot(1), make.imir(0)] }))).toEqual(held);
    expect(await said(file({ ...one, properties: [make.irot(3)] }))).toEqual(named);
  });

  /** Apple's map, `version` as its XMP states it. */
  const apple = (base: make.CodedPicture, map: make.CodedPicture, version?: number) =>
    make.makeHeif({
      ...(base.type === 'av01' ? { brand: 'avif', brands: ['mif1', 'avif'] } : {}),
      primary: 1,
      items: [
        { id: 1, ...base },
        { id: 2, ...map, hidden: true, properties: [...map.properties, make.auxC(APPLE_GAIN_MAP)] },
        { id: 4, type: 'mime', contentType: 'application/rdf+xml', data: Buffer.from(appleXmp(version)) },
      ],
      references: [
        { type: 'auxl', from: 2, to: [1] },
        { type: 'cdsc', from: 4, to: [2] },
      ],
    });

  test('Apple’s: that of an ordinary photograph is held; a photograph over grey, or a version that is not known, is named', async () => {
    const base = await avif(photograph());
    expect(await said(apple(base, await ordinary()))).toEqual(held);
    expect(await said(apple(await avif(plain()), await hidden()))).toEqual(named);
    expect(await said(apple(base, await ordinary(), 7))).toEqual(named);
  });

  test('HEIC is asked as AVIF is', async () => {
    const drawn = make.codedPictureOf(readFileSync(new URL('./heif/testing/drawn-444.heic', import.meta.url)));
    const one = { base: drawn, map: drawn, data: toneMap({ headroom: 1, max: 0.26 }) };
    expect(await said(file(one))).toEqual(held);
    expect(await said(apple(drawn, drawn))).toEqual(held);
    expect(await said(file({ ...one, data: toneMap({ needs: 1 }) }))).toEqual(named);
  });

  test('a second picture is one more, whatever it says to be a part of or to help, but for the first', async () => {
    const drawn = make.codedPictureOf(readFileSync(new URL('./heif/testing/drawn-444.heic', import.meta.url)));
    const two = (references: make.MadeReference[], ...more: make.MadeItem[]) =>
      make.makeHeif({ primary: 1, items: [{ id: 1, ...drawn }, { id: 2, ...drawn }, ...more], references });
    const wrapper = { id: 3, type: 'iden', data: Buffer.alloc(0) };
    for (const bytes of [
      two([]),
      two([{ type: 'dimg', from: 1, to: [2] }]),
      two([{ type: 'dimg', from: 2, to: [2] }]),
      two([{ type: 'thmb', from: 2, to: [9] }]),
      two([{ type: 'auxl', from: 2, to: [2] }]),
      two(
        [
          { type: 'dimg', from: 2, to: [3] },
          { type: 'dimg', from: 3, to: [2] },
        ],
        wrapper,
      ),
    ])
      expect((await said(bytes)).leftOut).toContain('primaryOfPictures');
    expect((await said(two([{ type: 'thmb', from: 2, to: [1] }]))).leftOut).toEqual([]);
  });

  test('depth and mattes are told and no cause; any other auxiliary picture is', async () => {
    const base = await avif(photograph());
    // The encoder writes grey in colours; the configuration is told to say what that of a phone says.
    const grey = {
      ...base,
      properties: base.properties.map((one) => {
        const own = Buffer.from(one);
        if (own.toString('latin1', 4, 8) === 'av1C') own[10]! |= 0x10;
        return own;
      }),
    };
    const withAuxiliary = (type: string, plane: make.CodedPicture = grey) =>
      make.makeHeif({
        ...{ brand: 'avif', brands: ['mif1', 'avif'], primary: 1 },
        items: [
          { id: 1, ...base },
          { id: 2, ...plane, hidden: true, properties: [...plane.properties, make.auxC(type)] },
        ],
        references: [{ type: 'auxl', from: 2, to: [1] }],
      });
    for (const type of [
      'urn:mpeg:hevc:2015:auxid:2',
      'urn:com:apple:photo:2018:aux:portraiteffectsmatte',
      'urn:com:apple:photo:2019:aux:semantichairmatte',
    ]) {
      const decoded = await decodeStill(withAuxiliary(type));
      if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
      expect(decoded.leftOut).toBeUndefined();
      expect(decoded.remarks.map(remarkWords).join()).toMatch(/not show as a picture.*(depth|matte)/);
    }
    // In colours it is a picture, whatever it is called.
    expect((await said(withAuxiliary('urn:mpeg:hevc:2015:auxid:2', base))).leftOut).toEqual(['auxiliaryPictures']);
    for (const type of ['urn:com:apple:photo:2025:aux:picture', 'depth', ''])
      expect((await said(withAuxiliary(type))).leftOut).toEqual(['auxiliaryPictures']);
  });
});

describe('smaller copies of a photograph', () => {
  const WIDE = { width: 960, height: 640 };
  const png = async (one: Sharp) => sharp(await one.png().toBuffer());
  const copy = async (how: (one: Sharp) => Sharp) => jpeg(how(await png(photograph(WIDE))));
  const black = { fit: 'contain', background: '#000' } as const;
  const SAME: [string, (one: Sharp) => Sharp][] = [
    ['smaller', (one) => one.resize(320)],
    ['with bars of black above and below', (one) => one.resize(160, 120, black)],
    ['with bars at the sides, and larger', (one) => one.resize(640, 360, black)],
    ['cut to another shape', (one) => one.resize(240, 240, { fit: 'cover' })],
    ['turned', (one) => one.resize(320).rotate(90)],
    ['in grey, darker and sharpened', (one) => one.resize(320).greyscale().linear(0.7, 0).sharpen()],
    ['very small', (one) => one.resize(80)],
  ];
  const OTHER: [string, () => Promise<Buffer>][] = [
    ['over grey', () => jpeg(photograph({ width: 320, height: 214 }))],
    ['very small', () => jpeg(photograph({ width: 80, height: 54 }))],
    ['a negative', async () => jpeg((await png(photograph({ width: 320, height: 214 }))).negate())],
  ];
  const kindsOf = async (bytes: Uint8Array) => {
    const decoded = await decodeStill(bytes);
    if (decoded.kind !== 'decoded') throw new Error(unreadableWords(decoded));
    return { leftOut: (decoded.leftOut ?? []).map(({ kind }) => kind), all: decoded.remarks.map(({ kind }) => kind) };
  };

  test.each(SAME)(
    '%s: they show nothing else, behind a JPEG, as its thumbnail and as that of an AVIF',
    async (_, how) => {
      const [whole, small] = [await jpeg(photograph(WIDE)), await copy(how)];
      expect(await kindsOf(Buffer.concat([whole, small]))).toEqual({ leftOut: [], all: ['copiesBeside'] });
      if (small.length < 60_000)
        expect(await kindsOf(withSegments(whole, thumbnailSegment(small)))).toEqual({ leftOut: [], all: [] });
      const coded = async (one: Sharp) => make.codedPictureOf(await one.avif({ quality: 80, effort: 0 }).toBuffer());
      const avif = make.makeHeif({
        ...{ brand: 'avif', brands: ['mif1', 'avif'], primary: 1 },
        items: [
          { id: 1, ...(await coded(photograph(WIDE))) },
          { id: 2, ...(await coded(sharp(small).toColourspace('srgb'))) },
        ],
        references: [{ type: 'thmb', from: 2, to: [1] }],
      });
      expect(await kindsOf(avif)).toEqual({ leftOut: [], all: [] });
    },
  );

  test.each(OTHER)('%s: another picture is named', async (name, other) => {
    const base = name === 'a negative' ? photograph(WIDE) : plain(WIDE);
    const [whole, small] = [await jpeg(base), await other()];
    expect((await kindsOf(Buffer.concat([whole, small]))).leftOut).toEqual(['firstOfPictures']);
    expect((await kindsOf(withSegments(whole, thumbnailSegment(small)))).leftOut).toEqual(['otherThumbnail']);
    const coded = async (one: Sharp) => make.codedPictureOf(await one.avif({ quality: 80, effort: 0 }).toBuffer());
    const avif = make.makeHeif({
      ...{ brand: 'avif', brands: ['mif1', 'avif'], primary: 1 },
      items: [
        { id: 1, ...(await coded(name === 'a negative' ? photograph(WIDE) : plain(WIDE))) },
        { id: 2, ...(await coded(sharp(small).toColourspace('srgb'))) },
      ],
      references: [{ type: 'thmb', from: 2, to: [1] }],
    });
    expect((await kindsOf(avif)).leftOut).toEqual(['otherThumbnail']);
  });

  test('of a large JPEG they are held against the smaller picture, and one that is larger than the picture is named', async () => {
    const size = { width: 1920, height: 1280 };
    const whole = await jpeg(photograph(size));
    const preview = await jpeg((await png(photograph(size))).resize(1440));
    const [reduced, read] = [
      await decodeReduced(Buffer.concat([whole, preview])),
      await kindsOf(Buffer.concat([whole, preview])),
    ];
    expect(reduced?.remarks.map(({ kind }) => kind)).toEqual(['copiesBeside']);
    expect(read).toEqual({ leftOut: [], all: ['copiesBeside'] });
    const other = Buffer.concat([await jpeg(plain(size)), preview]);
    expect((await decodeReduced(other))?.leftOut?.map(({ kind }) => kind)).toEqual(['firstOfPictures']);
    expect((await kindsOf(Buffer.concat([preview, whole]))).leftOut).toEqual(['firstOfPictures']);
  });

  test('what Apple calls depth or a matte behind a JPEG is told; any other type is held as a picture', async () => {
    const [whole, other] = [
      await jpeg(plain(WIDE)),
      await jpeg(photograph({ width: 320, height: 214 }).greyscale().toColourspace('b-w')),
    ];
    const behind = (type: string) =>
      kindsOf(Buffer.concat([whole, withSegments(other, xmpSegment(auxiliaryXmp(type)))]));
    expect(await behind('urn:com:apple:photo:2018:aux:portraiteffectsmatte')).toEqual({
      leftOut: [],
      all: ['planesBeside'],
    });
    for (const type of ['urn:com:apple:photo:2018:aux:picture', ''])
      expect((await behind(type)).leftOut).toEqual(['firstOfPictures']);
    const colours = withSegments(
      await jpeg(photograph({ width: 320, height: 214 })),
      xmpSegment(auxiliaryXmp('urn:com:apple:photo:2018:aux:portraiteffectsmatte')),
    );
    expect((await kindsOf(Buffer.concat([whole, colours]))).leftOut).toEqual(['firstOfPictures']);
  });
});
