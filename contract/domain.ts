// Where a model was validated, measure by measure, and why a face is outside: as data, so that every
// face of the workstation says it in the same words (wording.ts).
import * as z from 'zod';
import { sha256Schema } from './brand.ts';

/** Measures that are checked before a score is given. Lengths in pixels of the evidence. */
export const domainMeasureSchema = z.enum([
  'facePx',
  'sharpness',
  'brightness',
  'rollDegrees',
  'yawProxy',
  'blockiness',
  'colourfulness',
  'featureDistance',
]);
export type DomainMeasure = z.infer<typeof domainMeasureSchema>;

/**
 * Why a face is not scored although it was found: a measure beyond a limit of the validation
 * record, or what makes it doubtful that it is a face.
 */
const ownReasonSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('beyondLimit'),
    measure: domainMeasureSchema,
    /** Of a tilt or a turn without its sign. */
    value: z.number(),
    limit: z.number(),
    end: z.enum(['low', 'high']),
  }),
  /** `found`: what came out in place of a number. */
  z.object({ kind: z.literal('notMeasured'), measure: domainMeasureSchema, found: z.string() }),
  z.object({ kind: z.literal('boxShape'), widthPx: z.number(), heightPx: z.number() }),
  z.object({ kind: z.literal('finderUnsure'), finderScore: z.number() }),
  z.object({ kind: z.literal('partOfSurerFace') }),
  /** Of the whole picture: how many it has. */
  z.object({ kind: z.literal('fewColours'), colours: z.number().int() }),
  /** Of a picture of high dynamic range that is not brought to the standard range. */
  z.object({ kind: z.literal('otherRange'), curve: z.enum(['PQ', 'HLG']) }),
  /** Of a frame behind an error of decoding, without a key frame in between. */
  z.object({ kind: z.literal('afterDamage') }),
  /** Of the whole picture: which part of the file states them, and what. */
  z.object({ kind: z.literal('coloursNotApplied'), by: z.string(), stated: z.string() }),
  /** Of the whole picture: what programs without colour management show of it has contrast that this has not. */
  z.object({ kind: z.literal('flattenedByProfile') }),
]);

/** The same, or of a composite: which part could not judge the face, and why. */
export const domainReasonSchema = z.discriminatedUnion('kind', [
  ...ownReasonSchema.options,
  z.object({
    kind: z.literal('ofPart'),
    modelId: sha256Schema,
    name: z.string(),
    reason: z.union([z.string(), ownReasonSchema]),
  }),
]);
export type DomainReason = z.infer<typeof domainReasonSchema>;

/** As a verdict holds it. A sentence is what an earlier version wrote. */
export const heldReasonSchema = z.union([z.string(), domainReasonSchema]);
export type HeldReason = z.infer<typeof heldReasonSchema>;
