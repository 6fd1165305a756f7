// Which validation records of a case this installation does not have: what the case recorded held
// against every record the library ever had of the model.
import type { ModelId, Sha256 } from '../../contract/brand.ts';
import type { RecordElsewhere } from '../../contract/record-elsewhere.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { allModels, findValidation } from '../case/rows/model.ts';
import { allParameters } from '../case/rows/verdict.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import type { ModelLibrary } from '../library/model-library.ts';

/**
 * One for each record that verdicts of the case were made under, or that a model of the case has,
 * and that the library does not have of that model; by model, the one of the case's models first.
 */
export async function recordsElsewhere(
  opened: ReadableCase,
  library: Pick<ModelLibrary, 'recordsOf'>,
): Promise<RecordElsewhere[]> {
  const models = allModels(opened);
  const wanted = new Map<string, { modelId: ModelId; sha256: Sha256 }>();
  const want = (modelId: ModelId, sha256: Sha256 | null | undefined): void => {
    if (sha256) wanted.set(`${modelId} ${sha256}`, { modelId, sha256 });
  };
  for (const { id, validation } of models) want(id, validation && hashOfValue(validation));
  for (const { modelId, validationSha256 } of allParameters(opened)) want(modelId, validationSha256);
  const found: RecordElsewhere[] = [];
  for (const { modelId, sha256 } of wanted.values()) {
    const here = await library.recordsOf(modelId);
    if (here?.has(sha256)) continue;
    const modelName = models.find(({ id }) => id === modelId)?.name ?? modelId.slice(0, 12);
    const madeAt = findValidation(opened, modelId, sha256)?.madeAt ?? null;
    found.push({ modelId, modelName, sha256, madeAt, hasModel: here !== undefined });
  }
  return found;
}
