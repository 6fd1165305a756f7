// The report's sentences. A score is a raw score unless calibrated, a leaning is about two
// propositions, and no result is ever called authentic.

import { hasDecoder, NO_DECODER, networkWords } from '../../contract/architecture.ts';
import { type Composite, fusionWords } from '../../contract/composite.ts';
import type { Model } from '../../contract/model.ts';
import type { HeldRemark } from '../../contract/remark.ts';
import { remarkWords } from '../../contract/remark-words.ts';
import type { ReportDocument } from '../../contract/report.ts';
import type { VerbalStep } from '../../contract/report-template.ts';
import { ALTERATIONS } from '../../contract/stability.ts';
import type { TrackPlace } from '../../contract/track.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { ratioSentence } from '../../contract/verbal-scale.ts';
import type { Leaning, Verdict, VerdictKind, VerdictOutcome } from '../../contract/verdict.ts';
import {
  alterationWords,
  detailWords,
  exactScoreText,
  KIND_WORDS,
  LEANING_WORDS,
  NO_LEANING,
  unscoredWords,
} from '../../contract/wording.ts';
import type { PrintedFace } from './report-document.ts';

/** `1 face`, `3 faces`, `1,200 faces`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** A moment of a video, e.g. `12.48 s`. */
export const secondsText = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** `track 7 of scan 1 (6.40 s to 9.50 s)`. */
export const trackPlaceWords = ({
  trackIndex,
  scan,
  fromMs,
  toMs,
}: Pick<TrackPlace, 'trackIndex' | 'scan' | 'fromMs' | 'toMs'>): string =>
  `track ${trackIndex + 1} of scan ${scan.number} (${secondsText(fromMs)} to ${secondsText(toMs)})`;

/**
 * What the machine says of one subject, in one line; ratios in the words of `scale`. `leftOut`: what
 * of a file without a face was not looked at.
 */
export function outcomeWords(
  outcome: VerdictOutcome,
  { scale, leftOut = [] }: { scale?: readonly VerbalStep[] | undefined; leftOut?: readonly HeldRemark[] } = {},
): string {
  switch (outcome.kind) {
    case 'scored':
      return scoredWords(outcome, scale);
    case 'outOfDomain':
      return `Not scored. ${unscoredWords(outcome)}`;
    case 'faceTooSmall':
      return `Not scored. The face is ${detailWords(outcome)}`;
    case 'noFace':
      return [
        `No face was found${leftOut.length > 0 ? ' in what was looked at' : ''}. This says nothing about whether the picture is genuine`,
        ...leftOut.map(remarkWords),
      ].join('. ');
    case 'unreadable':
      return `Not examined. ${unreadableWords(outcome)}`;
    case 'toolError':
      return `Not examined: an error of the tool. ${outcome.message}`;
  }
}

function scoredWords(
  { score, leaning, log10LikelihoodRatio }: Extract<VerdictOutcome, { kind: 'scored' }>,
  scale?: readonly VerbalStep[],
): string {
  const leans = `Raw score ${exactScoreText(score)}: ${leaning ? LEANING_WORDS[leaning] : NO_LEANING}`;
  return log10LikelihoodRatio === null ? leans : `${leans}. ${ratioSentence(log10LikelihoodRatio, scale)}`;
}

export const REDACTION_NOTICE = {
  others: 'REDACTED COPY: in each photograph every face is covered but the one examined beside it.',
  all: 'REDACTED COPY: every picture of a face is covered; landmarks and boxes are left out. Sizes, scores and hashes are complete.',
} as const;

const OF_RECCE: readonly string[] = [
  'The face is examined by RECCE (Cao et al., End-to-End Reconstruction-Classification Learning for Face Forgery Detection, CVPR 2022): a network trained to reconstruct genuine faces. What it fails to reconstruct guides its classifier to places that may have been changed.',
  'The difference map is the mean over red, green and blue of the absolute difference between the face and its reconstruction, as a fraction of the full range. It is computed once, stored, and shown here on one fixed colour scale. It shows where the reconstruction failed; it is not by itself a map of forgery.',
];

/** Said of a network without a decoder, by what it is. */
const ofAnother = ({ name, passport }: Pick<Model, 'name' | 'passport'>): string =>
  passport.composite ? ofComposite({ name, composite: passport.composite }) : ofNetwork({ name, passport });

/** Never an average without its record: the parts and the whole were measured on the same faces. */
const ofComposite = ({ name, composite }: { name: string; composite: Composite }): string =>
  `${name} is made of ${composite.parts.map((part) => part.name).join(' and ')}. Each of them judges a face by itself, and its result stands beside; their logits are then added up with weights that were fitted by logistic regression on labelled faces (${fusionWords(composite)}). Where one of them can give no score, ${name} gives none. How often each of them and the whole are wrong, and how far they err together, is in its validation.`;

const ofNetwork = ({ name, passport }: Pick<Model, 'name' | 'passport'>): string =>
  `By ${name} the face is examined as its passport says (${networkWords(passport)}). ${NO_DECODER} Nothing shows where in the face its score comes from.`;

/** How results came about, for the networks that the report is of. */
export function methodOf(models: readonly Pick<Model, 'name' | 'passport'>[]): string[] {
  const others = models.filter(({ passport }) => !hasDecoder(passport));
  return [
    'Each file is opened read-only and hashed (SHA-256) before anything else. Stills are decoded to upright 8-bit sRGB pixels in a process of their own.',
    'Faces are found by a single-shot detector (SSD on MobileNet v1) on the whole picture and, for large pictures, on overlapping tiles; turned copies are tried when nothing is found upright. Each face is cut out by the model’s crop recipe.',
    ...(others.length < models.length || models.length === 0 ? OF_RECCE : []),
    ...others.map(ofAnother),
    'The raw score is the logistic function of the network’s output, between 0 and 1. It is not the probability that a face is forged. A leaning compares it with the model’s operating points; between them the workstation says that it cannot tell.',
  ];
}

/** Said where the stability of some face was measured. */
export const STABILITY = `Stability: the picture around a face is altered a little in a fixed way (${ALTERATIONS.map(alterationWords).join(', ')}), and each altered picture is cut and scored as the face was. Of a film the same face in the frames beside is scored too. It says how far the answer hangs on such detail of the picture; it is no error rate by itself. Where the model was validated with it, how often faces that keep their leaning lean wrongly, and how often others, is said beside it.`;

export const LIMITS: readonly string[] = [
  '“No face found” means that the finder saw none. The picture was not examined further, and nothing follows about whether it is genuine.',
  'A score that leans towards genuine does not authenticate a picture. Forgeries unlike those of the training data, whole-picture generation, and strong compression can escape the model.',
  'A score that leans towards forged can be caused by retouching, compression, resizing, unusual light or make-up.',
  'Files listed as unreadable, too small, or outside the model’s limits were not assessed.',
];

/**
 * Number of verdicts of each kind and leaning, in a fixed order. Leanings are counted only where
 * the model gives them: a row of noughts under a model that cannot lean would read as a finding.
 */
export function summaryRows(verdicts: readonly Verdict[]): [string, string][] {
  const kinds = Object.keys(KIND_WORDS) as VerdictKind[];
  const count = (fits: (outcome: VerdictOutcome) => boolean) => verdicts.filter((one) => fits(one.outcome)).length;
  const leaning = (which: Leaning | null) => count((one) => one.kind === 'scored' && one.leaning === which);
  const without = leaning(null);
  const given = count((one) => one.kind === 'scored') > without;
  const leanings: [string, string][] = [
    ...(given ? (Object.keys(LEANING_WORDS) as Leaning[]) : []).map((which): [string, string] => [
      `    ${LEANING_WORDS[which]}`,
      String(leaning(which)),
    ]),
    ...(without > 0 ? [[`    ${NO_LEANING}`, String(without)] satisfies [string, string]] : []),
  ];
  const rows: [string, string][] = kinds.map((kind) => [
    KIND_WORDS[kind].label,
    String(count((outcome) => outcome.kind === kind)),
  ]);
  return [rows[0]!, ...leanings, ...rows.slice(1)];
}

/** Whether the report must say that nothing in it is casework. */
export const isDemonstration = (document: Pick<ReportDocument, 'case' | 'models'>): boolean =>
  document.case.demonstration || document.models.some((model) => model.demonstration);

/** Which face of its picture, and where in a video. */
export const whichFaceWords = (face: PrintedFace): string => `, face ${face.faceIndex + 1}${whenOf(face)}`;

/** Where in a video; nothing for a still. */
const whenOf = ({ pts, timeMs, frameIndex }: PrintedFace): string =>
  pts === null ? '' : ` at ${secondsText(timeMs)} (frame ${frameIndex}, pts ${pts})`;
