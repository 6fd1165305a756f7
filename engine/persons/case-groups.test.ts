// Groups of faces through the engine's own door: proposed, named, joined, split and put right, each step an
// entry that is taken back; held by the log, hidden from blind review where another named them, erased
// whole.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { FaceGroupId, FaceId } from '../../contract/brand.ts';
import { COPIES_LEFT_BEHIND } from '../../contract/copies-words.ts';
import type { GroupStep } from '../../contract/face-groups.ts';
import { GROUPS_LEFT_BEHIND, groupLine, groupsLines } from '../../contract/face-groups-words.ts';
import { personsLines } from '../../contract/persons-words.ts';
import { appendAudit } from '../case/log/audit.ts';
import { closeCase, openCase } from '../case/open-case.ts';
import type { Client } from '../index.ts';
import { samplePhotograph } from '../media/finder-weights.ts';
import { installations } from '../testing/installations.ts';
import { ended, findingsOf, scan } from '../testing/scanned.ts';

const { root, start } = installations('groups');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
const file = path.join(folder, 'face-groups.ndjson');
const REASON = 'Court order 7 of 3 March';
const NAME = 'Zsuzsanna Quellmann';
let client: Client;
const faces = new Map<string, FaceId[]>();

const refused = (detail: RegExp, code = 'GROUP_REFUSED') => ({ code, data: { detail: expect.stringMatching(detail) } });
const problems = async () => (await client.case.verify()).problems;
const list = () => client.group.list({ shown: 24 });
const step = (asked: GroupStep, examiner?: string) => client.group.step({ step: asked, examiner });
const lastEntry = async () => (await client.case.activity({ limit: 1 }))[0]!;
const propose = async (within?: number): Promise<string> =>
  ended(client, (await client.group.propose({ within, minimumSharpness: 0 })).id);
/** The group of this photograph's first face. */
async function groupWith(face: FaceId): Promise<FaceGroupId> {
  const { groups } = await list();
  return groups.find(({ shown }) => shown.some(({ faceId }) => faceId === face))!.id;
}
const facesIn = async (group: FaceGroupId): Promise<FaceId[]> =>
  (await client.group.get({ group })).faces.map(({ faceId }) => faceId);
const all = (): number => [...faces.values()].flat().length;
const faceOf = (name: string, n = 0): FaceId => faces.get(name)![n]!;

beforeAll(async () => {
  mkdirSync(media);
  for (const n of [1, 2, 3]) {
    copyFileSync(samplePhotograph(n), path.join(media, `${n}.jpg`));
    const { width = 0 } = await sharp(samplePhotograph(n)).metadata();
    await sharp(samplePhotograph(n))
      .resize(Math.round(width * 0.85))
      .jpeg({ quality: 85 })
      .toFile(path.join(media, `${n} smaller.jpg`));
  }
  ({ client } = await start());
  await client.case.create({ folder, title: 'G', reference: '' });
  expect(await scan(client, [media])).toBe('done');
  for (const { shownPath, faceId } of await findingsOf(client)) {
    if (faceId === null) continue;
    const name = path.posix.basename(shownPath);
    faces.set(name, [...(faces.get(name) ?? []), faceId]);
  }
});

test('nothing is grouped until comparing faces is on and faces are measured', async () => {
  expect(await list()).toMatchObject({ proposal: null, total: 0, groups: [], unusable: null });
  await expect(client.group.propose({})).rejects.toMatchObject(refused(/not compared in this case/, 'SEARCH_REFUSED'));
  const { id } = await client.persons.switchOn({ reason: REASON, examiner: 'Anna' });
  expect(await ended(client, id)).toBe('done');
  expect(existsSync(file)).toBe(false);
});

test('the machine proposes groups of copies, without a name, and the entry says how many and by what, not which', async () => {
  expect(await propose()).toBe('done');
  const { proposal, total, named, groups, undoing, alone } = await list();
  const copies = [...faces.keys()]
    .filter((name) => !name.includes('smaller'))
    .flatMap((name) => faces.get(name)!).length;
  expect({ total, named, undoing }).toEqual({ total: copies, named: 0, undoing: null });
  expect(proposal).toMatchObject({ who: 'Anna', within: 0.4, compared: all(), tooSmall: 0, blurred: 0 });
  // A smaller copy may show a face more than the photograph.
  expect(alone).toBe(all() - 2 * copies);
  for (const { name, faces: count, files, byExaminer, shown } of groups) {
    expect({ name, count, files, byExaminer }).toEqual({ name: null, count: 2, files: 2, byExaminer: false });
    const [a, b] = shown.map(({ shownPath }) => path.posix.basename(shownPath).replace(' smaller', ''));
    expect(a).toBe(b);
  }
  const entry = await lastEntry();
  expect(entry).toMatchObject({
    action: 'group.proposed',
    who: 'Anna',
    details: { groups: copies, steps: 1, bytes: statSync(file).size },
  });
  expect(entry.details.sha256).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
  expect(JSON.stringify(await list())).not.toMatch(/score|lean|logit|ratio/i);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  expect(await problems()).toEqual([]);
});

test('a step needs an examiner, a group and faces that are there, and no name says what an opinion says', async () => {
  const group = await groupWith(faceOf('1.jpg'));
  const other = faceOf('2.jpg');
  const before = (await lastEntry()).seq;
  await expect(step({ kind: 'name', group, name: 'Forged ones' })).rejects.toMatchObject(refused(/said by an opinion/));
  await expect(step({ kind: 'name', group, name: 'Inconclusive' })).rejects.toMatchObject(
    refused(/said by an opinion/),
  );
  await expect(step({ kind: 'name', group, name: null })).rejects.toMatchObject(refused(/has no name/));
  await expect(step({ kind: 'split', group, faces: [other] })).rejects.toMatchObject(refused(/is not in it/));
  await expect(step({ kind: 'split', group, faces: await facesIn(group) })).rejects.toMatchObject(
    refused(/at least one/),
  );
  await expect(step({ kind: 'merge', into: group, groups: [group] })).rejects.toMatchObject(refused(/with itself/));
  await expect(step({ kind: 'add', group, faces: [faceOf('1.jpg')] })).rejects.toMatchObject(refused(/is in it/));
  await expect(step({ kind: 'add', group, faces: [99_999 as FaceId] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(step({ kind: 'name', group: 999 as FaceGroupId, name: 'A' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  // Drawn before somebody else made a step.
  await expect(
    client.group.step({ step: { kind: 'name', group, name: 'A. Person' }, shownHeldBy: 1, examiner: 'Anna' }),
  ).rejects.toMatchObject(refused(/changed in another window/));
  expect((await list()).heldBy).toBeGreaterThan(1);
  expect((await lastEntry()).seq).toBe(before);
});

test('an examiner names, joins, splits and takes out, each one entry without a name or a face in it, each taken back', async () => {
  const [one, two] = [await groupWith(faceOf('1.jpg')), await groupWith(faceOf('2.jpg'))];
  const proposed = await list();
  await step({ kind: 'name', group: two, name: `  ${NAME}  ` });
  expect((await list()).groups[0]).toMatchObject({ id: two, name: NAME, namedBy: 'Anna', byExaminer: true });
  await expect(step({ kind: 'name', group: one, name: NAME.toLowerCase() })).rejects.toMatchObject(
    refused(/has this name/),
  );
  expect(await step({ kind: 'merge', into: one, groups: [two] })).toMatchObject({
    action: 'group.merged',
    group: one,
    faces: 4,
  });
  expect((await list()).groups[0]).toMatchObject({ id: one, name: NAME, faces: 4, files: 4 });
  const split = await step({ kind: 'split', group: one, faces: [faceOf('1.jpg'), faceOf('2.jpg')] });
  expect(split).toMatchObject({ action: 'group.split', faces: 2 });
  expect(await facesIn(split.group!)).toEqual([faceOf('1.jpg'), faceOf('2.jpg')]);
  expect(await step({ kind: 'takeOut', group: split.group!, faces: [faceOf('1.jpg'), faceOf('2.jpg')] })).toMatchObject(
    {
      action: 'group.takenOut',
      group: null,
      faces: 0,
    },
  );
  expect((await list()).alone).toBe(proposed.alone + 2);
  await step({ kind: 'add', group: one, faces: [faceOf('1.jpg')] });
  const entries = (await client.case.activity({ limit: 5 })).map(({ action, who, details }) => ({
    action,
    who,
    details,
  }));
  expect(entries.map(({ action }) => action)).toEqual([
    'group.added',
    'group.takenOut',
    'group.split',
    'group.merged',
    'group.named',
  ]);
  for (const { who, details } of entries) {
    expect(who).toBe('Anna');
    expect(Object.keys(details).sort().join(' ')).toMatch(/^(as )?bytes (faces )?group (groups )?sha256 steps$/);
    expect(typeof (details.faces ?? 0)).toBe('number');
  }
  expect(JSON.stringify(await client.case.activity({ limit: 1000 }))).not.toContain('Zsuzsanna');
  expect(await problems()).toEqual([]);
  for (const action of ['group.added', 'group.takenOut', 'group.split', 'group.merged', 'group.named'] as const) {
    expect((await list()).undoing).toBe(action);
    expect(await client.group.undo({})).toMatchObject({ action });
  }
  // All taken back: as it was proposed.
  expect(await list()).toEqual({ ...proposed, heldBy: expect.any(Number) });
  expect(await client.group.undo({})).toBeNull();
  expect(await problems()).toEqual([]);
});

test('what an examiner had in hand stays as it is when groups are proposed anew; another takes none of it back', async () => {
  const group = await groupWith(faceOf('1.jpg'));
  await step({ kind: 'name', group, name: NAME });
  await step({ kind: 'takeOut', group, faces: [faceOf('1 smaller.jpg')] });
  expect(await propose(0.9)).toBe('done');
  const { groups, undoing } = await list();
  expect(groups[0]).toMatchObject({ id: group, name: NAME, faces: 1 });
  expect(undoing).toBeNull();
  expect(await client.group.undo({})).toBeNull();
  expect(await propose()).toBe('done');
  await step({ kind: 'add', group, faces: [faceOf('1 smaller.jpg')] });
  await client.session.set({ examiner: 'Ben', blind: false });
  expect((await list()).undoing).toBeNull();
  expect(await client.group.undo({})).toBeNull();
  await client.session.set({ examiner: 'Anna' });
  expect(await client.group.undo({})).toBeNull();
  expect(await facesIn(group)).toEqual([faceOf('1.jpg'), faceOf('1 smaller.jpg')].sort((a, b) => a - b));
});

test('what another puts under a name is that other’s word, and two names are not joined by a key', async () => {
  const [group, other, third] = [
    await groupWith(faceOf('1.jpg')),
    await groupWith(faceOf('2.jpg')),
    await groupWith(faceOf('3.jpg')),
  ];
  await step({ kind: 'name', group: third, name: 'Somebody else' });
  const grouped = (await Promise.all([group, other, third].map(facesIn))).flat();
  const alone = [...faces.values()].flat().find((face) => !grouped.includes(face))!;
  await client.session.set({ examiner: 'Carl', blind: false });
  await step({ kind: 'merge', into: other, groups: [group] });
  await step({ kind: 'add', group: other, faces: [alone] });
  const said = [
    { who: 'Anna', faces: 2 },
    { who: 'Carl', faces: 3 },
  ];
  const found = (await list()).groups.find(({ id }) => id === other)!;
  expect(found).toMatchObject({ name: NAME, namedBy: 'Anna', saidBy: said });
  expect(groupLine(found)).toMatch(/named by Anna, of 2 faces; Carl put 3 more with them/);
  await expect(step({ kind: 'merge', into: other, groups: [third] })).rejects.toMatchObject(
    refused(/two names meet: .*Zsuzsanna.*Anna.*Somebody else.*Anna/),
  );
  // Whoever names it anew says so of all that are in it.
  await step({ kind: 'name', group: other, name: 'Of Carl' });
  expect((await list()).groups.find(({ id }) => id === other)).toMatchObject({ saidBy: [{ who: 'Carl', faces: 5 }] });
  for (let i = 0; i < 3; i++) await client.group.undo({});
  await client.session.set({ examiner: 'Anna' });
  await step({ kind: 'name', group: third, name: null });
});

test('the grid shows the faces of a group, as it stands, and counts those that have a name', async () => {
  const [group, other] = [await groupWith(faceOf('1.jpg')), await groupWith(faceOf('2.jpg'))];
  const shown = async (groups: FaceGroupId[]) =>
    (
      await client.finding.query({
        filter: { groups },
        sort: { by: 'path', direction: 'ascending' },
        offset: 0,
        limit: 100,
      })
    ).rows
      .map(({ faceId }) => faceId!)
      .sort((a, b) => a - b);
  expect(await shown([group])).toEqual(await facesIn(group));
  expect(await shown([group, other])).toEqual(
    [...(await facesIn(group)), ...(await facesIn(other))].sort((a, b) => a - b),
  );
  expect(await shown([999 as FaceGroupId])).toEqual([]);
  const { byGroup, total } = await client.finding.facets({ filter: { groups: [other] } });
  expect(total).toBe((await facesIn(other)).length);
  expect(byGroup).toEqual([
    { group: other, findings: total },
    { group, findings: (await facesIn(group)).length },
  ]);
  expect((await client.finding.counts({ filter: { groups: [other] } })).total).toBe(total);
  await step({ kind: 'takeOut', group, faces: [faceOf('1.jpg')] });
  expect(await shown([group])).toEqual(await facesIn(group));
  expect((await client.finding.facets({ filter: {} })).byGroup).toEqual([
    { group, findings: (await facesIn(group)).length },
  ]);
  await client.group.undo({});
});

test('in blind review a name that another gave is hidden, its group not changed, and what became of groups not told', async () => {
  const [group, other] = [await groupWith(faceOf('1.jpg')), await groupWith(faceOf('2.jpg'))];
  await client.session.set({ examiner: 'Ben', blind: true });
  const seen = await list();
  expect(JSON.stringify(seen)).not.toContain('Zsuzsanna');
  expect(seen).toMatchObject({ named: 0 });
  expect(seen.groups.find(({ id }) => id === group)).toMatchObject({
    name: null,
    nameHidden: true,
    namedBy: '',
    byExaminer: false,
  });
  expect(JSON.stringify(await client.group.get({ group }))).not.toContain('Zsuzsanna');
  await expect(step({ kind: 'name', group, name: 'X' })).rejects.toMatchObject(refused(/blind review is left/));
  await expect(step({ kind: 'merge', into: other, groups: [group] })).rejects.toMatchObject(
    refused(/blind review is left/),
  );
  await expect(step({ kind: 'add', group: other, faces: [faceOf('1.jpg')] })).rejects.toMatchObject(
    refused(/blind review is left/),
  );
  const entries = await client.case.activity({ limit: 100, about: ['group'] });
  for (const { action, who, subject, details } of entries.filter(({ action }) => action !== 'group.proposed'))
    expect({ action, who, subject, hidden: Object.keys(details) }).toEqual({
      action: 'group.named',
      who: '',
      subject: '',
      hidden: ['hidden'],
    });
  await step({ kind: 'name', group: other, name: 'Of Ben' });
  expect((await list()).groups[0]).toMatchObject({ name: 'Of Ben', namedBy: 'Ben' });
  await client.group.undo({});
  await client.session.set({ examiner: 'Anna', blind: false });
});

test('what somebody changes in the groups, takes away or puts back is found, and nothing is made of it', async () => {
  const whole = readFileSync(file);
  const changes: readonly [string, Buffer | undefined, RegExp][] = [
    [
      'a face in another group',
      Buffer.from(whole.toString().replace(/"groups":\[\[(\d+)/, '"groups":[[9$1')),
      /^[0-9a-f]{64}$|bytes, of/,
    ],
    ['another name', Buffer.from(whole.toString().replaceAll('Zsuzsanna', 'Susannaxx')), /^[0-9a-f]{64}$/],
    ['the last step taken off', whole.subarray(0, whole.length - 10), /bytes, of/],
    ['no file', undefined, /no such file/],
  ];
  const other = await groupWith(faceOf('2.jpg'));
  for (const [what, bytes, found] of changes) {
    rmSync(file);
    if (bytes) writeFileSync(file, bytes);
    expect(await problems(), what).toMatchObject([
      { kind: 'groupsChanged', subject: 'face-groups.ndjson', found: expect.stringMatching(found) },
    ]);
    await client.case.close();
    await client.case.open({ folder });
    expect(await list(), what).toMatchObject({ total: 0, unusable: expect.stringMatching(/not what the log holds/) });
    await expect(step({ kind: 'name', group: other, name: 'X' }, 'Anna'), what).rejects.toMatchObject(
      refused(/not what the log holds/, 'SEARCH_REFUSED'),
    );
  }
  // What lies behind the steps that are held was left by a process that was killed: it is not read, and the next is written over it.
  writeFileSync(file, whole);
  appendFileSync(file, `{"at":"2026-01-01T00:00:00Z","group":1,"kind":"named","name":"Left","who":"X"}\n`);
  expect(await problems()).toEqual([]);
  expect(JSON.stringify(await list())).not.toContain('Left');
  await step({ kind: 'name', group: other, name: 'Second' }, 'Anna');
  expect(readFileSync(file, 'utf8')).not.toContain('Left');
  expect((await list()).groups.map(({ name }) => name)).toContain('Second');
  expect(await problems()).toEqual([]);
});

test('an entry that holds a file in which an earlier step says something else is found, and nothing is made of it', async () => {
  const copy = path.join(root, 'rewritten');
  await client.case.close();
  cpSync(folder, copy, { recursive: true });
  const copied = path.join(copy, path.basename(file));
  const rewrite = (change: (lines: string[]) => string[], action: string, details: object, who = 'Anna') => {
    const lines = change(readFileSync(file, 'utf8').trimEnd().split('\n'));
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    writeFileSync(copied, bytes);
    const opened = openCase(copy);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const said = { ...details, steps: lines.length - 1, bytes: bytes.length, sha256 };
    appendAudit(opened, { who, action, subject: 'a group', details: said });
    closeCase(opened);
  };
  const found = async () => {
    await client.case.open({ folder: copy });
    // That the copy has another history than the one this workstation saw is told as well.
    const changed = (await problems()).filter(({ kind }) => kind === 'groupsChanged');
    const listed = await list();
    await client.case.close();
    rmSync(copy, { recursive: true });
    cpSync(folder, copy, { recursive: true });
    return { changed, total: listed.total, unusable: listed.unusable };
  };
  const nothing = { total: 0, unusable: expect.stringMatching(/not what the log holds/) };
  const proposal = (lines: string[]) =>
    JSON.stringify({
      ...JSON.parse(lines.find((one) => one.includes('"proposed"'))!),
      first: 99,
      groups: [],
      who: 'Anna',
    });
  // Another name in the past, under an entry of today that says nothing of it.
  rewrite(
    (lines) => [...lines.map((one) => one.replace('Zsuzsanna', 'Susannaxx')), proposal(lines)],
    'group.proposed',
    {
      groups: 0,
    },
  );
  expect(await found()).toMatchObject({
    ...nothing,
    changed: [{ kind: 'groupsChanged', expected: expect.stringMatching(/^step \d+, entered as group\.named by /) }],
  });
  // A step that is not what its entry says, and one in the name of another.
  const named = JSON.stringify({ kind: 'named', at: new Date().toISOString(), who: 'Anna', group: 1, name: 'Paul' });
  for (const [action, who] of [
    ['group.proposed', 'Anna'],
    ['group.named', 'Ben'],
  ] as const) {
    rewrite((lines) => [...lines, named], action, { group: 1, groups: 0 }, who);
    expect(await found(), action).toMatchObject({ ...nothing, changed: [{ kind: 'groupsChanged' }] });
  }
  // Two steps under one entry.
  rewrite((lines) => [...lines, named, named], 'group.named', { group: 1 });
  expect(await found()).toMatchObject({ ...nothing, changed: [{ kind: 'groupsChanged' }] });
  // What is entered as it is kept is a step like any other.
  rewrite((lines) => [...lines, named], 'group.named', { group: 1 });
  expect(await found()).toMatchObject({ changed: [], unusable: null });
  await client.case.open({ folder });
});

test('a portable case, a backup and the database have none of it, and begin anew', async () => {
  const packed = path.join(root, 'packed.recce');
  await client.case.pack({ file: packed, evidence: true, models: false });
  await client.case.close();
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile() || name.name === path.basename(file)) continue;
    expect(readFileSync(path.join(name.parentPath, name.name)).includes('Zsuzsanna'), name.name).toBe(false);
  }
  const other = path.join(root, 'other');
  await client.case.unpack({ file: packed, folder: other });
  const unpacked = await list();
  expect(unpacked).toMatchObject({ proposal: null, total: 0, unusable: null, notCarriedOver: true });
  expect(groupsLines(unpacked)).toEqual([GROUPS_LEFT_BEHIND]);
  const checked = await client.case.verify();
  expect(checked.problems).toEqual([]);
  expect(checked.remarks).toEqual(expect.arrayContaining([GROUPS_LEFT_BEHIND]));
  expect(checked.remarks).not.toEqual(expect.arrayContaining([COPIES_LEFT_BEHIND]));
  expect(await client.report.preview({})).toMatchObject({ notCarriedOver: { groups: true, copies: false } });
  expect(await ended(client, (await client.persons.measure({ examiner: 'Anna' })).id)).toBe('done');
  expect(await propose()).toBe('done');
  expect((await list()).groups[0]!.id).toBe(1);
  expect(await problems()).toEqual([]);
  expect((await list()).notCarriedOver).toBe(true);
  await client.case.close();
  await client.case.open({ folder });
  expect((await list()).notCarriedOver).toBeUndefined();
  expect((await client.report.preview({})).notCarriedOver).toBeUndefined();
  expect((await list()).groups.map(({ name }) => name)).toContain(NAME);
});

test('erased with the embeddings, no byte is left, and a link in its place leads to nothing that is overwritten', async () => {
  const report = { organisation: '', filter: {}, includeOpinions: true, paper: 'A4' } as const;
  const write = (name: string, redaction: 'none' | 'all') =>
    client.report.export({ options: { ...report, redaction }, format: 'csv', path: path.join(root, name) });
  await write('names.csv', 'none');
  await write('covered.csv', 'all');
  const before = await client.persons.state();
  expect(before.mayHoldNames).toEqual(['names.csv']);
  const after = await client.persons.erase({ reason: 'The order has ended', examiner: 'Anna' });
  expect(personsLines(after).at(-1)).toMatch(/may hold names of groups, and are not erased: names\.csv\./);
  expect(existsSync(file)).toBe(false);
  expect(await list()).toMatchObject({ proposal: null, total: 0, unusable: null });
  expect(await lastEntry()).toMatchObject({ action: 'persons.erased', details: { groupSteps: expect.any(Number) } });
  expect(await problems()).toEqual([]);
  writeFileSync(file, '{}');
  expect(await problems()).toMatchObject([{ kind: 'groupsChanged', expected: expect.stringMatching(/^none/) }]);
  await client.persons.erase({ reason: 'Somebody put it back' });
  expect(existsSync(file)).toBe(false);
  const { id } = await client.persons.switchOn({ reason: REASON });
  expect(await ended(client, id)).toBe('done');
  const precious = path.join(root, 'precious.txt');
  writeFileSync(precious, 'to be kept');
  symlinkSync(precious, file);
  expect(await propose()).toMatch(/link/);
  expect(readFileSync(precious, 'utf8')).toBe('to be kept');
});
