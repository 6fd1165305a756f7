// Provenance: what a file's structure and its content credentials say, beside what the machine says
// of its faces. Other lines of evidence, never mixed with a score. Their absence proves nothing:
// most genuine photographs have lost theirs.
import * as z from 'zod';
import { count, saidOf } from './unreadable.ts';

/** What is worth a line of how a JPEG is built. Their words are in remark-words.ts. */
const jpegRemarkSchema = z.discriminatedUnion('kind', [
  saidOf('bytesBetweenSegments', { at: count }),
  saidOf('noEndMarker', {}),
  saidOf('segmentBeyondFile', { segment: z.string(), at: count }),
  saidOf('furtherPictures', {}),
  saidOf('bytesBehindEnd', { bytes: count }),
  /** Segments that an editor leaves. */
  saidOf('mark', { of: z.enum(['photoshop', 'saveForWeb', 'adobeTransform', 'jumbf']) }),
  saidOf('ijgTables', { quality: z.number().int() }),
]);
export type JpegRemark = z.infer<typeof jpegRemarkSchema>;
/** As a row holds it. A sentence is what an earlier version wrote. See HeldWhySchema. */
export type HeldJpegRemark = string | JpegRemark;
export interface HeldJpegRemarkSchema extends z.ZodType<HeldJpegRemark, HeldJpegRemark> {}
export const heldJpegRemarkSchema: HeldJpegRemarkSchema = z
  .union([z.string(), jpegRemarkSchema])
  .meta({ title: 'HeldJpegRemark' });

/**
 * How a JPEG is built, marker by marker. Encoders, editors and platforms leave different orders,
 * tables and rests.
 */
export const jpegStructureSchema = z.object({
  /**
   * Markers in order with their identifiers, e.g. `APP1(Exif)`; runs of restart markers and scans
   * are one entry.
   */
  segments: z.array(z.string()),
  tables: z.array(
    z.object({
      id: z.number().int(),
      /** 64 entries in zigzag order. */
      values: z.array(z.number().int()).length(64),
      /**
       * Quality of the Independent JPEG Group's encoder whose table this is, exactly; null for any
       * other table.
       */
      ijgQuality: z.number().int().nullable(),
    }),
  ),
  progressive: z.boolean(),
  /** Horizontal x vertical sampling factors of each component, e.g. `2x2,1x1,1x1`. */
  sampling: z.string(),
  /** Bytes after the end of the picture that belong to no known structure. */
  trailingBytes: z.number().int(),
  /**
   * How rough the histograms of the coefficients are, 0 smooth to 1 and more for every other bin
   * empty: a second compression on a first one with coarser steps leaves gaps. Null where it cannot
   * be measured. A hint with no threshold.
   */
  coefficientRoughness: z.number().nullable(),
  thumbnail: z
    .object({
      widthPx: z.number().int(),
      heightPx: z.number().int(),
      /**
       * Mean absolute difference of luma between thumbnail and picture at the thumbnail's size,
       * 0..1.
       */
      meanDifference: z.number(),
    })
    .nullable(),
  /** What is worth a line: editors' marks, contradictions. */
  remarks: z.array(heldJpegRemarkSchema),
});
export type JpegStructure = z.infer<typeof jpegStructureSchema>;

/** One statement of the verifier, by its code in the C2PA specification. */
export const credentialFindingSchema = z.object({ code: z.string(), explanation: z.string() });

/**
 * Content credentials (C2PA). Integrity and trust are different questions and are answered apart.
 */
export const contentCredentialsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('unreadable'), message: z.string() }),
  z.object({
    kind: z.literal('present'),
    /** Do signature and hashes fit this file as it is? */
    integrity: z.enum(['intact', 'broken']),
    /**
     * Does the signer's certificate lead to an anchor this installation was given? `notAsked` when
     * it was given none.
     */
    trust: z.enum(['trusted', 'untrusted', 'notAsked']),
    signer: z.string(),
    issuer: z.string(),
    algorithm: z.string(),
    /** As claimed and stamped; null without a time stamp. */
    signedAt: z.string().nullable(),
    claimGenerator: z.string(),
    title: z.string(),
    /** What the claim says was done, e.g. `c2pa.created (trainedAlgorithmicMedia)`. */
    actions: z.array(z.string()),
    ingredients: z.array(z.string()),
    manifests: z.number().int(),
    failures: z.array(credentialFindingSchema),
  }),
]);
export type ContentCredentials = z.infer<typeof contentCredentialsSchema>;

export const provenanceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('examined'),
    jpeg: jpegStructureSchema.nullable(),
    contentCredentials: contentCredentialsSchema,
    /** Software and devices the metadata names; anyone can write these. */
    named: z.array(z.string()),
  }),
  z.object({ kind: z.literal('notExamined'), message: z.string() }),
]);
export type Provenance = z.infer<typeof provenanceSchema>;

/**
 * What is answered of a file's provenance. `recorded`: it stands in the case, and a report made
 * without the file has it too.
 */
export const provenanceReadingSchema = z.object({ found: provenanceSchema, recorded: z.boolean() });
export type ProvenanceReading = z.infer<typeof provenanceReadingSchema>;
