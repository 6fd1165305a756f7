// Entry of the process that reads a report somebody else had in hand: a few kilobytes of it may be
// millions of values, and there is nothing else here to lose.
import { RecceError } from '../../contract/errors.ts';
import { answerRequests } from '../process/answer-requests.ts';
import { limitMemory } from '../process/limit-memory.ts';
import type { AnchorAnswer } from './read-anchor-apart.ts';
import { readReportAnchor } from './report-anchor.ts';

/** The record of a million faces, read whole, with what it is hashed from. */
const MEMORY_LIMIT_BYTES = 6 * 2 ** 30;

limitMemory(MEMORY_LIMIT_BYTES);

answerRequests<string, AnchorAnswer>(async (file) => {
  try {
    return { kind: 'anchor', anchor: await readReportAnchor(file) };
  } catch (error) {
    if (!(error instanceof RecceError)) throw error;
    const { code, subject, detail } = error;
    return { kind: 'refused', isMissing: code === 'PATH_NOT_FOUND', subject, detail };
  }
});
