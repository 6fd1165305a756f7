// Opinion: what a named examiner says of a face, a track or a file, when and why. Kept apart from
// the machine's verdict; never changed or deleted: a later opinion supersedes an earlier one, and a
// withdrawal is an entry of its own.
import * as z from 'zod';
import { evidenceIdSchema, examinerIdSchema, faceIdSchema, opinionIdSchema, trackIdSchema } from './brand.ts';
import { instantSchema } from './units.ts';

/**
 * `notAFace`: what the finder took for a face is none; it is left out of counts, lists and results.
 * `note`: a remark without an opinion; whatever stood before it stands.
 */
export const conclusionSchema = z.enum(['genuine', 'forged', 'inconclusive', 'notAFace', 'withdrawn', 'note']);
export type Conclusion = z.infer<typeof conclusionSchema>;

/** What an opinion that stands can say. */
export const STANDING = ['genuine', 'inconclusive', 'forged', 'notAFace'] as const satisfies readonly Conclusion[];
export type StandingConclusion = (typeof STANDING)[number];

/** Shortest reason, characters: where the case asks for one, less is none. */
export const SHORTEST_REASON = 10;

/** Subjects that one opinion may be entered of at once. */
export const MOST_AT_ONCE = 1000;

/**
 * A face; with a `trackId` one track of a video, which covers its faces; the whole file when both
 * are null.
 */
export const subjectSchema = z.object({
  evidenceId: evidenceIdSchema,
  faceId: faceIdSchema.nullable(),
  trackId: trackIdSchema.nullable().optional(),
});
export type Subject = z.infer<typeof subjectSchema>;

export const opinionSchema = z.object({
  id: opinionIdSchema,
  evidenceId: evidenceIdSchema,
  faceId: faceIdSchema.nullable(),
  /**
   * Not null where it was given on a track: it then holds for the faces of that track that have no
   * opinion of their own.
   */
  trackId: trackIdSchema.nullable(),
  examinerId: examinerIdSchema,
  examinerName: z.string(),
  conclusion: conclusionSchema,
  note: z.string(),
  /**
   * True when the machine's score was hidden from the examiner at that moment, and always had been.
   */
  blind: z.boolean(),
  /**
   * True when another examiner's opinion on the same subject stood at that moment: this one reviews
   * it.
   */
  secondReview: z.boolean(),
  givenAt: instantSchema,
});
export type Opinion = z.infer<typeof opinionSchema>;

/**
 * An opinion as one of those on a subject. `holds`: it is what its giver says of that subject now,
 * be it that it was given on a track and the subject is a face of it.
 */
export const opinionOnSchema = opinionSchema.extend({ holds: z.boolean() });
export type OpinionOn = z.infer<typeof opinionOnSchema>;
