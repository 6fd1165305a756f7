// When an opinion must carry its reason: against a calibrated verdict that its giver can see,
// unless the case says otherwise.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EvidenceId, FaceId, Sha256, TrackId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import type { Conclusion } from '../../../contract/opinion.ts';
import type { ValidationRecord } from '../../../contract/validation.ts';
import type { VerdictOutcome } from '../../../contract/verdict.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { listAudit } from '../log/audit.ts';
import { closeCase, createCase, readCase } from '../open-case.ts';
import { addFile, testModel } from '../testing/case-material.ts';
import { addFilm, scanFilm } from '../testing/film-material.ts';
import { addExaminer } from './examiner.ts';
import { keepModel } from './model.ts';
import { giveOpinion, opinionsOf, undoOpinion } from './opinion.ts';
import { readReasonRule, setReasonRule } from './reason-rule.ts';
import { allVerdicts } from './verdict.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-reason-'));
let opened: WritableCase;
let examiner: Examiner;
type Subject = { evidenceId: EvidenceId; faceId: FaceId | null };
let [forged, unclear, genuine, raw]: Subject[] = [];

beforeAll(() => {
  opened = createCase(path.join(root, 'case'), { title: 'R', reference: '', demonstration: false });
  examiner = addExaminer(opened, 'A');
  addFile(opened, 'calibrated.jpg', [0.9, 0.5, 0.1]);
  // The rows of a verdict are never changed by the workstation; here they are given a ratio before
  // anyone looks.
  opened.db.raw.exec(`DROP TRIGGER verdict_is_append_only_update;
    UPDATE verdict SET outcome = json_set(outcome, '$.log10LikelihoodRatio', 0.5)`);
  addFile(opened, 'raw.jpg', [0.9]);
  [forged, unclear, genuine, raw] = allVerdicts(opened).map(({ evidenceId, faceId }) => ({ evidenceId, faceId }));
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

function ask(
  subject: Subject,
  conclusion: Conclusion,
  more: { note?: string; blind?: boolean } = {},
  who = examiner,
): string {
  try {
    giveOpinion(opened, who, { note: '', blind: false, ...subject, conclusion, ...more });
    return 'given';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('against a calibrated verdict a reason is asked for, and nothing is entered without it', () => {
  expect(readCase(opened).reasonRule).toBe('whenOverriding');
  expect(ask(forged!, 'genuine')).toBe('REASON_NEEDED');
  expect(ask(forged!, 'genuine', { note: '  ' })).toBe('REASON_NEEDED');
  expect(ask(genuine!, 'forged')).toBe('REASON_NEEDED');
  expect(opinionsOf(opened, forged!)).toEqual([]);
  expect(ask(forged!, 'genuine', { note: 'Shadow of a branch.' })).toBe('given');
});

test('none is asked for with it, between the two, undecided, taken back, or against a raw score', () => {
  expect(ask(forged!, 'forged')).toBe('given');
  expect(ask(unclear!, 'forged')).toBe('given');
  expect(ask(genuine!, 'inconclusive')).toBe('given');
  expect(ask(genuine!, 'withdrawn')).toBe('given');
  expect(ask(raw!, 'genuine')).toBe('given');
});

test('in blind mode none is asked of who has not seen the score: the question would tell it; who has is asked', () => {
  expect(ask(forged!, 'genuine', { blind: true })).toBe('REASON_NEEDED');
  const other = addExaminer(opened, 'B');
  expect(ask(forged!, 'genuine', { blind: true }, other)).toBe('given');
});

test('a whole file goes against any of its faces that leans to forged, and against its faces only where all lean to genuine', () => {
  const file = { evidenceId: forged!.evidenceId, faceId: null };
  expect(ask(file, 'genuine')).toBe('REASON_NEEDED');
  expect(ask(file, 'forged')).toBe('given');
});

test('the case says when: never, always; each change stands in its log', () => {
  setReasonRule(opened, 'A', 'never');
  expect(ask(forged!, 'genuine')).toBe('given');
  setReasonRule(opened, 'A', 'always');
  setReasonRule(opened, 'A', 'always');
  expect([ask(raw!, 'inconclusive'), ask(forged!, 'inconclusive', { blind: true }), ask(raw!, 'withdrawn')]).toEqual([
    'REASON_NEEDED',
    'REASON_NEEDED',
    'given',
  ]);
  const changes = listAudit(opened, { limit: 100 }).filter((one) => one.action === 'case.configured');
  expect(changes.map(({ who, details }) => [who, details.from, details.to])).toEqual([
    ['A', 'never', 'always'],
    ['A', 'whenOverriding', 'never'],
  ]);
});

test('a track is called forged only with a reason where half of its faces lean to genuine, and without one where fewer do', () => {
  setReasonRule(opened, 'A', 'whenOverriding');
  const film = addFilm(opened, 'film.mp4');
  const scored = (score: number, leaning: string) =>
    ({ ...allVerdicts(opened)[0]!.outcome, score, leaning, log10LikelihoodRatio: -1 }) as VerdictOutcome;
  const track = (frames: [number, number], low: string, fps: number) => {
    addFilmFrames(frames[0], scored(0.1, low));
    return scanFilm(opened, film, frames, {
      sampling: { kind: 'byTime', framesPerSecond: fps, sceneChanges: true },
      outcome: scored(0.5, 'cannotTell'),
    }).trackIds[0]!;
  };
  const addFilmFrames = (frame: number, outcome: VerdictOutcome) =>
    scanFilm(opened, film, [frame], {
      sampling: { kind: 'byTime', framesPerSecond: frame + 1, sceneChanges: false },
      outcome,
    });
  const on = (trackId: TrackId) => ask({ evidenceId: film, faceId: null, trackId } as Subject, 'forged');
  expect(on(track([10, 20], 'towardsGenuine', 2))).toBe('REASON_NEEDED');
  expect(on(track([30, 40], 'cannotTell', 3))).toBe('given');
});

test('what was said blind on a track is changed on a face of it, and the other way round, only with a reason', () => {
  const film = addFilm(opened, 'held.mp4');
  const sampling = { kind: 'byTime' as const, framesPerSecond: 2, sceneChanges: true };
  const outcome = { ...allVerdicts(opened)[0]!.outcome, score: 0.5, leaning: 'cannotTell' } as VerdictOutcome;
  const { trackIds } = scanFilm(opened, film, [0, 12, 24], { sampling, outcome });
  const [first, second] = allVerdicts(opened).filter(({ evidenceId }) => evidenceId === film);
  const face = { evidenceId: film, faceId: first!.faceId };
  const other = { evidenceId: film, faceId: second!.faceId };
  const track = { evidenceId: film, faceId: null, trackId: trackIds[0]! } as Subject;
  const [bo, cy] = [addExaminer(opened, 'Bo'), addExaminer(opened, 'Cy')];
  expect(ask(track, 'forged', { blind: true }, bo)).toBe('given');
  expect(ask(face, 'forged', {}, bo)).toBe('given');
  expect(ask(other, 'inconclusive', {}, bo)).toBe('REASON_NEEDED');
  expect(ask(other, 'notAFace', {}, bo)).toBe('REASON_NEEDED');
  expect(ask(other, 'inconclusive', { note: 'The mouth is hidden.' }, bo)).toBe('given');
  expect(ask(face, 'forged', { blind: true }, cy)).toBe('given');
  expect(ask(track, 'inconclusive', {}, cy)).toBe('REASON_NEEDED');
  expect(ask(track, 'forged', {}, cy)).toBe('given');
  // Whoever said nothing blind is not asked.
  expect(ask(track, 'forged', {}, addExaminer(opened, 'Dora'))).toBe('given');
});

test('of several models the reason names the one that leans, and one that is no better than chance asks for none', () => {
  const why = (name: string): string => {
    const { evidenceId, faceId } = allVerdicts(opened).find(
      (one) => one.evidenceId === findEvidence(name) && one.modelId === second.id,
    )!;
    try {
      giveOpinion(opened, examiner, { evidenceId, faceId, note: '', blind: false, conclusion: 'genuine' });
      return 'given';
    } catch (error) {
      return (error as { detail: string }).detail;
    }
  };
  const findEvidence = (name: string) =>
    opened.db.raw.prepare('SELECT id FROM evidence WHERE relative_path = ?').pluck().get(name);
  const calibrate = () =>
    opened.db.raw.exec(`UPDATE verdict SET outcome = json_set(outcome, '$.log10LikelihoodRatio', 0.5)`);
  const second = { ...testModel, id: '9'.repeat(64) as Sha256, name: 'Second' };
  keepModel(opened, second);
  addFile(opened, 'second.jpg', [0.9], { modelId: second.id });
  keepModel(opened, second);
  calibrate();
  expect(why('second.jpg')).toBe('A calibrated verdict of Second leans towards forged (raw score 0.90).');
  const atChance = { auc: 0.49, aucInterval: [0.4, 0.6] } as unknown as ValidationRecord;
  keepModel(opened, { ...second, validation: atChance });
  expect(why('second.jpg')).toBe('given');
});

test('what was said blind is changed only with a reason, also where the case never asks for one', () => {
  setReasonRule(opened, 'A', 'never');
  addFile(opened, 'unasked.jpg', [0.5]);
  const { evidenceId, faceId } = allVerdicts(opened).at(-1)!;
  const eva = addExaminer(opened, 'Eva');
  const face = { evidenceId, faceId };
  expect(ask(face, 'forged', { blind: true }, eva)).toBe('given');
  for (const conclusion of ['genuine', 'inconclusive', 'notAFace', 'withdrawn'] as const)
    expect(ask(face, conclusion, {}, eva), conclusion).toBe('REASON_NEEDED');
  const { id } = opinionsOf(opened, face).at(-1)!;
  expect(() => undoOpinion(opened, eva, { id })).toThrow('Your first opinion was given blind');
  expect(ask(face, 'withdrawn', { note: 'It was the face beside it.' }, eva)).toBe('given');
  expect(ask(face, 'genuine', {}, eva)).toBe('REASON_NEEDED');
  // Whoever said nothing blind is not asked.
  expect(ask(face, 'genuine', {}, addExaminer(opened, 'Finn'))).toBe('given');
});

test('an opinion on a face of which one on its track held says so in the log, and one that withdrew it is no opinion to hold', () => {
  const film = addFilm(opened, 'was.mp4');
  const sampling = { kind: 'byTime' as const, framesPerSecond: 2, sceneChanges: true };
  const { trackIds } = scanFilm(opened, film, [0, 12], { sampling, outcome: allVerdicts(opened)[0]!.outcome });
  const [first] = allVerdicts(opened).filter(({ evidenceId }) => evidenceId === film);
  const face = { evidenceId: film, faceId: first!.faceId };
  const gil = addExaminer(opened, 'Gil');
  const note = 'Seen frame by frame.';
  ask({ evidenceId: film, faceId: null, trackId: trackIds[0]! } as Subject, 'forged', { blind: true }, gil);
  ask(face, 'notAFace', { note }, gil);
  ask(face, 'withdrawn', { note }, gil);
  const said = listAudit(opened, { limit: 2 }).map(({ details }) => details);
  expect(said).toMatchObject([{ from: 'notAFace' }, { from: null, to: 'notAFace', fromTrack: 'forged' }]);
  expect(said[0]).not.toHaveProperty('fromTrack');
  // The withdrawal of the track's opinion is a change of what was said blind, and so is what comes behind it.
  ask({ evidenceId: film, faceId: null, trackId: trackIds[0]! } as Subject, 'withdrawn', { note }, gil);
  expect(ask(face, 'genuine', {}, gil)).toBe('REASON_NEEDED');
});

test('whoever reviews blind makes the rule stricter, and not looser', () => {
  setReasonRule(opened, 'A', 'whenOverriding');
  expect(() => setReasonRule(opened, 'A', 'never', true)).toThrow('cannot ask for fewer reasons');
  expect(readReasonRule(opened)).toBe('whenOverriding');
  setReasonRule(opened, 'A', 'always', true);
  expect(readReasonRule(opened)).toBe('always');
});
