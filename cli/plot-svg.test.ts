import { expect, test } from 'vitest';
import { svgFromPlot } from './plot-svg.ts';

test('a plot becomes an SVG whose points lie inside its frame and whose words are escaped', () => {
  const svg = svgFromPlot({
    title: 'A < B & C',
    x: { label: 'x', from: 0, to: 1, ticks: [0, 1] },
    y: { label: 'y', from: 0, to: 1, ticks: [0, 1] },
    lines: [
      {
        name: 'line',
        style: 'dashed',
        points: [
          [0, 0],
          [0.5, 0.9],
          [1, 1],
        ],
      },
    ],
  });
  expect(svg).toContain('A &lt; B &amp; C');
  const [, points] = /points="([^"]+)"/.exec(svg)!;
  expect(points).toBe('56.0,392.0 260.0,71.6 464.0,36.0');
  expect(svg).toContain('stroke-dasharray');
});
