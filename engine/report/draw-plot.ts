// One plot of a validation record on the report's page: axes, ticks, lines told apart by their
// dashes, a key below.
import type { Plot, PlotLine } from '../../contract/validation-plots.ts';
import { COLOURS, type Sheet, STYLES } from './sheet.ts';

type Place = { x: number; y: number; width: number; height: number };

const DASHES: Readonly<Record<PlotLine['style'], number[] | undefined>> = {
  solid: undefined,
  dashed: [4, 2],
  dotted: [1, 2],
};
const SMALL = { ...STYLES.small, size: 6.5 };
const LEFT = 24;
const TITLE = 14;
/** Below the axes: tick labels, the axis label, and a line of key for every plotted line. */
const footOf = (plot: Plot): number => 24 + plot.lines.length * 9;

/** Height of a plot whose axes are as high as they are wide. */
export const plotHeight = (plot: Plot, width: number): number => TITLE + (width - LEFT) * 0.8 + footOf(plot);

/** Draws the plot with its top left corner at (x, y). */
export function drawPlot(sheet: Sheet, plot: Plot, x: number, y: number, width: number): void {
  const axes: Place = { x: x + LEFT, y: y + TITLE, width: width - LEFT, height: (width - LEFT) * 0.8 };
  sheet.tagged('P', () => sheet.type.line(plot.title, x, y, { ...STYLES.h2, size: 8 }));
  sheet.tagged(
    'Figure',
    () => {
      drawAxes(sheet, plot, axes);
      for (const line of plot.lines) drawLine(sheet, plot, line, axes);
      drawKey(sheet, plot, axes);
    },
    `${plot.title}: ${plot.y.label} against ${plot.x.label}. The figures are in the attached report.json.`,
  );
}

/** The label of the horizontal axis, and below it a line of key for every plotted line. */
function drawKey(sheet: Sheet, plot: Plot, axes: Place): void {
  sheet.type.line(plot.x.label, axes.x, axes.y + axes.height + 12, SMALL);
  plot.lines.forEach((line, i) => {
    const at = axes.y + axes.height + 24 + i * 9;
    stroke(sheet, line.style, [
      [axes.x, at + 4],
      [axes.x + 18, at + 4],
    ]);
    sheet.type.line(line.name, axes.x + 24, at, SMALL);
  });
}

const placeOf = (plot: Plot, axes: Place, [px, py]: readonly [number, number]): [number, number] => [
  axes.x + ((px - plot.x.from) / (plot.x.to - plot.x.from)) * axes.width,
  axes.y + axes.height - ((py - plot.y.from) / (plot.y.to - plot.y.from)) * axes.height,
];

function drawAxes(sheet: Sheet, plot: Plot, axes: Place): void {
  const { doc } = sheet;
  doc.undash().lineWidth(0.5).strokeColor(COLOURS.rule);
  doc.rect(axes.x, axes.y, axes.width, axes.height).stroke();
  const skip = Math.ceil(plot.x.ticks.length / 7);
  for (const tick of plot.x.ticks.filter((_, i) => i % skip === 0)) {
    const [x, y] = placeOf(plot, axes, [tick, plot.y.from]);
    sheet.type.line(String(tick), x - sheet.type.width(String(tick), SMALL) / 2, y + 3, SMALL);
  }
  for (const tick of plot.y.ticks) {
    const [x, y] = placeOf(plot, axes, [plot.x.from, tick]);
    sheet.type.line(String(tick), x - sheet.type.width(String(tick), SMALL) - 3, y - 4, SMALL);
  }
}

const drawLine = (sheet: Sheet, plot: Plot, line: PlotLine, axes: Place): void =>
  stroke(
    sheet,
    line.style,
    line.points.map((point) => placeOf(plot, axes, point)),
  );

function stroke(sheet: Sheet, style: PlotLine['style'], points: readonly (readonly [number, number])[]): void {
  const { doc } = sheet;
  const dash = DASHES[style];
  if (dash) doc.dash(dash[0]!, { space: dash[1]! });
  else doc.undash();
  points.forEach(([x, y], i) => {
    if (i === 0) doc.moveTo(x, y);
    else doc.lineTo(x, y);
  });
  doc
    .lineWidth(style === 'dotted' ? 0.7 : 1)
    .strokeColor(style === 'dotted' ? COLOURS.quiet : COLOURS.accent)
    .stroke();
  doc.undash();
}
