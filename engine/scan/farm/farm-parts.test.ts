// The parts of a farm that need no server: addresses, folders, passports, messages.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { EvidenceId, Sha256 } from '../../../contract/brand.ts';
import type { FarmMessage, FarmPassport } from '../../../contract/farm.ts';
import { folderFromText, placeHere } from './evidence-folders.ts';
import { decodeMessage, encodeMessage } from './message-bytes.ts';
import { refusalFrom } from './passport.ts';
import { connectionOptions, splitAddress } from './queue-address.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-farm-parts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('an address is split into what may be shown and what may not', () => {
  const { queue, credentials } = splitAddress({ address: 'rediss://lab:p%40ss@queue.lab:7000/2' });
  expect(queue).toEqual({ address: 'rediss://queue.lab:7000/2' });
  expect(credentials).toEqual({ username: 'lab', password: 'p@ss' });
  expect(connectionOptions(queue, credentials)).toMatchObject({
    ...{ host: 'queue.lab', port: 7000, db: 2, username: 'lab', password: 'p@ss' },
    tls: { servername: 'queue.lab' },
  });
  expect(splitAddress({ address: 'redis://[::1]' }).queue.address).toBe('redis://[::1]:6379/0');
});

test('an address that cannot be used is refused without being repeated', () => {
  for (const address of [
    'redis://:secret@',
    'http://:secret@queue',
    'redis://:secret@queue/x',
    'redis://:se%zzcret@queue',
  ])
    expect(() => splitAddress({ address }), address).toThrow(/^(?!.*secret).*(expected|address)/);
});

test('a worker reads below its folders and nowhere else, not by name and not behind a link', async () => {
  const here = path.join(root, 'share');
  mkdirSync(path.join(here, 'a'), { recursive: true });
  writeFileSync(path.join(here, 'a', '1.jpg'), '1');
  writeFileSync(path.join(root, 'outside.jpg'), '2');
  symlinkSync(path.join(root, 'outside.jpg'), path.join(here, 'link.jpg'));
  const folders = [folderFromText(`/case/evidence/=${here}`), folderFromText(`D:\\Evidence=${here}`)];
  expect(await placeHere(folders, '/case/evidence/a/1.jpg')).toBe(path.join(here, 'a', '1.jpg'));
  expect(await placeHere(folders, 'D:\\Evidence\\a\\1.jpg')).toBe(path.join(here, 'a', '1.jpg'));
  for (const file of [
    '/case/evidence2/a/1.jpg',
    '/etc/passwd',
    '/case/evidence/../../outside.jpg',
    '/case/evidence/link.jpg',
  ])
    expect(await placeHere(folders, file), file).toBeUndefined();
});

test('a passport that differs is refused with every difference, one that does not is not', () => {
  const own: FarmPassport = {
    ...{ appVersion: '1.0.0', pipelineVersion: 1 },
    modelId: 'a'.repeat(64) as Sha256,
    finderSha256: 'b'.repeat(64) as Sha256,
  };
  expect(refusalFrom(own, { ...own })).toBeUndefined();
  const refusal = refusalFrom({ ...own, pipelineVersion: 2, modelId: 'c'.repeat(64) as Sha256 }, own);
  expect(refusal).toContain('version of the pipeline: 2 is wanted, 1 is here');
  expect(refusal).toContain('model (SHA-256 of its weights): cccccccccccc is wanted, aaaaaaaaaaaa is here');
});

const message: FarmMessage = {
  kind: 'notDone',
  scan: '0'.repeat(24),
  evidenceId: 1 as EvidenceId,
  sha256: 'd'.repeat(64) as Sha256,
  worker: 'w',
  sentence: 'Größe',
};

test('a message comes back with its pictures, and bytes that are none are refused', () => {
  const pictures = [new Uint8Array([1, 2, 3]), new Uint8Array(), new Uint8Array([4])];
  const bytes = encodeMessage(message, pictures);
  const decoded = decodeMessage(bytes);
  expect(decoded.message).toEqual(message);
  expect(decoded.pictures.map((one) => [...one])).toEqual([[1, 2, 3], [], [4]]);
  for (const wrong of [
    Buffer.alloc(0),
    Buffer.from('PING'),
    bytes.subarray(0, -1),
    Buffer.concat([bytes, Buffer.alloc(1)]),
  ])
    expect(() => decodeMessage(wrong)).toThrow();
  expect(() => decodeMessage(encodeMessage({ ...message, kind: 'still' } as never, []))).toThrow();
  // Not even its length is believed where there is more of it than any worker sends.
  expect(() => decodeMessage(encodeMessage(message, [new Uint8Array(2 ** 25)]))).toThrow(/are the most/);
});
