// What a scan on this machine works with: the parts that examine files, the models that judge them,
// and the case that is written.
import type { SecondLook } from '../../contract/second-look.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import type { ExamineDeps } from '../examine/examine-still.ts';
import type { VideoDeps } from '../examine/examine-video.ts';

/** A model where it runs, and what its verdicts record. */
export type ScanModel = Pick<ExamineDeps, 'model'> & {
  /** Absent of a composite: it is made of what its parts say. */
  compute?: ExamineDeps['compute'] | undefined;
  parameters: VerdictParameters;
  /** Of a model that is asked only about some files: behind which model, by which policy. */
  second?: { first: ScanModel; policy: SecondLook } | undefined;
};

/** The parts of a composite among the models of a scan, in their order; none of another model. */
export const partsAmong = (models: readonly ScanModel[], { model }: Pick<ScanModel, 'model'>): ScanModel[] =>
  (model.passport.composite?.parts ?? []).map(({ modelId }) => {
    const part = models.find((one) => one.model.id === modelId);
    if (!part) throw new Error(`The scan has ${model.name} without its part ${modelId}.`);
    return part;
  });

/** Models with the parts of those that are composites, each once, parts before what is made of them. */
export const withParts = (models: readonly ScanModel[], some: readonly ScanModel[]): ScanModel[] => {
  const wanted = new Set([...some, ...some.flatMap((one) => partsAmong(models, one))]);
  return models.filter((one) => wanted.has(one)).toSorted((a, b) => Number(!a.compute) - Number(!b.compute));
};

/** What a scan works with. */
export type ScanDeps = Omit<VideoDeps, 'model' | 'compute'> & {
  opened: WritableCase;
  /**
   * At least one, and with a composite its parts. Every file is read and searched once for all of
   * them.
   */
  models: readonly ScanModel[];
};

/**
 * A model failed on its device in mid-scan, which says nothing of the file it was at. `cause` is
 * what it failed with.
 */
export class ModelFailure extends Error {
  readonly failed: ScanModel;
  constructor(failed: ScanModel, cause: Error) {
    super(cause.message, { cause });
    this.name = 'ModelFailure';
    this.failed = failed;
  }
}
