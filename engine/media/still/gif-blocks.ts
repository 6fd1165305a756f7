// What a GIF is made of behind its screen (GIF89a): pictures, extensions, the trailer. Decodes nothing.

/** `label`: of an extension; `first`: its first piece; `end`: behind it. */
export type GifBlock = {
  kind: 'picture' | 'extension' | 'trailer' | 'other';
  at: number;
  end: number;
  label: number;
  first: Uint8Array;
};

const [EXTENSION, PICTURE, TRAILER] = [0x21, 0x2c, 0x3b] as const;
/** Bytes of a colour table whose size the last three bits of `packed` tell. */
export const tableBytes = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);

/** Up to the trailer, or to what is none of these. */
export function* gifBlocks(bytes: Uint8Array): Generator<GifBlock> {
  for (let at = 13 + tableBytes(bytes[10] ?? 0); at < bytes.length; ) {
    const begin = bytes[at];
    if (begin === TRAILER) return yield { kind: 'trailer', at, end: at + 1, label: 0, first: new Uint8Array(0) };
    const kind = begin === EXTENSION ? 'extension' : begin === PICTURE ? 'picture' : 'other';
    if (kind === 'other') return yield { kind, at, end: at, label: begin ?? 0, first: new Uint8Array(0) };
    const pieces = at + (kind === 'extension' ? 2 : 11 + tableBytes(bytes[at + 9] ?? 0));
    let end = pieces;
    while ((bytes[end] ?? 0) > 0) end += 1 + bytes[end]!;
    end += 1;
    yield {
      kind,
      at,
      end,
      label: bytes[at + 1] ?? 0,
      first: bytes.subarray(pieces + 1, pieces + 1 + (bytes[pieces] ?? 0)),
    };
    at = end;
  }
}
