// TIFF files for tests, little-endian, uncompressed or with a coded picture inside, any number of
// directories: TIFF 6.0. Tests only.

/** A directory's entry: values of type SHORT (3), LONG (4), FLOAT (11) or BYTE (1). */
export type TiffEntry = { tag: number; type: 1 | 3 | 4 | 11; values: readonly number[] };
/** A directory with its picture's bytes; `sub` are its sub-directories (tag 330). */
export type TiffDirectory = { entries: TiffEntry[]; data: Uint8Array; sub?: TiffDirectory[] };

const SIZES = { 1: 1, 3: 2, 4: 4, 11: 4 } as const;

/**
 * One picture of samples in rows. `bits` 8, 16 or 32; `format` 1 whole numbers, 3 floating point; `more`:
 * further entries, in place of those of the same tags.
 */
export function samplesDirectory(
  { widthPx, heightPx, channels }: { widthPx: number; heightPx: number; channels: number },
  { bits, format = 1, more = [] }: { bits: 8 | 16 | 32; format?: 1 | 3; more?: TiffEntry[] },
  samples: readonly number[],
): TiffDirectory {
  const data = Buffer.alloc((samples.length * bits) / 8);
  samples.forEach((value, i) => {
    if (format === 3) data.writeFloatLE(value, i * 4);
    else data.writeUIntLE(value, (i * bits) / 8, bits / 8);
  });
  const usual: TiffEntry[] = [
    { tag: 256, type: 4, values: [widthPx] },
    { tag: 257, type: 4, values: [heightPx] },
    { tag: 258, type: 3, values: Array.from({ length: channels }, () => bits) },
    { tag: 259, type: 3, values: [1] },
    { tag: 262, type: 3, values: [channels === 1 ? 1 : 2] },
    { tag: 277, type: 3, values: [channels] },
    { tag: 278, type: 4, values: [heightPx] },
    { tag: 339, type: 3, values: Array.from({ length: channels }, () => format) },
  ];
  const entries = [...usual.filter(({ tag }) => !more.some((one) => one.tag === tag)), ...more];
  return { entries, data };
}

/** A coded picture as one strip, as raw photographs carry their previews. */
export const codedDirectory = (
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  { compression, photometric }: { compression: number; photometric: number },
  data: Uint8Array,
): TiffDirectory => ({
  entries: [
    { tag: 254, type: 4, values: [1] },
    { tag: 256, type: 4, values: [widthPx] },
    { tag: 257, type: 4, values: [heightPx] },
    { tag: 258, type: 3, values: photometric === 32803 ? [8] : [8, 8, 8] },
    { tag: 259, type: 3, values: [compression] },
    { tag: 262, type: 3, values: [photometric] },
    { tag: 277, type: 3, values: [photometric === 32803 ? 1 : 3] },
    { tag: 278, type: 4, values: [heightPx] },
  ],
  data,
});

/** The file; directories are chained one after the other. */
export function makeTiff(...directories: TiffDirectory[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])];
  let length = 8;
  const put = (bytes: Uint8Array): number => {
    const at = length;
    const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
    parts.push(padded);
    length += padded.length;
    return at;
  };
  const write = ({ entries, data, sub = [] }: TiffDirectory): Buffer[] => {
    const dataAt = put(data);
    const subAt = sub.map((one) => {
      const [directory] = write(one);
      return put(directory!);
    });
    const all: TiffEntry[] = [
      ...entries,
      { tag: 273, type: 4, values: [dataAt] },
      { tag: 279, type: 4, values: [data.length] },
      ...(subAt.length > 0 ? [{ tag: 330, type: 4, values: subAt } as const] : []),
    ];
    all.sort((a, b) => a.tag - b.tag);
    const directory = Buffer.alloc(2 + all.length * 12 + 4);
    directory.writeUInt16LE(all.length, 0);
    all.forEach(({ tag, type, values }, i) => {
      const at = 2 + i * 12;
      const bytes = Buffer.alloc(Math.max(4, values.length * SIZES[type]));
      values.forEach((value, k) => {
        if (type === 11) bytes.writeFloatLE(value, k * 4);
        else bytes.writeUIntLE(value, k * SIZES[type], SIZES[type]);
      });
      directory.writeUInt16LE(tag, at);
      directory.writeUInt16LE(type, at + 2);
      directory.writeUInt32LE(values.length, at + 4);
      if (values.length * SIZES[type] <= 4) bytes.copy(directory, at + 8, 0, 4);
      else directory.writeUInt32LE(put(bytes), at + 8);
    });
    return [directory];
  };
  let linkAt: { buffer: Buffer; at: number } = { buffer: parts[0]!, at: 4 };
  for (const one of directories) {
    const [directory] = write(one);
    const at = put(directory!);
    linkAt.buffer.writeUInt32LE(at, linkAt.at);
    // The link lies at the directory's end; the copy that was put is the last part.
    linkAt = { buffer: parts.at(-1)!, at: directory!.length - 4 };
  }
  return Buffer.concat(parts);
}
