// The validation of a run: every face of the validation split through the weights as they are now. Faces of epoch 0 only, so that
// every validation sees the same ones.
import type { CurvePoint, SampleReconstruction } from '../../../contract/training.ts';
import { areaUnderRoc } from '../../../models/metrics/roc.ts';
import { scoreFromLogit } from '../../../models/recce/output.ts';
import type { Trainer } from '../../compute/trainer.ts';
import type { Sample, SampleSource } from '../../datasets/samples.ts';
import { encodeRgbPng } from '../../media/encode-png.ts';

/** Faces asked for and evaluated at a time. */
const CHUNK = 64;
/** Faces whose reconstruction is shown. */
const SHOWN = 8;

type Judged = { sample: Sample; logit: number; difference: number; reconstruction: Uint8Array };

export type RunValidation = {
  point: Extract<CurvePoint, { kind: 'validation' }>;
  samples: SampleReconstruction[];
};

/** `step` is how many were done. `signal` ends it between chunks. */
export async function validateRun(
  trainer: Trainer,
  source: SampleSource,
  { step, inputPx, signal }: { step: number; inputPx: number; signal: AbortSignal },
): Promise<RunValidation> {
  const judged: Judged[] = [];
  const shown: Judged[] = [];
  for (let at = 0; at < source.count; at += CHUNK) {
    signal.throwIfAborted();
    const indices = Array.from({ length: Math.min(CHUNK, source.count - at) }, (_, i) => at + i);
    const samples = await Promise.all(indices.map((index) => source.sample(0, index)));
    const { logits, reconstructions } = await trainer.evaluate(
      samples.map(({ pixels }) => pixels),
      { reconstructions: true },
    );
    for (const [i, sample] of samples.entries()) {
      const reconstruction = reconstructions[i]!;
      const one = {
        sample,
        logit: logits[i]!,
        difference: differenceOf(sample.pixels, reconstruction),
        reconstruction,
      };
      if (shown.length < SHOWN) shown.push(one);
      // Pixels of what is not shown are let go: a validation split may be large.
      judged.push({ ...one, sample: { ...sample, pixels: NONE }, reconstruction: NONE });
    }
  }
  return { point: pointOf(judged, step), samples: await Promise.all(shown.map((one) => encoded(one, inputPx))) };
}

const NONE = new Uint8Array(0);

/** Mean |a - b| / 255. */
function differenceOf(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length / 255;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function pointOf(judged: readonly Judged[], step: number): RunValidation['point'] {
  const genuine = judged.filter(({ sample }) => sample.label === 0);
  const area = areaUnderRoc(
    judged.map(({ sample, logit }) => ({ score: logit, label: sample.label, source: sample.source })),
  );
  return {
    kind: 'validation',
    step,
    loss: mean(judged.map(({ sample, logit }) => crossEntropy(logit, sample.label))),
    accuracy: mean(judged.map(({ sample, logit }) => (logit >= 0 === (sample.label === 1) ? 1 : 0))),
    auc: Number.isFinite(area) ? area : null,
    difference: genuine.length > 0 ? mean(genuine.map(({ difference }) => difference)) : null,
    faces: judged.length,
  };
}

/** Natural-log loss of one logit, without overflow. */
const crossEntropy = (logit: number, label: 0 | 1): number =>
  Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - logit * label;

async function encoded({ sample, logit, reconstruction }: Judged, inputPx: number): Promise<SampleReconstruction> {
  const [original, rebuilt] = await Promise.all(
    [sample.pixels, reconstruction].map((pixels) => encodeRgbPng(pixels, inputPx, inputPx)),
  );
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    label: sample.label,
    score: scoreFromLogit(logit),
    original: base64(original!),
    reconstruction: base64(rebuilt!),
  };
}
