// The browser of the journeys: RECCE_CHROMIUM, else the installed Chromium or Chrome.
import { existsSync } from 'node:fs';

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

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Throws when there is none: a journey that cannot run must not pass. */
export function chromiumPath(): string {
  const found = process.env.RECCE_CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (!found) throw new Error('No Chromium is installed. Install one, or name it in RECCE_CHROMIUM.');
  return found;
}
