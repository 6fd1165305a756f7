// What the log says of who looks, and which opinion of a sitting is undone.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ORPCError } from '@orpc/client';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Undoing } from '../../../contract/errors.ts';
import type { Subject } from '../../../contract/opinion.ts';
import { closeCase, createCase, openCase } from '../../case/open-case.ts';
import { allVerdicts } from '../../case/rows/verdict.ts';
import { addFile } from '../../case/testing/case-material.ts';
import type { Client } from '../../index.ts';
import { installations } from '../../testing/installations.ts';
import { ended } from '../../testing/scanned.ts';

const { root, start } = installations('sitting');
let client: Client;
let faces: Subject[];
let n = 0;

beforeAll(async () => {
  ({ client } = await start('here'));
});
beforeEach(async () => {
  const folder = path.join(root, `case-${n++}`);
  const made = createCase(folder, { title: 'S', reference: '', demonstration: false });
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) addFile(made, name, [0.9]);
  faces = allVerdicts(made).map(({ evidenceId, faceId }) => ({ evidenceId, faceId }));
  closeCase(made);
  await client.case.open({ folder });
});

const standing = async () =>
  Promise.all(faces.map(async (face) => (await client.opinion.history(face)).at(-1)?.conclusion ?? null));
const refused = async (undoing: Promise<unknown>) => {
  const error = await undoing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ORPCError);
  return error as ORPCError<string, { undoing?: Undoing }>;
};

test('who is chosen is entered with how they review; blind review is left only by who was blind, with what that showed them', async () => {
  await client.session.set({ examiner: 'Ben', blind: true });
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.session.set({ blind: true });
  await client.session.set({ blind: false });
  const log = (await client.case.activity({ limit: 100 })).reverse();
  expect(
    log.flatMap(({ who, action, details }) =>
      /^(examiner.chosen|blind)/.test(action) ? [[who, action, details]] : [],
    ),
  ).toMatchObject([
    ['Ben', 'examiner.chosen', { blind: true }],
    ['Anna', 'examiner.chosen', { blind: false }],
    ['Anna', 'blind.on', {}],
    ['Anna', 'blind.off', { facesRevealed: 3 }],
  ]);
});

test('in blind review the log tells neither who has decided nor on which file, until one has decided oneself', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  await client.opinion.give({ ...faces[1]!, conclusion: 'genuine', note: 'sharp' });
  await client.session.set({ examiner: 'Ben', blind: true });
  const opinions = async (contains?: string) =>
    (await client.case.activity({ limit: 100, about: ['opinion'], ...(contains ? { contains } : {}) })).map(
      ({ who, subject, details }) => [who, subject, details.to ?? 'hidden'],
    );
  expect(await opinions()).toEqual([
    ['', '', 'hidden'],
    ['', '', 'hidden'],
  ]);
  expect(await opinions('anna')).toEqual([]);
  expect(await opinions('b.jpg')).toEqual([]);
  await client.opinion.give({ ...faces[1]!, conclusion: 'forged' });
  expect(await opinions('b.jpg')).toEqual([
    ['Ben', 'nowhere/b.jpg, face 1', 'forged'],
    ['Anna', 'nowhere/b.jpg, face 1', 'genuine'],
  ]);
});

test('an opinion given blind after a look at the scores is not entered as blind', async () => {
  await client.session.set({ examiner: 'Ben', blind: true });
  const first = await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  await client.session.set({ blind: false });
  await client.session.set({ blind: true });
  const second = await client.opinion.give({ ...faces[1]!, conclusion: 'forged' });
  expect([first.opinion.blind, second.opinion.blind]).toEqual([true, false]);
});

test('who looked before taking a name gives no opinion as blind on what was there', async () => {
  await client.session.set({ examiner: 'Ben', blind: true, looked: true });
  const { opinion } = await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  expect(opinion.blind).toBe(false);
  const chosen = (await client.case.activity({ limit: 100 })).find(({ action }) => action === 'examiner.chosen');
  expect(chosen?.details).toMatchObject({ blind: true, looked: true });
});

test('a change of examiner or of blind review leaves nothing to undo of before, and no entry comes of trying', async () => {
  const opinions = async () => (await client.case.activity({ limit: 100, about: ['opinion'] })).length;
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  for (const next of [
    { examiner: 'Ben', blind: true },
    { examiner: 'Anna', blind: false },
  ]) {
    await client.session.set(next);
    expect(await client.opinion.undo({})).toBe(null);
  }
  await client.opinion.give({ ...faces[1]!, conclusion: 'forged' });
  await client.session.set({ blind: true });
  expect(await client.opinion.undo({})).toBe(null);
  expect(await opinions()).toBe(2);
  expect(await standing()).toEqual(['forged', 'forged', null]);
});

test('an undoing that is refused takes nothing from what can be undone', async () => {
  await client.session.set({ examiner: 'Ben', blind: true });
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  expect((await refused(client.opinion.undo({}))).code).toBe('REASON_NEEDED');
  expect((await client.opinion.undo({ note: 'The wrong key was pressed.' }))?.opinion.conclusion).toBe('withdrawn');
});

test('one opinion of several faces is an entry for each, all or none, and one undoing takes all of them back', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.opinion.give({ ...faces[1]!, conclusion: 'genuine' });
  const given = await client.opinion.giveMany({ subjects: faces, conclusion: 'inconclusive' });
  expect([given.entered, given.rows.map(({ ownConclusion }) => ownConclusion)]).toEqual([
    3,
    ['inconclusive', 'inconclusive', 'inconclusive'],
  ]);
  const entries = async () =>
    (await client.case.activity({ limit: 100, about: ['opinion'] }))
      .reverse()
      .map(({ action, subject, details }) => [action, subject, details.to, details.together]);
  expect((await entries()).slice(1)).toEqual(
    ['a', 'b', 'c'].map((name) => ['opinion.given', `nowhere/${name}.jpg, face 1`, 'inconclusive', 3]),
  );
  const wholeFile = { evidenceId: faces[0]!.evidenceId, faceId: null };
  const refusal = await refused(client.opinion.giveMany({ subjects: [...faces, wholeFile], conclusion: 'notAFace' }));
  expect(refusal.code).toBe('OPINION_REFUSED');
  expect(await standing()).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  expect((await client.opinion.undo({}))?.others).toBe(2);
  expect(await standing()).toEqual(['withdrawn', 'genuine', 'withdrawn']);
  expect((await entries()).slice(4)).toEqual(
    ['c', 'b', 'a'].map((name) => [
      'opinion.undone',
      `nowhere/${name}.jpg, face 1`,
      name === 'b' ? 'genuine' : 'withdrawn',
      3,
    ]),
  );
  const problems = (await client.case.verify({})).problems.map(({ kind }) => kind);
  expect(problems).not.toContain('opinionChanged');
  expect(problems).not.toContain('auditBroken');
});

test('an opinion that arrives when another examiner was chosen is recorded under nobody’s name', async () => {
  const anna = (await client.session.set({ examiner: 'Anna', blind: false })).examiner!.id;
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged', examinerId: anna });
  await client.session.set({ examiner: 'Ben', blind: false });
  for (const late of [
    client.opinion.give({ ...faces[1]!, conclusion: 'forged', examinerId: anna }),
    client.opinion.giveMany({ subjects: faces, conclusion: 'forged', examinerId: anna }),
    client.opinion.undo({ examinerId: anna }),
  ])
    expect((await refused(late)).code).toBe('OPINION_REFUSED');
  expect(await standing()).toEqual(['forged', null, null]);
});

test('who made the case under their name has looked at it, whoever is chosen next', async () => {
  const folder = path.join(root, 'made-by-name');
  await client.case.create({ folder, title: 'M', reference: '', examiner: 'Clara' });
  await client.case.close();
  const made = openCase(folder);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) addFile(made, name, [0.9]);
  const [first] = allVerdicts(made);
  closeCase(made);
  await client.case.open({ folder });
  await client.session.set({ examiner: 'Ben', blind: true });
  await client.session.set({ examiner: 'Clara', blind: true });
  const { evidenceId, faceId } = first!;
  const clara = await client.opinion.give({ evidenceId, faceId, conclusion: 'forged' });
  await client.session.set({ examiner: 'Ben', blind: true });
  const ben = await client.opinion.give({ evidenceId, faceId, conclusion: 'forged' });
  expect([clara.opinion.blind, ben.opinion.blind]).toEqual([false, true]);
  expect((await client.session.examiners()).map(({ name, lookedOpenly }) => [name, lookedOpenly])).toEqual([
    ['Clara', true],
    ['Ben', false],
  ]);
});

test('an undoing that wants a reason names its opinion, and undoes that one whatever was given meanwhile', async () => {
  await client.session.set({ examiner: 'Ben', blind: true });
  const { opinion } = await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  const { code, data } = await refused(client.opinion.undo({}));
  expect([code, data.undoing]).toEqual([
    'REASON_NEEDED',
    {
      id: opinion.id,
      ...faces[0],
      trackId: null,
      shownPath: 'nowhere/a.jpg',
      faceIndex: 0,
      trackIndex: null,
      timeMs: null,
      span: null,
      others: 0,
    },
  ]);
  await client.opinion.give({ ...faces[1]!, conclusion: 'inconclusive' });
  const undone = await client.opinion.undo({ id: data.undoing!.id, note: 'The wrong key was pressed.' });
  expect(undone?.shownPath).toBe('nowhere/a.jpg');
  expect(await standing()).toEqual(['withdrawn', 'inconclusive', null]);
  // It is undone once, and nothing else in its place.
  expect((await refused(client.opinion.undo({ id: opinion.id, note: 'Pressed a second time.' }))).code).toBe(
    'OPINION_REFUSED',
  );
  expect(await standing()).toEqual(['withdrawn', 'inconclusive', null]);
});

test('who takes a name after results were looked at without one has seen them, whichever window or restart came between', async () => {
  expect((await client.session.look()).looked).toBe(true);
  await client.session.look();
  const { folder } = (await client.case.current())!;
  await client.case.close();
  await client.case.open({ folder });
  expect((await client.session.get()).looked).toBe(true);
  await client.session.set({ examiner: 'Emil', blind: true });
  expect((await client.opinion.give({ ...faces[0]!, conclusion: 'forged' })).opinion.blind).toBe(false);
  const about = (await client.case.activity({ limit: 100, about: ['examiner'] })).reverse();
  expect(about.map(({ action, details }) => [action, details.looked])).toEqual([
    ['examiner.unnamed', undefined],
    ['examiner.added', undefined],
    ['examiner.chosen', true],
  ]);
  // The next has not looked by that.
  await client.session.set({ examiner: 'Dora', blind: true });
  expect((await client.opinion.give({ ...faces[0]!, conclusion: 'forged' })).opinion.blind).toBe(true);
});

/** Closed and opened again, as whoever comes next finds it. */
const openedAgain = async () => {
  const { folder } = (await client.case.current())!;
  await client.case.close();
  await client.case.open({ folder });
};
const saidBlind = async (examiner: string, face: Subject) => {
  await client.session.set({ examiner, blind: true });
  return (await client.opinion.give({ ...face, conclusion: 'forged' })).opinion.blind;
};

test('results that leave the engine while nobody is chosen are looked at, at every opening, whoever asked for them', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  const { verdictId } = (await client.finding.query({})).rows[0]!;
  const asked: Record<string, () => Promise<unknown>> = {
    list: () => client.finding.query({}),
    facetsOfOne: () => client.finding.facets({ filter: { evidenceId: faces[0]!.evidenceId } }),
    inspected: () => client.finding.inspect({ verdictId }),
    opinions: () => client.opinion.history(faces[0]!),
    agreement: () => client.opinion.agreement(),
    stability: () => client.stability.ofVerdict({ verdictId }),
    log: () => client.case.activity({ limit: 1 }),
  };
  for (const [n, [name, ask]] of Object.entries(asked).entries()) {
    await openedAgain();
    await ask();
    await ask();
    expect((await client.session.get()).looked, name).toBe(true);
    expect(await saidBlind(`After ${name}`, faces[n % 3]!), name).toBe(false);
    expect(await saidBlind(`Later than ${name}`, faces[n % 3]!), name).toBe(true);
  }
  const looks = await client.case.activity({ limit: 1000, contains: 'examiner.unnamed' });
  expect(looks).toHaveLength(Object.keys(asked).length);
});

test('what tells of no single result is no look, nor is what blind review shows nobody', async () => {
  await client.finding.facets({ filter: {} });
  await client.finding.counts({ filter: {} });
  await client.case.current();
  await client.session.examiners();
  await client.tag.list();
  await client.session.set({ blind: true });
  const { verdictId } = (await client.finding.query({})).rows[0]!;
  expect(await client.finding.subject({ verdictId })).toEqual({
    evidenceId: expect.any(Number),
    faceId: expect.any(Number),
  });
  expect((await client.session.get()).looked).toBe(false);
  expect(await saidBlind('Ben', faces[0]!)).toBe(true);
});

test('who leaves blind review with nobody in the seat has looked, and so has who sat there under a name taken by mistake', async () => {
  await client.session.set({ examiner: 'Misty', blind: true });
  const misty = (await client.session.get()).examiner!;
  await client.session.mistaken({ id: misty.id });
  expect((await client.session.get()).looked).toBe(false);
  await client.session.set({ blind: false });
  expect((await client.session.get()).looked).toBe(true);
  expect(await saidBlind('Nora', faces[0]!)).toBe(false);
  const { examiner } = await client.session.set({ examiner: 'Olaff', blind: false });
  await client.session.mistaken({ id: examiner!.id });
  expect(await saidBlind('Olaf', faces[1]!)).toBe(false);
  expect(await saidBlind('Pia', faces[1]!)).toBe(true);
});

const facesTo = async (folder: string) => {
  for await (const _ of await client.faces.extract({ from: { kind: 'opinions' }, to: path.join(root, folder) }));
};

test('in blind review no faces are written out with what others concluded; who writes them out is entered and has looked', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  await client.session.set({ examiner: 'Ben', blind: true });
  expect((await refused(facesTo('blind'))).code).toBe('BLIND_REVIEW');
  expect(existsSync(path.join(root, 'blind'))).toBe(false);
  expect((await client.opinion.give({ ...faces[0]!, conclusion: 'forged' })).opinion.blind).toBe(true);
  await client.session.set({ examiner: 'Clara', blind: false });
  await facesTo('open');
  expect((await client.case.activity({ limit: 1 }))[0]).toMatchObject({
    ...{ who: 'Clara', action: 'faces.extracted', subject: 'open' },
    details: { faces: 0, left: 1, cropRecipe: 'square-1.3', sidePx: 299 },
  });
});

test('in blind review no report is shown before an opinion; what is shown or written out without a name is a look', async () => {
  await client.session.set({ examiner: 'Ben', blind: true });
  const refusal = await refused(client.report.preview({ redaction: 'none' }));
  expect(refusal.code).toBe('BLIND_REVIEW');
  expect((await client.opinion.give({ ...faces[0]!, conclusion: 'forged' })).opinion.blind).toBe(true);

  const anew = async (look: () => Promise<unknown>): Promise<boolean> => {
    const { folder } = (await client.case.current())!;
    await client.case.close();
    await client.case.open({ folder });
    await look();
    expect((await client.session.get()).looked).toBe(true);
    await client.session.set({ examiner: `Reader ${n++}`, blind: true });
    return (await client.opinion.give({ ...faces[1]!, conclusion: 'forged' })).opinion.blind;
  };
  expect(await anew(() => client.report.preview({}))).toBe(false);
  const { folder } = (await client.case.current())!;
  const nameless = { format: 'csv' as const, path: path.join(folder, 'reports', 'nameless.csv'), options: {} };
  expect(await anew(() => client.report.export(nameless))).toBe(false);
  expect(await anew(() => facesTo('nameless'))).toBe(false);
  // Whoever comes after them has not looked by that.
  await client.session.set({ examiner: 'Dora', blind: true });
  expect((await client.opinion.give({ ...faces[2]!, conclusion: 'forged' })).opinion.blind).toBe(true);
});

test('an opinion from a window that showed another examiner, or scores otherwise, is refused in a sentence of its own', async () => {
  const clara = (await client.session.set({ examiner: 'Clara', blind: false })).examiner!;
  await client.session.set({ blind: true });
  const given = { ...faces[0]!, conclusion: 'forged' as const, examinerId: clara.id };
  const refusal = await refused(client.opinion.give({ ...given, blindShown: false }));
  expect(refusal.message).toBe(
    'This is not recorded as an opinion. Blind review was switched on or off before it was recorded.',
  );
  expect((await client.opinion.give({ ...given, blindShown: true })).opinion.examinerName).toBe('Clara');
});

test('every window is told when somebody is chosen', async () => {
  const watching = await client.case.watch();
  await watching.next();
  const next = watching.next();
  await client.session.set({ examiner: 'Clara', blind: false });
  expect(await next).toMatchObject({ done: false, value: { title: 'S' } });
  await watching.return?.(undefined);
});

test('what was given at once is undone at once, also after something said of one of them since was undone', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.opinion.giveMany({ subjects: faces, conclusion: 'inconclusive' });
  await client.opinion.give({ ...faces[1]!, conclusion: 'forged' });
  await client.opinion.undo({});
  expect(await standing()).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  expect((await client.opinion.undo({}))?.others).toBe(2);
  expect(await standing()).toEqual(['withdrawn', 'withdrawn', 'withdrawn']);
});

test('who gives an opinion by name is taken with it; where it is refused nothing is written, and the sitting goes on', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  const log = () => client.case.activity({ limit: 100 });
  const before = await log();
  const refusal = await refused(client.opinion.give({ ...faces[0]!, conclusion: 'withdrawn', examiner: 'Anni' }));
  expect(refusal.code).toBe('OPINION_REFUSED');
  expect(await log()).toEqual(before);
  expect((await client.session.get()).examiner?.name).toBe('Anna');
  expect((await client.session.examiners()).map(({ name }) => name)).toEqual(['Anna']);
  expect((await client.opinion.undo({}))?.opinion.conclusion).toBe('withdrawn');
  const { opinion } = await client.opinion.give({ ...faces[0]!, conclusion: 'genuine', examiner: 'Berta' });
  expect(opinion.examinerName).toBe('Berta');
  expect((await log()).slice(0, 3).map(({ who, action }) => [who, action])).toEqual([
    ['Berta', 'opinion.given'],
    ['Berta', 'examiner.chosen'],
    ['Berta', 'examiner.added'],
  ]);
});

test('a name without a letter is none, and one that differs in spaces and capitals alone is the known one', async () => {
  await expect(client.session.set({ examiner: ' ' })).rejects.toThrow();
  const emil = (await client.session.set({ examiner: ' Emil  Tab', blind: false })).examiner!;
  expect(emil.name).toBe('Emil Tab');
  expect((await client.session.set({ examiner: 'emil tab' })).examiner!.id).toBe(emil.id);
  expect(await client.session.examiners()).toHaveLength(1);
});

const tagsNow = async () =>
  (await client.finding.query({ sort: { by: 'path', direction: 'ascending' } })).rows.map((row) => row.tags.length);
const put = (name: string, on = true) =>
  client.tag.put({ name, on, tagged: { subjects: faces.map(({ evidenceId, faceId }) => ({ evidenceId, faceId })) } });

test('a name under which anything was done is no mistake, whatever it was; taking the seat and blind review are nothing done', async () => {
  const entries = async () => (await client.session.examiners()).map((one) => [one.name, one.entries]);
  const cy = (await client.session.set({ examiner: 'Cy Roth', blind: true })).examiner!;
  await client.session.set({ blind: false });
  expect(await entries()).toEqual([['Cy Roth', 0]]);
  const { id } = await client.rerun.start({ verdictIds: [(await client.finding.query({})).rows[0]!.verdictId] });
  await ended(client, id);
  expect(await entries()).toEqual([['Cy Roth', 2]]);
  const doing = client.session.mistaken({ id: cy.id });
  await expect(doing).rejects.toMatchObject({ code: 'EXAMINER_KEPT', message: expect.stringContaining('2 entries') });
  expect((await client.session.get()).examiner).toMatchObject({ name: 'Cy Roth' });
  // The same person, as they are spelled in another way.
  expect((await client.session.set({ examiner: 'cy  roth' })).examiner!.id).toBe(cy.id);
  const slip = (await client.session.set({ examiner: 'Cy Rorth' })).examiner!;
  expect(await client.session.mistaken({ id: slip.id })).toMatchObject([{ entries: 2 }, { entries: 0 }]);
});

test('the undo of a tagging is that of one examiner and sitting, and touches no opinion, as theirs touches no tag', async () => {
  await expect(put('A')).rejects.toMatchObject({ code: 'NO_EXAMINER' });
  await client.session.set({ examiner: 'Anna' });
  expect(await put('A')).toMatchObject({ changed: 3, rows: [{ tags: [1] }, { tags: [1] }, { tags: [1] }] });
  await client.opinion.give({ ...faces[0]!, conclusion: 'genuine' });
  expect(await client.tag.put({ name: 'a', on: false, tagged: { filter: { pathContains: 'b.jpg' } } })).toMatchObject({
    changed: 1,
    rows: [{ tags: [] }],
  });
  expect(await client.tag.undo({})).toMatchObject({ on: true, changed: 1, rows: [{ tags: [1] }] });
  expect([await tagsNow(), await standing()]).toEqual([
    [1, 1, 1],
    ['genuine', null, null],
  ]);
  await client.opinion.undo({});
  expect([await tagsNow(), await standing()]).toEqual([
    [1, 1, 1],
    ['withdrawn', null, null],
  ]);
  await client.session.set({ examiner: 'Ben' });
  expect(await client.tag.undo({})).toBe(null);
  await client.session.set({ examiner: 'Anna' });
  expect(await client.tag.undo({})).toBe(null);
  await expect(put('B', false)).rejects.toMatchObject({ code: 'TAG_REFUSED' });
  await expect(
    client.tag.put({ name: 'A', on: false, tagged: { filter: {} }, examinerId: 99 as never }),
  ).rejects.toMatchObject({
    code: 'OPINION_REFUSED',
  });
  expect(await tagsNow()).toEqual([1, 1, 1]);
});

test('in blind review another’s tags are neither seen nor taken off nor told of by the log, until one has decided', async () => {
  await client.session.set({ examiner: 'Anna' });
  await put('A');
  await client.session.set({ examiner: 'Ben', blind: true });
  expect(await tagsNow()).toEqual([0, 0, 0]);
  expect(await client.tag.put({ name: 'A', on: false, tagged: { filter: {} } })).toMatchObject({
    changed: 0,
    subjects: 3,
  });
  const told = (await client.case.activity({ limit: 100 })).filter(({ action }) => action.startsWith('tag.added'));
  expect(told).toMatchObject([{ who: '', subject: '', details: { hidden: expect.any(String) } }]);
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged' });
  expect(await tagsNow()).toEqual([1, 0, 0]);
  const [row] = (await client.finding.query({})).rows.filter(({ tags }) => tags.length > 0);
  expect((await client.finding.inspect({ verdictId: row!.verdictId })).tags).toMatchObject([{ examinerName: 'Anna' }]);
  expect(await client.tag.put({ name: 'A', on: false, tagged: { filter: {} } })).toMatchObject({ changed: 1 });
  await client.session.set({ blind: false });
  expect(await tagsNow()).toEqual([0, 1, 1]);
});

test('a name taken for a tag that is refused is not taken', async () => {
  await expect(
    client.tag.put({ name: 'Genuine', on: true, tagged: { filter: {} }, examiner: 'Slip' }),
  ).rejects.toMatchObject({ code: 'TAG_REFUSED' });
  expect(await client.session.examiners()).toEqual([]);
  await client.session.set({ examiner: 'Anna' });
  await put('A');
  await expect(client.tag.define({ name: 'B', key: 'kk' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect(await client.tag.undo({})).toMatchObject({ changed: 3 });
});

test('in blind review the rule of the case about reasons is not loosened', async () => {
  await client.session.set({ examiner: 'Ben', blind: true });
  expect((await refused(client.case.configure({ reasonRule: 'never' }))).code).toBe('BLIND_REVIEW');
  expect((await client.case.configure({ reasonRule: 'always' })).reasonRule).toBe('always');
  await client.session.set({ blind: false });
  expect((await client.case.configure({ reasonRule: 'never' })).reasonRule).toBe('never');
});

test('the rule of the case about reasons is changed under a name', async () => {
  await client.case.create({ folder: path.join(root, 'nobody'), title: 'N', reference: '' });
  expect((await refused(client.case.configure({ reasonRule: 'never' }))).code).toBe('NO_EXAMINER');
  expect((await client.case.configure({ reasonRule: 'never', examiner: 'Nora' })).reasonRule).toBe('never');
  const [entry] = await client.case.activity({ limit: 1 });
  expect(entry).toMatchObject({ action: 'case.configured', who: 'Nora', details: { to: 'never' } });
});

test('an opinion is refused where another stands than the window showed, alone and among several', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  await client.opinion.give({ ...faces[0]!, shownOwn: null, conclusion: 'forged' });
  const changed = await refused(client.opinion.give({ ...faces[0]!, shownOwn: null, conclusion: 'inconclusive' }));
  expect(changed.code).toBe('OPINION_REFUSED');
  const subjects = faces.map((face) => ({ ...face, shownOwn: null }));
  expect((await refused(client.opinion.giveMany({ subjects, conclusion: 'inconclusive' }))).code).toBe(
    'OPINION_REFUSED',
  );
  expect(await standing()).toEqual(['forged', null, null]);
  await client.opinion.give({ ...faces[0]!, shownOwn: 'forged', conclusion: 'withdrawn' });
  await client.opinion.give({ ...faces[0]!, shownOwn: null, conclusion: 'genuine' });
  expect(await standing()).toEqual(['genuine', null, null]);
});

test('every window is told of what was marked, with the rows as they are then and where it was', async () => {
  await client.session.set({ examiner: 'Anna', blind: false });
  const marks = await client.finding.marked();
  const next = async () => {
    const { done, value } = await marks.next();
    if (done) throw new Error('The stream has ended.');
    return [value.window, value.rows.map(({ ownConclusion, tags }) => [ownConclusion, tags.length])];
  };
  const window = '0123456789abcdef';
  await client.opinion.give({ ...faces[0]!, conclusion: 'forged', window });
  expect(await next()).toEqual([window, [['forged', 0]]]);
  await client.opinion.undo({});
  expect(await next()).toEqual([undefined, [[null, 0]]]);
  await client.tag.put({ name: 'Scar', on: true, tagged: { subjects: [faces[1]!] }, window });
  expect(await next()).toEqual([window, [[null, 1]]]);
  await marks.return();
});
