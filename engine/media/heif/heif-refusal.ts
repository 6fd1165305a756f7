// Why a HEIF photograph cannot be decoded: the reason of its row and one sentence. Thrown inside
// engine/media/heif, caught at its doors.
import type { UnreadableReason } from '../../../contract/evidence.ts';

export class HeifRefusal extends Error {
  readonly reason: UnreadableReason;
  constructor(reason: UnreadableReason, message: string) {
    super(message);
    this.name = 'HeifRefusal';
    this.reason = reason;
  }
}

export const corrupt = (message: string): HeifRefusal => new HeifRefusal('corrupt', message);
