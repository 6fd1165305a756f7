// A history that was cut short, put back or made anew, whose own hashes are all right: what was
// seen of it elsewhere shows it, at opening and by verify. And the evidence of a case from
// elsewhere: nothing but what it brought along is opened.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sha256 } from '../../contract/brand.ts';
import { tamperWith } from '../case/testing/tamper.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import type { Client } from '../index.ts';
import { readReportAnchor } from '../report/report-anchor.ts';
import { bytesOf, type Der, derFrom, partsOf } from '../report/signing/der.ts';
import { signedDataOf } from '../report/signing/verify-cms.ts';
import { verifyReport } from '../report/signing/verify-report.ts';
import { startAuthority } from '../report/testing/local-authority.ts';
import { craftPackedCase } from '../testing/crafted-case.ts';
import { installations } from '../testing/installations.ts';
import { scan } from '../testing/scanned.ts';

const { root, start } = installations('anchors');
const at = (...names: string[]): string => path.join(root, ...names);
let client: Client;
let elsewhere: Client;
let folder: string;
let n = 0;

const change = (where: string, work: (db: Database.Database) => void): void => {
  const db = new Database(path.join(where, 'case.sqlite'));
  work(db);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
};
const removeBackups = (): void => rmSync(path.join(folder, 'backups'), { recursive: true, force: true });

beforeAll(async () => {
  writeFileSync(at('notes.txt'), 'no picture');
  ({ client } = await start('here'));
  ({ client: elsewhere } = await start('there'));
});

/** A case with a scan, opened and closed here, whose newest entries say who examined. */
beforeEach(async () => {
  folder = at(`case ${n++}`);
  await client.case.create({ folder, title: 'Anchored', reference: '' });
  expect(await scan(client, [at('notes.txt')])).toBe('done');
  await client.session.set({ examiner: 'A. Reader' });
  await client.case.close();
});

/** The last two entries and the examiner they speak of are gone; no hash has to be made again. */
const cutShort = (): void =>
  change(folder, (db) =>
    tamperWith(db, 'DELETE FROM audit WHERE seq > (SELECT max(seq) FROM audit) - 2; DELETE FROM examiner'),
  );

/**
 * One entry says another thing, and every hash behind it is made again: whoever can write the
 * folder can do that.
 */
function makeAnew(action = 'scan.started'): void {
  change(folder, (db) => {
    const rows = db.prepare('SELECT * FROM audit ORDER BY seq').all() as Record<string, string | number>[];
    let previousHash = '0'.repeat(64);
    const anew = rows.map(({ seq, at: when, who, action: did, subject, details }) => {
      const said = { seq, at: when, who: did === action ? 'Other' : who, action: did, subject };
      const hash = hashOfValue({ ...said, details: JSON.parse(details as string), previousHash });
      const line = [said.who, previousHash, hash, seq];
      previousHash = hash;
      return line;
    });
    const guards = db
      .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
      .all();
    for (const { name } of guards as { name: string }[]) db.exec(`DROP TRIGGER ${name}`);
    const update = db.prepare('UPDATE audit SET who = ?, previous_hash = ?, hash = ? WHERE seq = ?');
    for (const line of anew) update.run(...line);
    for (const { sql } of guards as { sql: string }[]) db.exec(sql);
  });
}

const kinds = async (by: Client, request?: Parameters<Client['case']['verify']>[0]) =>
  (await by.case.verify(request)).problems.map((one) => one.kind);

describe('a history that is not the one seen before', () => {
  test.each([
    ['cut short', cutShort, /cut short or an older state/],
    ['made anew', () => makeAnew(), /not the one that was seen before/],
  ])('%s is said at opening and by verify, for good: by what this workstation saw last', async (_, forge, words) => {
    forge();
    removeBackups();
    const opened = await client.case.open({ folder });
    expect(opened.warnings).toEqual([expect.stringMatching(words)]);
    expect(await kinds(client)).toEqual(['historyChanged']);
    await client.case.close();
    expect((await client.case.open({ folder })).warnings).toBeUndefined();
    expect(await kinds(client)).toEqual(['historyChanged']);
    await client.case.close();
  });

  test('an older state put in its place is said elsewhere too, by the backups beside it', async () => {
    const [first] = readdirSync(path.join(folder, 'backups')).sort();
    const older = readFileSync(path.join(folder, 'backups', first!));
    await client.case.open({ folder });
    await client.session.set({ examiner: 'B. Second' });
    await client.case.close();
    await client.case.open({ folder });
    await client.case.close();
    for (const name of ['case.sqlite-wal', 'case.sqlite-shm']) rmSync(path.join(folder, name), { force: true });
    writeFileSync(path.join(folder, 'case.sqlite'), older);
    const opened = await elsewhere.case.open({ folder });
    expect(opened.warnings).toEqual(
      expect.arrayContaining([expect.stringMatching(/the backup case-\d{9}\.sqlite has entry \d+/)]),
    );
    expect(await kinds(elsewhere)).toContain('historyChanged');
    await elsewhere.case.close();
  });

  test.each([
    ['cut short', cutShort, /cut short or an older state/],
    ['made anew', () => makeAnew(), /not the one that was seen before/],
    ['made anew from its first entry on', () => makeAnew('case.created'), /not the one that was seen before/],
  ])('%s is said under another path too, beside the whole one or in its place', async (_, forge, words) => {
    removeBackups();
    const whole = at(`whole ${n}`);
    cpSync(folder, whole, { recursive: true });
    forge();
    const aside = at(`aside ${n}`);
    cpSync(folder, aside, { recursive: true });
    renameSync(folder, at(`renamed ${n}`));
    renameSync(whole, folder);
    for (const forged of [aside, at(`renamed ${n}`)]) {
      expect((await client.case.open({ folder: forged })).warnings).toEqual([expect.stringMatching(words)]);
      expect(await kinds(client)).toEqual(['historyChanged']);
      await client.case.close();
    }
    // The whole one is not accused of what the copies lack, nor a copy of it, nor a later one.
    const later = at(`later ${n}`);
    for (const right of [folder, later]) {
      expect((await client.case.open({ folder: right })).warnings).toBeUndefined();
      expect(await kinds(client)).toEqual([]);
      await client.session.set({ examiner: `Reader of ${right}` });
      await client.case.close();
      if (right === folder) cpSync(folder, later, { recursive: true });
    }
    expect((await client.case.open({ folder })).warnings).toBeUndefined();
    await client.case.close();
  });

  test('a renamed folder whose history was made anew with another first entry and time is known by the folder', async () => {
    removeBackups();
    makeAnew('case.created');
    change(folder, (db) =>
      tamperWith(db, "UPDATE case_info SET created_at = '2020-01-01T00:00:00.000Z'; DELETE FROM evidence"),
    );
    renameSync(folder, at(`known ${n}`));
    const opened = await client.case.open({ folder: at(`known ${n}`) });
    expect(opened.warnings).toEqual([expect.stringMatching(/not the one that was seen before/)]);
    await client.case.close();
  });

  test('a case that is unpacked beside the one it was packed from is said to be a branch of it, and nothing is held against it', async () => {
    await client.case.open({ folder });
    const file = at(`older ${n}.recce`);
    await client.case.pack({ file, evidence: false, models: false });
    await client.case.close();
    const unpacked = await client.case.unpack({ file, folder: at(`older ${n}`) });
    expect(unpacked.warnings).toEqual([
      expect.stringMatching(/^This is a branch of the case in .* packed at entry \d+/),
    ]);
    expect(await kinds(client)).toEqual([]);
    await client.case.close();
    expect((await client.case.open({ folder })).warnings).toBeUndefined();
    await client.case.close();
  });

  test('a case that was brought back from its backups is not taken for one that was put back', async () => {
    rmSync(path.join(folder, 'case.sqlite'));
    const { case: restored } = await client.case.restore({ folder });
    expect(restored.warnings).toBeUndefined();
    await client.case.close();
    expect((await client.case.open({ folder })).warnings).toBeUndefined();
    expect(await kinds(client)).toEqual([]);
    await client.case.close();
  });

  test('a backup whose history was made anew is said at the restoring, by what this workstation saw, and by verify for good', async () => {
    const [end] = (await client.case.open({ folder })) && (await client.case.activity({ limit: 1 }));
    await client.case.close();
    removeBackups();
    makeAnew();
    const backups = path.join(folder, 'backups');
    mkdirSync(backups);
    copyFileSync(path.join(folder, 'case.sqlite'), path.join(backups, 'case-000000099.sqlite'));
    writeFileSync(path.join(folder, 'case.sqlite'), 'no database');
    const { case: restored } = await client.case.restore({ folder });
    expect(restored.warnings).toEqual([expect.stringMatching(/not the one that was seen before/)]);
    expect(await kinds(client)).toEqual(['historyChanged']);
    await client.case.close();
    const { problems } = (await client.case.open({ folder })) && (await client.case.verify());
    expect(problems).toMatchObject([{ kind: 'historyChanged', expected: end!.hash }]);
    await client.case.close();
  });

  test('a case that goes back behind what was seen here by its restoring says so', async () => {
    const [older] = readdirSync(path.join(folder, 'backups')).sort();
    await client.case.open({ folder });
    await client.session.set({ examiner: 'D. Fourth' });
    await client.case.close();
    for (const name of readdirSync(path.join(folder, 'backups')))
      if (name !== older) rmSync(path.join(folder, 'backups', name));
    writeFileSync(path.join(folder, 'case.sqlite'), 'no database');
    const { case: restored } = await client.case.restore({ folder });
    expect(restored.warnings).toEqual([expect.stringMatching(/cut short or an older state/)]);
    expect(await kinds(client)).toEqual([]);
    await client.case.close();
  });

  test('a backup under a higher number than its log has is not taken for the newest', async () => {
    const backups = path.join(folder, 'backups');
    await client.case.open({ folder });
    await client.session.set({ examiner: 'C. Third' });
    await client.case.close();
    await client.case.open({ folder });
    await client.case.close();
    const names = readdirSync(backups).sort();
    copyFileSync(path.join(backups, names[0]!), path.join(backups, 'case-000000999.sqlite'));
    rmSync(path.join(folder, 'case.sqlite'));
    const { backup } = await client.case.restore({ folder });
    expect(backup).toBe(Number(/\d{9}/.exec(names.at(-1)!)![0]));
    await client.case.close();
  });

  test('what opening a backup leaves beside it is swept; a log with content is not', async () => {
    const [name] = readdirSync(path.join(folder, 'backups'));
    const beside = (ending: string): string => path.join(folder, 'backups', `${name}${ending}`);
    writeFileSync(beside('-shm'), Buffer.alloc(32768));
    writeFileSync(beside('-wal'), '');
    await client.case.open({ folder });
    await client.case.close();
    expect([existsSync(beside('-shm')), existsSync(beside('-wal'))]).toEqual([false, false]);
  });
});

describe('verify against what was noted or printed', () => {
  test('names the newest entry, which holds later; one that was never there does not', async () => {
    await elsewhere.case.open({ folder });
    const { head } = await elsewhere.case.verify();
    expect(await kinds(elsewhere, { expect: head! })).toEqual([]);
    const other = createHash('sha256').update('other').digest('hex') as Sha256;
    expect(await kinds(elsewhere, { expect: { seq: head!.seq, hash: other } })).toEqual(['historyChanged']);
    await elsewhere.case.close();
  });

  test.each(['json', 'pdf'] as const)(
    'a report as %s holds while the history is the one it was made from',
    async (format) => {
      await client.case.open({ folder });
      const report = at(`report ${n}.${format}`);
      await client.report.export({ format, path: report, options: {} });
      expect(await kinds(client, { against: report })).toEqual([]);
      await client.case.close();
      makeAnew();
      removeBackups();
      rmSync(at('there'), { recursive: true, force: true });
      await elsewhere.case.open({ folder });
      expect(await kinds(elsewhere)).not.toContain('historyChanged');
      const { problems } = await elsewhere.case.verify({ against: report });
      expect(problems).toContainEqual(
        expect.objectContaining({ kind: 'historyChanged', subject: expect.stringContaining(path.basename(report)) }),
      );
      await elsewhere.case.close();
    },
  );

  test('a report whose figures were changed is refused; of a whole one only the entry is compared, and that is said', async () => {
    await client.case.open({ folder });
    const report = at(`changed ${n}.json`);
    await client.report.export({ format: 'json', path: report, options: {} });
    const { remarks } = await client.case.verify({ against: report });
    expect(remarks).toContainEqual(expect.stringMatching(/figures were not compared/));
    const document = JSON.parse(readFileSync(report, 'utf8'));
    for (const edited of [
      { ...document, case: { ...document.case, title: 'Another' } },
      { auditHead: document.auditHead },
    ]) {
      writeFileSync(report, JSON.stringify(edited));
      await expect(client.case.verify({ against: report })).rejects.toMatchObject({
        code: 'REPORT_REFUSED',
        message: expect.stringContaining('changed after it was made'),
      });
    }
    await client.case.close();
  });

  test('streams of a PDF are read once each, and all together within the limit', async () => {
    const blanks = deflateSync(Buffer.alloc(700_000, ' '));
    const stream = Buffer.concat([Buffer.from('/EmbeddedFile\nstream\n'), blanks, Buffer.from('endstream\n')]);
    const file = at('blanks.pdf');
    writeFileSync(file, Buffer.concat([Buffer.from(`%PDF-1.7\n${'/EmbeddedFile '.repeat(40)}`), stream]));
    await expect(readReportAnchor(file, 1_000_000)).rejects.toThrow(/holds no record/);
    writeFileSync(file, Buffer.concat([Buffer.from('%PDF-1.7\n'), stream, stream]));
    await expect(readReportAnchor(file, 1_000_000)).rejects.toThrow(/too large/);
  });

  test('a small file of millions of values is refused beside the engine, which answers others meanwhile', async () => {
    await client.case.open({ folder });
    const record = `{"auditHead":{"seq":1,"hash":"${'0'.repeat(64)}"},"contentSha256":"x","a":[${'{},'.repeat(4_000_000)}{}]}`;
    const stream = Buffer.concat([
      Buffer.from('%PDF-1.7\n/EmbeddedFile\nstream\n'),
      deflateSync(Buffer.from(record)),
      Buffer.from('endstream\n'),
    ]);
    const file = at('millions.pdf');
    writeFileSync(file, stream);
    expect(stream.length).toBeLessThan(100_000);
    const begun = performance.now();
    let [last, longest] = [begun, 0];
    const look = (): void => {
      const now = performance.now();
      [last, longest] = [now, Math.max(longest, now - last)];
    };
    const looking = setInterval(look, 5);
    await expect(client.case.verify({ against: file })).rejects.toMatchObject({ code: 'REPORT_REFUSED' });
    clearInterval(looking);
    look();
    // Read in one piece here, it would take nearly all of the time.
    expect(longest / (performance.now() - begun)).toBeLessThan(0.5);
    await client.case.close();
  });

  test('what is no report is refused with a sentence', async () => {
    await client.case.open({ folder });
    for (const file of [at('notes.txt'), at('no such file'), root])
      await expect(client.case.verify({ against: file })).rejects.toMatchObject({
        code: expect.stringMatching(/REPORT_REFUSED|PATH_NOT_FOUND/),
      });
    await client.case.close();
  });
});

describe('the newest entry, signed by itself', { tags: ['openssl'] }, () => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: root, stdio: 'pipe' });
  const signed = (): string => at(`head ${n}.json`);
  const signing = { pkcs12Path: at('k.p12'), password: 'secret' };
  beforeAll(() => {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-out', 'c.pem', '-days', '30'];
    openssl('req', '-x509', ...key, '-subj', '/CN=A. Signer/O=Laboratory');
    openssl('pkcs12', '-export', '-inkey', 'k.pem', '-in', 'c.pem', '-out', 'k.p12', '-passout', 'pass:secret');
  });
  /** SHA-256 of a certificate, as openssl says it. */
  const fingerprint = (file: string): string =>
    openssl('x509', '-in', file, '-noout', '-fingerprint', '-sha256')
      .toString()
      .replace(/^.*=/, '')
      .replaceAll(':', '')
      .trim()
      .toLowerCase();

  test('is an anchor for verify, is entered in the log, and is refused once a word of it is changed', async () => {
    await client.case.open({ folder });
    const { seq, hash } = await client.case.signHead({ path: signed(), signing });
    expect(JSON.parse(readFileSync(signed(), 'utf8'))).toMatchObject({ auditHead: { seq, hash } });
    // Whoever reads the log without a name is entered before it is handed out.
    const entries = await client.case.activity({ limit: 2 });
    expect(entries.find(({ action }) => action === 'record.anchored')).toMatchObject({
      details: { seq, hash, timeStamped: false },
    });
    expect(await kinds(client, { against: signed() })).toEqual([]);
    const report = at(`signed ${n}.pdf`);
    await client.report.export({ format: 'pdf', path: report, options: {}, signing });
    expect(await kinds(client, { against: report })).toEqual([]);
    // The gap of a signature is not signed: a record put there would be read before the report's.
    const planted = readFileSync(report);
    const record = { auditHead: { seq: 1, hash: 'f'.repeat(64) } };
    const text = `>/EmbeddedFile stream\n${JSON.stringify({ ...record, contentSha256: hashOfValue(record) })}endstream `;
    planted.write(text, planted.indexOf('0'.repeat(text.length)), 'latin1');
    writeFileSync(report, planted);
    await expect(verifyReport(report)).rejects.toThrow('put there later');
    await expect(client.case.verify({ against: report })).rejects.toMatchObject({ code: 'REPORT_REFUSED' });
    // Nor is anything but zeros taken behind the signature, digits as they may be.
    planted.write('ab'.repeat(text.length / 2), planted.indexOf(text), 'latin1');
    writeFileSync(report, planted);
    await expect(verifyReport(report)).rejects.toThrow('put there later');
    const bytes = Buffer.from(planted);
    bytes.fill('0', bytes.indexOf('ab'.repeat(40)), bytes.indexOf('ab'.repeat(40)) + text.length);
    writeFileSync(report, bytes);
    expect(await kinds(client, { against: report })).toEqual([]);
    bytes[bytes.indexOf('/Producer') + 1] = 'p'.charCodeAt(0);
    writeFileSync(report, bytes);
    await expect(client.case.verify({ against: report })).rejects.toMatchObject({
      code: 'REPORT_REFUSED',
      message: expect.stringContaining('changed after it was signed'),
    });
    writeFileSync(signed(), readFileSync(signed(), 'utf8').replace(`"seq": ${seq}`, '"seq": 1'));
    await expect(client.case.verify({ against: signed() })).rejects.toMatchObject({
      code: 'REPORT_REFUSED',
      message: expect.stringContaining('does not fit'),
    });
    await client.case.close();
  });

  test('verify says who signed, with which certificate, when it was stamped and by whom, and holds the first entry', async () => {
    const authority = await startAuthority(root);
    const named = `${authority.url}?key=secret`;
    const stamping = { ...signing, timeStampUrl: named };
    await client.case.open({ folder });
    const report = at(`stamped ${n}.pdf`);
    await client.report.export({ format: 'pdf', path: report, options: {}, signing: stamping });
    await client.case.signHead({ path: signed(), signing: stamping });
    authority.close();
    // Where a hash went is in the log, and no password.
    const entries = await client.case.activity({ limit: 2 });
    const timeStampedBy = new URL(authority.url).href;
    expect(entries.map(({ action, details }) => [action, details.timeStampedBy])).toEqual([
      ['record.anchored', timeStampedBy],
      ['report.exported', timeStampedBy],
    ]);
    for (const file of [report, signed()]) {
      const { against, firstEntry } = await client.case.verify({ against: file });
      expect(against).toMatchObject({
        report: path.basename(file),
        entryHeld: true,
        firstEntry,
        firstEntryHeld: true,
        signature: {
          signer: 'A. Signer',
          subject: 'CN=A. Signer, O=Laboratory',
          certificateSha256: fingerprint('c.pem'),
          coversFile: true,
          verified: true,
          timeStamp: { authority: 'TSA', certificateSha256: fingerprint('tsa.crt'), verified: true },
        },
      });
      expect(Math.abs(Date.parse(against!.signature!.timeStamp!.at) - Date.now())).toBeLessThan(3_600_000);
    }
    const plain = at(`plain ${n}.json`);
    await client.report.export({ format: 'json', path: plain, options: {} });
    const { against, firstEntry } = await client.case.verify({ against: plain });
    expect(against).toMatchObject({ entryHeld: true, firstEntry, firstEntryHeld: true, signature: null });
    // A report of earlier versions does not name the first entry.
    const { contentSha256: _, firstEntry: __, ...earlier } = JSON.parse(readFileSync(plain, 'utf8'));
    writeFileSync(plain, JSON.stringify({ ...earlier, contentSha256: hashOfValue(earlier) }));
    expect((await client.case.verify({ against: plain })).against).toMatchObject({
      entryHeld: true,
      firstEntry: null,
      firstEntryHeld: null,
    });
    await client.case.close();
  });

  test('another case is told by its first entry, whatever number the report’s entry has', async () => {
    await client.case.open({ folder });
    await client.case.signHead({ path: signed(), signing });
    await client.case.close();
    const other = at(`other than ${n}`);
    await elsewhere.case.create({ folder: other, title: 'Another', reference: '' });
    const { against, problems } = await elsewhere.case.verify({ against: signed() });
    expect(against).toMatchObject({ entryHeld: false, firstEntryHeld: false, signature: { signer: 'A. Signer' } });
    const subjects = problems.filter(({ kind }) => kind === 'historyChanged').map(({ subject }) => subject);
    expect(subjects).toContainEqual(expect.stringContaining(`audit entry 1, as the report head ${n}.json has it`));
    await elsewhere.case.close();
  });

  test('a stamp of something else in its place, words beside the signed ones and a signed entry in another’s PDF are refused', async () => {
    const authority = await startAuthority(root);
    await client.case.open({ folder });
    const stamping = { ...signing, timeStampUrl: authority.url };
    await client.case.signHead({ path: signed(), signing: stamping });
    const whole = readFileSync(signed(), 'utf8');
    await client.session.set({ examiner: 'E. Fifth' });
    await client.case.signHead({ path: signed(), signing: stamping });
    const later = readFileSync(signed(), 'utf8');
    authority.close();
    const refusal = async (text: string | Buffer, ending = 'json') => {
      writeFileSync(at(`edited ${n}.${ending}`), text);
      return client.case.verify({ against: at(`edited ${n}.${ending}`) }).catch((error: Error) => error);
    };
    const partsOfSignature = (text: string) => {
      const { signature, ...said } = JSON.parse(text);
      const message = derFrom(Buffer.from(signature, 'base64'));
      const { parts } = signedDataOf(message);
      const signer = partsOf(partsOf(parts.at(-1))[0]);
      return { said, message, stamp: signer.at(-1)!, signer: partsOf(parts.at(-1))[0]! };
    };
    // What lies beside the signed attributes is covered by no signature.
    const [earlier, newer] = [partsOfSignature(whole), partsOfSignature(later)];
    (newer.signer.value as Der[])[(newer.signer.value as Der[]).length - 1] = earlier.stamp;
    const swapped = { ...newer.said, signature: bytesOf(newer.message).toString('base64') };
    expect(await refusal(`${JSON.stringify(swapped, null, 2)}\n`)).toMatchObject({
      code: 'REPORT_REFUSED',
      message: expect.stringContaining('time stamp does not fit'),
    });
    expect(await refusal(whole)).toMatchObject({ against: { entryHeld: true } });
    const more = expect.stringContaining('more than was signed');
    expect(await refusal(whole.replace('{', '{"by": "the director",'))).toMatchObject({ message: more });
    // A key that stands twice: the first would be read by eye, the last is what was signed.
    const twice = whole.replace('"auditHead"', `"auditHead": { "seq": 1, "hash": "${'0'.repeat(64)}" }, "auditHead"`);
    expect(await refusal(twice)).toMatchObject({ message: more });
    const pdf = Buffer.from(`%PDF-1.7\n/EmbeddedFile\nstream\n${whole}endstream\n`);
    expect(await refusal(pdf, 'pdf')).toMatchObject({ code: 'REPORT_REFUSED' });
    await client.case.close();
  });
});

describe('evidence of a case from elsewhere', () => {
  const secret = (): string => at('secret.txt');
  const point = (to: string) => (db: Database.Database) =>
    tamperWith(db, `UPDATE evidence SET path = '${to}', relative_path = '${path.basename(to)}'`);

  test('is not opened where its rows say, and no hash of it enters the log, until somebody says where it lies', async () => {
    writeFileSync(secret(), 'of no concern to anybody');
    const hash = createHash('sha256').update(readFileSync(secret())).digest('hex');
    const file = at(`foreign ${n}.recce`);
    await craftPackedCase(folder, file, point(secret()));
    const unpacked = at(`unpacked ${n}`);
    await client.case.unpack({ file, folder: unpacked });
    const found = await client.case.verify();
    expect(JSON.stringify([found, await client.case.activity({})])).not.toContain(hash);
    expect(found.evidenceChecked).toBe(0);
    expect(found.remarks).toContainEqual(expect.stringMatching(/1 evidence file was not looked at/));
    const packed = await client.case.pack({ file: at(`again ${n}.recce`), evidence: true, models: false });
    expect(packed.leftOut).toMatchObject([{ reason: expect.stringContaining('recce relocate') }]);
    await client.case.close();
  });

  test('is found once somebody has said where it lies, and stays found', async () => {
    const file = at(`honest ${n}.recce`);
    await craftPackedCase(folder, file, () => {});
    const unpacked = at(`honest ${n}`);
    await client.case.unpack({ file, folder: unpacked });
    expect((await client.case.verify()).evidenceChecked).toBe(0);
    for await (const _ of await client.case.relocate({ from: root, to: root }));
    expect(await client.case.verify()).toMatchObject({ evidenceChecked: 1, problems: [] });
    await client.case.close();
    await client.case.open({ folder: unpacked });
    expect(await client.case.verify()).toMatchObject({ evidenceChecked: 1, problems: [] });
    await client.case.close();
  });

  test('a link under the name of brought evidence is not followed', async () => {
    writeFileSync(secret(), 'of no concern to anybody');
    await elsewhere.case.open({ folder });
    const [row] = (await elsewhere.evidence.list({})).rows;
    mkdirSync(path.join(folder, 'evidence'));
    symlinkSync(secret(), path.join(folder, 'evidence', row!.sha256!));
    const { problems, remarks } = await elsewhere.case.verify();
    expect(problems).toEqual([]);
    expect(remarks).toContainEqual(expect.stringMatching(/not looked at/));
    await elsewhere.case.close();
  });

  test('a linked folder of brought evidence is not looked into', async () => {
    await elsewhere.case.open({ folder });
    const [row] = (await elsewhere.evidence.list({})).rows;
    mkdirSync(at(`private ${n}`));
    writeFileSync(at(`private ${n}`, row!.sha256!), 'of no concern to anybody');
    symlinkSync(at(`private ${n}`), path.join(folder, 'evidence'));
    const found = await elsewhere.case.verify();
    expect(found.problems).toMatchObject([{ kind: 'evidenceMissing', subject: 'evidence' }]);
    expect(found.remarks).toContainEqual(expect.stringMatching(/not looked at/));
    const hash = createHash('sha256').update('of no concern to anybody').digest('hex');
    expect(JSON.stringify([found, await elsewhere.case.activity({})])).not.toContain(hash);
    await elsewhere.case.close();
  });

  test('a pipe, a device or a link in the place of the database or its lock is refused, and nothing is made where it leads', {
    tags: ['posix'],
  }, async () => {
    for (const name of ['case.sqlite', 'case.sqlite-journal', 'lock.sqlite'])
      for (const put of [
        (file: string) => execFileSync('mkfifo', [file]),
        (file: string) => symlinkSync('/dev/zero', file),
        (file: string) => symlinkSync(at('made elsewhere'), file),
      ]) {
        const own = at(`odd ${n++}`);
        cpSync(folder, own, { recursive: true });
        rmSync(path.join(own, name), { force: true });
        put(path.join(own, name));
        await expect(elsewhere.case.open({ folder: own })).rejects.toMatchObject({
          code: expect.stringMatching(/^CASE_(DAMAGED|NOT_FOUND)$/),
        });
        expect(existsSync(at('made elsewhere'))).toBe(false);
      }
  });

  test('a pipe or a device in the place of evidence is named by verify and left out by pack, and neither waits for it', {
    tags: ['posix'],
  }, async () => {
    const copy = at(`notes ${n}.txt`);
    for (const put of [() => execFileSync('mkfifo', [copy]), () => symlinkSync('/dev/zero', copy)]) {
      rmSync(copy, { force: true });
      writeFileSync(copy, `copy ${n}`);
      const own = at(`pipe ${n++}`);
      await client.case.create({ folder: own, title: 'Pipe', reference: '' });
      expect(await scan(client, [copy])).toBe('done');
      rmSync(copy);
      put();
      expect(await client.case.verify()).toMatchObject({
        problems: [{ kind: 'evidenceMissing', found: expect.stringContaining('not a regular file') }],
      });
      const packed = await client.case.pack({ file: at(`pipe ${n}.recce`), evidence: true, models: false });
      expect(packed.leftOut).toMatchObject([{ reason: expect.stringContaining('not a regular file') }]);
      await client.case.close();
    }
  });
});
