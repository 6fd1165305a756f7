// The validation of a run: the same faces of the validation split, every time, through the weights as they are now.
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

/** Faces of one folder, and which of its samples are looked at. */
export type ValidationSource = {
  name: string;
  samples: SampleSource;
  draws: readonly { epoch: number; index: number }[];
};

type Judged = { sample: Sample; logit: number; difference: number; reconstruction: Uint8Array };

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
  const judged: Judged[][] = [];
  for (const source of sources) judged.push(await judgeSource(trainer, source, signal));
  // As many of each source as there is room for.
  const shown = judged.flatMap((faces) => faces.slice(0, Math.ceil(SHOWN / sources.length))).slice(0, SHOWN);
  return {
    point: pointOf(sources, judged, step),
    samples: await Promise.all(shown.map((one) => encoded(one, inputPx))),
  };
}

async function judgeSource(trainer: Trainer, { samples, draws }: ValidationSource, signal: AbortSignal) {
  const judged: Judged[] = [];
  for (let at = 0; at < draws.length; at += CHUNK) {
    signal.throwIfAborted();
    const chunk = await Promise.all(
      draws.slice(at, at + CHUNK).map(({ epoch, index }) => samples.sample(epoch, index)),
    );
    const { logits, reconstructions } = await trainer.evaluate(
      chunk.map(({ pixels }) => pixels),
      { reconstructions: true },
    );
    for (const [i, sample] of chunk.entries()) {
      const reconstruction = reconstructions[i]!;
      const difference = differenceOf(sample.pixels, reconstruction);
      // Pixels of what is not shown are let go: a validation split may be large.
      const kept =
        judged.length < SHOWN
          ? { sample, reconstruction }
          : { sample: { ...sample, pixels: NONE }, reconstruction: NONE };
      judged.push({ ...kept, logit: logits[i]!, difference });
    }
  }
  return judged;
}

const NONE = new Uint8Array(0);

/** Mean |a - b| / 255. */
function differenceOf(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length / 255;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function pointOf(
  sources: readonly ValidationSource[],
  bySource: readonly (readonly Judged[])[],
  step: number,
): RunValidation['point'] {
  const judged = bySource.flat();
  const genuine = judged.filter(({ sample }) => sample.label === 0);
  const areas = bySource.map(areaOf);
  const known = areas.filter((area) => area !== null);
  const named = sources.map(({ name }, i) => ({ name, auc: areas[i]!, faces: bySource[i]!.length }));
  return {
    kind: 'validation',
    step,
    loss: mean(judged.map(({ sample, logit }) => crossEntropy(logit, sample.label))),
    accuracy: mean(judged.map(({ sample, logit }) => (logit >= 0 === (sample.label === 1) ? 1 : 0))),
    auc: known.length > 0 ? mean(known) : null,
    difference: genuine.length > 0 ? mean(genuine.map(({ difference }) => difference)) : null,
    faces: judged.length,
    ...(sources.length > 1 ? { sources: named } : {}),
  };
}

/** Null where a class is missing. */
function areaOf(judged: readonly Judged[]): number | null {
  const area = areaUnderRoc(
    judged.map(({ sample, logit }) => ({ score: logit, label: sample.label, source: sample.source })),
  );
  return Number.isFinite(area) ? area : null;
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
