// Names of files in archives. Nothing is ever written under them; they are told apart, and can be
// part of a path without leading anywhere.
import type { ArchiveEntry, RawEntry } from './archive-entry.ts';
import { ArchiveRefusal, refusedEntry } from './archive-entry.ts';
import { MOST_FOLDERS, MOST_FOLDERS_DEEP, MOST_NAME } from './limits.ts';

/** 128 to 255 of code page 437, which zips without a word on it are in. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const escaped = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** Text of a name that should be UTF-8; foreign bytes are written \xNN. */
export const nameFromUtf8 = (bytes: Uint8Array): string =>
  utf8(bytes) ?? [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : escaped(byte))).join('');

/** Text of a name in a zip that does not say how it is written: UTF-8 where it is that, else code page 437. */
export const nameFromZip = (bytes: Uint8Array): string =>
  utf8(bytes) ?? [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80]!)).join('');

/**
 * A name as part of a path: empty parts and `.` left out, as every program does; `..` and what is
 * no character to be seen written \xNN.
 */
function partOfPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts
    .map((part) => (part === '..' ? '\\x2e\\x2e' : part))
    .join('/')
    .replace(/\p{Cc}/gu, (one) => escaped(one.charCodeAt(0)));
}

/** Also by the strokes of Windows, which a program there takes as such. */
const leadsOut = (name: string): boolean => name.split(/[/\\]/).includes('..');

/** Every folder that names lie in. Throws ArchiveRefusal where they are more than a disk would hold. */
function foldersOf(names: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const name of names)
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const folder = name.slice(0, at);
      if (folders.has(folder)) break;
      if (folders.size === MOST_FOLDERS)
        throw new ArchiveRefusal('tooLarge', { kind: 'archiveTooMany', most: MOST_FOLDERS });
      folders.add(folder);
    }
  return folders;
}

const isLong = (name: string): boolean => {
  if (name.length > MOST_NAME) return true;
  let folders = 0;
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) folders += 1;
  return folders > MOST_FOLDERS_DEEP;
};

/** What is shown of a longer name. */
const SHOWN_OF_LONG = 200;

/** One that no path can be is shortened, and its file is not read. */
function fitName({ number, name }: RawEntry): { name: string; isLong: boolean } {
  if (!isLong(name)) return { name: partOfPath(name) || '(no name)', isLong: false };
  const shown = partOfPath(name.slice(0, SHOWN_OF_LONG)).replaceAll('/', ' ');
  return { name: `${shown}… (entry ${number})`, isLong: true };
}

/**
 * Each with a name that no other has. Those of one name, and a file that others lie below as in a
 * folder, get their number behind it: all of them are kept, whichever a program would show.
 */
export function namedApart(raw: readonly RawEntry[]): ArchiveEntry[] {
  const named = raw.map((entry) => ({ entry, ...fitName(entry) }));
  const times = new Map<string, number>();
  for (const { name } of named) times.set(name, (times.get(name) ?? 0) + 1);
  const folders = foldersOf(named.map(({ name }) => name));
  const taken = new Set(times.keys());
  for (const folder of folders) taken.add(folder);
  return named.map(({ entry, name, isLong: long }) => {
    let own = name;
    if (times.get(name)! > 1 || folders.has(name)) {
      own = `${name} (entry ${entry.number})`;
      while (taken.has(own)) own = `${own}'`;
      taken.add(own);
    }
    const refused = long ? refusedEntry('longName') : leadsOut(entry.name) ? refusedEntry('leadsOut') : undefined;
    const bytes = refused ?? entry.bytes;
    return { ...entry, name: own, bytes };
  });
}
