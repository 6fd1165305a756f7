// Step 1 and 2 of the scan: a listed file gets its evidence row, hashed first, and becomes pixels or a reason.

import { stat } from 'node:fs/promises';
import type { Evidence, EvidenceState, UnreadableReason } from '../../contract/evidence.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { hashFile, readEvidenceFile, readHead } from '../blobs/read-evidence-file.ts';
import { addAlteration } from '../case/alteration.ts';
import { addEvidence, findEvidenceByPath } from '../case/evidence.ts';
import type { WritableCase } from '../case/open-case.ts';
import type { Decoder } from '../media/decoder.ts';
import type { ListedFile } from '../media/list-media.ts';
import { endingContradicts, mediaTypeFromBytes, SNIFF_BYTES } from '../media/sniff.ts';

/** A file taken in: its row, and its pixels or the state that says why there are none. */
export type TakenIn = { evidence: Evidence; state: EvidenceState; image: RgbImage | undefined };

const PROBLEMS: Readonly<Record<NonNullable<ListedFile['problem']>, string>> = {
  outsideFolder: 'The link leads out of the folder; it was not followed.',
  notARegularFile: 'It is not a regular file (a pipe, socket or device); it was not opened.',
  permissionDenied: 'Reading it is not permitted.',
  disappeared: 'It is not there (any more), or the link leads nowhere.',
};

const unreadable = (reason: UnreadableReason, message: string): EvidenceState => ({
  kind: 'unreadable',
  reason,
  message,
});

/** True when size and time of change are those recorded: the file need not be read again to know that it was scanned. */
export async function isUntouched(evidence: Evidence): Promise<boolean> {
  const now = await stat(evidence.path).catch(() => undefined);
  return now !== undefined && now.size === evidence.sizeBytes && now.mtime.toISOString() === evidence.modifiedAt;
}

/** Opens, hashes and decodes one file. Never rejects for what a file may be; the file is opened read-only. */
export async function takeIn(opened: WritableCase, decoder: Decoder, file: ListedFile): Promise<TakenIn> {
  const row = { path: file.path, relativePath: file.relativePath };
  const failed = (state: EvidenceState, known = { sizeBytes: 0, modifiedAt: null as string | null }): TakenIn => ({
    evidence: addEvidence(opened, { ...row, mediaType: 'application/octet-stream', sha256: null, ...known }),
    state,
    image: undefined,
  });
  if (file.problem) return failed(unreadable(file.problem, PROBLEMS[file.problem]));
  const mediaType = mediaTypeFromBytes(await readHead(file.readFrom ?? file.path, SNIFF_BYTES));
  if (mediaType?.startsWith('video/')) return takeInVideo(opened, file, mediaType);
  const read = await readEvidenceFile(file.readFrom ?? file.path);
  if (read.kind === 'failed') return failed(unreadable(read.reason, read.message), read);
  const { sha256, sizeBytes, modifiedAt, bytes } = read;
  const evidence = addEvidence(opened, {
    ...row,
    mediaType: mediaType ?? 'application/octet-stream',
    sha256,
    sizeBytes,
    modifiedAt,
  });
  const changed = changedSince(opened, evidence, sha256);
  if (changed) return { evidence, state: changed, image: undefined };
  if (bytes.length === 0) return { evidence, state: unreadable('empty', 'The file is empty.'), image: undefined };
  if (!mediaType)
    return {
      evidence,
      state: unreadable('unsupportedFormat', 'Its content is neither a photograph nor a video known here.'),
      image: undefined,
    };
  return decodeInto(decoder, evidence, bytes, mediaType);
}

/** Evidence that is no longer what was taken in is never scored under the old hash: a lasting record, and its own reason. */
function changedSince(opened: WritableCase, evidence: Evidence, sha256: string): EvidenceState | undefined {
  if (evidence.sha256 === sha256) return undefined;
  addAlteration(opened, evidence, { kind: 'changed', found: sha256, who: '' });
  return unreadable(
    'changedWhileRead',
    `Its content is not the one taken in: SHA-256 ${sha256} now, ${evidence.sha256 ?? 'none'} recorded.`,
  );
}

async function decodeInto(
  decoder: Decoder,
  evidence: Evidence,
  bytes: Uint8Array,
  mediaType: string,
): Promise<TakenIn> {
  const decoded = await decoder.decode(bytes);
  if (decoded.kind === 'unreadable')
    return { evidence, state: unreadable(decoded.reason, decoded.message), image: undefined };
  const { widthPx, heightPx, data } = decoded;
  const remarks = endingContradicts(evidence.path, mediaType)
    ? [`The name's ending does not fit the content (${mediaType})`, ...decoded.remarks]
    : decoded.remarks;
  return { evidence, state: { kind: 'read', widthPx, heightPx, remarks }, image: { widthPx, heightPx, data } };
}

async function takeInVideo(opened: WritableCase, file: ListedFile, mediaType: string): Promise<TakenIn> {
  const known = await stat(file.path);
  const evidence =
    findEvidenceByPath(opened, file.path) ??
    addEvidence(opened, {
      path: file.path,
      relativePath: file.relativePath,
      mediaType,
      sha256: await hashFile(file.path),
      sizeBytes: known.size,
      modifiedAt: known.mtime.toISOString(),
    });
  return {
    evidence,
    state: unreadable('videoNotYetSupported', 'It is a video. This version examines photographs only.'),
    image: undefined,
  };
}
