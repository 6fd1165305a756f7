// What the engine asks of the video process and what it is told. One file at a time is scanned; pictures are read by pts.
import type { UnreadableReason } from '../../../contract/evidence.ts';
import type { PtsRuns } from '../../../contract/track.ts';
import type { FrameAddress, Sampling, VideoFacts } from '../../../contract/video.ts';

/** A frame that was chosen, with its pixels: upright, R G B interleaved. */
export type ChosenFrame = FrameAddress & {
  sceneChange: boolean;
  widthPx: number;
  heightPx: number;
  data: Uint8Array;
};

export type VideoRequest =
  /** Opens a file for scanning. Frames up to `afterFrame` are decoded and counted, but not sent. */
  | { kind: 'begin'; path: string; sampling: Sampling; afterFrame: number }
  /** The next chosen frames, or the end. */
  | { kind: 'next' }
  | { kind: 'frameAt'; path: string; pts: number }
  | { kind: 'describe'; path: string }
  /** What turns the bytes into pixels, for the verdicts' parameters. */
  | { kind: 'version' }
  | { kind: 'close' };

/** The size and facts of a video, known when its last frame was decoded. */
export type VideoEnd = { widthPx: number; heightPx: number; facts: VideoFacts; remarks: string[]; ptsRuns: PtsRuns };

export type VideoAnswer =
  | { kind: 'begun' }
  /** `progress`: how much of the stated duration is decoded, 0..1; null where the file states none. */
  | { kind: 'frames'; frames: ChosenFrame[]; progress: number | null }
  | { kind: 'end'; end: VideoEnd }
  | { kind: 'picture'; widthPx: number; heightPx: number; data: Uint8Array }
  | { kind: 'description'; groups: { group: string; entries: { name: string; value: string }[] }[] }
  | { kind: 'unreadable'; reason: UnreadableReason; message: string }
  | { kind: 'version'; decoder: string }
  | { kind: 'closed' };
