// What is told of a process's standard error. That nothing of it is shown:
// engine/compute/devices.test.ts.
import { expect, test } from 'vitest';
import { createStderrTail } from './stderr-tail.ts';

const told = (...chunks: (string | Uint8Array)[]): string => {
  const words = createStderrTail();
  for (const chunk of chunks) words.hear(chunk);
  return words.text();
};

test('the last lines are told, each once, without frames of a stack and control characters', () => {
  expect(told('')).toBe('');
  expect(told('one\ntwo\n  at init (/src/a.cpp:12)\ntwo\n', '\u001b[31mthree\u001b[0m\n')).toBe('one two three');
  expect(told('1\n2\n3\n4\n5\n6\n')).toBe('3 4 5 6');
});

test('a character cut in two by a pipe is whole again, and no more than the end of a flood is kept', () => {
  const bytes = new TextEncoder().encode('драйвер');
  expect(told(bytes.subarray(0, 3), bytes.subarray(3))).toBe('драйвер');
  expect(told('x'.repeat(100_000), 'end').length).toBe(400);
  expect(told('x'.repeat(100_000), 'end')).toMatch(/xend$/);
});
