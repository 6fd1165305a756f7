// What a rerun works with, and what it is given: parts of the engine, and a verdict with all that
// it refers to.
import type { ModelId, Sha256 } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Face } from '../../contract/face.ts';
import type { Model } from '../../contract/model.ts';
import type { Verdict, VerdictParameters } from '../../contract/verdict.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Compute } from '../compute/compute.ts';
import type { ExamineDeps } from '../examine/examine-still.ts';
import type { Decoder } from '../media/decoder.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';

/** What a rerun works with. */
export type RerunDeps = {
  /** The case's folder. */
  folder: string;
  blobs: BlobStore;
  decoder: Decoder;
  findFaces: ExamineDeps['findFaces'];
  /** The face finder's weights, as far as a pipeline uses them, by hash. */
  finderSha256: (pipeline: number) => Promise<Sha256>;
  videoDecoder: VideoDecoder;
  /** Throws MODEL_NOT_FOUND. */
  getModel: (id: ModelId) => Promise<Model>;
  /**
   * The card that the model had with the validation record that a verdict names, under the operating
   * points it names if there is such a one; where the case has it.
   */
  cardOf: (named: Pick<VerdictParameters, 'modelId' | 'validationSha256' | 'operatingPoints'>) => Model | undefined;
  /**
   * The model loaded where and as a verdict was made, as far as that is there; `parameters` are
   * those of a verdict made now. Throws MODEL_CHANGED.
   */
  placeAsRecorded: (
    model: Model,
    recorded: VerdictParameters,
  ) => Promise<{ compute: Compute; parameters: VerdictParameters }>;
};

/** A verdict with all that it refers to. */
export type RecordedVerdict = {
  verdict: Verdict;
  parameters: VerdictParameters;
  evidence: Evidence;
  face: Face | null;
  /**
   * Faces of its picture, or frame, of which the case has a verdict by the same model and pipeline.
   */
  facesBeside: number;
};
