// Faces of a case by how near they are to one face: of the case, or of a picture outside it, which is
// read and not kept. The embedding of what is looked for stays in memory alone.
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import type { Alike, PersonsAnswer, PersonsQuery } from '../../contract/persons.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { type Embeddings, NUMBERS, RECORD_WORDS } from '../case/embeddings-file.ts';
import { getEvidence } from '../case/rows/evidence.ts';
import { findFace } from '../case/rows/face.ts';
import { countFacesToMeasure, faceShown } from '../case/rows/persons.ts';
import type { FaceEmbedder } from '../examine/face-embedder.ts';
import type { FaceFinder } from '../examine/face-finder.ts';
import type { PixelSource } from '../examine/face-pixels.ts';
import type { Decoder } from '../media/decoder.ts';
import { nearestTo } from './nearest.ts';

export type AlikeDeps = {
  opened: ReadableCase;
  embeddings: Embeddings;
  embedder: FaceEmbedder;
  decoder: Decoder;
  findFaces: FaceFinder['find'];
  pixelsOf: PixelSource;
};

type Wanted = { of: PersonsAnswer['of']; numbers: Float32Array };

/** Throws NOT_FOUND, PATH_NOT_FOUND, and SEARCH_REFUSED for what has no face that could be compared. */
export async function findAlike(
  deps: AlikeDeps,
  { of, within, limit }: { of: PersonsQuery; within: number; limit: number },
): Promise<PersonsAnswer> {
  const { opened, embeddings } = deps;
  const wanted = 'faceId' in of ? await faceOfCase(deps, of.faceId) : await faceOfFile(deps, of);
  const isItself = (faceId: number): boolean => 'faceId' in of && faceId === of.faceId;
  const { compared, near } = await nearestTo(wanted.numbers, embeddings, { limit, within, isLeftOut: isItself });
  const alike = near.flatMap(({ faceId, distance }): Alike[] => {
    const shown = faceShown(opened, faceId);
    return shown ? [{ ...shown, distance }] : [];
  });
  const notCompared = Math.max(0, countFacesToMeasure(opened) - embeddings.count);
  return { of: wanted.of, compared, notCompared, alike };
}

/** One that has none yet, as a frame beside the one that was chosen of its track, is measured now. */
async function faceOfCase({ opened, embeddings, embedder, pixelsOf }: AlikeDeps, faceId: number): Promise<Wanted> {
  const shown = faceShown(opened, faceId);
  if (!shown) throw new RecceError('NOT_FOUND', `Face ${faceId}`, 'the case has no such face.');
  const of = { kind: 'face' as const, ...shown };
  for (let i = 0; i < embeddings.count; i++) {
    const at = i * RECORD_WORDS;
    if (embeddings.words[at] === faceId) return { of, numbers: embeddings.floats.slice(at + 2, at + 2 + NUMBERS) };
  }
  const face = findFace(opened, shown.faceId)!;
  const pixels = await pixelsOf(getEvidence(opened, shown.evidenceId), face);
  if (pixels.kind === 'unavailable') throw new RecceError('SEARCH_REFUSED', shown.shownPath, pixels.why);
  const [numbers] = await embedder.embed(pixels.image, [face]);
  return { of, numbers: numbers! };
}

async function faceOfFile(
  { decoder, findFaces, embedder }: AlikeDeps,
  { file, face }: Extract<PersonsQuery, { file: string }>,
): Promise<Wanted> {
  const name = path.basename(file);
  const read = await readEvidenceFile(file);
  if (read.kind === 'failed') throw new RecceError('PATH_NOT_FOUND', file, unreadableWords(read));
  const decoded = await decoder.decode(read.bytes);
  if (decoded.kind === 'unreadable') throw new RecceError('SEARCH_REFUSED', file, unreadableWords(decoded));
  const faces = await findFaces(decoded);
  if (faces.length === 0) throw new RecceError('SEARCH_REFUSED', file, 'no face was found in it.');
  const sizes = faces.map(({ box }) => box.width * box.height);
  const number = face ?? sizes.indexOf(Math.max(...sizes)) + 1;
  const chosen = faces[number - 1];
  if (!chosen) throw new RecceError('SEARCH_REFUSED', file, `it has no face ${number}: ${faces.length} were found.`);
  const [numbers] = await embedder.embed(decoded, [chosen]);
  const of = { kind: 'file' as const, name, sha256: read.sha256, face: number, faces: faces.length };
  return { of, numbers: numbers! };
}
