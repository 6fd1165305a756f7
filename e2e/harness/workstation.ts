// A workstation as a journey sees it, whatever it runs in: a page, its processes, and how to end
// it.
import type { Page } from 'playwright-core';

/** `main` is the process that was started: Electron's main, or `recce serve`. */
export type ProcessName = 'main' | 'engine' | 'compute' | 'decode';

export type LaunchOptions = {
  /** Where models and settings are kept; a fresh folder keeps journeys apart. */
  home: string;
  /** Case to open at once. */
  case?: string;
  demonstration?: string;
  /** Size of the page, 1280 x 800 unless said. */
  size?: { width: number; height: number };
};

export type LaunchedWorkstation = {
  readonly kind: 'browser' | 'standIn' | 'electron';
  readonly page: Page;
  /**
   * Lays out what the next native dialog answers; without effect in the browser, which has none.
   */
  answerDialog(...paths: string[]): Promise<void>;
  /** Process id of the workstation, or of a child of it while it lives. */
  pidOf(name: ProcessName): Promise<number | undefined>;
  close(): Promise<void>;
};
