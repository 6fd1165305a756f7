// The command line as a person uses it: each command in a process of its own, on real files.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { createClient, createEngine } from '../engine/index.ts';
import { makeTintedSet } from '../engine/testing/tinted-set.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-cli-'));
const repository = path.resolve(import.meta.dirname, '..');
const samples = path.join(repository, 'node_modules/@vladmandic/face-api/demo');
const weights = path.join(repository, 'models/weights/recce-lite-0.25.pth');
const media = path.join(root, 'media');
const folder = path.join(root, 'case');
/** The user's home and temporary folder: nothing belongs there but what is swept. */
const user = path.join(root, 'user');
const QUIETED = {
  CI: undefined,
  GITHUB_ACTIONS: undefined,
  ORT_DISABLE_TELEMETRY: undefined,
  XDG_CACHE_HOME: undefined,
};

const env = { ...process.env, ...QUIETED, HOME: user, TMPDIR: user, RECCE_HOME: path.join(root, 'home') };

function recce(...args: string[]) {
  const run = spawnSync(process.execPath, [path.join(repository, 'build/recce.mjs'), ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

beforeAll(() => {
  mkdirSync(media);
  mkdirSync(user);
  copyFileSync(path.join(samples, 'sample1.jpg'), path.join(media, 'one.jpg'));
});

test('scan, scan again, report, verify: a case from two commands, with exit code 0', () => {
  const scanned = recce('scan', media, '--case', folder, '--examiner', 'A. Examiner');
  expect(scanned.code).toBe(0);
  expect(scanned.out.match(/^one\.jpg: (raw score 0\.\d{4}|Outside model limits)/gm)).toHaveLength(3);
  expect(scanned.out.match(/^one\.jpg: .* \(verdict \d+\)$/gm)).toHaveLength(3);
  expect(scanned.err).toContain('DEMONSTRATION MODEL');
  expect(recce('scan', media, '--case', folder).out.replace(/^\d+ files.*/m, '')).toBe(
    scanned.out.replace(/^\d+ files.*/m, ''),
  );
  const report = path.join(root, 'report.pdf');
  expect(recce('report', folder, '--out', report).code).toBe(0);
  const bytes = readFileSync(report);
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(recce('report', folder, '--out', report).code).toBe(0);
  expect(readFileSync(report).equals(bytes)).toBe(true);
  expect(recce('verify', folder)).toMatchObject({ code: 0, out: expect.stringContaining('all as recorded') });
});

test('a scan signs the newest entry of the log at its end, which verify holds the case against', {
  tags: ['openssl'],
}, () => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: root, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-out', 'c.pem', '-days', '30'];
  openssl('req', '-x509', ...key, '-subj', '/CN=A. Signer');
  openssl('pkcs12', '-export', '-inkey', 'k.pem', '-in', 'c.pem', '-out', 'k.p12', '-passout', 'pass:');
  const signed = path.join(root, 'head.json');
  expect(recce('scan', media, '--case', folder, '--sign-head', signed)).toMatchObject({ code: 2 });
  const scanned = recce('scan', media, '--case', folder, '--sign-head', signed, '--sign', path.join(root, 'k.p12'));
  expect(scanned).toMatchObject({ code: 0, err: expect.stringMatching(/Signed: entry \d+:[0-9a-f]{64}/) });
  const { out, code } = recce('verify', folder, '--against', signed);
  expect(code).toBe(0);
  for (const words of ['which the log holds', 'Signed by CN=A. Signer', 'No time stamp']) expect(out).toContain(words);
});

test('verify and scan say that the model was validated after the verdicts of the case were made', () => {
  const { passport, validation, operatingPoints } = JSON.parse(
    readFileSync(weights.replace('.pth', '.card.json'), 'utf8'),
  );
  const later = { record: { ...validation, madeAt: '2999-01-01T00:00:00.000Z' }, operatingPoints };
  const models = path.join(root, 'home', 'models');
  const file = path.join(models, `${passport.sha256}.2999-01-01T00-00-00-000Z.validation.json`);
  mkdirSync(models, { recursive: true });
  writeFileSync(file, JSON.stringify(later));
  const words = 'this workstation has a later one for its model, of 2999-01-01';
  expect(recce('verify', folder)).toMatchObject({ code: 0, out: expect.stringContaining(words) });
  expect(recce('scan', media, '--case', folder)).toMatchObject({ code: 0, err: expect.stringContaining(words) });
  rmSync(file);
});

test('an unreadable file gives exit code 3 and its reason, and changed evidence exit code 4 from verify', () => {
  writeFileSync(path.join(media, 'two.jpg'), '');
  symlinkSync('nowhere.jpg', path.join(media, 'three.jpg'));
  const scanned = recce('scan', media, '--case', folder, '--json');
  expect(scanned.code).toBe(3);
  const { findings } = JSON.parse(scanned.out);
  expect(findings.find((one: { relativePath: string }) => one.relativePath === 'two.jpg')).toMatchObject({
    kind: 'unreadable',
    score: null,
  });
  expect(recce('verify', folder).out).toContain('Not checked: 1 evidence file of which no byte could ever be read');
  writeFileSync(path.join(media, 'two.jpg'), 'changed');
  expect(recce('verify', folder)).toMatchObject({
    code: 4,
    out: expect.stringMatching(/evidenceChanged: .*two\.jpg: expected [0-9a-f]{64}, found [0-9a-f]{64}/),
  });
});

test('the paper’s front door prints the paper’s line', () => {
  const run = recce(
    'infer',
    '--image',
    path.join(media, 'one.jpg'),
    '--weight',
    weights,
    '--image_size',
    '128',
    '--device',
    'cpu',
  );
  expect(run.err).toContain('No face was looked for');
  expect(run.out).toMatch(/^path: .*one\.jpg \| fake probability: [01]\.\d{4} \| prediction: (real|fake)\n$/);
  expect(run.code).toBe(0);
});

test('model list and show tell what the model is; import refuses what is no checkpoint', () => {
  expect(recce('model', 'list').out).toMatch(/recce-lite-0\.25 +192 px +bare +DEMONSTRATION/);
  const shown = JSON.parse(recce('model', 'show', 'recce-lite-0.25', '--json').out);
  expect(shown.passport.sha256).toBe(shown.id);
  const refused = recce('model', 'import', path.join(media, 'one.jpg'));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('This is not a PyTorch file');
});

test('usage errors give exit code 2, failures exit code 1 with one sentence', () => {
  expect(recce('scan').code).toBe(2);
  expect(recce('no-such-command').code).toBe(2);
  expect(recce('scan', media, '--case', folder, '--device', 'abacus')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Allowed choices are auto, '),
  });
  expect(recce('scan', media, '--case', folder, '--minimum-face', 'small').code).toBe(2);
  expect(recce('serve', '--port', 'abc').code).toBe(2);
  expect(recce('train', 'show', '1')).toMatchObject({ code: 1, err: expect.stringMatching(/^recce: id: /) });
  const failed = recce('report', path.join(root, 'nowhere'), '--out', path.join(root, 'x.pdf'));
  expect(failed.code).toBe(1);
  expect(failed.err.trim().split('\n')).toHaveLength(1);
  expect(failed.err).toContain('There is no case in this folder.');
});

test('a scan of nothing says so: no file in the folder, the case’s own folder, a path that is not there', () => {
  const empty = path.join(root, 'empty');
  mkdirSync(empty);
  for (const nothing of [empty, folder])
    expect(recce('scan', nothing, '--case', folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`No file to examine was found in ${nothing}`),
    });
  const nowhere = recce('scan', path.join(root, 'nowhere'), '--case', path.join(root, 'no-case'));
  expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('There is no such file or folder') });
  expect(existsSync(path.join(root, 'no-case'))).toBe(false);
});

test('a report’s ending is one of its own, and a case that opens is not set back in haste', () => {
  const odd = path.join(root, 'report.docx');
  expect(recce('report', folder, '--out', odd)).toMatchObject({ code: 2, err: expect.stringContaining('.jsonld') });
  expect(existsSync(odd)).toBe(false);
  const stamped = recce('report', folder, '--out', path.join(root, 'x.pdf'), '--time-stamp', 'http://127.0.0.1:1/');
  expect(stamped).toMatchObject({ code: 2, err: expect.stringContaining('give --sign too') });
  expect(recce('restore', folder)).toMatchObject({ code: 1, err: expect.stringContaining('this case opens') });
  expect(recce('restore', folder, '--anyway')).toMatchObject({ code: 0, out: expect.stringContaining('damaged-') });
});

test('the version is told, and a mistyped command names the way to help instead of burying the error under it', () => {
  expect(recce('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^recce \d+\.\d+\.\d+\n$/) });
  const mistyped = recce('scna');
  expect(mistyped.code).toBe(2);
  expect(mistyped.err.trimEnd().split('\n').at(-1)).toContain('recce --help');
  expect(mistyped.err).not.toContain('Commands:');
});

test('doctor finds everything in place', () => {
  const run = recce('doctor');
  expect(run.out).not.toContain('FAIL');
  expect(run.out).toMatch(/^ok {4}disk: [\d.]+ GiB of [\d.]+ GiB are free at /m);
  expect(run.out).toMatch(/^ok {4}device: It is fixed: CPU, \d+ threads, 8 pictures a run\./m);
  expect(run.out).toMatch(/^ok {4}device CPU: usable\./m);
  expect(run.out).toMatch(/^- {5}device DirectML: (absent\. ONNX Runtime's binary for .* does not know|untested)/m);
  expect(run.code).toBe(0);
});

test('a device that is not here is refused with the reason, and no job is made', () => {
  const missing = process.platform === 'darwin' ? 'dml' : 'coreml';
  const run = recce('scan', path.join(media, 'one.jpg'), '--case', folder, '--device', missing);
  expect(run.code).toBe(1);
  expect(run.err).toMatch(/This device cannot be used here\. .*: ONNX Runtime's binary for .* does not know/);
});

test('rerun makes every verdict again, bit-identical, and one by its id', () => {
  const all = recce('rerun', folder, '--json');
  const { counts } = JSON.parse(all.out);
  expect(counts).toMatchObject({ identical: 3, different: 0 });
  expect(recce('rerun', folder, '--verdict', '1')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^verdict 1, media\/one\.jpg, face 1: identical\n1 results repeated: 1 identical/),
  });
});

test('validate --stability says what it costs, and how often faces that keep their leaning lean wrongly', async () => {
  const set = path.join(root, 'set');
  const places = new Map([
    [1, { left: 300, top: 270 }],
    [2, { left: 780, top: 130 }],
  ]);
  await makeTintedSet(set, [...places.keys()], {
    picture: (n) => sharp(path.join(samples, `sample${n}.jpg`)).extract({ ...places.get(n)!, width: 400, height: 420 }),
  });
  expect(recce('validate', '--help').out.replace(/\s+/g, ' ')).toContain(
    '12 pictures are scored for each face, which takes so many times as long',
  );
  const out = path.join(root, 'record.json');
  const run = recce('validate', '--data', set, '--stability', '--no-keep', '--out', out);
  expect(run.code).toBe(0);
  expect(run.out).toMatch(/^kept their leaning under all of battery v1 +\d+ of \d+ /m);
  expect(run.out).toMatch(/^did not keep it under all +\d+ of \d+ /m);
  expect(run.out).toMatch(/^The mean logit over battery v1, .* Verdicts do not use it\.$/m);
  const { record } = JSON.parse(readFileSync(out, 'utf8'));
  expect(record.stability).toMatchObject({ battery: 'battery v1', stable: { falselyForged: { of: record.genuine } } });
  expect(recce('validate', '--data', set, '--no-keep').out).not.toContain('battery');
});

test('stability alters each face and scores it again, the same each time, and says how firm its result is', () => {
  const id = recce('scan', media, '--case', folder).out.match(/^one\.jpg: raw score .* \(verdict (\d+)\)$/m)![1]!;
  const all = recce('stability', folder, '--json', '--verdict', id);
  expect(all.code).toBe(0);
  const { rows } = JSON.parse(all.out);
  expect(rows).toMatchObject([{ verdictId: Number(id), result: 'made', before: null }]);
  const again = recce('stability', folder, '--verdict', id);
  expect(again.code).toBe(0);
  expect(again.out).toMatch(
    /^verdict \d+, media\/one\.jpg, face \d: Keeps its .* in \d+ of 11 alterations of battery v1\. \(as in job \d+\)\n {2}saved as JPEG 90: logit /,
  );
  expect(again.out.trimEnd().split('\n').at(-1)).toBe('1 of 1 results tried.');
  expect(recce('stability', folder, '--face', '1', '--leaning', 'all').code).toBe(2);
  expect(recce('stability', folder, '--verdict', '99')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/no such verdict/),
  });
});

/**
 * A command in a shell of its own; `code` is the command's, whatever reads from it or takes what it
 * says.
 */
function recceInShell(command: string, streams: string) {
  const code = path.join(root, 'code');
  const program = [process.execPath, path.join(repository, 'build/recce.mjs')].map((one) => `"${one}"`).join(' ');
  const run = spawnSync('sh', ['-c', `(${program} ${command}; echo $? > "${code}") ${streams}`], { cwd: root, env });
  return { code: Number(readFileSync(code, 'utf8')), out: run.stdout.toString(), err: run.stderr.toString() };
}

test('whoever has read enough of what is printed ends nothing: no error is told', { tags: ['posix'] }, () => {
  expect(recceInShell('model list --json', '| true')).toEqual({ code: 0, out: '', err: '' });
});

test('what cannot be printed is a sentence and exit code 1, never a success', { tags: ['linux'] }, () => {
  const told = 'recce: What it had to say could not be written: ENOSPC: no space left on device, write\n';
  expect(recceInShell('model list --json', '> /dev/full')).toEqual({ code: 1, out: '', err: told });
  // Where nobody can be told, the code still is the command's own.
  expect(recceInShell('model show nowhere', '2> /dev/full')).toMatchObject({ code: 1, out: '' });
  expect(recceInShell('model list', '2> /dev/full')).toMatchObject({ code: 0 });
});

test('none of the commands left a file in the user’s home or temporary folder', () => {
  expect(readdirSync(user, { recursive: true })).toEqual([]);
});

test('an opinion wants a name; one that is refused leaves no name and no entry', () => {
  const give = (examiner: string, conclusion: string) =>
    recce('opinion', folder, '--verdict', '1', '--conclusion', conclusion, '--examiner', examiner);
  expect(give(' ', 'inconclusive')).toMatchObject({ code: 2, err: expect.stringContaining('A name was expected.') });
  expect(give('Emil  Tab', 'inconclusive')).toMatchObject({ code: 0, out: 'Emil Tab: inconclusive\n' });
  const newest = () => Number(recce('verify', folder).out.match(/Newest entry of the log: (\d+)/)?.[1]);
  const before = newest();
  expect(give('Emul Tab', 'withdrawn').err).toContain('No opinion of yours stands here.');
  // The look itself is the one entry that came.
  expect(newest()).toBe(before + 1);
  expect(give('emil tab', 'withdrawn')).toMatchObject({ code: 0, out: 'Emil Tab: withdrawn\n' });
});

test('a rerun or a scan that is refused leaves no name; one that begins has it in its entry', () => {
  const newest = () => Number(recce('verify', folder).out.match(/Newest entry of the log: (\d+)/)?.[1]);
  const before = newest();
  expect(recce('rerun', folder, '--verdict', '99999', '--examiner', 'Typo Nmae')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no such'),
  });
  // What lies in the case's own folder is refused by the engine, behind the command line's own looks.
  expect(recce('scan', path.join(folder, 'blobs'), '--case', folder, '--examiner', 'Typo Nmae').err).toContain(
    'never evidence',
  );
  expect(newest()).toBe(before + 1);
  expect(recce('rerun', folder, '--verdict', '1', '--examiner', 'Rita Runner').code).toBe(0);
  const report = path.join(root, 'names.json');
  expect(recce('report', folder, '--out', report).code).toBe(0);
  const said = readFileSync(report, 'utf8');
  expect(said).toContain('Rita Runner');
  expect(said).not.toContain('Typo Nmae');
});

test('what is printed of a case without a name is a look of whoever takes one next; under a name it is none', async () => {
  const unnamed = path.join(root, 'unnamed');
  const looked = async (): Promise<boolean | undefined> => {
    const engine = await createEngine({ appDataFolder: path.join(root, 'home') });
    const client = createClient(engine);
    await client.case.open({ folder: unnamed });
    const session = await client.session.get();
    await engine.close();
    return session.looked;
  };
  const one = ['--verdict', '1'];
  const steps: [boolean, string[]][] = [
    [false, ['scan', path.join(media, 'one.jpg'), '--case', unnamed, '--examiner', 'A. Examiner']],
    [true, ['rerun', unnamed, ...one]],
    [false, ['opinion', unnamed, ...one, '--conclusion', 'inconclusive', '--examiner', 'B. Second']],
    [true, ['stability', unnamed, ...one]],
    [false, ['tag', 'add', unnamed, 'Seen', ...one, '--examiner', 'C. Third']],
    [true, ['scan', path.join(media, 'one.jpg'), '--case', unnamed]],
  ];
  for (const [isLook, step] of steps) {
    // 4: of this face no stability can be measured.
    expect([0, 4], step[0]).toContain(recce(...step).code);
    expect(await looked(), step[0]).toBe(isLook);
  }
});

/** A case of one photograph, whose results only these tests speak of. */
const tagged = path.join(root, 'tagged');
const photographs = path.join(root, 'photographs');

test('a tag is put on results and taken off by number, path, tag or all, with one entry of the log each', () => {
  mkdirSync(photographs);
  copyFileSync(path.join(samples, 'sample1.jpg'), path.join(photographs, 'one.jpg'));
  expect(recce('scan', photographs, '--case', tagged, '--examiner', 'A. Examiner').code).toBe(0);
  const tag = (...args: string[]) => recce('tag', ...args, '--examiner', 'A. Examiner', '--json');
  const entries = (): number => JSON.parse(recce('verify', tagged, '--json').out).auditEntriesChecked;
  const added = tag('add', tagged, 'Gang', '--verdict', '1,2', '--colour', 'pink', '--key', 'k');
  expect(JSON.parse(added.out)).toEqual({
    tag: { id: 1, name: 'Gang', colour: 'pink', key: 'k' },
    on: true,
    changed: 2,
    subjects: 2,
  });
  expect(JSON.parse(tag('add', tagged, 'gang', '--all').out)).toMatchObject({ changed: 1, subjects: 3 });
  expect(JSON.parse(tag('add', tagged, 'Shortlist', '--tagged', 'Gang').out)).toMatchObject({ changed: 3 });
  expect(recce('tag', 'list', tagged).out).toBe('Shortlist: 3 results (blue)\nGang: 3 results (pink, key k)\n');
  const before = entries();
  expect(JSON.parse(tag('remove', tagged, 'Gang', '--contains', 'one').out)).toMatchObject({ on: false, changed: 3 });
  // The name is taken for it, which is an entry too, and so was the check before.
  expect(entries() - before).toBe(3);
  expect(JSON.parse(recce('verify', tagged, '--json').out).problems).toEqual([]);
  expect(tag('add', tagged, 'Forged', '--all')).toMatchObject({
    code: 1,
    err: expect.stringContaining('by an opinion'),
  });
  expect(tag('remove', tagged, 'Nobody', '--all').err).toContain('The case has no tag of this name.');
  expect(tag('add', tagged, 'Gang').code).toBe(2);
  expect(tag('add', tagged, 'Gang', '--all', '--key', 'KK').code).toBe(2);
});

test('faces are compared where that was switched on with a reason, nearest first with distances, and all of it is erased', () => {
  const by = ['--examiner', 'A. Examiner', '--reason', 'Order 7 of the court'];
  expect(recce('persons', 'state', tagged).out).toBe('Off: faces of this case are not compared.\n');
  expect(recce('persons', 'find', tagged, '--face', '1')).toMatchObject({ code: 1, out: '' });
  expect(recce('persons', 'on', tagged, '--examiner', 'A. Examiner').code).toBe(2);
  expect(recce('persons', 'on', tagged, '--examiner', 'A. Examiner', '--reason', 'short').code).toBe(2);
  const on = recce('persons', 'on', tagged, ...by);
  expect(on.out).toMatch(/^On since .*, by A\. Examiner: “Order 7 of the court”\.\n3 of 3 faces have an embedding\.\n/);
  expect(on.out).toContain('biometric data');
  const outside = JSON.parse(
    recce('persons', 'find', tagged, '--file', path.join(photographs, 'one.jpg'), '--json').out,
  );
  expect(outside.of).toMatchObject({ kind: 'file', name: 'one.jpg', faces: 3 });
  expect(outside).toMatchObject({ compared: 3, notCompared: 0, alike: [{ distance: 0 }] });
  const found = recce('persons', 'find', tagged, '--face', String(outside.alike[0].faceId), '--within', '2');
  expect(found.out).toMatch(/^Looked for: .*one\.jpg, face \d\n0\.\d{3} {2}.*one\.jpg, face \d \(face id \d\)\n/);
  expect(found.out).toContain('2 faces of 2 compared lie within 2.000.');
  expect(found.out).toContain('It is no identification');
  expect(recce('persons', 'find', tagged).code).toBe(2);
  expect(recce('persons', 'find', tagged, '--face', '1', '--file', 'x.jpg').code).toBe(2);
  expect(recce('persons', 'measure', tagged).code).toBe(0);
  const groups = (...rest: string[]) => recce('persons', 'groups', ...rest);
  const named = ['--examiner', 'A. Examiner', '--json'];
  expect(groups('list', tagged).out).toMatch(/^No groups were proposed\.\n/);
  // So far apart that the three strangers of the photograph are one group.
  const proposed = groups('propose', tagged, '--within', '1', '--sharpness', '0', '--json');
  expect(JSON.parse(proposed.out)).toMatchObject({ total: 1, named: 0, alone: 0, proposal: { compared: 3 } });
  expect(JSON.parse(groups('name', tagged, '1', 'The three', ...named).out)).toMatchObject({
    left: { name: 'The three' },
  });
  expect(groups('name', tagged, '1', 'Deepfake', ...named)).toMatchObject({
    code: 1,
    err: expect.stringContaining('opinion'),
  });
  const faces = JSON.parse(groups('show', tagged, '1', '--json').out).faces.map(
    (one: { faceId: number }) => one.faceId,
  );
  expect(groups('split', tagged, '1', String(faces[2]), '--examiner', 'A. Examiner').out).toBe(
    'A group of faces split. Group 2: 1 face in 1 file.\n',
  );
  expect(groups('merge', tagged, '1', '2', ...named).code).toBe(0);
  expect(groups('take-out', tagged, '1', `${faces[0]},${faces[1]}`, ...named).code).toBe(0);
  expect(groups('add', tagged, '1', String(faces[0]), ...named).code).toBe(0);
  expect(groups('take-out', tagged, '1', 'x', ...named).code).toBe(2);
  expect(groups('list', tagged).out).toMatch(
    /\n1 group, 1 with a name; 1 face is in none\.\nThe three: 2 faces in 1 file \(group 1, named by A\. Examiner\)\nA group says of which person/,
  );
  const inReport = path.join(root, 'groups.json');
  expect(recce('report', tagged, '--out', inReport).code).toBe(0);
  expect(JSON.parse(readFileSync(inReport, 'utf8')).groups).toMatchObject({
    named: [{ name: 'The three', namedBy: 'A. Examiner', files: 1 }],
    unnamed: 0,
    notAsHeld: false,
  });
  expect(groups('unname', tagged, '1', ...named).code).toBe(0);
  expect(JSON.parse(recce('verify', tagged, '--json').out).problems).toEqual([]);
  expect(recce('persons', 'erase', tagged, ...by).out).toMatch(
    /^Off: .*\nThe embeddings of 3 faces were erased .*, by A\. Examiner: “Order 7 of the court”\.\n.*groups\.json.*\n$/,
  );
  expect(recce('persons', 'measure', tagged).err).toContain('not compared in this case');
});

test('originals of chosen results are copied out with a manifest, and a report shows pictures of a tag’s results alone', () => {
  const out = path.join(root, 'originals');
  const copied = recce(
    'copy-out',
    tagged,
    '--tagged',
    'Shortlist',
    '--out',
    out,
    '--examiner',
    'A. Examiner',
    '--json',
  );
  expect(JSON.parse(copied.out)).toMatchObject({ folder: out, copied: 1, left: 0 });
  expect(readFileSync(path.join(out, '00001_one.jpg'))).toEqual(readFileSync(path.join(photographs, 'one.jpg')));
  expect(recce('copy-out', tagged, '--all', '--out', out)).toMatchObject({ code: 1, out: '' });
  expect(recce('copy-out', tagged, '--all', '--out', path.join(photographs, 'in')).err).toContain(
    'could not be written',
  );
  expect(recce('copy-out', tagged, '--out', path.join(root, 'none')).code).toBe(2);
  const report = path.join(root, 'shortlist.json');
  expect(recce('report', tagged, '--out', report, '--tag', 'Gang').code).toBe(0);
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
    shown: [],
    tags: [{ name: 'Shortlist', faces: [1, 2, 3] }],
  });
  expect(recce('report', tagged, '--out', report, '--tag', 'Shortlist').code).toBe(0);
  expect(JSON.parse(readFileSync(report, 'utf8')).shown.length).toBeGreaterThan(0);
  expect(recce('report', tagged, '--out', report, '--tag', 'No such').err).toContain('has no tag of this name');
});
