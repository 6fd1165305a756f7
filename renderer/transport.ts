// The way from the window to the engine: the contract as functions, pictures by id, and what the
// program around the window offers (native dialogs). In Electron the preload hands over a
// MessagePort, in the browser the server relays a WebSocket; everything else in the renderer is the
// same. When the engine dies a new connection is made, and whoever subscribed is told.
import { type ClientLink, createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { type PictureRef, pictureAddress } from '../contract/picture.ts';
import type { Contract } from '../contract/procedures.ts';
import type { ShellContract } from '../contract/shell.ts';
import { connectToBrowserEngine } from './transport/browser-connection.ts';
import { connectToDesktopEngine, desktopBridge, desktopShell } from './transport/desktop-connection.ts';
import { ReconnectingLink } from './transport/reconnecting-link.ts';

/**
 * What a program around the window offers; absent in the browser, where the window uses its own
 * dialogs.
 */
export type Bridge = {
  /** Native folder dialog; undefined when it is dismissed. */
  pickFolder(title: string): Promise<string | undefined>;
  /** Native file dialog; empty when it is dismissed. */
  pickFiles(title: string): Promise<string[]>;
  /** Native dialog for a file to be written; undefined when it is dismissed. */
  pickSave(title: string, fileName: string): Promise<string | undefined>;
  /** Absolute path of a file or folder dropped on the window. */
  pathOf(file: File): string;
  /** Shows a file in the system's file manager. */
  reveal(path: string): Promise<void>;
};

export type Client = ContractRouterClient<Contract>;

const desktop = desktopBridge();
const link = new ReconnectingLink(desktop ? connectToDesktopEngine : connectToBrowserEngine);

/**
 * A call that was open when the engine died rejects with ConnectionLostError; reads may be
 * repeated.
 */
export const client: Client = createORPCClient(link as ClientLink<Record<never, never>>);

/**
 * How the line to the engine is, shaped for useSyncExternalStore. `generation` counts connections:
 * when it grows, what was read before may be out of date. The engine itself takes up its case,
 * examiner and blind mode again.
 */
export const connection = { subscribe: link.subscribe, snapshot: link.snapshot };
export { ConnectionLostError, type ConnectionState } from './transport/reconnecting-link.ts';

const bridgeOverShell = (pathOf: (file: File) => string): Bridge => {
  const shell: ContractRouterClient<ShellContract> = createORPCClient(desktopShell());
  return {
    pathOf,
    pickFolder: async (title) => (await shell.chooseFolder({ title }))[0],
    pickFiles: (title) => shell.chooseFiles({ title }),
    pickSave: async (title, fileName) => (await shell.chooseSave({ title, fileName })) ?? undefined,
    reveal: async (path) => void (await shell.showInFolder({ path })),
  };
};

export const bridge: Partial<Bridge> = desktop ? bridgeOverShell(desktop.pathOf) : {};

/**
 * Address of a picture for `<img>` and `fetch`. In Electron it is another origin than the page's:
 * an `<img>` whose pixels are read afterwards needs `crossOrigin="anonymous"`.
 */
export const pictureUrl = (ref: PictureRef): string =>
  desktop ? `evidence://case/${pictureAddress(ref)}` : `/${pictureAddress(ref)}`;

/**
 * Follows a stream for as long as `signal` allows, over any number of engine restarts: `open` is
 * called again after each. Fits streams that begin with how things are now, such as job.watch.
 */
export async function* follow<T>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  while (!signal.aborted) {
    const { generation } = link.snapshot();
    try {
      for await (const value of await open(signal)) yield value;
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (link.snapshot().generation === generation && link.snapshot().state === 'connected') throw error;
    }
  }
}
