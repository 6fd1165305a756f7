// The browser of the journeys: RECCE_CHROMIUM, else the installed Chromium or Chrome.
import { findChromium } from '../../build/test-needs.ts';

/** Nothing of its own is to reach the network, and it runs in containers. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Throws when there is none: a journey that cannot run must not pass. */
export function chromiumPath(): string {
  const found = findChromium();
  if (!found) throw new Error('No Chromium is installed. Install one, or name it in RECCE_CHROMIUM.');
  return found;
}
