// One plot of a validation record, drawn as SVG: lines told apart by their dashes, a key below, the
// same points as in the report.
import type { Plot, PlotLine } from '../../../contract/validation-plots.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [300, 220, 34, 34, 8, 8];
const DASHES: Readonly<Record<PlotLine['style'], string | undefined>> = {
  solid: undefined,
  dashed: '6 3',
  dotted: '1.5 3',
};

export function ValidationPlot({ plot }: { plot: Plot }) {
  const x = (value: number) => LEFT + ((value - plot.x.from) / (plot.x.to - plot.x.from)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((value - plot.y.from) / (plot.y.to - plot.y.from)) * (HEIGHT - BOTTOM - TOP);
  const skip = Math.ceil(plot.x.ticks.length / 7);
  return (
    <figure className="validation-plot">
      <figcaption>{plot.title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${plot.y.label} against ${plot.x.label}`}>
        <rect className="plot-frame" x={LEFT} y={TOP} width={WIDTH - LEFT - RIGHT} height={HEIGHT - BOTTOM - TOP} />
        {plot.x.ticks
          .filter((_, i) => i % skip === 0)
          .map((tick) => (
            <text key={tick} x={x(tick)} y={HEIGHT - BOTTOM + 14} textAnchor="middle">
              {tick}
            </text>
          ))}
        {plot.y.ticks.map((tick) => (
          <text key={tick} x={LEFT - 5} y={y(tick) + 3} textAnchor="end">
            {tick}
          </text>
        ))}
        <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 6} textAnchor="middle">
          {plot.x.label}
        </text>
        {plot.lines.map((line) => (
          <polyline
            key={line.name}
            className={`plot-line plot-${line.style}`}
            strokeDasharray={DASHES[line.style]}
            points={line.points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')}
          />
        ))}
      </svg>
      <ul className="plot-key">
        {plot.lines.map((line) => (
          <li key={line.name}>
            <svg viewBox="0 0 24 8" aria-hidden>
              <line
                className={`plot-line plot-${line.style}`}
                x1="0"
                x2="24"
                y1="4"
                y2="4"
                strokeDasharray={DASHES[line.style]}
              />
            </svg>
            {line.name}
          </li>
        ))}
      </ul>
      <p className="muted plot-axis">Up: {plot.y.label}.</p>
    </figure>
  );
}
