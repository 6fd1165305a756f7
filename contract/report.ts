// Report: a frozen reading of a case. What to put in, and the document that the PDF, JSON and CSV
// are made from.
import * as z from 'zod';
import { agreementSchema } from './agreement.ts';
import { evidenceIdSchema, faceIdSchema, modelIdSchema, opinionIdSchema, sha256Schema } from './brand.ts';
import { auditEntrySchema, caseSchema, problemSchema } from './case.ts';
import { reportedCopiesSchema } from './copies.ts';
import { evidenceSchema } from './evidence.ts';
import { exhibitSchema } from './exhibit.ts';
import { faceSchema } from './face.ts';
import { reportedGroupsSchema } from './face-groups.ts';
import { findingFilterSchema } from './finding.ts';
import { laterRecordSchema } from './later-record.ts';
import { modelSchema } from './model.ts';
import { opinionSchema } from './opinion.ts';
import { provenanceSchema } from './provenance.ts';
import { recordElsewhereSchema } from './record-elsewhere.ts';
import { reportTemplateSchema } from './report-template.ts';
import { rerunResultSchema, rerunRowSchema } from './rerun.ts';
import { fileSignatureSchema } from './signature.ts';
import { stabilityRowSchema } from './stability.ts';
import { tagSchema } from './tag.ts';
import { trackPointSchema, trackSchema, videoTimelineSchema } from './track.ts';
import { instantSchema, pixelBoxSchema } from './units.ts';
import { verdictParametersSchema, verdictSchema } from './verdict.ts';

/** How the table of results is written for the program that will read it. */
export const csvOptionsSchema = z.object({
  /** Between cells; a spreadsheet set to a language that writes 0,5 wants `;`. */
  separator: z.enum([',', ';', '\t']).default(','),
  decimal: z.enum(['.', ',']).default('.'),
  /** Without it many spreadsheets take UTF-8 for something else. */
  byteOrderMark: z.boolean().default(true),
});
export type CsvOptions = z.infer<typeof csvOptionsSchema>;

export const reportOptionsSchema = z.object({
  title: z.string().max(300).optional(),
  /** Laboratory or agency on the cover. */
  organisation: z.string().max(300).default(''),
  /** Which findings get a block with pictures; the tables always list every file. */
  filter: findingFilterSchema.default({}),
  includeOpinions: z.boolean().default(true),
  paper: z.enum(['A4', 'Letter']).default('A4'),
  /** Name of a template of this installation. */
  template: z.string().max(100).optional(),
  /**
   * `others`: every face of a photograph is covered but the one its block is about. `all`: every
   * picture of a face is covered.
   */
  redaction: z.enum(['none', 'others', 'all']).default('none'),
  /**
   * What the examiners found and what they conclude, in their words; where empty, the template's
   * are printed as standing words of the laboratory.
   */
  findings: z.string().max(50_000).default(''),
  conclusion: z.string().max(50_000).default(''),
  /** Whose words those are. */
  wordsBy: z.string().max(200).default(''),
  csv: csvOptionsSchema.prefault({}),
});
export type ReportOptions = z.infer<typeof reportOptionsSchema>;

/** How far a report that is being written is. `total` is known when its faces are counted. */
export const reportProgressSchema = z.object({
  step: z.enum(['reading', 'faces', 'tables', 'record', 'signing']),
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
});
export type ReportProgress = z.infer<typeof reportProgressSchema>;

/**
 * The examiner's key for a signature (PAdES baseline). Never kept; the password goes nowhere else.
 */
export const signingSchema = z.object({
  pkcs12Path: z.string().min(1).max(4096),
  password: z.string().max(1000),
  reason: z.string().max(300).default('Report of an examination'),
  location: z.string().max(300).default(''),
  /** Address of an RFC 3161 time stamp authority. Without it nothing leaves this machine. */
  timeStampUrl: z.url({ protocol: /^https?$/ }).optional(),
});
export type Signing = z.infer<typeof signingSchema>;

/** A result that came out different, at the latest repetition or an earlier one. */
export const differingRerunSchema = rerunRowSchema
  .pick({ verdictId: true, relativePath: true, face: true })
  .extend({ differedAt: instantSchema, latest: rerunResultSchema });

/** Differing results that a report names one by one. */
export const MOST_DIFFERING = 1000;

/**
 * What all reruns of a case came to: of every result that was repeated the latest repetition, those
 * of reruns that were interrupted too.
 */
export const standingRerunsSchema = z.object({
  /** Results that stand, and how many of them were repeated. */
  results: z.number().int(),
  repeated: z.number().int(),
  /** Of those repeated, by their latest repetition. */
  counts: z.record(rerunResultSchema, z.number().int()),
  /** How many differed at any repetition, and the first of them. */
  differed: z.number().int(),
  differing: z.array(differingRerunSchema).max(MOST_DIFFERING),
  reruns: z.number().int(),
  /** Reruns that did not come to their end. */
  interrupted: z.number().int(),
  /** Reruns whose rows are not those that the log has: none of them is counted. */
  notAsRecorded: z.number().int(),
});
export type StandingReruns = z.infer<typeof standingRerunsSchema>;

/**
 * What was last checked of the case: the latest `verify` as entered in the audit log, what the
 * reruns came to, and whether what stability came to is as it was. Remarks say what was not looked at.
 */
export const reportChecksSchema = z.object({
  /**
   * How often an entry of the log has an earlier time than the one before it, and the first of them:
   * the clock was set back. Absent where it never was.
   */
  clockSetBack: z
    .object({ times: z.number().int().positive(), seq: z.number().int(), at: instantSchema, before: instantSchema })
    .optional(),
  /** `elsewhere`: by another installation or an earlier version, as far as the log says; not by this one. */
  verified: z
    .object({
      at: instantSchema,
      problems: z.array(problemSchema),
      remarks: z.array(z.string()),
      elsewhere: z.literal(true).optional(),
    })
    .nullable(),
  rerun: z
    .object({
      /** The latest rerun that was finished or interrupted, as the log has it. */
      at: instantSchema,
      counts: z.record(z.string(), z.number().int()),
      rowsSha256: z.string(),
      /** Absent in reports of earlier versions. */
      standing: standingRerunsSchema.optional(),
    })
    .nullable(),
  /**
   * Runs of the battery, and those whose rows are not those that the log has: none of these is in the
   * report. Null without any.
   */
  stability: z
    .object({
      runs: z.number().int(),
      notAsRecorded: z.number().int(),
      /** Before the case was unpacked here. */
      elsewhere: z.number().int(),
    })
    .nullable(),
});

/**
 * A face as a report says it: a redacted copy holds no landmarks, and no box of a face whose
 * picture it does not show.
 */
export const reportFaceSchema = faceSchema.extend({
  box: pixelBoxSchema.nullable(),
  landmarks: faceSchema.shape.landmarks.nullable(),
});
export type ReportFace = z.infer<typeof reportFaceSchema>;

/** A video as a report says it; boxes as in `reportFaceSchema`. */
export const reportTimelineSchema = videoTimelineSchema.extend({
  tracks: z.array(
    trackSchema.extend({ points: z.array(trackPointSchema.extend({ box: pixelBoxSchema.nullable() })).min(1) }),
  ),
});
export type ReportTimeline = z.infer<typeof reportTimelineSchema>;
export type ReportTrack = ReportTimeline['tracks'][number];

/** Everything the report says, before it is typeset. The same document gives the same bytes. */
const documentSchema = z.object({
  case: caseSchema,
  title: z.string(),
  organisation: z.string(),
  /** Those who did something in the case. */
  examiners: z.array(z.string()),
  /**
   * Spellings in the log, beside that in `examiners`, of one person's name; only in cases made
   * before names were compared.
   */
  otherSpellings: z.array(z.object({ examiner: z.string(), spellings: z.array(z.string()) })).optional(),
  appVersion: z.string(),
  /**
   * Time of the last change to the case: the report carries no clock of its own, so it can be made
   * again byte for byte.
   */
  asOf: instantSchema,
  auditHead: auditEntrySchema.nullable(),
  /** Hash of the log's first entry: which case it is. */
  firstEntry: sha256Schema.nullable(),
  /** Folders that the files were taken in from. */
  exhibits: z.array(exhibitSchema),
  /** An examiner's words, empty where none were given: what a template says is in `template` alone. */
  findings: z.string(),
  conclusion: z.string(),
  /** The examiner whose words each of them is; empty where nobody is named. */
  wordsBy: z.object({ findings: z.string(), conclusion: z.string() }),
  /**
   * False where opinions were asked to be left out: then none is in here, whatever the case holds.
   */
  opinionsIncluded: z.boolean(),
  models: z.array(modelSchema),
  parameters: z.array(verdictParametersSchema),
  evidence: z.array(evidenceSchema),
  faces: z.array(reportFaceSchema),
  verdicts: z.array(verdictSchema),
  /** Verdicts that get a block with pictures, in order. */
  shown: z.array(verdictSchema.shape.id),
  /**
   * By what those were chosen: tags by name, another restriction of a filter, one model's results;
   * absent where nothing narrows it.
   */
  shownBy: z
    .object({ tags: z.array(z.string()), otherwise: z.boolean(), modelId: modelIdSchema.nullable() })
    .optional(),
  /** Every entry, in the order given: superseded ones, withdrawals and notes too. */
  opinions: z.array(opinionSchema),
  /**
   * Those of the entries that count as opinions, each with the faces it holds for: on a track
   * several, on a whole file none.
   */
  standing: z.array(z.object({ opinion: opinionIdSchema, faces: z.array(faceIdSchema) })),
  /**
   * Faces that an examiner called no face and nobody genuine, forged or inconclusive. They are in
   * the lists, and in no count and no table of results; they are left out of those whether or not
   * opinions are included.
   */
  notFaces: z.array(faceIdSchema),
  /**
   * Tags that are on anything, with the faces they are on, and the files as a whole; absent without
   * any.
   */
  tags: z
    .array(
      tagSchema.omit({ id: true, key: true }).extend({
        faces: z.array(faceIdSchema),
        files: z.array(evidenceIdSchema),
      }),
    )
    .optional(),
  /**
   * Which faces may be of one person, as examiners say: who, not whether forged. Absent where groups
   * were never made, and from redacted copies.
   */
  groups: reportedGroupsSchema.optional(),
  /**
   * What the case had before it was packed and a portable case does not carry: its log speaks of it.
   * Absent where there is nothing of it.
   */
  notCarriedOver: z.object({ groups: z.boolean(), copies: z.boolean() }).optional(),
  /** Files that are near copies of each other. Absent where no pictures were looked at for it. */
  copies: reportedCopiesSchema.optional(),
  agreement: agreementSchema,
  /** One for each video and model that looked at it. */
  videos: z.array(reportTimelineSchema),
  /**
   * Structure and credentials of the stills that were examined; `recorded` is false for those
   * examined for this report alone.
   */
  provenance: z.array(
    z.object({
      evidenceId: evidenceSchema.shape.id,
      provenance: provenanceSchema,
      recorded: z.literal(false).optional(),
    }),
  ),
  /** How firm verdicts are: of each the latest that was measured and that the log holds, in their order. */
  stability: z.array(stabilityRowSchema),
  /**
   * Records that models got after verdicts of the case were made, where the report was written;
   * absent without any.
   */
  laterRecords: z.array(laterRecordSchema).optional(),
  /**
   * Validation records of the case that the workstation where the report was written does not have:
   * their figures are their maker's word; absent without any.
   */
  recordsElsewhere: z.array(recordElsewhereSchema).optional(),
  checks: reportChecksSchema,
  redaction: reportOptionsSchema.shape.redaction.unwrap(),
  /** What a redacted copy leaves out, in sentences with numbers; empty for a full one. */
  withheld: z.array(z.string()),
  template: reportTemplateSchema.nullable(),
  /** SHA-256 of the canonical JSON of everything above. */
  contentSha256: sha256Schema,
});
export type ReportDocument = z.infer<typeof documentSchema>;
// A named type: spelled out in every procedure it is more than the compiler writes down.
export interface ReportDocumentSchema extends z.ZodType<ReportDocument> {}
export const reportDocumentSchema: ReportDocumentSchema = documentSchema;

export const exportedReportSchema = z.object({
  path: z.string(),
  sha256: sha256Schema,
  sizeBytes: z.number().int(),
  pages: z.number().int().nullable(),
  contentSha256: sha256Schema,
  /** Null where it is not signed. */
  signature: fileSignatureSchema.nullable(),
});
export type ExportedReport = z.infer<typeof exportedReportSchema>;
