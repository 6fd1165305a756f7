// Work that comes one after the other.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSerialQueue } from './serial-queue.ts';

test('work begins when the work before it has settled, in the order it was asked for', async () => {
  const queue = createSerialQueue();
  const seen: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await nextTurn();
    seen.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([queue(work('a')), queue(work('b'))])).toEqual(['a', 'b']);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a failure reaches its own caller alone, and what waits behind it goes on', async () => {
  const queue = createSerialQueue();
  const failed = queue(() => Promise.reject(new Error('no')));
  const after = queue(() => 'yes');
  await expect(failed).rejects.toThrow('no');
  expect(await after).toBe('yes');
});
