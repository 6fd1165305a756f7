// A line plot in the window's own colours, by uPlot. Drawn anew when its data, its size or the
// theme changes; what it shows is said in words too.
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export type PlotSeries = {
  label: string;
  /** Name of a colour token, e.g. `--forged`. */
  colour: string;
  values: (number | null)[];
  /** Marks instead of a line. */
  points?: boolean;
  dash?: number[];
};

export type PlotProps = {
  /** For a screen reader. */
  label: string;
  x: number[];
  lines: readonly PlotSeries[];
  xLabel: string;
  yLabel: string;
  height: number;
  xRange?: [number, number];
  yRange?: [number, number];
  /** Where the examiner is, in x. */
  at?: number;
  onPick?: (index: number) => void;
  xText?: (x: number) => string;
  yText?: (y: number) => string;
};

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The theme that is painted, followed. */
function useTheme(): string {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? 'dark');
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(document.documentElement.dataset.theme ?? 'dark'));
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

const axis = (label: string, values?: (x: number) => string): uPlot.Axis => ({
  stroke: token('--text-3'),
  font: `11px ${token('--font')}`,
  ...(label ? { label, labelFont: `11px ${token('--font')}`, labelSize: 18 } : {}),
  gap: 4,
  grid: { stroke: token('--line'), width: 1 },
  ticks: { stroke: token('--line'), width: 1, size: 4 },
  ...(values ? { values: (_: uPlot, splits: number[]) => splits.map(values) } : {}),
});

/** A line at the place where the examiner is. */
const marker = (at: number | undefined): uPlot.Plugin => ({
  hooks: {
    draw: ({ ctx, bbox, valToPos }) => {
      if (at === undefined) return;
      const x = valToPos(at, 'x', true);
      ctx.save();
      ctx.strokeStyle = token('--caution');
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.restore();
    },
  },
});

function optionsFrom(props: PlotProps, width: number): uPlot.Options {
  const { lines, xLabel, yLabel, height, xRange, yRange, at, xText, yText } = props;
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      x: { time: false, ...(xRange ? { range: xRange } : {}) },
      y: yRange ? { range: yRange } : {},
    },
    axes: [
      { ...axis(xLabel, xText), size: 30 },
      { ...axis(yLabel, yText), size: 44 },
    ],
    series: [
      {},
      ...lines.map(({ label, colour, values, points, dash }) => ({
        label,
        stroke: token(colour),
        width: points ? 0 : 1.5,
        spanGaps: true,
        // A line of one value would not be seen.
        points: { show: points ?? values.filter((value) => value !== null).length === 1, size: 5, fill: token(colour) },
        ...(dash ? { dash } : {}),
      })),
    ],
    plugins: [marker(at)],
  };
}

export function Plot(props: PlotProps) {
  const { label, x, lines, height, onPick } = props;
  const ref = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [width, setWidth] = useState(0);
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    const element = ref.current!;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew for what is seen, not for new function objects
  useEffect(() => {
    if (width < 40) return;
    const plot = new uPlot(optionsFrom(props, width), [x, ...lines.map(({ values }) => values)], ref.current!);
    const click = (): void => {
      if (plot.cursor.idx !== null && plot.cursor.idx !== undefined) pick.current?.(plot.cursor.idx);
    };
    plot.over.addEventListener('click', click);
    return () => plot.destroy();
  }, [width, theme, JSON.stringify(x), JSON.stringify(lines), height, props.at]);
  return <div ref={ref} className="plot" role="img" aria-label={label} style={{ height }} />;
}

/** What the lines of a plot are. */
export const PlotLegend = ({ lines }: { lines: readonly PlotSeries[] }) => (
  <ul className="plot-legend">
    {lines.map(({ label, colour, points, dash }) => (
      <li key={label}>
        <span
          className={`plot-swatch${points ? ' plot-swatch-point' : dash ? ' plot-swatch-dash' : ''}`}
          style={{ color: `var(${colour})` }}
          aria-hidden
        />
        {label}
      </li>
    ))}
  </ul>
);
