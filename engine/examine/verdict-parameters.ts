// What a verdict records of how it was made.
import type { Sha256 } from '../../contract/brand.ts';
import { COMPOSITE } from '../../contract/composite.ts';
import type { Placement } from '../../contract/device.ts';
import type { Model } from '../../contract/model.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { RUNTIME_VERSION } from '../compute/runtime-version.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import { DECODER } from '../media/still/decoded-still.ts';
import { PIPELINE_VERSION } from './pipeline-version.ts';

/** What a verdict records of its model's passport: the same for every verdict the model makes. */
export const OF_THE_PASSPORT = [
  'architecture',
  'cropRecipe',
  'inputPx',
  'interpolation',
  'mean',
  'std',
  'channelOrder',
] as const;

/** By `model` in a certain place, with a face finder known by its hash. */
export function verdictParameters(
  model: Model,
  placement: Placement,
  { appVersion, finderSha256 }: Pick<VerdictParameters, 'appVersion' | 'finderSha256'>,
): VerdictParameters {
  const { provider, mixed, device, threads, batch, logitDifference } = placement;
  const { architecture, cropRecipe, inputPx, interpolation, mean, std, channelOrder } = model.passport;
  return {
    appVersion,
    pipelineVersion: PIPELINE_VERSION,
    modelId: model.id as Sha256,
    finderSha256,
    ...(architecture === undefined ? {} : { architecture }),
    cropRecipe,
    inputPx,
    interpolation,
    mean,
    std,
    channelOrder,
    runtime: RUNTIME_VERSION,
    provider: mixed ? `${provider}+cpu` : provider,
    device,
    threads,
    precision: 'float32',
    decoder: DECODER,
    operatingPoints: model.operatingPoints,
    // The scan's own: put in by what starts it.
    minimumFacePx: null,
    validationSha256: model.validation && hashOfValue(model.validation),
    batch,
    logitDifference,
  };
}

/**
 * By a composite, whose parts' verdicts record `parts`: where it was made is where they were. Throws
 * nothing: a composite has at least two.
 */
export function compositeParameters(
  { id, passport, operatingPoints, validation }: Model,
  parts: readonly VerdictParameters[],
): VerdictParameters {
  const first = parts[0]!;
  const joined = (name: 'provider' | 'device'): string => [...new Set(parts.map((one) => one[name]))].join(' and ');
  return {
    ...first,
    modelId: id as Sha256,
    architecture: COMPOSITE,
    ...Object.fromEntries(OF_THE_PASSPORT.map((name) => [name, passport[name]])),
    ...{ provider: joined('provider'), device: joined('device'), batch: null, logitDifference: null },
    operatingPoints,
    validationSha256: validation && hashOfValue(validation),
    parts: parts.map(({ parts: _, ...own }) => own),
  };
}
