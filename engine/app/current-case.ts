// The case the engine has open between two calls, with its jobs, exports and session, and what this
// installation saw of it before.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { OpinionId, Sha256 } from '../../contract/brand.ts';
import type { NotOpened, Session } from '../../contract/case.ts';
import { RecceError } from '../../contract/errors.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Job } from '../../contract/job.ts';
import { createBroadcast } from '../async/broadcast.ts';
import { createSerialQueue, type SerialQueue } from '../async/serial-queue.ts';
import { type BlobStore, createBlobStore } from '../blobs/blob-store.ts';
import { keepPlacesHere, type PlaceHere, trustPlaces } from '../blobs/evidence-place.ts';
import { type Anchor, anchorWords, backupAnchors, enterMissing, missingAnchors } from '../case/custody/anchors.ts';
import { sealUnsealedRows } from '../case/custody/seal.ts';
import { isWritable, type ReadableCase, type WritableCase } from '../case/db/case-handle.ts';
import type { Viewer } from '../case/grid/finding-filter.ts';
import { auditLink, firstEntryHash } from '../case/log/audit.ts';
import { blobFolder, closeCase } from '../case/open-case.ts';
import type { MovedFile } from '../case/rows/relocation.ts';
import type { Tagging } from '../case/rows/tag.ts';
import { type KeptBackups, keepBackups } from '../custody/keep-backups.ts';
import { type RunningSweep, sweepCase } from '../custody/sweep-case.ts';
import { installationKey } from '../files/installation-key.ts';
import { bindJobs } from '../jobs/job-binding.ts';
import { createJobQueue, type JobQueue, type JobRunner } from '../jobs/job-queue.ts';
import { createReadOnlyJobs } from '../jobs/read-only-jobs.ts';
import { type CaseExports, createCaseExports } from './case-exports.ts';
import { type KnownCase, type Origin, recall, remember } from './known-cases.ts';
import { checkAtOpening, type OpeningCheck } from './opening-check.ts';
import { readPlaces, type SeenCase, writePlaces } from './viewing-places.ts';
import { stampOf } from './whole-cases.ts';

/** An open case, perhaps for viewing only. */
export type OpenedCase = {
  handle: ReadableCase;
  blobs: BlobStore;
  queue: Pick<JobQueue, 'watch' | 'close'>;
  exports: CaseExports;
  /** See `Case.opening`. */
  opening: string;
  session: Session;
  /**
   * What was entered since the examiner or blind mode last changed, oldest first: what can be
   * undone.
   */
  sitting: OpinionId[][];
  /** The same of tags. */
  taggings: Tagging[];
  /** The same of steps on groups of faces: how many of the last ones. */
  groupSteps: number;
};
/** An open case that can be written, and what works on it. */
export type WorkingCase = OpenedCase & { handle: WritableCase; queue: JobQueue };

/** Sentences on a log that is not the one seen before: of many copies that were seen, some. */
const WARNINGS = 5;
/** Entries remembered that other copies are held against. */
const FOR_OTHERS = 20;

const CANNOT_BE_WRITTEN = 'it cannot be written. Copy it to a disk that can.';

/** What the open case is held with. */
export type CurrentCaseDeps = {
  appDataFolder: string;
  /** The jobs of a case, by kind, which work on that case whatever is opened meanwhile. */
  jobsOf(opened: JobsCase): Readonly<Record<Exclude<Job['kind'], 'train'>, JobRunner>>;
  /** Why a job may not be taken up in this sitting; undefined where it may. */
  whyNotResumed(job: Job): string | undefined;
};

/** Rows after an opinion, undoing or tagging, see `finding.marked`. `window`: where it was given. */
export type Marks = { opening?: string | undefined; window?: string | undefined; rows: Finding[] };

/** The case that jobs work on. */
export type JobsCase = Pick<WorkingCase, 'handle' | 'blobs' | 'session'>;

/** The one case this engine has open, or none. */
export class CurrentCase {
  readonly #deps: CurrentCaseDeps;
  /** Published whenever a case was opened, closed or configured. */
  readonly changes = createBroadcast<null>();
  /** Published for every window after each opinion, undoing or tagging. */
  readonly marks = createBroadcast<Marks>();
  /** What was to be taken up at the start and could not be; for the window to show. */
  notOpened: NotOpened | null = null;
  #opened: OpenedCase | undefined;
  #backups: KeptBackups | undefined;
  #sweep: RunningSweep | undefined;
  #check: OpeningCheck | undefined;
  /** The newest entry of the open case when it was last seen here, before it was opened now. */
  lastSeen: readonly Anchor[] = [];
  #remembered: Pick<KnownCase, 'home' | 'roots' | 'forOthers' | 'branched'> = {
    home: true,
    roots: [],
    forOthers: [],
    branched: false,
  };
  /** Where evidence of an open case that cannot be written was found. */
  #places: ReadonlyMap<Sha256, PlaceHere> = new Map();

  constructor(deps: CurrentCaseDeps) {
    this.#deps = deps;
  }

  /** Throws CASE_NOT_OPEN. */
  get opened(): OpenedCase {
    if (!this.#opened) throw new RecceError('CASE_NOT_OPEN', 'This engine', 'create or open a case first.');
    return this.#opened;
  }

  /** The open case for whoever changes it. Throws CASE_NOT_OPEN, CASE_READ_ONLY, CASE_MOVED. */
  get working(): WorkingCase {
    const { handle } = this.opened;
    if (!isWritable(handle))
      throw new RecceError('CASE_READ_ONLY', handle.folder, handle.readOnlyBecause ?? CANNOT_BE_WRITTEN);
    handle.db.expectInPlace();
    return this.opened as WorkingCase;
  }

  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  /**
   * Changes of the open case come one after the other. Two windows that open cases at once would
   * else leave one of them open and locked with nobody to close it, or enter in one case's log what
   * happened to the other.
   */
  readonly inTurn: SerialQueue = createSerialQueue();

  /**
   * Takes over an open handle; the case before it is closed. What was seen of this case before is
   * held against it. Unfinished jobs that were queued here start again. Call it in turn.
   */
  async use(handle: ReadableCase, origin: Origin = 'opened'): Promise<void> {
    try {
      await this.leave();
      // Before anything is written into it.
      const stamp = await stampOf(handle.folder);
      await this.#open(await this.#recall(handle, origin));
      const onAltered = (why: string): void => void this.inTurn(() => this.#onlyLookAt(handle.db, why));
      this.#check = await checkAtOpening(handle, { appDataFolder: this.#deps.appDataFolder, stamp, onAltered });
    } catch (error) {
      closeCase(handle);
      throw error;
    }
    this.notOpened = null;
    this.changes.publish(null);
  }

  /** The handle with what is to be said of its log, where another was seen before. */
  async #recall(handle: ReadableCase, origin: Origin): Promise<ReadableCase> {
    const { appDataFolder } = this.#deps;
    const { seen, branch, branched, isHome, roots, forOthers: before } = await recall(appDataFolder, handle, origin);
    const home = origin === 'made' || (origin !== 'unpacked' && isHome);
    const kept = home || origin === 'unpacked' ? [] : [...roots];
    trustPlaces(handle.folder, home ? 'all' : kept);
    // A backup lacks what came after it: that is said; what it has must be what was seen.
    const upTo = origin === 'restored' ? (auditLink(handle)?.seq ?? 0) - 1 : Number.POSITIVE_INFINITY;
    this.lastSeen = origin === 'made' || origin === 'unpacked' ? [] : seen.filter(({ seq }) => seq <= upTo);
    const missing = missingAnchors(handle, [...this.lastSeen, ...backupAnchors(handle.folder)]);
    const forOthers = origin === 'made' ? [] : whatOthersNeed(handle, seen, { before, isFork: origin === 'unpacked' });
    // One that was packed or backed up earlier lacks what came later: said, and nothing is held
    // against it.
    const cutShort = origin === 'restored' ? seen.filter(({ seq }) => seq > upTo) : [];
    const lacking = origin === 'unpacked' ? missingAnchors(handle, seen) : [...missing, ...cutShort];
    const ofBranch = branch && origin === 'unpacked' ? [branchWords(branch)] : [];
    const warnings = [...new Set([...ofBranch, ...lacking.map((one) => anchorWords(handle, one))])].slice(0, WARNINGS);
    if (isWritable(handle)) enterMissing(handle, missing);
    // One that can only be looked at takes no entry: what was seen before stays remembered.
    if (isWritable(handle) || missing.length === 0)
      await remember(appDataFolder, handle, { home, roots: kept, forOthers, branched });
    this.#remembered = { home, roots: kept, forOthers, branched };
    this.#places = isWritable(handle) ? new Map() : await readPlaces(appDataFolder, seenCase(handle));
    keepPlacesHere(handle.folder, this.#places);
    return warnings.length > 0 ? { ...handle, warnings } : handle;
  }

  /**
   * Somebody working here has named these folders: evidence of the open case may be looked for
   * below them.
   */
  async trustFolders(folders: readonly string[]): Promise<void> {
    const { handle } = this.opened;
    const { home, roots, forOthers, branched } = this.#remembered;
    if (home) return;
    this.#remembered = {
      home,
      forOthers,
      branched,
      roots: [...new Set([...roots, ...folders.map((one) => path.resolve(one))])],
    };
    trustPlaces(handle.folder, this.#remembered.roots);
    await remember(this.#deps.appDataFolder, handle, this.#remembered);
  }

  /**
   * Files of the open case, which cannot be written, were found at these places, each with its
   * recorded hash.
   */
  async keepPlaces(found: readonly MovedFile[]): Promise<void> {
    const { handle } = this.opened;
    const more = found.map(({ evidence: { sha256 }, path: place, modifiedAt }): [Sha256, PlaceHere] => [
      sha256!,
      { path: place, modifiedAt },
    ]);
    const places = new Map([...this.#places, ...more]);
    await writePlaces(this.#deps.appDataFolder, seenCase(handle), places);
    this.#places = places;
    keepPlacesHere(handle.folder, places);
  }

  async #open(handle: ReadableCase): Promise<void> {
    const blobs = createBlobStore(blobFolder(handle.folder));
    const session: Session = { examiner: null, blind: false };
    const exports = createCaseExports(handle.folder);
    const opening = randomBytes(16).toString('hex');
    const parts = { blobs, session, exports, opening, sitting: [], taggings: [], groupSteps: 0 };
    if (isWritable(handle)) await this.#work(handle, parts);
    else this.#opened = { handle, ...parts, queue: createReadOnlyJobs(handle) };
  }

  async #work(
    handle: WritableCase,
    parts: Pick<OpenedCase, 'blobs' | 'session' | 'exports' | 'opening' | 'sitting' | 'taggings' | 'groupSteps'>,
  ): Promise<void> {
    await sealWhatWasLeft(handle);
    const binding = bindJobs(handle, installationKey(this.#deps.appDataFolder), this.#deps.whyNotResumed);
    const queue = createJobQueue(handle, this.#deps.jobsOf({ handle, ...parts }), binding);
    this.#opened = { handle, ...parts, queue };
    this.#sweep = sweepCase(handle);
    this.#backups = keepBackups(handle, queue);
  }

  /** From now on the open case of this database is not written: another program has changed it. */
  async #onlyLookAt(db: ReadableCase['db'], readOnlyBecause: string): Promise<void> {
    const opened = this.#opened;
    if (opened?.handle.db !== db) return;
    await opened.queue.close();
    await this.#endWork();
    const { folder, clock, warnings = [] } = opened.handle;
    const handle: ReadableCase = { folder, db, clock, warnings, readOnlyBecause };
    this.#opened = { ...opened, handle, queue: createReadOnlyJobs(handle) };
    this.changes.publish(null);
  }

  async #endWork(): Promise<void> {
    await this.#sweep?.close();
    this.#sweep = undefined;
    await this.#backups?.close();
    this.#backups = undefined;
  }

  /** Where copies of cases lie that are only looked at. */
  get viewingFolder(): string {
    return path.join(this.#deps.appDataFolder, 'viewing');
  }

  /** Call it in turn. */
  async leave(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return;
    await opened.exports.close();
    await opened.queue.close();
    await this.#endWork();
    const check = this.#check;
    this.#check = undefined;
    await check?.stop();
    if (isWritable(opened.handle)) await remember(this.#deps.appDataFolder, opened.handle, this.#remembered);
    closeCase(opened.handle);
    await check?.closed();
    this.changes.publish(null);
  }

  /** Leaves the case for good: nobody is told of changes any more. */
  async close(): Promise<void> {
    await this.inTurn(() => this.leave());
    this.changes.close();
    this.marks.close();
  }

  /** The name of whoever sits at the case; empty where nobody has said who they are. */
  get who(): string {
    return this.opened.session.examiner?.name ?? '';
  }

  /** Who looks at the case, for what is hidden from them. */
  get viewer(): Viewer {
    const { examiner, blind } = this.opened.session;
    return { examinerId: examiner?.id ?? null, blind };
  }
}

const seenCase = (handle: ReadableCase): SeenCase => ({ folder: handle.folder, first: firstEntryHash(handle) });

/**
 * What other copies of a case are held against, where not its own end: what it lacks of them, and
 * of one that goes a way of its own beside them the entry where they part.
 */
function whatOthersNeed(
  handle: ReadableCase,
  seen: readonly Anchor[],
  { before, isFork }: { before: KnownCase['forOthers']; isFork: boolean },
): KnownCase['forOthers'] {
  const end = auditLink(handle);
  const fork = isFork && end && seen.length > 0 ? [end] : [];
  const all = [...before, ...missingAnchors(handle, seen), ...fork];
  return all.slice(0, FOR_OTHERS).map(({ seq, hash }) => ({ seq, hash: hash as Sha256 }));
}

/** Said of a case that was packed here, when it is unpacked beside the one it was packed from. */
const branchWords = ({ folder, seq }: { folder: string; seq: number }): string =>
  `This is a branch of the case in ${folder}: it was packed at entry ${seq} of its log. What was entered there since is not in it.`;

/**
 * Rows that a killed process left are sealed before anything else is done: perhaps no scan ever
 * takes up what it had begun.
 */
async function sealWhatWasLeft(handle: WritableCase): Promise<void> {
  try {
    await sealUnsealedRows(handle);
  } catch {
    // A disk that takes no seal now: the case opens all the same, and is sealed at the next scan or
    // the next time.
  }
}
