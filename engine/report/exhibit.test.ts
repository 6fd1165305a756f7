// The report as an exhibit: archival by the rules that can be checked here, signed so that another
// program agrees, stamped only when asked, branded, redacted; and the same content in CASE/UCO.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EvidenceId, FaceId } from '../../contract/brand.ts';
import type { Face } from '../../contract/face.ts';
import { fitnessWarnings } from '../../contract/fitness.ts';
import type { Provenance } from '../../contract/provenance.ts';
import {
  type ReportDocument,
  type ReportOptions,
  reportOptionsSchema,
  type Signing,
  signingSchema,
} from '../../contract/report.ts';
import { reportTemplateSchema } from '../../contract/report-template.ts';
import type { VideoTimeline } from '../../contract/track.ts';
import { areaWarning } from '../../contract/validation.ts';
import { ratioWords } from '../../contract/verbal-scale.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import { kappaOf, readAgreement } from '../case/grid/agreement.ts';
import { closeCase, createCase } from '../case/open-case.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { addExaminer } from '../case/rows/examiner.ts';
import { giveOpinion, opinionsOf } from '../case/rows/opinion.ts';
import { allVerdicts } from '../case/rows/verdict.ts';
import { addFile } from '../case/testing/case-material.ts';
import { canonicalJson } from '../files/canonical-json.ts';
import { recordMadeAt } from '../validate/testing/record-made-at.ts';
import { contextPicture } from './context-picture.ts';
import { exportPdf, exportText, type ReportFormat } from './export-report.ts';
import { redactorFor, showsOthers } from './redact.ts';
import { hashOfContent, readReportContent } from './report-content.ts';
import { readReportDocument } from './report-document.ts';
import { openSigningKey } from './signing/open-key.ts';
import { prepareSignature } from './signing/sign-report.ts';
import { verifyReport } from './signing/verify-report.ts';
import { getTemplate, listTemplates, removeTemplate, saveTemplate } from './templates.ts';
import { startAuthority } from './testing/local-authority.ts';
import { pdfFromDocument } from './testing/pdf-from-document.ts';
import { findPdfAProblems } from './testing/pdfa-problems.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-exhibit-'));
const at = (...names: string[]) => path.join(root, ...names);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: root, stdio: 'pipe' });
const picture = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#c08040' } })
  .png()
  .toBuffer();
const pictures = { blob: async () => picture, context: async () => null, showsOthers: () => false };
const options = (change: Partial<ReportOptions> = {}) => reportOptionsSchema.parse(change);
let opened: WritableCase;

beforeAll(() => {
  let tick = 0;
  const clock = () => new Date(Date.UTC(2026, 0, 1, 12, 0, tick++)).toISOString();
  opened = createCase(at('case'), { title: 'R & D <x>', reference: 'Ⅶ', demonstration: false }, clock);
  addFile(opened, 'a.jpg', [0.9, 0.2]);
  addFile(opened, 'b.jpg', []);
  const [first, second] = allVerdicts(opened);
  const [one, two] = [addExaminer(opened, 'One'), addExaminer(opened, 'Two')];
  giveOpinion(opened, one, { ...first!, conclusion: 'forged', note: '', blind: true });
  giveOpinion(opened, two, { ...first!, conclusion: 'genuine', note: '', blind: false });
  giveOpinion(opened, one, { ...second!, conclusion: 'genuine', note: '', blind: false });
  giveOpinion(opened, two, { ...second!, conclusion: 'genuine', note: '', blind: true });
});
afterAll(() => {
  closeCase(opened);
  rmSync(root, { recursive: true, force: true });
});

const makingOf = (change: Partial<ReportOptions> = {}) => ({
  options: options(change),
  appVersion: '1.0',
});
async function write(
  name: string,
  change: Partial<ReportOptions> = {},
  signing?: Signing,
  format: ReportFormat = 'pdf',
) {
  const template = change.template === undefined ? null : await getTemplate(at('app'), change.template);
  const making = { ...makingOf(change), template };
  const document = await readReportDocument(opened, making);
  const ready = signing && (await prepareSignature(signing, new Date()));
  const { signature } = await withReadTransaction(opened, async (reading) => {
    const content = await readReportContent(reading, making);
    const contentSha256 = await hashOfContent(content);
    const { options } = making;
    return format === 'pdf'
      ? exportPdf({ content, contentSha256, options, pictures, signature: ready }, at(name))
      : exportText(content, contentSha256, format, at(name));
  });
  return { document, signature, bytes: readFileSync(at(name)) };
}

const writeDocument = async (document: ReportDocument, name: string) =>
  writeFileSync(at(name), (await pdfFromDocument(document, 'A4', pictures)).bytes);

describe('archival', { tags: ['qpdf', 'poppler'] }, () => {
  test('no rule of PDF/A-3b that can be read from its objects is broken, signed or not', async () => {
    const { bytes } = await write('plain.pdf');
    expect(findPdfAProblems(at('plain.pdf'), bytes)).toEqual([]);
    expect(execFileSync('pdfinfo', [at('plain.pdf')]).toString()).toMatch(/Tagged:\s+yes/);
    expect(execFileSync('qpdf', ['--check', at('plain.pdf')]).toString()).toContain(
      'No syntax or stream encoding errors',
    );
  });

  test('the check is able to fail', async () => {
    const { bytes } = await write('broken.pdf');
    const broken = Buffer.from(bytes.toString('latin1').replace('GTS_PDFA1', 'GTS_PDFX1'), 'latin1');
    writeFileSync(at('broken.pdf'), broken);
    expect(findPdfAProblems(at('broken.pdf'), broken)).toEqual(['6.2.3: there is no GTS_PDFA1 output intent']);
  });

  test('the machine-readable record inside is the document, byte for byte', async () => {
    const { document } = await write('with-record.pdf');
    execFileSync('pdfdetach', ['-saveall', '-o', root, at('with-record.pdf')]);
    expect(readFileSync(at('report.json'), 'utf8')).toBe(`${canonicalJson(document)}\n`);
  });
});

describe('signed', { tags: ['poppler', 'openssl'] }, () => {
  /** A key and certificate made for this test, in a PKCS#12 file. */
  const makeKey = (name: string, algorithm: string[]) => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      ...algorithm,
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=Dr. ${name}/O=Laboratory`,
      '-days',
      '30',
    );
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      `${name}.key`,
      '-in',
      `${name}.crt`,
      '-out',
      `${name}.p12`,
      '-passout',
      'pass:secret',
    );
  };
  const signing = (name: string, change: object = {}): Signing =>
    signingSchema.parse({ pkcs12Path: at(`${name}.p12`), password: 'secret', ...change });
  const pdfsig = (name: string) =>
    spawnSync('pdfsig', [at(name)], { env: { ...process.env, HOME: root } }).stdout.toString();

  test.each([
    ['Rsa', ['rsa:2048']],
    ['Elliptic', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
  ])(
    'with a %s key: pdfsig finds it valid, over the whole file, of the PAdES kind',
    {
      tags: ['qpdf'],
    },
    async (name, algorithm) => {
      makeKey(name, algorithm);
      const words = { reason: 'Test', location: 'Here' };
      const { bytes, signature } = await write(`${name}.pdf`, {}, signing(name, words));
      const issuer = `Dr. ${name}`;
      expect(signature).toMatchObject({ signer: issuer, issuer, selfSigned: true, verified: true, timeStamp: null });
      const said = pdfsig(`${name}.pdf`);
      expect(said).toContain('Signature is Valid');
      expect(said).toContain(`Dr. ${name}`);
      expect(said).toContain('ETSI.CAdES.detached');
      expect(said).toContain('Total document signed');
      expect(findPdfAProblems(at(`${name}.pdf`), bytes)).toEqual([]);
      const digits = /\/Contents <([0-9a-f]+)>/.exec(bytes.toString('latin1'))![1]!;
      writeFileSync(at('sig.der'), Buffer.from(digits, 'hex'));
      const parsed = spawnSync('openssl', ['asn1parse', '-inform', 'DER', '-in', at('sig.der')]).stdout.toString();
      expect(parsed).toContain('id-smime-aa-signingCertificateV2');
      expect(parsed).not.toContain('signingTime');
    },
  );

  test('one changed byte is found', async () => {
    const bytes = readFileSync(at('Rsa.pdf'));
    const where = bytes.indexOf('/MediaBox [0 0 595') + '/MediaBox [0 0 59'.length;
    bytes.write('4', where, 'latin1');
    writeFileSync(at('changed.pdf'), bytes);
    expect(pdfsig('changed.pdf')).toMatch(/Digest Mismatch|Signature is Invalid/);
    expect((await verifyReport(at('changed.pdf'))).verified).toBe(false);
  });

  test('bytes added behind the signed ones, a signature of another report and a file without one are told apart', async () => {
    const bytes = readFileSync(at('Elliptic.pdf'));
    const verified = async (written: Buffer) => {
      writeFileSync(at('verified.pdf'), written);
      return (await verifyReport(at('verified.pdf'))).verified;
    };
    expect(await verified(bytes)).toBe(true);
    expect(await verified(Buffer.concat([bytes, Buffer.from('%%EOF\n')]))).toBe(false);
    const other = await write('other.pdf', { title: 'Another' }, signing('Elliptic'));
    const digits = (pdf: Buffer) => /\/Contents <([0-9a-f]+)>/.exec(pdf.toString('latin1'))![1]!;
    const forged = Buffer.from(
      other.bytes.toString('latin1').replace(digits(other.bytes), digits(bytes).slice(0, digits(other.bytes).length)),
      'latin1',
    );
    expect(forged.length).toBe(other.bytes.length);
    expect(await verified(forged)).toBe(false);
    await expect(verified(Buffer.from('%PDF-1.7'))).rejects.toThrow(RangeError);
  });

  test('a wrong password, an expired certificate and a file that is no key are refused with a sentence, and nothing is written', async () => {
    const refusal = (change: object) => write('no.pdf', {}, signing('Rsa', change)).catch((error: Error) => error);
    expect(await refusal({ password: 'wrong' })).toMatchObject({
      code: 'SIGNING_REFUSED',
      detail: 'wrong password.',
    });
    expect(await refusal({ pkcs12Path: at('Rsa.crt') })).toMatchObject({ code: 'SIGNING_REFUSED' });
    expect(await refusal({ pkcs12Path: at('none.p12') })).toMatchObject({ code: 'PATH_NOT_FOUND' });
    const later = openSigningKey(at('Rsa.p12'), 'secret', new Date('2999-01-01'));
    await expect(later).rejects.toMatchObject({
      code: 'SIGNING_REFUSED',
      detail: expect.stringMatching(/certificate has expired: it is valid from/),
    });
    expect(() => readFileSync(at('no.pdf'))).toThrow();
  });

  test.each([
    ['OpenSSL 3 (check in UTF-16, encryption in UTF-8)', []],
    ['older programs (RC2 and triple DES, UTF-16 in both)', ['-legacy']],
  ])('a key whose password has an umlaut opens, as made by %s (case 30)', async (_, how) => {
    makeKey('Umlaut', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const make = ['pkcs12', '-export', ...how, '-inkey', 'Umlaut.key', '-in', 'Umlaut.crt', '-out', 'Umlaut.p12'];
    openssl(...make, '-passout', 'pass:Schlüßel-кот');
    const opened = await openSigningKey(at('Umlaut.p12'), 'Schlüßel-кот', new Date());
    expect(opened.certificate.subject).toContain('CN=Dr. Umlaut');
    expect(opened.certificate.checkPrivateKey(opened.key)).toBe(true);
    const wrong = openSigningKey(at('Umlaut.p12'), 'Schluessel', new Date());
    await expect(wrong).rejects.toMatchObject({ detail: 'wrong password.' });
  });

  test('a time stamp is fetched from the named authority alone, checked, and put into the signature', async () => {
    const authority = await startAuthority(root);
    const timeStampUrl = authority.url;
    try {
      const { bytes, signature } = await write('stamped.pdf', {}, signing('Rsa', { timeStampUrl }));
      expect(signature).toMatchObject({ verified: true, timeStamp: { authority: 'TSA', verified: true } });
      expect(Math.abs(Date.parse(signature!.timeStamp!.at) - Date.now())).toBeLessThan(3_600_000);
      expect(authority.requests()).toBe(1);
      expect(pdfsig('stamped.pdf')).toContain('Signature is Valid');
      writeFileSync(at('sig.der'), Buffer.from(/\/Contents <([0-9a-f]+)>/.exec(bytes.toString('latin1'))![1]!, 'hex'));
      const parsed = spawnSync('openssl', ['asn1parse', '-inform', 'DER', '-in', at('sig.der')]).stdout.toString();
      expect(parsed).toContain('id-smime-aa-timeStampToken');
      authority.replay();
      const error = await write('replayed.pdf', {}, signing('Elliptic', { timeStampUrl })).catch(
        (caught: Error) => caught,
      );
      expect(error).toMatchObject({ code: 'TIME_STAMP_FAILED', detail: expect.stringContaining('something else') });
    } finally {
      authority.close();
    }
    const closed = await write('none.pdf', {}, signing('Rsa', { timeStampUrl })).catch((caught: Error) => caught);
    expect(closed).toMatchObject({ code: 'TIME_STAMP_FAILED' });
  });
});

test('a template brands the report, and the report keeps its copy of it', { tags: ['poppler'] }, async () => {
  const logo = (
    await sharp({ create: { width: 40, height: 20, channels: 4, background: '#00f' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const template = reportTemplateSchema.parse({
    name: 'Lab',
    organisation: 'Institute of X',
    address: 'Street 1',
    header: 'CONFIDENTIAL',
    footer: 'Form 7 of the Cantonal Laboratory, Basel',
    statement: 'We say so.',
    logo,
  });
  await saveTemplate(at('app'), template);
  expect(await listTemplates(at('app'))).toEqual([template]);
  const { document } = await write('lab.pdf', { template: 'Lab' });
  expect(document).toMatchObject({
    organisation: 'Institute of X',
    template: { footer: 'Form 7 of the Cantonal Laboratory, Basel' },
  });
  const text = execFileSync('pdftotext', ['-layout', at('lab.pdf'), '-']).toString();
  for (const words of ['Institute of X', 'Street 1', 'CONFIDENTIAL', 'Form 7', 'We say so.'])
    expect(text).toContain(words);
  // The line at the foot takes no room from the hash: each is whole on every page.
  const pages = text.split('\f').slice(0, -1);
  for (const foot of [template.footer, `Content SHA-256 ${document.contentSha256}`])
    expect(pages.filter((page) => page.includes(foot))).toHaveLength(pages.length);
  await removeTemplate(at('app'), 'Lab');
  await expect(write('lab2.pdf', { template: 'Lab' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what speaks against a model is printed with it, an area below a half above all', {
  tags: ['poppler'],
}, async () => {
  const document = await readReportDocument(opened, makingOf());
  const [model] = document.models;
  const { record } = recordMadeAt('2026-01-01T00:00:00.000Z');
  const textOf = async (validation: typeof record | null): Promise<string> => {
    await writeDocument({ ...document, models: [{ ...model!, validation }] }, 'weak.pdf');
    return execFileSync('pdftotext', [at('weak.pdf'), '-'])
      .toString()
      .replaceAll(/\s+/g, ' ');
  };
  const reversed = { ...record, auc: 0.3, aucInterval: [0.2, 0.4] as [number, number], sources: 400 };
  const text = await textOf(reversed);
  for (const warning of fitnessWarnings({ ...model!, validation: reversed })) expect(text).toContain(warning);
  expect(text).toContain(areaWarning(reversed)!);
  expect(await textOf(null)).toContain('how often they are wrong is not known');
});

test('a redacted copy holds no pixel of a covered face', async () => {
  const size = 400;
  const image = { widthPx: size, heightPx: size, data: new Uint8Array(size * size * 3).fill(200) };
  const face = (id: number, x: number): Face => ({
    id: id as FaceId,
    evidenceId: 1 as EvidenceId,
    frameIndex: 0,
    timeMs: 0,
    pts: null,
    faceIndex: id,
    box: { x, y: 150, width: 80, height: 100 },
    finderScore: 1,
    landmarks: Array.from({ length: 68 }, () => ({ x: 0, y: 0 })),
    foundAtRotation: 0,
    quality: { sizePx: 100, sharpness: 1, brightness: 1, rollDegrees: 0, yawProxy: 0 },
  });
  const [left, right] = [face(1, 50), face(2, 270)];
  const grey = async (redaction: 'none' | 'others' | 'all', x: number) => {
    const { jpeg } = await contextPicture(image, left!, [left!, right!], redaction);
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    const [column, row] = [x, 200].map((at) => Math.round((at / size) * info.width)) as [number, number];
    return data[(row * info.width + column) * 3]!;
  };
  expect(await Promise.all([grey('none', 90), grey('none', 310)])).toEqual([200, 200]);
  expect((await grey('others', 90)) > 190 && (await grey('others', 310)) < 10).toBe(true);
  expect((await grey('all', 90)) < 10 && (await grey('all', 310)) < 10).toBe(true);
  const { bytes: whole } = await write('whole.pdf');
  const { bytes: covered, document } = await write('covered.pdf', { redaction: 'all' });
  expect(document.redaction).toBe('all');
  const images = (bytes: Buffer) => bytes.toString('latin1').split('/Subtype /Image').length - 1;
  expect(images(whole)).toBeGreaterThan(images(covered));
});

test('a redacted copy says on its pages that it is one', { tags: ['poppler'] }, async () => {
  await write('said.pdf', { redaction: 'all' });
  expect(execFileSync('pdftotext', [at('said.pdf'), '-']).toString()).toContain('REDACTED COPY');
});

describe('a redacted copy is redacted in every form it is written in', () => {
  /** Every point or box in a value: objects that name a place by numbers. */
  const places = (value: unknown): unknown[] => {
    if (typeof value !== 'object' || value === null) return [];
    const own = 'x' in value && typeof value.x === 'number' ? [value] : [];
    return [...own, ...Object.values(value).flatMap(places)];
  };
  const recordIn = (name: string) => {
    execFileSync('pdfdetach', ['-save', '1', '-o', at(`${name}.json`), at(name)]);
    return JSON.parse(readFileSync(at(`${name}.json`), 'utf8')) as ReportDocument;
  };
  const boxes = (csv: Buffer) =>
    csv
      .toString()
      .split('\r\n')
      .slice(1)
      .flatMap((line) => line.split(',').slice(11, 15));

  test('all: no landmark, no box, and it says so', async () => {
    const full = await write('full.json', {}, undefined, 'json');
    expect(places(JSON.parse(full.bytes.toString()))).toHaveLength(2 * (68 + 1));
    expect(full.document.withheld).toEqual([]);
    const all = { redaction: 'all' } as const;
    const { bytes, document } = await write('all.json', all, undefined, 'json');
    const read = JSON.parse(bytes.toString()) as ReportDocument;
    expect(places(read)).toEqual([]);
    expect(read.withheld.join(' ')).toMatch(/landmarks of 2 faces.*box of 2 of 2 faces/);
    expect(document.contentSha256).not.toBe(full.document.contentSha256);
    const ld = (await write('all.jsonld', all, undefined, 'jsonld')).bytes.toString();
    expect(places(JSON.parse(ld))).toEqual([]);
    expect(ld).toContain('"recce:redaction": "all"');
    const csv = (await write('all.csv', all, undefined, 'csv')).bytes;
    expect(new Set(boxes(csv).filter(Boolean))).toEqual(new Set(['withheld']));
    expect(new Set(boxes((await write('full.csv', {}, undefined, 'csv')).bytes))).toContain('50');
  });

  test('others: boxes of the faces shown stay, those of others and every landmark go', async () => {
    const [, second] = allVerdicts(opened);
    const others = { redaction: 'others', filter: { scoreMax: 0.5 } } as const;
    const { document } = await write('others.json', others, undefined, 'json');
    expect(document.shown).toEqual([second!.id]);
    expect(document.faces.map(({ id, box, landmarks }) => [id, box !== null, landmarks])).toEqual([
      [1, false, null],
      [2, true, null],
    ]);
  });

  test('the PDF and the record inside it', { tags: ['poppler'] }, async () => {
    await write('all.pdf', { redaction: 'all' });
    expect(places(recordIn('all.pdf'))).toEqual([]);
    const text = execFileSync('pdftotext', ['-layout', at('all.pdf'), '-']).toString();
    expect(text).toMatch(/Box withheld/);
    expect(text).not.toMatch(/Box x/);
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Left out of this copy and of the record inside it: The landmarks of 2 faces.',
    );
    await write('whole.pdf');
    expect(places(recordIn('whole.pdf'))).toHaveLength(2 * (68 + 1));
  });

  test('tracks of videos too; and a crop that reaches another face is known', () => {
    const box = (x: number) => ({ x, y: 0, width: 100, height: 100 });
    const face = (id: number, x: number) => ({ id, box: box(x), landmarks: [] }) as unknown as Face;
    const point = (faceId: number) => ({ faceId, box: box(0) });
    const video = { tracks: [{ points: [point(1), point(2)] }] } as unknown as VideoTimeline;
    const shown = new Set([2 as FaceId]);
    const boxesOf = (redaction: ReportDocument['redaction']) =>
      redactorFor(redaction, shown)
        .video(video)
        .tracks[0]!.points.map((one) => one.box);
    expect(boxesOf('all')).toEqual([null, null]);
    expect(boxesOf('others')).toEqual([null, box(0)]);
    expect(boxesOf('none')).toEqual([box(0), box(0)]);
    expect(showsOthers(face(1, 0), [face(1, 0), face(2, 150)], 'square-1.3')).toBe(false);
    expect(showsOthers(face(1, 0), [face(1, 0), face(2, 135)], 'square-1.3')).toBe(true);
    expect(showsOthers(face(1, 0), [face(1, 0), face(2, 150)], 'aligned-1.3')).toBe(true);
  });
});

test('other lines of evidence: what files have in common is printed once, each file has its line', {
  tags: ['poppler'],
}, async () => {
  const jpeg = (software: string, roughness: number | null): Provenance => ({
    kind: 'examined',
    jpeg: {
      segments: ['SOI', 'DQT', 'SOF0', 'SOS', 'EOI'],
      tables: [],
      progressive: false,
      sampling: '2x2,1x1,1x1',
      trailingBytes: 0,
      coefficientRoughness: roughness,
      thumbnail: null,
      remarks: [],
    },
    contentCredentials: { kind: 'none' },
    named: [`Software: ${software}`, `CreatorTool: ${software}`],
  });
  const base = await readReportDocument(opened, makingOf());
  const provenance = base.evidence.map(({ id }, i) => ({
    evidenceId: id,
    provenance: jpeg(`Maker ${i}`, i ? null : 0.25),
  }));
  await writeDocument({ ...base, provenance }, 'lines.pdf');
  const text = execFileSync('pdftotext', ['-layout', at('lines.pdf'), '-']).toString();
  expect(text.split('SOI DQT SOF0 SOS EOI')).toHaveLength(2);
  expect(text).toMatch(/a\.jpg\s+J1\s+0\.25\s+Software, CreatorTool: Maker 0/);
  expect(text).toMatch(/b\.jpg\s+J1\s+–\s+Software, CreatorTool: Maker 1/);
  expect(text).toContain('None were found in 2 of 2 files examined for them.');
  expect(text).not.toContain('not recorded');
  const unrecorded = provenance.map((one) => ({ ...one, recorded: false as const }));
  await writeDocument({ ...base, provenance: unrecorded }, 'unrecorded.pdf');
  const told = execFileSync('pdftotext', ['-layout', at('unrecorded.pdf'), '-'])
    .toString()
    .replace(/\s+/g, ' ');
  expect(told).toContain('2 of these files were examined for this report alone: the case could only be read');
});

test('agreement counts latest opinions, Cohen’s kappa is that of the textbook, second reviews are marked', () => {
  const everyone = { examinerId: null, blind: false };
  const found = readAgreement(opened, everyone);
  expect(found).toMatchObject({ subjects: 2, reviewed: 2, opinions: 4, blind: 2 });
  expect(found.pairs).toMatchObject([{ first: 'One', second: 'Two', both: 2, same: 1 }]);
  expect(found.disagreements).toMatchObject([
    { relativePath: 'a.jpg', conclusions: [{ conclusion: 'forged', blind: true }, { conclusion: 'genuine' }] },
  ]);
  const [first] = allVerdicts(opened);
  expect(opinionsOf(opened, first!).map((one) => one.secondReview)).toEqual([false, true]);
  const hidden = readAgreement(opened, { examinerId: addExaminer(opened, 'Three').id, blind: true });
  expect(hidden).toMatchObject({ subjects: 0, disagreements: [] });
  // The usual example: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give 0.40.
  const repeat = (n: number, a: 'forged' | 'genuine', b: 'forged' | 'genuine') =>
    Array.from({ length: n }, () => [a, b] as const);
  expect(
    kappaOf([
      ...repeat(20, 'forged', 'forged'),
      ...repeat(5, 'forged', 'genuine'),
      ...repeat(10, 'genuine', 'forged'),
      ...repeat(15, 'genuine', 'genuine'),
    ]),
  ).toBeCloseTo(0.4, 10);
});

test('words for a likelihood ratio speak for one proposition over the other, and never for nothing', () => {
  expect(ratioWords(0.1)).toBe('does not support one proposition over the other');
  expect(ratioWords(1.5)).toBe('moderate support for forged over genuine');
  expect(ratioWords(-4)).toBe('very strong support for genuine over forged');
});

test('CASE/UCO: every file, result, tool and opinion, references that lead somewhere, the same bytes twice', async () => {
  const { bytes, document } = await write('case.jsonld', {}, undefined, 'jsonld');
  expect((await write('case2.jsonld', {}, undefined, 'jsonld')).bytes.equals(bytes)).toBe(true);
  const graph = JSON.parse(bytes.toString())['@graph'] as { '@id': string; '@type': string }[];
  const count = (type: string) => graph.filter((one) => one['@type'] === type).length;
  expect(count('uco-observable:File')).toBe(document.evidence.length);
  expect(count('uco-analysis:AnalyticResult')).toBe(document.verdicts.length);
  expect(count('case-investigation:InvestigativeAction')).toBe(1 + document.opinions.length);
  const ids = new Set(graph.map((one) => one['@id']));
  expect(ids.size).toBe(graph.length);
  const references = [...JSON.stringify(graph).matchAll(/\{"@id":"([^"]+)"\}/g)].map((match) => match[1]!);
  expect(references.filter((one) => !ids.has(one))).toEqual([]);
  expect(bytes.toString()).not.toContain('classificationConfidence');
});

test('exporting twice gives the same bytes: that a report was written changes nothing it says', async () => {
  const { bytes } = await write('twice-1.pdf');
  const { appendAudit } = await import('../case/log/audit.ts');
  appendAudit(opened, { who: '', action: 'report.exported', subject: 'x', details: {} });
  expect((await write('twice-2.pdf')).bytes.equals(bytes)).toBe(true);
});
