// Writing a portable case: it goes on when its dialog is closed, is told in the line at the bottom,
// and its end in a notice.
import { ORPCError } from '@orpc/client';
import type { PackedCase, PackRequest } from '../../contract/portable-case.ts';
import { client } from '../transport.ts';
import { bytesText } from '../wording.ts';
import { errorWords } from './engine.ts';
import { notify } from './notices.ts';
import { createStore } from './store.ts';

/** The file being written; null while there is none. */
export const packing = createStore<string | null>(null);

export const fileNameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

export async function pack(request: PackRequest): Promise<PackedCase> {
  packing.set(request.file);
  try {
    const packed = await client.case.pack(request);
    const evidence = request.evidence ? 'with evidence' : 'evidence NOT included';
    notify(`${fileNameOf(packed.path)} is written: ${bytesText(packed.sizeBytes)}, ${evidence}.`);
    return packed;
  } catch (error) {
    // Whether to replace it is asked in the dialog.
    if (!(error instanceof ORPCError && error.code === 'FILE_EXISTS'))
      notify(`The portable case was not written. ${errorWords(error).title}`, { tone: 'danger' });
    throw error;
  } finally {
    packing.set(null);
  }
}
