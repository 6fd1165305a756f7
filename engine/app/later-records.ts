// Which models of a case were validated after its verdicts were made: what the case recorded held
// against this installation's library.
import type { LaterRecord } from '../../contract/later-record.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { findValidation } from '../case/rows/model.ts';
import { allParameters } from '../case/rows/verdict.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import type { ModelLibrary } from '../library/model-library.ts';

/**
 * One for each model and record that verdicts were made under, where the library has a later one.
 * Models not in the library have none.
 */
export async function laterRecords(opened: ReadableCase, library: Pick<ModelLibrary, 'list'>): Promise<LaterRecord[]> {
  const models = new Map((await library.list()).map((model) => [model.id, model]));
  const found = allParameters(opened).flatMap((parameters) => {
    const model = models.get(parameters.modelId);
    if (!model?.validation) return [];
    const later = { sha256: hashOfValue(model.validation), madeAt: model.validation.madeAt };
    const earlier = recordOf(opened, parameters);
    if (earlier?.sha256 === later.sha256 || (earlier?.madeAt ?? '') > later.madeAt) return [];
    return [{ modelId: model.id, modelName: model.name, earlier, later }];
  });
  return [...new Map(found.map((one) => [`${one.modelId} ${one.earlier?.sha256}`, one])).values()];
}

function recordOf(opened: ReadableCase, { modelId, validationSha256 }: VerdictParameters): LaterRecord['earlier'] {
  if (!validationSha256) return null;
  const madeAt = findValidation(opened, modelId, validationSha256)?.madeAt ?? null;
  return { sha256: validationSha256, madeAt };
}
