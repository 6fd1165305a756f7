// One export of a case in a process of its own, so that its memory is its own:
// `export-once.ts <case folder> <format> <file>` prints what it took as JSON.
import { reportOptionsSchema } from '../contract/report.ts';
import { closeCase, openCase } from '../engine/case/open-case.ts';
import { withReadTransaction } from '../engine/case/read-transaction.ts';
import { exportText, type TextFormat } from '../engine/report/export-report.ts';
import { hashOfContent, readReportContent } from '../engine/report/report-content.ts';

/** Processor time in ms; resident memory before and at most, in MB; the file's size in bytes. */
export type ExportCost = { ms: number; beforeMb: number; peakMb: number; sizeBytes: number };

/** The most this process has had resident, MB; the system keeps count. */
const peakMb = (): number => process.resourceUsage().maxRSS / 1024;

const [folder, format, file] = process.argv.slice(2) as [string, TextFormat, string];
const opened = openCase(folder);
const making = { options: reportOptionsSchema.parse({}), appVersion: 'bench', template: null };
const beforeMb = peakMb();
const before = process.cpuUsage();
const { sizeBytes } = await withReadTransaction(opened, async (reading) => {
  const content = await readReportContent(reading, making);
  return exportText(content, await hashOfContent(content), format, file);
});
const { user, system } = process.cpuUsage(before);
closeCase(opened);
console.log(JSON.stringify({ ms: (user + system) / 1000, beforeMb, peakMb: peakMb(), sizeBytes } satisfies ExportCost));
