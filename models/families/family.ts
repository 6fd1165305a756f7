// What a published detector other than RECCE has to say of itself to be read, built and fed: the
// place where a family is plugged in. Each is exact and strict: every name and every shape of a
// file is known, and nothing is left at random.
import type { PyTorchFile } from '../checkpoint/pytorch-file.ts';
import type { Graph } from '../graph/graph.ts';
import type { Float32Tensor } from '../tensor/tensor.ts';

/** One number for all channels, or one for each in the network's order. */
export type PerChannel = number | [number, number, number];

/** How a family's networks were published to be fed. */
export type FamilyGeometry = {
  /** Side of the square that the graph is built for, pixels. */
  inputPx: number;
  cropRecipe: string;
  interpolation: string;
  mean: PerChannel;
  std: PerChannel;
  channelOrder: 'RGB' | 'BGR';
};

/** Weights of a family as read from a file. */
export type FamilyWeights = {
  /** Output rows of the classifier as found. */
  numClasses: 1 | 2;
  /** By the names that `graph` asks for; what is folded at import is folded here. */
  tensors: ReadonlyMap<string, Float32Tensor>;
  /** Tensors of the file that the network does not use, by how their names begin. */
  dropped: readonly { prefix: string; count: number }[];
  /** Sentences worth showing to whoever imports the file. */
  remarks: readonly string[];
};

export type DetectorFamily = {
  /** Of a model's passport, for ever; contract/architecture.ts says how it is spelt. */
  id: string;
  /** For people. */
  name: string;
  geometry: FamilyGeometry;
  /** Output that means forged, where the family's own code says so; null: it must be declared. */
  forged: 0 | 1 | null;
  /** Licence of the published weights. */
  licence: string;
  /**
   * Undefined where the file is plainly of something else. Throws CheckpointError, naming all that
   * does not fit, where it is of this family and not exactly it.
   */
  read(file: PyTorchFile): FamilyWeights | undefined;
  /**
   * Input FAMILY_INPUT, f32 [n, 3, inputPx, inputPx] with a free batch axis; outputs as in
   * FAMILY_OUTPUTS. `forged`: which of the classes (or which value of a single output) means
   * forged; the logit speaks for forged.
   */
  graph(weights: FamilyWeights, fed: { inputPx: number; forged: 0 | 1 }): Graph;
};

export const FAMILY_INPUT = 'x';
export const FAMILY_OUTPUTS = {
  /** [n] */
  logit: 'logit',
  /** [n, f]: what the classifier sees; the domain check compares it with the validation faces. */
  features: 'features',
} as const;
