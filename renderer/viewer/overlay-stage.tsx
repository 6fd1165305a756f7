// Two pictures in one pane: the second swiped over the original, or laid over it with an opacity.
import { useState } from 'react';
import { Segments, Slider } from '../parts/field.tsx';
import { ColourLegend } from './colour-legend.tsx';
import { Pane } from './pane.tsx';
import { Hidden, Warning } from './pane-notes.tsx';
import { notEvidence, type StageProps } from './stage-state.ts';

type Over = 'reconstruction' | 'difference' | 'attention';

const OVERS = [
  { value: 'reconstruction' as const, label: 'Reconstruction' },
  { value: 'difference' as const, label: 'Difference' },
  { value: 'attention' as const, label: 'Attention' },
];

export function OverlayStage({ inspection, pictures, shared, how }: StageProps & { how: 'swipe' | 'opacity' }) {
  const [over, setOver] = useState<Over>('reconstruction');
  const [share, setShare] = useState(0.5);
  const { crop, reconstruction, paintedDifference, paintedGate } = pictures;
  const second = { reconstruction, difference: paintedDifference, attention: paintedGate }[over];
  const warning = over === 'attention' ? null : notEvidence(inspection);
  const { width, height } = shared.picture;
  const line = (scale: number) => (
    <span className="swipe-line" style={{ left: share * width * scale, height: height * scale }} />
  );
  return (
    <div className="overlay-stage">
      <Pane
        title={how === 'swipe' ? `Original | ${over}` : `${over} over the original`}
        label={`The original compared with the ${over}`}
        layers={[
          ...(crop ? [{ pixels: crop }] : []),
          ...(second ? [{ pixels: second, ...(how === 'swipe' ? { from: share } : { opacity: share }) }] : []),
        ]}
        legend={over === 'reconstruction' ? null : <ColourLegend of={over === 'difference' ? 'difference' : 'gate'} />}
        {...(how === 'swipe' && second ? { over: line } : {})}
        {...shared}
      >
        {inspection.hidden ? <Hidden /> : warning ? <Warning text={warning} /> : null}
      </Pane>
      <div className="overlay-controls">
        <Segments label="Compared with" value={over} choices={OVERS} onChange={setOver} />
        <span className="overlay-slider">
          <span className="muted">Original</span>
          <Slider
            labels={[how === 'swipe' ? 'Where the pictures meet' : 'Opacity']}
            value={[share]}
            min={0}
            max={1}
            step={0.01}
            onChange={([value]) => setShare(value!)}
          />
          <span className="muted">{OVERS.find((one) => one.value === over)?.label}</span>
        </span>
      </div>
    </div>
  );
}
