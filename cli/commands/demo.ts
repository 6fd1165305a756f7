// recce demo <dir>: the demonstration case, made, scanned, printed and written as a PDF.
import path from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_SAMPLING } from '../../contract/video.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { print, processOutput } from '../output.ts';
import { listFindings, runScan } from '../run-scan.ts';
import { withEngine } from '../with-engine.ts';
import { DEMONSTRATION_ADVICE, findingWords } from '../wording.ts';

/** Adds `recce demo` to the program. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      'make the demonstration case from sample photographs and self-blended forgeries, scan it, write its report',
    )
    .argument('<dir>', 'folder for it')
    .option('--json', 'print JSON')
    .action(async (dir: string, options: { json?: boolean }) => {
      const output = processOutput(options.json ?? false);
      await withEngine(async (client) => {
        const demonstration = await client.case.createDemonstration({ folder: path.resolve(dir) });
        await runScan(client, output, {
          paths: [demonstration.photographs],
          device: 'auto',
          minimumFacePx: 40,
          video: DEFAULT_SAMPLING,
        });
        const findings = await listFindings(client, {});
        const report = await client.report.export({
          format: 'pdf',
          path: path.resolve(dir, 'report.pdf'),
          options: {},
        });
        output.note(DEMONSTRATION_ADVICE);
        print(output, { case: demonstration.case.folder, findings, report }, () => [
          ...findings.map((finding) => `${visibleText(finding.relativePath)}: ${findingWords(finding)}`),
          `Case:   ${demonstration.case.folder}`,
          `Report: ${report.path} (${report.pages} pages)`,
        ]);
      });
    });
}
