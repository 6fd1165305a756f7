// Zips and tars made byte by byte, as no program would write them, too.
import { crc32, deflateRawSync } from 'node:zlib';

/** `tamper`: with the header before the bytes, and the one in the directory. `at`: where the directory says it lies. */
export type ZipEntry = {
  name: string | Buffer;
  bytes?: Buffer;
  isStored?: boolean;
  /** Behind the end of what is packed, counted to it. */
  behind?: Buffer;
  flags?: number;
  at?: number;
  tamper?: (local: Buffer, listed: Buffer) => void;
};

export type ZipOptions = { comment?: Buffer; between?: Buffer; count?: number };

export function makeZip(
  entries: readonly ZipEntry[],
  { comment = Buffer.alloc(0), between, count }: ZipOptions = {},
): Buffer {
  const parts: Buffer[] = [];
  const listed: Buffer[] = [];
  let at = 0;
  for (const {
    name: given,
    bytes = Buffer.alloc(0),
    isStored = false,
    behind = Buffer.alloc(0),
    flags = 0x800,
    at: said,
    tamper,
  } of entries) {
    const name = Buffer.from(given as string);
    const packed = isStored ? bytes : Buffer.concat([deflateRawSync(bytes), behind]);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    for (const [header, from] of [[local, 4] as const, [entry, 6] as const]) {
      header.writeUInt16LE(20, from);
      header.writeUInt16LE(flags, from + 2);
      header.writeUInt16LE(isStored ? 0 : 8, from + 4);
      header.writeUInt32LE(crc32(bytes), from + 10);
      header.writeUInt32LE(packed.length, from + 14);
      header.writeUInt32LE(bytes.length, from + 18);
      header.writeUInt16LE(name.length, from + 22);
    }
    entry[5] = 3;
    entry.writeUInt32LE(said ?? at, 42);
    tamper?.(local, entry);
    parts.push(local, name, packed);
    listed.push(entry, name);
    at += local.length + name.length + packed.length;
    if (between) {
      parts.push(between);
      at += between.length;
    }
  }
  const directory = Buffer.concat(listed);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count ?? entries.length, 8);
  end.writeUInt16LE(count ?? entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, directory, end, comment]);
}

/** `kind`: the type flag; a file when absent. */
export type TarEntry = { name: string; bytes?: Buffer; kind?: string };

export function makeTar(entries: readonly TarEntry[], isEnded = true): Buffer {
  const parts = entries.flatMap(({ name, bytes = Buffer.alloc(0), kind = '0' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write(kind, 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(isEnded ? 1024 : 0)]);
}

/** A pax header that says one thing of the file behind it. */
export const paxOf = (key: string, value: string): TarEntry => {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return { name: 'pax', kind: 'x', bytes: Buffer.from(`${length}${rest}`) };
};
