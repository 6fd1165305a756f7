// Which dialog lies over the screens. One at a time.
import type { Finding } from '../../contract/finding.ts';
import type { Conclusion } from '../../contract/opinion.ts';
import type { OpinionAsked, ReasonAsked } from './opinion-desk.ts';
import { createStore } from './store.ts';

export type Overlay =
  | { kind: 'palette' }
  | { kind: 'keys' }
  /** `follows`: the opinion that is entered once there is a name. */
  | { kind: 'examiner'; follows?: OpinionAsked; answer?: (named: boolean) => void }
  | { kind: 'note' }
  /** Answered with undefined where no opinion is to be given after all. */
  | { kind: 'reason'; asked: ReasonAsked; answer: (reason: string | undefined) => void }
  /** An opinion, a withdrawal or a note of several faces at once. `left`: those it cannot be of. */
  | { kind: 'many'; findings: readonly Finding[]; left: number; conclusion: Conclusion }
  | { kind: 'leaveBlind' }
  | { kind: 'newCase' }
  | { kind: 'openCase' }
  | { kind: 'pack' }
  /** `from`: the folder or file that is gone, where it is known. */
  | { kind: 'relocate'; from?: string }
  | { kind: 'unpack' };

export const overlay = createStore<Overlay | null>(null);

export const show = (next: Overlay): void => overlay.set(next);
export const closeOverlay = (): void => overlay.set(null);
