// Later record: a model was validated (anew) after verdicts of a case were made. What a verdict
// says in words and as a likelihood ratio comes from the record of its time and stays; window,
// report and command line say that there is a later one.
import * as z from 'zod';
import { modelIdSchema, type Sha256, sha256Schema } from './brand.ts';
import { instantSchema } from './units.ts';
import type { VerdictParameters } from './verdict.ts';

export const laterRecordSchema = z.object({
  modelId: modelIdSchema,
  modelName: z.string(),
  /**
   * Null: verdicts were made without a record. `madeAt` is null where the case does not hold the
   * record itself.
   */
  earlier: z.object({ sha256: sha256Schema, madeAt: instantSchema.nullable() }).nullable(),
  /** The record the model has in this workstation's library. */
  later: z.object({ sha256: sha256Schema, madeAt: instantSchema }),
});
export type LaterRecord = z.infer<typeof laterRecordSchema>;

/** The one that came after a verdict with these parameters, if there is one. */
export const laterRecordFor = (
  records: readonly LaterRecord[],
  { modelId, validationSha256 }: Pick<VerdictParameters, 'modelId' | 'validationSha256'>,
): LaterRecord | undefined =>
  records.find((one) => one.modelId === modelId && (one.earlier?.sha256 ?? null) === (validationSha256 ?? null));

const named = ({ sha256, madeAt }: { sha256: Sha256; madeAt: string | null }): string =>
  `${madeAt === null ? '' : `of ${madeAt.slice(0, 10)} `}(SHA-256 ${sha256.slice(0, 12)}…)`;

/**
 * The two records, as the end of a sentence: `was made under the validation record of …; the model
 * has had that of … since`.
 */
export const laterRecordWords = ({ earlier, later }: LaterRecord): string =>
  `made ${earlier ? `under the validation record ${named(earlier)}` : 'without a validation record'}; this workstation has a later one for its model, ${named(later)}`;

/** What an examiner can do about it: a scan of the same case finds its verdicts done. */
export const NEW_CASE_WORDS = 'Scanned into a new case, the files are judged under the later record.';

/** Said of a verdict or of many: what is recorded stays. */
export const KEPT_WORDS =
  'Leaning and likelihood ratio are those of their time and stay as they are; the figures of the later record are not theirs.';
