// A labelled set in whichever of the known layouts its folder has. The layout is recognised by its
// parts, or named.
import { existsSync } from 'node:fs';
import { RecceError } from '../../contract/errors.ts';
import type { LabelledSet } from './labelled-file.ts';
import { loadCelebDf } from './layouts/celeb-df.ts';
import { loadDfdc } from './layouts/dfdc.ts';
import { type FaceForensicsOptions, loadFaceForensics } from './layouts/faceforensics.ts';
import { loadPairs } from './layouts/pairs.ts';
import { loadPlain } from './layouts/plain.ts';
import { loadWildDeepfake } from './layouts/wild-deepfake.ts';

type Loader = (folder: string, options: FaceForensicsOptions) => Promise<LabelledSet | undefined>;

/**
 * By the names the paper's configuration uses for them, too. The most particular layout is tried
 * first.
 */
export const LAYOUTS = {
  pairs: loadPairs,
  'faceforensics++': loadFaceForensics,
  'celeb-df': loadCelebDf,
  wilddeepfake: loadWildDeepfake,
  dfdc: loadDfdc,
  plain: loadPlain,
} as const satisfies Record<string, Loader>;
export type LayoutName = keyof typeof LAYOUTS;

/**
 * Throws PATH_NOT_FOUND when there is no folder, MATERIAL_REFUSED when it has no known layout, or
 * not the one that was named.
 */
export async function loadLabelledSet(
  folder: string,
  options: FaceForensicsOptions & { layout?: LayoutName | undefined } = {},
): Promise<LabelledSet> {
  const names = options.layout ? [options.layout] : (Object.keys(LAYOUTS) as LayoutName[]);
  for (const name of names) {
    const set = await LAYOUTS[name](folder, options);
    if (set && set.files.length > 0) return set;
  }
  if (!existsSync(folder)) throw new RecceError('PATH_NOT_FOUND', folder, 'a folder of labelled faces was expected.');
  throw new RecceError(
    'MATERIAL_REFUSED',
    folder,
    `it holds no media laid out as ${names.join(', ')}. The plain layout is a folder real/ and a folder fake/, one folder or file for each video or person in them.`,
  );
}
