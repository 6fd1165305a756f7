// Main and preload, as they are built, over the stand-in for Electron: the window opens, talks to
// the engine, survives its death, and may not do what docs/security.md says it may not.
// @module-tag chromium
// @module-tag ps
import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call as callFromPage } from './harness/call.ts';
import { launch } from './harness/launch.ts';
import { pictureOf } from './harness/picture-of.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'recce-desktop-'));
let workstation: LaunchedWorkstation;
const violations: string[] = [];

beforeAll(async () => {
  workstation = await launch({ home, case: path.join(home, 'nowhere') }, 'standIn');
  workstation.page.on('console', (message) => {
    if (message.type() === 'error') violations.push(message.text());
  });
});
afterAll(() => workstation?.close());

const call = (procedure: string, input?: unknown, what: 'engine' | 'shell' = 'engine') =>
  callFromPage(workstation.page, procedure, input, what);

test('the window opens on its own scheme and reaches the engine over a port', async () => {
  expect(new URL(workstation.page.url()).host).toBe('recce.app.invalid');
  expect(await call('app/info')).toMatchObject({ name: 'Recce Workstation' });
});

test('a case that was named on the command line and is not there is said in the window', async () => {
  const banner = workstation.page.getByRole('alert').filter({ hasText: 'was not opened' });
  await banner.waitFor();
  const words = await banner.textContent();
  const nowhere = path.join(home, 'nowhere');
  expect(words).toBe(`The case was not opened. There is no case in this folder. ${nowhere}: it has no case.sqlite.`);
  await pictureOf(workstation.page, 'not-opened');
});

test('native dialogs answer over a port of their own, and give nothing when they are dismissed', async () => {
  await workstation.answerDialog('/evidence');
  expect(await call('chooseFolder', { title: 'Add evidence' }, 'shell')).toEqual(['/evidence']);
  expect(await call('chooseFolder', { title: 'Add evidence' }, 'shell')).toEqual([]);
});

test('an engine that is killed is replaced, with its case open', async () => {
  const folder = path.join(home, 'case');
  await call('case/create', { folder, title: 'Kept' });
  const before = await workstation.pidOf('engine');
  process.kill(before!, 'SIGKILL');
  expect(await call('case/current')).toMatchObject({ folder, title: 'Kept' });
  expect(await workstation.pidOf('engine')).not.toBe(before);
  await expect.poll(() => workstation.page.getByRole('alert').filter({ hasText: 'was not opened' }).count()).toBe(0);
});

test('compute and decode are processes of their own, and each may be killed', async () => {
  const failing = async () => {
    const checks = (await call('app/doctor')) as { name: string; ok: boolean }[];
    return checks.filter((one) => !one.ok);
  };
  expect(await failing()).toEqual([]);
  for (const name of ['compute', 'decode'] as const) {
    const pid = await workstation.pidOf(name);
    expect(pid, name).toBeTypeOf('number');
    process.kill(pid!, 'SIGKILL');
    // What was asked in the moment of its death may fail; what is asked after it does not.
    await expect.poll(failing, { timeout: 180_000 }).toEqual([]);
    expect(await workstation.pidOf(name)).not.toBe(pid);
  }
});

describe('security', () => {
  const inPage = <T>(run: () => T | Promise<T>) => workstation.page.evaluate(run);

  test('the page sees one frozen bridge, nothing of Electron or Node (items 2, 3, 20)', async () => {
    const seen = await inPage(() => {
      const { recce } = window as unknown as { recce: object };
      const node = ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'];
      return { keys: Object.keys(recce), frozen: Object.isFrozen(recce), node: node.filter((name) => name in window) };
    });
    expect(seen).toEqual({ keys: ['pathOf'], frozen: true, node: [] });
  });

  test('nothing but the page and pictures can be fetched (item 1)', async () => {
    for (const address of ['https://example.com/', 'http://127.0.0.1:1/', 'file:///etc/passwd'])
      expect(
        await workstation.page.evaluate(
          (a) =>
            fetch(a, { mode: 'no-cors' }).then(
              () => 'fetched',
              () => 'refused',
            ),
          address,
        ),
      ).toBe('refused');
  });

  test('no script runs that is not a file of the window (item 7)', async () => {
    const ran = await inPage(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.inline = true';
      document.head.append(script);
      setTimeout('window.evaluated = true', 0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { inline: 'inline' in window, evaluated: 'evaluated' in window };
    });
    expect(ran).toEqual({ inline: false, evaluated: false });
  });

  test('the window cannot be led away (item 13)', async () => {
    const before = workstation.page.url();
    await inPage(() => {
      location.href = 'https://example.com/';
    });
    await workstation.page.waitForTimeout(300);
    expect(workstation.page.url()).toBe(before);
    expect(await call('app/info')).toMatchObject({ name: 'Recce Workstation' });
  });

  test('no second window opens (item 14)', async () => {
    await inPage(() => void window.open('https://example.com/'));
    await workstation.page.waitForTimeout(500);
    await expect.poll(() => workstation.page.context().pages().length).toBe(1);
  });

  test('a frame inside the page gets no port (item 17)', async () => {
    const answered = await inPage(
      () =>
        new Promise((resolve) => {
          const frame = document.createElement('iframe');
          document.body.append(frame);
          window.addEventListener('message', ({ data }) => resolve(data));
          frame.contentWindow!.postMessage('recce-connect:engine:frame', '*');
          setTimeout(() => resolve('nothing'), 500);
        }),
    );
    expect(answered).toBe('nothing');
  });

  test('pictures are had by id alone, and only by the window’s own page (item 18)', async () => {
    const statuses = await inPage(async () => {
      const at = (address: string) => fetch(address).then((one) => one.status);
      const origin = 'https://case.evidence.invalid';
      return [await at(`${origin}/picture/crop/1`), await at(`${origin}/etc/passwd`), await at('/../package.json')];
    });
    expect(statuses).toEqual([404, 403, 404]);
  });
});

test('a second instance ends by itself', async () => {
  mkdirSync(path.join(home, 'second'));
  await expect(
    launch({ home: path.join(home, 'second') }, 'standIn', { RECCE_STAND_IN_SECOND_INSTANCE: '1' }),
  ).rejects.toThrow('main ended with 0');
});
