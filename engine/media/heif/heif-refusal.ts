// Why a HEIF photograph cannot be decoded. Thrown inside engine/media/heif, caught at its doors.
import type { UnreadableReason, WhyUnreadable } from '../../../contract/unreadable.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';

export class HeifRefusal extends Error {
  readonly reason: UnreadableReason;
  readonly why: WhyUnreadable;
  constructor(reason: UnreadableReason, why: WhyUnreadable) {
    super(unreadableWords({ reason, message: why }));
    this.name = 'HeifRefusal';
    this.reason = reason;
    this.why = why;
  }
}

export const corrupt = (why: WhyUnreadable): HeifRefusal => new HeifRefusal('corrupt', why);
