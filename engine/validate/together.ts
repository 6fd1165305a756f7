// How far the parts of a composite go wrong together: two that err on the same faces say little more
// than one of them. Pure; chance is given by names.
import type { PartFigures, Together } from '../../contract/validation.ts';
import { bootstrapInterval, rateOf } from '../examine/intervals.ts';
import type { ValidatedFace } from '../examine/validated-face.ts';
import { type JudgedByRatio, ownFigures } from './judged-by-ratio.ts';

/** With fewer faces of a class a correlation says nothing. */
const FEWEST = 10;

export type JudgedPart = { figures: PartFigures; judged: readonly JudgedByRatio[] };

/** A part by itself, on the faces of the composite. */
export function judgedPart(
  { modelId, name }: Pick<PartFigures, 'modelId' | 'name'>,
  faces: readonly ValidatedFace[],
): JudgedPart {
  const { figures, judged } = ownFigures(faces);
  return { figures: { modelId, name, ...figures }, judged };
}

/** Every two of the parts, which judged the same faces in the same order. */
export const togetherOf = (parts: readonly JudgedPart[]): Together[] =>
  parts.flatMap((_, first) => parts.slice(first + 1).map((_, i): Together => pairOf(parts, first, first + 1 + i)));

function pairOf(parts: readonly JudgedPart[], first: number, second: number): Together {
  const [a, b] = [parts[first]!.judged, parts[second]!.judged];
  const name = `together/${first}/${second}`;
  const wrong = (of: readonly JudgedByRatio[], i: number): boolean => isWrong(of[i]!);
  const rate = (what: string, is: (i: number) => boolean) =>
    rateOf(
      a.map(({ source }, i) => ({ source, is: is(i) })),
      `${name}/${what}`,
    );
  const wrongFirst = rate('first', (i) => wrong(a, i));
  const wrongSecond = rate('second', (i) => wrong(b, i));
  return {
    ...{ first, second, wrongFirst, wrongSecond },
    genuine: correlationOf(a, b, 0, name),
    forged: correlationOf(a, b, 1, name),
    wrongBoth: rate('both', (i) => wrong(a, i) && wrong(b, i)),
    wrongBothByChance: wrongFirst.rate * wrongSecond.rate,
  };
}

/**
 * By the ratio before its bounds: of a small set they are 1 on both sides, which is on none, and would
 * read as never wrong.
 */
const isWrong = ({ label, unbounded }: JudgedByRatio): boolean => (label === 1 ? unbounded < 0 : unbounded > 0);

function correlationOf(
  a: readonly JudgedByRatio[],
  b: readonly JudgedByRatio[],
  label: 0 | 1,
  name: string,
): Together['genuine'] {
  const pairs = a.flatMap((one, i) => (one.label === label ? [[one.unbounded, b[i]!.unbounded] as const] : []));
  const sources = a.filter((one) => one.label === label).map(({ source }) => source);
  if (pairs.length < FEWEST) return null;
  const value = pearson(
    pairs,
    pairs.map(() => 1),
  );
  const interval = bootstrapInterval(sources, `${name}/${label}`, (weights) => pearson(pairs, weights));
  return Number.isFinite(value) && interval ? { value, interval } : null;
}

/** Weighted; not a number where one of the two does not vary. */
export function pearson(pairs: readonly (readonly [number, number])[], weights: ArrayLike<number>): number {
  let [w, x, y] = [0, 0, 0];
  pairs.forEach(([a, b], i) => {
    w += weights[i]!;
    x += weights[i]! * a;
    y += weights[i]! * b;
  });
  let [xx, yy, xy] = [0, 0, 0];
  pairs.forEach(([a, b], i) => {
    xx += weights[i]! * (a - x / w) ** 2;
    yy += weights[i]! * (b - y / w) ** 2;
    xy += weights[i]! * (a - x / w) * (b - y / w);
  });
  return xy / Math.sqrt(xx * yy);
}
