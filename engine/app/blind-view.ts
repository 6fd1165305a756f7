// What whoever reviews blind is shown of the log and of the jobs: never what others said or marked
// before they have said their own, nor which results somebody chose to work on. What was chosen, and
// already how many, tells of the machine's leaning.
import type { EvidenceId, FaceId, JobId, TrackId, VerdictId } from '../../contract/brand.ts';
import type { AuditEntry } from '../../contract/case.ts';
import { isSameName } from '../../contract/examiner-name.ts';
import { GROUP_ACTIONS } from '../../contract/face-groups.ts';
import type { Job, JobEvent } from '../../contract/job.ts';
import { hidesFrom, hidesTrack } from '../case/grid/finding.ts';
import { askedSecond } from '../case/grid/model-shown.ts';
import { decidedVerdicts, type Mask } from '../case/grid/row-bitmap.ts';
import { findJob, NOTHING_YET } from '../case/rows/job.ts';
import { OPINION_ACTIONS } from '../case/rows/opinion.ts';
import { TAGGING_ACTIONS } from '../case/rows/tag.ts';
import type { CurrentCase } from './current-case.ts';

const UNTIL_DECIDED = 'until you have given your own opinion on its subject';
const UNTIL_ALL_DECIDED = 'until you have given your own opinion on its subjects, or left blind review';
const UNTIL_LEFT = 'until you have left blind review';

/** Results that the viewer has decided, and whether a model was asked second. */
type Known = { decided: Mask; someSecond: boolean };

/**
 * Entries of the log as whoever sits at the case may see them. Ask once for a list: while one is read
 * from the database nothing that is cached can be asked of it.
 */
export function entriesAsSeen(currentCase: CurrentCase): (entry: AuditEntry) => AuditEntry {
  const { handle } = currentCase.opened;
  const { viewer } = currentCase;
  if (!viewer.blind) return (entry) => entry;
  const known: Known = {
    decided: decidedVerdicts(handle.db, viewer.examinerId),
    someSecond: askedSecond(handle).size > 0,
  };
  return (entry) => entryAsSeen(currentCase, known, entry);
}

function entryAsSeen(currentCase: CurrentCase, known: Known, entry: AuditEntry): AuditEntry {
  if (isOwn(currentCase, entry.who)) return withoutRows(known, entry);
  if (isOneOf(OPINION_ACTIONS, entry)) return opinionAsSeen(currentCase, entry);
  if (isOneOf(TAGGING_ACTIONS, entry))
    return entry.details.evidenceId !== undefined && !hidesSubject(currentCase, entry)
      ? entry
      : hiding({ ...entry, action: 'tag.added' }, UNTIL_ALL_DECIDED);
  if (isOneOf(OF_PICKED, entry)) return hiding(entry, UNTIL_LEFT);
  if (isOneOf(OF_GROUPS, entry)) return hiding({ ...entry, action: 'group.named' }, UNTIL_LEFT);
  return hidesJobOf(currentCase, known, entry) ? hiding(entry, UNTIL_ALL_DECIDED) : withoutRows(known, entry);
}

/** Whoever copied originals out, or looked for a face or a picture, picked which. */
const OF_PICKED = ['evidence.copiedOut', 'persons.searched', 'copies.searched'];

/** What became of groups of faces: which and how many tells of the other's work. */
const OF_GROUPS: readonly string[] = GROUP_ACTIONS.filter((action) => action !== 'group.proposed');

const isOneOf = (actions: readonly string[], { action }: AuditEntry): boolean => actions.includes(action);

/** What nobody's name stands under is nobody's own. */
const isOwn = ({ who }: CurrentCase, name: string): boolean => who !== '' && isSameName(name, who);

const hiding = (entry: AuditEntry, hidden: string): AuditEntry => ({
  ...entry,
  who: '',
  subject: '',
  details: { hidden },
});

function hidesSubject({ opened: { handle }, viewer }: CurrentCase, { details }: AuditEntry): boolean {
  const { evidenceId, faceId, trackId } = details as {
    evidenceId: EvidenceId;
    faceId: FaceId | null;
    trackId?: TrackId;
  };
  return trackId ? hidesTrack(handle, viewer, evidenceId, trackId) : hidesFrom(handle, viewer, evidenceId, faceId);
}

/** Which of the actions it was is hidden as well. */
const opinionAsSeen = (currentCase: CurrentCase, entry: AuditEntry): AuditEntry =>
  hidesSubject(currentCase, entry) ? hiding({ ...entry, action: 'opinion.given' }, UNTIL_DECIDED) : entry;

const OF_CHOSEN: readonly string[] = ['rerun', 'stability'] satisfies Job['kind'][];

/** True for an entry of a job on chosen results that the viewer may not know of. */
function hidesJobOf({ opened: { handle } }: CurrentCase, { decided }: Known, { action, details }: AuditEntry): boolean {
  const [about = ''] = action.split('.');
  if (about !== 'job' && !OF_CHOSEN.includes(about)) return false;
  const job = findJob(handle, Number(details.jobId) as JobId);
  return job ? isOfUndecided(job, decided) : about !== 'job';
}

/** True of a job on chosen results of which one is not decided. A rerun of all chooses none. */
function isOfUndecided({ kind, input }: Job, decided: Mask): boolean {
  if (!OF_CHOSEN.includes(kind) || input.ofAll === true) return false;
  const chosen = Array.isArray(input.verdictIds) ? (input.verdictIds as VerdictId[]) : [];
  return chosen.length === 0 || chosen.some((id) => decided[id] !== 1);
}

/** Of what a seal says of a scan's rows. */
const ROWS_OF_SCAN = ['sealed', 'before', 'videos', 'lastFilm'];

/**
 * How many results and walks through films a scan gave tells, where a model was asked about some of
 * the files, of how many the first was sure; of a scan of one file it tells of that one.
 */
function withoutRows({ someSecond }: Known, entry: AuditEntry): AuditEntry {
  if (!someSecond || !/^(scan|record|job)\./.test(entry.action)) return entry;
  if (!ROWS_OF_SCAN.some((name) => entry.details[name] !== undefined)) return entry;
  const shown = Object.entries(entry.details).filter(([name]) => !ROWS_OF_SCAN.includes(name));
  return { ...entry, details: { ...Object.fromEntries(shown), rows: `hidden ${UNTIL_LEFT}` } };
}

/** True in blind review of a job that another began, on results that are not all decided. */
export function isOfAnother(currentCase: CurrentCase, job: Job): boolean {
  const { opened, viewer } = currentCase;
  if (!viewer.blind || isOwn(currentCase, String(job.input.who ?? ''))) return false;
  return isOfUndecided(job, decidedVerdicts(opened.handle.db, viewer.examinerId));
}

/** A job as whoever sits at the case may see it: that it is under way, not on what, nor on how many. */
export function jobAsSeen(currentCase: CurrentCase, job: Job): Job {
  const { opened, viewer } = currentCase;
  // The numbers of all results are also those of a model that was asked second.
  if (viewer.blind && job.input.ofAll === true && askedSecond(opened.handle).size > 0)
    return { ...job, input: { ...job.input, verdictIds: [] } };
  if (!isOfAnother(currentCase, job)) return job;
  return { ...job, input: {}, progress: NOTHING_YET, error: job.error === null ? null : `Hidden ${UNTIL_LEFT}.` };
}

/** Jobs as they change, of the case that is open when it is asked for. */
export async function* jobsAsSeen(
  currentCase: CurrentCase,
  events: AsyncIterable<JobEvent>,
): AsyncGenerator<JobEvent, void, undefined> {
  const { handle } = currentCase.opened;
  for await (const event of events) {
    // Another case is open by now: whose results these are it cannot be asked.
    if (!currentCase.isOpen || currentCase.opened.handle.db !== handle.db) return;
    const job = jobAsSeen(currentCase, event.job);
    yield job === event.job ? event : { job, problem: null };
  }
}
