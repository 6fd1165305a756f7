// Finding: one line of the grid. A verdict with what is needed to show it as a tile: file, face,
// opinion.
import * as z from 'zod';
import {
  evidenceIdSchema,
  faceGroupIdSchema,
  faceIdSchema,
  savedViewIdSchema,
  sha256Schema,
  tagIdSchema,
  verdictIdSchema,
} from './brand.ts';
import { alterationSchema } from './evidence.ts';
import { exhibitNumberSchema, exhibitSchema, filePlaceSchema } from './exhibit.ts';
import { conclusionSchema } from './opinion.ts';
import { heldRemarkSchema } from './remark.ts';
import { log10LikelihoodRatioSchema, pixelBoxSchema, probabilitySchema, timeMsSchema } from './units.ts';
import { leaningSchema, unscoredOutcomeSchema, verdictKindSchema } from './verdict.ts';

export const findingSchema = filePlaceSchema.extend({
  verdictId: verdictIdSchema,
  evidenceId: evidenceIdSchema,
  faceId: faceIdSchema.nullable(),
  relativePath: z.string(),
  kind: verdictKindSchema,
  /** Null unless `kind` is scored, and where blind mode hides it. */
  score: probabilitySchema.nullable(),
  leaning: leaningSchema.nullable(),
  /** Calibrated; null where the model had no calibration, and wherever `score` is. */
  log10LikelihoodRatio: log10LikelihoodRatioSchema.nullable(),
  /** True where a score exists and blind mode hides it from this examiner. */
  hidden: z.boolean(),
  /** What was said in place of a score; null where `kind` is scored. */
  unscored: unscoredOutcomeSchema.nullable(),
  /** Of a file in which no face was found: what of it was not looked at. Absent where nothing. */
  leftOut: z.array(heldRemarkSchema).min(1).optional(),
  /**
   * What a later look at the file did not find as it was; `missing` until it is said where the file
   * lies. Absent where it was found so.
   */
  altered: alterationSchema.shape.kind.optional(),
  box: pixelBoxSchema.nullable(),
  cropSha256: sha256Schema.nullable(),
  sizePx: z.number().nullable(),
  sharpness: z.number().nullable(),
  /** Number of the face in its picture, from 0; null of a whole file. */
  faceIndex: z.number().int().nonnegative().nullable(),
  /**
   * Where in a video the face was seen, ms from the first frame; null for a still or a whole file.
   */
  timeMs: timeMsSchema.nullable(),
  /** The present examiner's own latest opinion; for anyone else's see the inspector. */
  ownConclusion: conclusionSchema.nullable(),
  /** Latest opinions of all examiners this examiner may see. */
  conclusions: z.array(conclusionSchema),
  /** Tags on the face or file; in blind mode, until it is decided, only those of the viewer's own hand. */
  tags: z.array(tagIdSchema),
});
export type Finding = z.infer<typeof findingSchema>;

/** Which findings to show. Absent means no restriction. */
export const findingFilterSchema = z.object({
  kinds: z.array(verdictKindSchema).optional(),
  leanings: z.array(leaningSchema).optional(),
  scoreMin: probabilitySchema.optional(),
  scoreMax: probabilitySchema.optional(),
  /** The present examiner's own opinion; `none` for those not yet given. */
  ownConclusions: z.array(z.union([conclusionSchema, z.literal('none')])).optional(),
  /**
   * Faces that an examiner called none and that nobody calls genuine, forged or inconclusive; in
   * blind mode by the viewer's word alone. Absent: left out, unless `ownConclusions` asks for them.
   */
  notAFace: z.enum(['with', 'only']).optional(),
  evidenceId: evidenceIdSchema.optional(),
  /** Files of these exhibits. */
  exhibits: z.array(exhibitNumberSchema).max(1000).optional(),
  /**
   * Part of the relative path or of the exhibit's name, without regard to case or to how its
   * characters are composed (Unicode).
   */
  pathContains: z.string().max(500).optional(),
  sizePxMin: z.number().optional(),
  sharpnessMin: z.number().optional(),
  /**
   * One model's findings, so that a face is one line. Absent: those of a model that was measured,
   * of several the one with the most findings, of equals the one that looked first.
   */
  modelId: sha256Schema.optional(),
  /** Faces of which several models say different leanings; in blind mode only those decided. */
  modelsDisagree: z.literal(true).optional(),
  /**
   * `key`: of the faces of videos only the most telling of each track (contract/track.ts), in blind
   * mode only its first. Absent: every face looked at.
   */
  videoFrames: z.enum(['key', 'all']).optional(),
  /** Results with one of these tags, as far as the viewer sees them. */
  tags: z.array(tagIdSchema).max(100).optional(),
  /** Faces that are in one of these groups (contract/face-groups.ts). */
  groups: z.array(faceGroupIdSchema).max(1000).optional(),
});
export type FindingFilter = z.infer<typeof findingFilterSchema>;

/** True of a filter that blind review narrows: it asks for what is hidden of results not yet decided. */
export const asksForHidden = ({ tags, leanings, scoreMin, scoreMax, modelsDisagree }: FindingFilter): boolean =>
  [tags, leanings, scoreMin, scoreMax, modelsDisagree].some((one) => one !== undefined);

/**
 * How findings are ordered; ties by file, face and verdict, so that the order is total. Scoreless
 * rows come last either way.
 */
export const findingSortSchema = z.object({
  by: z.enum(['score', 'path', 'sizePx', 'sharpness', 'kind', 'added']),
  direction: z.enum(['ascending', 'descending']),
});
export type FindingSort = z.infer<typeof findingSortSchema>;

export const findingPageSchema = z.object({
  total: z.number().int(),
  offset: z.number().int(),
  rows: z.array(findingSchema),
  /**
   * Whose results these are; null in a case without any, and where a model was asked for that gave
   * none.
   */
  modelId: sha256Schema.nullable(),
  /**
   * The newest verdict of the case when the page was read; given back as `upTo`, later pages leave
   * out what came after.
   */
  newest: verdictIdSchema.nullable(),
});
export type FindingPage = z.infer<typeof findingPageSchema>;

/** How many findings of the filtered set there are of each kind, leaning and own opinion. */
export const findingCountsSchema = z.object({
  total: z.number().int(),
  byKind: z.partialRecord(verdictKindSchema, z.number().int()),
  byLeaning: z.partialRecord(leaningSchema, z.number().int()),
  byOwnConclusion: z.partialRecord(z.union([conclusionSchema, z.literal('none')]), z.number().int()),
});
export type FindingCounts = z.infer<typeof findingCountsSchema>;

/** Number of bins of `findingFacetsSchema.scoreBins`; bin i holds scores from i / SCORE_BINS up. */
export const SCORE_BINS = 40;

/** What a filter could be changed to: each facet is counted with every restriction but its own. */
export const findingFacetsSchema = z.object({
  /** Findings that match the whole filter. */
  total: z.number().int(),
  byKind: z.partialRecord(verdictKindSchema, z.number().int()),
  byLeaning: z.partialRecord(leaningSchema, z.number().int()),
  byOwnConclusion: z.partialRecord(z.union([conclusionSchema, z.literal('none')]), z.number().int()),
  /** Whose findings these are; null in a case without any. */
  modelId: sha256Schema.nullable(),
  byModel: z.array(z.object({ modelId: sha256Schema, name: z.string(), findings: z.number().int() })),
  /** Of which models disagree; null in a case of one model. */
  disagreed: z.number().int().nullable(),
  /** By exhibit, in their order; empty where the case has but one, or more than 255. */
  byExhibit: z.array(exhibitSchema.omit({ folder: true, files: true }).extend({ findings: z.number().int() })),
  /** By tag, of those that are on any result; a result with two is counted with both. */
  byTag: z.array(z.object({ tagId: tagIdSchema, findings: z.number().int() })),
  /**
   * By group of faces, the 100 largest of those that have a name, and those that the filter asks for.
   * Empty where what is kept of groups cannot be used.
   */
  byGroup: z.array(z.object({ group: faceGroupIdSchema, findings: z.number().int() })),
  /** Scored findings by raw score; in blind mode only those the examiner has decided. */
  scoreBins: z.array(z.number().int()).length(SCORE_BINS),
  /** Largest face and sharpest face of the case, for the ends of the sliders. */
  sizePxMax: z.number(),
  sharpnessMax: z.number(),
});
export type FindingFacets = z.infer<typeof findingFacetsSchema>;

/** A filter and an order with a name. */
export const savedViewSchema = z.object({
  id: savedViewIdSchema,
  name: z.string().min(1).max(100),
  filter: findingFilterSchema,
  sort: findingSortSchema,
});
export type SavedView = z.infer<typeof savedViewSchema>;
