// What the engine and a finder process say to each other.
import type { RgbImage } from '../../models/image/rgb-image.ts';
import type { FoundFace, Look } from '../media/find-faces.ts';

/** One picture after the other: its pixels are handed on when they are asked for. */
export type FinderRequest =
  | { kind: 'load' }
  | { kind: 'find'; picture: RgbImage | ReducedPicture; look: Look | undefined }
  | { kind: 'pixels'; image: RgbImage };
/** A large photograph of which only a smaller copy is sent; sizes are those of the photograph. */
export type ReducedPicture = { widthPx: number; heightPx: number; reduced: RgbImage };

export type FinderResponse = { kind: 'loaded' } | { kind: 'found'; faces: FoundFace[] } | { kind: 'pixelsWanted' };

/** Code of the refusal of pixels that no search waits for. */
export const NO_SEARCH = 'NO_SEARCH';
