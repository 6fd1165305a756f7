import { expect, test } from 'vitest';
import { FIT, fitScale, pan, pixelAt, settle, zoomAt, zoomStep } from './view-transform.ts';

const picture = { width: 128, height: 64 };
const pane = { width: 512, height: 512 };

test('fitting shows the whole picture in the middle', () => {
  expect(fitScale(picture, pane)).toBe(4);
  expect(settle(FIT, picture, pane)).toEqual({ x: 64, y: 32, scale: 4 });
  expect(pixelAt(FIT, picture, pane, { x: 0, y: 128 })).toEqual({ x: 0, y: 0 });
  expect(pixelAt(FIT, picture, pane, { x: 511, y: 383 })).toEqual({ x: 127, y: 63 });
  expect(pixelAt(FIT, picture, pane, { x: 256, y: 100 })).toBeNull();
});

test('zooming keeps the pixel under the pointer', () => {
  const at = { x: 300, y: 200 };
  let view = FIT;
  const under = pixelAt(view, picture, pane, at);
  for (const factor of [1.5, 2, 1.25, 0.7, 3]) {
    view = zoomAt(view, picture, pane, factor, at);
    expect(pixelAt(view, picture, pane, at)).toEqual(under);
  }
});

test('steps go up to the largest scale and down to the whole picture', () => {
  let view = FIT;
  for (let i = 0; i < 20; i++) view = zoomStep(view, picture, pane, 1);
  expect(view.scale).toBe(64);
  for (let i = 0; i < 20; i++) view = zoomStep(view, picture, pane, -1);
  expect(settle(view, picture, pane).scale).toBeLessThanOrEqual(4);
});

test('the picture cannot be dragged out of sight', () => {
  const far = pan({ x: 64, y: 32, scale: 8 }, picture, pane, -1e6, 1e6);
  expect(far).toEqual({ x: 128, y: 0, scale: 8 });
});
