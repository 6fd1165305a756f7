// What is looked at of a video: the frame shown, the track chosen, the marks set, and the ways to
// other frames.
import { useMemo, useState } from 'react';
import type { TrackId } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { Track, TrackPoint, VideoTimeline } from '../../../contract/track.ts';
import type { FrameAddress } from '../../../contract/video.ts';
import { useKeyActions } from '../../keys/key-actions.ts';
import {
  bySuspicion,
  type FrameList,
  frameList,
  type Marks,
  mostSuspiciousPoint,
  nearestFrame,
  neighbour,
  openingOf,
  positionOf,
  withMark,
} from './frame-list.ts';
import type { SeenFace } from './frame-stage.tsx';
import { type Player, usePlayer } from './use-player.ts';

export type ReadVideo = Evidence & { state: { kind: 'read' } };

/** Frames fetched ahead of the one shown. */
const AHEAD = 3;

export type Watching = {
  player: Player;
  list: FrameList;
  /** The frame shown, those that come after it, and the faces seen in it. */
  frame: FrameAddress;
  ahead: readonly FrameAddress[];
  faces: readonly SeenFace[];
  /** The track looked at, and its face in the frame shown. */
  chosen: Track | undefined;
  here: TrackPoint | undefined;
  marks: Marks;
  /** Undefined where nothing is scored or scores are hidden. */
  worst: Track | undefined;
  choose(id: TrackId | undefined): void;
  seek(timeMs: number): void;
  /** Chooses a track and goes to its most suspicious frame. */
  toSuspicious(track: Track): void;
  /** To the looked-at frame before or after. */
  sample(by: 1 | -1): void;
  /** To the frame of the chosen track that is nearest. */
  nearest(): void;
  mark(which: 'in' | 'out'): void;
};

/**
 * `startAt`: number of the frame that was asked for; null opens the most suspicious track.
 * `startTrack`: the track that was, if one was.
 */
export function useWatching(
  { state }: ReadVideo,
  timeline: VideoTimeline,
  startAt: number | null,
  startTrack: TrackId | undefined,
): Watching {
  const { tracks } = timeline;
  const list = useMemo(() => frameList(timeline, state.video), [timeline, state.video]);
  const [opening] = useState(() => openingOf(timeline, startAt));
  const player = usePlayer(list, positionOf(list, opening.frameIndex));
  const [chosenId, choose] = useState<TrackId | undefined>(startTrack);
  const [marks, setMarks] = useState<Marks>({ inMs: null, outMs: null });
  // Tracks come when the file's end is reached, and are hidden or shown again in blind review: then
  // by what is there now.
  const chosen = tracks.find(({ id }) => id === (chosenId ?? opening.track?.id)) ?? openingOf(timeline, null).track;
  const frame = list.frames[player.position]!;
  const ahead = useMemo(
    () => list.frames.slice(player.position + 1, player.position + 1 + AHEAD),
    [list, player.position],
  );
  const faces = facesIn(frame, tracks, chosen);
  const show = (frameIndex: number): void => player.goTo(positionOf(list, frameIndex));
  return {
    player,
    list,
    frame,
    ahead,
    faces,
    chosen,
    here: faces.find((face) => face.chosen)?.point,
    marks,
    worst: timeline.hidden ? undefined : bySuspicion(tracks).find(({ outcome }) => outcome?.kind === 'scored'),
    choose,
    seek: (timeMs) => player.goTo(nearestFrame(list.frames, timeMs)),
    toSuspicious(track) {
      choose(track.id);
      show(mostSuspiciousPoint(track).frameIndex);
    },
    sample(by) {
      const next = neighbour(timeline.frames, frame.frameIndex, by);
      if (next) show(next.frameIndex);
    },
    nearest() {
      if (chosen) show(chosen.points[nearestFrame(chosen.points, frame.timeMs)]!.frameIndex);
    },
    mark: (which) => setMarks((now) => withMark(now, which, frame.timeMs)),
  };
}

const facesIn = ({ frameIndex }: FrameAddress, tracks: readonly Track[], chosen: Track | undefined): SeenFace[] =>
  tracks.flatMap(({ id, trackIndex, points }) =>
    points
      .filter((point) => point.frameIndex === frameIndex)
      .map((point) => ({ point, trackIndex, chosen: id === chosen?.id })),
  );

export function useWatchingKeys({ player, list, worst, sample, mark, toSuspicious }: Watching): void {
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
}
