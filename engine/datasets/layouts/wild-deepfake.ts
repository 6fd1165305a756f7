// WildDeepfake (Zi et al., ACM MM 2020), unpacked: real_train/, fake_train/, real_test/,
// fake_test/, face sequences in numbered folders. A number under `real` and the same under `fake`
// are different videos.
import path from 'node:path';
import type { LabelledFile, LabelledSet } from '../labelled-file.ts';
import { type Split, splitFromName } from '../split.ts';
import { listFolders, listMediaBelow } from './list-files.ts';

const PART = /^(real|fake)_(train|test)$/;

/**
 * The set, or undefined when the folder is not WildDeepfake. Validation is a quarter of the
 * training videos.
 */
export async function loadWildDeepfake(folder: string): Promise<LabelledSet | undefined> {
  const parts = (await listFolders(folder)).map((name) => PART.exec(name)).filter((match) => match !== null);
  if (parts.length === 0) return undefined;
  const files: LabelledFile[] = [];
  for (const [name, kind, part] of parts)
    for (const relative of await listMediaBelow(path.join(folder, name))) {
      const source = `${part}-${kind}-${relative.split('/')[0]}`;
      const split: Split = part === 'test' ? 'test' : splitFromName(source);
      files.push({
        path: path.join(folder, name, relative),
        relativePath: `${name}/${relative}`,
        label: kind === 'fake' ? 1 : 0,
        source,
        split,
        strata: kind === 'fake' ? { forgery: 'WildDeepfake' } : {},
      });
    }
  return { layout: 'WildDeepfake', files, remarks: [] };
}
