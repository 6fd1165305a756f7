// Report template: what a laboratory prints on every report of its own. Kept with the installation,
// copied into each report document, so that a report can be made again after the template changed.
import * as z from 'zod';

/**
 * One step of a verbal scale: from this log10 likelihood ratio up, the words apply; the highest
 * step that fits is used.
 */
export const verbalStepSchema = z.object({ from: z.number(), words: z.string().min(1).max(200) });
export type VerbalStep = z.infer<typeof verbalStepSchema>;

/**
 * Support for one proposition over the other by order of magnitude, after the ENFSI guideline for
 * evaluative reporting (2015). Used for both directions, with the propositions exchanged.
 */
export const DEFAULT_VERBAL_SCALE: readonly VerbalStep[] = [
  { from: 0, words: 'does not support one proposition over the other' },
  { from: 0.301, words: 'weak support' },
  { from: 1, words: 'moderate support' },
  { from: 2, words: 'moderately strong support' },
  { from: 3, words: 'strong support' },
  { from: 4, words: 'very strong support' },
  { from: 6, words: 'extremely strong support' },
];

export const DEFAULT_PROPOSITIONS = {
  forged: 'The face in this picture was changed or made by a face-forgery method of the kinds in the validation set.',
  genuine:
    'The face in this picture is as the camera recorded it, apart from ordinary processing of the whole picture.',
} as const;

export const reportTemplateSchema = z.object({
  name: z.string().min(1).max(100),
  organisation: z.string().max(300).default(''),
  /** Lines below the organisation on the cover. */
  address: z.string().max(1000).default(''),
  /** PNG or JPEG as base64, for the cover. */
  logo: z
    .base64()
    .max(4_000_000)
    // Nothing that is drawn by a program of its own, as SVG is.
    .refine((text) => text.startsWith('iVBORw0KGgo') || text.startsWith('/9j/'), 'a PNG or JPEG picture was expected')
    .nullable()
    .default(null),
  /** Protective marking, printed at the head of every page, the first as well. */
  header: z.string().max(200).default(''),
  footer: z.string().max(200).default(''),
  propositions: z
    .object({ forged: z.string().min(1).max(1000), genuine: z.string().min(1).max(1000) })
    .default({ ...DEFAULT_PROPOSITIONS }),
  /** Has a step from 0, for ratios that support neither proposition. */
  verbalScale: z
    .array(verbalStepSchema)
    .min(1)
    .max(20)
    .refine((steps) => steps.some(({ from }) => from === 0) && steps.every(({ from }) => from >= 0), {
      message: 'The lowest step of a verbal scale is from 0.',
    })
    .default([...DEFAULT_VERBAL_SCALE]),
  /** Standing words, printed as such where a report has none of an examiner. */
  findings: z.string().max(50_000).default(''),
  conclusion: z.string().max(50_000).default(''),
  /** The laboratory's own closing statement, printed after the limits. */
  statement: z.string().max(10_000).default(''),
});
export type ReportTemplate = z.infer<typeof reportTemplateSchema>;

/**
 * A template as it is kept now. Of steps out of order the words would be read in another order than
 * they weigh; templates that were kept so before are read as they are.
 */
export const keptTemplateSchema = reportTemplateSchema.refine(
  ({ verbalScale }) => verbalScale.every(({ from }, i) => i === 0 || from > verbalScale[i - 1]!.from),
  { message: 'Each step of a verbal scale is from more than the one above it.', path: ['verbalScale'] },
);
