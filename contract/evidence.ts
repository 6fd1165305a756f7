// Evidence: one file as found, never changed. Hashed first, opened read-only; whatever happens to
// it, it keeps its row.
import * as z from 'zod';
import { evidenceIdSchema, sha256Schema } from './brand.ts';
import { filePlaceSchema } from './exhibit.ts';
import { type HeldRemark, heldRemarkSchema } from './remark.ts';
import { instantSchema } from './units.ts';
import { heldWhySchema, unreadableReasonSchema } from './unreadable.ts';
import type { VerdictOutcome } from './verdict.ts';
import { videoFactsSchema } from './video.ts';

/** What became of the file: a union that cannot call an unread file read. */
export const evidenceStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pending') }),
  z.object({
    kind: z.literal('read'),
    /** Upright size in pixels, after EXIF orientation or the video's rotation. */
    widthPx: z.number().int().positive(),
    heightPx: z.number().int().positive(),
    /** Facts worth a line in the inspector. */
    remarks: z.array(heldRemarkSchema),
    /**
     * Those of the remarks that name what of the file was not looked at: other pictures, layers, a
     * sensor's data, damaged frames. Absent where nothing was, and in rows of older versions.
     */
    leftOut: z.array(heldRemarkSchema).min(1).optional(),
    /** Present for a video and only for one. */
    video: videoFactsSchema.optional(),
  }),
  z.object({ kind: z.literal('unreadable'), reason: unreadableReasonSchema, message: heldWhySchema }),
]);
export type EvidenceState = z.infer<typeof evidenceStateSchema>;

/**
 * What of a file was not looked at: where no face was found, none was found in the rest. Of a film
 * these are also the frames that were passed over when `outcome` was said. In rows of older versions
 * a film that was not read to its end says so among its facts alone.
 */
export function leftOutOf({ state }: { state: EvidenceState }, outcome: VerdictOutcome | null): readonly HeldRemark[] {
  if (state.kind !== 'read') return [];
  const { video } = state;
  const { frames } = outcome?.kind === 'noFace' ? outcome : {};
  const isSampled = frames !== undefined && frames.lookedAt < frames.of;
  const leftOut = [...(state.leftOut ?? []), ...(isSampled ? [{ kind: 'framesPassed', ...frames } as const] : [])];
  const why = video?.incompleteBecause;
  const isSaid = leftOut.some((one) => typeof one === 'object' && one.kind === 'incomplete');
  return why && !isSaid ? [{ kind: 'incomplete', why }, ...leftOut] : leftOut;
}

/**
 * A later look at the file that did not find what was taken in. Kept for good: putting the file
 * back does not remove it. `found`: the SHA-256 of what was there, or the system's message.
 */
export const alterationSchema = z.object({
  noticedAt: instantSchema,
  kind: z.enum(['changed', 'missing']),
  found: z.string(),
  who: z.string(),
});
export type Alteration = z.infer<typeof alterationSchema>;

/**
 * An earlier look at the same path at which no byte could be read: a row of its own, which stays.
 * `reason`: that of its state.
 */
export const refusalSchema = z.object({ evidenceId: evidenceIdSchema, addedAt: instantSchema, reason: z.string() });
export type Refusal = z.infer<typeof refusalSchema>;

/** One file of the case. */
export const evidenceSchema = filePlaceSchema.extend({
  id: evidenceIdSchema,
  /** Absolute path as found at intake; of a file in an archive, below the archive's as below a folder's. */
  path: z.string(),
  /** Path below the folder the examiner added, with `/`; the file name for a single file. */
  relativePath: z.string(),
  /**
   * From the content, not the extension: image/jpeg, video/mp4, ... ; application/octet-stream when
   * unknown.
   */
  mediaType: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** Of the file on the disk: where it lies in an archive, the archive's. */
  modifiedAt: instantSchema.nullable(),
  addedAt: instantSchema,
  /** Null only where no byte could be read (permission denied, not a regular file, disappeared). */
  sha256: sha256Schema.nullable(),
  state: evidenceStateSchema,
  /** Empty for a file that was as taken in at every look. */
  alterations: z.array(alterationSchema),
  /**
   * Where the file lies since the examiner said that it moved, with its time of change there;
   * `path` stays as found at intake. Absent for a file that never moved.
   */
  movedTo: z.object({ path: z.string(), modifiedAt: instantSchema, at: instantSchema }).optional(),
  /** The innermost archive that the file lies in, with its hash; absent for a file that lies in none. */
  archive: z.object({ evidenceId: evidenceIdSchema, shownPath: z.string(), sha256: sha256Schema }).optional(),
  /** Of a file that could be read at last: the latest refusal that this row follows. */
  succeeds: refusalSchema.optional(),
  /** Of a refusal: the row of the file once it could be read. */
  succeededBy: evidenceIdSchema.optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/**
 * Metadata of one file, grouped as read: `EXIF`, `XMP`, `JPEG`, `ICC`; values as text for display.
 */
export const evidenceMetadataSchema = z.array(
  z.object({ group: z.string(), entries: z.array(z.object({ name: z.string(), value: z.string() })) }),
);
export type EvidenceMetadata = z.infer<typeof evidenceMetadataSchema>;

/**
 * The metadata of a file as it was taken in, or why it could not be read now: that is not a file
 * without metadata.
 */
export const metadataReadingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('read'), groups: evidenceMetadataSchema }),
  z.object({ kind: z.literal('notRead'), message: z.string() }),
]);
export type MetadataReading = z.infer<typeof metadataReadingSchema>;
