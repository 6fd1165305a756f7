// Stock Chromium knows neither `app:` nor `evidence:`; in the stand-in each is a web origin of its
// own, which exists nowhere. Answers are rewritten on their way into the page, addresses on their
// way out of it.

const PAIRS: readonly (readonly [ours: string, web: string])[] = [
  ['app://recce', 'https://recce.app.invalid'],
  ['evidence://case', 'https://case.evidence.invalid'],
];

/** `text` with our schemes as the page of the stand-in spells them. */
export const toWeb = (text: string): string => PAIRS.reduce((all, [ours, web]) => all.replaceAll(ours, web), text);
/** The reverse. */
export const fromWeb = (text: string): string => PAIRS.reduce((all, [ours, web]) => all.replaceAll(web, ours), text);
