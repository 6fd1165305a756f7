// Errors of the file system in the product's own terms: why a file was not given (one closed list
// for photographs and videos), and why one could not be written.
import { RecceError } from '../../contract/errors.ts';
import type { Unreadable, UnreadableReason } from '../../contract/unreadable.ts';

const REASONS: Readonly<Record<string, UnreadableReason>> = {
  EACCES: 'permissionDenied',
  EPERM: 'permissionDenied',
  ENOENT: 'disappeared',
  ENXIO: 'notARegularFile',
  EISDIR: 'notARegularFile',
};

/** Undefined for an error that is no such refusal. */
export function refusalFromSystem(error: unknown): Unreadable | undefined {
  const { code, message } = error as { code?: string; message: string };
  const reason = REASONS[code ?? ''];
  return reason && { reason, message: { kind: 'systemSaid', said: message } };
}

/**
 * No room, in the words of SQLite and of the system; a user's share of a disk can be used up as
 * well as the disk.
 */
export const FULL = /^(SQLITE_FULL|ENOSPC|EDQUOT)/;

export const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** True for an error of SQLite or of the system that says that there is no room. */
export const saysFull = (error: unknown): boolean => error instanceof Error && FULL.test(codeOf(error));

/** Why a machine on the network gave no answer; undefined for any other error. */
export function noAnswerSentence(error: Error): string | undefined {
  const code = codeOf(error) || (error.cause instanceof Error ? codeOf(error.cause) : '');
  if (code === 'ECONNREFUSED') return 'nothing answers there. Is the server running, and is the port right?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no machine of this name.';
  return undefined;
}

/** DISK_FULL or WRITE_FAILED, for what the system refused while `subject` was written. */
export const writeRefused = (cause: unknown, subject: string): RecceError =>
  new RecceError(saysFull(cause) ? 'DISK_FULL' : 'WRITE_FAILED', subject, (cause as Error).message, { cause });
