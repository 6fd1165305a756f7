// What steps come to: nothing that an examiner had in hand is changed by a proposal, each step is taken
// back by itself, and no number is used twice.
import { expect, test } from 'vitest';
import type { FaceGroupId, FaceId, Sha256 } from '../../../contract/brand.ts';
import type { KeptStep } from './groups-file.ts';
import { standingGroups } from './standing-groups.ts';

const by = { at: '2026-03-01T00:00:00.000Z', who: 'Anna' };
const id = (n: number): FaceGroupId => n as FaceGroupId;
const ids = (...faces: number[]): FaceId[] => faces as FaceId[];
const proposed = (first: number, ...groups: number[][]): KeptStep => ({
  kind: 'proposed',
  ...by,
  ...{ within: 0.45, minimumFacePx: 40, minimumSharpness: 20, compared: 9, tooSmall: 1, blurred: 0 },
  embeddingsSha256: '0'.repeat(64) as Sha256,
  first: id(first),
  groups: groups.map((faces) => ids(...faces)),
});
const named = (group: number, name: string): KeptStep => ({ kind: 'named', ...by, group: id(group), name });
const undone: KeptStep = { kind: 'undone', ...by };

/** `2 Anna: 1 4`, a line each. */
const said = (...steps: KeptStep[]): string[] =>
  [...standingGroups(steps).groups.values()].map(
    ({ id: n, name, faces, byExaminer }) => `${n}${byExaminer ? '*' : ''}${name ? ` ${name}` : ''}: ${faces.join(' ')}`,
  );

const first = proposed(1, [1, 2, 3], [4, 5], [6, 7]);

test('a later proposal makes the untouched groups anew and leaves the others as they are', () => {
  const steps = [first, named(2, 'B'), proposed(4, [1, 2], [3, 5, 8], [4, 9, 10])];
  expect(said(...steps)).toEqual(['2* B: 4 5', '4: 1 2', '5: 3 8', '6: 9 10']);
  expect(standingGroups(steps)).toMatchObject({ next: 7, proposal: { compared: 9, tooSmall: 1 }, last: undefined });
  // Of whom only one is left, there is no group.
  expect(said(first, named(2, 'B'), proposed(4, [4, 5, 1]))).toEqual(['2* B: 4 5']);
});

test('groups are joined under the name of the one that stays, or the first that has one', () => {
  const merged: KeptStep = { kind: 'merged', ...by, group: id(3), groups: [id(1), id(2)] };
  expect(said(first, merged)).toEqual(['3*: 1 2 3 4 5 6 7']);
  expect(said(first, named(2, 'B'), merged)).toEqual(['3* B: 1 2 3 4 5 6 7']);
  expect(said(first, named(2, 'B'), named(3, 'C'), merged)).toEqual(['3* C: 1 2 3 4 5 6 7']);
});

test('faces are split off, taken out, and put in from wherever they are; a group without a face is none', () => {
  const split: KeptStep = { kind: 'split', ...by, group: id(1), faces: ids(2, 3), as: id(4) };
  expect(said(first, split)).toEqual(['1*: 1', '2: 4 5', '3: 6 7', '4*: 2 3']);
  const out: KeptStep = { kind: 'takenOut', ...by, group: id(2), faces: ids(4, 5) };
  expect(said(first, out)).toEqual(['1: 1 2 3', '3: 6 7']);
  const added: KeptStep = { kind: 'added', ...by, group: id(1), faces: ids(4, 6, 9) };
  expect(said(first, added)).toEqual(['1*: 1 2 3 4 6 9', '2: 5', '3: 7']);
  expect(standingGroups([first, added]).groupOf.get(ids(6)[0]!)).toBe(1);
});

test('a step is taken back whole, the one before it next, and never a proposal; its number stays used', () => {
  const split: KeptStep = { kind: 'split', ...by, group: id(1), faces: ids(3), as: id(4) };
  const steps = [first, named(1, 'A'), split];
  expect(standingGroups(steps).last).toEqual({ action: 'group.split', who: 'Anna' });
  expect(said(...steps, undone)).toEqual(said(first, named(1, 'A')));
  expect(said(...steps, undone, undone)).toEqual(said(first));
  expect(said(...steps, undone, undone, undone)).toEqual(said(first));
  expect(standingGroups([...steps, undone])).toMatchObject({ next: 5, last: { action: 'group.named' } });
  expect(standingGroups([...steps, undone, undone]).last).toBeUndefined();
});
