// Is everything as recorded? Re-hashes evidence and blobs, walks the audit chain, and holds
// verdicts and opinions against what the chain says of them. What is found wrong is entered in the
// case, so that it is still known tomorrow.

import type { Sha256 } from '../../contract/brand.ts';
import type { Verification } from '../../contract/case.ts';
import { RecceError } from '../../contract/errors.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { isSha256, sha256Of } from '../blobs/blob-store.ts';
import { isCarriedRefused, NOT_SAID, placeOfEvidence } from '../blobs/evidence-place.ts';
import { hashEvidenceFile } from '../blobs/read-evidence-file.ts';
import { type Anchor, anchorProblems, backupAnchors } from '../case/custody/anchors.ts';
import { noBackups } from '../case/custody/backup.ts';
import { checkRecord, type KnownHere } from '../case/custody/record-check.ts';
import { bindVerification } from '../case/custody/verification-place.ts';
import { isWritable, type ReadableCase } from '../case/db/case-handle.ts';
import { appendAudit, auditLink, firstEntryHash, walkAudit } from '../case/log/audit.ts';
import { runYielding } from '../case/log/segment.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addAlteration } from '../case/rows/alteration.ts';
import { allEvidencePlaces, type EvidencePlace } from '../case/rows/evidence.ts';
import { eachOutcome } from '../case/rows/verdict.ts';
import { checkIntegrity } from './check-integrity.ts';

type Problem = Verification['problems'][number];

/**
 * Checks a whole case, also against entries of its log that were seen elsewhere. One that is only
 * looked at is checked alike; what is found is then not entered in it. Rejects with CASE_MOVED and
 * when `signal` aborts.
 */
export async function verifyCase(
  opened: ReadableCase,
  blobs: BlobStore,
  who: string,
  known: KnownHere,
  seenElsewhere: readonly Anchor[] = [],
  signal?: AbortSignal,
): Promise<Verification> {
  opened.db.expectInPlace();
  const problems: Problem[] = [...(await databaseProblems(opened, signal)), ...placeProblems(opened.folder)];
  const all = orProblem(problems, 'evidence rows', () => allEvidencePlaces(opened), []);
  const evidence = all.filter((one) => one.sha256 !== null);
  let waiting = 0;
  for (const one of evidence) {
    if (placeOfEvidence(opened.folder, one) === NOT_SAID) {
      waiting += 1;
      continue;
    }
    const problem = await evidenceProblem(opened.folder, one, signal);
    if (!problem) continue;
    problems.push(problem);
    const kind = problem.kind === 'evidenceMissing' ? 'missing' : 'changed';
    if (isWritable(opened))
      orProblem(problems, one.path, () => addAlteration(opened, one, { kind, found: problem.found, who }), undefined);
  }
  const wanted = orProblem(problems, 'verdicts', () => blobsOf(opened), []);
  for (const sha256 of wanted) {
    signal?.throwIfAborted();
    const problem = await blobProblem(blobs, sha256);
    if (problem) problems.push(problem);
  }
  const record = await withReadTransaction(opened, async (reading) => {
    const chain = walkAudit(reading);
    const { seq, hash } = auditLink(reading) ?? { seq: 0, hash: '' as Sha256 };
    const first = firstEntryHash(reading);
    const given = anchorsGiven(problems, opened.folder, seenElsewhere);
    const anchors = orProblem(problems, 'anchors', () => anchorProblems(reading, given), []);
    // What is no hash can be noted nowhere; the chain names the entry.
    return {
      chain,
      head: seq > 0 && isSha256(hash) ? { seq, hash } : null,
      firstEntry: first !== null && isSha256(first) ? first : null,
      anchors,
      ...(await runYielding(checkRecord(reading, known), signal)),
    };
  });
  const { broken } = record.chain;
  if (broken)
    problems.push({
      kind: 'auditBroken',
      subject: `entry ${broken.seq}`,
      expected: broken.expected,
      found: broken.found,
    });
  for (const problem of [...record.anchors, ...record.problems]) problems.push(problem);
  const result = {
    evidenceChecked: evidence.length - waiting,
    evidenceWithoutHash: all.length - evidence.length,
    blobsChecked: wanted.length,
    auditEntriesChecked: record.chain.checked,
    head: record.head,
    firstEntry: record.firstEntry,
    problems: problems.map(problemWords),
    remarks: [...(waiting > 0 ? [waitingWords(waiting)] : []), ...record.remarks],
  };
  if (isWritable(opened)) {
    const said = entered(result);
    const place = known.boundHere ? { boundTo: bindVerification(opened, who, said, known.boundHere) } : {};
    appendAudit(opened, { who, action: 'case.verified', subject: opened.folder, details: { ...said, ...place } });
  }
  return result;
}

/** Characters of problems that the entry of a verification names; an entry is never as long as the log is. */
const ENTERED_CHARACTERS = 2 ** 22;

/** What the log holds of a verification: the first problems, and how many more there were. */
function entered(result: Verification): Record<string, unknown> {
  let left = ENTERED_CHARACTERS;
  const beyond = result.problems.findIndex((one) => {
    left -= JSON.stringify(one).length;
    return left < 0;
  });
  if (beyond < 0) return { ...result };
  const more = `${result.problems.length - beyond} more things were not as recorded than this entry names.`;
  return { ...result, problems: result.problems.slice(0, beyond), remarks: [...result.remarks, more] };
}

/**
 * What `work` gives. What it throws is a problem like the others, and the checks behind it are
 * made.
 */
function orProblem<T>(problems: Problem[], subject: string, work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    const found = error instanceof RecceError ? error.detail : String(error);
    problems.push({ kind: 'databaseDamaged', subject, expected: 'readable rows', found });
    return otherwise;
  }
}

const anchorsGiven = (problems: Problem[], folder: string, seenElsewhere: readonly Anchor[]): Anchor[] => [
  ...orProblem(problems, 'backups', () => backupAnchors(folder), []),
  ...seenElsewhere,
];

/** Rows may hold anything where text belongs. */
const problemWords = ({ kind, subject, expected, found }: Problem): Problem => ({
  kind,
  subject: String(subject),
  expected: String(expected),
  found: String(found),
});

const waitingWords = (files: number): string =>
  `${files === 1 ? '1 evidence file was' : `${files} evidence files were`} not looked at: this case came from elsewhere, and nobody here has said where its evidence lies ("recce relocate").`;

/** The file re-hashed, as a stream. */
async function evidenceProblem(
  folder: string,
  evidence: EvidencePlace,
  signal: AbortSignal | undefined,
): Promise<Problem | undefined> {
  const { path, sha256 } = evidence;
  const known = { subject: path, expected: sha256! };
  const file = await hashEvidenceFile(placeOfEvidence(folder, evidence), signal);
  if (file.kind === 'failed') return { kind: 'evidenceMissing', ...known, found: unreadableWords(file) };
  return file.sha256 === sha256 ? undefined : { kind: 'evidenceChanged', ...known, found: file.sha256 };
}

/**
 * One that cannot be read is a problem like the others: those behind it are looked at all the same.
 */
async function blobProblem(blobs: BlobStore, sha256: Sha256): Promise<Problem | undefined> {
  const known = { subject: sha256, expected: sha256 };
  const bytes = await blobs.get(sha256).catch((error: Error) => error);
  if (!bytes) return { kind: 'blobMissing', ...known, found: 'no such file' };
  if (bytes instanceof Error) return { kind: 'blobMissing', ...known, found: bytes.message };
  const found = sha256Of(bytes);
  return found === sha256 ? undefined : { kind: 'blobChanged', ...known, found };
}

async function databaseProblems(opened: ReadableCase, signal: AbortSignal | undefined): Promise<Problem[]> {
  // What cannot even be looked through is damaged as well.
  const found = await checkIntegrity(opened, 100, signal).catch((error: Error) => {
    signal?.throwIfAborted();
    return error.message;
  });
  return found === 'ok' ? [] : [{ kind: 'databaseDamaged', subject: 'case.sqlite', expected: 'ok', found }];
}

/** What lies in the place of a file or folder of the case and is none. It was not opened. */
function placeProblems(folder: string): Problem[] {
  const found = 'a link, a pipe or a device, which was not opened';
  const evidence: Problem = { kind: 'evidenceMissing', subject: 'evidence', expected: 'a folder', found };
  return [
    ...noBackups(folder).map(
      (subject): Problem => ({ kind: 'databaseDamaged', subject, expected: 'a backup of the database', found }),
    ),
    ...(isCarriedRefused(folder) ? [evidence] : []),
  ];
}

/** Every blob a verdict refers to, once. */
function blobsOf(opened: ReadableCase): Sha256[] {
  const wanted = new Set<Sha256>();
  for (const outcome of eachOutcome(opened)) {
    if (!outcome) continue;
    if ('cropSha256' in outcome && outcome.cropSha256) wanted.add(outcome.cropSha256);
    if (outcome.kind !== 'scored') continue;
    for (const one of [outcome.reconstructionSha256, outcome.differenceSha256, outcome.gateSha256])
      if (one) wanted.add(one);
  }
  return [...wanted].map((one) => String(one) as Sha256).sort();
}
