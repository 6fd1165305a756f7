// What must be the same on two machines: application, pipeline, weights, face finder. A worker that
// differs in one of them does not examine.
import type { FarmPassport } from '../../../contract/farm.ts';

const WORDS: Readonly<Record<keyof FarmPassport, string>> = {
  appVersion: 'version of the workstation',
  pipelineVersion: 'version of the pipeline',
  modelId: 'model (SHA-256 of its weights)',
  finderSha256: 'face finder (SHA-256)',
};

const shown = (value: string | number): string => (typeof value === 'string' ? value.slice(0, 12) : String(value));

/** Why a worker with `own` may not do what wants `wanted`; undefined where it may. */
export function refusalFrom(wanted: FarmPassport, own: FarmPassport): string | undefined {
  const names = Object.keys(WORDS) as (keyof FarmPassport)[];
  const differing = names.filter((name) => wanted[name] !== own[name]);
  if (differing.length === 0) return undefined;
  const each = differing.map((name) => `${WORDS[name]}: ${shown(wanted[name])} is wanted, ${shown(own[name])} is here`);
  return `Refused: this worker's verdicts would not belong into the case. ${each.join('; ')}.`;
}
