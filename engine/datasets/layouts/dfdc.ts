// DFDC (Dolhansky et al. 2020): folders with a metadata.json that says REAL or FAKE of each video
// and which original it was made from. A video is a file, or a folder of frames of the same name
// without its ending.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type LabelledFile, type LabelledSet, stemOf } from '../labelled-file.ts';
import { readSetText } from '../read-set-file.ts';
import { type Split, splitFromName } from '../split.ts';
import { listMediaBelow } from './list-files.ts';

const metadataSchema = z.record(
  z.string(),
  z.object({
    label: z.enum(['REAL', 'FAKE']).optional(),
    is_fake: z.union([z.literal(0), z.literal(1)]).optional(),
    split: z.string().optional(),
    original: z.string().nullish(),
  }),
);

const NAMED: Readonly<Record<string, Split>> = { test: 'test', validation: 'validation', val: 'validation' };

/** Folders at or below `folder` that hold a metadata.json, relative. */
async function foldersWithMetadata(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name === 'metadata.json')
    .map((entry) => path.relative(folder, entry.parentPath).replaceAll(path.sep, '/'))
    .sort();
}

/**
 * The set, or undefined when no folder has a metadata.json. A fake's source is its original, so
 * that no split parts them.
 */
export async function loadDfdc(folder: string): Promise<LabelledSet | undefined> {
  const folders = await foldersWithMetadata(folder);
  if (folders.length === 0) return undefined;
  const files: LabelledFile[] = [];
  const unknown: string[] = [];
  for (const part of folders) {
    const metadata = metadataSchema.parse(JSON.parse(await readSetText(path.join(folder, part, 'metadata.json'))));
    const byStem = new Map(Object.entries(metadata).map(([name, row]) => [stemOf(name), row]));
    for (const relative of await listMediaBelow(path.join(folder, part))) {
      const stem = stemOf(relative.split('/')[0]!);
      const row = byStem.get(stem);
      const label = row?.label ? (row.label === 'FAKE' ? 1 : 0) : row?.is_fake;
      const relativePath = part === '' ? relative : `${part}/${relative}`;
      if (!row || label === undefined) {
        if (!folders.some((other) => other !== part && relativePath.startsWith(`${other}/`)))
          unknown.push(relativePath);
        continue;
      }
      const source = stemOf(row.original || stem);
      const split = NAMED[row.split ?? ''] ?? splitFromName(source);
      const strata = label === 1 ? { forgery: 'DFDC' } : {};
      files.push({ path: path.join(folder, relativePath), relativePath, label, source, split, strata });
    }
  }
  const remarks = unknown.length > 0 ? [`Not in any metadata.json, left out: ${unknown.join(', ')}`] : [];
  return { layout: 'DFDC', files, remarks };
}
