// Reports that are written row by row: the same bytes as from the document held whole, of one
// moment of the case while others write to it, and no part of one is ever left under its name.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import type { EvidenceState } from '../../contract/evidence.ts';
import { type ReportDocument, type ReportOptions, reportOptionsSchema } from '../../contract/report.ts';
import { type ReportTemplate, reportTemplateSchema } from '../../contract/report-template.ts';
import type { VerdictOutcome } from '../../contract/verdict.ts';
import { sha256Of } from '../blobs/blob-store.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addEvidence, allEvidence } from '../case/rows/evidence.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { allFaces } from '../case/rows/face.ts';
import { keepModel } from '../case/rows/model.ts';
import { allOpinions, giveOpinion } from '../case/rows/opinion.ts';
import { addVerdicts, allVerdicts } from '../case/rows/verdict.ts';
import { addFile, testModel, testParameters } from '../case/testing/case-material.ts';
import { canonicalJson, hashOfValue } from '../files/canonical-json.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { type Client, createClient, createEngine, type Engine } from '../index.ts';
import { exportText, type TextFormat } from './export-report.ts';
import { hashOfContent, readReportContent } from './report-content.ts';
import { readReportDocument } from './report-document.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-streamed-'));
const at = (...names: string[]) => path.join(root, ...names);
const hash = (digit: string) => digit.repeat(64) as Sha256;
let opened: WritableCase;

/** Files of which nothing or not everything was scored, each with its reason. */
const UNSCORED: readonly [string, EvidenceState, VerdictOutcome][] = [
  [
    '=HYPERLINK("x").jpg',
    { kind: 'unreadable', reason: 'truncated', message: 'It ends early, "in mid-row".' },
    { kind: 'unreadable', reason: 'truncated', message: 'It ends early, "in mid-row".' },
  ],
  [
    'Русский, 中文.jpg',
    { kind: 'read', widthPx: 9, heightPx: 9, remarks: ['odd'] },
    { kind: 'outOfDomain', reasons: ['sharpness 3 is below 10', 'dark'], cropSha256: null },
  ],
  [
    'a\tb\nc.jpg',
    { kind: 'read', widthPx: 9, heightPx: 9, remarks: [] },
    { kind: 'faceTooSmall', sizePx: 30.4, minimumPx: 40, cropSha256: null },
  ],
  ['-1.jpg', { kind: 'read', widthPx: 9, heightPx: 9, remarks: [] }, { kind: 'toolError', message: '@sum: it ended' }],
  ['pending.jpg', { kind: 'pending' }, { kind: 'noFace' }],
];

/** A second model's ratios for the first file: the same faces, other words. */
function addSecondModel(case_: WritableCase): void {
  const id = hash('9');
  keepModel(case_, { ...testModel, id, passport: { ...testModel.passport, sha256: id } });
  const [evidence] = allEvidence(case_);
  const [first] = allVerdicts(case_);
  const [face] = allFaces(case_);
  const outcome = { ...first!.outcome, log10LikelihoodRatio: 1.23 } as VerdictOutcome;
  const { id: _id, evidenceId: _evidence, ...found } = face!;
  addVerdicts(case_, { ...testParameters, modelId: id }, [
    {
      evidenceId: evidence!.id,
      relativePath: evidence!.relativePath,
      state: undefined,
      verdicts: [{ face: found, outcome }],
    },
  ]);
}

function addUnscored(case_: WritableCase): void {
  for (const [name, state, outcome] of UNSCORED) {
    const evidence = addEvidence(case_, {
      path: `/nowhere/${name}`,
      relativePath: name,
      mediaType: 'image/jpeg',
      sizeBytes: 7,
      modifiedAt: '2026-01-01T00:00:00.000Z',
      sha256: state.kind === 'unreadable' ? null : hash('1'),
    });
    addVerdicts(case_, testParameters, [
      { evidenceId: evidence.id, relativePath: name, state, verdicts: [{ face: null, outcome }] },
    ]);
  }
}

function addOpinions(case_: WritableCase): void {
  const [first, second] = allVerdicts(case_);
  const [one, two] = [addExaminer(case_, 'Öne, "A"'), addExaminer(case_, 'Two')];
  giveOpinion(case_, one, { ...first!, conclusion: 'forged', note: 'a,\n"b"', blind: true });
  giveOpinion(case_, two, { ...first!, conclusion: 'genuine', note: '', blind: false });
  giveOpinion(case_, one, { ...second!, conclusion: 'inconclusive', note: '', blind: false });
  giveOpinion(case_, one, { ...second!, conclusion: 'withdrawn', note: '', blind: false });
}

beforeAll(() => {
  let tick = 0;
  const clock = () => new Date(Date.UTC(2026, 0, 1, 12, 0, tick++)).toISOString();
  opened = createCase(at('case'), { title: 'Row by "row"', reference: 'Ⅶ', demonstration: false }, clock);
  // More rows than are written at once.
  for (let i = 0; i < 80; i++) addFile(opened, `${i % 7}/${i}.jpg`, [(i % 10) / 10 + 0.05, 0.5, 0.99]);
  addUnscored(opened);
  addSecondModel(opened);
  addOpinions(opened);
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

const making = (change: Partial<ReportOptions> = {}, template: ReportTemplate | null = null) => ({
  options: reportOptionsSchema.parse(change),
  appVersion: '1.0',
  template,
});

const write = (format: TextFormat, file: string, made: ReturnType<typeof making>, signal?: AbortSignal) =>
  withReadTransaction(opened, async (reading) => {
    const content = await readReportContent(reading, made);
    return exportText(content, await hashOfContent(content), format, file, signal);
  });

const laboratory = reportTemplateSchema.parse({
  name: 'L',
  organisation: 'Laboratory',
  verbalScale: [
    { from: 0, words: 'says nothing' },
    { from: 1, words: 'says, "a little"' },
  ],
});

/**
 * The lines of a table as records by its header's names; formulas as they were before they were
 * disarmed.
 */
function recordsOfTable(text: string): Record<string, string>[] {
  const cells = [...text.slice(1).matchAll(/(?:"((?:[^"]|"")*)"|([^,\r]*))(,|\r\n)/g)];
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of cells) {
    rows.at(-1)!.push((quoted?.replaceAll('""', '"') ?? plain!).replace(/^'/, ''));
    if (end !== ',') rows.push([]);
  }
  const [header, ...lines] = rows.slice(0, -1);
  return lines.map((line) => Object.fromEntries(line.map((cell, i) => [header![i]!, cell])));
}

const resultsOfTable = (text: string) =>
  recordsOfTable(text).map((row) => [row.path, row.face, row.result, row.score, row.model, row['made at']]);

function resultsOf(document: ReportDocument): string[][] {
  const paths = new Map(document.evidence.map((one) => [one.id, one.shownPath]));
  const faces = new Map(document.faces.map((one) => [one.id, String(one.faceIndex + 1)]));
  return document.verdicts.map(({ evidenceId, faceId, outcome, modelId, madeAt }) => [
    paths.get(evidenceId)!,
    faceId === null ? '' : faces.get(faceId)!,
    outcome.kind,
    outcome.kind === 'scored' ? String(Number(outcome.score.toFixed(6))) : '',
    modelId,
    madeAt,
  ]);
}

describe.each([
  ['in full', {}, null],
  ['of some scores, with a template', { filter: { scoreMin: 0.6 }, title: 'T' }, laboratory],
  ['without opinions', { includeOpinions: false }, null],
  ['with other faces covered', { redaction: 'others', filter: { leanings: ['towardsGenuine'] } }, null],
  ['with all faces covered', { redaction: 'all' }, laboratory],
] as [string, Partial<ReportOptions>, ReportTemplate | null][])('%s', (_, change, template) => {
  const made = making(change, template);
  let document: ReportDocument;
  beforeAll(async () => {
    document = await readReportDocument(opened, made);
  });

  test('the table has a line for each result of the document, in its order', async () => {
    const exported = await write('csv', at('t.csv'), made);
    const bytes = readFileSync(at('t.csv'));
    expect(resultsOfTable(bytes.toString())).toEqual(resultsOf(document));
    expect(exported).toEqual({
      path: at('t.csv'),
      sha256: sha256Of(bytes),
      sizeBytes: bytes.length,
      pages: null,
      contentSha256: document.contentSha256,
      signature: null,
    });
  });

  test('the machine-readable record is the canonical JSON of the document, and its hash that of all else in it', async () => {
    const { sha256 } = await write('json', at('t.json'), made);
    const text = readFileSync(at('t.json'), 'utf8');
    expect(text).toBe(`${canonicalJson(document)}\n`);
    const { contentSha256, ...content } = document;
    expect(hashOfValue(content)).toBe(contentSha256);
    expect(sha256Of(Buffer.from(text))).toBe(sha256);
  });

  test('CASE/UCO is laid out as JSON.stringify lays it out, with every file and result of the document in order', async () => {
    await write('jsonld', at('t.jsonld'), made);
    const text = readFileSync(at('t.jsonld'), 'utf8');
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 1)}\n`);
    const graph = JSON.parse(text)['@graph'] as Record<string, unknown>[];
    const of = (type: string) => graph.filter((one) => one['@type'] === type);
    const boxes = new Map(document.faces.map(({ id, box }) => [id, box ?? 'withheld']));
    expect(of('uco-analysis:AnalyticResult').map((one) => [one['recce:kind'], one['recce:box']])).toEqual(
      document.verdicts.map(({ outcome, faceId }) => [outcome.kind, faceId === null ? undefined : boxes.get(faceId)]),
    );
    const [investigation, action] = [
      of('case-investigation:Investigation')[0]!,
      of('case-investigation:InvestigativeAction')[0]!,
    ];
    const files = of('uco-observable:File').map((one) => ({ '@id': one['@id'] }));
    expect(files).toHaveLength(document.evidence.length);
    expect(investigation['uco-core:object']).toEqual(files);
    expect(action['uco-action:object']).toEqual(files);
    expect(action['uco-action:result']).toEqual(
      of('uco-analysis:AnalyticResult').map((one) => ({ '@id': one['@id'] })),
    );
  });
});

test('the document holds every row of the case, as the queries of one noun give them', async () => {
  const document = await readReportDocument(opened, making());
  expect(document.evidence).toEqual(allEvidence(opened));
  expect(document.faces).toEqual(allFaces(opened));
  expect(document.verdicts).toEqual(allVerdicts(opened));
  expect(document.opinions).toEqual(allOpinions(opened));
  const moments = [...document.verdicts.map((one) => one.madeAt), document.auditHead!.at];
  expect(document.asOf).toBe(moments.sort().at(-1));
  const paths = new Map(document.evidence.map((one) => [one.id, one.shownPath]));
  const byPath = document.verdicts
    // Of two models the one with most verdicts gets the blocks; the tables hold both.
    .filter((one) => one.faceId !== null && one.modelId === testModel.id)
    .map((one) => ({ ...one, path: Buffer.from(paths.get(one.evidenceId)!) }))
    .sort((a, b) => a.path.compare(b.path) || a.faceId! - b.faceId! || a.id - b.id);
  expect(document.shown).toEqual(byPath.map((one) => one.id));
});

test('an export is of one moment: what is written to the case meanwhile is not in it, and is not held up by it', async () => {
  const made = making();
  const before = await readReportDocument(opened, made);
  await withReadTransaction(opened, async (reading) => {
    const content = await readReportContent(reading, made);
    const rows = content.lists.verdicts()[Symbol.iterator]();
    rows.next();
    addFile(opened, 'later.jpg', [0.7]);
    expect(allVerdicts(opened)).toHaveLength(before.verdicts.length + 1);
    expect(await hashOfContent(content)).toBe(before.contentSha256);
    await exportText(content, before.contentSha256, 'csv', at('moment.csv'));
    rows.return?.();
  });
  expect(resultsOfTable(readFileSync(at('moment.csv'), 'utf8'))).toEqual(resultsOf(before));
  const after = await readReportDocument(opened, made);
  expect(after.verdicts).toHaveLength(before.verdicts.length + 1);
  expect(after.contentSha256).not.toBe(before.contentSha256);
});

describe('a file is whole or not there', () => {
  const folder = at('whole');
  const file = path.join(folder, 'r.csv');
  /** Parts without end, of which the caller sees how many were taken. */
  function* endless(taken: (n: number) => void): Generator<string> {
    for (let n = 1; ; n++) {
      taken(n);
      yield 'x'.repeat(100_000);
    }
  }
  beforeAll(() => {
    mkdirSync(folder);
    writeFileSync(file, 'the report of last week');
  });

  test('called off, it leaves what was there, and nothing else', async () => {
    const stop = new AbortController();
    const parts = endless((n) => n === 30 && stop.abort(new Error('No longer wanted.')));
    await expect(writeAtomic(file, parts, stop.signal)).rejects.toThrow('No longer wanted.');
    expect(readdirSync(folder)).toEqual(['r.csv']);
    expect(readFileSync(file, 'utf8')).toBe('the report of last week');
  });

  test('an error of the case while it is read does the same, and stays that error', async () => {
    const parts = endless((n) => {
      if (n === 30) throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
    });
    await expect(writeAtomic(file, parts)).rejects.toMatchObject({ code: 'SQLITE_CORRUPT' });
    expect(readdirSync(folder)).toEqual(['r.csv']);
  });

  test('while it is written, what was there can be read, and two at once each write a whole file', async () => {
    const seen: string[] = [];
    function* parts(letter: string): Generator<string> {
      for (let n = 0; n < 50; n++) {
        seen.push(readFileSync(file, 'utf8').slice(0, 10));
        yield letter.repeat(100_000);
      }
    }
    const both = await Promise.all([writeAtomic(file, parts('a')), writeAtomic(file, parts('b'))]);
    expect(new Set(seen).has('the report')).toBe(true);
    const bytes = readFileSync(file);
    expect(both.map((one) => one.sha256)).toContain(sha256Of(bytes));
    expect(both.map((one) => one.sizeBytes)).toEqual([5_000_000, 5_000_000]);
    expect(readdirSync(folder)).toEqual(['r.csv']);
  });

  test('what a killed process left of the same file is removed; what a living one writes, and every other file, stays', async () => {
    const program = `
      import { writeAtomic } from ${JSON.stringify(new URL('../files/write-atomic.ts', import.meta.url).href)};
      function* parts() {
        for (let n = 0; n < 30; n++) yield 'a'.repeat(100_000);
        process.kill(process.pid, 'SIGKILL');
      }
      await writeAtomic(${JSON.stringify(file)}, parts());`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
    expect(killed.signal).toBe('SIGKILL');
    const [left] = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
    const own = `-${killed.pid}-`;
    expect(left).toContain(own);
    const kept = [
      left!.replace(own, `-${process.ppid}-`),
      left!.replace(/^r\.csv\.[0-9a-f]{8}/, 'r.csv.00000000'),
      left!.replace('r.csv', 's.csv'),
      `${left}.txt`,
      'r.csv.0123abcd.tmp',
    ];
    for (const name of kept) writeFileSync(path.join(folder, name), '');
    await writeAtomic(file, ['whole']);
    expect(readdirSync(folder).sort()).toEqual(['r.csv', ...kept].sort());
    expect(readFileSync(file, 'utf8')).toBe('whole');
  });
});

describe('of a larger case, in an engine', () => {
  const folder = at('large');
  let engine: Engine;
  let client: Client;
  beforeAll(async () => {
    const large = createCase(folder, { title: 'L', reference: 'ML/7 ', demonstration: false });
    large.db.transaction(() => {
      for (let i = 0; i < 200; i++) addFile(large, `${i}.jpg`, Array(10).fill(0.4));
    });
    closeCase(large);
    engine = await createEngine({ appDataFolder: at('app') });
    client = createClient(engine);
    await client.case.open({ folder });
  });
  afterAll(() => engine.close());
  const request = (format: TextFormat) => ({ options: {}, format, path: at('out', `r.${format}`) });
  const page = { filter: {}, sort: { by: 'score', direction: 'descending' }, offset: 0, limit: 10 } as const;

  test.each(['csv', 'json', 'jsonld'] as const)('%s: others are answered while it is written', async (format) => {
    let done = false;
    const exporting = client.report.export(request(format)).finally(() => {
      done = true;
    });
    let answered = 0;
    for (; !done; answered++) {
      expect((await client.finding.query(page)).total).toBe(2000);
      // As a window asks: with a turn of the event loop between two questions.
      await setImmediate();
    }
    expect(sha256Of(readFileSync((await exporting).path))).toBe((await exporting).sha256);
    expect(answered).toBeGreaterThan(3);
  });

  test('without a name the same content gives the same name, and the log names the file and its hash', async () => {
    const one = await client.report.export({ options: {}, format: 'csv' });
    expect((await client.report.export({ options: {}, format: 'csv' })).path).toBe(one.path);
    expect(path.basename(one.path)).toBe(
      `ML-7_${new Date().toISOString().slice(0, 10)}_report-${one.contentSha256.slice(0, 12)}.csv`,
    );
    const [last] = await client.case.activity({ limit: 1 });
    expect(last).toMatchObject({
      action: 'report.exported',
      subject: path.basename(one.path),
      details: {
        format: 'csv',
        sha256: one.sha256,
        contentSha256: one.contentSha256,
        redaction: 'none',
        signed: false,
      },
    });
  });

  test('the caller who no longer wants it gets no file, and no entry in the log', async () => {
    rmSync(at('out'), { recursive: true });
    const stop = new AbortController();
    const exporting = client.report.export(request('json'), { signal: stop.signal });
    await client.finding.query(page);
    stop.abort();
    await expect(exporting).rejects.toThrow();
    const [last] = await client.case.activity({ limit: 1 });
    expect(last).toMatchObject({ details: { format: 'csv' } });
    await client.case.close();
    expect(readdirSync(root)).not.toContain('out');
    await client.case.open({ folder });
  });

  test('a key that does not open is told before the case is read', async () => {
    const key = at('no.p12');
    writeFileSync(key, 'no key');
    const stop = new AbortController();
    const told = await client.report.progress(undefined, { signal: stop.signal });
    const first = told.next();
    const signing = { pkcs12Path: key, password: 'wrong' };
    await expect(
      client.report.export({ options: {}, format: 'pdf', path: at('signed.pdf'), signing }),
    ).rejects.toMatchObject({ code: 'SIGNING_REFUSED' });
    expect((await first).value).toBeNull();
    stop.abort();
    expect(existsSync(at('signed.pdf'))).toBe(false);
  });

  test('a case that is closed while its report is written ends it with a sentence, and can be opened again', async () => {
    const exporting = client.report.export(request('json')).catch((error) => error);
    await client.finding.query(page);
    await client.case.close();
    expect(await exporting).toMatchObject({
      code: 'CASE_NOT_OPEN',
      data: { detail: 'it was closed while a report was written. Nothing was written.' },
    });
    expect(readdirSync(root)).not.toContain('out');
    expect(await client.case.open({ folder })).toMatchObject({ writable: true });
    expect((await client.report.export(request('csv'))).sizeBytes).toBeGreaterThan(0);
  });
});
