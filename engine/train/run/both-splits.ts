// Refuses data of which the training or the validation part is as good as empty, before a run is
// made of it.
import { RecceError } from '../../../contract/errors.ts';
import { sourcesOf, type TrainingData, type TrainingSource } from '../../../contract/training.ts';
import { listCrops } from '../../datasets/crop-source.ts';
import { readFaceFolder } from '../../datasets/face-folder.ts';
import { listPortraits } from '../../datasets/forgeries/portraits.ts';

type Part = 'training' | 'validation';

const BY_NAME =
  'The part of a picture is decided by its name, about a quarter for validation. Add pictures, or rename some.';
const BY_SOURCE = 'The part of a face is decided by its person or video when it is extracted. Extract more.';

/** Throws TRAINING_REFUSED with the numbers; PATH_NOT_FOUND for what is no folder of that kind. */
export async function expectBothSplits(data: TrainingData): Promise<void> {
  for (const source of sourcesOf(data)) {
    const { what, least, why, count } = countsOf(source);
    const [training, validation] = [await count('training'), await count('validation')];
    if (training >= least && validation >= least) continue;
    throw new RecceError(
      'TRAINING_REFUSED',
      source.folder,
      `of its ${training + validation} ${what}, ${training} fall into training and ${validation} into validation; each part needs at least ${least}. ${why}`,
    );
  }
}

type Counts = { what: string; least: number; why: string; count(part: Part): Promise<number> };

/** Forgeries are made of two faces: what is forged here needs two genuine ones. */
function countsOf(source: TrainingSource): Counts {
  const { folder } = source;
  if (source.kind === 'portraits')
    return {
      what: 'pictures',
      least: 2,
      why: BY_NAME,
      count: async (part) => (await listPortraits(folder, part)).length,
    };
  if (source.kind === 'faces')
    return { what: 'faces', least: 1, why: BY_SOURCE, count: (part) => countFolderFaces(folder, part) };
  const { forge } = source;
  return {
    what: forge ? 'genuine pictures' : 'pictures',
    least: forge ? 2 : 1,
    why: BY_NAME,
    count: async (part) => (await listCrops(folder, part)).filter(({ label }) => !forge || label === 0).length,
  };
}

const countFolderFaces = async (folder: string, part: Part): Promise<number> =>
  (await readFaceFolder(folder)).lines.filter((line) => line.kind === 'face' && line.split === part).length;
