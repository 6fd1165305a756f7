import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../contract/case.ts';
import { entryWords } from './entry-words.ts';

const words = (action: string, details: AuditEntry['details'] = {}): string =>
  entryWords({ action, details } as AuditEntry);

test('a row says what was concluded, and what stood before', () => {
  expect(words('opinion.given', { from: null, to: 'forged' })).toBe('Opinion: forged');
  expect(words('opinion.given', { from: 'genuine', to: 'forged' })).toBe('Opinion: forged (was genuine)');
  expect(words('opinion.given', { from: null, to: 'notAFace' })).toBe('Opinion: not a face');
  expect(words('opinion.given', { from: null, to: 'forged', trackId: 3 })).toBe('Opinion on a track: forged');
  expect(words('opinion.withdrawn', { from: 'forged', to: 'withdrawn' })).toBe('Opinion withdrawn (was forged)');
  expect(words('opinion.undone', { from: 'forged', to: 'genuine' })).toBe('Opinion undone: genuine again (was forged)');
  expect(words('opinion.undone', { from: 'forged', to: 'withdrawn' })).toBe('Opinion undone: none stands (was forged)');
  expect(words('opinion.given', { from: 'withdrawn', to: 'notAFace', fromTrack: 'forged' })).toBe(
    'Opinion: not a face (was forged, by the opinion on its track)',
  );
  expect(words('opinion.noted', { from: 'forged', to: 'note' })).toBe('Note');
});

test('an opinion that was given of several faces at once says so', () => {
  expect(words('opinion.given', { from: null, to: 'forged', together: 12 })).toBe('Opinion: forged, one of 12 at once');
  expect(words('opinion.given', { from: null, to: 'forged', together: 1 })).toBe('Opinion: forged');
});

test('a log of before says a withdrawal as one', () => {
  expect(words('opinion.given', { from: 'forged', to: 'withdrawn' })).toBe('Opinion withdrawn (was forged)');
});

test('what is hidden is not told, not even which kind of entry it is', () => {
  expect(words('opinion.given', { evidenceId: 1, hidden: 'until' })).toBe('Opinion of another examiner, hidden');
});

test('of work on chosen results that blind review hides the row says that another did it', () => {
  expect(words('stability.finished', { hidden: 'until' })).toBe('Stability measured by somebody else, hidden');
  expect(words('rerun.started', { hidden: 'until' })).toBe('Verdicts repeated by somebody else, hidden');
  expect(words('job.failed', { hidden: 'until' })).toBe('Work of somebody else ended, hidden');
  expect(words('evidence.copiedOut', { hidden: 'until' })).toBe('Originals copied out by somebody else, hidden');
  expect(words('persons.searched', { hidden: 'until' })).toBe('A face looked for by somebody else, hidden');
  expect(words('group.named', { hidden: 'until' })).toBe('Work of somebody else on groups of faces, hidden');
  expect(words('group.named', { group: 3 })).toBe('A group of faces named');
});

test('a tag says how many results it was put on or taken off at once', () => {
  expect(words('tag.defined', { from: null })).toBe('Tag made');
  expect(words('tag.defined', { from: { colour: 'blue', key: null } })).toBe('Colour or key of a tag changed');
  expect(words('tag.added', { on: true, subjects: 1200 })).toBe('Tag put on 1,200 results');
  expect(words('tag.removed', { on: false, subjects: 1 })).toBe('Tag taken off 1 result');
  expect(words('tag.undone', { on: false, subjects: 3 })).toBe('Tag undone: taken off 3 results');
  expect(words('tag.added', { hidden: 'until' })).toBe('Tag of another examiner, hidden');
});

test('blind review says that it was left, and what that showed', () => {
  expect(words('blind.off', { facesRevealed: 400 })).toBe('Blind review switched off, 400 faces revealed');
  expect(words('blind.off', { facesRevealed: 1 })).toBe('Blind review switched off, 1 face revealed');
});
