// Architecture: which network a model's weights are for, how pictures go into it and what its answer
// says. Also whether it has a decoder: what it gives to look at beside the score.
import * as z from 'zod';
import { type Composite, fusionWords } from './composite.ts';

/**
 * Which network the weights are for: `recce`, the id of a published family (models/families), or
 * `onnx` for a network that its owner declares. Not a closed list: a case may name one that this
 * build does not have, and is read all the same.
 */
export const architectureSchema = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,39}$/);
export type Architecture = z.infer<typeof architectureSchema>;
export const RECCE: Architecture = 'recce';
export const ONNX: Architecture = 'onnx';

/** One number for all channels, or one for each in the order in which the network takes them. */
export const perChannelSchema = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()])]);
export type PerChannel = z.infer<typeof perChannelSchema>;

/** Order in which a network takes the channels. */
export const channelOrderSchema = z.enum(['RGB', 'BGR']);

/** How tensors lie: channels before or after the rows and columns. */
export const tensorLayoutSchema = z.enum(['NCHW', 'NHWC']);

/**
 * What a network's output says: `logit`, one number or two of which the difference counts;
 * `sigmoid`, one probability; `softmax`, two that add up to 1.
 */
export const answerSchema = z.enum(['logit', 'sigmoid', 'softmax']);
export type Answer = z.infer<typeof answerSchema>;

/** Tensors of an ONNX network by which pictures go in and the answer comes out, as declared. */
export const onnxInterfaceSchema = z.strictObject({
  input: z.string().min(1).max(200),
  layout: tensorLayoutSchema,
  /** What the pixel values 0 and 255 become before mean and deviation are applied. */
  valueRange: z.tuple([z.number(), z.number()]),
  output: z.string().min(1).max(200),
  answer: answerSchema,
  /** What the classifier sees, [n, ...]: for the domain check. Null where no output gives it. */
  features: z.string().min(1).max(200).nullable(),
  /** Pictures of every run where the file fixes their number; null where any number may be run. */
  batch: z.number().int().min(1).max(64).nullable(),
});
export type OnnxInterface = z.infer<typeof onnxInterfaceSchema>;

/** Records of before there were others are RECCE's. */
export const architectureOf = ({ architecture }: { architecture?: Architecture | undefined }): Architecture =>
  architecture ?? RECCE;

/** Whether the network gives the views of a decoder: reconstruction, difference and attention. */
export const hasDecoder = ({ decoder }: { decoder?: boolean | undefined }): boolean => decoder !== false;

/** Said wherever the views of a decoder would be. */
export const NO_DECODER = 'This detector has no reconstruction: its network has no decoder.';

/** A value of all channels, or of each, as people read it. */
export const perChannelWords = (value: PerChannel): string =>
  typeof value === 'number' ? `${value}` : value.join(' ');

/** What a passport says of its network, in a few words. */
export function networkWords({
  architecture,
  width,
  onnx,
  composite,
}: {
  architecture?: Architecture | undefined;
  width?: number | undefined;
  onnx?: OnnxInterface | undefined;
  composite?: Composite | undefined;
}): string {
  if (width !== undefined) return `RECCE, width ${width}`;
  if (composite) return `composite of ${composite.parts.length} models: ${fusionWords(composite)}`;
  if (!onnx) return architecture ?? RECCE;
  return `ONNX as declared: input ${onnx.input} (${onnx.layout}), output ${onnx.output} (${onnx.answer})`;
}

/** How pixels become numbers, where that is not RECCE's 0..1. */
export const rangeWords = ({ onnx }: { onnx?: OnnxInterface | undefined }): string =>
  onnx && onnx.valueRange.join() !== '0,1' ? `, values ${onnx.valueRange.join(' to ')}` : '';
