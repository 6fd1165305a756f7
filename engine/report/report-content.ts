// Case -> what a report of it says, with a hash of its own: the small parts read at once, the lists
// row by row as they are asked for, so that a report of a million faces takes no more memory than
// one of a hundred. No clock: `asOf` is the last change of the case, so the same case gives the
// same content and the same bytes. Engine process; read inside a reading ([Note: reading beside the
// engine]).
import { createHash } from 'node:crypto';
import type { Agreement } from '../../contract/agreement.ts';
import type { EvidenceId, FaceId, Sha256, TrackId, VerdictId } from '../../contract/brand.ts';
import type { Verification } from '../../contract/case.ts';
import { MOST_STACKS_REPORTED, type ReportedCopies } from '../../contract/copies.ts';
import { RecceError } from '../../contract/errors.ts';
import type { ReportedGroups } from '../../contract/face-groups.ts';
import type { FindingFilter } from '../../contract/finding.ts';
import type { LaterRecord } from '../../contract/later-record.ts';
import type { RecordElsewhere } from '../../contract/record-elsewhere.ts';
import type { ReportDocument, ReportFace, ReportOptions } from '../../contract/report.ts';
import type { ReportTemplate } from '../../contract/report-template.ts';
import type { TrackPlace } from '../../contract/track.ts';
import { forEachYielding } from '../async/yielding.ts';
import { numberedStacks, stackShown } from '../case/copy-stacks.ts';
import { isVerificationOfHere } from '../case/custody/verification-place.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { readAgreement } from '../case/grid/agreement.ts';
import { eachInBlocks, type FaceShown } from '../case/grid/report-selection.ts';
import { readGroups } from '../case/groups/case-groups.ts';
import { saidOf } from '../case/groups/standing-groups.ts';
import { keptHashes, readHashes } from '../case/hashes-file.ts';
import { clockSetBack, firstEntryHash, lastAudit, lastChangeEntry } from '../case/log/audit.ts';
import { readCase } from '../case/open-case.ts';
import { areHashesMadeHere, countPictures } from '../case/rows/copies.ts';
import { eachEvidence, eachEvidenceId } from '../case/rows/evidence.ts';
import { examinersWithOpinions, otherSpellings } from '../case/rows/examiner.ts';
import { listExhibits } from '../case/rows/exhibit.ts';
import { eachFace } from '../case/rows/face.ts';
import { hasLeftCopies, hasLeftGroups } from '../case/rows/left-behind.ts';
import { allModels } from '../case/rows/model.ts';
import { eachOpinion, eachStanding } from '../case/rows/opinion.ts';
import { type BoundHere, countFilesOf, heldGroups } from '../case/rows/persons.ts';
import { eachProvenance } from '../case/rows/provenance.ts';
import { unpackedAt } from '../case/rows/rows-of-job.ts';
import { eachStability, stabilityRuns } from '../case/rows/stability.ts';
import { readReruns } from '../case/rows/standing-reruns.ts';
import { definedTags, tagsWithSubjects } from '../case/rows/tag.ts';
import { trackPlaces } from '../case/rows/track-place.ts';
import { allParameters, eachVerdict } from '../case/rows/verdict.ts';
import {
  eachLatestMoment,
  eachVerdictId,
  eachVerdictWithFile,
  type VerdictWithFile,
} from '../case/rows/verdict-with-file.ts';
import { eachVideoScan } from '../case/rows/video-scan.ts';
import { canonicalParts } from '../files/canonical-json.ts';
import { type Redactor, redactorFor } from './redact.ts';
import { timelineOf } from './video-timeline.ts';

/** Findings that get a block with pictures; the tables always list everything. */
const SHOWN_LIMIT = 100_000;

/** A report is written for those who may see everything. */
const EVERYONE = { examinerId: null, blind: false };
const NO_AGREEMENT: Agreement = { subjects: 0, reviewed: 0, blind: 0, opinions: 0, pairs: [], disagreements: [] };

/** What grows with the case. */
type List = 'evidence' | 'faces' | 'verdicts' | 'opinions' | 'videos' | 'provenance' | 'stability';

/** A line of a table of results. */
export type ReportSubject = Omit<VerdictWithFile, 'face'> & {
  face: (Omit<NonNullable<VerdictWithFile['face']>, 'box'> & Pick<ReportFace, 'box'>) | null;
};

/**
 * All that a ReportDocument says. Every list is read anew from the case each time it is asked for.
 */
export type ReportContent = {
  head: Omit<ReportDocument, List | 'contentSha256'>;
  lists: { readonly [L in List]: () => Iterable<ReportDocument[L][number]> };
  /** The verdicts again, each with its file and face. */
  subjects: () => Iterable<ReportSubject>;
  /** Where a track is; undefined where the case has none such. */
  trackOf: (id: TrackId) => TrackPlace | undefined;
  ids: { evidence: () => Iterable<EvidenceId>; verdicts: () => Iterable<VerdictId> };
};

/** The latest verification and the latest rerun, from the audit log. */
function readChecks(opened: ReadableCase, boundHere: BoundHere | undefined): ReportDocument['checks'] {
  const verified = lastAudit(opened, 'case.verified');
  const isOwn =
    verified && verified.seq > unpackedAt(opened) && (!boundHere || isVerificationOfHere(opened, verified, boundHere));
  const back = clockSetBack(opened);
  return {
    ...(back ? { clockSetBack: back } : {}),
    verified: verified
      ? {
          at: verified.at,
          problems: verified.details.problems as Verification['problems'],
          remarks: (verified.details.remarks ?? []) as string[],
          ...(isOwn ? {} : { elsewhere: true as const }),
        }
      : null,
    rerun: readReruns(opened),
    stability: stabilityRuns(opened),
  };
}

/**
 * What a report is made of besides the case itself: what was asked for, a laboratory's template,
 * examinations that the case could not keep, later records of models, records that are not here.
 */
export type ReportMaking = {
  options: ReportOptions;
  appVersion: string;
  template?: ReportTemplate | null;
  unrecorded?: ReportDocument['provenance'];
  laterRecords?: readonly LaterRecord[];
  recordsElsewhere?: readonly RecordElsewhere[];
  /** What only this installation can say; without it what it made is not told from what another did. */
  boundHere?: BoundHere | undefined;
  /** Once it is aborted the work ends with its reason. */
  signal?: AbortSignal | undefined;
};

/** The content of a report, to be used while `reading` lasts. */
export async function readReportContent(reading: ReadableCase, making: ReportMaking): Promise<ReportContent> {
  const { options, appVersion, template = null, laterRecords = [], recordsElsewhere = [], signal } = making;
  const found = readCase(reading);
  // Exporting a report is entered in the log and changes nothing of the case: the next export gives
  // the same bytes.
  const auditHead = lastChangeEntry(reading) ?? null;
  const spelled = otherSpellings(reading);
  const { standing, notFaces } = readStanding(reading);
  const { shown, inBlocks } = await readShown(reading, making, notFaces);
  const shownBy = chosenBy(reading, making);
  const redactor = redactorFor(options.redaction, inBlocks);
  const groups = groupsSaid(reading, notFaces);
  const copies = await copiesSaid(reading, making.boundHere);
  const head: ReportContent['head'] = {
    // Where the case lies is no part of what it says: a copy gives the same report.
    case: { ...found, folder: '', writable: false, readOnlyBecause: undefined, warnings: undefined },
    title: options.title ?? found.title,
    organisation: options.organisation || (template?.organisation ?? ''),
    examiners: examinersWithOpinions(reading).map((one) => one.name),
    ...(spelled.length > 0 ? { otherSpellings: spelled } : {}),
    appVersion,
    asOf: await lastMoment(reading, [found.createdAt, ...(auditHead ? [auditHead.at] : [])], signal),
    auditHead,
    firstEntry: firstEntryHash(reading),
    exhibits: listExhibits(reading),
    // Those of a template are no examiner's: they stay in the template's copy, and are printed as its own.
    findings: options.findings,
    conclusion: options.conclusion,
    wordsBy: {
      findings: options.findings ? options.wordsBy : '',
      conclusion: options.conclusion ? options.wordsBy : '',
    },
    opinionsIncluded: options.includeOpinions,
    standing: options.includeOpinions ? standing : [],
    notFaces: [...notFaces],
    // What is made of others stands behind them.
    models: allModels(reading).toSorted((a, b) => Number(!!a.passport.composite) - Number(!!b.passport.composite)),
    parameters: allParameters(reading),
    shown,
    ...(shownBy ? { shownBy } : {}),
    ...tagsSaid(reading),
    ...(groups && options.redaction === 'none' ? { groups } : {}),
    ...(copies ? { copies } : {}),
    ...leftBehind(reading),
    agreement: options.includeOpinions ? readAgreement(reading, EVERYONE) : NO_AGREEMENT,
    ...(laterRecords.length > 0 ? { laterRecords: [...laterRecords] } : {}),
    ...(recordsElsewhere.length > 0 ? { recordsElsewhere: [...recordsElsewhere] } : {}),
    checks: readChecks(reading, making.boundHere),
    redaction: options.redaction,
    withheld: [
      ...redactor.withheld(found.counts.faces),
      ...(options.redaction === 'none' ? [] : withheldGroups(groups)),
    ],
    template,
  };
  return { head, ...listsOf(reading, making, redactor, notFaces) };
}

/** Absent in a case without any. */
function tagsSaid(reading: ReadableCase): Pick<ReportDocument, 'tags'> {
  const tags = tagsWithSubjects(reading).map(({ name, colour, faces, files }) => ({ name, colour, faces, files }));
  return tags.length > 0 ? { tags } : {};
}

function leftBehind(reading: ReadableCase): Pick<ReportDocument, 'notCarriedOver'> {
  const [groups, copies] = [hasLeftGroups(reading), hasLeftCopies(reading)];
  return groups || copies ? { notCarriedOver: { groups, copies } } : {};
}

/** Absent where there are none. What cannot be relied on is said to be so, and not said. */
function groupsSaid(reading: ReadableCase, notFaces: ReadonlySet<FaceId>): ReportedGroups | undefined {
  if (!heldGroups(reading)) return undefined;
  try {
    const { groups, proposal } = readGroups(reading);
    const all = [...groups.values()].sort((a, b) => a.id - b.id);
    const named = all.flatMap((group) => {
      const { id, name, namedBy } = group;
      if (name === null) return [];
      // What is no face is nobody's: it is in the list of those, and in no other count.
      const faces = group.faces.filter((face) => !notFaces.has(face));
      const saidBy = saidOf({ ...group, faces });
      return [{ id, name, namedBy, saidBy, faces, files: countFilesOf(reading, faces) }];
    });
    return { named, unnamed: all.length - named.length, proposal, notAsHeld: false };
  } catch (error) {
    if (!(error instanceof RecceError)) throw error;
    return { named: [], unnamed: 0, proposal: null, notAsHeld: true };
  }
}

/** Absent where there are none. What cannot be relied on is said to be so, and not said. */
async function copiesSaid(
  reading: ReadableCase,
  boundHere: BoundHere | undefined,
): Promise<ReportedCopies | undefined> {
  const held = keptHashes(reading);
  if (!held) return undefined;
  const pictures = countPictures(reading);
  const none = { kept: 0, pictures, plain: 0, total: 0, stacks: [] };
  if (boundHere && !areHashesMadeHere(reading, held, boundHere)) return { ...none, notAsHeld: true };
  try {
    const kept = await readHashes(reading.folder, held);
    const all = numberedStacks(kept);
    return {
      ...{ kept: kept.length, pictures, plain: kept.filter(({ hash }) => !hash).length, total: all.length },
      stacks: all.slice(0, MOST_STACKS_REPORTED).map((one) => stackShown(reading, kept, one)),
      notAsHeld: false,
    };
  } catch (error) {
    if (!(error instanceof RecceError)) throw error;
    return { ...none, notAsHeld: true };
  }
}

/** A name says who is shown: it goes with the pictures. */
const withheldGroups = (groups: ReportedGroups | undefined): string[] =>
  groups ? ['The groups of faces of one person, and the names that examiners gave them.'] : [];

function listsOf(
  reading: ReadableCase,
  { options, unrecorded = [] }: ReportMaking,
  redactor: Redactor,
  notFaces: ReadonlySet<FaceId>,
) {
  return {
    lists: {
      evidence: () => eachEvidence(reading),
      faces: () => mapped(eachFace(reading), redactor.face),
      verdicts: () => eachVerdict(reading),
      opinions: () => (options.includeOpinions ? eachOpinion(reading) : []),
      videos: () =>
        mapped(eachVideoScan(reading), (scan) => redactor.video(timelineOf(reading, scan, false, undefined, notFaces))),
      provenance: () => chained<ReportDocument['provenance'][number]>(eachProvenance(reading), unrecorded),
      stability: () => eachStability(reading),
    },
    subjects: () =>
      mapped(eachVerdictWithFile(reading), ({ face, ...rest }) => ({
        ...rest,
        face: face && { ...face, box: redactor.box(face.id, face.box) },
      })),
    trackOf: trackPlaces(reading),
    ids: { evidence: () => eachEvidenceId(reading), verdicts: () => eachVerdictId(reading) },
  };
}

function* mapped<T, U>(items: Iterable<T>, change: (item: T) => U): Generator<U, void, undefined> {
  for (const item of items) yield change(item);
}

function* chained<T>(...lists: Iterable<T>[]): Generator<T, void, undefined> {
  for (const list of lists) yield* list;
}

/** The opinions that stand, and the faces that are none by what stands. */
function readStanding(reading: ReadableCase): { standing: ReportDocument['standing']; notFaces: Set<FaceId> } {
  const standing: ReportDocument['standing'] = [];
  const [called, judged] = [new Set<FaceId>(), new Set<FaceId>()];
  for (const { opinion, faceId, conclusion } of eachStanding(reading)) {
    if (standing.at(-1)?.opinion !== opinion) standing.push({ opinion, faces: [] });
    if (faceId === null) continue;
    standing.at(-1)!.faces.push(faceId);
    (conclusion === 'notAFace' ? called : judged).add(faceId);
  }
  return { standing, notFaces: new Set([...called].filter((face) => !judged.has(face)).sort((a, b) => a - b)) };
}

/** Verdicts that get a block, in order, and their faces. */
async function readShown(reading: ReadableCase, { options, signal }: ReportMaking, notFaces: ReadonlySet<FaceId>) {
  const shown: VerdictId[] = [];
  const inBlocks = new Set<FaceId>();
  // Of a video's faces the most telling get a block; the curve and the tables hold the others.
  const enter = ({ verdictId, faceId }: FaceShown): void => {
    if (notFaces.has(faceId)) return;
    shown.push(verdictId);
    inBlocks.add(faceId);
  };
  await forEachYielding(eachInBlocks(reading, options.filter, SHOWN_LIMIT), enter, signal);
  return { shown, inBlocks };
}

/** How many results get a block with pictures. */
export async function countInBlocks(reading: ReadableCase, filter: FindingFilter): Promise<number> {
  const { notFaces } = readStanding(reading);
  let count = 0;
  await forEachYielding(eachInBlocks(reading, filter, SHOWN_LIMIT), ({ faceId }) => {
    if (!notFaces.has(faceId)) count += 1;
  });
  return count;
}

/** By what those were chosen; undefined where nothing narrows it. */
function chosenBy(reading: ReadableCase, { options: { filter } }: ReportMaking): ReportDocument['shownBy'] {
  const { tags = [], modelId, videoFrames: _, ...others } = filter;
  const names = definedTags(reading).flatMap(({ id, name }) => (tags.includes(id) ? [name] : []));
  const isFiltered = Object.values(others).some((one) => one !== undefined);
  if (filter.tags === undefined && !isFiltered && modelId === undefined) return undefined;
  return { tags: names, otherwise: isFiltered, modelId: modelId ?? null };
}

/** The last change of the case: of these moments and those of every verdict. */
async function lastMoment(reading: ReadableCase, others: string[], signal?: AbortSignal): Promise<string> {
  let last = '';
  const later = (moment: string): void => {
    if (moment > last) last = moment;
  };
  others.forEach(later);
  await forEachYielding(eachLatestMoment(reading), later, signal);
  return last;
}

/**
 * The content as canonical JSON, in parts: with its hash it is the machine-readable report, without
 * it what the hash is taken of.
 */
export const partsOfContent = ({ head, lists }: ReportContent, contentSha256?: Sha256): Iterable<string> =>
  canonicalParts({ ...head, ...lists, contentSha256 });

/** SHA-256 of the canonical JSON of the content. */
export async function hashOfContent(content: ReportContent, signal?: AbortSignal): Promise<Sha256> {
  const hash = createHash('sha256');
  await forEachYielding(partsOfContent(content), (part) => void hash.update(part), signal);
  return hash.digest('hex') as Sha256;
}
