import { expect, test } from 'vitest';
import { createKeyGuard, DEAF_MS } from './key-guard.ts';

function guarded() {
  let now = 1000;
  const guard = createKeyGuard(() => now);
  const at = (ms: number): boolean => {
    now = 1000 + ms;
    return guard.hears();
  };
  return { guard, at };
}

test('keys at review speed pressed before and just after the dialog was drawn are not heard; the first after a pause is', () => {
  const { at } = guarded();
  expect([at(0), at(120), at(400), at(DEAF_MS + 100), at(DEAF_MS + 300)]).toEqual([false, false, false, false, false]);
  expect(at(DEAF_MS + 600)).toBe(true);
});

test('without any key it hears after its time, and from then on every key however fast', () => {
  const { guard, at } = guarded();
  expect(guard.remaining()).toBe(DEAF_MS);
  expect([at(DEAF_MS), at(DEAF_MS + 1), at(DEAF_MS + 2)]).toEqual([true, true, true]);
  expect(guard.remaining()).toBe(0);
});

test('a hand that never stops is heard in the end', () => {
  const { at } = guarded();
  const heard = Array.from({ length: 60 }, (_, i) => at(50 * i));
  expect(heard.indexOf(true) * 50).toBe(2000);
});
