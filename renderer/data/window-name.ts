// What names this window among all that show the case, so that it is not told of what it did itself.

/** A random name, new with every loading of the page. */
export const WINDOW = [...crypto.getRandomValues(new Uint8Array(8))]
  .map((one) => one.toString(16).padStart(2, '0'))
  .join('');
