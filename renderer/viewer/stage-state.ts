// What the panes of the stage share: how it is looked at, the pixel under the pointer, and what an
// inspection lets them show.
import { hasDecoder, NO_DECODER } from '../../contract/architecture.ts';
import type { Inspection } from '../../contract/procedures.ts';
import type { ModelPictures } from './use-model-pictures.ts';
import type { Size, ViewTransform } from './view-transform.ts';

export const MODES = ['panes', 'swipe', 'overlay', 'photograph'] as const;
export type Mode = (typeof MODES)[number];

export type Pixel = { x: number; y: number } | null;

/** What every pane shares: the picture's size, where to look, and the pixel under the pointer. */
export type Shared = {
  picture: Size;
  view: ViewTransform;
  onView: (change: (view: ViewTransform) => ViewTransform) => void;
  hover: Pixel;
  onHover: (pixel: Pixel) => void;
};

export type StageProps = { inspection: Inspection; pictures: ModelPictures; shared: Shared };

/**
 * Why the reconstruction must not be used as evidence; null for a decoder that passed its
 * self-test.
 */
export function notEvidence({ model }: Inspection): string | null {
  if (!hasDecoder(model.passport)) return NO_DECODER;
  if (!model.decoderTest) return 'Not evidence: this model’s decoder has not been tested';
  return model.decoderTest.passed ? null : 'Not evidence: this model’s decoder failed its self-test';
}

/** Whether there are a decoder's views beside the face, or would be if blind mode did not hide them. */
export const hasViews = ({ hidden, verdict, model }: Inspection): boolean =>
  hasDecoder(model.passport) && (hidden || verdict?.outcome.kind === 'scored');
