// A video being watched: player, filmstrip and score curves, the chosen face beside the frame, and
// everything known about the file.
import type { VideoTimeline } from '../../../contract/track.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import type { Route } from '../../data/route.ts';
import { AboutVideo } from './about-video.tsx';
import { FaceAtFrame, NoFaceHere } from './face-at-frame.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { FrameStage } from './frame-stage.tsx';
import { ScoreCurves } from './score-curves.tsx';
import { TransportBar } from './transport-bar.tsx';
import { type ReadVideo, useWatching, useWatchingKeys, type Watching } from './use-watching.ts';

function FaceBeside({ watching, timeline }: { watching: Watching; timeline: VideoTimeline }) {
  const { here, chosen, frame, nearest } = watching;
  if (here) return <FaceAtFrame point={here} trackIndex={chosen!.trackIndex} />;
  if (timeline.tracks.length === 0)
    return (
      <p className="face-none muted">No face was found in this video. Nothing follows about whether it is genuine.</p>
    );
  const looked = timeline.frames.some((one) => one.frameIndex === frame.frameIndex);
  return <NoFaceHere looked={looked} onNearest={nearest} />;
}

function Player({
  evidence,
  timeline,
  watching,
}: {
  evidence: ReadVideo;
  timeline: VideoTimeline;
  watching: Watching;
}) {
  const { player, list, frame, chosen, marks, worst, seek } = watching;
  const durationMs = Math.max(evidence.state.video?.durationMs ?? 0, timeline.frames.at(-1)?.timeMs ?? 0, 1);
  return (
    <section className="video-main" aria-label="Player">
      <h1 className="unseen">{visibleText(evidence.shownPath)}</h1>
      <div className="video-stage">
        <FrameStage
          evidence={evidence}
          frame={frame}
          ahead={watching.ahead}
          playing={player.playing}
          faces={player.isDrawn ? watching.faces : []}
          onFace={({ trackIndex }) => watching.choose(timeline.tracks[trackIndex]?.id)}
          onShown={player.shown}
        />
        <div className="video-face">
          <FaceBeside watching={watching} timeline={timeline} />
        </div>
      </div>
      <TransportBar
        player={player}
        frame={frame}
        total={list.frames.length}
        complete={list.complete}
        onSample={watching.sample}
        onMark={watching.mark}
        onSuspicious={worst ? () => watching.toSuspicious(worst) : undefined}
      />
      <Filmstrip id={evidence.id} frames={timeline.frames} timeMs={frame.timeMs} onSeek={seek} />
      <ScoreCurves
        timeline={timeline}
        durationMs={durationMs}
        shown={{ timeMs: frame.timeMs, marks, chosen }}
        onSeek={seek}
      />
    </section>
  );
}

/**
 * `startAt`: number of the frame that was asked for; null opens the most suspicious track. `track`:
 * the one that was asked for, of a scan that was.
 */
export function WatchedVideo({
  evidence,
  timeline,
  startAt,
  track,
}: {
  evidence: ReadVideo;
  timeline: VideoTimeline;
  startAt: number | null;
  track: Route['track'];
}) {
  const watching = useWatching(evidence, timeline, startAt, track?.id);
  useWatchingKeys(watching);
  return (
    <div className="video">
      <Player evidence={evidence} timeline={timeline} watching={watching} />
      <AboutVideo
        evidence={evidence}
        timeline={timeline}
        chosen={watching.chosen}
        here={watching.here}
        player={watching.player}
        marks={watching.marks}
        isAskedScan={track !== null}
        onChoose={watching.toSuspicious}
      />
    </div>
  );
}
