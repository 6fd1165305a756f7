// A file's time of change is finer than a record of it, and both ways of recording it are known.
import { expect, test } from 'vitest';
import { isTimeOfChange, timeOfChange } from './time-of-change.ts';

const at = (ns: bigint) => ({ mtimeNs: 1_790_000_000_000_000_000n + ns });

test('a time is cut, and one that was rounded is the same', () => {
  expect(timeOfChange(at(533_736_929n))).toBe('2026-09-21T14:13:20.533Z');
  expect(timeOfChange(at(999_999_999n))).toBe('2026-09-21T14:13:20.999Z');
  for (const same of ['2026-09-21T14:13:20.533Z', '2026-09-21T14:13:20.534Z'])
    expect(isTimeOfChange(same, at(533_736_929n))).toBe(true);
  for (const other of ['2026-09-21T14:13:20.532Z', '2026-09-21T14:13:20.535Z', null])
    expect(isTimeOfChange(other, at(533_736_929n))).toBe(false);
  expect(isTimeOfChange('2026-09-21T14:13:20.534Z', at(533_436_929n))).toBe(false);
});
