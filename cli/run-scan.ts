// The steps `recce scan` and `recce demo` share: open or make the case, run the scan to its end,
// read the findings.
import type { Case } from '../contract/case.ts';
import type { Finding, FindingFilter } from '../contract/finding.ts';
import type { Job } from '../contract/job.ts';
import type { Client } from '../engine/index.ts';
import { followJob } from './follow-job.ts';
import type { Output } from './output.ts';

/** Opens the case in `folder`, or makes it there. */
export async function openOrCreateCase(client: Client, folder: string, title?: string): Promise<Case> {
  const found = await client.case.open({ folder }).catch((error: { code?: string }) => {
    if (error.code === 'CASE_NOT_FOUND') return undefined;
    throw error;
  });
  return found ?? (await client.case.create({ folder, title: title ?? 'Untitled case' }));
}

/**
 * Starts a scan and follows it to its end; each problem is a line on standard error. Throws when
 * the job fails.
 */
export const runScan = async (
  client: Client,
  output: Output,
  request: Parameters<Client['scan']['start']>[0],
): Promise<Job> => followJob(client, output, await client.scan.start(request));

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
