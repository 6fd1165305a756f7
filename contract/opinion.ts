// Opinion: what a named examiner says of a face or a file, when and why. Kept apart from the machine's verdict; never
// changed or deleted: a later opinion supersedes an earlier one, and a withdrawal is an entry of its own.
import * as z from 'zod';
import { evidenceIdSchema, examinerIdSchema, faceIdSchema, opinionIdSchema } from './brand.ts';
import { instantSchema } from './units.ts';

export const conclusionSchema = z.enum(['genuine', 'forged', 'inconclusive', 'withdrawn']);
export type Conclusion = z.infer<typeof conclusionSchema>;

/** A face, or the whole file when `faceId` is null. */
export const subjectSchema = z.object({ evidenceId: evidenceIdSchema, faceId: faceIdSchema.nullable() });
export type Subject = z.infer<typeof subjectSchema>;

export const opinionSchema = z.object({
  id: opinionIdSchema,
  evidenceId: evidenceIdSchema,
  faceId: faceIdSchema.nullable(),
  examinerId: examinerIdSchema,
  examinerName: z.string(),
  conclusion: conclusionSchema,
  note: z.string(),
  /** True when the machine's score was hidden from the examiner at that moment. */
  blind: z.boolean(),
  /** True when another examiner's opinion on the same subject stood at that moment: this one reviews it. */
  secondReview: z.boolean(),
  givenAt: instantSchema,
});
export type Opinion = z.infer<typeof opinionSchema>;
