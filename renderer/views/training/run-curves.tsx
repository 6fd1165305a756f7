// The curves of a run, drawn as they come.
import { useMemo } from 'react';
import type { CurvePoint } from '../../../contract/training.ts';
import { Plot, PlotLegend } from '../../parts/plot.tsx';
import { curvesOf } from './curves.ts';

const HEIGHT = 168;

export function RunCurves({ points, std }: { points: readonly CurvePoint[]; std: number }) {
  const { steps, curves } = useMemo(() => curvesOf(points, std), [points, std]);
  const last = steps.at(-1) ?? 0;
  return (
    <div className="training-curves">
      {curves.map(({ title, lines, words, yRange, yText, note }) => (
        <figure key={title} className="training-curve">
          <figcaption>{title}</figcaption>
          <Plot
            label={words}
            x={steps}
            lines={lines}
            xLabel="step"
            yLabel=""
            height={HEIGHT}
            xRange={[0, Math.max(last, 1)]}
            {...(yRange ? { yRange } : {})}
            {...(yText ? { yText } : {})}
          />
          <PlotLegend lines={lines} />
          {note ? <p className="training-note muted">{note}</p> : null}
        </figure>
      ))}
    </div>
  );
}
