// Near copies of one picture among those of a case: of the case, or from outside it, which is read and
// not kept.
import path from 'node:path';
import type { CopiesAnswer, CopiesQuery, NearCopy } from '../../contract/copies.ts';
import { RecceError } from '../../contract/errors.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { LEAST_DETAIL, type PictureHash, pictureHash } from '../../models/image/picture-hash.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { countPictures, pictureOfVerdict, picturePlace } from '../case/rows/copies.ts';
import type { Decoder } from '../media/decoder.ts';
import { filesNear, type PictureSet } from './compare-pictures.ts';

export type FindCopiesDeps = { opened: ReadableCase; all: PictureSet; decoder: Decoder };

type Wanted = Pick<CopiesAnswer, 'of' | 'why'> & { hash: PictureHash | undefined };

/** Throws NOT_FOUND, PATH_NOT_FOUND, and SEARCH_REFUSED for what cannot be read as a picture. */
export async function findCopies(
  deps: FindCopiesDeps,
  { of, limit }: { of: CopiesQuery; limit: number },
): Promise<CopiesAnswer> {
  const { opened, all } = deps;
  const { pictures } = all;
  const wanted = 'verdictId' in of ? pictureOfCase(deps, of.verdictId) : await pictureOfFile(deps, of.file);
  const notCompared = Math.max(0, countPictures(opened) - pictures.length);
  const answer = { of: wanted.of, why: wanted.why, compared: 0, notCompared, copies: [] };
  if (!wanted.hash) return answer;
  const { sha256 } = wanted.of;
  const isOfCase = wanted.of.kind === 'picture';
  const { compared, near } = await filesNear(wanted.hash, all, isOfCase ? sha256 : undefined);
  const copies = near.slice(0, limit).flatMap(({ at, ...nearness }): NearCopy[] => {
    const picture = pictures[at]!;
    const place = picturePlace(opened, picture);
    return place ? [{ ...place, ...nearness, isSame: picture.of === sha256 }] : [];
  });
  return { ...answer, compared, copies };
}

function pictureOfCase({ opened, all }: FindCopiesDeps, verdictId: CopiesQueryVerdict): Wanted {
  const picture = pictureOfVerdict(opened, verdictId);
  const place = picture && picturePlace(opened, { of: picture.sha256, frame: picture.frame });
  if (!place) throw new RecceError('NOT_FOUND', `Verdict ${verdictId}`, 'the case has no such result on a picture.');
  const of = { kind: 'picture' as const, ...place, verdictId };
  const known = all.pictures.find((one) => one.of === picture.sha256 && one.frame?.index === picture.frame?.index);
  if (!known) return { of, why: 'notKept', hash: undefined };
  return { of, why: known.hash ? null : 'plain', hash: known.hash };
}
type CopiesQueryVerdict = Extract<CopiesQuery, { verdictId: unknown }>['verdictId'];

async function pictureOfFile({ decoder }: FindCopiesDeps, file: string): Promise<Wanted> {
  const read = await readEvidenceFile(file);
  if (read.kind === 'failed') throw new RecceError('PATH_NOT_FOUND', file, unreadableWords(read));
  const decoded = await decoder.decode(read.bytes);
  if (decoded.kind === 'unreadable') throw new RecceError('SEARCH_REFUSED', file, unreadableWords(decoded));
  const of = { kind: 'file' as const, name: path.basename(file), sha256: read.sha256 };
  const hash = pictureHash(decoded);
  return hash.detail < LEAST_DETAIL ? { of, why: 'plain', hash: undefined } : { of, why: null, hash };
}
