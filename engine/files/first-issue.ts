// Why a stored document could not be read, in a few words: for rows that stand in the place of what
// is broken.
import * as z from 'zod';

/**
 * Of a schema's complaints the first, with the place it is about; the message of any other error.
 */
export function firstIssue(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
  const [first] = error.issues;
  return `${first?.path.map(String).join('.') || 'it'}: ${first?.message}`;
}
