// Branded ids and digests: two numbers that mean different things do not mix.
import * as z from 'zod';

/** SHA-256 as 64 lower-case hexadecimal digits. Evidence, blobs and model files are named by it. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 as 64 lower-case hexadecimal digits')
  .brand<'Sha256'>();
export type Sha256 = z.infer<typeof sha256Schema>;

const id = <B extends string>() => z.number().int().positive().brand<B>();

/**
 * Row ids inside one case: positive integers, stable for the life of the case, never used again.
 */
export const evidenceIdSchema = id<'EvidenceId'>();
export type EvidenceId = z.infer<typeof evidenceIdSchema>;
export const faceIdSchema = id<'FaceId'>();
export type FaceId = z.infer<typeof faceIdSchema>;
export const verdictIdSchema = id<'VerdictId'>();
export type VerdictId = z.infer<typeof verdictIdSchema>;
export const opinionIdSchema = id<'OpinionId'>();
export type OpinionId = z.infer<typeof opinionIdSchema>;
export const jobIdSchema = id<'JobId'>();
export type JobId = z.infer<typeof jobIdSchema>;
export const examinerIdSchema = id<'ExaminerId'>();
export type ExaminerId = z.infer<typeof examinerIdSchema>;
export const trackIdSchema = id<'TrackId'>();
export type TrackId = z.infer<typeof trackIdSchema>;
export const videoScanIdSchema = id<'VideoScanId'>();
export type VideoScanId = z.infer<typeof videoScanIdSchema>;
export const tagIdSchema = id<'TagId'>();
export type TagId = z.infer<typeof tagIdSchema>;
/** A group of faces by its number; not a row of the database. */
export const faceGroupIdSchema = id<'FaceGroupId'>();
export type FaceGroupId = z.infer<typeof faceGroupIdSchema>;
export const savedViewIdSchema = id<'SavedViewId'>();
export type SavedViewId = z.infer<typeof savedViewIdSchema>;

/**
 * A model is known by the SHA-256 of its weights file: the same file is the same model everywhere.
 */
export const modelIdSchema = sha256Schema;
export type ModelId = Sha256;
