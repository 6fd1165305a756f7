// A video over time: the raw score of every face looked at, track by track. A click goes to the
// face nearest to it.
import { useQuery } from '@tanstack/react-query';
import type { Inspection } from '../../../contract/procedures.ts';
import { timeText } from '../../../contract/subject-words.ts';
import type { VideoTimeline as Timeline, Track } from '../../../contract/track.ts';
import { LEANING_WORDS, scoreText } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { go } from '../../data/route.ts';
import { Failure } from '../../parts/message.tsx';
import { Plot, type PlotSeries } from '../../parts/plot.tsx';
import { countText, HIDDEN_SCORE } from '../../wording.ts';

const COLOURS = ['--accent', '--forged', '--neutral-signal', '--genuine', '--caution', '--danger'] as const;

const trackName = (track: Track): string => `Track ${track.trackIndex + 1}`;

/** Every moment with a face, in order, and each track's score at it. */
function linesOf(tracks: readonly Track[]): {
  x: number[];
  lines: PlotSeries[];
  verdicts: Map<number, Track['points'][number]>;
} {
  const times = [...new Set(tracks.flatMap(({ points }) => points.map(({ timeMs }) => timeMs)))].sort((a, b) => a - b);
  const verdicts = new Map<number, Track['points'][number]>();
  const lines = tracks.map((track, index) => {
    const byTime = new Map(track.points.map((point) => [point.timeMs, point]));
    for (const point of track.points)
      if ((verdicts.get(point.timeMs)?.score ?? -1) < (point.score ?? 0)) verdicts.set(point.timeMs, point);
    return {
      label: trackName(track),
      colour: COLOURS[index % COLOURS.length]!,
      values: times.map((time) => byTime.get(time)?.score ?? null),
      points: track.points.length < 3,
    };
  });
  return { x: times.map((time) => time / 1000), lines, verdicts };
}

/** What is said of a track, with the rule it comes from. */
function trackWords({ outcome, points }: Track): string {
  if (!outcome) return HIDDEN_SCORE;
  if (outcome.kind === 'notScored') return 'no face of it was scored';
  const { windowMedianScore, windowFromMs, windowToMs, leaning, facesScored } = outcome;
  return `highest median of a window ${scoreText(windowMedianScore)} (${timeText(windowFromMs)} to ${timeText(windowToMs)}), ${facesScored} of ${countText(points.length, 'face', 'faces')} scored${leaning ? `, ${LEANING_WORDS[leaning]}` : ''}`;
}

function Drawn({ timeline, atMs }: { timeline: Timeline; atMs: number }) {
  const { x, lines, verdicts } = linesOf(timeline.tracks);
  if (timeline.tracks.length === 0)
    return (
      <p className="secondary">
        {timeline.finished ? 'No face was followed in this video.' : 'The scan of this video is not finished.'}
      </p>
    );
  return (
    <>
      {timeline.hidden ? (
        <p className="secondary">{HIDDEN_SCORE}</p>
      ) : (
        <Plot
          label={`Raw score over time of ${countText(timeline.tracks.length, 'track', 'tracks')}`}
          x={x}
          lines={lines}
          xLabel="seconds"
          yLabel="raw score"
          height={148}
          yRange={[0, 1]}
          at={atMs / 1000}
          onPick={(index) => {
            const point = verdicts.get([...verdicts.keys()].sort((a, b) => a - b)[index] ?? -1);
            if (point) go('inspect', point.verdictId);
          }}
        />
      )}
      <ul className="tracks">
        {timeline.tracks.map((track, index) => (
          <li key={track.id}>
            <button
              type="button"
              className="track"
              onClick={() => {
                const key = track.points.find(({ faceId }) => track.keyFaces.includes(faceId)) ?? track.points[0]!;
                go('inspect', key.verdictId);
              }}
            >
              <span className="plot-swatch" style={{ background: `var(${lines[index]!.colour})` }} aria-hidden />
              <strong>{trackName(track)}</strong>
              <span className="secondary">{trackWords(track)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function VideoTimeline({ inspection }: { inspection: Inspection }) {
  const query = useQuery(
    engine.video.timeline.queryOptions({
      input: { evidenceId: inspection.evidence.id, modelId: inspection.model.id },
      staleTime: 5000,
    }),
  );
  return (
    <section className="timeline" aria-label="The video over time">
      <Failure error={query.error} />
      {query.data ? <Drawn timeline={query.data} atMs={inspection.face?.timeMs ?? 0} /> : null}
    </section>
  );
}
