// Video: a file along its time. Player, filmstrip, score curves of its tracks, and the chosen face beside the frame shown.

import { useQuery } from '@tanstack/react-query';
import { Film } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { EvidenceId, TrackId } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import type { Track, VideoTimeline } from '../../../contract/track.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { useSession } from '../../data/open-case.ts';
import { giveOpinion } from '../../data/opinions.ts';
import { go, goToVideo } from '../../data/route.ts';
import { useKeyActions } from '../../keys/key-actions.ts';
import { Button } from '../../parts/button.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Select } from '../../parts/field.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Empty, Failure, Message } from '../../parts/message.tsx';
import { scoreText } from '../../wording.ts';
import { SameBytes } from '../inspect/dossier.tsx';
import { OpinionSection } from '../inspect/opinion-section.tsx';
import { FaceAtFrame, NoFaceHere } from './face-at-frame.tsx';
import { Filmstrip } from './filmstrip.tsx';
import {
  betweenMarks,
  clockText,
  frameList,
  mostSuspiciousPoint,
  nearestFrame,
  neighbour,
  openingOf,
  positionOf,
  videoToOpen,
} from './frame-list.ts';
import { FrameStage, type SeenFace } from './frame-stage.tsx';
import { ScoreCurves } from './score-curves.tsx';
import { TrackList } from './track-list.tsx';
import { TransportBar } from './transport-bar.tsx';
import { usePlayer } from './use-player.ts';
import './video.css';

type ReadVideo = Evidence & { state: { kind: 'read' } };

/** Frames fetched ahead of the one shown. */
const AHEAD = 3;

function VideoChoice({ videos, id }: { videos: readonly Evidence[]; id: EvidenceId }) {
  return (
    <Select
      aria-label="Video"
      value={String(id)}
      onChange={(event) => goToVideo(Number(event.target.value) as EvidenceId)}
    >
      {videos.map((one) => (
        <option key={one.id} value={one.id}>
          {visibleText(one.relativePath)}
        </option>
      ))}
    </Select>
  );
}

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

function FileOpinion({ evidence }: { evidence: Evidence }) {
  const [note, setNote] = useState('');
  const session = useSession();
  const subject = { evidenceId: evidence.id, faceId: null };
  const opinions = useQuery(engine.opinion.history.queryOptions({ input: subject })).data ?? [];
  const latest = opinions.findLast((one) => one.examinerId === session.examiner?.id);
  const own = latest && latest.conclusion !== 'withdrawn' ? latest.conclusion : null;
  const decide = async (conclusion: Conclusion): Promise<void> => {
    const finding = { ...subject, relativePath: evidence.relativePath, ownConclusion: own };
    if (!(await giveOpinion(finding, conclusion, note.trim() || undefined))) return;
    setNote('');
    void queryClient.invalidateQueries({ queryKey: engine.opinion.key() });
    void queryClient.invalidateQueries({ queryKey: engine.video.key() });
  };
  useKeyActions({
    'opinion.genuine': () => void decide('genuine'),
    'opinion.forged': () => void decide('forged'),
    'opinion.inconclusive': () => void decide('inconclusive'),
    'opinion.withdraw': () => void decide('withdrawn'),
  });
  return (
    <OpinionSection opinions={opinions} own={own} note={note} onNote={setNote} onDecide={(one) => void decide(one)} />
  );
}

function Marked({ track, inMs, outMs }: { track: Track | undefined; inMs: number | null; outMs: number | null }) {
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

function Watched({
  evidence,
  timeline,
  videos,
  startAt,
}: {
  evidence: ReadVideo;
  timeline: VideoTimeline;
  videos: readonly Evidence[];
  /** Number of the frame that was asked for; null opens the most suspicious track. */
  startAt: number | null;
}) {
  const facts = evidence.state.video;
  const list = useMemo(() => frameList(timeline, facts), [timeline, facts]);
  const [opening] = useState(() => openingOf(timeline, startAt));
  const player = usePlayer(list, positionOf(list, opening.frameIndex));
  const [chosenId, setChosenId] = useState<TrackId | undefined>();
  const [marks, setMarks] = useState<{ inMs: number | null; outMs: number | null }>({ inMs: null, outMs: null });
  const { tracks } = timeline;
  // Tracks come when the file's end is reached, and are hidden or shown again in blind review: then by what is there now.
  const chosen = tracks.find(({ id }) => id === (chosenId ?? opening.track?.id)) ?? openingOf(timeline, null).track;
  const frame = list.frames[player.position]!;
  const ahead = useMemo(
    () => list.frames.slice(player.position + 1, player.position + 1 + AHEAD),
    [list, player.position],
  );
  const faces: SeenFace[] = tracks.flatMap(({ id, trackIndex, points }) =>
    points
      .filter((point) => point.frameIndex === frame.frameIndex)
      .map((point) => ({ point, trackIndex, chosen: id === chosen?.id })),
  );
  const here = faces.find((face) => face.chosen)?.point;
  const seek = (timeMs: number): void => player.goTo(nearestFrame(list.frames, timeMs));
  const show = (frameIndex: number): void => player.goTo(positionOf(list, frameIndex));
  const toSuspicious = (track: Track): void => {
    setChosenId(track.id);
    show(mostSuspiciousPoint(track).frameIndex);
  };
  const sample = (by: 1 | -1): void => {
    const next = neighbour(timeline.frames, frame.frameIndex, by);
    if (next) show(next.frameIndex);
  };
  const mark = (which: 'in' | 'out'): void =>
    setMarks((now) => {
      const key = which === 'in' ? 'inMs' : 'outMs';
      const next = { ...now, [key]: now[key] === frame.timeMs ? null : frame.timeMs };
      const isBackwards = next.inMs !== null && next.outMs !== null && next.inMs > next.outMs;
      return isBackwards ? { inMs: null, outMs: null, [key]: frame.timeMs } : next;
    });
  const worst = tracks.find(({ id }) => id === timeline.mostSuspiciousTrackId);
  const nearest = (): void => {
    if (!chosen) return;
    show(chosen.points[nearestFrame(chosen.points, frame.timeMs)]!.frameIndex);
  };
  useKeyActions({
    'grid.next': () => player.step(1),
    'grid.previous': () => player.step(-1),
    'grid.down': () => sample(1),
    'grid.up': () => sample(-1),
    'grid.first': () => player.goTo(0),
    'grid.last': () => player.goTo(list.frames.length - 1),
    'video.play': player.toggle,
    'video.in': () => mark('in'),
    'video.out': () => mark('out'),
    'video.suspicious': () => worst && toSuspicious(worst),
  });
  const durationMs = Math.max(facts?.durationMs ?? 0, timeline.frames.at(-1)?.timeMs ?? 0, 1);
  return (
    <div className="video">
      <section className="video-main" aria-label="Player">
        <h1 className="unseen">{visibleText(evidence.relativePath)}</h1>
        <div className="video-stage">
          <FrameStage
            evidence={evidence}
            frame={frame}
            ahead={ahead}
            playing={player.playing}
            faces={faces}
            onFace={({ trackIndex }) => setChosenId(tracks[trackIndex]?.id)}
            onShown={player.shown}
          />
          <div className="video-face">
            {here ? (
              <FaceAtFrame point={here} trackIndex={chosen!.trackIndex} />
            ) : tracks.length > 0 ? (
              <NoFaceHere
                looked={timeline.frames.some((one) => one.frameIndex === frame.frameIndex)}
                onNearest={nearest}
              />
            ) : (
              <p className="face-none muted">
                No face was found in this video. Nothing follows about whether it is genuine.
              </p>
            )}
          </div>
        </div>
        <TransportBar
          player={player}
          frame={frame}
          total={list.frames.length}
          complete={list.complete}
          onSample={sample}
          onMark={mark}
          onSuspicious={worst ? () => toSuspicious(worst) : undefined}
        />
        <Filmstrip id={evidence.id} frames={timeline.frames} timeMs={frame.timeMs} onSeek={seek} />
        <ScoreCurves
          timeline={timeline}
          durationMs={durationMs}
          shown={{ timeMs: frame.timeMs, marks, chosen }}
          onSeek={seek}
        />
      </section>
      <aside className="dossier" aria-label="About this video">
        <div className="dossier-head">
          <VideoChoice videos={videos} id={evidence.id} />
        </div>
        <section className="dossier-block" aria-label="Machine">
          <h2 className="caps">Tracks: highest five seconds</h2>
          {timeline.finished ? null : (
            <Message tone="caution" title="This file is still being scanned.">
              Tracks are made when its end is reached.
            </Message>
          )}
          <Marked track={chosen} {...marks} />
          <TrackList tracks={tracks} chosen={chosen?.id} onChoose={toSuspicious} />
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
    </div>
  );
}

/** Videos of the case, by path. */
function useVideos() {
  const query = useQuery(engine.evidence.list.queryOptions({ input: { limit: 1000, videosOnly: true } }));
  return { ...query, videos: query.data?.rows };
}

function OneVideo({
  evidence,
  videos,
  startAt,
}: {
  evidence: Evidence;
  videos: readonly Evidence[];
  startAt: number | null;
}) {
  const query = useQuery(
    engine.video.timeline.queryOptions({
      input: { evidenceId: evidence.id },
      refetchInterval: ({ state }) => (state.data && !state.data.finished ? 3000 : false),
    }),
  );
  const { state } = evidence;
  if (state.kind === 'unreadable')
    return (
      <div className="video-problem">
        <VideoChoice videos={videos} id={evidence.id} />
        <Message tone="danger" title="This file could not be read.">
          {state.message}
        </Message>
      </div>
    );
  if (query.error || (query.data && query.data.frames.length === 0) || state.kind === 'pending')
    return (
      <div className="video-problem">
        <VideoChoice videos={videos} id={evidence.id} />
        {query.error ? (
          <Failure error={query.error} />
        ) : (
          <Message title="This file is being scanned.">Its frames appear here when its end is reached.</Message>
        )}
      </div>
    );
  if (!query.data) return null;
  return (
    <Watched
      key={`${evidence.id}/${startAt}`}
      evidence={evidence as ReadVideo}
      timeline={query.data}
      videos={videos}
      startAt={startAt}
    />
  );
}

export function VideoView({ evidenceId, frameIndex }: { evidenceId: EvidenceId | null; frameIndex: number | null }) {
  const { videos, error, isPending } = useVideos();
  if (error) return <Failure error={error} />;
  if (isPending || !videos) return null;
  const chosen = videoToOpen(videos, evidenceId);
  if (!chosen)
    return (
      <Empty icon={Film} title="No video in this case" actions={<Button onClick={() => go('scan')}>Scan files</Button>}>
        Videos that are scanned into the case are shown here along their time.
      </Empty>
    );
  return <OneVideo evidence={chosen} videos={videos} startAt={chosen.id === evidenceId ? frameIndex : null} />;
}
