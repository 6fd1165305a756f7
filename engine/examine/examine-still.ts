// Steps 2 to 8 for photographs, without a case: bytes -> pixels -> faces -> crops -> outcomes,
// pictures kept as blobs. One and the same for the scan on this machine, for a worker on another
// and for a verdict made again, so that all come to the same rows.

import type { HeldReason } from '../../contract/domain.ts';
import type { Evidence, EvidenceState } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import type { Remark } from '../../contract/remark.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import type { JudgedFace, VerdictOutcome } from '../../contract/verdict.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { BlobSink } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import type { ReducedStill } from '../media/decode-reduced.ts';
import type { Decoder } from '../media/decoder.ts';
import { type FoundFace, type Look, STILL_LOOK } from '../media/find-faces.ts';
import { type Photograph, pixelsOf } from '../media/photograph.ts';
import { endingContradicts } from '../media/sniff.ts';
import {
  type CutFace,
  createModelCutter,
  cuttingOf,
  judgeFaces,
  type SearchedPicture,
  STILL_FRAME,
} from './judge-faces.ts';
import { PIPELINE_VERSION } from './pipeline-version.ts';

/** What examining works with. There is no case in it. */
export type ExamineDeps = {
  blobs: BlobSink;
  decoder: Decoder;
  compute: Compute;
  /** Faces of a picture: looked at as `look` says, as photographs are now when absent. */
  findFaces: (picture: RgbImage | Photograph, look?: Look) => Promise<FoundFace[]>;
  model: Model;
  minimumFacePx: number;
  /** Whose steps are taken, for a verdict made again; those of now when absent. */
  pipeline?: number;
};

/** Pipelines 1 and 2 looked at all of a photograph closely. */
const looksFromCoarseToFine = (pipeline: number = PIPELINE_VERSION): boolean => pipeline >= 3;

/** Pipeline 1 looked at turned copies whatever was found upright. */
const lookOf = (pipeline: number = PIPELINE_VERSION): Look => {
  if (pipeline === 1) return { by: 'tiles', turned: 'tiles' };
  if (pipeline === 2) return { by: 'tiles', ...STILL_LOOK };
  return pipeline === 3 ? { by: 'coarseToFine' } : { by: 'standing' };
};

/**
 * What a file's bytes became: pixels, or the state that says why there are none. `decoder`: what
 * decoded it, where that is not what decodes photographs in general (`VerdictParameters.decoder`).
 */
export type DecodedEvidence = {
  state: EvidenceState;
  image: RgbImage | Photograph | undefined;
  decoder?: string;
  /** Why no model was validated on such a picture. */
  beyondDomain?: readonly HeldReason[];
};
/** A file with its faces cut out, or with the outcome that says why there are none. */
export type CutStill = Omit<DecodedEvidence, 'image'> & { faces: CutFace[]; outcome: VerdictOutcome | undefined };
/** All that is said of one file, before it has its rows. */
export type JudgedFile = { state: EvidenceState | undefined; verdicts: readonly JudgedFace[]; decoder?: string };

/** A remark where the name promises another kind of file. */
export const endingRemarks = (name: string, mediaType: string): Remark[] =>
  endingContradicts(name, mediaType) ? [{ kind: 'endingContradicts', mediaType }] : [];

/** Step 2. Never rejects for what a file may be. */
export async function decodeEvidence(
  decoder: Decoder,
  { path, mediaType }: Pick<Evidence, 'path' | 'mediaType'>,
  bytes: Uint8Array,
  pipeline?: number,
): Promise<DecodedEvidence> {
  const reduced = looksFromCoarseToFine(pipeline) ? await decoder.reduce(bytes) : undefined;
  if (reduced) return reducedStill(decoder, { path, mediaType }, bytes, reduced);
  const decoded = await decoder.decode(bytes, pipeline);
  const by = decoded.decoder === undefined ? {} : { decoder: decoded.decoder };
  if (decoded.kind === 'unreadable') {
    const { reason, message } = decoded;
    return { state: { kind: 'unreadable', reason, message }, image: undefined, ...by };
  }
  const { widthPx, heightPx, data, leftOut, beyondDomain = [] } = decoded;
  const remarks = [...endingRemarks(path, mediaType), ...decoded.remarks];
  return {
    state: { kind: 'read', widthPx, heightPx, remarks, ...(leftOut ? { leftOut } : {}) },
    image: { widthPx, heightPx, data },
    beyondDomain,
    ...by,
  };
}

/** A still of which all pixels are decoded when they are asked for. */
function reducedStill(
  decoder: Decoder,
  { path, mediaType }: Pick<Evidence, 'path' | 'mediaType'>,
  bytes: Uint8Array,
  { widthPx, heightPx, reduced, remarks, leftOut }: ReducedStill,
): DecodedEvidence {
  let whole: Promise<RgbImage> | undefined;
  const decode = async (): Promise<RgbImage> => {
    const decoded = await decoder.decode(bytes);
    if (decoded.kind === 'decoded') return decoded;
    throw new UnreadableStill({ kind: 'unreadable', reason: decoded.reason, message: decoded.message });
  };
  const pixels = (): Promise<RgbImage> => {
    whole ??= decode();
    return whole;
  };
  return {
    state: {
      kind: 'read',
      widthPx,
      heightPx,
      remarks: [...endingRemarks(path, mediaType), ...remarks],
      ...(leftOut ? { leftOut } : {}),
    },
    image: { widthPx, heightPx, reduced: async () => reduced, pixels },
  };
}

/** All pixels of a still could not be decoded after a smaller picture of it was. */
class UnreadableStill extends Error {
  readonly state: Extract<EvidenceState, { kind: 'unreadable' }>;
  constructor(state: Extract<EvidenceState, { kind: 'unreadable' }>) {
    super(unreadableWords(state));
    this.state = state;
  }
}

/** Bytes that a still's pixels take once all of them are decoded. */
export const pixelBytesOf = ({ image }: Pick<DecodedEvidence, 'image'>): number =>
  image ? image.widthPx * image.heightPx * 3 : 0;

/** A file searched for faces, or with the outcome that says why there are none. */
export type SearchedStill = Omit<DecodedEvidence, 'image'> & {
  picture: SearchedPicture | undefined;
  outcome: VerdictOutcome | undefined;
};

/** Steps 3 and 4: pixels -> faces -> crops, or the outcome of a file without any. */
export async function cutStill(
  deps: Pick<ExamineDeps, 'findFaces' | 'model' | 'pipeline'> & { battery?: boolean },
  still: DecodedEvidence,
): Promise<CutStill> {
  const searched = await searchStill(deps, still);
  return createStillCutter(searched, deps.pipeline, deps.battery)(deps.model);
}

/** Step 3: pixels -> faces, whichever model they are cut for. */
export async function searchStill(
  deps: Pick<ExamineDeps, 'findFaces' | 'pipeline'>,
  still: DecodedEvidence,
): Promise<SearchedStill> {
  try {
    return await searchRead(deps, still);
  } catch (error) {
    if (!(error instanceof UnreadableStill)) throw error;
    return { state: error.state, picture: undefined, outcome: error.state };
  }
}

async function searchRead(
  { findFaces, pipeline }: Pick<ExamineDeps, 'findFaces' | 'pipeline'>,
  { image: picture, ...decoded }: DecodedEvidence,
): Promise<SearchedStill> {
  const { state } = decoded;
  const without = (outcome: VerdictOutcome | undefined): SearchedStill => ({
    ...decoded,
    picture: undefined,
    outcome,
  });
  if (state.kind === 'pending') return without(undefined);
  if (state.kind === 'unreadable') return without(state);
  if (!picture) return without({ kind: 'toolError', message: 'The file was read and gave no picture.' });
  const found = await findFaces(picture, lookOf(pipeline));
  if (found.length === 0) return without({ kind: 'noFace' });
  const { beyondDomain } = decoded;
  const image = await pixelsOf(picture);
  return { ...decoded, picture: { image, found, beyondDomain }, outcome: undefined };
}

/** Step 4 for one model after the other; `battery`: so that the battery can be made of each face. */
export function createStillCutter(
  { picture, ...searched }: SearchedStill,
  pipeline?: number,
  battery?: boolean,
): (model: Pick<Model, 'passport'>) => CutStill {
  const cut = picture && createModelCutter(picture, STILL_FRAME);
  return ({ passport }) => ({ ...searched, faces: cut?.(cuttingOf(passport, pipeline, battery)) ?? [] });
}

/**
 * Steps 5 to 8 for a few files together: one run of the network where their faces fit into one. In
 * the order given.
 */
export async function judgeStills(deps: ExamineDeps, stills: readonly CutStill[]): Promise<JudgedFile[]> {
  const outcomes = await judgeFaces(
    deps,
    stills.flatMap(({ faces }) => faces),
  );
  return stills.map(({ state, decoder, faces, outcome }) => ({
    state,
    ...(decoder === undefined ? {} : { decoder }),
    verdicts: outcome
      ? [{ face: null, outcome }]
      : faces.map((one) => ({ face: one.face, outcome: outcomes.get(one)! })),
  }));
}
