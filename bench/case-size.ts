// What a case costs against its size: opening, the first page, the slowest filter and facets, the
// pictures of a page, and the exports, at 1,000, 10,000, 100,000 and 1,000,000 faces, each as a
// ratio to the case a tenth its size in the same run. `npm run bench -- size`;
// `npm run bench -- size 10000` goes up to that. The million writes some ten gigabytes below the
// system's temporary folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FindingFilter, FindingSort } from '../contract/finding.ts';
import { createBlobStore } from '../engine/blobs/blob-store.ts';
import type { ReadableCase } from '../engine/case/db/case-handle.ts';
import { queryFindings } from '../engine/case/grid/finding.ts';
import { readFacets } from '../engine/case/grid/finding-facets.ts';
import { blobFolder, closeCase, openCase, readCase } from '../engine/case/open-case.ts';
import type { TextFormat } from '../engine/report/export-report.ts';
import type { ExportCost } from './export-once.ts';
import { BY_SCORE, QUESTIONS } from './grid-100k.ts';
import { makeLargeCase } from './large-case.ts';

const SIZES = [1e3, 1e4, 1e5, 1e6];
const TIMES = 3;
const PAGE = 200;
const VIEWER = { examinerId: null, blind: false };

/** One measured quantity: its name and its value. */
type Cost = { name: string; value: number; unit: 'ms' | 'µs' | 'MB' };

/**
 * Milliseconds of processor time, the least of several. A clock also counts what else the machine
 * does.
 */
function leastMs(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TIMES; i++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

const page = (opened: ReadableCase, filter: FindingFilter, sort: FindingSort, offset = 0) =>
  queryFindings(opened, VIEWER, { filter, sort, offset, limit: PAGE });

/** The largest of a cost over every filter an examiner sets, with the filter's name. */
function slowest(name: string, costOf: (filter: FindingFilter, sort: FindingSort) => number): Cost {
  const costs = QUESTIONS.map(([question, filter, sort]) => ({ question, value: costOf(filter, sort) }));
  const most = costs.reduce((a, b) => (b.value > a.value ? b : a));
  return { name: `${name} (${most.question})`, value: most.value, unit: 'ms' };
}

/** A filtered page with its count, nothing kept from the time before. */
function coldPage(folder: string, filter: FindingFilter, sort: FindingSort): number {
  const opened = openCase(folder);
  readCase(opened);
  const before = process.cpuUsage();
  page(opened, filter, sort);
  const { user, system } = process.cpuUsage(before);
  closeCase(opened);
  return (user + system) / 1000;
}

function openingMs(folder: string): number {
  return leastMs(() => {
    const opened = openCase(folder);
    readCase(opened);
    page(opened, {}, BY_SCORE);
    closeCase(opened);
  });
}

/** The pictures of one page, read as the window asks for them. */
async function picturesMs(opened: ReadableCase): Promise<number> {
  const blobs = createBlobStore(blobFolder(opened.folder));
  const { rows } = page(opened, {}, BY_SCORE);
  const before = process.cpuUsage();
  await Promise.all(rows.map((row) => row.cropSha256 && blobs.get(row.cropSha256)));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const FORMATS = { csv: 'CSV', json: 'JSON' } as const satisfies Partial<Record<TextFormat, string>>;

/** Without need V8 collects no garbage: what an export needs shows where it is given little. */
const SMALL_HEAP_MB = 40;
const SMALL_HEAP = [`--max-old-space-size=${SMALL_HEAP_MB}`, '--max-semi-space-size=1'];

/**
 * What an export takes, in a process of its own: what it keeps resident is then not what another
 * measure left.
 */
function exportOnce(folder: string, format: string, flags: readonly string[] = []): ExportCost {
  const file = path.join(folder, '..', `report.${format}`);
  const script = path.join(import.meta.dirname, 'export-once.ts');
  const run = spawnSync(process.execPath, [...flags, script, folder, format, file], { encoding: 'utf8' });
  rmSync(file, { force: true });
  if (run.status !== 0) throw new Error(`The export as ${format} failed: ${run.stderr}`);
  return JSON.parse(run.stdout) as ExportCost;
}

function* exportCosts(folder: string, size: number): Generator<Cost> {
  const memory = ({ beforeMb, peakMb }: ExportCost, words: string): Cost => ({
    name: `the process that writes it, ${words} (${beforeMb.toFixed(0)} MB before)`,
    value: peakMb,
    unit: 'MB',
  });
  for (const [format, name] of Object.entries(FORMATS)) {
    const cost = exportOnce(folder, format);
    yield { name: `export as ${name}, a face`, value: (1000 * cost.ms) / size, unit: 'µs' };
    yield memory(cost, 'at most');
    yield { name: 'size of that file', value: cost.sizeBytes / 1e6, unit: 'MB' };
  }
  yield memory(exportOnce(folder, 'csv', SMALL_HEAP), `as CSV with ${SMALL_HEAP_MB} MB of heap`);
}

async function* costsOf(folder: string, size: number): AsyncGenerator<Cost> {
  yield { name: 'opening, counted, first page shown', value: openingMs(folder), unit: 'ms' };
  const opened = openCase(folder);
  yield { name: 'page without a filter', value: leastMs(() => page(opened, {}, BY_SCORE)), unit: 'ms' };
  yield { name: 'page at the far end', value: leastMs(() => page(opened, {}, BY_SCORE, size - PAGE)), unit: 'ms' };
  yield { name: 'the pictures of a page', value: await picturesMs(opened), unit: 'ms' };
  yield slowest('slowest facets', (filter) => leastMs(() => readFacets(opened, VIEWER, filter)));
  closeCase(opened);
  yield slowest('slowest filtered page, first time', (filter, sort) => coldPage(folder, filter, sort));
  yield* exportCosts(folder, size);
}

/**
 * Lines of the report, the smallest case first, each size as soon as it is measured: the last one
 * takes longer than all before.
 */
export async function* benchSize(arguments_: readonly string[] = []): AsyncGenerator<string> {
  const largest = Number(arguments_.find((one) => /^\d+$/.test(one)) ?? SIZES.at(-1));
  const root = mkdtempSync(path.join(os.tmpdir(), 'recce-size-'));
  let before: Cost[] = [];
  try {
    for (const size of SIZES.filter((one) => one <= largest)) {
      const folder = path.join(root, String(size));
      closeCase(await makeLargeCase(folder, size));
      yield `${size} faces`;
      const costs: Cost[] = [];
      for await (const cost of costsOf(folder, size)) {
        yield lineOf(cost, before[costs.length]);
        costs.push(cost);
      }
      before = costs;
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const lineOf = ({ name, value, unit }: Cost, smaller: Cost | undefined): string =>
  `  ${name}: ${value.toFixed(1)} ${unit}${smaller ? `, ${(value / smaller.value).toFixed(1)} times that of a tenth the size` : ''}`;
