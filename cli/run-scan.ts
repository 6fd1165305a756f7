// The steps `recce scan` and `recce demo` share: open or make the case, run the scan to its end, read the findings.
import type { Case } from '../contract/case.ts';
import type { Finding, FindingFilter } from '../contract/finding.ts';
import type { Job } from '../contract/job.ts';
import type { ScanRequest } from '../contract/scan.ts';
import type { Client } from '../engine/index.ts';
import { type Output, progressBar } from './output.ts';

/** Opens the case in `folder`, or makes it there. Names the examiner when given. */
export async function openOrCreateCase(
  client: Client,
  folder: string,
  title?: string,
  examiner?: string,
): Promise<Case> {
  const found = await client.case.open({ folder }).catch((error: { code?: string }) => {
    if (error.code === 'CASE_NOT_FOUND') return undefined;
    throw error;
  });
  const opened = found ?? (await client.case.create({ folder, title: title ?? 'Untitled case' }));
  if (examiner) await client.session.set({ examiner });
  return opened;
}

/** Starts a scan and follows it to its end; each problem is a line on standard error. Throws when the job fails. */
export async function runScan(client: Client, output: Output, request: ScanRequest): Promise<Job> {
  const started = await client.scan.start(request);
  const bar = progressBar(output);
  try {
    for await (const { job, problem } of await client.job.watch()) {
      if (job.id !== started.id) continue;
      if (problem && !output.json) output.note(`${problem.relativePath}: ${problem.message}`);
      const { done, total, faces, ratePerSecond } = job.progress;
      bar.update(done, total, `${faces} faces  ${ratePerSecond ? `${ratePerSecond.toFixed(1)} files/s` : ''}`);
      if (job.state === 'done') return job;
      if (job.state === 'failed') throw new Error(job.error ?? 'The scan failed.');
      if (job.state === 'cancelled') throw new Error('The scan was cancelled.');
    }
    throw new Error('The engine ended before the scan did. Run the same command again: it goes on where it stopped.');
  } finally {
    bar.stop();
  }
}

/** Every finding of the open case under a filter, by path, read page by page. */
export async function listFindings(client: Client, filter: FindingFilter): Promise<Finding[]> {
  const all: Finding[] = [];
  for (;;) {
    const page = await client.finding.query({
      filter,
      sort: { by: 'path', direction: 'ascending' },
      offset: all.length,
      limit: 1000,
    });
    all.push(...page.rows);
    if (page.rows.length === 0 || all.length >= page.total) return all;
  }
}
