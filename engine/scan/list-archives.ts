// A file and, where it is an archive, the files in it: each evidence of its own, at a place below the
// archive's. What of an archive cannot be read is listed too, and its row says why.
import path from 'node:path';
import { listArchiveAt } from '../blobs/read-evidence-file.ts';
import type { ListedFile } from './list-media.ts';

export async function* withInside(file: ListedFile): AsyncGenerator<ListedFile> {
  yield file;
  if (file.problem) return;
  for (const name of await listArchiveAt(file.path))
    yield { path: path.join(file.path, ...name.split('/')), relativePath: `${file.relativePath}/${name}` };
}
