// What a validation on labelled files is made of: the faces that a scan would show to the network,
// and no others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DomainReason } from '../../contract/domain.ts';
import type { Passport } from '../../contract/model.ts';
import { DEFAULT_SAMPLING } from '../../contract/video.ts';
import type { SetDeps } from '../datasets/faces-of-set.ts';
import { decodeStill } from '../media/decode-still.ts';
import { encodeRgbPng } from '../media/encode-png.ts';
import type { FoundFace } from '../media/find-faces.ts';
import { facesFromSet } from './faces-from-set.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-faces-from-set-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SIDE = 160;
const passport = { cropRecipe: 'square-1.3', inputPx: 64 } as Passport;

const faceAt = (width: number, height: number, finderScore: number): FoundFace => ({
  box: { x: 10, y: 10, width, height },
  finderScore,
  foundAtRotation: 0,
  landmarks: Array.from({ length: 68 }, (_, i) => ({ x: 10 + (i % 8) * 4, y: 10 + Math.floor(i / 8) * 4 })),
});

/** What becomes of one picture in which `found` is found. */
async function outcomeOf(found: FoundFace[], beyondDomain: DomainReason[] = []): Promise<string> {
  const file = path.join(root, 'one.png');
  const pixels = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => Math.imul(i ^ (i >>> 5), 0x9e3779b1) >>> 24);
  writeFileSync(file, await encodeRgbPng(pixels, SIDE, SIDE));
  const deps: SetDeps = {
    decode: async (bytes) => ({ ...(await decodeStill(bytes)), ...(beyondDomain.length > 0 ? { beyondDomain } : {}) }),
    findFaces: async () => found,
    video: undefined as never,
    sampling: DEFAULT_SAMPLING,
  };
  const labelled = { path: file, relativePath: 'one.png', label: 0, source: 'a', split: 'test', strata: {} } as const;
  const all: string[] = [];
  for await (const one of facesFromSet([labelled], deps, passport, { minimumFacePx: 40, stability: false }))
    all.push(one.kind === 'face' ? `${one.strata['face size']}` : one.reason);
  expect(all).toHaveLength(1);
  return all[0]!;
}

test('a face that a scan scores is validated on, the largest of those found', async () => {
  expect(await outcomeOf([faceAt(50, 60, 0.99), faceAt(100, 100, 0.98)])).toBe(' 96-127 px');
});

test('a face that no scan scores is none of the set: too small, hardly a face, in a picture beyond every domain', async () => {
  expect(await outcomeOf([faceAt(30, 36, 0.99)])).toBe('face too small');
  expect(await outcomeOf([faceAt(100, 100, 0.52)])).toBe('not clearly a face, or a picture that no scan scores');
  expect(await outcomeOf([faceAt(40, 100, 0.99)])).toBe('not clearly a face, or a picture that no scan scores');
  expect(await outcomeOf([faceAt(100, 100, 0.99)], [{ kind: 'otherRange', curve: 'PQ' }])).toBe(
    'not clearly a face, or a picture that no scan scores',
  );
});
