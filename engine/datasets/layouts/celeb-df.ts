// Celeb-DF (Li et al., CVPR 2020): Celeb-real/, YouTube-real/ and Celeb-synthesis/, with
// List_of_testing_videos.txt naming the test set (there 1 means genuine). Videos as files or as
// folders of frames of the same name.
import path from 'node:path';
import { type LabelledFile, type LabelledSet, stemOf } from '../labelled-file.ts';
import { readSetText } from '../read-set-file.ts';
import { splitFromName } from '../split.ts';
import { listMediaBelow } from './list-files.ts';

const PARTS: readonly (readonly [string, 0 | 1])[] = [
  ['Celeb-real', 0],
  ['YouTube-real', 0],
  ['Celeb-synthesis', 1],
];
const LIST = 'List_of_testing_videos.txt';

/**
 * Names of the test videos, without ending, e.g. `Celeb-real/id0_0000`. Throws Error when a line
 * cannot be read.
 */
function parseTestList(text: string): Set<string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return new Set(
    lines.map((line) => {
      const [label, name] = line.trim().split(/\s+/);
      if ((label !== '0' && label !== '1') || !name) throw new Error(`${LIST}: "${line}" is not "<0 or 1> <video>".`);
      return stemOf(name);
    }),
  );
}

/**
 * The person: `id0` of id0_0000 and of id0_id16_0000 (whose video was changed). YouTube videos are
 * known by their number.
 */
const personOf = (part: string, video: string): string =>
  part === 'YouTube-real' ? `youtube-${video}` : (/^id\d+/.exec(video)?.[0] ?? video);

/**
 * The set, or undefined when the folder is not Celeb-DF. Throws Error when the test list is
 * missing.
 */
export async function loadCelebDf(folder: string): Promise<LabelledSet | undefined> {
  const parts = await Promise.all(
    PARTS.map(async ([name, label]) => ({ name, label, media: await listMediaBelow(path.join(folder, name)) })),
  );
  if (!parts.some(({ name, media }) => name !== 'YouTube-real' && media.length > 0)) return undefined;
  const text = await readSetText(path.join(folder, LIST)).catch(() => {
    throw new Error(`Celeb-DF in ${folder}: ${LIST} is missing; without it test videos would be trained on.`);
  });
  const test = parseTestList(text);
  const all = parts.flatMap(({ name, label, media }) =>
    media.map((relative): LabelledFile & { other: string | undefined } => {
      const [first, ...rest] = relative.split('/') as [string, ...string[]];
      const video = rest.length > 0 ? first : stemOf(first);
      const source = personOf(name, video);
      return {
        path: path.join(folder, name, relative),
        relativePath: `${name}/${relative}`,
        label,
        source,
        split: test.has(`${name}/${video}`) ? 'test' : splitFromName(source),
        other: /^id\d+_(id\d+)_/.exec(video)?.[1],
        strata: label === 1 ? { forgery: 'Celeb-synthesis' } : { origin: name },
      };
    }),
  );
  const parted = all.filter(isParted);
  const files = all.filter((file) => !isParted(file)).map(({ other: _, ...file }) => file);
  const leftOut =
    parted.length > 0
      ? [
          `${parted.length} files show two persons of whom one is training and the other validation; they were left out.`,
        ]
      : [];
  return { layout: 'Celeb-DF', files, remarks: [...leftOut, ...sharedPersons(files)] };
}

/**
 * A swap of two persons belongs to neither split when they are in different ones: it would show one
 * to the other.
 */
const isParted = ({ split, other }: { split: string; other: string | undefined }): boolean =>
  split !== 'test' && other !== undefined && splitFromName(other) !== split;

function sharedPersons(files: readonly LabelledFile[]): string[] {
  const of = (isTest: boolean) => new Set(files.filter((f) => (f.split === 'test') === isTest).map((f) => f.source));
  const [test, others] = [of(true), of(false)];
  const shared = [...test].filter((person) => others.has(person));
  return shared.length > 0
    ? [
        `The official test list shares ${shared.length} persons with the other videos: its figures are not for unseen persons.`,
      ]
    : [];
}
