// What a worker says held against itself and against the model: whoever has the queue's password
// can put verdicts in, but none that contradicts itself. What follows from the logit is computed
// here; only what needs the pixels is the worker's word.

import { hasDecoder } from '../../../contract/architecture.ts';
import type { NewFace } from '../../../contract/face.ts';
import type { FarmMessage } from '../../../contract/farm.ts';
import type { Model } from '../../../contract/model.ts';
import type { PixelBox, PixelPoint } from '../../../contract/units.ts';
import { type JudgedFace, type VerdictOutcome, viewsOf } from '../../../contract/verdict.ts';
import { fromLogit, whyNotFollowing } from '../../examine/follows-from-logit.ts';
import { expectFrames, expectSize, expectStill } from './contradictions.ts';

type Result = Exclude<FarmMessage, { kind: 'pictures' | 'notDone' }>;
type ToldModel = Pick<Model, 'operatingPoints' | 'validation'> & Partial<Pick<Model, 'passport'>>;
type Size = { widthPx: number; heightPx: number };

/**
 * The message with score, leaning and ratio of its logits. Throws what contradicts itself, in a
 * sentence.
 */
export function checkedResult<R extends Result>(result: R, model: ToldModel): R {
  if (result.kind === 'ending') return result;
  if (result.kind === 'still') expectStill(result);
  else expectFrames(result);
  const sizeOf = sizesOf(result);
  const verdicts = result.verdicts.map(({ face, outcome }): JudgedFace => {
    if (face) {
      expectInside(face, sizeOf(face));
      expectSize(face, outcome, result.parameters);
    }
    return { face, outcome: checkedOutcome(outcome, face, model) };
  });
  return { ...result, verdicts };
}

/** The size of the picture, or of the frame, that a face is said to be in. */
function sizesOf(result: Exclude<Result, { kind: 'ending' }>): (face: NewFace) => Size {
  if (result.kind === 'frames') {
    const byFrame = new Map(result.frames.map((frame) => [frame.frameIndex, frame]));
    return ({ frameIndex }) => byFrame.get(frameIndex)!;
  }
  const { state } = result;
  return () => {
    if (state.kind === 'read') return state;
    throw new Error(`It says that a face lies in a file that is ${state.kind}.`);
  };
}

function checkedOutcome(outcome: VerdictOutcome, face: NewFace | null, model: ToldModel): VerdictOutcome {
  if (face === null && ['scored', 'outOfDomain', 'faceTooSmall'].includes(outcome.kind))
    throw new Error(`It says ${outcome.kind} of no face.`);
  if (face !== null && ['noFace', 'unreadable'].includes(outcome.kind))
    throw new Error(`It says ${outcome.kind} of a face.`);
  if (outcome.kind !== 'scored') return outcome;
  const hasViews = viewsOf(outcome) !== undefined;
  if (hasViews !== hasDecoder(model.passport ?? {}))
    throw new Error(`It has ${hasViews ? '' : 'no '}views of a decoder; that is not of this model.`);
  const odd = whyNotFollowing(outcome, model);
  if (odd !== undefined) throw new Error(odd);
  return { ...outcome, ...fromLogit(outcome.logit, model) };
}

/**
 * Faces reach past the border; their middle does not, nor are they larger than twice the picture.
 * Landmarks lie about their box, and the size that decides whether a face is judged is that of the
 * box.
 */
function expectInside({ box, landmarks, quality }: NewFace, { widthPx, heightPx }: Size): void {
  const [middleX, middleY] = [box.x + box.width / 2, box.y + box.height / 2];
  const side = Math.max(box.width, box.height);
  const inside =
    middleX >= 0 &&
    middleY >= 0 &&
    middleX <= widthPx &&
    middleY <= heightPx &&
    side <= 2 * Math.max(widthPx, heightPx);
  if (!inside) throw new Error(`It says that a face lies at ${boxText(box)} of a picture of ${widthPx} x ${heightPx}.`);
  if (!landmarks.every((point) => isAbout(point, box)))
    throw new Error(`It says that landmarks of a face lie elsewhere than its box at ${boxText(box)}.`);
  if (Math.abs(quality.sizePx - side) > 1)
    throw new Error(`It says that a face at ${boxText(box)} has a size of ${quality.sizePx}.`);
}

const isAbout = ({ x, y }: PixelPoint, box: PixelBox): boolean =>
  x >= box.x - box.width && x <= box.x + 2 * box.width && y >= box.y - box.height && y <= box.y + 2 * box.height;

const boxText = ({ x, y, width, height }: PixelBox): string =>
  [x, y, width, height].map((one) => String(Number(one.toPrecision(6)))).join(', ');
