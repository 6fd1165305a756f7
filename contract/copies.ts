// Near copies: pictures of a case that are re-encodings, scalings or slight crops of each other, by
// hashes of what they look like. Data alone: words are in copies-words.ts. Nothing here says anything
// of faces, or of genuine and forged.
import * as z from 'zod';
import {
  type EvidenceId,
  evidenceIdSchema,
  type Sha256,
  sha256Schema,
  type VerdictId,
  verdictIdSchema,
} from './brand.ts';
import { type FilePlace, filePlaceSchema } from './exhibit.ts';
import { timeMsSchema } from './units.ts';

/** Bits of a hash, of which two pictures differ in some. */
export const COPY_BITS = 256;

/** Pictures of one answer at most. */
export const MOST_COPIES = 1000;

/** How a case stands. A picture: a still file, or a frame of a film in which a face was found. */
export interface CopiesState {
  /** That the log holds, of plain ones too. */
  kept: number;
  /** That would have a hash: of equal files one. */
  pictures: number;
  /** With too little in them to be known again; compared with nothing. */
  plain: number;
  /** Why what is kept cannot be used; null where it can. */
  unusable: string | null;
  /** The case was unpacked from a portable one that did not bring them, and none were made since. */
  notCarriedOver?: true | undefined;
}
export interface CopiesStateSchema extends z.ZodType<CopiesState> {}
export const copiesStateSchema: CopiesStateSchema = z.object({
  kept: z.number().int().nonnegative(),
  pictures: z.number().int().nonnegative(),
  plain: z.number().int().nonnegative(),
  unusable: z.string().nullable(),
  notCarriedOver: z.literal(true).optional(),
});

/** A picture of the case: a file, or the frame of one. */
export interface PicturePlace extends FilePlace {
  evidenceId: EvidenceId;
  sha256: Sha256;
  /** Of a frame, from the first one of its film; null for a still. */
  timeMs: number | null;
  /** Which frame of its film; null for a still, and for a film as a whole. */
  frame: { index: number; pts: number } | null;
  /** A result on it: what opens it. */
  verdictId: VerdictId | null;
  /** Other files of the case with the same bytes. */
  sameBytes: number;
}
export const picturePlaceSchema = filePlaceSchema.extend({
  evidenceId: evidenceIdSchema,
  sha256: sha256Schema,
  timeMs: timeMsSchema.nullable(),
  frame: z.object({ index: z.number().int().nonnegative(), pts: z.number().int() }).nullable(),
  verdictId: verdictIdSchema.nullable(),
  sameBytes: z.number().int().nonnegative(),
});

/** How near two pictures are. */
export interface Nearness {
  /** Bits of 256 in which their hashes differ: 0 for the same, 128 for what has nothing in common. */
  bits: number;
  /** Correlation of the two laid over each other: 1 for the same. No probability. */
  likeness: number;
  /** Whether one is the other from right to left. */
  isMirrored: boolean;
}
const nearnessShape = {
  bits: z.number().int().nonnegative(),
  likeness: z.number(),
  isMirrored: z.boolean(),
};

/** A near copy of what was asked for; of a film its nearest frame. */
export interface NearCopy extends PicturePlace, Nearness {
  /** Of a film how many of its frames are near; 1 for a still. */
  frames: number;
  /** Byte for byte the same file. */
  isSame: boolean;
}
const nearCopySchema = picturePlaceSchema.extend({
  ...nearnessShape,
  frames: z.number().int().positive(),
  isSame: z.boolean(),
});

/** What is looked for: the picture of a result of the case, or one outside it. */
export const copiesQuerySchema = z.union([
  z.object({ verdictId: verdictIdSchema }),
  z.object({ file: z.string().min(1).max(4096) }),
]);
export type CopiesQuery = z.infer<typeof copiesQuerySchema>;

export interface CopiesAnswer {
  of: ({ kind: 'picture' } & PicturePlace) | { kind: 'file'; name: string; sha256: Sha256 };
  /** Why it is compared with nothing: too little in it, or not looked at; null where it was. */
  why: 'plain' | 'notKept' | null;
  /** Pictures it was compared with. */
  compared: number;
  /** Pictures of the case without a hash yet. */
  notCompared: number;
  /** Nearest first. */
  copies: NearCopy[];
}
export interface CopiesAnswerSchema extends z.ZodType<CopiesAnswer> {}
export const copiesAnswerSchema: CopiesAnswerSchema = z.object({
  of: z.union([
    picturePlaceSchema.extend({ kind: z.literal('picture') }),
    z.object({ kind: z.literal('file'), name: z.string(), sha256: sha256Schema }),
  ]),
  why: z.enum(['plain', 'notKept']).nullable(),
  compared: z.number().int().nonnegative(),
  notCompared: z.number().int().nonnegative(),
  copies: z.array(nearCopySchema).max(MOST_COPIES),
});

/** Two files of a stack that are near copies, by their nearest pictures. */
export interface CopyPair extends Nearness {
  one: PicturePlace;
  other: PicturePlace;
}
export const copyPairSchema = z.object({
  ...nearnessShape,
  one: picturePlaceSchema,
  other: picturePlaceSchema,
});

/** Files of which each is a near copy of another of them, directly: two of them need not be. */
export interface CopyStack {
  files: PicturePlace[];
  /** Nearest first. */
  pairs: CopyPair[];
}
/** Stacks in the order of the case. */
export interface CopyStacks {
  total: number;
  stacks: CopyStack[];
}
export interface CopyStacksSchema extends z.ZodType<CopyStacks> {}
export const copyStackSchema = z.object({ files: z.array(picturePlaceSchema), pairs: z.array(copyPairSchema) });
export const copyStacksSchema: CopyStacksSchema = z.object({
  total: z.number().int().nonnegative(),
  stacks: z.array(copyStackSchema),
});

/** Stacks that a report has at most. */
export const MOST_STACKS_REPORTED = 500;

/** What a report says of near copies. */
export const reportedCopiesSchema = z.object({
  /** Pictures that were looked at, of how many, and how many of them had too little in them. */
  ...{ kept: z.number().int().nonnegative(), pictures: z.number().int().nonnegative() },
  plain: z.number().int().nonnegative(),
  /** Stacks there are; the first of them are given. */
  total: z.number().int().nonnegative(),
  stacks: z.array(copyStackSchema).max(MOST_STACKS_REPORTED),
  /** What is kept is not what the log holds, or was made elsewhere: nothing of it is said. */
  notAsHeld: z.boolean(),
});
export type ReportedCopies = z.infer<typeof reportedCopiesSchema>;
