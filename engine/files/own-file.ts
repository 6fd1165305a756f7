// Files of a case folder, which may have come from elsewhere: a pipe, a device or a link can lie in
// the place of any of them. A pipe would be waited for without end, a device read without end, and
// a link leads to a file that is of no concern to the case.
import { constants, lstatSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

const NO_FILE = 'It is a link, a pipe or a device, not a file.';

/**
 * What lies there itself, not where it leads; undefined where nothing does, or nothing can be
 * asked.
 */
function lookAt(place: string): Stats | undefined {
  try {
    return lstatSync(place);
  } catch {
    return undefined;
  }
}

/** True for a regular file that lies there itself. */
export const isOwnFile = (file: string): boolean => lookAt(file)?.isFile() ?? false;

/** True for a link, wherever it leads. */
export const isLink = (place: string): boolean => lookAt(place)?.isSymbolicLink() ?? false;

/**
 * The first folder on the way from `folder` to `file` below it that is a link, with `/`; undefined
 * where none is.
 */
export function linkOnTheWay(folder: string, file: string): string | undefined {
  const parts = path.dirname(path.normalize(file)).split(path.sep);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/')).find((one) => isLink(path.join(folder, one)));
}

/**
 * True where there is something else than a regular file: a link, also one that leads nowhere, a
 * pipe, a device, a folder.
 */
export const isNoFile = (file: string): boolean => lookAt(file)?.isFile() === false;

/**
 * Opens without following a link at its end or waiting for a pipe. Rejects as the system does, and
 * for what is no regular file.
 */
async function openOwn(file: string): Promise<FileHandle> {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const handle = await open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch((error: { code?: string }) => {
    // What the system says of a link, and of a socket.
    if (error.code === 'ELOOP' || error.code === 'ENXIO') throw new Error(NO_FILE);
    throw error;
  });
  const there = await handle.stat();
  // Of a folder the system says at reading what it is.
  if (there.isFile() || there.isDirectory()) return handle;
  await handle.close();
  throw new Error(NO_FILE);
}

/**
 * The bytes of a regular file of at most `limitBytes`, as many as it had when it was opened.
 * Rejects as the system does.
 */
export async function readOwnFile(file: string, limitBytes: number): Promise<Uint8Array> {
  const handle = await openOwn(file);
  try {
    const { size } = await handle.stat();
    if (size > limitBytes) throw new Error(`It has ${size} bytes; ${limitBytes} are the most.`);
    const bytes = Buffer.alloc(size);
    let at = 0;
    for (let read = 1; read > 0 && at < size; at += read)
      ({ bytesRead: read } = await handle.read(bytes, at, size - at, at));
    return bytes.subarray(0, at);
  } finally {
    await handle.close();
  }
}
