// Copying originals out: which are chosen, and the folder that is offered.
import type { CopiedOut } from '../../contract/copy-out.ts';
import type { FindingFilter } from '../../contract/finding.ts';
import type { Tagged } from '../../contract/tag.ts';
import { client } from '../transport.ts';

/** What is selected in the list, all that it shows, the shortlist, or the results of a report. */
export type CopyChoice = 'selected' | 'all' | 'shortlist' | { filter: FindingFilter };

/** Beside the case's folder, never in it. */
export const usualFolder = (caseFolder: string): string => `${caseFolder.replace(/[\\/]+$/, '')}-originals`;

/** Copies them, and says how far it is. Rejects with what the engine refuses. */
export async function copyOut(
  results: Tagged,
  folder: string,
  onProgress: (now: { done: number; total: number }) => void,
): Promise<CopiedOut> {
  for await (const event of await client.report.copyOut({ results, folder })) {
    if (event.kind === 'done') return event.copied;
    onProgress(event);
  }
  throw new Error('The copying ended without a result.');
}
