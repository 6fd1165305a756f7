// Held to Pillow and PyTorch (fixtures/resized.json, by testing/resize_reference.py).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { resizeRules } from './resize-rules.ts';
import type { RgbImage } from './rgb-image.ts';

/** The picture of the reference, number by number. */
function picture(widthPx: number, heightPx: number): RgbImage {
  const value = (i: number): number => {
    const noise = Math.imul(i + 1, 2654435761) >>> 24;
    const at = Math.floor(i / 3);
    const steps = (Math.floor((at % widthPx) / 5) * 37 + Math.floor(Math.floor(at / widthPx) / 4) * 83) % 256;
    return Math.floor((noise * 3 + steps * 5) / 8) % 256;
  };
  return { widthPx, heightPx, data: Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => value(i)) };
}

type Reference = { rule: string; from: [number, number]; to: [number, number]; bytes: string };
const references: Reference[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'fixtures/resized.json'), 'utf8'),
);

test.each(references.map((one) => [one.rule, one.from.join('x'), one.to.join('x'), one] as const))(
  '%s, %s to %s: the bytes are the reference’s',
  (rule, _from, _to, { from, to, bytes }) => {
    const resized = resizeRules.get(rule)!(picture(...from), ...to);
    expect([resized.widthPx, resized.heightPx]).toEqual(to);
    const wanted = Buffer.from(bytes, 'base64');
    expect(wanted.length).toBe(to[0] * to[1] * 3);
    // Pillow reckons in whole numbers, as we do. PyTorch does not: a value that lies halfway between
    // two bytes falls to either side by the last bit of a float.
    const apart = [...resized.data].map((value, i) => Math.abs(value - wanted[i]!)).filter((one) => one > 0);
    const [most, count] = rule === 'bilinear-no-antialias' ? [1, wanted.length / 100] : [0, 0];
    expect(Math.max(0, ...apart)).toBeLessThanOrEqual(most);
    expect(apart.length).toBeLessThanOrEqual(count);
  },
);

test('every rule has its reference, and no two of them give the same bytes', () => {
  expect(new Set(references.map(({ rule }) => rule))).toEqual(new Set(resizeRules.keys()));
  const shrunk = [...resizeRules.values()].map((rule) =>
    Buffer.from(rule(picture(61, 47), 24, 24).data).toString('hex'),
  );
  expect(new Set(shrunk).size).toBe(resizeRules.size);
});
