// Beside the player: what the machine says of the tracks, what examiners say of the file, and what
// is known about it.

import { useQuery } from '@tanstack/react-query';
import type { ComponentProps } from 'react';
import type { Evidence } from '../../../contract/evidence.ts';
import { STANDING } from '../../../contract/opinion.ts';
import type { OpinionElsewhere } from '../../../contract/opinion-elsewhere.ts';
import { remarkWords } from '../../../contract/remark-words.ts';
import type { Track, TrackPoint, VideoTimeline, WhichScan } from '../../../contract/track.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { scoreText } from '../../../contract/wording.ts';
import { engine } from '../../data/engine.ts';
import { chooseOpinionOn, type OpinionOn, useOpinionOn } from '../../data/opinion-on.ts';
import { go } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Segments } from '../../parts/field.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Message } from '../../parts/message.tsx';
import { OpinionSection } from '../../parts/opinion-section.tsx';
import { SameBytes } from '../../parts/same-bytes.tsx';
import { useOpinion } from '../../parts/use-opinion.ts';
import { countText } from '../../wording.ts';
import {
  betweenMarks,
  clockText,
  isWithoutScores,
  jumpIn,
  type Marks,
  opinionOn,
  whyNotByKey,
  whyNotGiven,
} from './frame-list.ts';
import { OpinionsElsewhere, ScanShown, StandsElsewhere, useOpinionsElsewhere } from './other-scans.tsx';
import { TrackList } from './track-list.tsx';
import type { Player } from './use-player.ts';
import type { ReadVideo } from './use-watching.ts';
import { VideoChoice } from './video-choice.tsx';

/** In how many of the frames looked at there was a face. */
const foundWords = ({ frames }: VideoTimeline): string =>
  `${frames.filter(({ faces }) => faces > 0).length} of ${countText(frames.length, 'frame', 'frames')} looked at`;

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
        : `${sampling.framesPerSecond} a second${sampling.sceneChanges ? ' and every cut or change' : ''} (${timeline.frames.length} frames)`,
    ],
    ['With a face', foundWords(timeline)],
    remarks.length > 0 ? ['Remarks', remarks.map(remarkWords).join('; ')] : null,
  ];
  return <Facts facts={rows} />;
}

/**
 * The subject and its words. Without a track there is the file alone; a face that is not in the
 * frame shown is none, and its words say so: see `opinionOn`.
 */
function subjectFor(
  on: OpinionOn,
  { id, shownPath }: Evidence,
  chosen: Track | undefined,
  here: TrackPoint | undefined,
  scan: WhichScan,
) {
  if (on === 'track' && chosen) {
    const { points, trackIndex } = chosen;
    const [fromMs, toMs] = [points[0]!.timeMs, points.at(-1)!.timeMs];
    const ofScan = scan.of > 1 ? ` of scan ${scan.number}` : '';
    const about = `track ${trackIndex + 1}${ofScan} (${countText(points.length, 'face', 'faces')}, ${clockText(fromMs)} to ${clockText(toMs)})`;
    const span = { scan: scan.number, fromMs, toMs };
    return { about, subject: { evidenceId: id, faceId: null, trackId: chosen.id, trackIndex, span, shownPath } };
  }
  if (on === 'face' && here) {
    const { faceId, timeMs, score } = here;
    return {
      about: `this face at ${clockText(timeMs)}`,
      subject: { evidenceId: id, faceId, shownPath, timeMs, score },
    };
  }
  if (on === 'face' && chosen)
    return {
      about: `a face of track ${chosen.trackIndex + 1}`,
      subject: { evidenceId: id, faceId: null, trackId: chosen.id, shownPath },
    };
  return { about: `the whole file ${visibleText(shownPath)}`, subject: { evidenceId: id, faceId: null, shownPath } };
}

/** “Not a face” is said of one. */
const ON_FILES = STANDING.filter((conclusion) => conclusion !== 'notAFace');

const NOT_DRAWN = 'the frame asked for was not on screen yet. Give it again.';

function VideoOpinion({
  evidence,
  chosen,
  here,
  player: { isDrawn, isAwaited, playing },
  timeline,
  elsewhere,
}: Pick<ComponentProps<typeof AboutVideo>, 'chosen' | 'here' | 'player' | 'timeline'> & {
  evidence: Evidence;
  elsewhere: readonly OpinionElsewhere[];
}) {
  const wanted = useOpinionOn(evidence.id);
  const on = opinionOn(wanted, chosen);
  const isOffered = { track: chosen !== undefined, face: here !== undefined || on === 'face', file: true };
  const { about, subject } = subjectFor(on, evidence, chosen, here, timeline.scan);
  const { evidenceId, faceId } = subject;
  const input = { evidenceId, faceId, ...('trackId' in subject ? { trackId: subject.trackId } : {}) };
  const opinions = useQuery(engine.opinion.history.queryOptions({ input, staleTime: 0 })).data ?? [];
  const jumpMs = chosen && jumpIn(chosen);
  const notGiven = whyNotGiven(on, chosen, here !== undefined);
  const opinion = useOpinion(subject, opinions, {
    takesOpinion: chosen !== undefined,
    notGiven,
    // A track that plays is seen; of a face that plays past there is none to point to.
    unseen: isAwaited && (on === 'face' || !playing) ? NOT_DRAWN : undefined,
    notByKey: notGiven ?? (isDrawn ? whyNotByKey(on, chosen, here !== undefined) : NOT_DRAWN),
    onGiven: () => {},
  });
  const choices = [
    { value: 'track' as const, label: 'Track' },
    { value: 'face' as const, label: 'This face' },
    { value: 'file' as const, label: 'Whole file' },
  ].filter(({ value }) => isOffered[value]);
  return (
    <OpinionSection
      about={about}
      chooser={
        <>
          {choices.length > 1 ? (
            <Segments
              label="Opinion on"
              value={on}
              choices={choices}
              onChange={(next) => chooseOpinionOn(evidence.id, next)}
              leavesFocus
            />
          ) : null}
          {on === 'track' && chosen && jumpMs === undefined && isWithoutScores(chosen) ? (
            <Message title="Look at the first and the last frames of this track.">
              <p>
                A cut that was not found makes one track of two people. Where no score is shown, only a face that
                changes its place at once can be pointed to here.
              </p>
            </Message>
          ) : null}
          {on === 'track' && jumpMs !== undefined ? (
            <Message tone="caution" title={`Within this track something changes at ${clockText(jumpMs)}.`}>
              <p>
                A cut that was not found makes one track of two people. Look at the frames on both sides before an
                opinion on the whole track; give one on a face where they differ.
              </p>
            </Message>
          ) : null}
          {on === 'file' ? null : <StandsElsewhere elsewhere={elsewhere} trackId={chosen?.id} />}
        </>
      }
      conclusions={on === 'file' ? ON_FILES : STANDING}
      opinions={notGiven ? [] : opinions}
      opinion={opinion}
    />
  );
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
          ? `Track ${track.trackIndex + 1}: median raw score ${scoreText(found.median)} of ${countText(found.faces, 'face', 'faces')}`
          : `Track ${track.trackIndex + 1}: no scored face`
        : null}
    </p>
  );
}

export function AboutVideo({
  evidence,
  timeline,
  chosen,
  here,
  player,
  marks,
  isAskedScan,
  onChoose,
}: {
  evidence: ReadVideo;
  timeline: VideoTimeline;
  chosen: Track | undefined;
  /** The chosen track's face in the frame shown. */
  here: TrackPoint | undefined;
  /** Whether the frame is on screen, and not one before it. */
  player: Pick<Player, 'isDrawn' | 'isAwaited' | 'playing'>;
  marks: Marks;
  /** A scan that was gone to, which need not be the last. */
  isAskedScan: boolean;
  onChoose: (track: Track) => void;
}) {
  const others = useOpinionsElsewhere(timeline);
  const decided = new Set(others.elsewhere.flatMap(({ overlaps }) => overlaps));
  return (
    <aside className="dossier" aria-label="About this video">
      <div className="dossier-head">
        <VideoChoice id={evidence.id} />
      </div>
      <ScanShown timeline={timeline} isAsked={isAskedScan} />
      <section className="dossier-block" aria-label="Machine">
        <h2 className="caps">Tracks: highest five seconds</h2>
        {timeline.finished ? null : (
          <Message tone="caution" title="This file is still being scanned.">
            Tracks are made when its end is reached.
          </Message>
        )}
        <Marked track={chosen} marks={marks} />
        <p className="muted">A face in {foundWords(timeline)}.</p>
        <TrackList tracks={timeline.tracks} chosen={chosen?.id} decidedElsewhere={decided} onChoose={onChoose} />
        <p className="muted">
          A track is one face followed through one shot. The median of the highest of many windows is higher than one
          taken by chance: it says where to look, and no error rate is known for it.
        </p>
      </section>
      <VideoOpinion
        evidence={evidence}
        chosen={chosen}
        here={here}
        player={player}
        timeline={timeline}
        elsewhere={others.elsewhere}
      />
      <OpinionsElsewhere {...others} />
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
