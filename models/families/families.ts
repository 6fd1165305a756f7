// The families that this build reads. A file is offered to each in turn before it is read as RECCE.
import { CheckpointError } from '../checkpoint/checkpoint-error.ts';
import type { PickleValue } from '../checkpoint/pickle-reader.ts';
import type { PyTorchFile } from '../checkpoint/pytorch-file.ts';
import { clipOfDeepfakeBench, effort, gend } from './clip.ts';
import { efficientNetOfDeepfakeBench, sbi } from './efficientnet-b4.ts';
import type { DetectorFamily, FamilyWeights } from './family.ts';
import { publishedFamily } from './published-family.ts';
import { fsfm } from './timm-vit.ts';
import { ucf, xceptionOfDeepfakeBench } from './xception.ts';

/** In the order in which a file is offered to them; no two have an anchor in common. */
export const FAMILIES: readonly DetectorFamily[] = [
  gend(),
  effort(),
  clipOfDeepfakeBench(),
  fsfm(),
  sbi(),
  efficientNetOfDeepfakeBench(),
  ucf(),
  xceptionOfDeepfakeBench(),
].map(publishedFamily);

/** Undefined for an id that this build does not have. */
export const familyFrom = (id: string): DetectorFamily | undefined => FAMILIES.find((one) => one.id === id);

/**
 * The first family that a file is of, with its weights. Throws CheckpointError as its `read`, and
 * for detectors that are known and not taken in.
 */
export function familyOf(
  file: PyTorchFile,
  families: readonly DetectorFamily[] = FAMILIES,
): { family: DetectorFamily; weights: FamilyWeights } | undefined {
  if (isRecce(file.root)) return undefined;
  refuseKnown(file.root);
  for (const family of families) {
    const weights = family.read(file);
    if (weights) return { family, weights };
  }
  return undefined;
}

const namesIn = (root: PickleValue): string[] =>
  root instanceof Map
    ? [...root].flatMap(([key, value]) => (value instanceof Map ? [key, ...value.keys()] : [key]))
    : [];

/** DeepfakeBench's RECCE carries an Xception that it never uses beside itself. */
const isRecce = (root: PickleValue): boolean =>
  namesIn(root).some((name) => /(^|\.)encoder\.block4\.rep\.1\.pointwise\.weight$/.test(name));

/** Detectors that are recognised by a name of theirs, and why they are not taken in. */
const REFUSED: readonly { by: RegExp; why: string }[] = [
  {
    by: /(^|\.)adapter\.query_embed$/,
    why: 'This is ForensicsAdapter. Its published code makes the layers that fuse CLIP into the adapter anew, with random weights, at every run: they are in no file, so no score of it can be made again. It is not taken in.',
  },
  {
    by: /(^|\.)feature_extractor\.backbone\./,
    why: 'This is GenD on another backbone than CLIP ViT-L/14 (Perception Encoder or DINO). Only GenD_CLIP_L_14 is read.',
  },
  {
    by: /^vit\.head\.weight$/,
    why: 'This is a vision transformer of whole pictures (Community Forensics). The workstation scores faces; whole-picture answers are not given yet.',
  },
];

function refuseKnown(root: PickleValue): void {
  const names = namesIn(root);
  const known = REFUSED.find(({ by }) => names.some((name) => by.test(name)));
  if (known) throw new CheckpointError('mismatch', known.why);
}
