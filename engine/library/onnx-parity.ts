// Logits that the owner of a network expects of pictures of their own: read, and held against what
// comes out here. It finds what a passport declares wrongly, which no score tells by itself.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Parity, Passport } from '../../contract/model.ts';
import { type ParityFile, parityFileSchema } from '../../contract/onnx-passport.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { resample } from '../../models/image/resample.ts';
import { resizeRules } from '../../models/image/resize-rules.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import { firstIssue } from '../files/first-issue.ts';

/** Decodes a still, upright, in sRGB; rejects with the reason. */
export type PictureSource = (bytes: Uint8Array, subject: string) => Promise<RgbImage>;

export type Expected = { path: string; sha256: Sha256; tolerance: number; pictures: ParityFile['pictures'] };

const PARITY_LIMIT_BYTES = 1_000_000;
/** Pictures named in a refusal. */
const MOST_NAMED = 20;

const refused = (subject: string, why: string, cause?: unknown): RecceError =>
  new RecceError('MODEL_REFUSED', subject, why, { cause });

const readBytes = (file: string): Promise<Buffer> =>
  readFile(file).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', file, cause.message, { cause });
  });

/** Throws PATH_NOT_FOUND; MODEL_REFUSED naming what is wrong with the file. */
export async function readExpected(file: string): Promise<Expected> {
  const bytes = await readBytes(file);
  if (bytes.length > PARITY_LIMIT_BYTES) throw refused(file, 'it is too large to be a parity file.');
  try {
    const { tolerance, pictures } = parityFileSchema.parse(JSON.parse(bytes.toString('utf8')));
    return { path: file, sha256: sha256Of(bytes), tolerance, pictures };
  } catch (error) {
    throw refused(file, `as a parity file it is not right: ${firstIssue(error)}`, error);
  }
}

/** The pictures as the network is fed them: each whole, at its size by the passport's rule. */
export async function expectedCrops(
  { path: file, pictures }: Expected,
  { inputPx, interpolation }: Pick<Passport, 'inputPx' | 'interpolation'>,
  decode: PictureSource,
): Promise<RgbImage[]> {
  const folder = path.dirname(path.resolve(file));
  const crops: RgbImage[] = [];
  for (const { file: name } of pictures) {
    const at = path.resolve(folder, name);
    if (!at.startsWith(folder + path.sep)) throw refused(file, `${visibleText(name)} is not in its folder.`);
    crops.push(fitted(await decode(await readBytes(at), at), inputPx, interpolation));
  }
  return crops;
}

function fitted(picture: RgbImage, side: number, interpolation: string): RgbImage {
  const rule = resizeRules.get(interpolation);
  if (rule) return rule(picture, side, side);
  const { widthPx: width, heightPx: height } = picture;
  return resample(picture, { x: 0, y: 0, width, height }, side, side, 'reflect');
}

/** Throws MODEL_REFUSED with the list of those that differ. */
export function expectParity(
  { sha256, tolerance, pictures }: Expected,
  found: readonly number[],
  subject: string,
): Parity {
  const apart = pictures.map(({ logit }, i) => Math.abs(found[i]! - logit));
  const wrong = pictures.flatMap(({ file, logit }, i) =>
    apart[i]! <= tolerance ? [] : [`${visibleText(file)} ${found[i]!.toFixed(4)} instead of ${logit.toFixed(4)}`],
  );
  if (wrong.length > 0)
    throw refused(
      subject,
      `of ${pictures.length} expected logits ${wrong.length} did not come out within ${tolerance}: ${wrong.slice(0, MOST_NAMED).join('; ')}${wrong.length > MOST_NAMED ? '; ...' : ''}. Is it fed as declared?`,
    );
  return { sha256, pictures: pictures.length, tolerance, largest: Math.max(...apart) };
}
