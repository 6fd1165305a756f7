// Structure and content credentials of a case's stills: examined once, from the file as taken in, and kept. The case is named: another may
// be open by the time a file is read.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Evidence } from '../contract/evidence.ts';
import type { Provenance } from '../contract/provenance.ts';
import { placeOfEvidence } from './blobs/evidence-place.ts';
import { readEvidenceFile } from './blobs/read-evidence-file.ts';
import { allEvidence } from './case/evidence.ts';
import { isWritable, type ReadableCase } from './case/open-case.ts';
import { findProvenance, keepProvenance } from './case/provenance.ts';
import type { EngineState } from './engine-state.ts';

/** Certificates this installation trusts for content credentials: PEM files the laboratory put into its `trust` folder. */
export async function readTrustAnchors(appDataFolder: string): Promise<string> {
  const folder = path.join(appDataFolder, 'trust');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(pem|crt)$/i.test(name)).sort();
  return (await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n');
}

/** What is kept of a file, else what an examination says now: kept if it could be made and the case can be written. */
export async function provenanceOf(state: EngineState, handle: ReadableCase, evidence: Evidence): Promise<Provenance> {
  const known = findProvenance(handle, evidence.id);
  if (known) return known;
  if (!evidence.mediaType.startsWith('image/'))
    return { kind: 'notExamined', message: `It is no still (${evidence.mediaType}).` };
  const file = await readEvidenceFile(placeOfEvidence(handle.folder, evidence));
  if (file.kind === 'failed') return { kind: 'notExamined', message: file.message };
  if (file.sha256 !== evidence.sha256) return { kind: 'notExamined', message: 'It has changed since it was taken in.' };
  const anchors = await readTrustAnchors(state.options.appDataFolder);
  const found = await state.decoder.examine(file.bytes, evidence.mediaType, anchors);
  if (found.kind === 'examined' && isWritable(handle)) keepProvenance(handle, evidence.id, state.appVersion, found);
  return found;
}

/** Examines every still that was not examined yet: before a report, which prints what is kept. A case only looked at keeps nothing. */
export async function examineAll(state: EngineState, handle: ReadableCase): Promise<void> {
  if (!isWritable(handle)) return;
  for (const one of allEvidence(handle)) if (one.state.kind === 'read') await provenanceOf(state, handle, one);
}
