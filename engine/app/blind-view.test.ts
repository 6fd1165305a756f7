// What blind review shows of work on chosen results and of films: nothing that tells on which of them
// the machine leans.
import path from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { EvidenceId, Sha256, VerdictId } from '../../contract/brand.ts';
import type { Subject } from '../../contract/opinion.ts';
import type { Verdict, VerdictOutcome } from '../../contract/verdict.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { keepModel } from '../case/rows/model.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile, testModel } from '../case/testing/case-material.ts';
import { addFilm, scanFilm } from '../case/testing/film-material.ts';
import type { Client } from '../index.ts';
import { installations } from '../testing/installations.ts';
import { ended } from '../testing/scanned.ts';

const { root, start } = installations('blind-view');
let client: Client;
let faces: (Subject & { verdictId: VerdictId })[];
let n = 0;

beforeAll(async () => {
  ({ client } = await start('here'));
});
beforeEach(async () => {
  const folder = path.join(root, `case-${n++}`);
  const made = createCase(folder, { title: 'B', reference: '', demonstration: false });
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) addFile(made, name, [0.9]);
  faces = allVerdicts(made).map(({ id, evidenceId, faceId }) => ({ verdictId: id, evidenceId, faceId }));
  closeCase(made);
  await client.case.open({ folder });
  await client.session.set({ examiner: 'Anna', blind: false });
});

const decide = ({ evidenceId, faceId }: Subject) =>
  client.opinion.give({ evidenceId, faceId, conclusion: 'forged', note: 'Seen.' });
const chosen = (): VerdictId[] => [faces[0]!.verdictId, faces[2]!.verdictId];
const told = async (contains?: string) =>
  (await client.case.activity({ limit: 100, about: ['rerun', 'stability'], ...(contains ? { contains } : {}) })).map(
    ({ action, who, subject, details }) => [action, who, subject, details.hidden === undefined ? 'told' : 'hidden'],
  );

/** Anna works on two of three results; then Ben reviews blind. */
async function workedOn(kind: 'rerun' | 'stability'): Promise<void> {
  const job = await client[kind].start({ verdictIds: chosen() });
  expect(await ended(client, job.id)).toBe('done');
  expect(JSON.stringify(await client.case.activity({ limit: 2 }))).toContain('Anna');
  await client.session.set({ examiner: 'Ben', blind: true });
}

test.each(['rerun', 'stability'] as const)(
  'in blind review neither log nor jobs say on which or how many results a %s of another was, until all of them are decided',
  async (kind) => {
    await workedOn(kind);
    expect(await told()).toEqual([
      [`${kind}.finished`, '', '', 'hidden'],
      [`${kind}.started`, '', '', 'hidden'],
    ]);
    for (const words of ['anna', 'a.jpg', 'face', '2 ']) expect(await told(words)).toEqual([]);
    const [job] = await client.job.list();
    expect(job).toMatchObject({ kind, state: 'done', input: {}, progress: { done: 0, total: null, message: '' } });
    for await (const event of await client.job.watch()) {
      expect(event.job.input).toEqual({});
      break;
    }
    expect((await client[kind].read({ jobId: job!.id })).rows).toEqual([]);
    await decide(faces[0]!);
    expect((await told()).map(([, , , how]) => how)).toEqual(['hidden', 'hidden']);
    await decide(faces[2]!);
    // By file and face: a number of a result is to be found nowhere.
    const onWhat = 'nowhere/a.jpg, face 1; nowhere/c.jpg, face 1';
    expect((await told()).map(([, who, subject, how]) => [who, subject, how])).toEqual([
      ['Anna', onWhat, 'told'],
      ['Anna', onWhat, 'told'],
    ]);
    expect((await client.job.list())[0]!.input).toMatchObject({ verdictIds: chosen() });
  },
);

test('a rerun of everything chooses nothing, and is told of', async () => {
  const { id } = await client.rerun.start({});
  await ended(client, id);
  await client.session.set({ examiner: 'Ben', blind: true });
  expect((await told()).map(([, who, , how]) => [who, how])).toEqual([
    ['Anna', 'told'],
    ['Anna', 'told'],
  ]);
  expect((await client.rerun.read({ jobId: id })).rows).toHaveLength(3);
});

test('one’s own work is told of, and what nobody put a name to is nobody’s own', async () => {
  await client.session.set({ examiner: 'Ben', blind: true });
  const { id } = await client.rerun.start({ verdictIds: chosen() });
  await ended(client, id);
  expect((await told()).map(([, , , how]) => how)).toEqual(['told', 'told']);
  await client.case.close();
  await client.case.open({ folder: path.join(root, `case-${n - 1}`) });
  const unnamed = await client.rerun.start({ verdictIds: [faces[1]!.verdictId] });
  await ended(client, unnamed.id);
  await client.session.set({ blind: true });
  expect((await told()).map(([, , , how]) => how)).toEqual(['hidden', 'hidden', 'hidden', 'hidden']);
});

test('which originals another copied out, and by which filter, is not told in blind review', async () => {
  const copying = { results: { filter: { leanings: ['towardsForged' as const] } }, folder: path.join(root, 'doubted') };
  for await (const _ of await client.report.copyOut(copying));
  const entry = async () => (await client.case.activity({ limit: 10, about: ['evidence'] }))[0]!;
  expect(await entry()).toMatchObject({ who: 'Anna', subject: 'doubted', details: { files: 3 } });
  await client.session.set({ examiner: 'Ben', blind: true });
  expect(await entry()).toMatchObject({ who: '', subject: '', details: { hidden: expect.any(String) } });
  await client.session.set({ blind: false });
  expect(await entry()).toMatchObject({ who: 'Anna' });
});

test('in blind review the walks of a model that was asked second are neither counted nor shown', async () => {
  const folder = path.join(root, `film-${n++}`);
  const made = createCase(folder, { title: 'F', reference: '', demonstration: false });
  addFile(made, 'a.jpg', [0.9]);
  const outcome = allVerdicts(made)[0]!.outcome as VerdictOutcome;
  const film: EvidenceId = addFilm(made, 'film.mp4');
  const sampling = { kind: 'byTime' as const, framesPerSecond: 2, sceneChanges: true };
  const modelId = '9'.repeat(64) as Sha256;
  const first = testModel.id;
  const secondLook = { cannotTell: true, sampleShare: 0, seed: 1, first, because: 'cannotTell' as const };
  const byFirst = scanFilm(made, film, [0, 12, 24], { sampling, outcome });
  const bySecond = scanFilm(made, film, [0, 12, 24], { sampling, outcome, modelId, secondLook });
  const second = allVerdicts(made).find((one) => one.modelId === modelId)!.id;
  closeCase(made);
  await client.case.open({ folder });
  await client.session.set({ examiner: 'Anna', blind: false });
  const shown = async () => (await client.video.timeline({ evidenceId: film, modelId: first })).scan;
  expect(await shown()).toMatchObject({ id: byFirst.scanId, number: 1, of: 2 });
  await client.session.set({ examiner: 'Ben', blind: true });
  expect(await shown()).toMatchObject({ id: byFirst.scanId, number: 1, of: 1 });
  await expect(client.video.timeline({ evidenceId: film, scanId: bySecond.scanId })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const { rows } = await client.finding.query({ filter: {} });
  const ofFilm = rows.find(({ evidenceId }) => evidenceId === film)!;
  expect((await client.finding.inspect({ verdictId: ofFilm.verdictId })).otherModels).toEqual([]);
  // An address kept from before opens nothing of it either.
  await expect(client.finding.inspect({ verdictId: second })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await client.finding.query({ filter: {} })).rows.map(({ verdictId }) => verdictId)).not.toContain(second);
});

/** Opens a case of two files, of which one was shown to a second model as well; that model's result. */
async function openWithSecond(): Promise<Verdict> {
  const folder = path.join(root, `second-${n++}`);
  const made = createCase(folder, { title: 'S', reference: '', demonstration: false });
  addFile(made, 'a.jpg', [0.9]);
  const modelId = '9'.repeat(64) as Sha256;
  const secondLook = { cannotTell: true, sampleShare: 0, seed: 1, first: testModel.id, because: 'cannotTell' as const };
  keepModel(made, { ...testModel, id: modelId });
  addFile(made, 'b.jpg', [0.5], { modelId, secondLook });
  const second = allVerdicts(made).find((one) => one.modelId === modelId)!;
  closeCase(made);
  await client.case.open({ folder });
  return second;
}

test('in blind review the address of a result by a model that was asked second is no result, until its face is decided', async () => {
  const { id: verdictId, evidenceId, faceId, modelId } = await openWithSecond();
  await client.session.set({ examiner: 'Anna', blind: false });
  expect((await client.finding.inspect({ verdictId })).model.id).toBe(modelId);
  await client.session.set({ examiner: 'Ben', blind: true });
  const refusal = async (id: number): Promise<string> =>
    client.finding.inspect({ verdictId: id as VerdictId }).then(
      () => 'shown',
      (error: Error) => error.message.replace(String(id), 'N'),
    );
  expect(await refusal(verdictId)).toContain('blind review does not show it');
  // One that was never there is refused in the same words.
  expect(await refusal(verdictId)).toBe(await refusal(9999));
  await client.opinion.give({ evidenceId, faceId, conclusion: 'forged' });
  expect(await refusal(verdictId)).toBe('shown');
});

test('in blind review neither a rerun of all nor stability of a face tells what a model that was asked second said', async () => {
  const second = await openWithSecond();
  const ended = async (id: number): Promise<void> => {
    for await (const { job } of await client.job.watch()) if (job.id === id && job.endedAt !== null) return;
  };
  await client.session.set({ examiner: 'Anna', blind: false });
  const all = await client.rerun.start({});
  await ended(all.id);
  const rowsOf = async () => (await client.rerun.read({ jobId: all.id })).rows.map(({ verdictId }) => verdictId);
  expect(await rowsOf()).toContain(second.id);
  await client.session.set({ examiner: 'Ben', blind: true });
  expect(await rowsOf()).not.toContain(second.id);
  expect((await client.rerun.start({})).input).toMatchObject({ verdictIds: [] });
  await expect(client.rerun.start({ verdictIds: [second.id] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(client.stability.start({ faceIds: [second.faceId!] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await client.opinion.give({ evidenceId: second.evidenceId, faceId: second.faceId, conclusion: 'forged' });
  expect(await rowsOf()).toContain(second.id);
});
