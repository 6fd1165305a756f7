// The bytes of a film by place: a file's own, or those of one that lies as it is in an archive.
import { accessSync, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ArchiveRefusal } from '../../archives/archive-entry.ts';
import { type PartOfFile, partAt } from '../../archives/place-in-archive.ts';

/** A file, or a part of one. */
export type FilmPlace = string | PartOfFile;

/**
 * Where the bytes of the film at a path lie. Throws ArchiveRefusal for one in an archive that cannot
 * be read by place.
 */
export async function placeOfFilm(path: string): Promise<FilmPlace> {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch (error) {
    const part = await partAt(path);
    if (part === undefined) throw error;
    if (part === 'packed') throw new ArchiveRefusal('unsupportedFormat', { kind: 'filmPacked' });
    return part;
  }
}

export const fileOfFilm = (film: FilmPlace): string => (typeof film === 'string' ? film : film.file);

/** As FFmpeg opens it, by protocols that read from the disk alone. */
export const urlOfFilm = (film: FilmPlace): string =>
  typeof film === 'string'
    ? `file:${film}`
    : `subfile,,start,${film.at},end,${film.at + film.length},,:file:${film.file}`;

export type FilmBytes = {
  readonly size: number;
  /** Into the beginning of `into`; how many there were. */
  read(into: Buffer, length: number, at: number): number;
  close(): void;
};

export function openFilm(film: FilmPlace): FilmBytes {
  const file = openSync(fileOfFilm(film), 'r');
  const from = typeof film === 'string' ? 0 : film.at;
  const size = typeof film === 'string' ? fstatSync(file).size : film.length;
  return {
    size,
    read: (into, length, at) => readSync(file, into, 0, Math.max(0, Math.min(length, size - at)), from + at),
    close: () => closeSync(file),
  };
}
