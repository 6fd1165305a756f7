// Reading what need not be there: only a missing file or folder counts as none. One that cannot be
// read is not as if it were not there.

/**
 * What `reading` gives; `otherwise` where the system says ENOENT. Rejects with every other error.
 */
export const ifExists = <T, Otherwise>(reading: Promise<T>, otherwise: Otherwise): Promise<T | Otherwise> =>
  reading.catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  });
