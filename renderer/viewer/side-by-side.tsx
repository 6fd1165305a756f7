// The four pictures side by side.
import { hasDecoder, NO_DECODER } from '../../contract/architecture.ts';
import { ColourLegend } from './colour-legend.tsx';
import { Pane } from './pane.tsx';
import { Hidden, Warning } from './pane-notes.tsx';
import { hasViews, notEvidence, type StageProps } from './stage-state.ts';

const layersOf = (pixels: ImageData | undefined) => (pixels ? [{ pixels }] : []);

export function SideBySide({ inspection, pictures, shared }: StageProps) {
  const scored = hasViews(inspection);
  const warning = notEvidence(inspection);
  const above = inspection.hidden ? <Hidden /> : warning ? <Warning text={warning} /> : null;
  return (
    <div className={`panes${scored ? '' : ' panes-one'}`}>
      <Pane
        title="Original, as the model saw it"
        label="The face cut out of the photograph"
        layers={layersOf(pictures.crop)}
        {...shared}
      >
        {hasDecoder(inspection.model.passport) ? null : <Warning text={NO_DECODER} />}
      </Pane>
      {scored ? (
        <>
          <Pane
            title="Reconstruction"
            label="What the model’s decoder made of the face"
            layers={layersOf(pictures.reconstruction)}
            {...shared}
          >
            {above}
          </Pane>
          <Pane
            title="Difference"
            label="Absolute difference between the original and the reconstruction"
            layers={layersOf(pictures.paintedDifference)}
            legend={<ColourLegend of="difference" />}
            {...shared}
          >
            {above}
          </Pane>
          <Pane
            title="Attention"
            label="Where the classifier looked"
            layers={layersOf(pictures.paintedGate)}
            legend={<ColourLegend of="gate" />}
            {...shared}
          >
            {inspection.hidden ? <Hidden /> : null}
          </Pane>
        </>
      ) : null}
    </div>
  );
}
