// A model as people name it on the command line: by id, the beginning of one, its name, or a
// weights file. A file is that file, whatever name somebody gave a model; one that came along with a
// packed case or a network bears a name that its sender chose, and is meant by its id alone.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Model } from '../contract/model.ts';
import { visibleText } from '../contract/visible-text.ts';
import type { Client } from '../engine/index.ts';

/**
 * The model meant by `wanted`, the default one when absent. A file that is new is imported first.
 * Throws when nothing or several fit.
 */
export async function findModel(client: Client, wanted: string | undefined): Promise<Model> {
  const models = await client.model.list();
  const broken = await client.model.listBroken();
  if (wanted === undefined && broken.length === 0) return client.model.default();
  // Which of them is meant is not known while one cannot be read.
  if (wanted === undefined) return fail(`Name a model: ${broken[0]!.file} cannot be read (${broken[0]!.reason}).`);
  if (!existsSync(wanted)) return modelFrom(models, wanted);
  const [named] = fittingOf(models, wanted);
  if (named)
    return fail(
      `"${wanted}" is a file here and fits a model of the library: write the file with its folder (./${wanted}), or that model's id, ${named.id.slice(0, 12)}.`,
    );
  return modelOfFile(client, models, path.resolve(wanted));
}

/**
 * The entry in use with a file's weights; a file that says how it is fed may come into the library
 * by being named.
 */
async function modelOfFile(client: Client, models: readonly Model[], file: string): Promise<Model> {
  const { sha256, inputPx } = await client.model.inspect({ path: file });
  const known = models.filter((model) => model.passport.sha256 === sha256 && !model.retired);
  const own = known.findLast((model) => !model.cameWith);
  if (own) return own;
  const foreign = known.at(-1);
  if (foreign)
    return fail(
      `${file} is in the library only as ${visibleText(foreign.name)}, which came with ${visibleText(foreign.cameWith!.file)} and is fed as its sender declared. Import it (recce model import FILE --input-px N), or name that entry by its id: ${foreign.id.slice(0, 12)}.`,
    );
  if (inputPx !== null) return client.model.import({ path: file });
  return fail(`${file} is not in the library and does not say its input size: recce model import FILE --input-px N.`);
}

/**
 * The one of `models` meant by id, the beginning of one, or name. Throws when nothing or several
 * fit.
 */
export function modelFrom(models: readonly Model[], wanted: string): Model {
  const fitting = fittingOf(models, wanted);
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length > 1)
    return fail(`"${wanted}" fits ${fitting.length} models: ${fitting.map((m) => m.id.slice(0, 12)).join(', ')}.`);
  const foreign = models.find(({ name }) => name === wanted);
  if (foreign)
    return fail(
      `"${visibleText(wanted)}" came with ${visibleText(foreign.cameWith!.file)}, and its name is its sender's. Name it by its id: ${foreign.id.slice(0, 12)}.`,
    );
  return fail(`No model is called "${wanted}", and there is no such file. See "recce model list".`);
}

const fittingOf = (models: readonly Model[], wanted: string): Model[] =>
  models.filter((m) => (m.name === wanted && !m.cameWith) || (wanted.length >= 6 && m.id.startsWith(wanted)));

function fail(message: string): never {
  throw new Error(message);
}
