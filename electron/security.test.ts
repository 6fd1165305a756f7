// Electron's security checklist, the items that are settings and handlers; what a page can be seen
// to be refused is in e2e/desktop.test.ts. docs/security.md names the test of every item.
import { EventEmitter } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import electronBuilder from '../build/electron-builder.ts';

const { app, ipcMain, Session, calls } = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  const { Session } = await import('../e2e/electron-stand-in/session.ts');
  const calls: string[] = [];
  const log = (name: string) => () => void calls.push(name);
  const app = Object.assign(new Emitter(), {
    commandLine: { appendSwitch: (name: string, value = '') => void calls.push(`switch ${name} ${value}`.trim()) },
    enableSandbox: log('enableSandbox'),
    requestSingleInstanceLock: () => {
      calls.push('requestSingleInstanceLock');
      return false;
    },
    quit: log('quit'),
  });
  return { app, ipcMain: new Emitter(), Session, calls };
});

vi.mock('electron', () => ({
  app,
  ipcMain,
  protocol: { registerSchemesAsPrivileged: () => calls.push('registerSchemes') },
  webContents: { getAllWebContents: () => [] },
  MessageChannelMain: class {
    port1 = Object.assign(new EventEmitter(), { start: () => {}, postMessage: () => {} });
    port2 = new EventEmitter();
  },
  BrowserWindow: class {},
  Menu: {},
  dialog: {},
  nativeTheme: {},
  session: {},
  shell: {},
  utilityProcess: {},
}));

const { lockContents, lockSession, WEB_PREFERENCES } = await import('./lock-down.ts');
const { handOutPorts } = await import('./hand-out-ports.ts');

const root = path.resolve(import.meta.dirname, '..');
const sources = globSync(['electron/**/*.ts', 'renderer/**/*.{ts,tsx,html}'], { cwd: root }).filter(
  (file) => !file.includes('.test.'),
);
const mentions = (pattern: RegExp) =>
  sources.filter((file) => pattern.test(readFileSync(path.join(root, file), 'utf8')));

/** An event of Electron's that can be prevented; true when it was. */
function isPrevented(emitter: EventEmitter, name: string, details: object = {}): boolean {
  const event = { ...details, preventDefault: vi.fn() };
  emitter.emit(name, event);
  return event.preventDefault.mock.calls.length > 0;
}

function newContents() {
  let open: ((details: { url: string }) => { action: string }) | undefined;
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: typeof open) => {
      open = handler;
    },
  });
  app.emit('web-contents-created', {}, contents);
  return { contents, open: (url: string) => open!({ url }) };
}

beforeAll(() => lockContents());

test('every window is sandboxed and isolated, without Node and without exceptions (items 2, 3, 4, 6, 8, 9, 10, 11)', () => {
  expect(WEB_PREFERENCES).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    enableBlinkFeatures: '',
    webviewTag: false,
    spellcheck: false,
  });
  expect(mentions(/new BrowserWindow\(/)).toEqual(['electron/window.ts']);
  expect(readFileSync(path.join(root, 'electron/window.ts'), 'utf8')).toContain('...WEB_PREFERENCES');
});

test('before it is ready, main silences Chromium, sandboxes everything, and a second instance ends (items 4, 18)', async () => {
  await import('./main.ts');
  expect(calls).toEqual([
    'switch disable-background-networking',
    'switch disable-component-update',
    'switch no-pings',
    'switch disable-domain-reliability',
    'switch host-resolver-rules MAP * ~NOTFOUND',
    'switch force-webrtc-ip-handling-policy disable_non_proxied_udp',
    'registerSchemes',
    'enableSandbox',
    'requestSingleInstanceLock',
    'quit',
  ]);
});

test('no permission is granted and nothing is downloaded (item 5)', () => {
  const session = new Session('recce');
  lockSession(session as never);
  for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal'])
    session.permissionRequest(undefined, permission, (granted) => expect(granted, permission).toBe(false));
  expect(session.permissionCheck()).toBe(false);
  expect(session.devicePermission()).toBe(false);
  expect(isPrevented(session, 'will-download')).toBe(true);
});

test('only the two schemes of ours are ever asked for (item 1)', () => {
  const session = new Session('recce');
  lockSession(session as never);
  const cancels = (url: string) => {
    let cancelled: boolean | undefined;
    session.beforeRequest({ url }, ({ cancel }) => {
      cancelled = cancel;
    });
    return cancelled;
  };
  for (const url of ['http://a/', 'https://a/', 'ws://a/', 'file:///etc/passwd', 'ftp://a/', 'chrome://gpu'])
    expect(cancels(url), url).toBe(true);
  for (const url of ['app://recce/index.html', 'evidence://case/picture/crop/1', 'blob:x'])
    expect(cancels(url), url).toBe(false);
});

test('no web contents may be led away (item 13)', () => {
  const { contents } = newContents();
  for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
    for (const url of ['https://a/', 'file:///x', 'app://recce.evil/', 'app://other/', 'data:text/html,x'])
      expect(isPrevented(contents, name, { url }), `${name} ${url}`).toBe(true);
    expect(isPrevented(contents, name, { url: 'app://recce/index.html' })).toBe(false);
  }
});

test('no window opens from a page, and no webview is attached (items 11, 12, 14)', () => {
  const { contents, open } = newContents();
  expect(open('app://recce/index.html')).toEqual({ action: 'deny' });
  expect(isPrevented(contents, 'will-attach-webview')).toBe(true);
});

test('no source opens addresses outside, embeds a webview, writes HTML, or runs text as a script (items 7, 11, 15)', () => {
  expect(mentions(/openExternal|<webview|allowpopups/)).toEqual([]);
  expect(mentions(/dangerouslySetInnerHTML|\.innerHTML|\beval\(|new Function\(|executeJavaScript/)).toEqual([]);
});

test('Electron is pinned to one exact version of the supported line (item 16)', () => {
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Number(devDependencies.electron.split('.')[0])).toBeGreaterThanOrEqual(45);
});

test('a port is handed to the main frame of our own page and to no one else (item 17)', async () => {
  const connect = vi.fn(async () => new EventEmitter());
  handOutPorts({ connect, onRestart: () => {} } as never, {} as never);
  const frameAt = (url: string) => ({ url, isDestroyed: () => false, postMessage: vi.fn() });
  const ask = async (senderFrame: ReturnType<typeof frameAt> | null, mainFrame: unknown, what: unknown) => {
    ipcMain.emit('recce-connect', { senderFrame, sender: { mainFrame, isDestroyed: () => false } }, what, 'request-1');
    await new Promise((resolve) => setTimeout(resolve, 5));
    return senderFrame?.postMessage.mock.calls.length ?? 0;
  };
  const own = frameAt('app://recce/index.html');
  expect(await ask(own, own, 'engine')).toBe(1);
  const foreign = frameAt('https://example.com/');
  expect(await ask(foreign, foreign, 'engine')).toBe(0);
  const alike = frameAt('app://recce.example/');
  expect(await ask(alike, alike, 'engine')).toBe(0);
  expect(await ask(frameAt('app://recce/frame.html'), own, 'engine')).toBe(0);
  expect(await ask(frameAt('app://recce/index.html'), {}, 'shell')).toBe(0);
  expect(await ask(null, null, 'engine')).toBe(0);
  const curious = frameAt('app://recce/index.html');
  expect(await ask(curious, curious, 'files')).toBe(0);
  expect(connect).toHaveBeenCalledTimes(1);
});

test('nothing is loaded over file: (item 18)', () => {
  expect(mentions(/loadFile|file:\/\//)).toEqual([]);
});

test('the fuses of the packaged app are set, each one named (item 19)', () => {
  expect(electronBuilder.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  });
  expect(electronBuilder).toMatchObject({ asar: true, publish: null });
});

test('the preload exposes one bridge and no API of Electron’s (item 20)', () => {
  const preload = readFileSync(path.join(root, 'electron/preload.ts'), 'utf8');
  expect(preload.match(/exposeInMainWorld\(/g)).toHaveLength(1);
  expect(preload).toContain("exposeInMainWorld('recce', { pathOf: (file: File) => webUtils.getPathForFile(file) })");
});
