// Step 1 of the scan: a listed file gets its evidence row, hashed first, and is bytes or a reason.
// With step 2 for a scan on this machine.
import type { Evidence, EvidenceState } from '../../contract/evidence.ts';
import type { UnreadableReason, WhyUnreadable } from '../../contract/unreadable.ts';
import { ArchiveRefusal } from '../archives/archive-entry.ts';
import { partAt } from '../archives/place-in-archive.ts';
import { isTrustedPlace, recordedPlace, recordedTime } from '../blobs/evidence-place.ts';
import { statEvidence } from '../blobs/open-place.ts';
import { hashEvidenceFile, lookIntoArchiveAt, readEvidenceFile, readHead } from '../blobs/read-evidence-file.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { addAlteration } from '../case/rows/alteration.ts';
import { ARCHIVE_TYPES, addEvidence, UNKNOWN_TYPE } from '../case/rows/evidence.ts';
import { type DecodedEvidence, decodeEvidence } from '../examine/examine-still.ts';
import type { FileIdentity } from '../files/file-identity.ts';
import { isTimeOfChange } from '../files/time-of-change.ts';
import type { Decoder } from '../media/decoder.ts';
import { JPEG_STREAM, mediaTypeFromBytes, SNIFF_BYTES } from '../media/sniff.ts';
import { isJpegStream } from '../media/still/jpeg-ending.ts';
import type { VideoDecoder } from '../media/video/video-decoder.ts';
import type { ListedFile } from './list-media.ts';

/**
 * Size and time of change of a file when it was read just now, and which it was; the row keeps those of
 * its intake.
 */
export type AsRead = Pick<Evidence, 'sizeBytes' | 'modifiedAt'> & { identity?: FileIdentity };
/**
 * A file with its row. `pending` with bytes: a still to be decoded. `pending` without: a video to
 * be walked through. Else why not.
 */
export type TakenFile = { evidence: Evidence; state: EvidenceState; bytes: Uint8Array | undefined; asRead: AsRead };
/**
 * A file taken in: its row, and its pixels or the state that says why there are none. A video is
 * `pending`: see scan-video.ts. `known`: its bytes are those that have their verdicts already; it
 * is not decoded again.
 */
export type IngestedFile = { evidence: Evidence; asRead: AsRead; known: boolean } & DecodedEvidence;

const PROBLEMS: Readonly<Record<NonNullable<ListedFile['problem']>, WhyUnreadable>> = {
  outsideFolder: { kind: 'linkOutOfFolder' },
  notARegularFile: { kind: 'notRegularNotOpened' },
  permissionDenied: { kind: 'notPermitted' },
  disappeared: { kind: 'notThere' },
  nameNotUnicode: { kind: 'nameNotUnicode' },
};

const unreadable = (reason: UnreadableReason, message: WhyUnreadable): EvidenceState => ({
  kind: 'unreadable',
  reason,
  message,
});

/**
 * True when size and time of change are those recorded: the file need not be read again to know
 * that it was scanned. What may not be looked at here counts as it was.
 */
export async function isUntouched(caseFolder: string, evidence: Evidence): Promise<boolean> {
  const place = recordedPlace(evidence);
  if (!isTrustedPlace(caseFolder, place)) return true;
  const now = await statEvidence(place);
  return now?.sizeBytes === evidence.sizeBytes && isTimeOfChange(recordedTime(evidence), now);
}

/**
 * True for a regular file that opens: one that did not when it was taken in is looked at again. Of
 * a file in an archive, whose list does not refuse it.
 */
export const canBeRead = async (file: string): Promise<boolean> => (await statEvidence(file)) !== undefined;

/**
 * Opens, hashes and decodes one file; one that has all its verdicts (`isExamined`) is not decoded.
 * Never rejects for what a file may be. Rejects only when `signal` aborts.
 */
export async function ingest(
  { decoder, isExamined, ...deps }: IngestDeps & { decoder: Decoder; isExamined(evidence: Evidence): boolean },
  file: ListedFile,
  signal?: AbortSignal,
): Promise<IngestedFile> {
  const { bytes, ...taken } = await ingestFile(deps, file, signal);
  const known = taken.state.kind === 'pending' && isExamined(taken.evidence);
  if (!bytes || known) return { ...taken, known, image: undefined };
  return { ...taken, known, ...(await decodeEvidence(decoder, taken.evidence, bytes)) };
}

/** A case to take files into, and who is asked what a file is that no list of beginnings knows. */
export type IngestDeps = { opened: WritableCase; videoDecoder: Pick<VideoDecoder, 'probe'> };

/**
 * Opens and hashes one file, read-only, and gives it its row. Never rejects for what a file may be.
 * What is no still is hashed without being held in memory. Rejects only when `signal` aborts.
 */
export async function ingestFile(deps: IngestDeps, file: ListedFile, signal?: AbortSignal): Promise<TakenFile> {
  const { opened } = deps;
  const row = { path: file.path, relativePath: file.relativePath };
  const failed = (
    state: EvidenceState,
    known: Pick<Evidence, 'sha256'> & AsRead = { sha256: null, sizeBytes: 0, modifiedAt: null },
    mediaType = UNKNOWN_TYPE,
  ): TakenFile => {
    const { sha256, sizeBytes, modifiedAt, identity } = known;
    const evidence = addEvidence(opened, { ...row, mediaType, sha256, sizeBytes, modifiedAt });
    const changed = sha256 === null ? undefined : changedSince(opened, evidence, sha256);
    return {
      evidence,
      state: changed ?? state,
      bytes: undefined,
      asRead: { sizeBytes, modifiedAt, ...(identity && { identity }) },
    };
  };
  if (file.problem) return failed(unreadable(file.problem, PROBLEMS[file.problem]));
  const from = file.readFrom ?? file.path;
  const typeOf = async (head: Uint8Array): Promise<string | undefined> =>
    mediaTypeFromBytes(head) ?? (head.length === 0 ? undefined : ((await deps.videoDecoder.probe(from)) ?? undefined));
  const expected = await typeOf(await readHead(from, SNIFF_BYTES));
  if (!expected?.startsWith('image/')) return takeInOther(file, expected, failed, signal);
  const read = await readEvidenceFile(from);
  if (read.kind === 'failed') return failed(unreadable(read.reason, read.message), read, expected);
  // Asked again of the bytes that were hashed: the file may have been replaced since its head was
  // read.
  const mediaType = await typeOf(read.bytes.subarray(0, SNIFF_BYTES));
  if (!mediaType?.startsWith('image/')) return takeInOther(file, mediaType, failed, signal);
  const { sha256, sizeBytes, modifiedAt, identity } = read;
  const type = mediaType === 'image/jpeg' && isJpegStream(read.bytes) ? JPEG_STREAM : mediaType;
  const evidence = addEvidence(opened, { ...row, mediaType: type, sha256, sizeBytes, modifiedAt });
  const changed = changedSince(opened, evidence, sha256);
  const asRead = { sizeBytes, modifiedAt, identity };
  if (changed) return { evidence, state: changed, bytes: undefined, asRead };
  // By the row: what an older version took in as a photograph stays one.
  const isFilm = evidence.mediaType.startsWith('video/');
  return { evidence, state: { kind: 'pending' }, bytes: isFilm ? undefined : read.bytes, asRead };
}

/** A file that is no still: hashed, and its reason; a video waits to be walked through. */
async function takeInOther(
  file: ListedFile,
  mediaType: string | undefined,
  failed: (state: EvidenceState, known: Pick<Evidence, 'sha256'> & AsRead, mediaType?: string) => TakenFile,
  signal?: AbortSignal,
): Promise<TakenFile> {
  const hashed = await hashEvidenceFile(file.readFrom ?? file.path, signal);
  if (hashed.kind === 'failed') return failed(unreadable(hashed.reason, hashed.message), hashed, mediaType);
  if (hashed.sizeBytes === 0) return failed(unreadable('empty', { kind: 'empty' }), hashed);
  if (mediaType?.startsWith('video/')) return failed({ kind: 'pending' }, hashed, mediaType);
  const archive = await lookIntoArchiveAt(file.readFrom ?? file.path);
  if (archive instanceof ArchiveRefusal)
    return failed({ kind: 'unreadable', ...archive.unreadable }, hashed, mediaType);
  if (archive)
    return failed(unreadable('archive', { kind: 'archive', ...archive }), hashed, ARCHIVE_TYPES[archive.format]);
  const isPacked = (await partAt(file.readFrom ?? file.path).catch(() => undefined)) === 'packed';
  const kind = isPacked ? 'unknownPacked' : 'neitherPhotographNorVideo';
  return failed(unreadable('unsupportedFormat', { kind }), hashed, mediaType);
}

/**
 * Evidence that is no longer what was taken in is never scored under the old hash: a lasting
 * record, and its own reason.
 */
function changedSince(opened: WritableCase, evidence: Evidence, sha256: string): EvidenceState | undefined {
  if (evidence.sha256 === sha256) return undefined;
  addAlteration(opened, evidence, { kind: 'changed', found: sha256, who: '' });
  return unreadable('changedWhileRead', { kind: 'otherContent', found: sha256, recorded: evidence.sha256 });
}
