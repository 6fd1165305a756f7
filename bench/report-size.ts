// What a PDF of many faces with pictures costs: time and bytes a face, and memory, at 1,000 and
// 10,000 faces; time a face at the larger size as a ratio to the smaller.
// `npm run bench -- report`; `npm run bench -- report 2000` makes the larger one that large.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ReportCost } from './report-once.ts';

const LARGE = 10_000;

function costOf(faces: number): ReportCost {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-report-size-'));
  try {
    const run = spawnSync(
      process.execPath,
      [...process.execArgv, path.join(import.meta.dirname, 'report-once.ts'), String(faces), folder],
      { maxBuffer: 2 ** 24 },
    );
    if (run.status !== 0) throw new Error(run.stderr.toString());
    return JSON.parse(run.stdout.toString()) as ReportCost;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const lineOf = ({ faces, ms, wallMs, beforeMb, peakMb, sizeBytes, pages }: ReportCost): string =>
  `${faces} faces: ${pages} pages, ${(sizeBytes / 1e6).toFixed(1)} MB, ${(sizeBytes / 1024 / faces).toFixed(1)} KB a face; ${(ms / faces).toFixed(2)} ms of processor a face, ${(wallMs / 1000).toFixed(0)} s in all; ${peakMb.toFixed(0)} MB resident at most (${beforeMb.toFixed(0)} before)`;

export async function* benchReport(wanted: readonly string[]): AsyncGenerator<string> {
  const large = Number(wanted.find((one) => /^\d+$/.test(one)) ?? LARGE);
  const [small, whole] = [Math.round(large / 10), large].map(costOf) as [ReportCost, ReportCost];
  yield lineOf(small);
  yield lineOf(whole);
  const ratio = whole.ms / whole.faces / (small.ms / small.faces);
  yield `time a face, ten times as many: ${ratio.toFixed(2)} times`;
}
