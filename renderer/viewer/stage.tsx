// The stage: the face as the model saw it beside what the model made of it. Side by side, swiped,
// or laid over one another; one transform and one pointer for all.
import { useState } from 'react';
import type { Inspection } from '../../contract/procedures.ts';
import { OverlayStage } from './overlay-stage.tsx';
import { Readout } from './readout.tsx';
import { SideBySide } from './side-by-side.tsx';
import { hasViews, type Mode, type Pixel, type Shared, type StageProps } from './stage-state.ts';
import type { ModelPictures } from './use-model-pictures.ts';
import type { Size, ViewTransform } from './view-transform.ts';

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
      {mode === 'panes' || !hasViews(inspection) ? (
        <SideBySide {...props} />
      ) : (
        <OverlayStage {...props} how={mode === 'swipe' ? 'swipe' : 'opacity'} />
      )}
      <Readout pictures={pictures} pixel={hover} size={picture} />
    </div>
  );
}
