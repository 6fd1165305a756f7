// What the system says when it does not give a file, as a reason of the closed list and in a sentence: the same for photographs and videos.
import type { UnreadableReason } from '../../contract/evidence.ts';

const REASONS: Readonly<Record<string, UnreadableReason>> = {
  EACCES: 'permissionDenied',
  EPERM: 'permissionDenied',
  ENOENT: 'disappeared',
  ENXIO: 'notARegularFile',
  EISDIR: 'notARegularFile',
};

/** What is said before the system's own words. */
const SENTENCES: Readonly<Partial<Record<UnreadableReason, string>>> = {
  permissionDenied: 'The file may not be read by this user.',
  disappeared: 'There is no file at this place (any more).',
  notARegularFile: 'It is not a regular file.',
};

/** Undefined for an error that is no such refusal. */
export function refusalFromSystem(error: unknown): { reason: UnreadableReason; message: string } | undefined {
  const { code, message } = error as { code?: string; message: string };
  const reason = REASONS[code ?? ''];
  return reason && { reason, message: `${SENTENCES[reason]} The system says: ${message}` };
}
