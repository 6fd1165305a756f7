// Persons: which faces of a case look alike. A face embedding is 128 numbers of one face, made by a
// network and compared by their distance; biometric data, off unless a case switches it on. Data
// alone: words are in wording.ts. Nothing here names anybody.
import * as z from 'zod';
import {
  type EvidenceId,
  evidenceIdSchema,
  type FaceId,
  faceIdSchema,
  type Sha256,
  sha256Schema,
  type VerdictId,
  verdictIdSchema,
} from './brand.ts';
import { type FilePlace, filePlaceSchema } from './exhibit.ts';
import { instantSchema, timeMsSchema } from './units.ts';

/** Why it is switched on, or what was kept is erased: shorter is none. */
export const personsReasonSchema = z.string().trim().min(10).max(1000);

/** Who did it, when and why, as the log says. */
export interface PersonsAct {
  at: string;
  who: string;
  reason: string;
}
const actShape = { at: instantSchema, who: z.string(), reason: z.string() };

// Named types: spelled out in every procedure they are more than the compiler writes down.

/** How a case stands. */
export interface PersonsState {
  /** Null while it is off. */
  on: PersonsAct | null;
  /** The last erasure, where it was on before. */
  erased: (PersonsAct & { embeddings: number }) | null;
  /**
   * Reports that were written since a group had a name, by their file names, as the log has them: what
   * is erased here may stand in them. Empty where no group ever had one.
   */
  mayHoldNames: string[];
  /** Embeddings that are kept and held by the log; 0 where none are there. */
  kept: number;
  /** Faces that would have one: those of photographs, and of films the largest of each track. */
  faces: number;
  /** Why what is kept cannot be used; null where it can. */
  unusable: string | null;
  /** The network by its weights. */
  networkSha256: Sha256;
}
export interface PersonsStateSchema extends z.ZodType<PersonsState> {}
export const personsStateSchema: PersonsStateSchema = z.object({
  on: z.object(actShape).nullable(),
  erased: z.object({ ...actShape, embeddings: z.number().int().nonnegative() }).nullable(),
  mayHoldNames: z.array(z.string()),
  kept: z.number().int().nonnegative(),
  faces: z.number().int().nonnegative(),
  unusable: z.string().nullable(),
  networkSha256: sha256Schema,
});

/** Most faces of one answer. */
export const MOST_ALIKE = 1000;

/**
 * Which face is looked for: one of the case, or one of a picture outside it. `face`: its number in
 * there, from 1, from top to bottom; the largest when absent.
 */
export const personsQuerySchema = z.union([
  z.object({ faceId: faceIdSchema }),
  z.object({ file: z.string().min(1).max(4096), face: z.number().int().positive().optional() }),
]);
export type PersonsQuery = z.infer<typeof personsQuerySchema>;

/** A face of the case: where it is, and what shows it. */
export interface FaceShown extends FilePlace {
  faceId: FaceId;
  evidenceId: EvidenceId;
  /** A verdict on it: what opens it, and has its picture. */
  verdictId: VerdictId | null;
  hasPicture: boolean;
  faceIndex: number;
  /** Of a face of a film, from its first frame; null for a photograph. */
  timeMs: number | null;
}
/** One by how far its embedding lies from that of the face looked for. */
export interface Alike extends FaceShown {
  /** Euclidean, 0 for the same numbers. No probability. */
  distance: number;
}
export const faceShownSchema = filePlaceSchema.extend({
  faceId: faceIdSchema,
  evidenceId: evidenceIdSchema,
  verdictId: verdictIdSchema.nullable(),
  hasPicture: z.boolean(),
  faceIndex: z.number().int().nonnegative(),
  timeMs: timeMsSchema.nullable(),
});
const alikeSchema = faceShownSchema.extend({ distance: z.number().nonnegative() });

export interface PersonsAnswer {
  /** What was looked for; of a file its name, hash and how many faces were found in it. */
  of: ({ kind: 'face' } & FaceShown) | { kind: 'file'; name: string; sha256: Sha256; face: number; faces: number };
  /** Faces it was compared with. */
  compared: number;
  /** Faces of the case that have no embedding yet and were not compared. */
  notCompared: number;
  /** Nearest first. */
  alike: Alike[];
}
export interface PersonsAnswerSchema extends z.ZodType<PersonsAnswer> {}
export const personsAnswerSchema: PersonsAnswerSchema = z.object({
  of: z.union([
    faceShownSchema.extend({ kind: z.literal('face') }),
    z.object({
      kind: z.literal('file'),
      name: z.string(),
      sha256: sha256Schema,
      face: z.number().int().positive(),
      faces: z.number().int().positive(),
    }),
  ]),
  compared: z.number().int().nonnegative(),
  notCompared: z.number().int().nonnegative(),
  alike: z.array(alikeSchema).max(MOST_ALIKE),
});

/** Distances at which a list is cut off when nothing else is asked: beyond it, other persons are most of it. */
export const USUAL_DISTANCE = 0.6;
