// One block of metadata (XMP, ICC) without the file around it, read by the metadata library. The
// library's door for it is a member of its default export where Node loads it and a named export
// where a bundler does; both are asked.
import * as library from 'exifr';

type Sidecar = typeof library.sidecar;
const { sidecar = (library as unknown as { default: { sidecar: Sidecar } }).default.sidecar } = library as {
  sidecar?: Sidecar;
};

/** Entries of the block; undefined where it cannot be read. `options` as for the whole file. */
export async function readExifrBlock(
  block: Uint8Array,
  kind: 'xmp' | 'icc',
  options: object = {},
): Promise<Record<string, unknown> | undefined> {
  const found = await sidecar(Buffer.from(block), { ...options, [kind]: true, mergeOutput: false }, kind).catch(
    () => undefined,
  );
  return (found as Record<string, Record<string, unknown>> | undefined)?.[kind];
}
