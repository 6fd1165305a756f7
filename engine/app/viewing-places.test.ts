// Where evidence was found for a case is that case's alone: places that are kept for another one, or
// for another case in its folder, are not used.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { readPlaces, writePlaces } from './viewing-places.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'recce-places-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('places are given back to the case they were found for, and to no other', async () => {
  const seen = { folder: path.join(home, 'case'), first: 'a'.repeat(64) };
  const places = new Map([
    ['c'.repeat(64) as Sha256, { path: '/evidence/1.jpg', modifiedAt: '2026-01-01T00:00:00.000Z' }],
  ]);
  await writePlaces(home, seen, places);
  expect(await readPlaces(home, seen)).toEqual(places);
  for (const other of [
    { ...seen, folder: path.join(home, 'copy') },
    { ...seen, first: 'b'.repeat(64) },
    { ...seen, first: null },
  ])
    expect(await readPlaces(home, other)).toEqual(new Map());
  // What is found for another one takes nothing away either.
  await writePlaces(home, { ...seen, first: 'b'.repeat(64) }, new Map());
  expect(await readPlaces(home, seen)).toEqual(places);
});
