// recce verify <case>: re-hashes evidence and blobs and walks the audit chain.
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { VerifyRequest } from '../../contract/case.ts';
import { laterRecordWords, NEW_CASE_WORDS } from '../../contract/later-record.ts';
import { recordElsewhereSentence, WORD_OF_ITS_MAKER } from '../../contract/record-elsewhere.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { print, processOutput } from '../output.ts';
import { againstLines } from '../signature-words.ts';
import { withEngine } from '../with-engine.ts';

const withoutHashWords = (n: number): string =>
  `Not checked: ${n === 1 ? '1 evidence file' : `${n} evidence files`} of which no byte could ever be read; without a hash there is nothing to check.`;

type NotedEntry = NonNullable<VerifyRequest['expect']>;

/** `12:9f…`, as verify prints it. */
function headFromText(text: string): NotedEntry {
  const [, seq, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (!seq || !hash) throw new InvalidArgumentError('Expected the number of an entry, a colon and its hash.');
  return { seq: Number(seq), hash: hash as NotedEntry['hash'] };
}

/** Adds `recce verify` to the program. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      're-hash evidence and derived files, walk the audit log; exit code 4 when something is not as recorded',
    )
    .argument('<case>', 'case folder')
    .option(
      '--expect <seq:hash>',
      'the log must hold this entry, as an earlier verify or a report named it',
      headFromText,
    )
    .option('--against <report>', 'the log must hold the entry that this report (PDF or JSON) was made from')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { json?: boolean; expect?: NotedEntry; against?: string }) => {
      const { expect, against } = options;
      const request = { ...(expect ? { expect } : {}), ...(against ? { against: path.resolve(against) } : {}) };
      const { found, laterRecords, recordsElsewhere } = await withEngine(async (client) => {
        await client.case.open({ folder: path.resolve(folder) });
        return {
          found: await client.case.verify(request),
          laterRecords: await client.case.laterRecords(),
          recordsElsewhere: await client.case.recordsElsewhere(),
        };
      });
      print(processOutput(options.json ?? false), { ...found, laterRecords, recordsElsewhere }, () => [
        ...found.problems.map(
          (p) =>
            `${p.kind}: ${visibleText(p.subject)}: expected ${visibleText(p.expected)}, found ${visibleText(p.found)}`,
        ),
        `${found.evidenceChecked} evidence files, ${found.blobsChecked} derived files, ${found.auditEntriesChecked} audit entries: ${
          found.problems.length === 0 ? 'all as recorded' : `${found.problems.length} problems`
        }.`,
        ...found.remarks.map(visibleText),
        ...(found.against ? againstLines(found.against) : []),
        ...(found.firstEntry ? [`First entry of the log: 1:${found.firstEntry}`] : []),
        ...(found.head ? [`Newest entry of the log: ${found.head.seq}:${found.head.hash}`] : []),
        ...(found.evidenceWithoutHash > 0 ? [withoutHashWords(found.evidenceWithoutHash)] : []),
        ...recordsElsewhere.map((one) => visibleText(`${recordElsewhereSentence(one)} ${WORD_OF_ITS_MAKER}`)),
        ...laterRecords.map(
          (one) => `Verdicts by ${visibleText(one.modelName)} were ${laterRecordWords(one)}. ${NEW_CASE_WORDS}`,
        ),
      ]);
      process.exitCode = found.problems.length === 0 ? exitCodes.done : exitCodes.notWhole;
    });
}
