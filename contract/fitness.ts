// What a model was measured to do, in one line, and what must be read before it is used: measured
// is not approved. One wording for the window and the command line.
import type { Composite } from './composite.ts';
import type { Model } from './model.ts';
import { areaWarning, learnedWarning, type ValidationRecord } from './validation.ts';
import { visibleText } from './visible-text.ts';

/** Below this AUC a model is not far enough from guessing (0.5) to be used without a warning. */
export const DOUBTFUL_AUC = 0.6;
/** Below this number of persons or videos, figures depend on who happened to be among them. */
export const FEWEST_SOURCES = 50;

/** `measured: AUC 0.57 on 20 persons or videos`; `not measured` without a record. */
export const measuredWords = (record: Pick<ValidationRecord, 'auc' | 'sources'> | null): string =>
  record ? `measured: AUC ${record.auc.toFixed(2)} on ${record.sources} persons or videos` : 'not measured';

/**
 * Sentences of warning, the gravest first; none for a model that was measured well and on enough.
 */
export function fitnessWarnings({ validation, passport }: Pick<Model, 'validation' | 'passport'>): string[] {
  const assumed =
    passport.geometry === 'assumed'
      ? [
          `How it is fed (${passport.inputPx} pixels, ${passport.cropRecipe}) was assumed at least in part, not stated. With a wrong size or crop every score is wrong, without any error.`,
        ]
      : [];
  if (!validation)
    return [...assumed, 'It was never measured here: its scores are raw, and how often they are wrong is not known.'];
  const learned = learnedWarning(validation);
  return [
    ...assumed,
    ...(learned ? [learned] : []),
    ...weakness(validation),
    ...fusionWeakness(validation, passport.composite),
    ...fewSources(validation),
  ];
}

function weakness(record: ValidationRecord): string[] {
  const { auc, aucInterval } = record;
  const [low, high] = aucInterval;
  const area = areaWarning(record);
  if (area) return [area];
  if (low > DOUBTFUL_AUC) return [];
  return [
    `Its AUC of ${auc.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}) may be hardly better than guessing, which gives 0.5. Not for casework.`,
  ];
}

/** Of a composite: parts that say nothing or are turned over, and a whole that a part of it beats. */
function fusionWeakness({ parts, calibration }: ValidationRecord, composite: Composite | null | undefined): string[] {
  if (!parts) return [];
  const found: string[] = [];
  for (const part of parts.of) {
    const name = visibleText(part.name);
    const weight = composite?.parts.find(({ modelId }) => modelId === part.modelId)?.weight;
    const area = areaWarning(part) && `${name} by itself cannot be told from chance (AUC ${part.auc.toFixed(2)}).`;
    const turned =
      weight !== undefined &&
      weight < 0 &&
      `The weight of ${name} is negative: what it calls forged counts as genuine.`;
    found.push(...[area, turned].filter((one) => typeof one === 'string'));
  }
  const best = parts.of.reduce((a, b) => (b.cllr < a.cllr ? b : a));
  if (best.cllr < calibration.cllr)
    found.push(
      `${visibleText(best.name)} alone costs less than the fusion: Cllr ${best.cllr.toFixed(3)} against ${calibration.cllr.toFixed(3)}.`,
    );
  return found;
}

const fewSources = ({ sources }: ValidationRecord): string[] =>
  sources >= FEWEST_SOURCES
    ? []
    : [
        `It was measured on ${sources} persons or videos only. With fewer than ${FEWEST_SOURCES} its error rates say little about others.`,
      ];
