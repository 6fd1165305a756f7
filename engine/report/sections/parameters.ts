// The table of everything a verdict depends on besides the pixels, in words.
import type { VerdictParameters } from '../../../contract/verdict.ts';
import type { Sheet } from '../sheet.ts';

const WORDS: Readonly<Record<keyof VerdictParameters, string>> = {
  appVersion: 'Version of the workstation',
  pipelineVersion: 'Version of the pipeline',
  modelId: 'Model, SHA-256',
  finderSha256: 'Face finder, SHA-256',
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
};

function wordsFromValue(value: VerdictParameters[keyof VerdictParameters]): string {
  if (value === null) return 'none';
  return typeof value === 'object' ? `low ${value.low}, high ${value.high}` : String(value);
}

export function writeParameters(sheet: Sheet, all: readonly VerdictParameters[]): void {
  sheet.heading('Parameters');
  all.forEach((parameters, i) => {
    if (i > 0) sheet.y += 6;
    const names = Object.keys(WORDS) as (keyof VerdictParameters)[];
    sheet.table(
      [0.3, 0.7],
      names
        .filter((name) => parameters[name] !== undefined)
        .map((name) => [WORDS[name], wordsFromValue(parameters[name])]),
    );
  });
}
