// What counts as an opinion in a report, and what leaves it: a note is none, what is no face is in
// no count and no result, an opinion on a track is said to be one and holds for the track's faces.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelId, TrackId } from '../../contract/brand.ts';
import type { Conclusion, Subject } from '../../contract/opinion.ts';
import { type ReportDocument, reportOptionsSchema } from '../../contract/report.ts';
import { reportTemplateSchema } from '../../contract/report-template.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { countStanding, giveOpinion } from '../case/rows/opinion.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile } from '../case/testing/case-material.ts';
import { addFilm, scanFilm } from '../case/testing/film-material.ts';
import { partsOfCsv } from './csv-report.ts';
import { readReportContent } from './report-content.ts';
import { readReportDocument } from './report-document.ts';
import { pdfFromDocument } from './testing/pdf-from-document.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-opinions-in-report-'));
const pictures = { blob: async () => undefined, context: async () => null, showsOthers: () => false };
const making = (change: object = {}) => ({
  options: reportOptionsSchema.parse(change),
  appVersion: '1',
  template: null,
});
let opened: WritableCase;
let document: ReportDocument;

/** A film with one track of two faces, and no other. */
function filmTrack(): Subject & { trackId: TrackId } {
  const evidenceId = addFilm(opened, 'film.mp4');
  const [scored] = allVerdicts(opened);
  const outcome = { ...scored!.outcome, score: 0.6123, leaning: 'cannotTell' } as VerdictOutcome;
  const { trackIds } = scanFilm(opened, evidenceId, [0, 1], { sampling: { kind: 'everyFrame' }, outcome });
  return { evidenceId, faceId: null, trackId: trackIds[0]! };
}

beforeAll(async () => {
  let tick = 0;
  const clock = () => new Date(Date.UTC(2026, 0, 1, 12, 0, tick++)).toISOString();
  opened = createCase(path.join(folder, 'case'), { title: 'C', reference: '', demonstration: false }, clock);
  addFile(opened, 'good.jpg', [0.2222]);
  addFile(opened, 'chin.jpg', [0.9999]);
  addFile(opened, 'argued.jpg', [0.8888]);
  addFile(opened, 'noted.jpg', [0.3333]);
  const [good, chin, argued, noted] = allVerdicts(opened).map(({ evidenceId, faceId }) => ({ evidenceId, faceId }));
  const track = filmTrack();
  const [one, two] = [addExaminer(opened, 'One'), addExaminer(opened, 'Two')];
  const give = (who: typeof one, about: Subject, conclusion: Conclusion, note: string) =>
    giveOpinion(opened, who, { ...about, conclusion, note, blind: true });
  give(one, good!, 'forged', 'Edge at the jaw.');
  give(one, good!, 'note', 'Seen at twice the size.');
  give(two, noted!, 'note', 'Only a remark here.');
  give(one, chin!, 'notAFace', 'This is a chin and a neck.');
  give(one, argued!, 'notAFace', 'I see no face here.');
  give(two, argued!, 'genuine', 'It is a face in profile.');
  give(one, track, 'inconclusive', 'The track as a whole.');
  document = await readReportDocument(opened, making());
  writeFileSync(path.join(folder, 'r.pdf'), (await pdfFromDocument(document, 'A4', pictures)).bytes);
  const without = await readReportDocument(opened, making({ includeOpinions: false }));
  writeFileSync(path.join(folder, 'without.pdf'), (await pdfFromDocument(without, 'A4', pictures)).bytes);
});
afterAll(() => {
  closeCase(opened);
  rmSync(folder, { recursive: true, force: true });
});

const text = (file = 'r.pdf'): string =>
  execFileSync('pdftotext', ['-layout', path.join(folder, file), '-'])
    .toString()
    .replace(/[ \t]+/g, ' ');

const table = (): Promise<string[]> =>
  withReadTransaction(opened, async (reading) => {
    const content = await readReportContent(reading, making());
    return [...partsOfCsv(content, making().options.csv)].join('').split('\r\n');
  });

test('a note is no opinion, in no count, and takes the place of none', { tags: ['poppler'] }, async () => {
  expect(document.standing).toHaveLength(5);
  expect(countStanding(opened)).toBe(5);
  const all = text();
  expect(all).toContain('5 opinions stand in this report, each with a reason');
  expect(all).toMatch(/good\.jpg, face 1 One forged, .*Edge at the jaw\./);
  expect(all).toMatch(/good\.jpg, face 1 60 leans towards genuine 0\.2222 – One: forged\n/);
  expect(all).toMatch(/Notes without an opinion[\s\S]*noted\.jpg, face 1 Two Only a remark here\./);
  const lines = await table();
  expect(lines.find((line) => line.includes('good.jpg'))).toContain(',forged,One,Edge at the jaw.,face,2');
  expect(lines.find((line) => line.includes('noted.jpg'))).toMatch(/cannot tell,,,,,,,,a{64},/);
});

test('findings and conclusion are printed with whose they are, and signed for by that examiner alone', {
  tags: ['poppler'],
}, async () => {
  const words = { findings: 'The edge runs round the jaw.', conclusion: 'Forged.', wordsBy: 'One' };
  const of = await readReportDocument(opened, making(words));
  expect(of.wordsBy).toEqual({ findings: 'One', conclusion: 'One' });
  writeFileSync(path.join(folder, 'words.pdf'), (await pdfFromDocument(of, 'A4', pictures)).bytes);
  const all = text('words.pdf').replace(/\s+/g, ' ');
  for (const said of ['Findings of One', 'Conclusion of One', 'Two, examiner: own opinions'])
    expect(all).toContain(said);
  expect(all).toMatch(/One, examiner: findings and conclusion, (own )?/);
});

test('a template’s words are printed as its own, and never as a conclusion that no examiner gave', {
  tags: ['poppler'],
}, async () => {
  const template = reportTemplateSchema.parse({
    ...{ name: 'House', organisation: 'Laboratory', findings: 'See the annexes.' },
    conclusion: 'No signs of forgery were found.',
  });
  const textOf = async (change: object): Promise<string> => {
    const of = await readReportDocument(opened, { ...making(change), template });
    writeFileSync(path.join(folder, 'house.pdf'), (await pdfFromDocument(of, 'A4', pictures)).bytes);
    return text('house.pdf').replace(/\s+/g, ' ');
  };
  expect(await readReportDocument(opened, { ...making(), template })).toMatchObject({ findings: '', conclusion: '' });
  const none = await textOf({});
  expect(none).toMatch(
    /Standing words of the laboratory These are words of the report template “House” of Laboratory\. .* no findings or conclusion of an examiner\. .*See the annexes\. No signs of forgery were found\./,
  );
  expect(none).not.toMatch(/Conclusion|Findings/);
  const own = await textOf({ conclusion: 'Forged.', wordsBy: 'One' });
  expect(own).toContain('Conclusion of One Forged.');
  expect(own).toMatch(/no findings of an examiner\. .*See the annexes\./);
  expect(own).not.toContain('No signs of forgery');
  expect(await textOf({ conclusion: 'Forged.' })).toContain('Conclusion, by whom is not said Forged.');
});

test('one subject with a second review is said to be one', { tags: ['poppler'] }, () => {
  expect(text().replace(/\s+/g, ' ')).toContain('1 of these was reviewed by a second examiner');
});

test('what an examiner calls no face leaves counts and results, and is listed once with who said it', {
  tags: ['poppler'],
}, async () => {
  const all = text();
  expect(all).toMatch(/Evidence 5 files .*5 faces\n/);
  expect(all).toContain('5 results of 1 model');
  expect(all).toMatch(/Model test \(aaaaaaaaaaaa\): 5 results/);
  expect(all.match(/chin\.jpg, face 1/g)).toHaveLength(1);
  expect(all).toMatch(/Said to be no face[\s\S]*chin\.jpg, face 1 One not a.* This is a chin and a neck\./);
  expect(all).not.toContain('0.9999');
  const lines = (await table()).filter((line) => line.includes('chin.jpg'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /,notAFace,,,,"?Not a face.*,notAFace,One,This is a chin and a neck\.,face,2[^,]*Z,yes,no,,,,,,,,$/,
  );
});

test('what is no face to one and a face to another stays a result, with both opinions', {
  tags: ['poppler'],
}, async () => {
  expect(text()).toMatch(/argued\.jpg, face 1 60 leans towards forged 0\.8888 – One: not a face;/);
  expect((await table()).find((line) => line.includes('argued.jpg'))).toContain(',scored,0.8888,');
});

test('without opinions the report says what was left out as no face, and not by whom', { tags: ['poppler'] }, () => {
  const all = text('without.pdf');
  expect(all).toMatch(/Said to be no face[\s\S]*chin\.jpg, face 1 left out not a face/);
  expect(all).not.toMatch(/This is a chin|0\.9999/);
});

test('an opinion on a track is printed as such, once in the list and with each of its faces', {
  tags: ['poppler'],
}, async () => {
  const all = text();
  expect(all.replace(/\s+/g, ' ')).toMatch(/film\.mp4, track 1 of scan 1 \(0\.00 s One inconclusive,.* to 0\.04 s\)/);
  expect(all).toContain('On the track, examiner One: inconclusive, score hidden');
  expect(all.match(/Examiner One, on track 1 of scan 1: inconclusive/g)).toHaveLength(2);
  const lines = (await table()).filter((line) => line.includes('film.mp4'));
  expect(lines).toHaveLength(2);
  for (const line of lines)
    expect(line).toMatch(
      /,0(\.04)?,\d,\d+,1,1,1,.*,inconclusive,One,The track as a whole\.,track 1 of scan 1 \(0\.00 s to 0\.04 s\),2[^,]*Z,yes,no,/,
    );
});

test('a face of a track that is called none is in no figure of the track', { tags: ['poppler'] }, async () => {
  const film = document.evidence.find(({ shownPath }) => shownPath.endsWith('film.mp4'))!;
  const [face] = document.faces.filter(({ evidenceId }) => evidenceId === film.id);
  const about = { evidenceId: film.id, faceId: face!.id, note: 'A lamp, no face.', blind: false };
  expect(document.videos[0]!.tracks[0]!.outcome).toMatchObject({ facesScored: 2 });
  giveOpinion(opened, addExaminer(opened, 'One'), { ...about, conclusion: 'notAFace' });
  const after = await readReportDocument(opened, making());
  expect(after.videos[0]!.tracks[0]!.outcome).toMatchObject({ facesScored: 1, windowFaces: 1 });
  writeFileSync(path.join(folder, 'film.pdf'), (await pdfFromDocument(after, 'A4', pictures)).bytes);
  const all = text('film.pdf').replace(/\s+/g, ' ');
  expect(all).toContain('2 frames, 1 face in 1 track');
  expect(all).toContain('Median of all 1 scored face of 1');
});

test('what is said of a track that two models followed is one opinion, printed with both scans; spellings of a name are told', {
  tags: ['poppler'],
}, async () => {
  const made = createCase(path.join(folder, 'models'), { title: 'M', reference: '', demonstration: false });
  addFile(made, 'a.jpg', [0.5]);
  const outcome = allVerdicts(made)[0]!.outcome;
  const evidenceId = addFilm(made, 'film.mp4');
  const [trackId] = ['a', 'b'].map(
    (model) =>
      scanFilm(made, evidenceId, [0, 1], {
        sampling: { kind: 'everyFrame' },
        outcome,
        modelId: model.repeat(64) as ModelId,
      }).trackIds[0]!,
  );
  const about = { evidenceId, faceId: null, trackId: trackId!, blind: false };
  giveOpinion(made, addExaminer(made, 'One'), { ...about, conclusion: 'inconclusive', note: 'Of the whole track.' });
  made.db.raw.exec(
    "INSERT INTO examiner (name, added_at) VALUES (' ONE', '2026'); INSERT INTO same_person VALUES (2, 1)",
  );
  const of = await readReportDocument(made, making());
  expect([of.standing.length, of.agreement.subjects, of.agreement.opinions, countStanding(made)]).toEqual([1, 1, 1, 1]);
  expect(of).toMatchObject({ examiners: ['One'], otherSpellings: [{ examiner: 'One', spellings: [' ONE'] }] });
  writeFileSync(path.join(folder, 'models.pdf'), (await pdfFromDocument(of, 'A4', pictures)).bytes);
  const all = text('models.pdf').replace(/\s+/g, ' ');
  expect(all).toContain('On the track, examiner One: inconclusive, on track 1 of scan 1, which has the same faces');
  expect(all.match(/On the track, examiner One: inconclusive/g)).toHaveLength(2);
  expect(all).toContain('One is also spelled “ ONE” in the log of the case: one person.');
  closeCase(made);
});
