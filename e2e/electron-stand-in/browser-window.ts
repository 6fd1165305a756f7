// BrowserWindow and webContents of the stand-in: a page of a real Chromium. Requests go to the
// session's protocol handlers or are judged by its webRequest handler; navigations, new windows and
// IPC go through the handlers main has hung up.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page, Request as PageRequest, Route } from 'playwright-core';
import { fromWeb, toWeb } from './addresses.ts';
import { app } from './app.ts';
import { launchBrowser } from './browser.ts';
import { ipcMain } from './ipc.ts';
import type { MessagePortMain } from './ports.ts';
import type { Session } from './session.ts';

type WindowOptions = {
  width: number;
  height: number;
  webPreferences: { session: Session; preload: string; sandbox: boolean };
};
type OpenHandler = (details: { url: string }) => { action: 'deny' | 'allow' };

const SHIM = readFileSync(new URL('./page-shim.js', import.meta.url), 'utf8');
let nextPort = 1;

/** An event that can be prevented, as Electron's are. */
function preventable(details: object) {
  let prevented = false;
  const event = {
    ...details,
    preventDefault: () => {
      prevented = true;
    },
  };
  return { event, prevented: () => prevented };
}

class WebFrameMain {
  readonly #page: () => Page | undefined;
  readonly #ports: Map<number, MessagePortMain>;
  url = '';
  constructor(page: () => Page | undefined, ports: Map<number, MessagePortMain>) {
    this.#page = page;
    this.#ports = ports;
  }
  isDestroyed(): boolean {
    return this.#page()?.isClosed() ?? true;
  }
  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const portIds = transfer.map((port) => this.#carry(port));
    this.#receive('ipc', channel, { args: [message], portIds });
  }
  #receive(kind: string, id: unknown, payload?: unknown): void {
    const call = ([k, i, p]: unknown[]) =>
      (globalThis as unknown as { __standInReceive(...all: unknown[]): void }).__standInReceive(k, i, p);
    // A page that is being reloaded or closed has no one to tell.
    this.#page()
      ?.evaluate(call, [kind, id, payload])
      .catch(() => {});
  }
  /** Carries a port into the page. */
  #carry(port: MessagePortMain): number {
    const id = nextPort++;
    this.#ports.set(id, port);
    port.on('message', ({ data }) => this.#receive('port', id, data));
    port.start();
    return id;
  }
}

class WebContents extends EventEmitter {
  page: Page | undefined;
  openHandler: OpenHandler = () => ({ action: 'allow' });
  readonly #ports = new Map<number, MessagePortMain>();
  readonly mainFrame = new WebFrameMain(() => this.page, this.#ports);
  /** Addresses main itself loads, which no handler is asked about. */
  readonly own = new Set<string>();

  isDestroyed(): boolean {
    return this.page?.isClosed() ?? true;
  }
  send(channel: string, message?: unknown): void {
    this.mainFrame.postMessage(channel, message);
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }
  reload(): void {
    void this.page?.reload();
  }
  /** Ports of the page before end with it. */
  dropPorts(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }
  receiveFromPage(id: number, data: unknown): void {
    this.#ports.get(id)?.postMessage(data);
  }
}

const all: WebContents[] = [];
export const webContents = { getAllWebContents: () => all.filter((one) => !one.isDestroyed()) };

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly options: WindowOptions;
  readonly #opened: Promise<Page>;

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    all.push(this.webContents);
    app.emit('web-contents-created', {}, this.webContents);
    this.#opened = this.#open();
  }

  async loadURL(address: string): Promise<void> {
    const page = await this.#opened;
    this.webContents.own.add(toWeb(address));
    await page.goto(toWeb(address));
    this.emit('ready-to-show');
  }
  show(): void {}
  focus(): void {
    this.emit('focus');
  }
  restore(): void {}
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.webContents.isDestroyed();
  }

  async #open(): Promise<Page> {
    const context = await launchBrowser(this.options);
    const page = context.pages()[0] ?? (await context.newPage());
    this.webContents.page = page;
    await this.#bridge(page);
    // What was asked for by a page that is gone meanwhile cannot be answered.
    await context.route('**/*', (route) => this.#answer(route).catch(() => {}));
    this.#guardNewWindows(context, page);
    page.on('framenavigated', (frame) => {
      if (frame !== page.mainFrame()) return;
      this.webContents.mainFrame.url = fromWeb(frame.url());
    });
    page.on('crash', () => this.webContents.emit('render-process-gone', {}, { reason: 'crashed' }));
    page.on('close', () => app.windowClosed());
    return page;
  }

  async #bridge(page: Page): Promise<void> {
    const { webContents } = this;
    await page.exposeBinding('__standInSend', ({ frame }, channel: string, args: unknown[]) => {
      const senderFrame = frame === page.mainFrame() ? webContents.mainFrame : { url: fromWeb(frame.url()) };
      ipcMain.emit(channel, { sender: webContents, senderFrame }, ...args);
    });
    await page.exposeBinding('__standInPost', (_source, id: number, data: unknown) =>
      webContents.receiveFromPage(id, data),
    );
    const preload = readFileSync(this.options.webPreferences.preload, 'utf8');
    await page.addInitScript(
      `${SHIM};((require) => { delete window.__standInRequire; ${preload} })(window.__standInRequire);`,
    );
  }

  /** Every window the page opens is asked about, and closed where it is denied. */
  #guardNewWindows(context: BrowserContext, page: Page): void {
    context.on('page', (opened) => {
      if (opened === page) return;
      if (this.webContents.openHandler({ url: fromWeb(opened.url()) }).action === 'deny')
        opened.close().catch(() => {});
    });
  }

  /** True when main has nothing against the page going there. */
  #mayNavigate(request: PageRequest): boolean {
    if (!request.isNavigationRequest() || this.webContents.own.has(request.url())) return true;
    const { event, prevented } = preventable({ url: fromWeb(request.url()) });
    this.webContents.emit('will-frame-navigate', event);
    if (request.frame() === this.webContents.page?.mainFrame()) this.webContents.emit('will-navigate', event);
    return !prevented();
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    if (!this.#mayNavigate(request)) return route.abort('aborted');
    const isNewDocument = request.isNavigationRequest() && request.frame() === this.webContents.page?.mainFrame();
    if (isNewDocument) this.webContents.dropPorts();
    const answer = await this.options.webPreferences.session.answer(fromWeb(request.url()), request.method());
    if (!answer) return route.abort('blockedbyclient');
    const headers = Object.fromEntries([...answer.headers].map(([name, value]) => [name, toWeb(value)]));
    const body = Buffer.from(await answer.arrayBuffer());
    const isText = /text|javascript|json/.test(headers['content-type'] ?? '');
    return route.fulfill({ status: answer.status, headers, body: isText ? toWeb(body.toString()) : body });
  }
}
