// What a row of the log says was done, without being opened. What blind review hides comes hidden
// from the engine.
import type { AuditEntry } from '../../../contract/case.ts';
import { GROUP_ACTION_WORDS } from '../../../contract/face-groups-words.ts';
import { type Conclusion, conclusionSchema } from '../../../contract/opinion.ts';
import { CONCLUSION_WORDS } from '../../../contract/wording.ts';
import { conclusionName, countText } from '../../wording.ts';

const ACTION_WORDS: Readonly<Record<string, string>> = {
  'case.created': 'Case created',
  'case.opened': 'Case opened',
  'case.closed': 'Case closed',
  'examiner.added': 'Examiner added',
  'examiner.unnamed': 'Results looked at before a name was taken',
  'examiner.mistaken': 'Name entered by mistake',
  'session.set': 'Examiner or blind review set',
  'evidence.added': 'File added',
  'scan.started': 'Scan started',
  'scan.finished': 'Scan finished',
  'scan.ended': 'Scan ended early',
  'record.sealed': 'Rows of an interrupted scan sealed',
  'record.differs': 'States of files found changed',
  'record.wentBack': 'Log found cut short or replaced',
  'record.anchored': 'Newest entry signed',
  'scan.resumed': 'Scan taken up again',
  'job.cancelled': 'Job not continued',
  'job.failed': 'Job failed',
  'provenance.examined': 'Structure and content credentials examined',
  'rerun.ended': 'Rerun ended early',
  'files.swept': 'Unfinished files of an interrupted process removed',
  'case.unpacked': 'Unpacked from a portable case',
  'case.restored': 'Brought back from a backup',
  'case.backupFailed': 'Backup failed',
  'model.kept': 'Model and card recorded',
  'evidence.readable': 'File can be read now',
  'evidence.restated': 'A later look found another state of a file',
  'evidence.relocated': 'Evidence that moved told to the case',
  'case.configured': 'Setting of the case changed',
  'report.exported': 'Report exported',
  'case.verified': 'Case verified',
  'case.packed': 'Portable case written',
  'evidence.copiedOut': 'Originals copied out',
  'faces.extracted': 'Faces written out with what was concluded',
  'rerun.started': 'Rerun started',
  'rerun.finished': 'Verdicts repeated and compared',
  'stability.started': 'Stability: started',
  'stability.finished': 'Stability of verdicts measured',
  'stability.ended': 'Stability ended early',
  'persons.on': 'Comparing faces switched on',
  'persons.started': 'Embeddings of faces: started',
  'persons.measured': 'Embeddings of faces made so far',
  'persons.finished': 'Embeddings of faces made',
  'persons.searched': 'A face was looked for',
  'persons.erased': 'Embeddings and groups of faces erased, comparing switched off',
  'copies.started': 'Hashes of pictures: started',
  'copies.made': 'Hashes of pictures made so far',
  'copies.finished': 'Hashes of pictures made',
  'copies.searched': 'Near copies of a picture looked for',
  ...GROUP_ACTION_WORDS,
};

const conclusionFrom = (value: unknown): Conclusion | undefined => conclusionSchema.safeParse(value).data;

/** `was forged`, where something stood before. */
function wasWords(details: AuditEntry['details']): string {
  const ofTrack = conclusionFrom(details.fromTrack);
  if (ofTrack) return ` (was ${CONCLUSION_WORDS[ofTrack]}, by the opinion on its track)`;
  const from = conclusionFrom(details.from);
  return from && from !== 'withdrawn' ? ` (was ${CONCLUSION_WORDS[from]})` : '';
}

/** `, one of 12 at once`, where it was entered of several together. */
const togetherWords = ({ together }: AuditEntry['details']): string =>
  typeof together === 'number' && together > 1 ? `, one of ${together} at once` : '';

function opinionWords({ action, details }: AuditEntry): string {
  if (details.hidden !== undefined) return 'Opinion of another examiner, hidden';
  const to = conclusionFrom(details.to);
  const on = details.trackId === undefined ? '' : ' on a track';
  if (action === 'opinion.undone') {
    const now = to === 'withdrawn' ? 'none stands' : `${to && CONCLUSION_WORDS[to]} again`;
    return `Opinion${on} undone: ${now}${wasWords(details)}`;
  }
  if (to === 'note') return `Note${on}`;
  // Logs of before call a withdrawal an opinion given.
  if (to === 'withdrawn') return `Opinion${on} withdrawn${wasWords(details)}`;
  return `Opinion${on}: ${to ? conclusionName(to).toLowerCase() : 'unknown'}${wasWords(details)}`;
}

const resultsWords = (n: unknown): string => countText(Number(n), 'result', 'results');

function tagWords({ action, details }: AuditEntry): string {
  if (details.hidden !== undefined) return 'Tag of another examiner, hidden';
  if (action === 'tag.defined') return details.from === null ? 'Tag made' : 'Colour or key of a tag changed';
  const [on, off] = ['put on', 'taken off'].map((words) => `${words} ${resultsWords(details.subjects)}`);
  return `Tag ${action === 'tag.undone' ? 'undone: ' : ''}${details.on ? on : off}`;
}

/** Of what blind review hides, beside opinions and tags: that another did it, or nobody who gave a name. */
const HIDDEN_WORDS: Readonly<Record<string, string>> = {
  stability: 'Stability measured by somebody else, hidden',
  rerun: 'Verdicts repeated by somebody else, hidden',
  job: 'Work of somebody else ended, hidden',
  evidence: 'Originals copied out by somebody else, hidden',
  persons: 'A face looked for by somebody else, hidden',
  group: 'Work of somebody else on groups of faces, hidden',
  copies: 'A picture looked for by somebody else, hidden',
};

/** One line for a row of the log. */
export function entryWords(entry: AuditEntry): string {
  const { action, details } = entry;
  const hidden = details.hidden === undefined ? undefined : HIDDEN_WORDS[action.split('.')[0]!];
  if (hidden) return hidden;
  if (action.startsWith('opinion.')) return `${opinionWords(entry)}${togetherWords(details)}`;
  if (action.startsWith('tag.')) return tagWords(entry);
  if (action === 'examiner.chosen') return `Examiner chosen, ${details.blind ? 'blind' : 'open'} review`;
  if (action === 'blind.on') return 'Blind review switched on';
  if (action === 'blind.off')
    return `Blind review switched off, ${countText(Number(details.facesRevealed), 'face', 'faces')} revealed`;
  return ACTION_WORDS[action] ?? action;
}
