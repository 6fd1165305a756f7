import { expect, test } from 'vitest';
import { emptyWords } from './empty-words.ts';

test('while a scan is at work or paused, Faces says so and leads to it; nothing is said to be unscanned', () => {
  const atWork = { title: 'A scan is at work, and no file is examined yet', action: 'See the scan' };
  expect(emptyWords(0, [{ state: 'queued' }])).toEqual(atWork);
  expect(emptyWords(4, [{ state: 'paused' }, { state: 'running' }])).toEqual(atWork);
  expect(emptyWords(4, [{ state: 'paused' }]).title).toBe('A scan is paused, and no file is examined yet');
  expect(emptyWords(1, [])).toEqual({ title: '1 file is added and not examined yet', action: 'Scan files' });
  expect(emptyWords(0, []).title).toBe('Nothing has been scanned yet');
});
