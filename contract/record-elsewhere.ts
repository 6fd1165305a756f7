// A validation record that this workstation's library does not have: it is in the case alone, which
// was packed or worked on elsewhere. Error rates, leanings and likelihood ratios that follow from it are the word of
// whoever made it, and window, report, table and command line say so wherever they show them.
import * as z from 'zod';
import { type ModelId, modelIdSchema, type Sha256, sha256Schema } from './brand.ts';
import { instantSchema } from './units.ts';
import type { VerdictParameters } from './verdict.ts';

// A named type: spelled out in every procedure it is more than the compiler writes down.
export interface RecordElsewhere {
  modelId: ModelId;
  modelName: string;
  /** SHA-256 of the record. */
  sha256: Sha256;
  /** When it says it was made; null where the case does not hold the record itself. */
  madeAt: string | null;
  /** Whether the model is in this workstation's library: with another record, or with none. */
  hasModel: boolean;
}
export interface RecordElsewhereSchema extends z.ZodType<RecordElsewhere> {}
export const recordElsewhereSchema: RecordElsewhereSchema = z.object({
  modelId: modelIdSchema,
  modelName: z.string(),
  sha256: sha256Schema,
  madeAt: instantSchema.nullable(),
  hasModel: z.boolean(),
});

/** The one that a verdict with these parameters was made under, if it is such a record. */
export const recordElsewhereFor = (
  records: readonly RecordElsewhere[],
  { modelId, validationSha256 }: Pick<VerdictParameters, 'modelId' | 'validationSha256'>,
): RecordElsewhere | undefined =>
  records.find((one) => one.modelId === modelId && one.sha256 === (validationSha256 ?? null));

/** `The validation record of X of 2026-03-01 (SHA-256 0123456789ab…) is not …`. */
export function recordElsewhereSentence({ modelName, sha256, madeAt, hasModel }: RecordElsewhere): string {
  const which = `${madeAt === null ? '' : ` of ${madeAt.slice(0, 10)}`} (SHA-256 ${sha256.slice(0, 12)}…)`;
  const place = madeAt === null ? 'the case names it and does not hold it' : 'it is in the case alone';
  return `The validation record of ${modelName}${which} is not in this workstation’s library${hasModel ? '' : ', nor is the model'}: ${place}.`;
}

/** Said beside it, and beside any figure of such a record. */
export const WORD_OF_ITS_MAKER =
  'Its error rates, and the leanings and likelihood ratios that follow from it, were not measured here; they are the word of whoever made it.';
