// The table of everything a verdict depends on besides the pixels, in words.
import { architectureOf, type PerChannel, perChannelWords } from '../../../contract/architecture.ts';
import { policyWords, type SecondLookMade } from '../../../contract/second-look.ts';
import type { VerdictParameters } from '../../../contract/verdict.ts';
import { type Sheet, STYLES } from '../sheet.ts';

const WORDS: Readonly<Record<keyof VerdictParameters, string>> = {
  appVersion: 'Version of the workstation',
  pipelineVersion: 'Version of the pipeline',
  modelId: 'Model, SHA-256',
  finderSha256: 'Face finder, SHA-256',
  architecture: 'Network',
  cropRecipe: 'Crop recipe',
  inputPx: 'Input size, px',
  interpolation: 'Interpolation',
  mean: 'Mean taken off (of 0..1)',
  std: 'Divided by',
  channelOrder: 'Order of channels',
  runtime: 'Inference runtime',
  provider: 'Execution provider',
  device: 'Processor',
  threads: 'Threads',
  precision: 'Precision',
  decoder: 'Picture decoder',
  operatingPoints: 'Operating points',
  validationSha256: 'Validation record, SHA-256',
  minimumFacePx: 'Smallest face scored, px',
  worker: 'Made by the worker',
  parts: 'Parts',
  secondLook: 'Second look',
  batch: 'Pictures in one run',
  logitDifference: "Logit at the device's self-test, largest difference to the CPU",
};

const NAMES = Object.keys(WORDS) as (keyof VerdictParameters)[];

function wordsOf(parameters: VerdictParameters, name: keyof VerdictParameters): string {
  const value = name === 'architecture' ? architectureOf(parameters) : parameters[name];
  if (value === null || value === undefined) return 'none';
  if (name === 'secondLook') return secondLookWords(parameters.secondLook!);
  if (name === 'parts') return (parameters.parts ?? []).map(partWords).join('; ');
  if (Array.isArray(value)) return perChannelWords(value as PerChannel);
  return typeof value === 'object' && 'low' in value ? `low ${value.low}, high ${value.high}` : String(value);
}

/** By which policy it was asked, and what the file met of it. */
const secondLookWords = ({ first, because, ...policy }: SecondLookMade): string =>
  `behind model ${first.slice(0, 12)}, at files ${policyWords(policy)}; these ${because === 'sample' ? 'were drawn for control' : 'are of which it could not tell'}`;

/** How a part of a composite was run; the rest stands in the set of its own results. */
const partWords = ({ modelId, provider, device, threads, batch, validationSha256 }: VerdictParameters): string =>
  `${modelId.slice(0, 12)} on ${provider} (${device}, ${threads} threads, ${batch ?? 'any'} pictures in one run), validation record ${validationSha256?.slice(0, 12) ?? 'none'}`;

/** Which set it is, and in what the sets differ. */
function titleOf(all: readonly VerdictParameters[], i: number): string {
  const differing = NAMES.filter((name) => new Set(all.map((one) => wordsOf(one, name))).size > 1);
  const own = differing.map((name) => `${WORDS[name]} ${wordsOf(all[i]!, name)}`);
  return [`Set ${i + 1} of ${all.length}`, ...own].join('; ');
}

export async function writeParameters(sheet: Sheet, all: readonly VerdictParameters[]): Promise<void> {
  sheet.heading('Annex C: parameters of the results');
  for (const [i, parameters] of all.entries()) {
    if (i > 0) sheet.y += 6;
    if (all.length > 1) sheet.paragraph(titleOf(all, i), STYLES.strong);
    await sheet.table(
      [0.3, 0.7],
      NAMES.filter((name) => parameters[name] !== undefined).map((name) => [WORDS[name], wordsOf(parameters, name)]),
    );
  }
}
