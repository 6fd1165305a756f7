// The renderer's files, read from its build folder and nowhere else.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export type StaticFile = { bytes: Uint8Array<ArrayBuffer>; mediaType: string };

/**
 * The file a path of the address names, `index.html` for `/`; undefined outside the folder, of
 * another type, or missing.
 */
export async function readStaticFile(folder: string, pathname: string): Promise<StaticFile | undefined> {
  const relative = decodePath(pathname === '/' ? '/index.html' : pathname);
  const mediaType = relative && MEDIA_TYPES[path.extname(relative)];
  if (!mediaType) return undefined;
  const file = path.join(folder, relative);
  if (!file.startsWith(folder + path.sep)) return undefined;
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && { bytes, mediaType };
}

/** Undefined for an address that is no path: a broken escape or a zero byte. */
function decodePath(pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
