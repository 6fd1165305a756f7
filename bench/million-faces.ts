// A case of a million faces beside one a tenth its size: how long until it is open and shows its
// first page, and what every question of the grid costs the first time it is asked.
// `npm run bench -- million`; it writes some gigabytes below the system's temporary folder.
// `npm run bench -- million FOLDER` keeps the cases there and uses them again.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FindingFilter, FindingSort } from '../contract/finding.ts';
import type { ReadableCase } from '../engine/case/db/case-handle.ts';
import { queryFindings } from '../engine/case/grid/finding.ts';
import { readFacets } from '../engine/case/grid/finding-facets.ts';
import type { Viewer } from '../engine/case/grid/finding-filter.ts';
import { closeCase, openCase, readCase } from '../engine/case/open-case.ts';
import { BY_SCORE, QUESTIONS } from './grid-100k.ts';
import { FIRST_EXAMINER, makeLargeCase } from './large-case.ts';

const MILLION = 1_000_000;
const TIMES = 3;
const PAGE = 200;
const EXAMINER: Viewer = { examinerId: FIRST_EXAMINER, blind: false };
const BLIND: Viewer = { examinerId: FIRST_EXAMINER, blind: true };

/**
 * Milliseconds on the clock, and of this process's processor time, which does not count what else
 * the machine does.
 */
type Cost = { clockMs: number; processorMs: number };

const text = ({ clockMs, processorMs }: Cost): string =>
  `${clockMs.toFixed(0)} ms (processor ${processorMs.toFixed(0)} ms)`;

function costOf(run: () => void): Cost {
  const [from, before] = [performance.now(), process.cpuUsage()];
  run();
  const { user, system } = process.cpuUsage(before);
  return { clockMs: performance.now() - from, processorMs: (user + system) / 1000 };
}

/** The least of several, each part on its own: whatever else the machine does only adds. */
const least = (costs: readonly Cost[]): Cost => ({
  clockMs: Math.min(...costs.map(({ clockMs }) => clockMs)),
  processorMs: Math.min(...costs.map(({ processorMs }) => processorMs)),
});

const repeated = <T>(run: () => T): T[] => Array.from({ length: TIMES }, run);

/**
 * What `measure` finds in the case newly opened, with nothing of this process's own kept from
 * before.
 */
function inNewlyOpened<T>(folder: string, measure: (opened: ReadableCase) => T): T {
  const opened = openCase(folder);
  try {
    return measure(opened);
  } finally {
    closeCase(opened);
  }
}

const page = (opened: ReadableCase, viewer: Viewer, filter: FindingFilter, sort: FindingSort, offset = 0) =>
  queryFindings(opened, viewer, { filter, sort, offset, limit: PAGE });

const opening = (folder: string): Cost =>
  least(
    repeated(() =>
      costOf(() =>
        inNewlyOpened(folder, (opened) => {
          readCase(opened);
          page(opened, EXAMINER, {}, BY_SCORE);
        }),
      ),
    ),
  );

type Question = { name: string; viewer: Viewer; filter: FindingFilter; sort: FindingSort };
type Answer = { name: string; total: number; first: Cost; facets: Cost; facetsAlone: Cost };

const ALL: readonly Question[] = [
  ...QUESTIONS.map(([name, filter, sort]) => ({ name, viewer: EXAMINER, filter, sort })),
  { name: 'most of the paths', viewer: EXAMINER, filter: { pathContains: 'img' }, sort: BY_SCORE },
  { name: 'own opinion', viewer: EXAMINER, filter: { ownConclusions: ['forged', 'genuine'] }, sort: BY_SCORE },
  {
    name: 'size, by time of finding',
    viewer: EXAMINER,
    filter: { sizePxMin: 600 },
    sort: { by: 'added', direction: 'descending' },
  },
  {
    name: 'nothing that matches',
    viewer: EXAMINER,
    filter: { sizePxMin: 1e6 },
    sort: { by: 'kind', direction: 'descending' },
  },
  { name: 'blind, no filter', viewer: BLIND, filter: {}, sort: BY_SCORE },
  { name: 'blind, a leaning', viewer: BLIND, filter: { leanings: ['towardsForged'] }, sort: BY_SCORE },
  { name: 'blind, key faces of films', viewer: BLIND, filter: { videoFrames: 'key' }, sort: BY_SCORE },
];

/**
 * The first page with its count and then its facets; and the facets of a case of which nothing else
 * was asked.
 */
function answer(folder: string, { name, viewer, filter, sort }: Question): Answer {
  let total = 0;
  const both = repeated(() =>
    inNewlyOpened(folder, (opened) => ({
      first: costOf(() => {
        total = page(opened, viewer, filter, sort).total;
      }),
      facets: costOf(() => readFacets(opened, viewer, filter)),
    })),
  );
  const alone = repeated(() => inNewlyOpened(folder, (opened) => costOf(() => readFacets(opened, viewer, filter))));
  return {
    name,
    total,
    first: least(both.map(({ first }) => first)),
    facets: least(both.map(({ facets }) => facets)),
    facetsAlone: least(alone),
  };
}

const lineOf = ({ name, total, first, facets, facetsAlone }: Answer): string =>
  `  ${name} (${total}): first page with count ${text(first)}, then facets ${text(facets)}; facets alone ${text(facetsAlone)}`;

const farPage = (folder: string, findings: number): Cost =>
  least(
    repeated(() =>
      inNewlyOpened(folder, (opened) => costOf(() => page(opened, EXAMINER, {}, BY_SCORE, findings - PAGE))),
    ),
  );

/** The answer that took longest by one of its costs. */
const slowest = (answers: readonly Answer[], by: 'first' | 'facetsAlone'): string => {
  const most = answers.reduce((a, b) => (b[by].processorMs > a[by].processorMs ? b : a));
  return `${text(most[by])}, ${most.name}`;
};

async function measureCase(folder: string, findings: number): Promise<{ lines: string[]; opened: Cost }> {
  if (!existsSync(folder)) closeCase(await makeLargeCase(folder, findings));
  const opened = opening(folder);
  const answers = ALL.map((question) => answer(folder, question));
  const lines = [
    `${findings} faces: opened, counted and first page read in ${text(opened)}`,
    ...answers.map(lineOf),
    `  page at the far end, by score: ${text(farPage(folder, findings))}`,
    `  slowest first page with count: ${slowest(answers, 'first')}`,
    `  slowest facets: ${slowest(answers, 'facetsAlone')}`,
  ];
  return { lines, opened };
}

/** Lines of the report, the smaller case first. */
export async function benchMillion(arguments_: readonly string[] = []): Promise<string[]> {
  const kept = arguments_.find((one) => one.includes(path.sep));
  const root = kept ?? mkdtempSync(path.join(tmpdir(), 'recce-million-'));
  const lines: string[] = [];
  const openings: number[] = [];
  try {
    for (const findings of [MILLION / 10, MILLION]) {
      const measured = await measureCase(path.join(root, String(findings)), findings);
      openings.push(measured.opened.processorMs);
      lines.push(...measured.lines);
    }
  } finally {
    if (kept === undefined) rmSync(root, { recursive: true, force: true });
  }
  const [small, large] = openings as [number, number];
  lines.push(`opening ten times as many faces takes ${(large / small).toFixed(1)} times the processor time`);
  return lines;
}
