// The stage: the face as the model saw it beside what the model made of it. Side by side, swiped, or laid over one another;
// one transform and one pointer for all.
import { useState } from 'react';
import type { Inspection } from '../../../contract/procedures.ts';
import { OverlayStage } from './overlay-stage.tsx';
import { Readout } from './readout.tsx';
import { SideBySide } from './side-by-side.tsx';
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

/** Why the reconstruction must not be used as evidence; null for a decoder that passed its self-test. */
export function notEvidence({ model }: Inspection): string | null {
  if (!model.decoderTest) return 'Not evidence: this model’s decoder has not been tested';
  return model.decoderTest.passed ? null : 'Not evidence: this model’s decoder failed its self-test';
}

export const isScored = ({ hidden, verdict }: Inspection): boolean => hidden || verdict?.outcome.kind === 'scored';

export function Stage({
  inspection,
  pictures,
  mode,
  view,
  onView,
}: {
  inspection: Inspection;
  pictures: ModelPictures;
  mode: Mode;
  view: ViewTransform;
  onView: Shared['onView'];
}) {
  const [hover, setHover] = useState<Pixel>(null);
  const { crop } = pictures;
  const picture: Size = crop ? { width: crop.width, height: crop.height } : { width: 1, height: 1 };
  const shared: Shared = { picture, view, onView, hover, onHover: setHover };
  const props: StageProps = { inspection, pictures, shared };
  return (
    <div className="stage">
      {mode === 'panes' || !isScored(inspection) ? (
        <SideBySide {...props} />
      ) : (
        <OverlayStage {...props} how={mode === 'swipe' ? 'swipe' : 'opacity'} />
      )}
      <Readout pictures={pictures} pixel={hover} size={picture} />
    </div>
  );
}
