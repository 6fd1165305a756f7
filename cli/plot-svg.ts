// A plot of a validation record as an SVG file: axes, ticks, lines told apart by their dashes.
import type { Plot, PlotLine } from '../contract/validation-plots.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [480, 440, 56, 48, 36, 16];
const DASHES: Readonly<Record<PlotLine['style'], string>> = {
  solid: '',
  dashed: ' stroke-dasharray="7 4"',
  dotted: ' stroke-dasharray="1.5 4"',
};

/** The whole file's text. */
export function svgFromPlot(plot: Plot): string {
  const x = (v: number) => LEFT + ((v - plot.x.from) / (plot.x.to - plot.x.from)) * (WIDTH - LEFT - RIGHT);
  const y = (v: number) => HEIGHT - BOTTOM - ((v - plot.y.from) / (plot.y.to - plot.y.from)) * (HEIGHT - BOTTOM - TOP);
  const text = (px: number, py: number, anchor: string, words: string) =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
  const points = (line: PlotLine) => line.points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 22, 'start', plot.title),
    `<rect x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - BOTTOM - TOP}" fill="none" stroke="#999"/>`,
    ...plot.x.ticks.map((tick) => text(x(tick), HEIGHT - BOTTOM + 16, 'middle', String(tick))),
    ...plot.y.ticks.map((tick) => text(LEFT - 6, y(tick) + 4, 'end', String(tick))),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, 'middle', plot.x.label),
    `<g transform="rotate(-90 14 ${HEIGHT / 2})">${text(14, HEIGHT / 2, 'middle', plot.y.label)}</g>`,
    ...plot.lines.map(
      (line) =>
        `<polyline fill="none" stroke="#1f4e79" stroke-width="1.6"${DASHES[line.style]} points="${points(line)}"/>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}
