// MP4 files of a few kilobytes whose tables announce more samples than there is memory: refused in
// our own look, before FFmpeg's.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { inWords } from '../../../contract/wording.ts';
import { lookAtTables } from './mp4-tables.ts';
import { fragmentedFilm, type Tables, tabledFilm } from './testing/tabled-film.ts';
import { createVideoDecoder } from './video-decoder.ts';

/** In words. */
const findImpossibleTable = (file: string): string | undefined => {
  const why = lookAtTables(file).impossible;
  return why && unreadableWords({ reason: 'corrupt', message: why });
};

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-tables-'));
const file = path.join(root, 'film.mp4');
afterAll(() => rmSync(root, { recursive: true, force: true }));

const written = (bytes: Uint8Array): string => {
  writeFileSync(file, bytes);
  return file;
};
const MANY = 80_000_000;

test('eighty million samples in ten kilobytes are an impossible index, and the video process is never asked for them', async () => {
  written(
    tabledFilm([
      { stsz: MANY, stts: MANY },
      { stsz: MANY, stts: MANY },
    ]),
  );
  expect(statSync(file).size).toBeLessThan(12_000);
  const decoder = createVideoDecoder();
  try {
    const answer = await decoder.describe(file);
    expect(inWords(answer)).toMatchObject({
      kind: 'unreadable',
      reason: 'corrupt',
      message: expect.stringContaining('impossible'),
    });
  } finally {
    await decoder.close();
  }
});

test.each<[string, Tables[]]>([
  ['sizes of one track', [{ stsz: MANY }]],
  ['times of one track', [{ stsz: 3, stts: MANY }]],
  ['differences of times', [{ stsz: 3, ctts: MANY }]],
  ['sizes of forty tracks together', Array.from({ length: 40 }, () => ({ stsz: 5000 }))],
])('%s', (_, tables) => {
  expect(findImpossibleTable(written(tabledFilm(tables)))).toContain('samples');
});

const box = (type: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};

test('a broken box before the tables hides them no more than it does from FFmpeg; a packed index is none', () => {
  const film = Buffer.from(tabledFilm([{ stsz: MANY }]));
  const at = film.indexOf('moov', 0, 'latin1') - 4;
  const moov = film.subarray(at, at + film.readUInt32BE(at));
  const broken = box('edts', Buffer.from([0, 0, 0, 3, 0x65, 0x6c, 0x73, 0x74]));
  const behind = box('moov', Buffer.concat([broken, moov.subarray(8)]));
  expect(findImpossibleTable(written(Buffer.concat([film.subarray(0, at), behind])))).toContain('samples');
  const packed = box('moov', box('cmov', Buffer.alloc(24)));
  expect(findImpossibleTable(written(Buffer.concat([box('ftyp', Buffer.from('isom')), packed])))).toContain('cmov');
});

test.each(['dinf', 'tref', 'udta', 'wave', 'sinf', 'schi', 'ilst', 'ipco'])(
  'tables in a %s are looked at, since FFmpeg looks there',
  (container) => {
    const film = Buffer.from(tabledFilm([{ stsz: MANY }]));
    const at = film.indexOf('stbl', 0, 'latin1') - 4;
    const stbl = film.subarray(at, at + film.readUInt32BE(at));
    const hidden = box('moov', box('trak', box(container, stbl)));
    expect(findImpossibleTable(written(Buffer.concat([box('ftyp', Buffer.from('isom')), hidden])))).toContain(
      'samples',
    );
    const outermost = Buffer.concat([box('ftyp', Buffer.from('isom')), box(container, stbl)]);
    expect(findImpossibleTable(written(outermost))).toContain('samples');
  },
);

test('tables in a box of metadata, with or without a version before it, and in the description of samples', () => {
  const table = box('stsz', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0]));
  const hdlr = box('hdlr', Buffer.alloc(24));
  for (const before of [Buffer.alloc(0), Buffer.alloc(4)]) {
    const meta = box('meta', Buffer.concat([before, hdlr, box('stbl', table)]));
    expect(findImpossibleTable(written(Buffer.concat([box('ftyp', Buffer.from('isom')), meta])))).toContain('samples');
  }
  const stsd = box('stsd', Buffer.concat([Buffer.alloc(8), box('mp4v', Buffer.concat([Buffer.alloc(78), table]))]));
  const film = Buffer.concat([box('ftyp', Buffer.from('isom')), box('moov', box('trak', stsd))]);
  expect(findImpossibleTable(written(film))).toContain('samples');
});

test('runs of a fragment, in one and in many', () => {
  expect(findImpossibleTable(written(fragmentedFilm([MANY])))).toContain('trun');
  expect(findImpossibleTable(written(fragmentedFilm(Array.from({ length: 100 }, () => 1000))))).toContain('trun');
});

test('tables that fit, files of another kind, and files cut anywhere give no complaint and no exception', () => {
  const whole = tabledFilm([{ stsz: 40, stts: 40, ctts: 40 }]);
  expect(findImpossibleTable(written(whole))).toBeUndefined();
  expect(findImpossibleTable(written(fragmentedFilm([5, 5, 5])))).toBeUndefined();
  expect(findImpossibleTable(written(Buffer.from('RIFF....AVI LIST')))).toBeUndefined();
  for (let length = 0; length < whole.length; length += 13)
    expect(findImpossibleTable(written(whole.subarray(0, length))) ?? '').not.toContain('NaN');
});

test('boxes within boxes without end, and lengths of nothing, are walked once', () => {
  const nested = Buffer.concat(
    Array.from({ length: 2000 }, (_, n) => Buffer.concat([sized(8 * (2000 - n)), Buffer.from('moov')])),
  );
  expect(findImpossibleTable(written(nested))).toBeUndefined();
  expect(
    findImpossibleTable(written(Buffer.concat([sized(0), Buffer.from('moov'), sized(0), Buffer.from('trak')]))),
  ).toBeUndefined();
  expect(
    findImpossibleTable(written(Buffer.concat([sized(16), Buffer.from('moov'), sized(1), Buffer.from('trak')]))),
  ).toBeUndefined();
});

function sized(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}
