// A film that was scanned more than once: which scan is looked at, and the opinions that stand on
// tracks of the others.
import { useQuery } from '@tanstack/react-query';
import type { TrackId } from '../../../contract/brand.ts';
import type { OpinionElsewhere } from '../../../contract/opinion-elsewhere.ts';
import type { TrackPlace, VideoTimeline } from '../../../contract/track.ts';
import type { Sampling } from '../../../contract/video.ts';
import { engine } from '../../data/engine.ts';
import { openTrack } from '../../data/opinion-on.ts';
import { goToVideo } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { ConclusionMark } from '../../parts/marks.tsx';
import { Failure, Message } from '../../parts/message.tsx';
import { conclusionName } from '../../wording.ts';
import { clockText } from './frame-list.ts';

const samplingText = (sampling: Sampling): string =>
  sampling.kind === 'everyFrame' ? 'every frame' : `${sampling.framesPerSecond} frames a second`;

const trackText = ({ trackIndex, scan, fromMs, toMs }: TrackPlace): string =>
  `track ${trackIndex + 1} of scan ${scan.number} (${clockText(fromMs)} to ${clockText(toMs)})`;

/** What stands on tracks of the file's other scans, and why it is not known. */
export function useOpinionsElsewhere({ evidenceId, scan }: VideoTimeline): {
  elsewhere: readonly OpinionElsewhere[];
  error: unknown;
} {
  const query = useQuery(
    engine.video.opinionsElsewhere.queryOptions({
      input: { evidenceId, scanId: scan.id },
      staleTime: 0,
      enabled: scan.of > 1,
    }),
  );
  return { elsewhere: query.data ?? [], error: query.error };
}

/** Which scan is looked at, where there are several. `isAsked`: it was gone to, and is not the last. */
export function ScanShown({ timeline: { evidenceId, scan }, isAsked }: { timeline: VideoTimeline; isAsked: boolean }) {
  if (scan.of === 1) return null;
  return (
    <Message title={`Scan ${scan.number} of ${scan.of} of this file: ${samplingText(scan.sampling)}.`}>
      <p>
        Each scan has tracks of its own. An opinion on a track holds for its faces: where a track of another scan has
        the same faces, it stands there as well.
      </p>
      {isAsked ? (
        <Button small onClick={() => goToVideo(evidenceId)}>
          Back to the scan shown by default
        </Button>
      ) : null}
    </Message>
  );
}

/** Said where an opinion is given: on this face and at this time one stands already, elsewhere. */
export function StandsElsewhere({
  elsewhere,
  trackId,
}: {
  elsewhere: readonly OpinionElsewhere[];
  trackId: TrackId | undefined;
}) {
  return elsewhere
    .filter(({ overlaps }) => overlaps.some((id) => id === trackId))
    .map(({ opinion, track }) => (
      <Message key={opinion.id} tone="caution" title={`This face and time: an opinion on ${trackText(track)}.`}>
        <p>
          {opinion.examinerName}: {conclusionName(opinion.conclusion).toLowerCase()}. It is not an opinion on the track
          chosen here.
        </p>
        <Button small onClick={() => openTrack(track)}>
          Go to track {track.trackIndex + 1} of scan {track.scan.number}
        </Button>
      </Message>
    ));
}

/** Every one of them, each with the way to where it can be changed or withdrawn. */
export function OpinionsElsewhere({ elsewhere, error }: ReturnType<typeof useOpinionsElsewhere>) {
  if (elsewhere.length === 0 && !error) return null;
  return (
    <section className="dossier-block" aria-label="Opinions on tracks of other scans">
      <h2 className="caps">Opinions on tracks of other scans</h2>
      <Failure error={error} />
      <p className="muted">They stand, and are in the report. Go to the track to change or withdraw one.</p>
      <ol className="opinion-history">
        {elsewhere.map(({ opinion, track }) => (
          <li key={opinion.id} className="opinion-entry">
            <ConclusionMark conclusion={opinion.conclusion} size={18} />
            <div>
              <p>
                <strong>{conclusionName(opinion.conclusion)}</strong> · {opinion.examinerName}
              </p>
              {opinion.note ? <p className="opinion-note">{opinion.note}</p> : null}
              <button type="button" className="link-button" onClick={() => openTrack(track)}>
                Go to {trackText(track)}
              </button>
              <p className="muted opinion-when">{samplingText(track.scan.sampling)}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
