// The way from the window to the engine: the contract as functions, pictures by id, and what the program around the window
// offers (native dialogs). Everything else in the renderer is the same in Electron and in the browser.
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { type PictureRef, pictureAddress } from '../contract/picture.ts';
import type { contract } from '../contract/procedures.ts';

/** What a program around the window offers; absent in the browser, where the window uses its own dialogs. */
export type Bridge = {
  /** Native folder dialog; undefined when it is dismissed. */
  pickFolder(title: string): Promise<string | undefined>;
  /** Native file dialog; empty when it is dismissed. */
  pickFiles(title: string): Promise<string[]>;
  /** Absolute path of a file or folder dropped on the window. */
  pathOf(file: File): string;
  /** Shows a file in the system's file manager. */
  reveal(path: string): Promise<void>;
};

declare global {
  interface Window {
    recce?: Partial<Bridge>;
  }
}

export type Client = ContractRouterClient<typeof contract>;

export const client: Client = createORPCClient(new RPCLink({ url: new URL('rpc', location.href).href }));

export const bridge: Partial<Bridge> = window.recce ?? {};

/** Address of a picture for `<img>` and `fetch`. */
export const pictureUrl = (ref: PictureRef): string => pictureAddress(ref);
