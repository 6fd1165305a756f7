import { expect, test } from 'vitest';
import { reasonWords } from '../../contract/wording.ts';
import { faceDoubts } from './face-doubts.ts';

const found = (x: number, y: number, width: number, height: number, finderScore: number) => ({
  box: { x, y, width, height },
  finderScore,
});

test('a flat box on chin and neck is no face, whatever the network would say of it', () => {
  const all = [found(100, 100, 300, 380, 0.99), found(60, 420, 386, 109, 0.516)];
  expect(faceDoubts(all, 0)).toEqual([]);
  expect(faceDoubts(all, 1).map(reasonWords)).toEqual([
    'the box is 386 × 109 px, which is not the shape of a face',
    'the face finder is hardly sure that it is a face (0.52)',
    'it overlaps a face that the finder is surer of, and may be a part of that head',
  ]);
});

test('boxes of one head: the surest is its face, those that share much of their area with it are not', () => {
  const all = [found(0, 0, 200, 240, 0.8), found(60, 100, 200, 220, 0.7), found(500, 0, 200, 240, 0.7)];
  expect([0, 1, 2].map((i) => faceDoubts(all, i).length)).toEqual([0, 1, 0]);
});

test('two sure faces close to one another are both faces, and so is one turned to the side', () => {
  const all = [found(0, 0, 200, 240, 0.99), found(110, 20, 200, 240, 0.93), found(600, 0, 120, 220, 0.95)];
  expect([0, 1, 2].flatMap((i) => faceDoubts(all, i))).toEqual([]);
});
