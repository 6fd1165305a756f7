// Work that comes one after the other, in the order it was asked for.

/**
 * Runs one piece of work at a time. Each call settles as its own work does; a failure does not stop
 * those behind it.
 */
export type SerialQueue = <T>(work: () => T | Promise<T>) => Promise<T>;

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const settled = last.then(work);
    last = settled.catch(() => {});
    return settled;
  };
}
