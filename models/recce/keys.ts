// The state dict of the network: every tensor's name and shape, in PyTorch's order. What a
// checkpoint must match exactly.

import { type BlockRow, blockRow, CHANNELS, ENCODER_BLOCKS } from './architecture.ts';
import { channels, type RecceConfig } from './config.ts';
import { BATCH_NORM_LEAVES, type KeyShape } from './key-shape.ts';

/** The tensors of a BatchNorm2d of `c` channels. */
export const batchNorm = (name: string, c: number): KeyShape[] =>
  BATCH_NORM_LEAVES.map((leaf) => ({
    name: `${name}.${leaf}`,
    shape: leaf === 'num_batches_tracked' ? [] : [c],
    dtype: leaf === 'num_batches_tracked' ? 'int64' : 'float32',
  }));

/** `<name>.weight` */
export const weight = (name: string, ...shape: number[]): KeyShape => ({
  name: `${name}.weight`,
  shape,
  dtype: 'float32',
});

/** The tensors of a separable convolution. */
export const separable = (name: string, from: number, to: number): KeyShape[] => [
  weight(`${name}.conv1`, from, 1, 3, 3),
  weight(`${name}.pointwise`, to, from, 1, 1),
];

/** The tensors of an Xception block; `at` is a channel count of the paper at the network's width. */
export function blockKeys(row: BlockRow, at: (c: number) => number): KeyShape[] {
  const from = at(row.from);
  const to = at(row.to);
  const first = row.startsWithRelu ? 1 : 0;
  const shortcut = row.projects
    ? [weight(`${row.name}.skip`, to, from, 1, 1), ...batchNorm(`${row.name}.skipbn`, to)]
    : [];
  const rep = Array.from({ length: row.reps }, (_, i) => {
    const last = i === row.reps - 1;
    const into = row.growsFirst ? (i === 0 ? from : to) : from;
    const out = row.growsFirst || last ? to : from;
    const index = i * 3 + first;
    return [...separable(`${row.name}.rep.${index}`, into, out), ...batchNorm(`${row.name}.rep.${index + 1}`, out)];
  });
  return [...shortcut, ...rep.flat()];
}

function encoderKeys(at: (c: number) => number, withClassifier: boolean): KeyShape[] {
  const [stem1, stem2, exit3, exit4] = [CHANNELS.stem1, CHANNELS.stem2, CHANNELS.exit3, CHANNELS.exit4].map(at) as [
    number,
    number,
    number,
    number,
  ];
  return [
    weight('encoder.conv1', stem1, 3, 3, 3),
    ...batchNorm('encoder.bn1', stem1),
    weight('encoder.conv2', stem2, stem1, 3, 3),
    ...batchNorm('encoder.bn2', stem2),
    ...ENCODER_BLOCKS.flatMap((row) => blockKeys(row, at)),
    ...separable('encoder.conv3', at(1024), exit3),
    ...batchNorm('encoder.bn3', exit3),
    ...separable('encoder.conv4', exit3, exit4),
    ...batchNorm('encoder.bn4', exit4),
    ...(withClassifier
      ? [weight('encoder.fc', 1000, exit4), { name: 'encoder.fc.bias', shape: [1000], dtype: 'float32' as const }]
      : []),
  ];
}

function reasoningKeys(at: (c: number) => number): KeyShape[] {
  const embedding = at(CHANNELS.embedding);
  const a = at(CHANNELS.reasoning);
  const [b, c] = [at(CHANNELS.decoder1), at(CHANNELS.decoder3)];
  return [
    weight('reasoning.va_embedding.0', a, embedding, 1, 1),
    weight('reasoning.va_embedding.2', a, a, 1, 1),
    weight('reasoning.va_gated_b.0', a, embedding, 1, 1),
    weight('reasoning.va_gated_c.0', a, embedding, 1, 1),
    weight('reasoning.vb_embedding.0', a, b),
    weight('reasoning.vb_embedding.2', a, a),
    weight('reasoning.vc_embedding.0', a, c),
    weight('reasoning.vc_embedding.2', a, a),
    weight('reasoning.reweight_ab.0', 1, 2 * a),
    weight('reasoning.reweight_ac.0', 1, 2 * a),
    weight('reasoning.reproject.0', embedding, 3 * a, 1, 1),
    weight('reasoning.reproject.2', embedding, embedding, 1, 1),
  ];
}

function decoderKeys(at: (c: number) => number): KeyShape[] {
  const [d1, d3, d5] = [at(CHANNELS.decoder1), at(CHANNELS.decoder3), at(CHANNELS.decoder5)] as [
    number,
    number,
    number,
  ];
  return [
    ...separable('decoder1.1', at(CHANNELS.embedding), d1),
    ...batchNorm('decoder1.2', d1),
    ...blockKeys(blockRow('decoder2'), at),
    ...separable('decoder3.1', d1, d3),
    ...batchNorm('decoder3.2', d3),
    ...blockKeys(blockRow('decoder4'), at),
    ...separable('decoder5.1', d3, d5),
    ...batchNorm('decoder5.2', d5),
    weight('decoder6.0', 3, d5, 1, 1),
  ];
}

/**
 * Every tensor of a RECCE state dict. `encoderClassifier` adds `encoder.fc`, the unused 1000-class
 * head that the published files carry and smaller ones may leave out.
 */
export function recceKeys(config: Pick<RecceConfig, 'width' | 'numClasses'>, encoderClassifier = true): KeyShape[] {
  const at = (c: number) => channels(c, config.width);
  const embedding = at(CHANNELS.embedding);
  return [
    ...encoderKeys(at, encoderClassifier),
    weight('fc', config.numClasses, at(CHANNELS.exit4)),
    { name: 'fc.bias', shape: [config.numClasses], dtype: 'float32' },
    weight('attention.gated.0', 3, 3, 3, 3),
    weight('attention.gated.2', 1, 3, 1, 1),
    weight('attention.h.0', embedding, embedding, 1, 1),
    ...batchNorm('attention.h.1', embedding),
    ...reasoningKeys(at),
    ...decoderKeys(at),
  ];
}
