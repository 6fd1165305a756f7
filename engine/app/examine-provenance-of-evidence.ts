// Structure and content credentials of a case's stills: examined once, from the file as taken in,
// and kept. The case is named: another may be open by the time a file is read.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EvidenceId } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Provenance, ProvenanceReading } from '../../contract/provenance.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import { isWritable, type ReadableCase } from '../case/db/case-handle.ts';
import { listUnexamined } from '../case/rows/evidence.ts';
import { type Examined, findProvenance, keepProvenance } from '../case/rows/provenance.ts';
import { ifExists } from '../files/optional-file.ts';
import type { Services } from './services.ts';

/**
 * Certificates this installation trusts for content credentials: PEM files the laboratory put into
 * its `trust` folder.
 */
export async function readTrustAnchors(appDataFolder: string): Promise<string> {
  const folder = path.join(appDataFolder, 'trust');
  const all = await ifExists(readdir(folder), []);
  const names = all.filter((name) => /\.(pem|crt)$/i.test(name)).sort();
  return (await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n');
}

/**
 * What is kept of a file, else what an examination says now: kept if it could be made and the case
 * can be written.
 */
export async function provenanceOf(
  deps: Pick<Services, 'decoder' | 'installation'>,
  handle: ReadableCase,
  evidence: Evidence,
): Promise<ProvenanceReading> {
  const known = findProvenance(handle, evidence.id);
  if (known) return { found: known, recorded: true };
  const found = await examine(deps, handle, evidence);
  const recorded = found.kind === 'examined' && isWritable(handle);
  if (recorded)
    keepProvenance(handle, deps.installation.appVersion, evidence.shownPath, [{ evidenceId: evidence.id, found }]);
  return { found, recorded };
}

async function examine(
  deps: Pick<Services, 'decoder' | 'installation'>,
  handle: ReadableCase,
  evidence: Evidence,
): Promise<Provenance> {
  if (!evidence.mediaType.startsWith('image/'))
    return { kind: 'notExamined', message: `It is no still (${evidence.mediaType}).` };
  const file = await readEvidenceFile(placeOfEvidence(handle.folder, evidence));
  if (file.kind === 'failed') return { kind: 'notExamined', message: unreadableWords(file) };
  if (file.sha256 !== evidence.sha256) return { kind: 'notExamined', message: 'It has changed since it was added.' };
  const anchors = await readTrustAnchors(deps.installation.appDataFolder).catch((error: Error) => error);
  // Examined without them, credentials would be recorded as signed by a stranger.
  if (anchors instanceof Error)
    return {
      kind: 'notExamined',
      message: `The certificates that are trusted here cannot be read: ${anchors.message}`,
    };
  return deps.decoder.examine(file.bytes, evidence.mediaType, anchors);
}

/** Files asked for at once. */
const PAGE = 200;

/**
 * Examines every still that was not examined yet: before a report, which prints what is kept.
 * Resolves with what a case that is only looked at could not keep. Throws the signal's reason.
 */
export async function examineAll(
  deps: Pick<Services, 'decoder' | 'installation'>,
  handle: ReadableCase,
  signal: AbortSignal,
): Promise<{ evidenceId: EvidenceId; provenance: Provenance; recorded: false }[]> {
  const unrecorded: { evidenceId: EvidenceId; provenance: Provenance; recorded: false }[] = [];
  for (const page of eachPageUnexamined(handle)) {
    const examined: Examined[] = [];
    for (const one of page) {
      signal.throwIfAborted();
      const found = one.state.kind === 'read' ? await examine(deps, handle, one) : undefined;
      if (found?.kind === 'examined') examined.push({ evidenceId: one.id, found });
    }
    if (isWritable(handle)) keepProvenance(handle, deps.installation.appVersion, countText(examined.length), examined);
    else
      for (const { evidenceId, found } of examined) unrecorded.push({ evidenceId, provenance: found, recorded: false });
  }
  return unrecorded;
}

const countText = (files: number): string => (files === 1 ? '1 file' : `${files} files`);

/**
 * Pages are kept whole, each with its entry: a process that is ended loses a page of looking, and
 * leaves no row without an entry.
 */
function* eachPageUnexamined(handle: ReadableCase): Generator<Evidence[], void, undefined> {
  let after = 0;
  for (let page = listUnexamined(handle, after, PAGE); page.length > 0; page = listUnexamined(handle, after, PAGE)) {
    yield page;
    after = page.at(-1)!.id;
  }
}
