// FaceForensics++ (Roessler et al., ICCV 2019) as its download script lays it out:
// original_sequences/<camera>/<compression>/..., and
// manipulated_sequences/<method>/<compression>/..., videos as files or as folders of frames; splits
// from train.json, val.json, test.json.
import path from 'node:path';
import * as z from 'zod';
import { type LabelledFile, type LabelledSet, stemOf } from '../labelled-file.ts';
import { readSetText } from '../read-set-file.ts';
import type { Split } from '../split.ts';
import { listFolders, listMediaBelow } from './list-files.ts';

const SPLIT_FILES: readonly (readonly [Split, string])[] = [
  ['training', 'train.json'],
  ['validation', 'val.json'],
  ['test', 'test.json'],
];
const pairsSchema = z.array(z.tuple([z.string(), z.string()]));

export type FaceForensicsOptions = {
  /** `raw`, `c23`, `c40`; all that are there when absent. */
  compression?: string | undefined;
  /** Deepfakes, Face2Face, ...; all when absent. */
  methods?: readonly string[] | undefined;
};

/**
 * Where each video belongs. Both videos of an official pair are one source: each was made into the
 * other.
 */
type Places = ReadonlyMap<string, { split: Split; source: string }>;

/**
 * The official splits, looked for in the folder and in `splits/`. Throws Error when one is missing:
 * guessing would leak.
 */
async function readSplits(folder: string): Promise<Places> {
  const places = new Map<string, { split: Split; source: string }>();
  for (const [split, name] of SPLIT_FILES) {
    const text = await readFirst([path.join(folder, name), path.join(folder, 'splits', name)]);
    if (text === undefined)
      throw new Error(
        `FaceForensics++ in ${folder}: ${name} is missing. Put the official split files beside the sequences.`,
      );
    for (const [a, b] of pairsSchema.parse(JSON.parse(text))) {
      const source = [a, b].sort().join('_');
      places.set(a, { split, source });
      places.set(b, { split, source });
    }
  }
  return places;
}

async function readFirst(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const text = await readSetText(file).catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The set, or undefined when the folder is not FaceForensics++. */
export async function loadFaceForensics(
  folder: string,
  { compression, methods }: FaceForensicsOptions = {},
): Promise<LabelledSet | undefined> {
  const [originals, manipulated] = [
    await listFolders(path.join(folder, 'original_sequences')),
    await listFolders(path.join(folder, 'manipulated_sequences')),
  ];
  if (originals.length === 0 && manipulated.length === 0) return undefined;
  const places = await readSplits(folder);
  const files: LabelledFile[] = [];
  const unplaced = new Set<string>();
  const take = async (part: string, name: string, label: 0 | 1): Promise<void> => {
    for (const c of await listFolders(path.join(folder, part, name))) {
      if (compression && c !== compression) continue;
      const at = `${part}/${name}/${c}`;
      for (const relative of await listMediaBelow(path.join(folder, at))) {
        const video = videoOf(relative);
        const place = places.get(video.slice(0, 3));
        if (!place) unplaced.add(`${name}/${video}`);
        else
          files.push({
            path: path.join(folder, at, relative),
            relativePath: `${at}/${relative}`,
            label,
            ...place,
            strata: { compression: c, ...(label === 1 ? { forgery: name } : {}) },
          });
      }
    }
  };
  for (const name of originals) await take('original_sequences', name, 0);
  for (const name of manipulated) if (!methods || methods.includes(name)) await take('manipulated_sequences', name, 1);
  const remarks = unplaced.size > 0 ? [`In no official split, left out: ${[...unplaced].sort().join(', ')}`] : [];
  return { layout: 'FaceForensics++', files, remarks };
}

/** `videos/000_003.mp4` and `images/000_003/0001.png` are both video 000_003. */
function videoOf(relative: string): string {
  const parts = relative.split('/');
  const at = ['videos', 'images', 'faces', 'frames'].includes(parts[0]!) ? parts.slice(1) : parts;
  return at.length > 1 ? at[0]! : stemOf(at[0]!);
}
