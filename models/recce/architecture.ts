// The Xception encoder's blocks as numbers: channels of the paper (width 1), repetitions, stride.
// Shared by the network and by the list of state-dict names.
import type { BlockSpec } from '../nn/xception-block.ts';

/** One block of the encoder or decoder, with its channels at width 1. */
export type BlockRow = BlockSpec & { name: string; from: number; to: number; growsFirst: boolean };

const block = (name: string, from: number, to: number, extra: Partial<BlockRow> = {}): BlockRow => ({
  name,
  from,
  to,
  reps: from === to ? 3 : 2,
  stride: from === to ? 1 : 2,
  startsWithRelu: true,
  projects: from !== to,
  growsFirst: true,
  ...extra,
});

/** encoder.block1 .. block12. */
export const ENCODER_BLOCKS: readonly BlockRow[] = [
  block('encoder.block1', 64, 128, { startsWithRelu: false }),
  block('encoder.block2', 128, 256),
  block('encoder.block3', 256, 728),
  ...[4, 5, 6, 7, 8, 9, 10, 11].map((n) => block(`encoder.block${n}`, 728, 728)),
  block('encoder.block12', 728, 1024, { growsFirst: false }),
];

/** decoder2 and decoder4. */
export const DECODER_BLOCKS: readonly BlockRow[] = [block('decoder2', 256, 256), block('decoder4', 128, 128)];

/** Channels at width 1 of the parts that are not blocks. */
export const CHANNELS = {
  stem1: 32,
  stem2: 64,
  embedding: 728,
  decoder1: 256,
  decoder3: 128,
  decoder5: 64,
  reasoning: 256,
  exit3: 1536,
  exit4: 2048,
} as const;

/** The block of that name. */
export function blockRow(name: string): BlockRow {
  const row = [...ENCODER_BLOCKS, ...DECODER_BLOCKS].find((one) => one.name === name);
  if (!row) throw new Error(`There is no block ${name}.`);
  return row;
}
