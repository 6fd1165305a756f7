// Beside the player: what the machine says of the tracks, what examiners say of the file, and what is known about it.
import { useQuery } from '@tanstack/react-query';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Track, VideoTimeline } from '../../../contract/track.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { go } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Message } from '../../parts/message.tsx';
import { scoreText } from '../../wording.ts';
import { SameBytes } from '../inspect/file-facts.tsx';
import { OpinionSection } from '../inspect/opinion-section.tsx';
import { useOpinion } from '../inspect/use-opinion.ts';
import { betweenMarks, clockText, type Marks } from './frame-list.ts';
import { TrackList } from './track-list.tsx';
import type { ReadVideo } from './use-watching.ts';
import { VideoChoice } from './video-choice.tsx';

function VideoFacts({ evidence, timeline }: { evidence: ReadVideo; timeline: VideoTimeline }) {
  const same = useQuery(engine.evidence.sameBytes.queryOptions({ input: { id: evidence.id } })).data;
  const { video, remarks, widthPx, heightPx } = evidence.state;
  const { sampling } = timeline;
  const rows: (Fact | null)[] = [
    ['SHA-256', evidence.sha256 ? <Copyable key="hash" text={evidence.sha256} name="the SHA-256" /> : null],
    same && same.total > 0 ? ['Same bytes as', <SameBytes key="same" {...same} />] : null,
    ['Length', video ? `${clockText(video.durationMs)}, ${video.frames} frames` : 'unknown'],
    ['Coding', video ? `${video.codec}, ${video.pixelFormat}, ${widthPx} × ${heightPx}` : ''],
    ['Colour', video ? `${video.colour.matrix}, ${video.colour.range} range` : ''],
    [
      'Looked at',
      sampling.kind === 'everyFrame'
        ? `every frame (${timeline.frames.length})`
        : `${sampling.framesPerSecond} a second${sampling.sceneChanges ? ' and every cut' : ''} (${timeline.frames.length} frames)`,
    ],
    remarks.length > 0 ? ['Remarks', remarks.join('; ')] : null,
  ];
  return <Facts facts={rows} />;
}

function FileOpinion({ evidence: { id, shownPath } }: { evidence: Evidence }) {
  const subject = { evidenceId: id, faceId: null };
  const opinions = useQuery(engine.opinion.history.queryOptions({ input: subject })).data ?? [];
  const opinion = useOpinion({ ...subject, shownPath }, opinions, () => {
    void queryClient.invalidateQueries({ queryKey: engine.opinion.key() });
    void queryClient.invalidateQueries({ queryKey: engine.video.key() });
  });
  return <OpinionSection opinions={opinions} opinion={opinion} />;
}

function Marked({ track, marks: { inMs, outMs } }: { track: Track | undefined; marks: Marks }) {
  if (inMs === null && outMs === null) return null;
  const [from, to] = [inMs ?? 0, outMs ?? Number.POSITIVE_INFINITY];
  const found = track && betweenMarks(track, from, to);
  return (
    <p className="video-marked">
      <strong>
        Marked {inMs === null ? 'start' : clockText(inMs)} to {outMs === null ? 'end' : clockText(outMs)}
      </strong>
      {track
        ? found
          ? `Track ${track.trackIndex + 1}: median raw score ${scoreText(found.median)} of ${found.faces} faces`
          : `Track ${track.trackIndex + 1}: no scored face`
        : null}
    </p>
  );
}

export function AboutVideo({
  evidence,
  timeline,
  chosen,
  marks,
  onChoose,
}: {
  evidence: ReadVideo;
  timeline: VideoTimeline;
  chosen: Track | undefined;
  marks: Marks;
  onChoose: (track: Track) => void;
}) {
  return (
    <aside className="dossier" aria-label="About this video">
      <div className="dossier-head">
        <VideoChoice id={evidence.id} />
      </div>
      <section className="dossier-block" aria-label="Machine">
        <h2 className="caps">Tracks: highest five seconds</h2>
        {timeline.finished ? null : (
          <Message tone="caution" title="This file is still being scanned.">
            Tracks are made when its end is reached.
          </Message>
        )}
        <Marked track={chosen} marks={marks} />
        <TrackList tracks={timeline.tracks} chosen={chosen?.id} onChoose={onChoose} />
        <p className="muted">
          A track is one face followed through one shot. The median of the highest of many windows is higher than one
          taken by chance: it says where to look, and no error rate is known for it.
        </p>
      </section>
      <FileOpinion evidence={evidence} />
      <section className="dossier-block" aria-label="File">
        <h2 className="caps">File</h2>
        <VideoFacts evidence={evidence} timeline={timeline} />
        <Button small onClick={() => go('faces')}>
          Faces of the case
        </Button>
      </section>
    </aside>
  );
}
