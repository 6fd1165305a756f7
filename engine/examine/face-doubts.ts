// What the finder took for a face and may be none: a chin, a neck, a pattern. No error rate was
// measured on such boxes, so that their score would say nothing; they keep their row and their
// picture, with the reason. Pure.

import type { DomainReason } from '../../contract/domain.ts';
import { overlap } from '../../models/face-finder/finder-output.ts';
import type { Region } from '../../models/image/resample.ts';

/** A box as the finder gave it. */
export type FoundBox = { box: Region; finderScore: number };

/** A head is never so much longer than wide, nor wider than long, in any turn of it. */
const LONGEST_BY_WIDTH = 2;
/** Below this the finder, whose own limit is 0.5, is hardly sure of a face. */
const HARDLY_SURE = 0.55;
/**
 * A box that is not surer than this may be a part of a surer one that it shares so much of its area
 * with.
 */
const SURE = 0.9;
const SHARED_WITH_SURER = 0.4;

/** Pipelines before this scored every box. */
export const DOUBTS_SINCE_PIPELINE = 2;

/**
 * Why the face at `index` of those found in one picture is not scored; empty for one that looks
 * like a face.
 */
export function faceDoubts(found: readonly FoundBox[], index: number): DomainReason[] {
  const { box, finderScore } = found[index]!;
  const reasons: DomainReason[] = [];
  const [shorter, longer] = [Math.min(box.width, box.height), Math.max(box.width, box.height)];
  if (longer > LONGEST_BY_WIDTH * shorter) reasons.push({ kind: 'boxShape', widthPx: box.width, heightPx: box.height });
  if (finderScore < HARDLY_SURE) reasons.push({ kind: 'finderUnsure', finderScore });
  const isPart = found.some(
    (other, i) => i !== index && other.finderScore > finderScore && overlap(box, other.box).smaller > SHARED_WITH_SURER,
  );
  if (finderScore < SURE && isPart) reasons.push({ kind: 'partOfSurerFace' });
  return reasons;
}
