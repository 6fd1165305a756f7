// What is not known here of formats that are a head and samples: QOI, netpbm's maps, PCX, SGI. Each by its
// own specification. Pure.
import { printable } from './printable.ts';

/** Samples of a pixel, and how light they are. */
export function unknownInQoi(bytes: Uint8Array): string[] {
  const [channels, space] = [bytes[12] ?? 0, bytes[13] ?? 0];
  return [
    ...(channels === 3 || channels === 4 ? [] : [`QOI of ${channels} channels`]),
    ...(space <= 1 ? [] : [`QOI colour space ${space}`]),
  ];
}

/** Kinds of a map's tuples, and how many samples each has. */
const TUPLES: Readonly<Record<string, number>> = {
  ...{ BLACKANDWHITE: 1, GRAYSCALE: 1, RGB: 3, BLACKANDWHITE_ALPHA: 2, GRAYSCALE_ALPHA: 2, RGB_ALPHA: 4 },
};
const MOST_HEAD_BYTES = 65_536;
const ARBITRARY = 0x37;

export function unknownInPortableMap(bytes: Uint8Array): string[] {
  if (bytes[1] !== ARBITRARY) return [];
  const text = Buffer.from(bytes.subarray(0, MOST_HEAD_BYTES)).toString('latin1');
  const head = text.slice(2, text.search(/^ENDHDR/m)).split('\n');
  const found: string[] = [];
  const read = new Map<string, string>();
  for (const line of head.map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = line, value = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (!/^(WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE)$/.test(name)) found.push(`PAM line ${printable(name)}`);
    if (read.has(name)) found.push(`PAM line ${printable(name)}, twice`);
    read.set(name, value);
  }
  const kind = read.get('TUPLTYPE') ?? '';
  if (!Object.hasOwn(TUPLES, kind) || TUPLES[kind] !== Number(read.get('DEPTH')))
    found.push(`PAM tuples ${printable(kind)}`);
  return found;
}

/** Versions with a palette of their own; 3 takes that of whoever shows it. */
const PCX_VERSIONS = [0, 2, 5];
const PCX_PALETTE_MARK = 0x0c;

export function unknownInPcx(bytes: Uint8Array): string[] {
  const [version, bits, planes] = [bytes[1] ?? 0, bytes[3] ?? 0, bytes[65] ?? 0];
  const found = PCX_VERSIONS.includes(version) ? [] : [`PCX version ${version}`];
  const isUsual = (bits === 8 && (planes === 1 || planes === 3)) || (bits === 1 && planes <= 4) || planes === 1;
  if (!isUsual) found.push(`PCX of ${planes} planes of ${bits} bits`);
  if (bits === 8 && planes === 1 && bytes[bytes.length - 769] !== PCX_PALETTE_MARK)
    found.push('PCX palette that is not there');
  return found;
}

export function unknownInSgi(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [channels, colours] = [view.getUint16(4) > 2 ? view.getUint16(10) : 1, view.getUint32(104)];
  return [
    ...([1, 3, 4].includes(channels) ? [] : [`SGI picture of ${channels} channels`]),
    ...(colours === 0 ? [] : [`SGI colours of kind ${colours}`]),
  ];
}
