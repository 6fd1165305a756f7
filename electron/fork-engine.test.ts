// What the main process does when V8 ends one of its processes: a real process of the stand-in for
// Electron, ended as V8 ends it.
import { expect, test, vi } from 'vitest';

vi.mock('electron', async () => ({
  ...(await import('../e2e/electron-stand-in/ports.ts')),
  ...(await import('../e2e/electron-stand-in/utility-process.ts')),
}));

const { forkEngine } = await import('./fork-engine.ts');

test('an engine that V8 ends is an engine that ended: the main process hears of both and throws nothing', async () => {
  const engine = forkEngine();
  const written = vi.spyOn(console, 'error').mockImplementation(() => {});
  const ended = new Promise<string>((resolve) => engine.onExit(resolve));
  await vi.waitFor(() => expect(engine.pid).toBeDefined());
  process.kill(engine.pid!, 'SIGABRT');
  expect(await ended).toMatch(/^exit code/);
  expect(written).toHaveBeenCalledWith('The engine process was ended by V8 (FatalError, somewhere in V8).');
  written.mockRestore();
});
