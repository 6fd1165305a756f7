// One line of a state dict's table of contents.

/** A tensor's name, shape and element type. */
export type KeyShape = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int64';
};

/** What torch.nn.BatchNorm2d stores, in its order. */
export const BATCH_NORM_LEAVES = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'] as const;
