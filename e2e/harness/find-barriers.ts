// What a screen reader or a keyboard stumbles over, by axe-core. Run inside the page, where the
// page's own rules hold: axe's source is handed over as a function, since the content security
// policy lets no script in.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Found = { id: string; impact: string | null; nodes: { target: unknown; failureSummary?: string }[] };

/** Findings as lines, the minor ones left out; empty when there are none. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the policy does not govern.
  await page.evaluate(`if (!window.axe) { ${source} }`);
  const violations = (await page.evaluate('axe.run(document).then((result) => result.violations)')) as Found[];
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${failureSummary}`),
    );
}
