// What may be entered as an opinion, what stands afterwards, and what the log says of it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { EvidenceId, ExaminerId, FaceId, ModelId, TrackId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import type { RecceError } from '../../../contract/errors.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import type { Sampling } from '../../../contract/video.ts';
import { recordProblems } from '../custody/record-check.ts';
import { query } from '../db/case-database.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { MIGRATIONS } from '../db/migrations.ts';
import { readAgreement } from '../grid/agreement.ts';
import { queryFindings } from '../grid/finding.ts';
import { countFindings } from '../grid/finding-counts.ts';
import { countNoFaces } from '../grid/row-bitmap.ts';
import { appendAudit, listAudit } from '../log/audit.ts';
import { appendAuditWithRows } from '../log/segment.ts';
import { closeCase, createCase, openCase, readCase } from '../open-case.ts';
import { addFile } from '../testing/case-material.ts';
import { addFilm, scanFilm } from '../testing/film-material.ts';
import { fillGrid } from '../testing/grid-material.ts';
import { writeOlderCase } from '../testing/older-case.ts';
import {
  addExaminer,
  entriesByPerson,
  examinersWithOpinions,
  listExaminers,
  markMistaken,
  otherSpellings,
} from './examiner.ts';
import { lastOpenLook } from './last-open-look.ts';
import {
  allOpinions,
  countStanding,
  findOpinion,
  type Given,
  giveOpinion,
  lastReasons,
  opinionsOf,
  undoOpinion,
} from './opinion.ts';
import { allVerdicts } from './verdict.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-opinion-'));
let opened: WritableCase;
let first: Examiner;
let second: Examiner;
let face: { evidenceId: EvidenceId; faceId: FaceId };
let made = 0;

beforeEach(() => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = () => {
    now += 1000;
    return new Date(now).toISOString();
  };
  opened = createCase(path.join(root, String(made++)), { title: 'O', reference: '', demonstration: false }, clock);
  [first, second] = ['First', 'Second'].map((name) => addExaminer(opened, name)) as [Examiner, Examiner];
  addFile(opened, 'a.jpg', [0.9, 0.1]);
  const { evidenceId, faceId } = allVerdicts(opened)[0]!;
  face = { evidenceId, faceId: faceId! };
  return () => closeCase(opened);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const give = (conclusion: Conclusion, more: Partial<Given> = {}, who = first) =>
  giveOpinion(opened, who, { ...face, conclusion, blind: false, ...more });
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'entered';
  } catch (error) {
    return (error as RecceError).code;
  }
};
const log = () =>
  listAudit(opened, { limit: 100 })
    .filter(({ action }) => action.startsWith('opinion.'))
    .map(({ action, who, details }) => [action, who, details.from, details.to]);

/** What is wrong with a case, but that no scan made the rows of these fixtures and set their states. */
const problemsOf = (opened: WritableCase) =>
  recordProblems(opened).filter(({ kind, subject }) => kind !== 'rowsUnaccounted' && !/^state of file/.test(subject));

test('a withdrawal is entered only where an opinion of this examiner stands, and the log names it as one', () => {
  expect(codeOf(() => give('withdrawn'))).toBe('OPINION_REFUSED');
  give('forged');
  expect(codeOf(() => give('withdrawn', {}, second))).toBe('OPINION_REFUSED');
  expect(give('withdrawn').before?.conclusion).toBe('forged');
  expect(codeOf(() => give('withdrawn'))).toBe('OPINION_REFUSED');
  expect(log()).toEqual([
    ['opinion.withdrawn', 'First', 'forged', 'withdrawn'],
    ['opinion.given', 'First', null, 'forged'],
  ]);
  expect(problemsOf(opened)).toEqual([]);
});

test('an opinion is answered with what it took the place of, and one that says the same again is not entered twice', () => {
  expect(give('forged', { note: 'The ear is doubled.' })).toMatchObject({ before: null, entered: true });
  expect(give('forged')).toMatchObject({ entered: false, opinion: { note: 'The ear is doubled.' } });
  expect(give('forged', { note: 'And the teeth.' })).toMatchObject({ entered: true });
  expect(give('genuine')).toMatchObject({ before: { conclusion: 'forged', note: 'And the teeth.' } });
  expect(opinionsOf(opened, face)).toHaveLength(3);
  expect(readCase(opened).counts.opinions).toBe(1);
  expect(lastReasons(opened, first.id, 5)).toEqual(['And the teeth.', 'The ear is doubled.']);
});

test('a file without a face takes a note and no opinion; a note leaves what stands', () => {
  addFile(opened, 'notes.txt', []);
  const evidenceId = allVerdicts(opened).at(-1)!.evidenceId;
  const file = { evidenceId, faceId: null };
  for (const conclusion of ['genuine', 'forged', 'inconclusive', 'notAFace'] as const)
    expect(codeOf(() => give(conclusion, file))).toBe('OPINION_REFUSED');
  expect(codeOf(() => give('note', { ...file, note: ' ' }))).toBe('OPINION_REFUSED');
  give('note', { ...file, note: 'A face turned away was missed.' });
  give('forged');
  give('note', { note: 'Seen at twice the size.' });
  expect(countStanding(opened)).toBe(1);
  expect(give('genuine').before?.conclusion).toBe('forged');
  expect(problemsOf(opened)).toEqual([]);
});

test('undoing enters what the same examiner said before, and only while that is their last word', () => {
  const one = give('forged', { note: 'The ear is doubled.' });
  const two = give('genuine');
  give('inconclusive', {}, second);
  expect(codeOf(() => undoOpinion(opened, second, two.opinion))).toBe('OPINION_REFUSED');
  expect(codeOf(() => undoOpinion(opened, first, one.opinion))).toBe('OPINION_REFUSED');
  const undone = undoOpinion(opened, first, { id: two.opinion.id });
  expect(undone.opinion).toMatchObject({ conclusion: 'forged', note: 'The ear is doubled.' });
  expect(undone.before?.conclusion).toBe('genuine');
  expect(log()[0]).toEqual(['opinion.undone', 'First', 'genuine', 'forged']);
  expect(problemsOf(opened)).toEqual([]);
});

test('what was said blind is changed, taken back or undone only with a reason, and what is then said is not blind', () => {
  const given = give('genuine', { blind: true });
  expect(given.opinion.blind).toBe(true);
  for (const act of [
    () => give('forged'),
    () => give('forged', { blind: true }),
    () => give('withdrawn'),
    () => undoOpinion(opened, first, given.opinion),
    () => give('forged', { note: 'too short' }),
  ])
    expect(codeOf(act)).toBe('REASON_NEEDED');
  expect(give('withdrawn', { note: 'Given on the wrong face.' }).opinion.blind).toBe(false);
  expect(give('forged', { note: 'The ear is doubled.', blind: true }).opinion.blind).toBe(false);
});

test('an opinion is not blind on what its giver could see in an open sitting before, and is on what came after', () => {
  const enter = (who: Examiner, action: string, details = {}) =>
    appendAudit(opened, { who: who.name, action, subject: who.name, details });
  const blindOn = (name: string, who: Examiner) => {
    addFile(opened, name, [0.9]);
    const { evidenceId, faceId } = allVerdicts(opened).at(-1)!;
    return () => give('forged', { evidenceId, faceId, blind: true }, who).opinion.blind;
  };
  enter(first, 'examiner.chosen', { blind: true });
  const [one, two] = [blindOn('1.jpg', first), blindOn('2.jpg', first)];
  const third = blindOn('3.jpg', second);
  expect(one()).toBe(true);
  enter(first, 'blind.off', { facesRevealed: 2 });
  enter(first, 'blind.on');
  expect(two()).toBe(false);
  expect(blindOn('4.jpg', first)()).toBe(true);
  enter(second, 'examiner.chosen', { blind: true });
  expect(third()).toBe(true);
  const whole = { evidenceId: face.evidenceId, faceId: null };
  expect(give('forged', { ...whole, blind: true }).opinion.blind).toBe(false);
  const fifth = blindOn('5.jpg', second);
  enter(second, 'examiner.chosen', { blind: false });
  enter(first, 'examiner.chosen', { blind: true });
  enter(second, 'examiner.chosen', { blind: true });
  expect(fifth()).toBe(false);
});

test('who wrote a report in blind review has had every score of that time in hand', () => {
  const enter = (action: string, details = {}) =>
    appendAudit(opened, { who: first.name, action, subject: 'report.csv', details });
  enter('examiner.chosen', { blind: true });
  enter('report.exported', { format: 'csv' });
  expect(give('forged', { blind: true }).opinion.blind).toBe(false);
  addFile(opened, 'later.jpg', [0.9]);
  const { evidenceId, faceId } = allVerdicts(opened).at(-1)!;
  expect(give('forged', { evidenceId, faceId, blind: true }).opinion.blind).toBe(true);
});

test('who made the case and switches blind review on has looked at what was there by then', () => {
  appendAudit(opened, { who: first.name, action: 'blind.on', subject: first.name, details: {} });
  expect(give('forged', { blind: true }).opinion.blind).toBe(false);
  expect(give('forged', { blind: true }, second).opinion.blind).toBe(true);
});

test('a face that an examiner calls none leaves lists and counts, unless somebody says otherwise, and can be asked for', () => {
  const viewer = { examinerId: first.id, blind: false };
  const ask = (filter: Parameters<typeof countFindings>[2], who = viewer) =>
    queryFindings(opened, who, { filter, sort: { by: 'added', direction: 'ascending' }, offset: 0, limit: 10 });
  give('notAFace');
  expect(ask({}).rows.map(({ faceId }) => faceId)).not.toContain(face.faceId);
  expect(ask({}).total).toBe(1);
  expect(countFindings(opened, viewer, {}).byKind).toEqual({ scored: 1 });
  expect(countNoFaces(opened, viewer)).toBe(1);
  expect(ask({ ownConclusions: ['notAFace'] }).rows).toMatchObject([
    { faceId: face.faceId, ownConclusion: 'notAFace' },
  ]);
  // In blind mode another's word is not heard: it would tell that there is one.
  expect(ask({}, { examinerId: second.id, blind: true }).total).toBe(2);
  expect(countNoFaces(opened, { examinerId: second.id, blind: true })).toBe(0);
  give('genuine', {}, second);
  expect(ask({}).total).toBe(2);
});

test('an opinion on a track holds for its faces that have none of their own, and counts once', () => {
  const full = createCase(path.join(root, 'full'), { title: 'F', reference: '', demonstration: false });
  fillGrid(full);
  const who = addExaminer(full, 'Third');
  const [track] = full.db.raw
    .prepare('SELECT t.id, s.evidence_id FROM track t JOIN video_scan s ON s.id = t.video_scan_id LIMIT 1')
    .all() as { id: TrackId; evidence_id: EvidenceId }[];
  const faces = full.db.raw
    .prepare('SELECT face_id FROM track_face WHERE track_id = ? ORDER BY face_id')
    .pluck()
    .all(track!.id) as FaceId[];
  const evidenceId = track!.evidence_id;
  const standing = () =>
    full.db.raw
      .prepare('SELECT conclusion FROM current_opinion WHERE examiner_id = ? ORDER BY face_id')
      .pluck()
      .all(who.id);
  const before = countStanding(full);
  const on = (faceId: FaceId | null, trackId: TrackId | null, conclusion: Conclusion) =>
    giveOpinion(full, who, { evidenceId, faceId, trackId, conclusion, blind: false });
  on(faces[0]!, null, 'genuine');
  on(null, track!.id, 'forged');
  expect(standing()).toEqual(['genuine', ...faces.slice(1).map(() => 'forged')]);
  expect(countStanding(full)).toBe(before + 2);
  expect(opinionsOf(full, { evidenceId, faceId: faces[1]! }).at(-1)).toMatchObject({ trackId: track!.id });
  const { opinions } = readAgreement(full, { examinerId: null, blind: false });
  expect(opinions).toBe(countStanding(full));
  on(null, track!.id, 'withdrawn');
  expect(standing()).toEqual(['genuine', ...faces.slice(1).map(() => 'withdrawn')]);
  expect(codeOf(() => on(null, 99_999 as TrackId, 'forged'))).toBe('NOT_FOUND');
  expect(problemsOf(full)).toEqual([]);
  closeCase(full);
});

/** A film whose one face is followed by a scan of each of these models, over these frames. */
function film(...scans: { model: string; frames: number[] }[]) {
  const evidenceId = addFilm(opened, 'film.mp4');
  const { outcome } = allVerdicts(opened)[0]!;
  const sampling = (frames: number[]): Sampling =>
    frames.length === 4 ? { kind: 'everyFrame' } : { kind: 'byTime', framesPerSecond: 2, sceneChanges: false };
  const tracks = scans.map(
    ({ model, frames }) =>
      scanFilm(opened, evidenceId, frames, {
        sampling: sampling(frames),
        outcome,
        modelId: model.repeat(64) as ModelId,
      }).trackIds[0]!,
  );
  const faces = opened.db.raw
    .prepare('SELECT id FROM face WHERE evidence_id = ? ORDER BY frame_index')
    .pluck()
    .all(evidenceId) as FaceId[];
  return {
    faces,
    onTrack: (n: number) => ({ evidenceId, faceId: null, trackId: tracks[n]! }),
    onFace: (n: number) => ({ evidenceId, faceId: faces[n]! }),
  };
}

const everybody = () => readAgreement(opened, { examinerId: null, blind: false });
const heldBy = (who: Examiner) =>
  opened.db.raw
    .prepare('SELECT conclusion FROM current_opinion WHERE examiner_id = ? AND face_id > 0 ORDER BY face_id')
    .pluck()
    .all(who.id);

test('a track is its faces: an opinion on it is one, and is reviewed, under whichever model it was followed', () => {
  const frames = [0, 1, 2, 3];
  const { onTrack } = film({ model: 'a', frames }, { model: 'b', frames });
  give('forged', onTrack(0));
  expect(give('forged', onTrack(1)).entered).toBe(false);
  expect(countStanding(opened)).toBe(1);
  expect(give('genuine', onTrack(1), second).opinion.secondReview).toBe(true);
  expect(opinionsOf(opened, onTrack(0)).map(({ conclusion }) => conclusion)).toEqual(['forged', 'genuine']);
  expect(everybody()).toMatchObject({ subjects: 1, reviewed: 1, opinions: 2, pairs: [{ both: 1, same: 0 }] });
  expect(everybody().disagreements).toMatchObject([
    { conclusions: [{ examiner: 'First', onTrack: true }, { examiner: 'Second' }] },
  ]);
  // What is taken back under the other model is taken back.
  give('withdrawn', onTrack(1));
  expect([countStanding(opened), everybody().opinions]).toEqual([1, 1]);
  expect(problemsOf(opened)).toEqual([]);
});

test('an opinion on a track and one on a face of it are two statements on one head, compared where they meet', () => {
  const { onTrack, onFace } = film({ model: 'a', frames: [0, 1, 2, 3] });
  give('forged', onTrack(0));
  give('genuine', onFace(0));
  expect(everybody()).toMatchObject({ subjects: 1, reviewed: 0, opinions: 2 });
  expect(give('genuine', onFace(0), second).opinion.secondReview).toBe(true);
  expect(everybody()).toMatchObject({ subjects: 1, reviewed: 1, opinions: 3, pairs: [{ both: 1, same: 1 }] });
  give('genuine', onTrack(0), second);
  expect(everybody()).toMatchObject({ subjects: 1, opinions: 4, pairs: [{ both: 2, same: 1 }] });
  expect(everybody().opinions).toBe(countStanding(opened));
});

test('tracks of scans that share a face are one head; what was said of frames that only one has stands there', () => {
  const { onTrack } = film({ model: 'a', frames: [0, 1, 2, 3] }, { model: 'b', frames: [0, 2] });
  give('forged', onTrack(0));
  give('genuine', onTrack(1));
  expect(heldBy(first)).toEqual(['genuine', 'forged', 'genuine', 'forged']);
  expect(everybody()).toMatchObject({ subjects: 1, opinions: 2, reviewed: 0 });
  give('forged', onTrack(1), second);
  expect(everybody()).toMatchObject({ subjects: 1, opinions: 3, reviewed: 1, pairs: [{ both: 1, same: 0 }] });
});

test('an opinion on a face that is undone or withdrawn lets one’s own on its track hold there again', () => {
  const { onTrack, onFace } = film({ model: 'a', frames: [0, 1, 2, 3] }, { model: 'b', frames: [0, 2] });
  give('forged', onTrack(0));
  const onOne = give('genuine', onFace(0));
  expect(heldBy(first)).toEqual(['genuine', 'forged', 'forged', 'forged']);
  undoOpinion(opened, first, { id: onOne.opinion.id });
  expect(heldBy(first)).toEqual(['forged', 'forged', 'forged', 'forged']);
  give('genuine', onFace(1));
  give('withdrawn', onFace(1));
  expect(heldBy(first)).toEqual(['forged', 'forged', 'forged', 'forged']);
  // As on a track of another scan of the same face.
  give('genuine', onTrack(1));
  give('withdrawn', onTrack(1));
  expect(heldBy(first)).toEqual(['forged', 'forged', 'forged', 'forged']);
  expect(countStanding(opened)).toBe(1);
  expect(problemsOf(opened)).toEqual([]);
});

/** An examiner of a case made before names were compared. */
function addSpelling(name: string): Examiner {
  const { id } = opened.db.run(query.insertInto('examiner').values({ name, added_at: opened.clock() }));
  appendAuditWithRows(opened, { who: name, action: 'examiner.added', subject: name, details: {} }, 'examiner', id);
  return { ...first, id: id as ExaminerId, name };
}

/** The case as a version before wrote it, opened anew. */
function reopenFromOlder(): void {
  const folder = path.join(root, `older-${made++}`);
  const { folder: from, clock } = opened;
  closeCase(opened);
  writeOlderCase(from, folder, BEFORE_PERSONS);
  opened = openCase(folder, clock);
}
const BEFORE_PERSONS = MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE same_person'));

test('spellings of one name in a case made before are one person: counts, agreement, review, choice; no row is changed', () => {
  const [capitals, hidden] = [addSpelling(' FIRST'), addSpelling('Fi\u200brst')];
  give('forged');
  give('genuine', { note: 'Seen again at twice the size.' }, capitals);
  give('inconclusive', {}, second);
  appendAudit(opened, { who: hidden.name, action: 'examiner.chosen', subject: hidden.name, details: {} });
  const rows = () => ['examiner', 'opinion'].map((table) => opened.db.raw.prepare(`SELECT * FROM ${table}`).all());
  const before = rows();
  reopenFromOlder();
  expect(rows()).toEqual(before);
  expect(countStanding(opened)).toBe(2);
  expect(everybody()).toMatchObject({ subjects: 1, reviewed: 1, opinions: 2 });
  expect(everybody().pairs).toMatchObject([{ first: 'First', second: 'Second', both: 1 }]);
  expect(opinionsOf(opened, face).map(({ secondReview }) => secondReview)).toEqual([false, false, true]);
  expect([...entriesByPerson(opened)]).toEqual([
    ['first', 2],
    ['second', 1],
  ]);
  expect(otherSpellings(opened)).toEqual([{ examiner: 'First', spellings: [' FIRST', 'Fi\u200brst'] }]);
  expect(addExaminer(opened, ' FIRST')).toMatchObject({ id: first.id, name: 'First' });
  // Whoever looked under one spelling has seen it under every other.
  expect(give('forged', { blind: true, note: 'Seen a third time, at rest.' }).opinion.blind).toBe(false);
  expect(countStanding(opened)).toBe(2);
  const { before: standing } = give('withdrawn', { note: 'Given on the wrong face.' });
  expect(standing).toMatchObject({ conclusion: 'forged' });
  expect(countStanding(opened)).toBe(1);
  expect(problemsOf(opened)).toEqual([]);
});

test('what stands in a case made before is made again: an opinion on a track holds where one on its face was withdrawn', () => {
  const frames = [0, 1, 2, 3];
  const { onTrack, onFace } = film({ model: 'a', frames }, { model: 'b', frames });
  give('forged', onTrack(0));
  give('genuine', onFace(0));
  give('withdrawn', onFace(0));
  give('inconclusive', onTrack(1), second);
  reopenFromOlder();
  expect(heldBy(first)).toEqual(['forged', 'forged', 'forged', 'forged']);
  expect(everybody()).toMatchObject({ subjects: 1, reviewed: 1, opinions: 2 });
  expect(problemsOf(opened)).toEqual([]);
});

test('a name under which nothing was done can be said to be a mistake, and only those who gave an opinion are named by a report', () => {
  give('forged');
  expect(examinersWithOpinions(opened).map(({ name }) => name)).toEqual(['First']);
  expect(codeOf(() => markMistaken(opened, 'First', first.id))).toBe('EXAMINER_KEPT');
  markMistaken(opened, 'First', second.id);
  expect(listExaminers(opened).map(({ mistakenAt }) => mistakenAt === null)).toEqual([true, false]);
  expect(addExaminer(opened, 'Second')).toMatchObject({ id: second.id, mistakenAt: null });
});

test('entering an opinion reads as many rows however many there are of the same face', () => {
  const all = vi.spyOn(opened.db, 'all');
  const rowsRead = (conclusion: Conclusion): number => {
    all.mockClear();
    give(conclusion, { note: `because of what is seen ${conclusion}` });
    return all.mock.results.reduce((sum, { value }) => sum + (value as unknown[]).length, 0);
  };
  give('forged');
  const few = rowsRead('genuine');
  for (let i = 0; i < 40; i++) give(i % 2 === 0 ? 'forged' : 'genuine', { note: `look number ${i} at this face` });
  expect(rowsRead('forged')).toBe(few);
  all.mockRestore();
});

test('an entry that a failed change took back hides no later look', () => {
  const chosen = (blind: boolean, who = 'First') =>
    appendAudit(opened, { who, action: blind ? 'examiner.chosen' : 'blind.off', subject: who, details: { blind } });
  chosen(true);
  expect(lastOpenLook(opened, 'First')).toBeUndefined();
  expect(() =>
    opened.db.transaction(() => {
      give('forged', { blind: true });
      lastOpenLook(opened, 'First');
      throw new Error('taken back');
    }),
  ).toThrow('taken back');
  chosen(false);
  expect(lastOpenLook(opened, 'First')).toBeDefined();
});

/** Second reviews as they are defined: somebody else's opinion on the same subject stood at that moment. */
const SECOND_REVIEWS = `SELECT id FROM opinion n WHERE EXISTS (SELECT 1 FROM opinion o
  WHERE o.evidence_id = n.evidence_id AND o.face_id IS n.face_id AND o.track_id IS n.track_id
    AND o.conclusion NOT IN ('note', 'withdrawn') AND o.id < n.id AND o.examiner_id <> n.examiner_id
    AND NOT EXISTS (SELECT 1 FROM opinion l WHERE l.evidence_id = o.evidence_id AND l.face_id IS o.face_id
      AND l.track_id IS o.track_id AND l.examiner_id = o.examiner_id AND l.conclusion <> 'note'
      AND l.id > o.id AND l.id < n.id)) ORDER BY id`;

/** Rows as they would stand there, whatever the rules of giving an opinion say. */
const plant = (values: readonly string[]): unknown =>
  opened.db.raw.exec(
    `INSERT INTO opinion (evidence_id, face_id, examiner_id, conclusion, note, blind, given_at) VALUES ${values.join(', ')}`,
  );

test('which opinion is a second review is the same in a list, of a face, by itself and as it is defined', () => {
  addFile(opened, 'b.jpg', [0.4]);
  const third = addExaminer(opened, 'Third');
  const subjects = allVerdicts(opened).flatMap(({ evidenceId, faceId }) => [
    `${evidenceId}, ${faceId}`,
    `${evidenceId}, NULL`,
  ]);
  let state = 7;
  const one = <T>(of: readonly T[]): T => {
    state = (state * 48_271) % 2_147_483_647;
    return of[state % of.length]!;
  };
  const values = Array.from(
    { length: 400 },
    () =>
      `(${one(subjects)}, ${one([first.id, second.id, third.id])}, '${one(['forged', 'genuine', 'withdrawn', 'note'])}', '', 0, '2026-01-01T00:00:00.000Z')`,
  );
  plant(values);
  const wanted = opened.db.raw.prepare(SECOND_REVIEWS).pluck().all() as number[];
  expect(wanted.length).toBeGreaterThan(50);
  const all = allOpinions(opened);
  const seconds = (some: typeof all): number[] => some.filter((o) => o.secondReview).map(({ id }) => id as number);
  expect(seconds(all)).toEqual(wanted);
  expect(seconds(all.map(({ id }) => findOpinion(opened, id)!))).toEqual(wanted);
  for (const { evidenceId, faceId } of allVerdicts(opened))
    for (const subject of [
      { evidenceId, faceId },
      { evidenceId, faceId: null },
    ])
      expect(opinionsOf(opened, subject)).toMatchObject(
        all.filter((o) => o.evidenceId === evidenceId && o.faceId === subject.faceId),
      );
});

test('very many opinions on one face by two examiners are listed in one look through them', () => {
  const half = 60_000;
  const values = Array.from({ length: 2 * half }, (_, i) => {
    const who = i < half ? first : second;
    return `(${face.evidenceId}, ${face.faceId}, ${who.id}, 'forged', '', 0, '2026-01-01T00:00:00.000Z')`;
  });
  opened.db.transaction(() => plant(values));
  const all = allOpinions(opened);
  expect(all.map((one) => one.secondReview)).toEqual(values.map((_, i) => i >= half));
  const held = opinionsOf(opened, face).filter(({ holds }) => holds);
  expect(held.map(({ id }) => id as number)).toEqual([half, 2 * half]);
  expect(readAgreement(opened, { examinerId: null, blind: false })).toMatchObject({ subjects: 1, reviewed: 1 });
});
