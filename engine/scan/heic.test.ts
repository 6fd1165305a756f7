// A HEIC photograph through the engine's own door: the same kind of rows as any other photograph
// has, with the decoder that made them, and made again bit by bit. A case holds photographs of both
// decoders.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../contract/finding.ts';
import { remarkWords } from '../../contract/remark-words.ts';
import { inWords } from '../../contract/wording.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { drawnFile } from '../media/heif/testing/drawn-picture.ts';
import { codeByFfmpeg, irot, makeHeif, nclx, singlePicture } from '../media/heif/testing/make-heif.ts';
import { hasFfmpeg } from '../media/video/testing/make-media.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('heic');
const media = path.join(root, 'media');
let client: Client;
let found: Finding[];

const rowsOf = (name: string): Finding[] => found.filter((one) => one.relativePath === name);
const parametersOf = async (name: string) =>
  (await client.finding.inspect({ verdictId: rowsOf(name)[0]!.verdictId })).parameters;

/**
 * One face, and the same coded by H.265, lying on its side with the property that turns it upright.
 */
async function makePortrait(): Promise<void> {
  const sample = sharp(samplePhotograph(3));
  const portrait = path.join(media, 'portrait.png');
  await sample.extract({ left: 480, top: 250, width: 500, height: 620 }).resize(300, 372).png().toFile(portrait);
  if (!hasFfmpeg) return;
  const full = 'scale=out_color_matrix=smpte170m:out_range=full,format=yuv444p,transpose=2';
  const coded = codeByFfmpeg(['-i', portrait, '-vf', full], [372, 300], path.join(root, 'coded.mp4'), 'crf=4');
  writeFileSync(path.join(media, 'phone.HEIC'), singlePicture(coded, [nclx(1, 13, 6, true), irot(3)]));
}

beforeAll(async () => {
  mkdirSync(media);
  await makePortrait();
  writeFileSync(path.join(media, 'drawn.heic'), drawnFile('drawn-10-bit'));
  writeFileSync(path.join(media, 'cut.heic'), drawnFile('drawn-8-bit').subarray(0, 900));
  const jpeg = { id: 1, type: 'jpeg', data: Buffer.from('not read') };
  writeFileSync(path.join(media, 'jpeg-inside.heif'), makeHeif({ primary: 1, items: [jpeg] }));
  copyFileSync(path.join(media, 'drawn.heic'), path.join(media, 'really-heic.jpg'));
  ({ client } = await start());
  await client.case.create({ folder: path.join(root, 'case'), title: 'H', reference: '' });
  expect(await scan(client, [media])).toBe('done');
  found = await findingsOf(client);
});

test('a HEIC without a face says so, with its remarks, its type and its decoder', async () => {
  expect(rowsOf('drawn.heic').map((one) => one.kind)).toEqual(['noFace']);
  const { rows } = await client.evidence.list({});
  const drawn = rows.find((one) => one.relativePath === 'drawn.heic')!;
  expect(drawn.mediaType).toBe('image/heic');
  expect(inWords(drawn.state)).toMatchObject({
    ...{ kind: 'read', widthPx: 96, heightPx: 64, remarks: ['Converted from 10-bit samples'] },
  });
  const named = rows.find((one) => one.relativePath === 'really-heic.jpg')!;
  expect(named.state.kind === 'read' && remarkWords(named.state.remarks[0]!)).toMatch(
    /ending does not fit the content/,
  );
  expect((await parametersOf('drawn.heic'))?.decoder).toMatch(/^FFmpeg .*libavcodec .*; libvips /);
  expect((await parametersOf('portrait.png'))?.decoder).toMatch(/^libvips /);
  const metadata = await client.evidence.metadata({ id: drawn.id });
  expect(metadata.kind === 'read' && metadata.groups.map((one) => one.group)).toContain('HEIF');
});

test('one that is cut short, or coded otherwise, has its row and its reason', () => {
  expect(rowsOf('cut.heic')).toMatchObject([
    { kind: 'unreadable', score: null, unscored: { kind: 'unreadable', reason: 'truncated' } },
  ]);
  const [inside, ...none] = rowsOf('jpeg-inside.heif');
  expect([none, inside]).toMatchObject([[], { kind: 'unreadable', score: null }]);
  expect(inWords(inside!.unscored!)).toMatchObject({
    reason: 'codecMissing',
    message: expect.stringContaining('JPEG-coded inside HEIF'),
  });
});

test('a face in a HEIC is found and judged as in the PNG it was made of', { tags: ['ffmpeg'] }, () => {
  const [png, ...more] = rowsOf('portrait.png');
  const [heic, ...others] = rowsOf('phone.HEIC');
  expect([more, others]).toEqual([[], []]);
  expect(heic!.kind).toBe(png!.kind);
  for (const side of ['x', 'y', 'width', 'height'] as const)
    expect(Math.abs(heic!.box![side] - png!.box![side])).toBeLessThan(3);
  expect(heic!.cropSha256).not.toBeNull();
});

test('every verdict comes out again, bit by bit', async () => {
  const { id } = await client.rerun.start({});
  expect(await ended(client, id)).toBe('done');
  const { rows } = await client.rerun.read({ jobId: id });
  expect(rows).toHaveLength(found.length);
  expect(rows.filter((one) => one.result !== 'identical')).toEqual([]);
  expect(rows.flatMap((one) => one.environment)).toEqual([]);
});
