// Is everything as recorded? Re-hashes evidence and blobs and walks the audit chain. What is found wrong is entered in the
// audit log, so that it is still known tomorrow.
import type { Verification } from '../contract/case.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import { sha256Of } from './blobs/blob-store.ts';
import { hashFile } from './blobs/read-evidence-file.ts';
import { appendAudit, walkAudit } from './case/audit.ts';
import { allEvidence } from './case/evidence.ts';
import type { WritableCase } from './case/open-case.ts';
import { allVerdicts } from './case/verdict.ts';

type Problem = Verification['problems'][number];

/** Checks a whole case. */
export async function verifyCase(opened: WritableCase, blobs: BlobStore, who: string): Promise<Verification> {
  const problems: Problem[] = databaseProblems(opened);
  const evidence = allEvidence(opened).filter((one) => one.sha256 !== null);
  for (const one of evidence) {
    const found = await hashFile(one.path).catch((error: NodeJS.ErrnoException) => error);
    if (found instanceof Error)
      problems.push({ kind: 'evidenceMissing', subject: one.path, expected: one.sha256!, found: found.message });
    else if (found !== one.sha256)
      problems.push({ kind: 'evidenceChanged', subject: one.path, expected: one.sha256!, found });
  }
  const wanted = blobsOf(opened);
  for (const sha256 of wanted) {
    const bytes = await blobs.get(sha256);
    if (!bytes) problems.push({ kind: 'blobMissing', subject: sha256, expected: sha256, found: 'no such file' });
    else if (sha256Of(bytes) !== sha256)
      problems.push({ kind: 'blobChanged', subject: sha256, expected: sha256, found: sha256Of(bytes) });
  }
  const chain = walkAudit(opened);
  if (chain.broken)
    problems.push({
      kind: 'auditBroken',
      subject: `entry ${chain.broken.seq}`,
      expected: chain.broken.expected,
      found: chain.broken.found,
    });
  const result = {
    evidenceChecked: evidence.length,
    blobsChecked: wanted.length,
    auditEntriesChecked: chain.checked,
    problems,
  };
  appendAudit(opened, { who, action: 'case.verified', subject: opened.folder, details: { ...result } });
  return result;
}

function databaseProblems({ db }: WritableCase): Problem[] {
  const found = String(db.raw.pragma('integrity_check', { simple: true }));
  return found === 'ok' ? [] : [{ kind: 'databaseDamaged', subject: 'case.sqlite', expected: 'ok', found }];
}

/** Every blob a verdict refers to, once. */
function blobsOf(opened: WritableCase) {
  const all = allVerdicts(opened).flatMap(({ outcome }) => [
    ...('cropSha256' in outcome && outcome.cropSha256 ? [outcome.cropSha256] : []),
    ...(outcome.kind === 'scored' ? [outcome.reconstructionSha256, outcome.differenceSha256, outcome.gateSha256] : []),
  ]);
  return [...new Set(all)].sort();
}
