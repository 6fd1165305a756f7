// `real/` + `fake/`: the layout of everyone's own sets. A folder below them is one video or person;
// a still that lies in them directly is one by its name. The same name under both is the same
// source.
import path from 'node:path';
import { type LabelledFile, type LabelledSet, stemOf } from '../labelled-file.ts';
import { type Split, splitFromName } from '../split.ts';
import { listFolders, listMediaBelow } from './list-files.ts';

const GENUINE = new Set(['real', 'genuine', 'original', 'authentic', '0_real']);
const FORGED = new Set(['fake', 'forged', 'manipulated', 'synthetic', '1_fake']);
/** Folders that name a split; without them sources are dealt by their hash. */
const SPLITS: Readonly<Record<string, Split>> = {
  train: 'training',
  training: 'training',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
};

const labelOf = (folder: string): 0 | 1 | undefined =>
  GENUINE.has(folder.toLowerCase()) ? 0 : FORGED.has(folder.toLowerCase()) ? 1 : undefined;

/** The set, or undefined when the folder has no such parts. */
export async function loadPlain(folder: string): Promise<LabelledSet | undefined> {
  const names = await listFolders(folder);
  const direct = names.filter((name) => labelOf(name) !== undefined);
  const parts = direct.map((name) => ({ at: name, split: undefined as Split | undefined, label: labelOf(name)! }));
  for (const name of names.filter((one) => SPLITS[one.toLowerCase()]))
    for (const inner of await listFolders(path.join(folder, name)))
      if (labelOf(inner) !== undefined)
        parts.push({ at: `${name}/${inner}`, split: SPLITS[name.toLowerCase()], label: labelOf(inner)! });
  if (parts.length === 0) return undefined;
  const files: LabelledFile[] = [];
  for (const { at, split, label } of parts)
    for (const relative of await listMediaBelow(path.join(folder, at))) {
      const [first, ...rest] = relative.split('/') as [string, ...string[]];
      const source = rest.length > 0 ? first : stemOf(first);
      files.push({
        path: path.join(folder, at, relative),
        relativePath: `${at}/${relative}`,
        label,
        source,
        split: split ?? splitFromName(source),
        strata: label === 1 && rest.length > 1 ? { forgery: first } : {},
      });
    }
  return { layout: 'plain', files, remarks: [] };
}
