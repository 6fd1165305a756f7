// What an entry of the log holds, with names people read instead of the program's own.
import { visibleText } from '../../../contract/visible-text.ts';
import type { Fact } from '../../parts/facts.tsx';
import { countText } from '../../wording.ts';

const NAMES: Readonly<Record<string, string>> = {
  about: 'About',
  auditEntries: 'Log entries',
  backup: 'Backup',
  blind: 'Blind review',
  cardSha256: 'Model card, SHA-256',
  contentSha256: 'Content, SHA-256',
  before: 'Records before',
  evidence: 'Evidence',
  verdict: 'Results',
  face: 'Faces',
  evidenceBefore: 'Files sealed before',
  evidenceId: 'File number',
  evidenceSha256: 'Seal over files, SHA-256',
  faceId: 'Face number',
  facesRevealed: 'Faces revealed',
  fileSha256: 'File, SHA-256',
  finderSha256: 'Face finder, SHA-256',
  jobId: 'Scan number',
  minimumFacePx: 'Smallest face scored, px',
  fromTrack: 'From, on its track',
  furtherModelIds: 'Further models, SHA-256',
  modelId: 'Model, SHA-256',
  operatingPoints: 'Operating points',
  copied: 'Copied',
  left: 'Left out',
  manifestSha256: 'Manifest, SHA-256',
  opinionId: 'Opinion number',
  reasonRule: 'When reasons are asked for',
  secondLook: 'Second look at files',
  secondReview: 'Second review',
  setAside: 'Damaged database kept as',
  sha256: 'SHA-256',
  on: 'Put on',
  subjects: 'Results',
  tagId: 'Tag number',
  timeStampedBy: 'Time-stamped by',
  together: 'Entered at once',
  trackId: 'Track number',
  upToEvidence: 'Sealed up to file',
  upToVerdict: 'Sealed up to result',
  validationSha256: 'Validation record, SHA-256',
  withoutUndecided: 'Without what was not yet decided, in blind review',
  verdictsBefore: 'Results sealed before',
  verdictsSha256: 'Seal over results, SHA-256',
};

/** `secondReview` as `Second review`, where it has no better name. */
export function nameOfDetail(name: string): string {
  const known = NAMES[name];
  if (known) return known;
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Never JSON: lists are counted or set out, a yes is a yes. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.length === 0
      ? 'none'
      : value.length > 20
        ? countText(value.length, 'item', 'items')
        : value.map(valueWords).join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, inner]) => `${nameOfDetail(name).toLowerCase()} ${valueWords(inner)}`)
      .join(', ');
  return plainProblem(String(value));
}

export const detailFacts = (details: Record<string, unknown>): Fact[] =>
  Object.entries(details).map(([name, value]) => [nameOfDetail(name), valueWords(value)]);

const SYSTEM_WORDS: readonly [RegExp, string][] = [
  [/\bENOENT: no such file or directory,?( \w+)?/g, 'It is not there:'],
  [/\b(EACCES|EPERM): [^,]*,?( \w+)?/g, 'Reading it is not permitted:'],
  [/\bENOTDIR: [^,]*,?( \w+)?/g, 'Its folder is not there:'],
  [/\bEIO: [^,]*,?( \w+)?/g, 'The disk failed while it was read:'],
];

/** What the system said, in words: names of its error codes are for programmers. */
export function plainProblem(text: string): string {
  const plain = SYSTEM_WORDS.reduce((now, [code, words]) => now.replace(code, words), text);
  return visibleText(plain);
}
