// A film of which more than half could not be decoded.
import type { EvidenceState } from '../../contract/evidence.ts';
import type { VideoFacts } from '../../contract/video.ts';

type Unseen = { unseen: number; of: number; unit: 'frames' | 'ms' };

/**
 * Where more than half of a film was not seen, what it says in the place of "no face found": the
 * rest speaks for a face that was found there, and for nothing where none was. Undefined for any
 * other film.
 */
export function mostUnseen(facts: VideoFacts): Extract<EvidenceState, { kind: 'unreadable' }> | undefined {
  const shares = [framesUnseen(facts), lengthUnseen(facts)];
  const most = shares.find((one) => one !== undefined && one.unseen > one.of / 2);
  if (!most) return undefined;
  const reason = facts.incompleteBecause === null ? 'corrupt' : 'truncated';
  return { kind: 'unreadable', reason, message: { kind: 'mostNotExamined', ...most } };
}

function framesUnseen({ frames, damagedFrames, refusedPackets = 0, incompleteBecause: why }: VideoFacts): Unseen {
  const stated = typeof why === 'object' && why?.kind === 'fewerFrames' ? why.stated : 0;
  const of = Math.max(stated, frames + refusedPackets);
  return { unseen: of - (frames - damagedFrames), of, unit: 'frames' };
}

function lengthUnseen({ incompleteBecause: why }: VideoFacts): Unseen | undefined {
  if (typeof why !== 'object' || why === null || why.kind === 'fewerFrames') return undefined;
  const { statedMs, decodedMs } = why;
  if (statedMs === undefined || decodedMs === undefined) return undefined;
  return { unseen: statedMs - decodedMs, of: statedMs, unit: 'ms' };
}
