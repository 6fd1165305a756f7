// How fast the grid's questions are answered at 100,000 findings: the first page and the facets for
// every kind of filter, each as a ratio to the unfiltered first page of the same run, with
// milliseconds beside it for orientation.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TagId } from '../contract/brand.ts';
import type { FindingFilter, FindingSort } from '../contract/finding.ts';
import type { ReadableCase } from '../engine/case/db/case-handle.ts';
import { queryFindings } from '../engine/case/grid/finding.ts';
import { readFacets } from '../engine/case/grid/finding-facets.ts';
import type { Viewer } from '../engine/case/grid/finding-filter.ts';
import { closeCase } from '../engine/case/open-case.ts';
import { makeLargeCase } from './large-case.ts';

export const FINDINGS = 100_000;
const TIMES = 5;

export const BY_SCORE: FindingSort = { by: 'score', direction: 'descending' };

/** The filters an examiner sets, from none to all at once. */
export const QUESTIONS: readonly [string, FindingFilter, FindingSort][] = [
  ['no filter, by score', {}, BY_SCORE],
  ['no filter, by file name', {}, { by: 'path', direction: 'ascending' }],
  ['one kind', { kinds: ['faceTooSmall'] }, BY_SCORE],
  ['a leaning', { leanings: ['towardsForged'] }, BY_SCORE],
  ['a score range', { scoreMin: 0.4, scoreMax: 0.6 }, BY_SCORE],
  ['no opinion yet', { ownConclusions: ['none'] }, BY_SCORE],
  ['part of a path', { pathContains: 'card-05' }, BY_SCORE],
  ['size and sharpness', { sizePxMin: 200, sharpnessMin: 50 }, BY_SCORE],
  ['size and sharpness, by size', { sizePxMin: 200, sharpnessMin: 50 }, { by: 'sizePx', direction: 'descending' }],
  ['a tag on all of them', { tags: [1 as TagId] }, BY_SCORE],
  ['a tag on one in a hundred, by size', { tags: [3 as TagId] }, { by: 'sizePx', direction: 'descending' }],
  ['key faces of videos', { videoFrames: 'key' }, BY_SCORE],
  [
    'everything at once',
    { kinds: ['scored'], leanings: ['cannotTell'], sizePxMin: 80, pathContains: 'IMG', ownConclusions: ['none'] },
    { by: 'sharpness', direction: 'ascending' },
  ],
];

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

function timeOf(run: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const from = performance.now();
    run();
    times.push(performance.now() - from);
  }
  return median(times);
}

/** One line a question. */
export async function benchGrid(): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'recce-grid-'));
  const opened = await makeLargeCase(path.join(folder, 'case'), FINDINGS);
  const lines = measureGrid(opened, FINDINGS);
  closeCase(opened);
  rmSync(folder, { recursive: true });
  return lines;
}

/** Every question put to an open case of that many findings. */
export function measureGrid(opened: ReadableCase, findings: number): string[] {
  const viewer: Viewer = { examinerId: null, blind: false };
  const page = (filter: FindingFilter, sort: FindingSort, offset = 0) =>
    queryFindings(opened, viewer, { filter, sort, offset, limit: 200 });
  const base = timeOf(() => page({}, BY_SCORE));
  const line = (name: string, ms: number) =>
    `${name}: ${(ms / base).toFixed(1)} times the plain page (${ms.toFixed(1)} ms)`;
  const lines = QUESTIONS.flatMap(([name, filter, sort]) => [
    line(
      `page, ${name} (${page(filter, sort).total})`,
      timeOf(() => page(filter, sort)),
    ),
    line(
      `facets, ${name}`,
      timeOf(() => readFacets(opened, viewer, filter)),
    ),
  ]);
  lines.push(
    line(
      'page at the far end, by score',
      timeOf(() => page({}, BY_SCORE, findings - 200)),
    ),
  );
  return lines;
}
