// No command writes over evidence, however it is named: every command is in one of the tables
// below, so that a new one must say whether it writes, and each that does is tried on the evidence
// itself, on links to it, and on a photograph of no case.
import {
  copyFileSync,
  linkSync,
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
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hashFile } from '../engine/blobs/read-evidence-file.ts';
import { closeCase, createCase } from '../engine/case/open-case.ts';
import { addEvidence } from '../engine/case/rows/evidence.ts';
import { samplePhotograph } from '../engine/media/finder-weights.ts';
import { createProgram, main } from './main.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-overwrite-'));
const at = (...names: string[]) => path.join(root, ...names);
const folder = at('case');
/** One name for what commands with a file write, one for the folder's file of `model make`. */
const NAMES = ['exhibit.json', 'exhibit.card.json'] as const;

/**
 * Commands that write where they are told, with arguments that would have them write into `dir`.
 */
const WRITERS: Readonly<Record<string, (dir: string) => string[]>> = {
  scan: (dir) => [
    ...['scan', at('set'), '--case', folder],
    ...['--sign', at('recipe.json'), '--sign-head', path.join(dir, NAMES[0])],
  ],
  report: (dir) => ['report', folder, '--out', path.join(dir, NAMES[0])],
  head: (dir) => ['head', folder, '--sign', at('recipe.json'), '--out', path.join(dir, NAMES[0])],
  pack: (dir) => ['pack', folder, '--out', path.join(dir, NAMES[0])],
  unpack: (dir) => ['unpack', at('packed.recce-case'), '--case', dir],
  validate: (dir) => ['validate', '--data', at('set'), '--out', path.join(dir, NAMES[0])],
  test: (dir) => ['test', '--data', at('set'), '--roc', path.join(dir, NAMES[0])],
  'train export': (dir) => ['train', 'export', '00000000-0000-4000-8000-000000000000', path.join(dir, NAMES[0])],
  'model make': (dir) => ['model', 'make', '--recipe', at('recipe.json'), '--data', at('set'), '--to', dir],
  'faces extract': (dir) => ['faces', 'extract', '--data', at('set'), '--to', dir],
};
/**
 * Commands that write nowhere but into a case folder (which is made new or is one already), the
 * library, or a port.
 */
const OTHERS = [
  ...['verify', 'restore', 'rerun', 'stability', 'doctor', 'infer', 'serve', 'train', 'train list', 'train show'],
  ...[
    'model list',
    'model show',
    'model import',
    'model inspect',
    'model correct',
    'model retire',
    'model reinstate',
    'model fuse',
  ],
  ...['relocate', 'farm scan', 'farm status', 'worker', 'opinion', 'reasons', 'tag list', 'tag add', 'tag remove'],
  ...['persons state', 'persons on', 'persons measure', 'persons erase', 'persons find'],
  ...['add', 'list', 'merge', 'name', 'propose', 'show', 'split', 'take-out', 'unname'].map(
    (step) => `persons groups ${step}`,
  ),
  ...['copies make', 'copies find', 'copies like'],
  // Makes its folder itself, and nothing else (engine/app/handlers/copy-out.test.ts).
  'copy-out',
  // Its report goes through the guard of `report`, its photographs are written only where there is
  // no file of that name.
  'demo',
];

const nameOf = (command: Command): string =>
  command.parent?.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
const hasAction = (command: Command): boolean =>
  command.commands.length === 0 || command.options.some((one) => one.long === '--data');
const all = (command: Command): string[] => [
  ...(command.parent && hasAction(command) ? [nameOf(command)] : []),
  ...command.commands.flatMap((one) => all(one as Command)),
];

/** Where the names lead to. */
const PLACES: Readonly<Record<string, (name: string, dir: string) => void>> = {
  'a symbolic link to evidence': (name, dir) => symlinkSync(at('evidence', name), path.join(dir, name)),
  'a hard link to evidence': (name, dir) => linkSync(at('evidence', name), path.join(dir, name)),
  'a name whose passing name is evidence': (name, dir) => linkSync(at('evidence', name), path.join(dir, `${name}.tmp`)),
  'a photograph of no case': (name, dir) => copyFileSync(samplePhotograph(1), path.join(dir, name)),
};

const contents = (dir: string) =>
  readdirSync(dir)
    .sort()
    .map((name) => [name, readFileSync(path.join(dir, name)).toString('base64')]);

async function run(args: readonly string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const spies = [process.stderr, process.stdout].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    }),
  );
  try {
    return { code: await main(args), said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

beforeAll(async () => {
  process.env.RECCE_HOME = at('home');
  for (const name of ['evidence', 'set/real', 'set/fake']) mkdirSync(at(name), { recursive: true });
  const opened = createCase(folder, { title: 'T', reference: '', demonstration: false });
  for (const name of NAMES) {
    writeFileSync(at('evidence', name), `what ${name} said`);
    const sha256 = await hashFile(at('evidence', name));
    const row = { relativePath: name, mediaType: 'text/plain', sizeBytes: 1, modifiedAt: null, sha256 };
    addEvidence(opened, { path: at('evidence', name), ...row });
  }
  closeCase(opened);
  const recipe = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../models/weights/recipe.json'), 'utf8'));
  writeFileSync(at('recipe.json'), JSON.stringify({ ...recipe, name: 'exhibit' }));
  expect(await run(['pack', folder, '--out', at('packed.recce-case')])).toMatchObject({ code: 0 });
});
afterAll(() => {
  delete process.env.RECCE_HOME;
  rmSync(root, { recursive: true, force: true });
});

test('every command is in one of the tables', () => {
  expect(all(createProgram()).sort()).toEqual([...Object.keys(WRITERS), ...OTHERS].sort());
});

test.each(Object.keys(WRITERS))('%s writes neither over evidence nor over a photograph', async (command) => {
  const refused = async (dir: string, place: string) => {
    const before = contents(dir);
    const { code, said } = await run(WRITERS[command]!(dir));
    expect([place, code, said]).toEqual([place, 1, expect.stringMatching(/could not be written/)]);
    expect(contents(dir)).toEqual(before);
  };
  await refused(at('evidence'), 'the evidence itself');
  for (const [place, make] of Object.entries(PLACES)) {
    const dir = at(`${command} on ${place}`);
    mkdirSync(dir);
    for (const name of NAMES) make(name, dir);
    await refused(dir, place);
  }
  expect(contents(at('evidence')).map(([, text]) => Buffer.from(text!, 'base64').toString())).toEqual([
    'what exhibit.card.json said',
    'what exhibit.json said',
  ]);
});

test('a signed report is not replaced, by an unsigned one neither', async () => {
  const signed = '%PDF-1.7\n1 0 obj <</Type /Sig /ByteRange [0 1 2 3]>> endobj\n';
  writeFileSync(at('signed.pdf'), signed);
  const { code, said } = await run(['report', folder, '--out', at('signed.pdf')]);
  expect([code, said]).toEqual([1, expect.stringContaining('There is a signed report there')]);
  expect(readFileSync(at('signed.pdf'), 'utf8')).toBe(signed);
});

test.each(['case.sqlite', 'blobs/exhibit.json', 'backups/exhibit.json', 'evidence/exhibit.json'])(
  'nothing is written to %s of a case',
  async (name) => {
    const before = readFileSync(path.join(folder, 'case.sqlite'));
    const { code, said } = await run(['pack', folder, '--out', path.join(folder, name)]);
    expect([code, said]).toEqual([1, expect.stringMatching(/a place of the case/)]);
    expect(readFileSync(path.join(folder, 'case.sqlite')).subarray(0, 16)).toEqual(before.subarray(0, 16));
  },
);

test.each(['blobs', 'backups', 'reports'])('%s of the case itself is no evidence', async (name) => {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, 'reports', 'own.txt'), 'x');
  symlinkSync(path.join(folder, name), at(`link to ${name}`));
  for (const named of [path.join(folder, name), at(`link to ${name}`)]) {
    const { code, said } = await run(['scan', named, '--case', folder]);
    expect([code, said]).toEqual([1, expect.stringMatching(/lies in the folder of the case itself/)]);
  }
});
