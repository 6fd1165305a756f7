// Files in archives, through the opener of evidence: each is read whole and as it is, or says why it
// is not; nothing of an archive is passed over in silence, and nothing is written.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { inWords } from '../../contract/wording.ts';
import { ArchiveRefusal } from '../archives/archive-entry.ts';
import { placeOnDisk } from '../archives/place-in-archive.ts';
import { makeTar, makeZip, paxOf, type ZipEntry } from '../archives/testing/make-archive.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { leadsOut } from '../blobs/evidence-place.ts';
import { statEvidence } from '../blobs/open-place.ts';
import {
  hashEvidenceFile,
  listArchiveAt,
  lookIntoArchiveAt,
  readEvidenceFile,
  readHead,
  readPortions,
} from '../blobs/read-evidence-file.ts';
import { placeHere } from './farm/evidence-folders.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-archives-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let made = 0;
function write(bytes: Buffer, ending: string): string {
  const file = path.join(root, `${made++}.${ending}`);
  writeFileSync(file, bytes);
  return file;
}
const zip = (entries: readonly ZipEntry[], options = {}): string => write(makeZip(entries, options), 'zip');

const noise = (bytes: number, seed = 1): Buffer => {
  const all = Buffer.alloc(bytes);
  let x = seed;
  for (let i = 0; i < bytes; i++) {
    x = (x * 1103515245 + 12345) & 0x7fffffff;
    all[i] = x >> 16;
  }
  return all;
};

/** What is said of a file in an archive. */
const said = async (archive: string, name: string) => {
  const read = await readEvidenceFile(path.join(archive, name));
  return read.kind === 'read' ? read.bytes : { reason: read.reason, ...(read.message as object) };
};
const look = async (archive: string) => {
  const found = await lookIntoArchiveAt(archive);
  return found instanceof ArchiveRefusal ? found.unreadable : found;
};

const a = noise(1_200_000);
const b = noise(70_000, 2);

test('a file in a zip or tar is read, hashed, looked at and copied as if it lay on the disk', async () => {
  const files = [
    { name: 'DCIM/a.jpg', bytes: a },
    { name: 'DCIM/ünï/b.jpg', bytes: b },
    { name: 'empty', bytes: Buffer.alloc(0) },
  ];
  const archives = [
    zip(files),
    zip(files.map((one) => ({ ...one, isStored: true }))),
    write(makeTar(files), 'tar'),
    write(gzipSync(makeTar(files)), 'tar.gz'),
  ];
  for (const archive of archives) {
    expect(await listArchiveAt(archive)).toEqual(['DCIM/a.jpg', 'DCIM/ünï/b.jpg', 'empty']);
    for (const { name, bytes } of files) {
      const file = path.join(archive, name);
      expect(await readEvidenceFile(file)).toMatchObject({
        kind: 'read',
        sha256: sha256Of(bytes),
        sizeBytes: bytes.length,
      });
      expect(await hashEvidenceFile(file)).toMatchObject({ kind: 'hashed', sha256: sha256Of(bytes) });
      expect(Buffer.from(await readHead(file, 16))).toEqual(bytes.subarray(0, 16));
      expect((await statEvidence(file))?.sizeBytes).toBe(bytes.length);
      const portions: Buffer[] = [];
      for await (const portion of readPortions(file)) portions.push(portion);
      expect(Buffer.concat(portions).equals(bytes)).toBe(true);
    }
    expect(await look(archive)).toMatchObject({ files: 3, refused: 0, unlistedBytes: 0, cut: null });
    expect(await said(archive, 'DCIM/none.jpg')).toMatchObject({ reason: 'disappeared' });
    expect(await said(archive, 'DCIM')).toMatchObject({ reason: 'disappeared' });
  }
  // Nothing was unpacked.
  expect(readdirSync(root)).toHaveLength(archives.length);
});

test('what is no archive is none, and a file below it is not there', async () => {
  const plain = write(Buffer.from('PK\x03\x04 is how it begins and no more'), 'txt');
  expect(await look(plain)).toMatchObject({ message: { kind: 'archiveNotListed', problem: 'noDirectory' } });
  const text = write(a, 'bin');
  expect(await look(text)).toBeUndefined();
  expect(await listArchiveAt(text)).toEqual([]);
  expect(await said(text, 'a.jpg')).toMatchObject({ reason: 'disappeared' });
  // A photograph that was packed alone is no list of files.
  expect(await look(write(gzipSync(a), 'gz'))).toBeUndefined();
});

test('archives in archives are gone into, to a stated depth, stored and packed', async () => {
  const inner = makeZip([{ name: 'x/a.jpg', bytes: b }]);
  const third = makeZip([{ name: 'in.zip', bytes: inner }]);
  const outer = zip([
    { name: 'stored.zip', bytes: inner, isStored: true },
    { name: 'packed.zip', bytes: inner },
    { name: 'b.tar.gz', bytes: gzipSync(makeTar([{ name: 'c.jpg', bytes: a }])) },
    { name: 'deep.zip', bytes: third },
  ]);
  expect(await listArchiveAt(outer)).toEqual([
    ...['b.tar.gz', 'b.tar.gz/c.jpg', 'deep.zip', 'deep.zip/in.zip'],
    ...['packed.zip', 'packed.zip/x/a.jpg', 'stored.zip', 'stored.zip/x/a.jpg'],
  ]);
  for (const name of ['stored.zip/x/a.jpg', 'packed.zip/x/a.jpg']) expect(await said(outer, name)).toEqual(b);
  expect(await said(outer, 'b.tar.gz/c.jpg')).toEqual(a);
  expect(await look(path.join(outer, 'packed.zip'))).toMatchObject({ format: 'zip', files: 1 });
  expect(await look(path.join(outer, 'deep.zip', 'in.zip'))).toEqual({
    reason: 'tooLarge',
    message: { kind: 'archiveTooDeep', most: 2 },
  });
});

/** With an end of 64 bits, and bytes between it and what says where it lies. */
function withLongEnd(zipped: Buffer, between: Buffer): Buffer {
  const end = zipped.subarray(-22);
  const long = Buffer.alloc(56);
  long.writeUInt32LE(0x06064b50, 0);
  long.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) long.writeBigUInt64LE(BigInt(end.readUInt16LE(10)), at);
  long.writeBigUInt64LE(BigInt(end.readUInt32LE(12)), 40);
  long.writeBigUInt64LE(BigInt(end.readUInt32LE(16)), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(zipped.length - 22), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([zipped.subarray(0, -22), long, between, locator, end]);
}

describe('a zip that is not as it should be', () => {
  const problem = (of: string) => ({ kind: 'archiveEntry', problem: of });
  const good = { name: 'good.jpg', bytes: b };
  /** The good file is read whatever is wrong with the other, which has its row. */
  const expectRefused = async (archive: string, name: string, why: object): Promise<void> => {
    expect(await listArchiveAt(archive)).toEqual(expect.arrayContaining(['good.jpg', name]));
    expect(await said(archive, name)).toMatchObject(why);
    expect(await said(archive, 'good.jpg')).toEqual(b);
    expect(await statEvidence(path.join(archive, name))).toBeUndefined();
    expect(await look(archive)).toMatchObject({ refused: 1 });
  };

  test('names an encrypted entry and one packed in an unknown way', async () => {
    await expectRefused(zip([{ name: 'a', bytes: a, flags: 0x801 }, good]), 'a', problem('encrypted'));
    const strong = zip([{ name: 'a', bytes: a, flags: 0x841 }, good]);
    await expectRefused(strong, 'a', { reason: 'unsupportedFormat', ...problem('encrypted') });
    const other = (local: Buffer, listed: Buffer) => [local.writeUInt16LE(14, 8), listed.writeUInt16LE(14, 10)];
    await expectRefused(zip([{ name: 'a', bytes: a, tamper: other }, good]), 'a', {
      kind: 'archiveMethod',
      method: 14,
    });
  });

  test('follows no name out of it, and writes such a name so that it leads nowhere', async () => {
    const archive = zip([{ name: '../../etc/passwd', bytes: a }, good, { name: '/abs/./x//y.jpg', bytes: b }]);
    await expectRefused(archive, '\\x2e\\x2e/\\x2e\\x2e/etc/passwd', problem('leadsOut'));
    expect(await said(archive, 'abs/x/y.jpg')).toEqual(b);
    expect(await listArchiveAt(zip([{ name: 'a\0b\n.jpg', bytes: b }]))).toEqual(['a\\x00b\\x0a.jpg']);
  });

  test('names entries that lie over each other or the directory', async () => {
    const twice = zip([good, { name: 'good2', at: 0, tamper: () => {} }, { name: 'c', bytes: a }]);
    expect(await said(twice, 'good2')).toMatchObject(problem('overlaps'));
    expect(await said(twice, 'good.jpg')).toMatchObject(problem('overlaps'));
    expect(await said(twice, 'c')).toEqual(a);
    const long = (local: Buffer, listed: Buffer) => [local.writeUInt32LE(1e6, 18), listed.writeUInt32LE(1e6, 20)];
    expect(await said(zip([good, { name: 'a', bytes: a.subarray(0, 99), tamper: long }]), 'a')).toMatchObject(
      problem('overlaps'),
    );
  });

  test('names one whose two headers say different things', async () => {
    const tampers: Record<string, ZipEntry['tamper']> = {
      crc: (local) => local.writeUInt32LE(1, 14),
      size: (local) => local.writeUInt32LE(1, 22),
      method: (local) => local.writeUInt16LE(0, 8),
      signature: (local) => local.writeUInt32LE(0, 0),
      encrypted: (local) => local.writeUInt16LE(0x801, 6),
    };
    for (const tamper of Object.values(tampers))
      await expectRefused(
        zip([good, { name: 'a', bytes: a, ...(tamper && { tamper }) }]),
        'a',
        problem('headersDiffer'),
      );
    const renamed = makeZip([{ name: 'benign.txt', bytes: a }, good]);
    renamed.write('secret.jpg', 30);
    await expectRefused(write(renamed, 'zip'), 'benign.txt', problem('headersDiffer'));
  });

  test('reads no byte beyond what is stated, and none of another checksum', async () => {
    const both = (at: number, value: number) => (local: Buffer, listed: Buffer) => {
      local.writeUInt32LE(value, at);
      listed.writeUInt32LE(value, at + 2);
    };
    const read = async (tamper: ZipEntry['tamper']) =>
      said(zip([{ name: 'a', bytes: a, ...(tamper && { tamper }) }]), 'a');
    expect(await read(both(22, a.length - 1))).toMatchObject(problem('otherSize'));
    expect(await read(both(22, a.length + 1))).toMatchObject(problem('otherSize'));
    expect(await read(both(14, 12345))).toMatchObject(problem('checksum'));
    for (const behind of [b, Buffer.concat([a, a, a])])
      expect(await said(zip([{ name: 'a', bytes: b, behind }]), 'a')).toMatchObject(problem('otherSize'));
    const broken = makeZip([{ name: 'a', bytes: a }]);
    broken.fill(0xff, 40, 2000);
    expect(await said(write(broken, 'zip'), 'a')).toMatchObject(problem('damaged'));
  });

  test('unpacks no bomb: neither one file, nor all together, nor one inside another', async () => {
    const bomb = (local: Buffer, listed: Buffer) => [local.writeUInt32LE(3e8, 22), listed.writeUInt32LE(3e8, 24)];
    const one = zip([{ name: 'bomb', bytes: b, tamper: bomb }, good]);
    await expectRefused(one, 'bomb', { reason: 'tooLarge', kind: 'archiveRatio', bytes: 3e8, most: 200 });
    const large = (local: Buffer, listed: Buffer) => [
      local.writeUInt32LE(2 ** 28, 22),
      listed.writeUInt32LE(2 ** 28, 24),
    ];
    const many = Array.from({ length: 80 }, (_, i) => ({ name: `${i}`, bytes: b, tamper: large }));
    const all = zip(many);
    expect(await look(all)).toMatchObject({
      reason: 'tooLarge',
      message: { kind: 'archiveTotal', bytes: 80 * 2 ** 28 },
    });
    expect(await listArchiveAt(all)).toEqual([]);
    const zeros = gzipSync(Buffer.alloc(2 ** 26), { level: 1 });
    const tar = gzipSync(makeTar([{ name: 'x', bytes: b }], false));
    const held = write(Buffer.concat([tar, ...Array<Buffer>(8).fill(zeros)]), 'tar.gz');
    expect(await look(held)).toMatchObject({ message: { kind: 'archiveHeld' } });
  });

  test('keeps files of one name apart, and one that others lie below', async () => {
    const archive = zip([
      good,
      { name: 'x.jpg', bytes: a },
      { name: './x.jpg', bytes: b },
      { name: 'x.jpg/y', bytes: b },
    ]);
    expect(await listArchiveAt(archive)).toEqual(['good.jpg', 'x.jpg (entry 2)', 'x.jpg (entry 3)', 'x.jpg/y']);
    expect(await said(archive, 'x.jpg (entry 2)')).toEqual(a);
    expect(await said(archive, 'x.jpg (entry 3)')).toEqual(b);
    expect(await said(archive, 'x.jpg/y')).toEqual(b);
  });

  test('is no way to a link, a device or a pipe', async () => {
    for (const mode of [0o120777, 0o010644, 0o020644]) {
      const tamper = (_: Buffer, listed: Buffer) => listed.writeUInt32LE((mode << 16) >>> 0, 38);
      await expectRefused(
        zip([{ name: 'link', bytes: Buffer.from('/etc/passwd'), tamper }, good]),
        'link',
        problem('notRegular'),
      );
    }
  });

  test('says what of it no list speaks of, and where the list breaks off', async () => {
    expect(await look(zip([good], { between: a }))).toMatchObject({ files: 1, unlistedBytes: a.length, cut: null });
    expect(await look(zip([good], { count: 3 }))).toMatchObject({ files: 1, cut: 'otherCount' });
    const whole = makeZip([good, { name: 'z', bytes: a }]);
    expect(await look(write(Buffer.concat([whole, b.subarray(9)]), 'zip'))).toMatchObject({ reason: 'truncated' });
    expect(await look(write(Buffer.concat([whole, b.subarray(0, 999)]), 'zip'))).toMatchObject({
      files: 2,
      unlistedBytes: 999,
    });
    expect(await look(write(whole.subarray(0, -30), 'zip'))).toMatchObject({ reason: 'truncated' });
    const damaged = Buffer.from(whole);
    damaged.writeUInt32LE(0, damaged.lastIndexOf(Buffer.from('PK\x01\x02')));
    const broken = write(damaged, 'zip');
    expect(await look(broken)).toMatchObject({ files: 1, cut: 'damaged' });
    expect(await said(broken, 'good.jpg')).toEqual(b);
  });

  test('that programs could read by one directory or another is not gone into', async () => {
    const problemOf = async (bytes: Buffer) => {
      const archive = write(bytes, 'zip');
      expect(await listArchiveAt(archive)).toEqual([]);
      return ((await look(archive)) as { message: { problem: string } }).message.problem;
    };
    const end = makeZip([{ name: 'other.jpg', bytes: b }]).subarray(-22);
    expect(await problemOf(makeZip([good], { comment: end }))).toBe('twoDirectories');
    expect(await problemOf(makeZip([good], { comment: Buffer.concat([end, Buffer.from('!')]) }))).toBe(
      'twoDirectories',
    );
    // Of one that states a longer comment than there is, some programs take what there is.
    const long = Buffer.from(end);
    long.writeUInt16LE(0xffff, 20);
    expect(await problemOf(makeZip([good], { comment: long }))).toBe('twoDirectories');
    const whole = makeZip([good]);
    // Some look for the longer end right before its locator, others where that leads.
    expect(await problemOf(withLongEnd(whole, Buffer.alloc(60)))).toBe('otherPlace');
    expect(await listArchiveAt(write(withLongEnd(whole, Buffer.alloc(0)), 'zip'))).toEqual(['good.jpg']);
    const apart = Buffer.concat([whole.subarray(0, -22), Buffer.alloc(60), whole.subarray(-22)]);
    expect(await problemOf(apart)).toBe('otherPlace');
    const parts = Buffer.from(whole);
    parts.writeUInt16LE(2, parts.length - 18);
    expect(await problemOf(parts)).toBe('severalParts');
    // One of an archive that lies stored in this one, at its end, is none of its own.
    const outer = zip([{ name: 'in.zip', bytes: makeZip([{ name: 'x', bytes: b.subarray(0, 99) }]), isStored: true }]);
    expect(await listArchiveAt(outer)).toEqual(['in.zip', 'in.zip/x']);
  });
});

describe('a tar', () => {
  test('has long names, in each of the ways they are written', async () => {
    const long = `${'folder/'.repeat(30)}a.jpg`;
    const archive = makeTar([
      paxOf('path', long),
      { name: 'short', bytes: a },
      { name: 'L', kind: 'L', bytes: Buffer.from(`${long}2\0`) },
      { name: 'x', bytes: b },
    ]);
    const file = write(archive, 'tar');
    expect(await listArchiveAt(file)).toEqual([long, `${long}2`]);
    expect(await said(file, long)).toEqual(a);
    expect(await said(file, `${long}2`)).toEqual(b);
  });

  test('gives links, pipes and files with holes their rows, and none for folders', async () => {
    const entries = [
      { name: 'd/', kind: '5' },
      ...['1', '2', '3', '4', '6'].map((kind) => ({ name: `link${kind}`, kind })),
      { name: 'holes', kind: 'S', bytes: b },
      { name: '../up.jpg', bytes: b },
      { name: './good.jpg', bytes: a },
    ];
    const file = write(makeTar(entries), 'tar');
    expect(await look(file)).toMatchObject({ files: 8, refused: 7, cut: null, unlistedBytes: 0 });
    expect(await said(file, 'link6')).toMatchObject({ reason: 'notARegularFile', problem: 'notRegular' });
    expect(await said(file, 'holes')).toMatchObject({ problem: 'sparse' });
    expect(await said(file, 'good.jpg')).toEqual(a);
  });

  test('that is cut short or damaged gives what is whole, and says so', async () => {
    const whole = makeTar([
      { name: 'a', bytes: a },
      { name: 'b', bytes: b },
    ]);
    const cut = write(whole.subarray(0, 512 + a.length + 2000), 'tar');
    expect(await look(cut)).toMatchObject({ cut: 'ends' });
    expect(await said(cut, 'a')).toEqual(a);
    expect(await said(cut, 'b')).toMatchObject({ problem: 'cut' });
    const damaged = Buffer.from(whole);
    damaged.fill(0x41, 512 + Math.ceil(a.length / 512) * 512, 512 + Math.ceil(a.length / 512) * 512 + 100);
    expect(await look(write(damaged, 'tar'))).toMatchObject({ files: 1, cut: 'damaged' });
    expect(await look(write(Buffer.concat([whole, makeTar([{ name: 'c', bytes: b }])]), 'tar'))).toMatchObject({
      files: 2,
      unlistedBytes: expect.any(Number),
    });
    const gz = gzipSync(whole, { level: 0 });
    const behind = write(Buffer.concat([gz, Buffer.alloc(1), b]), 'tar.gz');
    expect(await look(behind)).toMatchObject({ files: 2, cut: null, unlistedBytes: b.length + 1 });
    expect(await said(behind, 'b')).toEqual(b);
    const half = write(gz.subarray(0, -b.length), 'tar.gz');
    expect(await look(half)).toMatchObject({ cut: 'damaged' });
    expect(await said(half, 'a')).toEqual(a);
  });
});

test('what other programs make files of in a tar is listed, and where they differ on where one ends the list breaks off', async () => {
  const last = { name: 'good.jpg', bytes: b };
  for (const kind of ['V', 'D']) {
    const file = write(makeTar([{ name: 'secret.jpg', bytes: a, kind }, last]), 'tar');
    expect(await listArchiveAt(file)).toEqual(['good.jpg', 'secret.jpg']);
    expect(await said(file, 'secret.jpg')).toEqual(a);
    expect(await listArchiveAt(write(makeTar([{ name: 'label', kind }, last]), 'tar'))).toEqual(['good.jpg']);
  }
  const note = { name: 'note.txt', bytes: Buffer.from('five.') };
  for (const before of [{ ...paxOf('size', '2048'), kind: 'g' }, paxOf('size', '2048'), paxOf('size', '0x5')])
    expect(await look(write(makeTar([before, note, last]), 'tar'))).toMatchObject({ files: 0, cut: 'damaged' });
  const link = { name: 'link', bytes: Buffer.from('size'), kind: '2' };
  expect(await look(write(makeTar([link, last]), 'tar'))).toMatchObject({ files: 0, cut: 'damaged' });
  expect(await look(write(makeTar([paxOf('size', '5'), note, last]), 'tar'))).toMatchObject({ files: 2, cut: null });
});

test('a name that no path can be is shortened, and its file is not read', async () => {
  const names = [`${'f/'.repeat(101)}a.jpg`, 'x'.repeat(5000), `${'g/'.repeat(100)}b.jpg`];
  const archive = write(makeTar(names.flatMap((name) => [paxOf('path', name), { name: 'short', bytes: b }])), 'tar');
  const listed = await listArchiveAt(archive);
  expect(listed).toHaveLength(3);
  expect(Math.max(...listed.map((one) => one.length))).toBeLessThan(300);
  for (const name of listed.filter((one) => one.includes('…')))
    expect(await said(archive, name)).toMatchObject({ problem: 'longName' });
  expect(await said(archive, names[2]!)).toEqual(b);
  expect(await look(archive)).toMatchObject({ refused: 2 });
});

test('an archive behind a link leads out of a folder as any file does', async () => {
  const outside = path.join(root, 'outside');
  const folder = path.join(root, 'folder');
  mkdirSync(outside);
  mkdirSync(folder);
  writeFileSync(path.join(outside, 'o.zip'), makeZip([{ name: 'a.jpg', bytes: a }]));
  writeFileSync(path.join(folder, 'i.zip'), makeZip([{ name: 'a.jpg', bytes: a }]));
  symlinkSync(path.join(outside, 'o.zip'), path.join(folder, 'link.zip'));
  expect(leadsOut(folder, path.join(folder, 'link.zip', 'a.jpg'))).toBe(true);
  expect(leadsOut(folder, path.join(folder, 'i.zip', 'a.jpg'))).toBe(false);
  const folders = [{ there: folder, here: folder }];
  expect(await placeHere(folders, path.join(folder, 'link.zip', 'a.jpg'))).toBeUndefined();
  expect(await placeHere(folders, path.join(folder, 'i.zip', 'a.jpg'))).toBe(path.join(folder, 'i.zip', 'a.jpg'));
  expect(placeOnDisk(path.join(folder, 'i.zip', 'x', 'a.jpg'))).toBe(path.join(folder, 'i.zip'));
  expect(placeOnDisk(path.join(folder, 'none', 'a.jpg'))).toBe(path.join(folder, 'none', 'a.jpg'));
});

test('every reason has its sentence', async () => {
  const archive = zip(
    [
      { name: 'a', bytes: a, flags: 0x801 },
      { name: 'b', bytes: b },
    ],
    { between: b },
  );
  const found = await lookIntoArchiveAt(archive);
  expect(
    inWords({ kind: 'unreadable', reason: 'archive', message: { kind: 'archive', ...found } } as never),
  ).toMatchObject({
    message:
      'It is a zip archive, and no picture itself. Its 2 files have rows of their own; the bytes of 1 of them are not read, each with its reason. 140000 bytes of it belong to no file it lists and were not looked at.',
  });
});
