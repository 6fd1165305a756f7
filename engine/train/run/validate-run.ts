// The validation of a run: the same faces of the validation split, every time, through the weights
// as they are now.
import type { CurvePoint, SampleReconstruction } from '../../../contract/training.ts';
import { areaUnderRoc } from '../../../models/metrics/roc.ts';
import { scoreFromLogit } from '../../../models/recce/output.ts';
import type { Trainer } from '../../compute/trainer.ts';
import type { EvaluatedFace, ShownFace } from '../../compute/training-messages.ts';
import { encodeRgbPng } from '../../media/encode-png.ts';
import type { RunSamples } from './batches.ts';
import { SAMPLE_MAKER } from './sample-maker.ts';

/** Faces evaluated between two looks at whether the run was stopped. */
const CHUNK = 64;
/** Faces whose reconstruction is shown. */
const SHOWN = 8;

/** Faces of one folder, and which of its samples are looked at. */
export type ValidationSource = {
  name: string;
  samples: RunSamples;
  draws: readonly { epoch: number; index: number }[];
};

type Judged = { faces: EvaluatedFace[]; shown: (ShownFace & EvaluatedFace)[] };

export type RunValidation = {
  point: Extract<CurvePoint, { kind: 'validation' }>;
  samples: SampleReconstruction[];
};

/** `step` is how many were done. `signal` ends it between chunks. */
export async function validateRun(
  trainer: Trainer,
  sources: readonly ValidationSource[],
  { step, inputPx, signal }: { step: number; inputPx: number; signal: AbortSignal },
): Promise<RunValidation> {
  // As many of each source as there is room for.
  const most = Math.ceil(SHOWN / sources.length);
  const judged: Judged[] = [];
  for (const source of sources) judged.push(await judgeSource(trainer, source, most, signal));
  const shown = judged.flatMap((one) => one.shown).slice(0, SHOWN);
  const faces = judged.map((one) => one.faces);
  return {
    point: pointOf(sources, faces, step),
    samples: await Promise.all(shown.map((one) => encoded(one, inputPx))),
  };
}

async function judgeSource(
  trainer: Trainer,
  { samples, draws }: ValidationSource,
  most: number,
  signal: AbortSignal,
): Promise<Judged> {
  const judged: Judged = { faces: [], shown: [] };
  for (let at = 0; at < draws.length; at += CHUNK) {
    signal.throwIfAborted();
    const chunk = draws.slice(at, at + CHUNK).map((draw) => ({ ...draw, samples: samples.description }));
    const { faces, shown } = await trainer.evaluateOn(SAMPLE_MAKER, chunk, Math.max(0, most - judged.shown.length));
    judged.faces.push(...faces);
    judged.shown.push(...shown.map((one, i) => ({ ...one, ...faces[i]! })));
  }
  return judged;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function pointOf(
  sources: readonly ValidationSource[],
  bySource: readonly (readonly EvaluatedFace[])[],
  step: number,
): RunValidation['point'] {
  const judged = bySource.flat();
  const genuine = judged.filter(({ label }) => label === 0);
  const areas = bySource.map(areaOf);
  const known = areas.filter((area) => area !== null);
  const named = sources.map(({ name }, i) => ({ name, auc: areas[i]!, faces: bySource[i]!.length }));
  return {
    kind: 'validation',
    step,
    loss: mean(judged.map(({ label, logit }) => crossEntropy(logit, label))),
    accuracy: mean(judged.map(({ label, logit }) => (logit >= 0 === (label === 1) ? 1 : 0))),
    auc: known.length > 0 ? mean(known) : null,
    difference: genuine.length > 0 ? mean(genuine.map(({ difference }) => difference)) : null,
    faces: judged.length,
    ...(sources.length > 1 ? { sources: named } : {}),
  };
}

/** Null where a class is missing. */
function areaOf(judged: readonly EvaluatedFace[]): number | null {
  const area = areaUnderRoc(judged.map(({ logit, label, source }) => ({ score: logit, label, source })));
  return Number.isFinite(area) ? area : null;
}

/** Natural-log loss of one logit, without overflow. */
const crossEntropy = (logit: number, label: 0 | 1): number =>
  Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - logit * label;

async function encoded(
  { label, logit, pixels, reconstruction }: Judged['shown'][number],
  inputPx: number,
): Promise<SampleReconstruction> {
  const [original, rebuilt] = await Promise.all(
    [pixels, reconstruction].map((picture) => encodeRgbPng(picture, inputPx, inputPx)),
  );
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return { label, score: scoreFromLogit(logit), original: base64(original!), reconstruction: base64(rebuilt!) };
}
