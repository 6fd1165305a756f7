// What a model's passport says of its network, in one place for everything that runs one: how
// pictures go in, which output is the answer and what it means, and which views come with it. RECCE
// and the published families are built here and have names of their own; an ONNX file has those
// that its owner declared.
import { architectureOf, hasDecoder, ONNX } from '../../contract/architecture.ts';
import type { Passport } from '../../contract/model.ts';
import { FAMILY_INPUT, FAMILY_OUTPUTS } from '../../models/families/family.ts';
import { type AnswerMeaning, logitFromAnswer } from '../../models/nn/logit-from-answer.ts';
import { INFERENCE_INPUT, INFERENCE_OUTPUTS } from '../../models/recce/inference-graph.ts';
import { type InputSpec, inputFromPixels } from '../../models/recce/input.ts';
import type { NetworkSide } from '../compute/device-reports.ts';
import type { Feeds, TensorMessage } from '../compute/messages.ts';

/** What a network is fed and asked for. */
export type ModelNetwork = {
  input: InputSpec & { name: string };
  /** Name of the output that answers, and what it means. */
  answer: AnswerMeaning & { output: string };
  /** Output with what the classifier sees; null where none gives it. */
  features: string | null;
  /** Outputs of a decoder; null without one. */
  views: Pick<typeof INFERENCE_OUTPUTS, 'reconstruction' | 'difference' | 'gate'> | null;
  /** Pictures of every run where the network fixes their number. */
  batch: number | null;
};

/** Of the passport, what a network is fed by. Absent fields of older records are RECCE's. */
export type FedPassport = Pick<Passport, 'inputPx' | 'mean' | 'std'> & Partial<Passport>;

/** Throws nothing: a passport is checked when its model is taken in. */
export function networkOf(passport: FedPassport): ModelNetwork {
  const { inputPx, mean, std, channelOrder, onnx, classMap } = passport;
  const fed = { inputPx, mean, std, channelOrder };
  if (architectureOf(passport) === ONNX && onnx) {
    const { input, layout, valueRange, output, answer, features, batch } = onnx;
    return {
      input: { ...fed, name: input, layout, valueRange },
      answer: { output, answer, forged: classMap?.forged ?? 1 },
      ...{ features, batch, views: null },
    };
  }
  // What we build ourselves speaks for forged already, whatever its weights were trained to.
  const isRecce = hasDecoder(passport);
  const { logit, features, ...views } = INFERENCE_OUTPUTS;
  return {
    input: { ...fed, name: isRecce ? INFERENCE_INPUT : FAMILY_INPUT },
    answer: { output: isRecce ? logit : FAMILY_OUTPUTS.logit, answer: 'logit', forged: 1 },
    features: isRecce ? features : FAMILY_OUTPUTS.features,
    views: isRecce ? views : null,
    batch: null,
  };
}

/** The outputs that are asked for. */
export const outputsOf = ({ answer, features, views }: ModelNetwork): string[] => [
  ...new Set([answer.output, ...(features === null ? [] : [features]), ...Object.values(views ?? {})]),
];

/** Pictures as the network's feeds. */
export const feedsOf = (network: ModelNetwork, pictures: readonly Uint8Array[]): Feeds => ({
  [network.input.name]: inputFromPixels(pictures, network.input),
});

/** A float output of a run. Throws RangeError for what is none. */
export function floatsOf(outputs: Feeds, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.dtype !== 'float32')
    throw new RangeError(`output ${name} is ${tensor?.dtype ?? 'missing'}; float32 was expected.`);
  return tensor.data;
}

/**
 * Logits of a run of so many pictures, each speaking for forged; NaN where a picture has no number.
 * Throws RangeError where the output is not what the passport declares.
 */
export function logitsOf({ answer }: ModelNetwork, outputs: Feeds, pictures: number): number[] {
  const values = floatsOf(outputs, answer.output);
  const each = values.length / pictures;
  if (!Number.isInteger(each) || each === 0)
    throw new RangeError(`output ${answer.output} has ${values.length} numbers for ${pictures} pictures.`);
  return Array.from({ length: pictures }, (_, n) => logitFromAnswer(values.subarray(n * each, (n + 1) * each), answer));
}

/**
 * As a network is measured on a device. Its answer is compared as the logit that is made of it; two
 * providers that agree to a thousandth of a probability need not agree in the logit.
 */
export function sideOf(network: ModelNetwork): NetworkSide | undefined {
  const { input, batch, answer } = network;
  if (network.views || (answer.output === 'logit' && batch === null && input.layout === undefined)) return undefined;
  return {
    input: { name: input.name, layout: input.layout ?? 'NCHW' },
    batch,
    outputs: outputsOf(network),
    read: (outputs, pictures) => {
      const logits = Float32Array.from(logitsOf(network, outputs, pictures));
      const logit: TensorMessage = { dtype: 'float32', shape: [pictures], data: logits };
      return network.features === null ? { logit } : { logit, features: outputs[network.features]! };
    },
  };
}
