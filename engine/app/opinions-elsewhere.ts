// Opinions on tracks of a film's other scans. A film scanned again has new tracks; an opinion is
// carried over to none of them, so it has to be told of beside them.
import type { EvidenceId, VideoScanId } from '../../contract/brand.ts';
import type { OpinionElsewhere } from '../../contract/opinion-elsewhere.ts';
import type { PixelBox } from '../../contract/units.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { hidesTrack } from '../case/grid/finding.ts';
import type { Viewer } from '../case/grid/finding-filter.ts';
import { modelsUnseen } from '../case/grid/model-shown.ts';
import { findOpinion } from '../case/rows/opinion.ts';
import { pointsOfTrack, standingOnOtherScans, trackPlace } from '../case/rows/track-place.ts';
import { tracksOf } from '../case/rows/video-scan.ts';
import { overlapOf } from '../examine/track-faces.ts';

/**
 * What stands on tracks of the file's scans but this one, in the order given. In blind review what
 * others said only of tracks that the viewer has decided.
 */
export function opinionsElsewhere(
  opened: ReadableCase,
  viewer: Viewer,
  evidenceId: EvidenceId,
  scanId: VideoScanId,
): OpinionElsewhere[] {
  const standing = standingOnOtherScans(opened, evidenceId, scanId);
  if (standing.length === 0) return [];
  const here = tracksOf(opened, scanId).map(({ id }) => ({ id, points: pointsOfTrack(opened, id) }));
  return standing.flatMap(({ opinionId, trackId }) => {
    const opinion = findOpinion(opened, opinionId);
    const track = trackPlace(opened, trackId, modelsUnseen(opened, viewer));
    if (!opinion || !track) return [];
    if (opinion.examinerId !== viewer.examinerId && hidesTrack(opened, viewer, evidenceId, trackId)) return [];
    const points = pointsOfTrack(opened, trackId);
    return [{ opinion, track, overlaps: here.flatMap((one) => (isSamePlace(points, one.points) ? [one.id] : [])) }];
  });
}

type Point = { timeMs: number; box: PixelBox };

/** Frames further apart than this say nothing of one another, milliseconds. */
const NEAR_MS = 1000;
/** Boxes that share this much of what they cover together show the same face. */
const SAME_FACE = 0.3;

const meet = (some: readonly Point[], others: readonly Point[]): boolean =>
  some.length > 0 &&
  others.length > 0 &&
  some[0]!.timeMs <= others.at(-1)!.timeMs &&
  others[0]!.timeMs <= some.at(-1)!.timeMs;

/**
 * True where both tracks show a face at one place at one time: their times meet (between two that
 * follow one another there may be a cut), and their boxes overlap in the frames that are nearest to
 * one another. Points by time.
 */
export function isSamePlace(some: readonly Point[], others: readonly Point[]): boolean {
  if (!meet(some, others)) return false;
  let [nearest, same, at] = [NEAR_MS, false, 0];
  for (const one of some) {
    const apart = (index: number): number => Math.abs(others[index]!.timeMs - one.timeMs);
    while (at + 1 < others.length && apart(at + 1) <= apart(at)) at++;
    if (at >= others.length || apart(at) > nearest) continue;
    const overlaps = overlapOf(one.box, others[at]!.box) >= SAME_FACE;
    same = apart(at) < nearest ? overlaps : same || overlaps;
    nearest = apart(at);
  }
  return same;
}
