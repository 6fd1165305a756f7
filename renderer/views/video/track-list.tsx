// The tracks of a video, the most suspicious first: what is said of each, in words that carry the
// rule.
import type { TrackId } from '../../../contract/brand.ts';
import type { Track, TrackOutcome } from '../../../contract/track.ts';
import { capitalised, KIND_WORDS, LEANING_WORDS, NO_LEANING, scoreText } from '../../../contract/wording.ts';
import { LeaningMark } from '../../parts/marks.tsx';
import { countText, HIDDEN_SCORE } from '../../wording.ts';
import { bySuspicion, clockText, isSingleFrames } from './frame-list.ts';

function notScoredWords({ reasons }: Extract<TrackOutcome, { kind: 'notScored' }>): string {
  return Object.entries(reasons)
    .map(([kind, n]) => `${n} × ${KIND_WORDS[kind as keyof typeof KIND_WORDS].short.toLowerCase()}`)
    .join(', ');
}

function Outcome({ track: { outcome, points } }: { track: Track }) {
  if (!outcome) return <p className="muted">{HIDDEN_SCORE}</p>;
  if (outcome.kind === 'notScored') return <p className="muted">Not scored: {notScoredWords(outcome)}</p>;
  return (
    <p className="track-outcome">
      <strong className="mono">{scoreText(outcome.windowMedianScore)}</strong>
      {outcome.leaning ? <LeaningMark leaning={outcome.leaning} /> : null}
      <span>
        {isSingleFrames({ outcome })
          ? outcome.facesScored === 1
            ? `single frame at ${clockText(outcome.windowFromMs)}`
            : `${outcome.facesScored} single frames, ${clockText(outcome.windowFromMs)} to ${clockText(outcome.windowToMs)}`
          : `median of ${outcome.windowFaces} faces, ${clockText(outcome.windowFromMs)} to ${clockText(outcome.windowToMs)}`}
        {outcome.leaning ? `; ${LEANING_WORDS[outcome.leaning]}` : ''}
      </span>
      <span className="muted">
        whole track {scoreText(outcome.medianScore)}, {outcome.facesScored} of{' '}
        {countText(points.length, 'face', 'faces')} scored
      </span>
    </p>
  );
}

export function TrackList({
  tracks,
  chosen,
  decidedElsewhere,
  onChoose,
}: {
  tracks: readonly Track[];
  chosen: TrackId | undefined;
  /** Those that show what an opinion on a track of another scan is on. */
  decidedElsewhere: ReadonlySet<TrackId>;
  onChoose: (track: Track) => void;
}) {
  if (tracks.length === 0) return <p className="muted">No face was followed.</p>;
  const noPoints = tracks.some(({ outcome }) => outcome?.kind === 'scored' && outcome.leaning === null);
  return (
    <>
      <ol className="track-list">
        {bySuspicion(tracks).map((track) => (
          <li key={track.id}>
            <button
              type="button"
              className="track-item"
              aria-pressed={track.id === chosen}
              onClick={() => onChoose(track)}
            >
              <span className="track-title">
                Track {track.trackIndex + 1}
                <span className="muted mono">
                  {clockText(track.points[0]!.timeMs)} – {clockText(track.points.at(-1)!.timeMs)}
                </span>
              </span>
              <Outcome track={track} />
              {decidedElsewhere.has(track.id) ? (
                <p className="muted">An opinion stands on a track of another scan.</p>
              ) : null}
            </button>
          </li>
        ))}
      </ol>
      {noPoints ? <p className="muted">{capitalised(NO_LEANING)}.</p> : null}
    </>
  );
}
