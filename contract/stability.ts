// Stability: how firm a verdict is. A fixed, versioned battery of small alterations of one face's
// picture, each scored by the face's own model; data alone, words are in wording.ts.
import * as z from 'zod';
import { jobIdSchema, modelIdSchema, sha256Schema, verdictIdSchema } from './brand.ts';
import { heldReasonSchema } from './domain.ts';
import { rerunResultSchema } from './rerun.ts';
import { instantSchema } from './units.ts';
import { type Leaning, leaningSchema } from './verdict.ts';

/** The battery of this build. A change of what an alteration does is a new name. */
export const BATTERY = 'battery v1';

/**
 * What is done to the picture around a face, in this order: saved as JPEG of a quality, reduced to
 * three quarters, blurred by a hundredth of the face, a tenth brighter and darker, mirrored; then the
 * finder's box moved by a twentieth of the face across and down, and enlarged by a tenth.
 */
export const ALTERATIONS = [
  'jpeg90',
  'jpeg70',
  'jpeg50',
  'reduced',
  'blurred',
  'brighter',
  'darker',
  'mirrored',
  'movedAcross',
  'movedDown',
  'enlarged',
] as const;
export type Alteration = (typeof ALTERATIONS)[number];

/** Of a face of a film: the same face in the frame before and in the one behind, as they are. */
export const FRAMES_BESIDE = ['frameBefore', 'frameBehind'] as const;

/** What the model says of one altered picture. */
export const alteredScoreSchema = z.object({
  /** One of ALTERATIONS or FRAMES_BESIDE; what a later build wrote may be another. */
  alteration: z.string().max(60),
  logit: z.number(),
  score: z.number().min(0).max(1),
  /** Null where the model has no operating points. */
  leaning: leaningSchema.nullable(),
  /**
   * Why a scan would not score the altered picture, or the frame beside. It is scored all the same:
   * what is judged is the picture as it was found.
   */
  outside: z.array(heldReasonSchema),
});
export type AlteredScore = z.infer<typeof alteredScoreSchema>;

/** The battery on one verdict. */
export const stabilityRowSchema = z.object({
  verdictId: verdictIdSchema,
  modelId: modelIdSchema,
  /** With the exhibit's name before it. */
  relativePath: z.string(),
  /** From 1. */
  face: z.number().int().positive().nullable(),
  battery: z.string().max(60),
  result: z.enum(['made', 'notPossible']),
  /** Why it was not made. */
  reason: z.string().nullable(),
  /** What the verdict says. There also where it was not made because the verdict itself came out otherwise. */
  recorded: z.object({ logit: z.number(), leaning: leaningSchema.nullable() }).nullable(),
  /** The picture as it is, scored again. */
  asFound: alteredScoreSchema.pick({ logit: true, score: true, leaning: true }).nullable(),
  /** In the battery's order. */
  altered: z.array(alteredScoreSchema).max(100),
  /** Of a face of a film, those of its track; empty for a photograph. */
  beside: z.array(alteredScoreSchema).max(10),
  /** Parameters of the verdict that are not those of now; empty means the same machine and build. */
  environment: z.array(z.object({ name: z.string(), recorded: z.string(), present: z.string() })),
  /** Held against the last run of the same battery on the same verdict, where there was one. */
  before: z
    .object({ jobId: jobIdSchema, result: rerunResultSchema, largestDifference: z.number().nullable() })
    .nullable(),
  /** Its run ended before the case was unpacked here: the word of whoever made it. Not stored. */
  elsewhere: z.literal(true).optional(),
});
export type StabilityRow = z.infer<typeof stabilityRowSchema>;
// Named types: spelled out in every procedure they are more than the compiler writes down.
export interface StabilityRowSchema extends z.ZodType<StabilityRow> {}
export const namedStabilityRowSchema: StabilityRowSchema = stabilityRowSchema;

export const stabilityReportSchema = z.object({
  jobId: jobIdSchema,
  madeAt: instantSchema,
  /** SHA-256 of the rows' canonical JSON, as entered in the audit log. */
  rowsSha256: sha256Schema,
  /** In blind mode without those of faces that are not yet decided. */
  rows: z.array(stabilityRowSchema),
});
export type StabilityReport = z.infer<typeof stabilityReportSchema>;
export interface StabilityReportSchema extends z.ZodType<StabilityReport> {}
export const namedStabilityReportSchema: StabilityReportSchema = stabilityReportSchema;

/** Says something of the verdict: how firm it is, or that it did not come out again at all. */
export const isAnswer = ({ result, asFound }: Pick<StabilityRow, 'result' | 'asFound'>): boolean =>
  result === 'made' || asFound !== null;

/** How many of the battery's pictures lean as the verdict does. */
export type LeaningKept = { leaning: Leaning; kept: number; of: number; besideKept: number; besideOf: number };

/** Undefined where nothing was made, or the verdict has no leaning. */
export function leaningKept({ result, recorded, altered, beside }: StabilityRow): LeaningKept | undefined {
  const leaning = recorded?.leaning;
  if (result !== 'made' || !leaning || altered.length === 0) return undefined;
  const keeping = (all: readonly AlteredScore[]): number => all.filter((one) => one.leaning === leaning).length;
  return {
    leaning,
    ...{ kept: keeping(altered), of: altered.length },
    ...{ besideKept: keeping(beside), besideOf: beside.length },
  };
}

/** Stable: the leaning is kept under every alteration. Frames beside are told, and do not count. */
export const isStable = ({ kept, of }: Pick<LeaningKept, 'kept' | 'of'>): boolean => kept === of;
