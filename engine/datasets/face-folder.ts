// A folder of faces cut out of a labelled set: the one form that training reads.
// `faces.json` says how they were cut, `faces.jsonl` has one line a face, the pictures lie below
// `faces/`. Readable without the program; appended to, so that an extraction goes on.
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';
import { RecceError } from '../../contract/errors.ts';
import { firstIssue } from '../files/first-issue.ts';
import { ifExists } from '../files/optional-file.ts';
import { linkOnTheWay } from '../files/own-file.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { readSetText } from './read-set-file.ts';

export const faceFolderHeadSchema = z.object({
  format: z.literal('recce-faces-1'),
  cropRecipe: z.string(),
  sidePx: z.number().int().positive(),
  finderSha256: sha256Schema,
  appVersion: z.string(),
  /** What the faces were cut from, in words. */
  from: z.string(),
  remarks: z.array(z.string()),
});
export type FaceFolderHead = z.infer<typeof faceFolderHeadSchema>;

const measuresSchema = z.object({
  facePx: z.number(),
  sharpness: z.number(),
  brightness: z.number(),
  rollDegrees: z.number(),
  yawProxy: z.number(),
  blockiness: z.number(),
  colourfulness: z.number(),
});

function isOwnName(file: string): boolean {
  return file.startsWith('faces/') && !file.includes('\\') && file.split('/').every((part) => !part.startsWith('.'));
}

export const faceLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('face'),
    /** Below the folder, with `/`, as faceFileName makes it. */
    file: z.string().refine(isOwnName, 'It leads out of the folder.'),
    /** File and frame it was cut from. */
    from: z.string(),
    frameIndex: z.number().int(),
    label: z.union([z.literal(0), z.literal(1)]),
    source: z.string(),
    split: z.enum(['training', 'validation', 'test']),
    strata: z.record(z.string(), z.string()),
    measures: measuresSchema.nullable(),
  }),
  z.object({ kind: z.literal('none'), from: z.string(), reason: z.string() }),
  /** Everything of this file has been written. */
  z.object({ kind: z.literal('done'), from: z.string() }),
]);
export type FaceLine = z.infer<typeof faceLineSchema>;
export type FolderFace = Extract<FaceLine, { kind: 'face' }>;

const HEAD = 'faces.json';
/** The file by which a folder of faces is known. */
export const FACE_FOLDER_MARK = HEAD;
const LINES = 'faces.jsonl';

/** Reads the head and every whole line. Throws PATH_NOT_FOUND when the folder is none of these. */
export async function readFaceFolder(folder: string): Promise<{ head: FaceFolderHead; lines: FaceLine[] }> {
  const text = await readSetText(path.join(folder, HEAD)).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', folder, `it is no folder of extracted faces (${HEAD} is missing).`, {
      cause,
    });
  });
  const head = faceFolderHeadSchema.parse(JSON.parse(text));
  const lines = await ifExists(readSetText(path.join(folder, LINES)), '');
  return {
    head,
    lines: lines
      .split('\n')
      .slice(0, -1)
      .map((line) => faceLineSchema.parse(JSON.parse(line))),
  };
}

/**
 * Opens a folder for writing: makes it, or goes on where an extraction of the same making stopped.
 * Throws WRITE_FAILED when it holds faces cut in another way, or such that cannot be read: to begin
 * anew would mix theirs with others.
 */
export async function openFaceFolder(
  folder: string,
  head: FaceFolderHead,
): Promise<{ done: ReadonlySet<string>; add(line: FaceLine, picture?: Uint8Array): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const before = await readIfThere(folder);
  for (const key of ['cropRecipe', 'sidePx', 'finderSha256'] as const)
    if (before && before.head[key] !== head[key])
      throw new RecceError(
        'WRITE_FAILED',
        folder,
        `its faces have ${key} ${before.head[key]}, not ${head[key]}. Choose another folder.`,
      );
  if (!before) await writeAtomic(path.join(folder, HEAD), [`${JSON.stringify(head, null, 2)}\n`]);
  // Written anew each time: what is appended to is no link that somebody has put there.
  await writeAtomic(path.join(folder, LINES), [before ? linesToKeep(before.lines) : '']);
  const done = new Set(before?.lines.filter((line) => line.kind !== 'face').map((line) => line.from) ?? []);
  return {
    done,
    async add(line, picture) {
      if (line.kind === 'face' && picture) {
        const file = path.join(folder, line.file);
        const link = linkOnTheWay(folder, line.file);
        if (link !== undefined) throw linked(folder, link);
        await mkdir(path.dirname(file), { recursive: true });
        // What a stopped run left, or somebody has put there, is replaced, not written through.
        await rm(file, { force: true });
        await writeFile(file, picture, { flag: 'wx' });
      }
      await appendFile(path.join(folder, LINES), `${JSON.stringify(line)}\n`);
    },
  };
}

/** A folder that is a link leads to other pictures, wherever they lie. */
const linked = (folder: string, link: string): RecceError =>
  new RecceError('WRITE_FAILED', folder, `its ${link} is a link to another place. Choose another folder.`);

/** Undefined where no extraction was begun. Throws WRITE_FAILED for one that cannot be read. */
async function readIfThere(folder: string): Promise<Awaited<ReturnType<typeof readFaceFolder>> | undefined> {
  const names = await readdir(folder);
  if (!names.includes(HEAD)) return undefined;
  return readFaceFolder(folder).catch((cause: Error) => {
    const detail = `the faces that are in it cannot be read (${firstIssue(cause.cause ?? cause)}). Choose another folder.`;
    throw new RecceError('WRITE_FAILED', folder, detail, { cause });
  });
}

/** Lines of files that were finished: one that was stopped within a file does that file again. */
function linesToKeep(lines: readonly FaceLine[]): string {
  const done = new Set(lines.filter((line) => line.kind !== 'face').map((line) => line.from));
  const kept = lines.filter((line) => done.has(line.from));
  return kept.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A path that any file system takes, for a face of `from`. */
export function faceFileName(from: string, frameIndex: number): string {
  const safe = from
    .split('/')
    .map((part) => part.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '_'))
    .join('/');
  return `faces/${safe}.${String(frameIndex).padStart(6, '0')}.png`;
}
