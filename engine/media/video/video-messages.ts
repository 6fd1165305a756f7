// What the engine asks of the video process and what it is told. One file at a time is scanned;
// pictures are read by pts.

import type { DomainReason } from '../../../contract/domain.ts';
import type { Remark } from '../../../contract/remark.ts';
import type { PtsRuns } from '../../../contract/track.ts';
import type { Unreadable } from '../../../contract/unreadable.ts';
import type { FrameAddress, FrameQuery, Sampling, VideoFacts } from '../../../contract/video.ts';
import type { FileIdentity } from '../../files/file-identity.ts';

/** A frame that was chosen, with its pixels: upright, R G B interleaved. */
export type ChosenFrame = FrameAddress & {
  sceneChange: boolean;
  /** Why no model was validated on such a frame; empty for an ordinary one. */
  beyondDomain: DomainReason[];
  widthPx: number;
  heightPx: number;
  data: Uint8Array;
};

/** What does not open as this file is refused: `changedWhileRead`. Any is taken where it is absent. */
export type OfHashed = { identity?: FileIdentity };

export type VideoRequest =
  /** Opens a file for scanning. Frames up to `afterFrame` are decoded and counted, but not sent. */
  | ({ kind: 'begin'; path: string; sampling: Sampling; afterFrame: number } & OfHashed)
  /** The next chosen frames, or the end. */
  | { kind: 'next' }
  /** `pipeline`: whose pixels are wanted; those of now when absent. */
  | ({ kind: 'frameAt'; path: string; query: FrameQuery; pipeline?: number } & OfHashed)
  /** Whether what no list of beginnings knows is a video all the same. */
  | { kind: 'probe'; path: string }
  | { kind: 'describe'; path: string }
  /** What turns the bytes into pixels, for the verdicts' parameters. */
  | { kind: 'version' }
  | { kind: 'close' };

/** The size and facts of a video, known when its last frame was decoded. */
export type VideoEnd = {
  widthPx: number;
  heightPx: number;
  facts: VideoFacts;
  remarks: Remark[];
  /** Those of the remarks that name what of the file was not looked at. */
  leftOut: Remark[];
  ptsRuns: PtsRuns;
};

export type VideoAnswer =
  | { kind: 'begun' }
  /**
   * `progress`: how much of the stated duration is decoded, 0..1; null where the file states none.
   */
  | { kind: 'frames'; frames: ChosenFrame[]; progress: number | null }
  | { kind: 'end'; end: VideoEnd }
  /** The frame is still being counted to: ask again. */
  | { kind: 'searching' }
  /** Media type of a file that opens and gives a frame; null for one that does not. */
  | { kind: 'probed'; mediaType: string | null }
  | { kind: 'picture'; widthPx: number; heightPx: number; data: Uint8Array; beyondDomain: DomainReason[] }
  | { kind: 'description'; groups: { group: string; entries: { name: string; value: string }[] }[] }
  | (Unreadable & { kind: 'unreadable' })
  | { kind: 'version'; decoder: string }
  | { kind: 'closed' };
