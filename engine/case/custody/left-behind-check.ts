// What the log speaks of and a portable case did not bring: no change, and said.
import { COPIES_LEFT_BEHIND } from '../../../contract/copies-words.ts';
import { GROUPS_LEFT_BEHIND } from '../../../contract/face-groups-words.ts';
import type { ReadableCase } from '../db/case-handle.ts';
import { hasLeftCopies, hasLeftGroups } from '../rows/left-behind.ts';

export const leftBehindRemarks = (opened: ReadableCase): string[] => [
  ...(hasLeftGroups(opened) ? [GROUPS_LEFT_BEHIND] : []),
  ...(hasLeftCopies(opened) ? [COPIES_LEFT_BEHIND] : []),
];
