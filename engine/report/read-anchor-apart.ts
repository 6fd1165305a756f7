// A report that a case is held against, read in a process of its own: the engine answers others
// meanwhile, and outlives a record that takes more memory than there is.
import { RecceError } from '../../contract/errors.ts';
import { ChildProcessError, createSupervisedChild } from '../process/supervised-child.ts';
import type { ReportAnchor } from './report-anchor.ts';

export type AnchorAnswer =
  | { kind: 'anchor'; anchor: ReportAnchor }
  | { kind: 'refused'; isMissing: boolean; subject: string; detail: string };

/** The largest record that is read takes a minute or two. */
const LIMIT_MS = 20 * 60_000;

/** Throws PATH_NOT_FOUND, and REPORT_REFUSED also for what is more than the process may take. */
export async function readAnchorApart(file: string): Promise<ReportAnchor> {
  const child = createSupervisedChild<string, AnchorAnswer>({
    entry: new URL('./report-anchor-process.ts', import.meta.url),
    name: 'report-anchor',
    quiet: true,
    timeoutMs: LIMIT_MS,
  });
  try {
    const answer = await child.call(file);
    if (answer.kind === 'anchor') return answer.anchor;
    throw new RecceError(answer.isMissing ? 'PATH_NOT_FOUND' : 'REPORT_REFUSED', answer.subject, answer.detail);
  } catch (cause) {
    if (!(cause instanceof ChildProcessError)) throw cause;
    throw new RecceError('REPORT_REFUSED', file, `it could not be read: ${cause.message} Use --expect.`, { cause });
  } finally {
    await child.close();
  }
}
