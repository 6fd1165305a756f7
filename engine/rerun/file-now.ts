// An evidence file as it is now, for a verdict made again: read and hashed, then decoded, searched
// and cut by the scan's own steps. Videos: frame-now.ts.
import type { HeldReason } from '../../contract/domain.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { Model } from '../../contract/model.ts';
import type { HeldRemark } from '../../contract/remark.ts';
import type { UnreadableReason, WhyUnreadable } from '../../contract/unreadable.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import { ArchiveRefusal } from '../archives/archive-entry.ts';
import { placeOfEvidence } from '../blobs/evidence-place.ts';
import { hashEvidenceFile, lookIntoArchiveAt, readEvidenceFile } from '../blobs/read-evidence-file.ts';
import { cutStill, type DecodedEvidence, decodeEvidence } from '../examine/examine-still.ts';
import type { CutFace } from '../examine/judge-faces.ts';
import { mediaTypeFromBytes } from '../media/sniff.ts';
import type { RerunDeps } from './rerun-deps.ts';

/** An evidence file as it is now, or the news that it is not there. */
export type FileNow =
  | {
      kind: 'cut';
      faces: readonly CutFace[];
      /** Why there are no faces. */
      outcome: VerdictOutcome | undefined;
      decoder?: string | undefined;
    }
  | Unavailable;
export type Unavailable = { kind: 'unavailable'; why: string };

export const unavailable = (why: string): Unavailable => ({ kind: 'unavailable', why });

const unreadable = (reason: UnreadableReason, message: WhyUnreadable): FileNow => ({
  kind: 'cut',
  faces: [],
  outcome: { kind: 'unreadable', reason, message },
});

/**
 * How a file is looked at again: for a model, by the steps of a pipeline, and whether the battery
 * is to be made of its faces.
 */
export type LookAgain = { model: Model; pipeline: number; battery?: boolean };

/** Two looks of one key see and cut the same. */
export const keyOfLook = ({ model: { passport }, pipeline, battery = false }: LookAgain): string =>
  `${pipeline} ${passport.cropRecipe} ${passport.inputPx} ${passport.interpolation} ${battery}`;

/**
 * As the scan of then asked of the picture: one of an earlier version did not know of all colours
 * that are stated and not applied, nor of an AVIF's range, and its verdicts are made again without.
 */
export function asLookedAt({ state }: Pick<Evidence, 'state'>, decoded: DecodedEvidence): DecodedEvidence {
  if (state.kind !== 'read' || !decoded.beyondDomain) return decoded;
  return { ...decoded, beyondDomain: decoded.beyondDomain.filter((one) => isSaidBy(state.remarks, one)) };
}

function isSaidBy(remarks: readonly HeldRemark[], reason: HeldReason): boolean {
  if (typeof reason !== 'object') return true;
  if (reason.kind === 'otherRange')
    return remarks.some((one) => (typeof one === 'object' ? one.kind === 'curveNotConverted' : IN_WORDS.test(one)));
  if (reason.kind !== 'coloursNotApplied') return true;
  return remarks.some((one) => typeof one === 'object' && one.kind === reason.kind && one.by === reason.by);
}

/** As earlier versions wrote of a curve that is not converted. */
const IN_WORDS = /^High dynamic range .*not converted/;

/** An earlier version took archives for files of no known kind; its verdicts are made again as such. */
const saysArchive = ({ state }: Evidence): boolean =>
  state.kind === 'unreadable' &&
  typeof state.message === 'object' &&
  /^archive(?!Entry|Method|Ratio)/.test(state.message.kind);

async function archiveNow(place: string): Promise<FileNow> {
  const archive = await lookIntoArchiveAt(place);
  if (!archive) return unreadable('unsupportedFormat', { kind: 'contentUnknown' });
  if (!(archive instanceof ArchiveRefusal)) return unreadable('archive', { kind: 'archive', ...archive });
  return unreadable(archive.unreadable.reason, archive.unreadable.message);
}

/** A photograph as the scan of a pipeline would read it, with its faces. */
export async function readFileNow(
  deps: RerunDeps,
  evidence: Evidence,
  { model, pipeline, battery = false }: LookAgain,
): Promise<FileNow> {
  if (evidence.sha256 === null) return unavailable('No byte of it could be read when it was taken in.');
  const place = placeOfEvidence(deps.folder, evidence);
  const isArchive = saysArchive(evidence);
  const file = await (isArchive ? hashEvidenceFile(place) : readEvidenceFile(place));
  if (file.kind === 'failed') return unavailable(`The evidence file cannot be read now: ${unreadableWords(file)}`);
  if (file.sha256 !== evidence.sha256)
    return unavailable(`The evidence file has changed: its SHA-256 is ${file.sha256}, ${evidence.sha256} is recorded.`);
  if (file.kind === 'hashed') return archiveNow(place);
  if (file.bytes.length === 0) return unreadable('empty', { kind: 'empty' });
  if (!mediaTypeFromBytes(file.bytes, pipeline) && !evidence.mediaType.startsWith('image/'))
    return unreadable('unsupportedFormat', { kind: 'contentUnknown' });
  const { findFaces } = deps;
  const decoded = await decodeEvidence(deps.decoder, evidence, file.bytes, pipeline);
  const { faces, outcome, decoder } = await cutStill(
    { findFaces, model, pipeline, battery },
    asLookedAt(evidence, decoded),
  );
  return { kind: 'cut', faces, outcome, decoder };
}
