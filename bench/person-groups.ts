// How pure and how whole groups of faces are, by threshold and with the gates, on labelled faces; what
// becomes of forged ones; and what grouping many faces costs beside one sum over all of their pairs' first
// numbers. `npm run bench -- groups FOLDER/ [SAME.csv] [KEPT.ndjson]`: FOLDER holds `portraits`,
// `portraits-older` and `dfdc` (person-faces.ts); SAME says of which person the pictures of
// `portraits-older` are, as those of `portraits` are named (`file,person`), the others are left out.
import { readFileSync } from 'node:fs';
import { GROUP_FACE_PX, GROUP_SHARPNESS } from '../contract/face-groups.ts';
import { NUMBERS } from '../engine/case/embeddings-file.ts';
import { linkFaces } from '../engine/persons/link-faces.ts';
import { randomStream } from '../models/tensor/random.ts';
import { type PersonFace, personFaces } from './person-faces.ts';

const THRESHOLDS = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6] as const;
/** Faces that are grouped for the time it takes, a fifth as many persons. */
const MANY = [10_000, 20_000, 40_000] as const;

/** A face and of whom it is. */
type Labelled = PersonFace & { person: string };

function grouped(faces: readonly Pick<PersonFace, 'numbers'>[], within: number): number[][] {
  const numbers = new Float32Array(faces.length * NUMBERS);
  for (const [i, face] of faces.entries()) numbers.set(face.numbers, i * NUMBERS);
  const linking = linkFaces(numbers, within);
  for (;;) {
    const { done, value } = linking.next();
    if (done) return value;
  }
}

/** B-cubed: of each face's group the share that is of its person, and of its person's faces the share in its group. */
function measured(faces: readonly Labelled[], groups: readonly number[][]) {
  const groupOf = new Map(groups.flatMap((rows) => rows.map((row) => [row, rows] as const)));
  const byPerson = Map.groupBy(faces.keys(), (i) => faces[i]!.person);
  let [purity, completeness, withOthers] = [0, 0, 0];
  for (const [i, { person }] of faces.entries()) {
    const group = groupOf.get(i) ?? [i];
    const own = group.filter((row) => faces[row]!.person === person).length;
    purity += own / group.length / faces.length;
    const all = byPerson.get(person)!.length;
    if (all === 1) continue;
    withOthers += 1;
    completeness += own / all;
  }
  const personsIn = groups.map((rows) => new Set(rows.map((row) => faces[row]!.person)).size);
  return {
    purity,
    completeness: completeness / Math.max(1, withOthers),
    mixed: personsIn.filter((n) => n > 1).length,
    most: Math.max(0, ...personsIn),
  };
}

function* portraitLines(faces: readonly Labelled[], title: string): Generator<string> {
  const persons = new Set(faces.map(({ person }) => person)).size;
  yield `${title}: ${faces.length} faces of ${persons} persons`;
  const isSecond = ({ kind, file }: Labelled): boolean => kind === 'portrait' && file.startsWith('portraits-older');
  const seconds = faces.filter(
    (one) =>
      isSecond(one) && faces.some((other) => other.kind === 'portrait' && other !== one && other.person === one.person),
  );
  for (const within of THRESHOLDS) {
    const groups = grouped(faces, within);
    const { purity, completeness, mixed, most } = measured(faces, groups);
    const joined = seconds.filter((one) =>
      groups.some(
        (rows) =>
          rows.some((row) => faces[row] === one) &&
          rows.some((row) => faces[row] !== one && faces[row]!.person === one.person),
      ),
    );
    yield `  within ${within}: purity ${purity.toFixed(4)}, completeness ${completeness.toFixed(4)}, ${mixed} groups of more than one person (at most ${most}), ${joined.length} of ${seconds.length} second photographs joined`;
  }
}

/** A forgery and the face it was made from share the video; whose face was put in is not known. */
function* forgeryLines(faces: readonly PersonFace[]): Generator<string> {
  const forged = faces.filter(
    ({ kind, source }) => kind === 'forged' && faces.some((one) => one.kind === 'genuine' && one.source === source),
  );
  for (const within of THRESHOLDS) {
    const groups = grouped(faces, within);
    const withOriginal = forged.filter((one) =>
      groups.some(
        (rows) =>
          rows.some((row) => faces[row] === one) &&
          rows.some((row) => faces[row]!.kind === 'genuine' && faces[row]!.source === one.source),
      ),
    );
    const largest = Math.max(0, ...groups.map(({ length }) => length));
    yield `  forgeries, within ${within}: ${faces.length} faces, ${groups.length} groups, the largest of ${largest}; ${withOriginal.length} of ${forged.length} forged ones with the face of the video they were made from`;
  }
}

/** Persons as far apart as those that were measured: mixtures of their numbers, five faces each. */
function* costLines(faces: readonly PersonFace[]): Generator<string> {
  const stream = randomStream(2);
  for (const count of MANY) {
    const many = Array.from({ length: count }, (_, i) => {
      const person = (i * 7919) % (count / 5);
      const parts = [31, 17, 13].map((by, k) => faces[(person * by + 5 * k) % faces.length]!.numbers);
      const numbers = Float32Array.from(
        { length: NUMBERS },
        (_, k) => parts.reduce((sum, part) => sum + part[k]! * 0.577, 0) + stream.uniform(-0.02, 0.02),
      );
      return { numbers };
    });
    const before = process.cpuUsage();
    const groups = grouped(many, 0.4).length;
    const cost = secondsSince(before);
    const half = process.cpuUsage();
    sumOfPairs(many);
    const pairs = secondsSince(half);
    yield `  ${count} faces, ${groups} groups: ${(cost / pairs).toFixed(1)} x sixteen differences of each pair (processor ${cost.toFixed(1)} s)`;
  }
}

const secondsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

function sumOfPairs(faces: readonly Pick<PersonFace, 'numbers'>[]): number {
  const HEAD = 16;
  const heads = new Float32Array(faces.length * HEAD);
  for (const [i, { numbers }] of faces.entries()) heads.set(numbers.subarray(0, HEAD), i * HEAD);
  let sum = 0;
  for (let a = 0; a < faces.length; a++)
    for (let b = 0; b < a; b++)
      for (let k = 0; k < HEAD; k++) {
        const difference = heads[a * HEAD + k]! - heads[b * HEAD + k]!;
        sum += difference * difference;
      }
  return sum;
}

export async function* benchGroups(arguments_: readonly string[]): AsyncGenerator<string> {
  const folder = arguments_.find((one) => one.endsWith('/'));
  if (!folder) throw new Error('Name the folder of labelled faces, with a slash at its end.');
  const same = arguments_.find((one) => one.endsWith('.csv'));
  const lines = same ? readFileSync(same, 'utf8').trim().split('\n').slice(1) : [];
  const known = new Map(lines.map((line) => line.split(',') as [string, string]));
  const all = await personFaces(
    folder,
    arguments_.find((one) => one.endsWith('.ndjson')),
  );
  const isForgerySet = ({ kind }: PersonFace): boolean => kind === 'genuine' || kind === 'forged';
  const portraits = all.flatMap((one): Labelled[] => {
    if (isForgerySet(one)) return [];
    const person = one.source.startsWith('portraits/')
      ? one.source.slice('portraits/'.length).replace(/\.\w+$/, '')
      : known.get(one.source);
    return person === undefined ? [] : [{ ...one, person }];
  });
  const isGoodEnough = ({ sizePx, sharpness }: PersonFace): boolean =>
    sizePx >= GROUP_FACE_PX && sharpness >= GROUP_SHARPNESS;
  yield* portraitLines(portraits, 'portraits and altered copies, all');
  yield* portraitLines(
    portraits.filter(isGoodEnough),
    `of at least ${GROUP_FACE_PX} px and a sharpness of ${GROUP_SHARPNESS}`,
  );
  const forgeries = all.filter((one) => isForgerySet(one) && isGoodEnough(one));
  yield* forgeryLines(forgeries);
  yield* costLines(all);
}
