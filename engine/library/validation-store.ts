// Validation records made on this installation, beside the library: one file a record, the newest
// of a model counts. The model's own card is never changed; a lab's record stands in front of the
// one that came with the model.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { ModelId, Sha256 } from '../../contract/brand.ts';
import type { Model } from '../../contract/model.ts';
import { type ValidationRecord, validationRecordSchema } from '../../contract/validation.ts';
import { type OperatingPoints, operatingPointsSchema } from '../../contract/verdict.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { ifExists } from '../files/optional-file.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { WITHOUT_RECORD, WITHOUT_RECORD_OF_TRAINED } from './describe-weights.ts';

const storedSchema = z.object({ record: validationRecordSchema, operatingPoints: operatingPointsSchema });
/** A record with the operating points that belong to it. */
export type Validated = { record: ValidationRecord; operatingPoints: OperatingPoints };

const ENDING = '.validation.json';
/** Sorts by time: the instant without what a file name may not hold. */
const fileName = (id: ModelId, { madeAt }: ValidationRecord): string =>
  `${id}.${madeAt.replace(/[:.]/g, '-')}${ENDING}`;

/**
 * The newest record, or the folder it would be in, cannot be read. An earlier one does not stand in
 * for it: its operating points may be others.
 */
export class BrokenRecordError extends Error {
  readonly file: string;
  constructor(file: string, cause: unknown) {
    super(`${file} cannot be read.`, { cause });
    this.name = 'BrokenRecordError';
    this.file = file;
  }
}

/** The newest record of a model, if one was made here. Throws BrokenRecordError. */
export async function readValidation(folder: string, id: ModelId): Promise<Validated | undefined> {
  const names = await ifExists(readdir(folder), []).catch((cause: Error) => {
    throw new BrokenRecordError(folder, cause);
  });
  const newest = names
    .filter((name) => name.startsWith(id) && name.endsWith(ENDING))
    .sort()
    .at(-1);
  if (!newest) return undefined;
  const file = path.join(folder, newest);
  try {
    return storedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new BrokenRecordError(file, cause);
  }
}

/** SHA-256 of every record of a model that was made here; those that cannot be read are passed over. */
export async function hashesOfValidations(folder: string, id: ModelId): Promise<Sha256[]> {
  const names = await readdir(folder).catch(() => []);
  const hashes: Sha256[] = [];
  for (const name of names.filter((one) => one.startsWith(id) && one.endsWith(ENDING)).sort())
    try {
      hashes.push(hashOfValue(storedSchema.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8'))).record));
    } catch {
      // It stands for nothing; where it is the newest, the model is named as broken.
    }
  return hashes;
}

/** Keeps a record; earlier ones stay. */
export async function keepValidation(folder: string, id: ModelId, validated: Validated): Promise<void> {
  const target = path.join(folder, fileName(id, validated.record));
  await writeAtomic(target, [`${JSON.stringify(validated, null, 1)}\n`]);
}

/** The model with the record made here, if there is one. */
export async function withValidation(folder: string, model: Model): Promise<Model> {
  const validated = await readValidation(folder, model.id);
  if (!validated) return model;
  // The card is older than the record, and speaks of there being none.
  const limits = [WITHOUT_RECORD, WITHOUT_RECORD_OF_TRAINED].reduce((said, one) => said.replace(one, ''), model.limits);
  return { ...model, limits: limits.trim(), validation: validated.record, operatingPoints: validated.operatingPoints };
}
