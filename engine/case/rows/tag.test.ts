// What tags are on, what one undo takes back, who sees them, and that a change behind the
// workstation's back is found.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { TagId } from '../../../contract/brand.ts';
import type { Examiner } from '../../../contract/case.ts';
import type { RecceError } from '../../../contract/errors.ts';
import type { FindingSort } from '../../../contract/finding.ts';
import { MOST_TAGS, SHORTLIST, saysOpinion, type Taggable } from '../../../contract/tag.ts';
import { recordProblems } from '../custody/record-check.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { MIGRATIONS } from '../db/migrations.ts';
import { placeOfFinding, queryFindings, subjectsShown } from '../grid/finding.ts';
import { readFacets } from '../grid/finding-facets.ts';
import type { Viewer } from '../grid/finding-filter.ts';
import { auditLink, listAudit } from '../log/audit.ts';
import { closeCase, createCase, openCase } from '../open-case.ts';
import { addFile } from '../testing/case-material.ts';
import { writeOlderCase } from '../testing/older-case.ts';
import { tamperWith } from '../testing/tamper.ts';
import { addExaminer, markMistaken } from './examiner.ts';
import { giveOpinion } from './opinion.ts';
import { defineTag, getTag, listTags, type Tagging, tagSubjects, tagsOn, undoTagging } from './tag.ts';
import { allVerdicts } from './verdict.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-tag-'));
let opened: WritableCase;
let first: Examiner;
let second: Examiner;
let faces: Taggable[];
let made = 0;

beforeEach(() => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = () => {
    now += 1000;
    return new Date(now).toISOString();
  };
  opened = createCase(path.join(root, String(made++)), { title: 'T', reference: '', demonstration: false }, clock);
  [first, second] = ['First', 'Second'].map((name) => addExaminer(opened, name)) as [Examiner, Examiner];
  addFile(opened, 'a.jpg', [0.9, 0.1]);
  addFile(opened, 'b.jpg', [0.5]);
  faces = allVerdicts(opened).map(({ evidenceId, faceId }) => ({ evidenceId, faceId }));
  return () => closeCase(opened);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const EVERYONE: Viewer = { examinerId: null, blind: false };
const BY_PATH: FindingSort = { by: 'path', direction: 'ascending' };
const put = (name: string, subjects: readonly Taggable[], on = true, who = first): Tagging =>
  tagSubjects(opened, who, defineTag(opened, who, { name }), { subjects, on, seen: () => true });
const shown = (viewer: Viewer, tags?: TagId[]) =>
  queryFindings(opened, viewer, { filter: tags ? { tags } : {}, sort: BY_PATH, offset: 0, limit: 100 });
const idOf = (name: string): TagId => getTag(opened, name).id;
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
    .filter(({ action }) => action.startsWith('tag.'))
    .map(({ action, who, subject }) => [action, who, subject])
    .toReversed();
/** What is wrong, but that no scan made the rows of these fixtures and set their states. */
const problems = (one: WritableCase = opened) =>
  recordProblems(one).filter(
    ({ kind, subject }) =>
      !(kind === 'rowsUnaccounted' && /^(evidence|face|set|verdict)/.test(subject)) && !/^state/.test(subject),
  );
const tags = (): unknown[] => opened.db.raw.prepare('SELECT * FROM current_tag').all();

test('many are tagged with one entry, a tag that is there is not put there again, and nothing enters nothing', () => {
  expect(put('Gang', faces.slice(0, 2))).toMatchObject({ changed: 2, on: true });
  expect(put('gang ', faces)).toMatchObject({ changed: 1 });
  const before = auditLink(opened)!.seq;
  expect(put('Gang', faces)).toMatchObject({ changed: 0 });
  expect(auditLink(opened)!.seq).toBe(before);
  expect(log()).toEqual([
    ['tag.defined', 'First', 'Gang'],
    ['tag.added', 'First', 'Gang: 2 results'],
    ['tag.added', 'First', 'Gang: nowhere/b.jpg, face 1'],
  ]);
  expect(shown(EVERYONE).rows.map((row) => row.tags)).toEqual([[1], [1], [1]]);
  expect(tagsOn(opened, faces[0]!)).toMatchObject([{ tagId: 1, examinerName: 'First' }]);
  expect(problems()).toEqual([]);
});

test('one undo takes back all that was done at once, and nothing that was changed since', () => {
  const all = put('A', faces);
  put('A', [faces[1]!], false);
  put('A', [faces[1]!], true, second);
  expect(undoTagging(opened, first, all)).toMatchObject({ on: false, changed: 2 });
  expect(shown(EVERYONE).rows.map((row) => row.tags)).toEqual([[], [1], []]);
  const off = put('A', faces, false);
  expect(undoTagging(opened, first, off)).toMatchObject({ on: true, changed: 1 });
  expect(tagsOn(opened, faces[1]!)).toMatchObject([{ examinerName: 'Second' }]);
  expect(log().at(-1)).toEqual(['tag.undone', 'First', 'A: nowhere/a.jpg, face 2']);
  expect(problems()).toEqual([]);
});

test('a tag is taken off whoever put it there, and a file as a whole has its own', () => {
  const file: Taggable = { evidenceId: faces[0]!.evidenceId, faceId: null };
  put('A', [file, faces[0]!], true, second);
  put('A', [faces[0]!], false);
  expect([tagsOn(opened, faces[0]!), tagsOn(opened, file).length]).toEqual([[], 1]);
  expect(codeOf(() => put('A', [{ ...faces[0]!, evidenceId: faces[2]!.evidenceId }]))).toBe('NOT_FOUND');
});

test('a new tag has a colour that no other has, as long as there is one', () => {
  const names = ['A', 'B', 'C', 'D'];
  for (const name of names) defineTag(opened, first, { name });
  expect(new Set(listTags(opened).map(({ colour }) => colour)).size).toBe(5);
  defineTag(opened, first, { name: SHORTLIST });
  expect(listTags(opened).find(({ name }) => name === SHORTLIST)?.colour).toBe('blue');
  expect(defineTag(opened, first, { name: 'E' }).colour).toBe('blue');
});

test('a tag keeps its number when its colour or key changes, two never have one key, and none says what an opinion says', () => {
  expect(listTags(opened)).toEqual([{ id: null, name: SHORTLIST, colour: 'blue', key: null }]);
  defineTag(opened, first, { name: ' Wears  glasses', colour: 'pink', key: 'k' });
  const changed = defineTag(opened, second, { name: 'wears Glasses', colour: 'brown' });
  expect(changed).toEqual({ id: 1, name: 'Wears glasses', colour: 'brown', key: 'k' });
  defineTag(opened, first, { name: 'shortlist' });
  expect(listTags(opened).map(({ id, name }) => [id, name])).toEqual([
    [3, SHORTLIST],
    [1, 'Wears glasses'],
  ]);
  expect(codeOf(() => defineTag(opened, first, { name: 'Other', key: 'k' }))).toBe('TAG_REFUSED');
  for (const name of [
    'Forged',
    'Deepfake',
    'Not genuine',
    'AI-generated',
    'fake?',
    'echt',
    'Note',
    'really REAL',
    'Gefälscht!',
  ])
    expect(
      codeOf(() => defineTag(opened, first, { name })),
      name,
    ).toBe('TAG_REFUSED');
  expect(['Forget it', 'Realm', 'Forge Street', 'Echternach', 'Not sure'].filter(saysOpinion)).toEqual([]);
  expect(codeOf(() => getTag(opened, 'Other'))).toBe('TAG_REFUSED');
  for (let n = 2; n < MOST_TAGS; n++) defineTag(opened, first, { name: `T ${n}` });
  expect(codeOf(() => defineTag(opened, first, { name: 'One more' }))).toBe('TAG_REFUSED');
  expect(problems()).toEqual([]);
});

test('results are filtered and counted by tag', () => {
  put('A', faces.slice(0, 2));
  put('B', faces.slice(1));
  const [a, b] = [idOf('A'), idOf('B')];
  expect(shown(EVERYONE, [a]).rows.map(({ faceId }) => faceId)).toEqual(faces.slice(0, 2).map(({ faceId }) => faceId));
  expect([shown(EVERYONE, [b]).total, shown(EVERYONE, [a, b]).total, shown(EVERYONE, []).total]).toEqual([2, 3, 0]);
  expect(readFacets(opened, EVERYONE, { tags: [a] }).byTag).toEqual([
    { tagId: a, findings: 2 },
    { tagId: b, findings: 2 },
  ]);
  expect(readFacets(opened, EVERYONE, { pathContains: 'b.jpg' }).byTag).toEqual([
    { tagId: a, findings: 0 },
    { tagId: b, findings: 1 },
  ]);
  const last = shown(EVERYONE).rows.at(-1)!.verdictId;
  expect(placeOfFinding(opened, EVERYONE, { verdictId: last, filter: { tags: [b] }, sort: BY_PATH })).toBe(1);
  expect(subjectsShown(opened, EVERYONE, { tags: [a] }, undefined)).toMatchObject(faces.slice(0, 2));
});

test('which faces have a tag is read from the index by tag alone', () => {
  const plan = opened.db.raw
    .prepare('EXPLAIN QUERY PLAN SELECT c.face_id FROM current_tag c WHERE c.tag_id IN (1)')
    .all();
  expect(plan).toMatchObject([{ detail: 'SEARCH c USING COVERING INDEX current_tag_by_tag (tag_id=?)' }]);
});

test('in blind review another’s tag is seen on what one has decided, and one’s own everywhere', () => {
  put('A', faces);
  put('B', [faces[2]!], true, second);
  giveOpinion(opened, second, {
    evidenceId: faces[0]!.evidenceId,
    faceId: faces[0]!.faceId,
    conclusion: 'forged',
    note: '',
    blind: true,
  });
  const blind: Viewer = { examinerId: second.id, blind: true };
  const [a, b] = [idOf('A'), idOf('B')];
  expect(shown(blind).rows.map((row) => row.tags)).toEqual([[a], [], [b]]);
  expect([shown(blind, [a]).total, shown(blind, [b]).total]).toEqual([1, 1]);
  expect(readFacets(opened, blind, {}).byTag).toEqual([
    { tagId: a, findings: 1 },
    { tagId: b, findings: 1 },
  ]);
  expect(shown({ ...blind, blind: false }, [a]).total).toBe(3);
});

test('a name under which tags were entered is no mistake', () => {
  put('A', faces);
  expect(codeOf(() => markMistaken(opened, '', first.id))).toBe('EXAMINER_KEPT');
  expect(codeOf(() => markMistaken(opened, '', second.id))).toBe('entered');
});

/** Steps of a layout that knows no tags. */
const WITHOUT_TAGS = 14;

test('a case of the version before gets its tables and nothing else', () => {
  put('A', faces);
  const folder = path.join(root, `older-${made}`);
  closeCase(opened);
  writeOlderCase(opened.folder, folder, WITHOUT_TAGS);
  opened = openCase(folder);
  expect([listTags(opened).length, tags()]).toEqual([1, []]);
});

describe('a change of tags by another program is found:', () => {
  beforeEach(() => {
    defineTag(opened, first, { name: 'A', colour: 'pink', key: 'k' });
    put('A', faces.slice(0, 2));
    put('A', [faces[0]!], false, second);
    expect(problems()).toEqual([]);
  });
  const attacks: readonly [string, string, RegExp][] = [
    ['a tag put on another face', 'UPDATE tagging SET face_id = 3, evidence_id = 2 WHERE id = 2', /^tagging/],
    ['a tag that was taken off after all', 'UPDATE tagging SET standing = 1 WHERE id = 3', /^tagging/],
    ['a tag put on by somebody else', 'UPDATE tagging SET examiner_id = 2, by_id = 2 WHERE id <= 2', /^tagging/],
    ['a tagging removed', 'DELETE FROM tagging WHERE id = 3', /^tagging/],
    ['a tagging removed from the middle', 'DELETE FROM tagging WHERE id = 1', /^tagging/],
    [
      'a tagging added',
      `INSERT INTO tagging (tag_id, evidence_id, face_id, examiner_id, standing, by_id, at) VALUES (1, 2, 3, 1, 1, 1, '2026-01-01T00:00:20Z')`,
      /^tagging/,
    ],
    ['a tag of another name', `UPDATE tag SET name = 'B'`, /^definition/],
    ['a tag of another colour', `UPDATE tag SET colour = 'grey'`, /^definition/],
    ['a definition removed', 'DELETE FROM tag', /^(definition|row 1)/],
    [
      'a definition added',
      `INSERT INTO tag (name, colour, key, examiner_id, defined_at) VALUES ('C', 'grey', NULL, 1, '2026-01-01T00:00:20Z')`,
      /^definition/,
    ],
    ['what stands, by itself', 'DELETE FROM current_tag', /^tags that stand/],
    ['what stands, by one more', 'INSERT INTO current_tag VALUES (2, 3, 1, 1, 1)', /^tags that stand/],
  ];
  test.each(attacks)('%s', (_, sql, subject) => {
    tamperWith(opened.db.raw, sql);
    expect(problems().map((one) => one.subject)).toContainEqual(expect.stringMatching(subject));
  });

  test('in a case made by an earlier version too, where no seal reaches back', () => {
    const folder = path.join(root, `older-${made}`);
    closeCase(opened);
    writeOlderCase(opened.folder, folder, MIGRATIONS.length - 1);
    opened = openCase(folder);
    tamperWith(
      opened.db.raw,
      `INSERT INTO tag (name, colour, key, examiner_id, defined_at) VALUES ('C', 'grey', NULL, 1, '2026-01-01T00:00:20Z');
      INSERT INTO tagging (tag_id, evidence_id, face_id, examiner_id, standing, by_id, at) VALUES (1, 2, 3, 1, 1, 1, '2026-01-01T00:00:20Z')`,
    );
    expect(new Set(problems().map(({ kind }) => kind))).toContain('tagChanged');
  });
});
