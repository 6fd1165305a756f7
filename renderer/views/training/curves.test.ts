import { expect, test } from 'vitest';
import type { CurvePoint } from '../../../contract/training.ts';
import { withPoint } from '../../data/training.ts';
import { curvesOf, figureText } from './curves.ts';

const training = (step: number, loss: number, auc: number | null = 0.5): CurvePoint => ({
  kind: 'training',
  ...{ step, loss, auc, classification: loss / 2, reconstruction: 0.4, metric: 1, accuracy: 0.5, learningRate: 1e-4 },
});
const validation = (step: number, loss: number, difference: number | null = 0.1): CurvePoint => ({
  kind: 'validation',
  ...{ step, loss, difference, accuracy: 0.6, auc: 0.7, faces: 8 },
});

const POINTS = [validation(0, 0.8), training(10, 0.9), training(20, 0.7, null), validation(20, 0.5, null)];
const byTitle = (title: string) => curvesOf(POINTS, 0.5).curves.find((one) => one.title.startsWith(title))!;

test('training and validation share the steps, each where it has a figure', () => {
  expect(curvesOf(POINTS, 0.5).steps).toEqual([0, 10, 20]);
  const [entropy, validated, whole] = byTitle('Loss').lines;
  expect(entropy!.values).toEqual([null, 0.45, 0.35]);
  expect(validated!.values).toEqual([0.8, null, 0.5]);
  expect(whole!.values).toEqual([null, 0.9, 0.7]);
  expect(byTitle('AUC').lines[0]!.values).toEqual([null, 0.5, null]);
});

test('both reconstructions are mean differences between 0 and 1', () => {
  const [trained, validated] = byTitle('Reconstruction').lines;
  expect(trained!.values).toEqual([null, 0.2, 0.2]);
  expect(validated!.values).toEqual([0.1, null, null]);
});

test('every curve is said in words, with its latest figures', () => {
  expect(byTitle('Loss').words).toBe(
    'Loss by step: training cross-entropy 0.350 at step 20, validation cross-entropy 0.500 at step 20, whole loss 0.700 at step 20',
  );
  expect(byTitle('Learning rate').words).toContain('1.0e-4');
  expect(curvesOf([], 0.5).curves[0]!.words).toBe('Loss by step: nothing yet');
  expect(figureText(0)).toBe('0.000');
});

test('a start far above the rest is said, not drawn', () => {
  const far = curvesOf([validation(0, 680), training(10, 0.9)], 0.5).curves[0]!;
  expect(far).toMatchObject({ note: 'Step 0: 680.000, above the picture.' });
  expect(far.yRange![1]).toBeCloseTo(0.99);
  expect(byTitle('Loss').note).toBeUndefined();
  expect(curvesOf([validation(0, 680)], 0.5).curves[0]!.yRange).toBeUndefined();
});

test('a step that is done again replaces its point', () => {
  expect(withPoint(POINTS, training(20, 0.6))).toHaveLength(4);
  expect(withPoint(POINTS, training(20, 0.6)).at(-1)).toMatchObject({ loss: 0.6 });
  expect(withPoint(POINTS, training(30, 0.6))).toHaveLength(5);
});
