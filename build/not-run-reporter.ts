// A vitest reporter for the last lines of a run: which tests were not run, for want of what, and
// what to type. With RECCE_REQUIRE_ALL=1 a test that was not run is a failure.
import path from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { howToMeet, type Need, unmetNeeds } from './test-needs.ts';

const root = path.resolve(import.meta.dirname, '..');
const REQUIRES_ALL = process.env.RECCE_REQUIRE_ALL === '1';

/** Tests by why they were not run. */
export type NotRun = { readonly why: string; readonly needs: readonly Need[]; readonly tests: readonly string[] };

type Skipped = { readonly name: string; readonly tags: readonly string[] };

/**
 * Groups tests that were skipped by what they lack; those that lack nothing were skipped by their
 * own file.
 */
export function groupNotRun(skipped: readonly Skipped[], unmet: readonly Need[]): NotRun[] {
  const groups = new Map<string, { needs: Need[]; tests: string[] }>();
  for (const { name, tags } of skipped) {
    const needs = unmet.filter((need) => tags.includes(need.tag));
    const why = needs.map((need) => need.what).join('; and ') || 'nothing: their own file skips them';
    const group = groups.get(why) ?? { needs, tests: [] };
    groups.set(why, { needs, tests: [...group.tests, name] });
  }
  return [...groups].map(([why, group]) => ({ why, ...group }));
}

/** The last lines. */
export function linesOfNotRun(groups: readonly NotRun[]): string[] {
  const count = groups.reduce((sum, { tests }) => sum + tests.length, 0);
  if (count === 0) return ['Every test was run.'];
  return [
    `${count} ${count === 1 ? 'test was' : 'tests were'} not run.`,
    ...groups.flatMap(({ why, tests }) => [`They need ${why}:`, ...tests.map((test) => `  - ${test}`)]),
    ...howToMeet([...new Set(groups.flatMap(({ needs }) => needs))]).map((line) => `To run them: ${line}`),
  ];
}

const nameOf = (test: TestCase): string =>
  `${path.relative(root, test.module.moduleId).split(path.sep).join('/')} > ${test.fullName}`;

export default class NotRunReporter implements Reporter {
  #filtered = false;

  onInit(vitest: Vitest): void {
    this.#filtered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const unmet = unmetNeeds();
    const skipped = modules
      .flatMap((module) => [...module.children.allTests('skipped')])
      .map((test) => ({ name: nameOf(test), tags: test.tags }))
      // With `-t` everything else is skipped too.
      .filter(({ tags }) => !this.#filtered || unmet.some((need) => tags.includes(need.tag)));
    const lines = linesOfNotRun(groupNotRun(skipped, unmet));
    console.log(['', ...lines].join('\n'));
    if (!REQUIRES_ALL || skipped.length === 0) return;
    console.log('RECCE_REQUIRE_ALL is set: a test that is not run is a failure.');
    process.exitCode = 1;
  }
}
