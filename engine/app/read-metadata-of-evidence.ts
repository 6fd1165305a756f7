// Metadata of a file of the case as it was taken in, or why there are none to be told: a file that
// is gone says nothing about what it carried.

import type { Evidence, MetadataReading } from '../../contract/evidence.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { isAsTakenIn, placeOfEvidence } from '../blobs/evidence-place.ts';
import { readEvidenceFile } from '../blobs/read-evidence-file.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { readMetadata } from '../media/read-metadata.ts';
import type { Services } from './services.ts';

const CHANGED = { kind: 'notRead', message: 'It has changed since it was added.' } as const;

export async function metadataOf(
  deps: Pick<Services, 'videoPictures'>,
  handle: ReadableCase,
  evidence: Evidence,
): Promise<MetadataReading> {
  const place = placeOfEvidence(handle.folder, evidence);
  if (evidence.mediaType.startsWith('video/')) {
    const answer = await deps.videoPictures.describe(place);
    if (answer.kind === 'unreadable') return { kind: 'notRead', message: unreadableWords(answer) };
    return (await isAsTakenIn(handle.folder, place, evidence)) ? { kind: 'read', groups: answer.groups } : CHANGED;
  }
  const file = await readEvidenceFile(place);
  if (file.kind === 'failed') return { kind: 'notRead', message: unreadableWords(file) };
  return file.sha256 === evidence.sha256 ? { kind: 'read', groups: await readMetadata(file.bytes) } : CHANGED;
}
