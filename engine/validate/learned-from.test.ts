// A model knows the faces that it learned; figures on them say nothing of others.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { learnedFrom } from './learned-from.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-learned-'));
const at = (...names: string[]): string => path.join(root, ...names);
mkdirSync(at('set', 'part'), { recursive: true });
mkdirSync(at('settled'));
symlinkSync(at('set'), at('link'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['the folder itself, all of it', at('set'), 'all', true],
  ['its training part', at('set'), 'training', true],
  ['its validation part, which was kept back', at('set'), 'validation', false],
  ['its test part, which was kept back', at('set'), 'test', false],
  ['by another name', at('link'), 'all', true],
  ['a folder in it, whose splits fall otherwise', at('set', 'part'), 'validation', true],
  ['the folder around it', root, 'test', true],
  ['one whose name begins alike', at('settled'), 'all', false],
  ['one that is gone', at('gone'), 'all', false],
] as const)('%s', async (_, folder, split, learned) => {
  expect(await learnedFrom({ trainedOn: [at('set')] }, [{ folder, split }])).toEqual(learned ? [folder] : []);
});

test('a model that learned nothing here is asked nothing', async () => {
  expect(await learnedFrom({}, [{ folder: root, split: 'all' }])).toEqual([]);
});
