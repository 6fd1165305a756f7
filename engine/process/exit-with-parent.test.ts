// A child process of the workstation and the signals that go to every process of its group: a real
// process, real signals.
import { expect, test } from 'vitest';
import { createSupervisedChild } from './supervised-child.ts';

test('Ctrl+C and a stopped service end no child before its parent is done with it', async () => {
  const child = createSupervisedChild<object, { kind: string }>({
    entry: new URL('../media/decode-process.ts', import.meta.url),
    name: 'decode',
    timeoutMs: 120_000,
  });
  try {
    const ask = () => child.call({ kind: 'decode', bytes: new TextEncoder().encode('no picture') });
    expect(await ask()).toMatchObject({ kind: 'unreadable' });
    const { pid } = child;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.kill(pid!, signal);
      expect(await ask()).toMatchObject({ kind: 'unreadable' });
      expect(child.pid).toBe(pid);
    }
  } finally {
    await child.close();
  }
});
