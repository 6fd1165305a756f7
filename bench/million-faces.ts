// A case of a million faces: how long until it is open and shows its first page, and how the grid's questions grow from a case a
// tenth its size, in one run. `npm run bench -- million`; it writes some gigabytes below the system's temporary folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { queryFindings } from '../engine/case/finding.ts';
import { closeCase, openCase, readCase } from '../engine/case/open-case.ts';
import { measureGrid } from './grid-100k.ts';
import { makeLargeCase } from './large-case.ts';

const MILLION = 1_000_000;

/** Milliseconds from the folder's name to the first page, with nothing of this process's own kept from before. */
function openingTime(folder: string): number {
  const from = performance.now();
  const opened = openCase(folder);
  readCase(opened);
  queryFindings(
    opened,
    { examinerId: null, blind: false },
    { filter: {}, sort: { by: 'score', direction: 'descending' }, offset: 0, limit: 200 },
  );
  const ms = performance.now() - from;
  closeCase(opened);
  return ms;
}

/** Lines of the report, the smaller case first. */
export async function benchMillion(): Promise<string[]> {
  const root = mkdtempSync(path.join(tmpdir(), 'recce-million-'));
  const lines: string[] = [];
  const openings: number[] = [];
  for (const findings of [MILLION / 10, MILLION]) {
    const folder = path.join(root, String(findings));
    closeCase(await makeLargeCase(folder, findings));
    openings.push(openingTime(folder));
    lines.push(`${findings} faces: open, counted and first page shown in ${openings.at(-1)!.toFixed(0)} ms`);
    const opened = openCase(folder);
    lines.push(...measureGrid(opened, findings).map((line) => `  ${line}`));
    closeCase(opened);
  }
  lines.push(`opening ten times as many faces takes ${(openings[1]! / openings[0]!).toFixed(1)} times as long`);
  rmSync(root, { recursive: true });
  return lines;
}
