// The desk against a stand-in of the engine that keeps entries for real: what is entered, asked
// for, shown and said.
import { ORPCError } from '@orpc/client';
import { expect, test } from 'vitest';
import type { OpinionId } from '../../contract/brand.ts';
import type { Conclusion, Opinion, Subject } from '../../contract/opinion.ts';
import type { EnteredOpinion } from '../../contract/procedures.ts';
import {
  createOpinionDesk,
  type Decidable,
  type OpinionAsked,
  type OpinionPorts,
  type ReasonAsked,
} from './opinion-desk.ts';

const faceOf = (id: number, ownConclusion: Conclusion | null = null): Decidable =>
  ({ evidenceId: id, faceId: id, shownPath: `${id}.jpg`, faceIndex: 0, ownConclusion }) as Decidable;

const refuse = (code: string, detail: string, more = {}) =>
  new ORPCError(code, { data: { subject: 's', detail, ...more } });

/**
 * An engine of one examiner at a time. `answers`: what the reason dialog is answered with, one
 * after the other.
 */
function workplace(options: { named?: boolean; reasonFor?: Conclusion; answers?: (string | undefined)[] } = {}) {
  let named = options.named ?? true;
  const entries: Opinion[] = [];
  const calls: string[] = [];
  const shown = new Map<unknown, Conclusion | null>();
  const asked: ReasonAsked[] = [];
  const askedFor: OpinionAsked[] = [];
  const said: string[] = [];
  const answers = [...(options.answers ?? [])];
  let sitting: number[] = [];
  /** What happens while the engine is undoing. */
  let meanwhile = () => {};
  const answerTo = (opinion: Opinion, before: Opinion | null): EnteredOpinion =>
    ({ opinion, before, shownPath: `${opinion.evidenceId}.jpg`, faceIndex: 0, rows: [] }) as unknown as EnteredOpinion;
  const enter = (given: Subject & { conclusion: Conclusion; note?: string }): EnteredOpinion => {
    const before = entries.findLast((one) => one.faceId === given.faceId) ?? null;
    if (given.conclusion === 'withdrawn' && !before)
      throw refuse('OPINION_REFUSED', 'no opinion of yours stands here.');
    if (given.conclusion === options.reasonFor && !given.note) throw refuse('REASON_NEEDED', 'because.');
    const opinion = { note: '', ...given, id: entries.length + 1 } as unknown as Opinion;
    entries.push(opinion);
    return answerTo(opinion, before);
  };
  const ports: OpinionPorts = {
    session: async () => ({ examiner: named ? ({ id: 1, name: 'A' } as never) : null, blind: false }),
    async give(given) {
      calls.push('give');
      await new Promise((resolve) => setTimeout(resolve));
      const entered = enter(given);
      sitting.push(entered.opinion.id);
      return entered;
    },
    async giveMany({ subjects, ...one }) {
      calls.push('giveMany');
      const all = subjects.map((subject) => enter({ ...subject, ...one }));
      return { entered: all.length, rows: [] };
    },
    settleRows: () => void calls.push('settled rows'),
    async undo({ id = sitting.at(-1) as OpinionId, note }) {
      calls.push('undo');
      meanwhile();
      await new Promise((resolve) => setTimeout(resolve));
      const undone = entries.find((one) => one.id === id);
      if (!undone) return null;
      if (options.reasonFor === 'withdrawn' && !note) {
        const undoing = { ...undone, shownPath: `${undone.evidenceId}.jpg`, timeMs: null };
        throw refuse('REASON_NEEDED', 'because.', { undoing });
      }
      sitting = sitting.filter((one) => one !== id);
      const earlier = entries.findLast((one) => one.faceId === undone.faceId && one.id < undone.id);
      return enter({ ...undone, conclusion: earlier?.conclusion ?? 'withdrawn', note: note ?? earlier?.note ?? '' });
    },
    async askName(follows) {
      askedFor.push(follows);
      named = true;
      return true;
    },
    async askReason(one) {
      asked.push(one);
      meanwhile();
      return answers.shift();
    },
    showOwn: ({ faceId }, own) => void shown.set(faceId, own),
    settle: ({ opinion }) => void calls.push(`settled ${opinion.conclusion}`),
    point: ({ faceId }) => void calls.push(`pointed ${faceId}`),
    select: ({ opinion }) => void calls.push(`selected ${opinion.faceId}`),
    say: (text) => void said.push(text),
    words: (error) => ({ title: (error as ORPCError<string, unknown>).code, detail: 'detail' }),
  };
  const given = () => entries.map(({ faceId, conclusion }) => `${faceId} ${conclusion}`);
  return {
    desk: createOpinionDesk(ports),
    given,
    calls,
    shown,
    asked,
    askedFor,
    said,
    entries,
    newSitting: () => (sitting = []),
    whileUndoing: (act: () => void) => (meanwhile = act),
  };
}

test('an opinion is one call to the engine, and opinions are entered in the order of the keys', async () => {
  const { desk, given, calls } = workplace();
  const all = [1, 2, 3].map((id) => desk.give(faceOf(id), 'forged'));
  expect(await Promise.all(all)).toEqual([true, true, true]);
  expect(given()).toEqual(['1 forged', '2 forged', '3 forged']);
  expect(calls.filter((one) => one === 'give')).toHaveLength(3);
});

test('another examiner’s sitting has nothing to undo: nothing is entered, and that is said', async () => {
  const { desk, given, said, newSitting } = workplace();
  await desk.give(faceOf(1), 'forged');
  newSitting();
  await desk.undo();
  expect(given()).toEqual(['1 forged']);
  expect(said[0]).toMatch(/^There is nothing to undo\./);
});

test('undo waits for what is on its way, selects what it undid, and a second one takes the opinion before', async () => {
  const { desk, given, calls, said } = workplace();
  void desk.give(faceOf(1), 'forged');
  void desk.give(faceOf(2), 'genuine');
  await desk.undo();
  await desk.undo();
  expect(given()).toEqual(['1 forged', '2 genuine', '2 withdrawn', '1 withdrawn']);
  expect(calls.filter((one) => one.startsWith('selected'))).toEqual(['selected 2', 'selected 1']);
  expect(said[0]).toBe('Opinion on 2.jpg, face 1 undone: without an opinion again. The log has both.');
});

test('while an undo is under way no opinion is entered, and that is said: what it selects is not on screen yet', async () => {
  const { desk, given, said, whileUndoing } = workplace();
  await desk.give(faceOf(1), 'forged');
  let early: Promise<boolean> | undefined;
  whileUndoing(() => (early = desk.give(faceOf(2), 'inconclusive')));
  const undoing = desk.undo();
  expect(await desk.give(faceOf(2), 'genuine')).toBe(false);
  await undoing;
  expect(await early).toBe(false);
  expect(given()).toEqual(['1 forged', '1 withdrawn']);
  expect(said[0]).toBe('No opinion on 2.jpg, face 1 was recorded: an undo was under way. Give it again.');
  expect(await desk.give(faceOf(1), 'inconclusive')).toBe(true);
});

test('the reason of an undoing is asked for the opinion that was refused, and undoes that one', async () => {
  const { desk, given, asked, calls, entries, whileUndoing } = workplace({
    reasonFor: 'withdrawn',
    answers: ['The wrong key.'],
  });
  await desk.give(faceOf(1), 'forged');
  await desk.give(faceOf(2), 'forged');
  const refusals: Promise<boolean>[] = [];
  whileUndoing(() => refusals.push(desk.give(faceOf(3), 'inconclusive')));
  await desk.undo();
  expect(await Promise.all(refusals)).toEqual([false, false, false]);
  expect(asked).toMatchObject([{ finding: { faceId: 2, shownPath: '2.jpg' }, undo: true, why: 'because.' }]);
  expect(calls).toContain('pointed 2');
  expect(given()).toEqual(['1 forged', '2 forged', '2 withdrawn']);
  expect(entries.at(-1)!.note).toBe('The wrong key.');
});

test('what the engine refuses is shown as it was, and said', async () => {
  const { desk, given, shown, said } = workplace();
  expect(await desk.give(faceOf(1, 'genuine'), 'withdrawn')).toBe(false);
  expect(given()).toEqual([]);
  expect(shown.get(1)).toBe('genuine');
  expect(said).toEqual(['Not recorded. detail']);
});

test('a reason is asked for before anything is entered; without one nothing is', async () => {
  const { desk, given, shown, asked, entries } = workplace({ reasonFor: 'genuine', answers: [undefined, 'A shadow.'] });
  let stayed = 0;
  expect(await desk.give(faceOf(1), 'genuine', undefined, () => stayed++)).toBe(false);
  expect([given(), shown.get(1), stayed]).toEqual([[], null, 1]);
  expect(asked[0]).toMatchObject({ conclusion: 'genuine', why: 'because.', undo: false });
  expect(await desk.give(faceOf(1), 'genuine')).toBe(true);
  expect(entries).toMatchObject([{ conclusion: 'genuine', note: 'A shadow.' }]);
});

test('an opinion carries who pressed the key, and is counted until it is recorded', async () => {
  const { desk, calls, entries } = workplace();
  const giving = desk.give(faceOf(1), 'forged');
  expect(desk.unrecorded()).toBe(1);
  await giving;
  expect(desk.unrecorded()).toBe(0);
  expect(entries[0]).toMatchObject({ examinerId: 1 });
  expect(calls).toContain('give');
});

test('where nobody is examining a name comes first, and it is said what will be entered under it', async () => {
  const { desk, given, askedFor } = workplace({ named: false });
  expect(await desk.give(faceOf(1), 'forged')).toBe(true);
  expect(given()).toEqual(['1 forged']);
  expect(askedFor).toMatchObject([{ finding: { faceId: 1, shownPath: '1.jpg' }, conclusion: 'forged' }]);
});

test('one opinion of several faces is one call, in its turn, and says how to take it back', async () => {
  const { desk, given, calls, said } = workplace();
  void desk.give(faceOf(1), 'forged');
  await desk.giveMany([faceOf(2), faceOf(3)], 'genuine', 'Alike.');
  expect(given()).toEqual(['1 forged', '2 genuine', '3 genuine']);
  expect(calls.filter((one) => one === 'giveMany')).toHaveLength(1);
  expect(said[0]).toBe('2 entries were recorded. One undo takes them back.');
});

test('a file without a face is not shown as decided before the engine has taken it', async () => {
  const { desk, shown } = workplace();
  await desk.give({ ...faceOf(1), faceId: null }, 'genuine');
  expect(shown.size).toBe(0);
});
