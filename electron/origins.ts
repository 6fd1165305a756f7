// The two places the window may load from, both answered by this program:
// `app:` for the page, `evidence:` for pictures.

export const APP_SCHEME = 'app';
export const EVIDENCE_SCHEME = 'evidence';
export const APP_ORIGIN = 'app://recce';
export const EVIDENCE_ORIGIN = 'evidence://case';
export const START_ADDRESS = `${APP_ORIGIN}/index.html`;

/**
 * True for an address of the window's own page. `URL.origin` is "null" for schemes it does not
 * know, so it is not asked.
 */
export const isAppAddress = (address: string): boolean => address.startsWith(`${APP_ORIGIN}/`);

const INTERNAL_SCHEMES = [APP_SCHEME, EVIDENCE_SCHEME, 'blob', 'data', 'devtools'];

/** True for what may be asked for at all: nothing that leaves the machine, and no file. */
export const isInternalAddress = (address: string): boolean =>
  INTERNAL_SCHEMES.some((scheme) => address.startsWith(`${scheme}:`));
