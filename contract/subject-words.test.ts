import { expect, test } from 'vitest';
import { subjectWords } from './subject-words.ts';

test('of two faces of one file it is told which, and of a film when', () => {
  expect(subjectWords({ shownPath: 'one/a.jpg', faceIndex: 0 })).toBe('one/a.jpg, face 1');
  expect(subjectWords({ shownPath: 'one/a.jpg', faceIndex: 1, timeMs: null })).toBe('one/a.jpg, face 2');
  expect(subjectWords({ shownPath: 'a.mp4', faceIndex: 0, timeMs: 65_500 })).toBe('a.mp4, face 1 at 1:05.500');
  expect(subjectWords({ shownPath: 'a.mp4', timeMs: 500 })).toBe('a.mp4, the face at 0:00.500');
  expect(subjectWords({ shownPath: 'a.mp4', faceIndex: null, trackIndex: 2 })).toBe('a.mp4, track 3');
  const span = { scan: 2, fromMs: 500, toMs: 65_500 };
  expect(subjectWords({ shownPath: 'a.mp4', trackIndex: 2, span })).toBe(
    'a.mp4, track 3 of scan 2 (0:00.500 to 1:05.500)',
  );
  expect(subjectWords({ shownPath: 'a.mp4' })).toBe('a.mp4, the whole file');
});
