// Training data out of genuine portraits alone: every second sample is a forgery of the one before
// it, made in memory. Both come from the same changes of the whole picture and suffer the same
// degradations, so that they differ inside the mask alone and nothing else can be learnt. All
// chance is derived from (seed, epoch, pair); nothing depends on the order of asking.
import type { RgbImage } from '../../../models/image/rgb-image.ts';
import { type RandomStream, randomStream } from '../../../models/tensor/random.ts';
import type { FaceMeasures } from '../../media/face-measures.ts';
import type { Sample, SampleSource } from '../samples.ts';
import { type CutSample, cutSample, type ForgeryDraft } from './cut-sample.ts';
import { type Degradation, type DegradationMix, degrade, drawDegradation, TRAINING_MIX } from './degrade.ts';
import { PART_REGIONS, WHOLE_FACE_REGIONS } from './hull.ts';
import { jitterShape } from './jitter-shape.ts';
import type { Portrait } from './portraits.ts';
import { selfBlend, unblended } from './self-blend.ts';
import { swapFace } from './swap.ts';

export type ForgeryKind = 'selfBlend' | 'partBlend' | 'swap';
/** Shares of the kinds; they need not add up to 1. */
export type ForgeryMix = Readonly<Record<ForgeryKind, number>>;
export const TRAINING_FORGERIES: ForgeryMix = { selfBlend: 0.5, partBlend: 0.15, swap: 0.35 };

export type ForgeryOptions = {
  seed: number;
  inputPx: number;
  cropRecipe: string;
  /** Resizing rule of the model's passport; the recipe's own way when absent. */
  interpolation?: string;
  forgeries?: ForgeryMix;
  /** Null: no degradation, pictures as they are. */
  degradation?: DegradationMix | null;
  /** Mirrors, turns and shifts the crop at random. */
  jitter?: boolean;
  /** Warps faces by up to this share of their size (jitter-shape.ts); 0 or absent: not at all. */
  shapeJitter?: number;
  /** Of a sample with its mask the battery's pictures as well (contract/stability.ts). */
  battery?: boolean;
};

/** A sample with what is known of it: where it was changed, how, and what it suffered. */
export type ForgedSample = Sample & {
  /** 0..255, inputPx square; all 0 for a genuine face. */
  mask: Uint8Array;
  kind: ForgeryKind | 'genuine';
  degradation: Degradation | null;
  /** Of the degraded picture; null when no mask was asked for. */
  measures: FaceMeasures | null;
} & Pick<CutSample, 'altered'>;

export type ForgerySource = SampleSource & { forged(epoch: number, index: number): Promise<ForgedSample> };

/** Swaps look for a partner of a similar face shape among this many candidates. */
const PARTNERS_LOOKED_AT = 8;

/**
 * A portrait whose pixels are read when they are needed: `box` and `landmarks` in any unit of
 * length, the same for both.
 */
export type StoredPortrait = Pick<Portrait, 'source' | 'box' | 'landmarks'> & { read(): Promise<Portrait> };

/** Pairs whose portrait is held: both samples of a pair are asked for at about the same time. */
const HELD_PAIRS = 64;

/**
 * Even indices are genuine, index + 1 is a forgery of the same portrait under the same degradation.
 */
export function forgerySource(
  portraits: readonly (Portrait | StoredPortrait)[],
  options: ForgeryOptions,
): ForgerySource {
  const stored = portraits.map(
    (one): StoredPortrait => ('read' in one ? one : { ...one, read: () => Promise.resolve(one) }),
  );
  const jittered = async (pair: number, stream: RandomStream): Promise<Portrait> => {
    const asTaken = await stored[pair]!.read();
    // The stream's name decides the numbers drawn: it stays.
    const amount = options.shapeJitter;
    return amount ? jitterShape(asTaken, amount, stream.fork('bend')) : asTaken;
  };
  const held = new Map<string, Promise<Portrait>>();
  const portraitOf = (epoch: number, pair: number, stream: RandomStream): Promise<Portrait> => {
    const key = `${epoch}/${pair}`;
    const known = held.get(key) ?? jittered(pair, stream);
    held.set(key, known);
    known.catch(() => held.delete(key));
    if (held.size > HELD_PAIRS) held.delete(held.keys().next().value!);
    return known;
  };
  const make = async (epoch: number, index: number, wantsMask: boolean): Promise<ForgedSample> => {
    if (!stored[index >> 1]) throw new RangeError(`Sample ${index} was asked for; there are ${portraits.length * 2}.`);
    const stream = randomStream(options.seed).fork(`${epoch}/${index >> 1}`);
    const isForged = index % 2 === 1;
    const portrait = await portraitOf(epoch, index >> 1, stream);
    const drawn = drawKind(options.forgeries ?? TRAINING_FORGERIES, stream.fork('kind'));
    const picture = await makePicture(drawn, isForged, portrait, stored, stream.fork('forgery'));
    const { work, degradation } = await degradeWork(picture, options, stream.fork('degradation'));
    const cut = cutSample(work, options, stream.fork('crop'), wantsMask);
    const kind = isForged ? drawn : 'genuine';
    return { ...cut, label: isForged ? 1 : 0, source: portrait.source, kind, degradation };
  };
  return {
    count: portraits.length * 2,
    group: 2,
    sample: (epoch, index) => make(epoch, index, false),
    forged: (epoch, index) => make(epoch, index, true),
  };
}

function drawKind(mix: ForgeryMix, random: RandomStream): ForgeryKind {
  const kinds = Object.keys(mix) as ForgeryKind[];
  let at = random.uniform(
    0,
    kinds.reduce((sum, kind) => sum + mix[kind], 0),
  );
  for (const kind of kinds) {
    at -= mix[kind];
    if (at < 0) return kind;
  }
  return kinds.at(-1)!;
}

/**
 * The forged picture, or (not `forge`) its genuine partner: the same stream, nothing blended in.
 */
async function makePicture(
  kind: ForgeryKind,
  forge: boolean,
  portrait: Portrait,
  portraits: readonly StoredPortrait[],
  random: RandomStream,
): Promise<ForgeryDraft> {
  const { image, box, landmarks } = portrait;
  const place = { box, landmarks };
  if (kind === 'swap') {
    if (!forge) return { image, mask: undefined, ...place };
    const partner = await partnerOf(portraits, portrait, random).read();
    return { ...swapFace({ image, landmarks }, partner, random), ...place };
  }
  const regions = kind === 'partBlend' ? PART_REGIONS : WHOLE_FACE_REGIONS;
  if (forge) return { ...selfBlend(image, landmarks, random, regions), ...place };
  return { image: unblended(image, landmarks, random, regions), mask: undefined, ...place };
}

/** Another sitter whose face has a similar shape: the nearest of a few drawn at random. */
function partnerOf(portraits: readonly StoredPortrait[], target: Portrait, random: RandomStream): StoredPortrait {
  const own = shapeOf(target);
  const index = portraits.findIndex(({ source }) => source === target.source);
  let best: { portrait: StoredPortrait; distance: number } | undefined;
  for (let k = 0; k < PARTNERS_LOOKED_AT; k++) {
    const at = random.integer(portraits.length - 1);
    const portrait = portraits[at >= index ? at + 1 : at];
    if (!portrait) continue;
    const distance = shapeOf(portrait).reduce((sum, value, i) => sum + (value - own[i]!) ** 2, 0);
    if (!best || distance < best.distance) best = { portrait, distance };
  }
  if (!best) throw new Error('A swap needs at least two sitters.');
  return best.portrait;
}

/** Landmarks relative to the box: what makes two faces alike in pose and shape. */
const shapeOf = ({ box, landmarks }: Pick<Portrait, 'box' | 'landmarks'>): number[] =>
  landmarks.flatMap(({ x, y }) => [(x - box.x) / box.width, (y - box.y) / box.height]);

/** Degrades the picture; mask, box and landmarks follow its size. */
async function degradeWork(
  work: ForgeryDraft,
  { degradation: mix = TRAINING_MIX }: ForgeryOptions,
  random: RandomStream,
): Promise<{ work: ForgeryDraft; degradation: Degradation | null }> {
  if (!mix) return { work, degradation: null };
  const what = drawDegradation(random, Math.max(work.box.width, work.box.height), { mix });
  const image = await degrade(work.image, what, random);
  const [sx, sy] = [image.widthPx / work.image.widthPx, image.heightPx / work.image.heightPx];
  const mask = work.mask && resizeMask(work.mask, work.image, image);
  const { x, y, width, height } = work.box;
  return {
    degradation: what,
    work: {
      image,
      mask,
      box: { x: x * sx, y: y * sy, width: width * sx, height: height * sy },
      landmarks: work.landmarks.map((p) => ({ x: p.x * sx, y: p.y * sy })),
    },
  };
}

/** Nearest neighbour: a mask need not be finer. */
function resizeMask(mask: Uint8Array, from: RgbImage, to: RgbImage): Uint8Array {
  if (from.widthPx === to.widthPx && from.heightPx === to.heightPx) return mask;
  const out = new Uint8Array(to.widthPx * to.heightPx);
  for (let y = 0; y < to.heightPx; y++)
    for (let x = 0; x < to.widthPx; x++) {
      const fromY = Math.floor(((y + 0.5) * from.heightPx) / to.heightPx);
      out[y * to.widthPx + x] = mask[fromY * from.widthPx + Math.floor(((x + 0.5) * from.widthPx) / to.widthPx)]!;
    }
  return out;
}
