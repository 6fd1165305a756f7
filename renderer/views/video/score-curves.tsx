// Raw scores of every track along the time, drawn by uPlot: the chosen track in front, its window
// and the examiner's marks shaded, a line at the frame shown. Props in, pixels out; a click says
// which moment is meant.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { TrackId } from '../../../contract/brand.ts';
import type { Track, VideoTimeline } from '../../../contract/track.ts';
import type { Marks } from './frame-list.ts';

type Shown = { timeMs: number; marks: Marks; chosen: Track | undefined };

/** The room inside the element's padding, CSS pixels. */
function roomIn(element: HTMLElement): { width: number; height: number } {
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(element);
  return {
    width: element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
    height: element.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom),
  };
}

/**
 * The theme in force, followed where it is written: colours are read from the page after it has
 * changed.
 */
const followTheme = (listener: () => void): (() => void) => {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
};
const themeNow = (): string => document.documentElement.dataset.theme ?? '';

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Columns for uPlot: seconds, then one column of scores a track. */
function columnsOf({ frames, tracks }: VideoTimeline): uPlot.AlignedData {
  const at = new Map(frames.map((one, i) => [one.frameIndex, i]));
  const scores = tracks.map(({ points }) => {
    const column: (number | null)[] = frames.map(() => null);
    for (const { frameIndex, score } of points) column[at.get(frameIndex)!] = score;
    return column;
  });
  return [frames.map((one) => one.timeMs / 1000), ...scores];
}

/** Shading behind the curves and the line of the frame shown. */
function drawBehind(plot: uPlot, { timeMs, marks, chosen }: Shown): void {
  const { ctx, bbox } = plot;
  const x = (ms: number): number => plot.valToPos(ms / 1000, 'x', true);
  const band = (from: number, to: number, fill: string): void => {
    ctx.fillStyle = fill;
    ctx.fillRect(x(from), bbox.top, Math.max(2, x(to) - x(from)), bbox.height);
  };
  ctx.save();
  if (chosen?.outcome?.kind === 'scored')
    band(chosen.outcome.windowFromMs, chosen.outcome.windowToMs, colour('--caution-soft'));
  if (marks.inMs !== null && marks.outMs !== null) band(marks.inMs, marks.outMs, colour('--accent-soft'));
  ctx.fillStyle = colour('--accent');
  for (const ms of [marks.inMs, marks.outMs]) if (ms !== null) ctx.fillRect(x(ms) - 1, bbox.top, 2, bbox.height);
  ctx.fillStyle = colour('--text');
  ctx.fillRect(Math.round(x(timeMs)), bbox.top, 1, bbox.height);
  ctx.restore();
}

function seriesOf(tracks: readonly Track[], chosen: TrackId | undefined): uPlot.Series[] {
  const front = colour('--accent');
  const back = colour('--line-strong');
  return tracks.map(({ id, trackIndex }) => ({
    label: `Track ${trackIndex + 1}`,
    stroke: id === chosen ? front : back,
    width: id === chosen ? 2 : 1,
    spanGaps: false,
    points: {
      show: true,
      size: id === chosen ? 5 : 3,
      stroke: id === chosen ? front : back,
      fill: id === chosen ? front : back,
    },
  }));
}

export function ScoreCurves({
  timeline,
  durationMs,
  shown,
  onSeek,
}: {
  timeline: VideoTimeline;
  durationMs: number;
  shown: Shown;
  onSeek: (timeMs: number) => void;
}) {
  const theme = useSyncExternalStore(followTheme, themeNow);
  const ref = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const now = useRef(shown);
  const seek = useRef(onSeek);
  now.current = shown;
  seek.current = onSeek;
  const chosenId = shown.chosen?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew when the colours change
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const ink = colour('--text-3');
    const axis = {
      stroke: ink,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
    };
    const made = new uPlot(
      {
        ...roomIn(element),
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false },
        scales: { x: { time: false, range: [0, durationMs / 1000] }, y: { range: [0, 1] } },
        axes: [
          { ...axis, values: (_, splits) => splits.map((s) => `${s} s`) },
          { ...axis, size: 34, splits: () => [0, 0.5, 1] },
        ],
        series: [{}, ...seriesOf(timeline.tracks, chosenId)],
        hooks: { drawClear: [(u) => drawBehind(u, now.current)] },
      },
      columnsOf(timeline),
      element,
    );
    plot.current = made;
    const click = (event: MouseEvent): void => seek.current(made.posToVal(event.offsetX, 'x') * 1000);
    made.over.addEventListener('click', click);
    const resize = new ResizeObserver(() => made.setSize(roomIn(element)));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
    };
  }, [timeline, durationMs, chosenId, theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the hook reads what is shown now
  useEffect(() => plot.current?.redraw(false), [shown.timeMs, shown.marks.inMs, shown.marks.outMs]);
  return (
    <div
      ref={ref}
      className="curves"
      role="img"
      aria-label={`Raw scores of ${timeline.tracks.length} tracks along the time`}
    />
  );
}
