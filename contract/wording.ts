// The words for what was found: kinds, leanings, conclusions and reasons are data everywhere else,
// and become English here, for the window, the command line and the report alike. A score is a raw
// score, a leaning is about two propositions, an opinion is a person's; no result is ever called
// authentic, and what was not assessed never looks as if it had been.
import type { Agreement } from './agreement.ts';
import type { DomainMeasure, HeldReason } from './domain.ts';
import type { EvidenceState } from './evidence.ts';
import type { Conclusion } from './opinion.ts';
import type { HeldRemark } from './remark.ts';
import { incompleteWords, remarkWords } from './remark-words.ts';
import {
  type Alteration,
  type AlteredScore,
  type FRAMES_BESIDE,
  isStable,
  leaningKept,
  type StabilityRow,
} from './stability.ts';
import type { HeldWhy, Unreadable } from './unreadable.ts';
import { unreadableWords } from './unreadable-words.ts';
import type { MeasuredStability, Rate, ShownStability, Together } from './validation.ts';
import type { Leaning, UnscoredOutcome, VerdictKind } from './verdict.ts';
import { visibleText } from './visible-text.ts';

/** A kind of outcome by name, in a narrow place, and what follows from it. */
export const KIND_WORDS: Readonly<Record<VerdictKind, { label: string; short: string; sentence: string }>> = {
  scored: {
    label: 'Scored',
    short: 'Scored',
    sentence: 'The model gave this face a raw score.',
  },
  outOfDomain: {
    label: 'Outside model limits',
    short: 'Outside limits',
    sentence: 'Not scored: the picture is unlike what the model was validated on.',
  },
  faceTooSmall: {
    label: 'Face too small',
    short: 'Too small',
    sentence: 'Not scored: the face has too few pixels for an assessment.',
  },
  noFace: {
    label: 'No face found',
    short: 'No face',
    sentence: 'The finder saw no face. The picture was not examined, and nothing follows about whether it is genuine.',
  },
  unreadable: {
    label: 'Unreadable',
    short: 'Unreadable',
    sentence: 'The file could not be read. It was not examined.',
  },
  toolError: {
    label: 'Tool error',
    short: 'Tool error',
    sentence: 'The tool failed on this file. It was not examined; this says nothing about the file.',
  },
};

/** Where no face was found and something of the file was not looked at. */
const NO_FACE_IN_PART = 'No face in what was looked at';

/** A kind of outcome in a table; `leftOut`: what of its file was not looked at. */
export const kindLabel = (kind: VerdictKind, leftOut: readonly HeldRemark[] = []): string =>
  kind === 'noFace' && leftOut.length > 0 ? NO_FACE_IN_PART : KIND_WORDS[kind].label;

export const LEANING_WORDS: Readonly<Record<Leaning, string>> = {
  towardsForged: 'leans towards forged',
  cannotTell: 'cannot tell',
  towardsGenuine: 'leans towards genuine',
};

const within = (score: number, digits: number): string => {
  const least = 10 ** -digits;
  if (score < least) return `<${least.toFixed(digits)}`;
  return score > 1 - least ? `>${(1 - least).toFixed(digits)}` : score.toFixed(digits);
};

/**
 * A raw score as a list shows it: two digits, never as a percentage, and never the 0 or 1 that a
 * network does not reach.
 */
export const scoreText = (score: number): string => within(score, 2);

/** A raw score where one result is looked at, in a table or a report: four digits, likewise. */
export const exactScoreText = (score: number): string => within(score, 4);

/**
 * A score that others are held against: to four digits, and where those would make a 0 or 1 of it,
 * its distance from there.
 */
export function thresholdText(score: number): string {
  if (score < 1e-4) return String(Number(score.toPrecision(2)));
  return score > 1 - 1e-4 && score < 1 ? `1 - ${Number((1 - score).toPrecision(2))}` : String(Number(score.toFixed(4)));
}

/** In place of a leaning. */
export const NO_LEANING = 'no leaning given: the model had no operating points';

export const CONCLUSION_WORDS: Readonly<Record<Conclusion, string>> = {
  genuine: 'genuine',
  forged: 'forged',
  inconclusive: 'inconclusive',
  notAFace: 'not a face',
  withdrawn: 'withdrawn',
  note: 'note',
};

/** Said with every count of opinions and of how far examiners agree. */
export const COUNTED_ONCE =
  'A face followed through a film counts once, however many scans and models followed it, and whether an opinion is on its track or on one of its frames. Two examiners are compared where what both said holds for one and the same face or file.';

/** What one examiner says where others differ: `Doe: forged (blind, on its track)`. */
export function differingWords({ examiner, conclusion, blind, onTrack }: Differing): string {
  const how = [blind ? 'blind' : '', onTrack ? 'on its track' : ''].filter(Boolean).join(', ');
  return `${examiner}: ${CONCLUSION_WORDS[conclusion]}${how && ` (${how})`}`;
}
type Differing = Agreement['disagreements'][number]['conclusions'][number];

/** Wherever a model that was made to be shown made the scores. */
export const DEMONSTRATION_NOTICE = 'DEMONSTRATION MODEL: not for casework';

/** As the head of a line: its first letter a capital. */
export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** A measure as a line of a table. */
export const MEASURE_WORDS: Readonly<Record<DomainMeasure, string>> = {
  facePx: 'Face size, pixels',
  sharpness: 'Sharpness',
  brightness: 'Brightness, 0 to 1',
  rollDegrees: 'Tilt of the head, degrees',
  yawProxy: 'Turn of the head, eye distances',
  blockiness: 'Blockiness of compression',
  colourfulness: 'Colourfulness',
  featureDistance: 'Distance from the validation faces',
};

/** A measure in a sentence, its unit and the decimals it is given with. */
const MEASURES: Readonly<Record<DomainMeasure, { name: string; unit: string; digits: number }>> = {
  facePx: { name: 'face size', unit: ' px', digits: 0 },
  sharpness: { name: 'sharpness', unit: '', digits: 0 },
  brightness: { name: 'brightness', unit: '', digits: 2 },
  rollDegrees: { name: 'tilt of the head', unit: '°', digits: 0 },
  yawProxy: { name: 'turn of the head', unit: '', digits: 2 },
  blockiness: { name: 'compression (blockiness)', unit: '', digits: 2 },
  colourfulness: { name: 'colourfulness', unit: '', digits: 0 },
  featureDistance: { name: 'distance from the validation faces in the network', unit: '', digits: 2 },
};

/** Digits beyond which a measure and its limit are never written. */
const MOST_DIGITS = 6;

/**
 * Both numbers with `digits` decimals, or with as many more as it takes to tell them apart: "0.22,
 * validated up to 0.22" says nothing.
 */
function toldApart(value: number, limit: number, digits: number): [string, string] {
  const [found, allowed] = [value.toFixed(digits), limit.toFixed(digits)];
  return found === allowed && digits < MOST_DIGITS ? toldApart(value, limit, digits + 1) : [found, allowed];
}

/** Why a face is outside the domain, without a full stop. */
export function reasonWords(reason: HeldReason): string {
  if (typeof reason === 'string') return reason;
  switch (reason.kind) {
    case 'beyondLimit': {
      const { name, unit, digits } = MEASURES[reason.measure];
      const [found, allowed] = toldApart(reason.value, reason.limit, digits);
      return `${name} ${found}${unit}, validated ${reason.end === 'low' ? 'from' : 'up to'} ${allowed}${unit}`;
    }
    case 'notMeasured':
      return `${MEASURES[reason.measure].name} could not be measured (${reason.found})`;
    case 'boxShape':
      return `the box is ${Math.round(reason.widthPx)} × ${Math.round(reason.heightPx)} px, which is not the shape of a face`;
    case 'finderUnsure':
      return `the face finder is hardly sure that it is a face (${reason.finderScore.toFixed(2)})`;
    case 'partOfSurerFace':
      return 'it overlaps a face that the finder is surer of, and may be a part of that head';
    case 'ofPart':
      return `${reason.name}: ${reasonWords(reason.reason)}`;
    case 'coloursNotApplied':
      return `the file states colours of its own (${reason.by}: ${reason.stated}), which are not applied here, so its light is not what models were validated on`;
    case 'flattenedByProfile':
      return 'its colour profile takes contrast out of the picture, so its light is not what models were validated on';
    case 'fewColours':
      return `the picture has ${reason.colours} colours in all: it was reduced to a palette, as in a GIF`;
    case 'otherRange':
      return `its high dynamic range (${reason.curve}) is not brought to the standard range here, so its light is not what models were validated on`;
    case 'afterDamage':
      return 'the frame follows a decoding error and no key frame came in between: what was lost may still be in it';
  }
}

/** What an outcome says beside its kind; null where the kind is all. */
export function detailWords(outcome: UnscoredOutcome): string | null {
  switch (outcome.kind) {
    case 'outOfDomain':
      return outcome.reasons.map(reasonWords).join('; ');
    case 'faceTooSmall':
      return `${Math.round(outcome.sizePx)} px, at least ${outcome.minimumPx} px are needed`;
    case 'noFace':
      return null;
    case 'unreadable':
      return unreadableWords(outcome);
    case 'toolError':
      return outcome.message;
  }
}

/**
 * e.g. `Face too small: 30 px, at least 40 px are needed`. `leftOut`: what of its file was not looked
 * at, which is said where no face was found.
 */
export function unscoredWords(outcome: UnscoredOutcome, leftOut: readonly HeldRemark[] = []): string {
  const label = kindLabel(outcome.kind, leftOut);
  const detail = outcome.kind === 'noFace' ? leftOut.map(remarkWords).join('; ') || null : detailWords(outcome);
  return detail === null ? label : `${label}: ${detail}`;
}

type InWords<Said> = {
  [K in keyof Said]: K extends 'message' ? string : K extends 'remarks' | 'leftOut' ? string[] : Said[K];
};

/** What a file came to, with its words in place of data: rows of all versions side by side. */
export function inWords<Said extends object>(said: Said): InWords<Said> {
  const { remarks, leftOut, video } = said as Partial<Extract<EvidenceState, { kind: 'read' }>>;
  const incomplete = video?.incompleteBecause;
  return {
    ...said,
    ...('message' in said && 'reason' in said ? { message: unreadableWords(said as Unreadable<HeldWhy>) } : {}),
    ...(remarks ? { remarks: remarks.map(remarkWords) } : {}),
    ...(leftOut ? { leftOut: leftOut.map(remarkWords) } : {}),
    ...(incomplete ? { video: { ...video, incompleteBecause: incompleteWords(incomplete) } } : {}),
  } as InWords<Said>;
}

const share = ({ rate, interval: [low, high] }: Rate): string =>
  `${(100 * rate).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
const correlation = (one: Together['genuine']): string =>
  one
    ? `${one.value.toFixed(2)} (${one.interval[0].toFixed(2)} to ${one.interval[1].toFixed(2)})`
    : 'not known (too few faces)';

/** How far two parts of a composite go wrong together, with 95 % intervals; without a full stop. */
export const togetherWords = ({
  genuine,
  forged,
  wrongFirst,
  wrongSecond,
  wrongBoth,
  wrongBothByChance,
}: Together): string =>
  `correlation of their likelihood ratios ${correlation(genuine)} among genuine and ${correlation(forged)} among forged faces; wrong were ${share(wrongFirst)} and ${share(wrongSecond)}, both at once ${share(wrongBoth)}, where chance alone would give ${(100 * wrongBothByChance).toFixed(1)} %`;

const ALTERATION_WORDS: ReadonlyMap<string, string> = new Map<Alteration | (typeof FRAMES_BESIDE)[number], string>([
  ['jpeg90', 'saved as JPEG 90'],
  ['jpeg70', 'saved as JPEG 70'],
  ['jpeg50', 'saved as JPEG 50'],
  ['reduced', 'reduced to three quarters'],
  ['blurred', 'blurred by a hundredth of the face'],
  ['brighter', 'a tenth brighter'],
  ['darker', 'a tenth darker'],
  ['mirrored', 'mirrored'],
  ['movedAcross', 'box moved across by a twentieth'],
  ['movedDown', 'box moved down by a twentieth'],
  ['enlarged', 'box enlarged by a tenth'],
  ['frameBefore', 'the frame before'],
  ['frameBehind', 'the frame behind'],
]);

/** What was done to a picture; one that another build knows by the name it gave. */
export const alterationWords = (alteration: string): string =>
  ALTERATION_WORDS.get(alteration) ?? visibleText(alteration);

/** How firm a verdict is, in a sentence, and another where that was made elsewhere. */
export const stabilitySentence = (row: StabilityRow): string =>
  row.elsewhere ? `${howFirm(row)} ${MEASURED_ELSEWHERE}` : howFirm(row);

const MEASURED_ELSEWHERE =
  'This was measured elsewhere, before the case was unpacked here; measure it again to know it.';

function howFirm(row: StabilityRow): string {
  const battery = visibleText(row.battery);
  if (row.result === 'notPossible')
    return `Its stability could not be measured. ${visibleText(row.reason ?? '')}`.trim();
  const kept = leaningKept(row);
  if (!kept) return `Altered as ${battery} does; ${NO_LEANING}.`;
  const what = kept.leaning === 'cannotTell' ? 'answer' : 'leaning';
  const beside = kept.besideOf > 0 ? `, and in ${kept.besideKept} of ${kept.besideOf} frames beside` : '';
  return `Keeps its ${what} (${LEANING_WORDS[kept.leaning]}) in ${kept.kept} of ${kept.of} alterations of ${battery}${beside}.`;
}

/** One line of its list: what was done, the logit and score of that, and how it leans. */
export function alteredWords({ alteration, logit, score, leaning, outside }: AlteredScore): string {
  const leans = leaning ? LEANING_WORDS[leaning] : 'no leaning';
  const beyond = outside.length > 0 ? `; beyond the model's limits: ${outside.map(reasonWords).join('; ')}` : '';
  return `${alterationWords(alteration)}: logit ${logit.toFixed(3)}, score ${exactScoreText(score)}, ${leans}${beyond}`;
}

const wronglyOf = ({ count, of, rate, interval: [low, high] }: Rate): string =>
  of === 0
    ? 'there were none'
    : `${count} of ${of} leaned wrongly (${(100 * rate).toFixed(1)} %, 95 % interval ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;

/**
 * How often validation faces as stable as this one leaned wrongly, and how often the others, in a
 * sentence; empty for a face that does not lean. `measured`: of the record that its verdict was made
 * under.
 */
export function stabilityRates(
  row: StabilityRow,
  measured: (MeasuredStability & Partial<ShownStability>) | null,
): string {
  const said = ratesOf(row, measured);
  return measured?.elsewhere && said !== '' ? `${said} ${RATES_OF_ELSEWHERE}` : said;
}

const RATES_OF_ELSEWHERE =
  'These rates are of a validation record that is in the case alone, not in this workstation’s library: the word of whoever made it.';

function ratesOf(row: StabilityRow, measured: MeasuredStability | null): string {
  const kept = leaningKept(row);
  if (!kept || kept.leaning === 'cannotTell') return '';
  const battery = visibleText(row.battery);
  if (measured?.battery !== row.battery)
    return `How often faces that keep it lean wrongly, and how often others, was not measured with ${battery} when its model was validated.`;
  const [stable, others] = [wronglyOf(measured.stable.wrong), wronglyOf(measured.others.wrong)];
  return isStable(kept)
    ? `Of the validation faces that, as this one, kept their leaning under all of ${battery}, ${stable}; of the others, ${others}.`
    : `Of the validation faces that, as this one, did not keep their leaning under all of ${battery}, ${others}; of those that did, ${stable}.`;
}

/** The two groups of a validation's faces that leaned, by name. */
export const stabilityGroups = ({ battery, stable, others }: MeasuredStability) =>
  [
    [`kept their leaning under all of ${visibleText(battery)}`, stable],
    ['did not keep it under all', others],
  ] as const;

const compared = ({ value, interval: [low, high], p }: MeasuredStability['mean']['difference']): string => {
  if (p === null) return 'Whether it differs from the score itself cannot be told from these faces';
  const by = `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}; DeLong by person or video, p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}`;
  if (low > 0) return `It is better than the score itself: its AUC is higher by ${value.toFixed(3)} (${by})`;
  if (high < 0) return `It is worse than the score itself: its AUC is lower by ${(-value).toFixed(3)} (${by})`;
  return `It cannot be told from the score itself: its AUC differs by ${value.toFixed(3)} (${by})`;
};

/** What the mean over the battery is worth as a score, and beside the score itself, in sentences. */
export const meanSentences = ({ battery, mean }: MeasuredStability): string =>
  `The mean logit over ${visibleText(battery)}, the face as it was found included, as a score of its own: AUC ${mean.auc.toFixed(3)} (${mean.aucInterval[0].toFixed(3)} to ${mean.aucInterval[1].toFixed(3)}), equal error rate ${mean.eer.toFixed(3)}, Cllr ${mean.cllr.toFixed(3)}, at best ${mean.cllrMin.toFixed(3)}. ${compared(mean.difference)}. Verdicts do not use it.`;

/** What the certificate of a time stamp authority says against its stamp. */
export const stampFlawWords = (flaw: 'notValidThen' | 'notForTimeStamps'): string =>
  flaw === 'notValidThen'
    ? 'the authority’s certificate was not valid at the time that it states'
    : 'the authority’s certificate is not one for time stamps';

/** `, 3 of them not examined to the end`, behind a number of files; nothing where none waits. */
export const notExaminedWords = (pending: number): string =>
  pending === 0 ? '' : `, ${pending.toLocaleString('en')} of them not examined to the end,`;
