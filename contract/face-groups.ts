// Groups of faces: which faces of a case may be of one person. Proposed by the machine from their
// embeddings, nothing more; named, joined, parted and put right by examiners. A group says who a face
// may be of, never whether it is forged. Data alone: words are in face-groups-words.ts.
import * as z from 'zod';
import { type FaceGroupId, faceGroupIdSchema, faceIdSchema } from './brand.ts';
import { type FaceShown, faceShownSchema } from './persons.ts';
import { instantSchema } from './units.ts';

/**
 * What is proposed when nothing else is asked (docs/performance.md, groups of persons): groups are
 * joined as long as the root of the mean squared distance between their faces is within this.
 */
export const GROUP_WITHIN = 0.4;
/** Longer side of a face's box in pixels, and sharpness, below which a face is put in no group. */
export const GROUP_FACE_PX = 40;
export const GROUP_SHARPNESS = 10;
/** A case of more is not grouped: the time grows with the square. */
export const MOST_GROUPED = 200_000;

/** Faces that one step moves at most, and groups that it joins. */
export const MOST_MOVED = 10_000;
export const MOST_JOINED = 1000;
/** Groups, and faces of one, that are asked for at once. */
export const MOST_GROUPS_SHOWN = 200;

export const groupRequestSchema = z.object({
  within: z.number().min(0.1).max(1).default(GROUP_WITHIN),
  minimumFacePx: z.number().min(0).max(10_000).default(GROUP_FACE_PX),
  minimumSharpness: z.number().min(0).max(100_000).default(GROUP_SHARPNESS),
});
export type GroupRequest = z.infer<typeof groupRequestSchema>;

/** What a group is called: a letter or a digit, and no word of whether a face is forged. */
export const groupNameSchema = z
  .string()
  .max(100)
  .regex(/[\p{L}\p{N}]/u, 'a name has at least one letter or digit');

const movedSchema = z.array(faceIdSchema).min(1).max(MOST_MOVED);

/**
 * What an examiner does with groups, one entry of the log each. A name of null takes the name away.
 * Of groups that are joined, `into` stays: with its name, or that of the one joined that has one; two
 * names are not joined.
 */
export const groupStepSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('name'), group: faceGroupIdSchema, name: groupNameSchema.nullable() }),
  z.object({
    kind: z.literal('merge'),
    into: faceGroupIdSchema,
    groups: z.array(faceGroupIdSchema).min(1).max(MOST_JOINED),
  }),
  z.object({ kind: z.literal('split'), group: faceGroupIdSchema, faces: movedSchema }),
  z.object({ kind: z.literal('takeOut'), group: faceGroupIdSchema, faces: movedSchema }),
  z.object({ kind: z.literal('add'), group: faceGroupIdSchema, faces: movedSchema }),
]);
export type GroupStep = z.infer<typeof groupStepSchema>;

/** Who said a group's name of how many of its faces: whoever named it, then whoever put others beside them. */
export interface SaidBy {
  who: string;
  faces: number;
}
const saidBySchema = z.object({ who: z.string(), faces: z.number().int().nonnegative() });

// Named types: spelled out in every procedure they are more than the compiler writes down.

/** A group as a list shows it. */
export interface FaceGroup {
  id: FaceGroupId;
  /** What an examiner calls it; null where nobody has named it, and where the name is hidden. */
  name: string | null;
  namedBy: string;
  /** Empty without a name, and where it is hidden. */
  saidBy: SaidBy[];
  /** In blind review another's name is not shown, nor is the group changed. */
  nameHidden: boolean;
  /** False where it is as the machine proposed it. */
  byExaminer: boolean;
  faces: number;
  files: number;
  /** Some of its faces, in the order of the case. */
  shown: FaceShown[];
}
const faceGroupSchema = z.object({
  id: faceGroupIdSchema,
  name: z.string().nullable(),
  namedBy: z.string(),
  saidBy: z.array(saidBySchema),
  nameHidden: z.boolean(),
  byExaminer: z.boolean(),
  faces: z.number().int().nonnegative(),
  files: z.number().int().nonnegative(),
  shown: z.array(faceShownSchema),
});

/** What the machine proposed last: when, for whom, by what, of how many faces. */
export interface GroupProposal {
  at: string;
  who: string;
  within: number;
  minimumFacePx: number;
  minimumSharpness: number;
  /** Faces that were compared; the others were too small, or not sharp enough. */
  compared: number;
  tooSmall: number;
  blurred: number;
}
export const groupProposalSchema = z.object({
  at: instantSchema,
  who: z.string(),
  within: z.number(),
  minimumFacePx: z.number(),
  minimumSharpness: z.number(),
  compared: z.number().int().nonnegative(),
  tooSmall: z.number().int().nonnegative(),
  blurred: z.number().int().nonnegative(),
});

export interface FaceGroups {
  /** Null where nothing was proposed. */
  proposal: GroupProposal | null;
  /** Groups there are, how many of them have a name, and faces that are in none. */
  total: number;
  named: number;
  alone: number;
  /** Those asked for: named ones by name, then the largest first. */
  groups: FaceGroup[];
  /** What an undo would take back, where whoever works may; null otherwise. */
  undoing: GroupAction | null;
  /** Why what is kept cannot be used; null where it can. */
  unusable: string | null;
  /** Number of the log's entry that holds them as they are here; 0 where none does. */
  heldBy: number;
  /** The case was unpacked from a portable one, and had groups before that it did not bring. */
  notCarriedOver?: true | undefined;
}

/** Entries of the log on groups. */
export const GROUP_ACTIONS = [
  'group.proposed',
  'group.named',
  'group.unnamed',
  'group.merged',
  'group.split',
  'group.takenOut',
  'group.added',
  'group.undone',
] as const;
export type GroupAction = (typeof GROUP_ACTIONS)[number];

export interface FaceGroupsSchema extends z.ZodType<FaceGroups> {}
export const faceGroupsSchema: FaceGroupsSchema = z.object({
  proposal: groupProposalSchema.nullable(),
  total: z.number().int().nonnegative(),
  named: z.number().int().nonnegative(),
  alone: z.number().int().nonnegative(),
  groups: z.array(faceGroupSchema).max(MOST_GROUPS_SHOWN),
  undoing: z.enum(GROUP_ACTIONS).nullable(),
  unusable: z.string().nullable(),
  heldBy: z.number().int().nonnegative(),
  notCarriedOver: z.literal(true).optional(),
});

/** One group with a page of its faces. */
export interface FaceGroupOpened {
  /** As of the list. */
  heldBy: number;
  group: FaceGroup;
  offset: number;
  faces: FaceShown[];
}
export interface FaceGroupOpenedSchema extends z.ZodType<FaceGroupOpened> {}
export const faceGroupOpenedSchema: FaceGroupOpenedSchema = z.object({
  heldBy: z.number().int().nonnegative(),
  group: faceGroupSchema,
  offset: z.number().int().nonnegative(),
  faces: z.array(faceShownSchema).max(MOST_GROUPS_SHOWN),
});

/** What a step came to: its entry, and the group that it made or left; null where it left none. */
export interface GroupDone {
  action: GroupAction;
  group: FaceGroupId | null;
  faces: number;
  /** Its entry in the log. */
  heldBy: number;
}
export const groupDoneSchema = z.object({
  action: z.enum(GROUP_ACTIONS),
  group: faceGroupIdSchema.nullable(),
  faces: z.number().int().nonnegative(),
  heldBy: z.number().int().nonnegative(),
});

/**
 * Groups as a report has them: those that an examiner has named, in the order of their numbers, and
 * how many have no name. `notAsHeld`: what is kept is not what the log holds, and none of it is said.
 */
export const reportedGroupsSchema = z.object({
  named: z.array(
    z.object({
      id: faceGroupIdSchema,
      name: z.string(),
      namedBy: z.string(),
      /** Who said the name of which faces; absent in what was written before this was kept apart. */
      saidBy: z.array(z.object({ who: z.string(), faces: z.array(faceIdSchema) })).optional(),
      faces: z.array(faceIdSchema),
      files: z.number().int().nonnegative(),
    }),
  ),
  unnamed: z.number().int().nonnegative(),
  proposal: groupProposalSchema.nullable(),
  notAsHeld: z.boolean(),
});
export type ReportedGroups = z.infer<typeof reportedGroupsSchema>;
