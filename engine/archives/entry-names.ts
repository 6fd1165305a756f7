// Names of files in archives. Nothing is ever written under them; they are told apart, and can be
// part of a path without leading anywhere.
import type { ArchiveEntry, RawEntry } from './archive-entry.ts';
import { refusedEntry } from './archive-entry.ts';

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

const leadsOut = (name: string): boolean => name.split('/').includes('..');

/** Every folder that a name lies in. */
function* foldersOf(name: string): Generator<string> {
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) yield name.slice(0, at);
}

/**
 * Each with a name that no other has. Those of one name, and a file that others lie below as in a
 * folder, get their number behind it: all of them are kept, whichever a program would show.
 */
export function namedApart(raw: readonly RawEntry[]): ArchiveEntry[] {
  const named = raw.map((entry) => ({ entry, name: partOfPath(entry.name) || '(no name)' }));
  const times = new Map<string, number>();
  for (const { name } of named) times.set(name, (times.get(name) ?? 0) + 1);
  const folders = new Set(named.flatMap(({ name }) => [...foldersOf(name)]));
  const taken = new Set([...times.keys(), ...folders]);
  return named.map(({ entry, name }) => {
    let own = name;
    if (times.get(name)! > 1 || folders.has(name)) {
      own = `${name} (entry ${entry.number})`;
      while (taken.has(own)) own = `${own}'`;
      taken.add(own);
    }
    const bytes = leadsOut(entry.name) ? refusedEntry('leadsOut') : entry.bytes;
    return { ...entry, name: own, bytes };
  });
}
