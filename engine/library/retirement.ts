// Models that are no longer to be used, as files beside their cards: a card itself is never
// changed.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ModelId } from '../../contract/brand.ts';
import { type Model, modelSchema } from '../../contract/model.ts';
import { ifExists } from '../files/optional-file.ts';
import { writeAtomic } from '../files/write-atomic.ts';

const retirementSchema = modelSchema.shape.retired.unwrap();
type Retirement = NonNullable<Model['retired']>;

const fileOf = (folder: string, id: ModelId): string => path.join(folder, `${id}.retired.json`);

/**
 * Undefined for a model in use. Throws where the file is there and cannot be read: a model that may
 * be retired is not used.
 */
export async function readRetirement(folder: string, id: ModelId): Promise<Retirement | undefined> {
  const text = await ifExists(readFile(fileOf(folder, id), 'utf8'), undefined);
  return text === undefined ? undefined : retirementSchema.parse(JSON.parse(text));
}

export async function keepRetirement(folder: string, id: ModelId, retired: Retirement): Promise<void> {
  await writeAtomic(fileOf(folder, id), [`${JSON.stringify(retired, null, 1)}\n`]);
}

export const takeBackRetirement = (folder: string, id: ModelId): Promise<void> =>
  rm(fileOf(folder, id), { force: true });
