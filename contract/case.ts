// Case: one folder with a SQLite file and blobs. What a case is, who works on it, what was done to
// it.
import * as z from 'zod';
import { examinerIdSchema, sha256Schema } from './brand.ts';
import { fileSignatureSchema } from './signature.ts';
import { instantSchema } from './units.ts';

/** A named person who works on a case. */
export const examinerSchema = z.object({
  id: examinerIdSchema,
  name: z.string().min(1).max(200),
  addedAt: instantSchema,
  /** When the name was said to have been entered by mistake; null for every other. */
  mistakenAt: instantSchema.nullable(),
});
export type Examiner = z.infer<typeof examinerSchema>;

/**
 * `entries`: those of the log under this name, whatever was done; that a name was added or chosen, or
 * reviews blind, is none. `gaveOpinions`: a report names them as an examiner. `lookedOpenly`: results of the case were shown under this name in open
 * review; opinions on those are not blind any more.
 */
export const knownExaminerSchema = examinerSchema.extend({
  entries: z.number().int().nonnegative(),
  gaveOpinions: z.boolean(),
  lookedOpenly: z.boolean(),
});
export type KnownExaminer = z.infer<typeof knownExaminerSchema>;

/**
 * Number of evidence files, faces and verdicts in a case. `faces`: without those that were called no
 * face, as far as who looks may know it. `opinions`: those that stand; superseded,
 * withdrawn ones and notes do not count.
 */
export const caseCountsSchema = z.object({
  evidence: z.number().int(),
  faces: z.number().int(),
  verdicts: z.number().int(),
  opinions: z.number().int(),
});

/**
 * When an opinion must carry its reason: never, when it goes against a calibrated verdict that its
 * giver can see, or always.
 */
export const reasonRuleSchema = z.enum(['never', 'whenOverriding', 'always']);
export type ReasonRule = z.infer<typeof reasonRuleSchema>;

/** The open case. */
/** A random name, new with every opening of a case. */
export const openingSchema = z.string().regex(/^[0-9a-f]{32}$/);

export const caseSchema = z.object({
  folder: z.string(),
  title: z.string(),
  reference: z.string(),
  createdAt: instantSchema,
  schemaVersion: z.number().int(),
  /** True for the case made from the sample photographs: every screen and page says so. */
  demonstration: z.boolean(),
  reasonRule: reasonRuleSchema,
  /**
   * False where the case's folder cannot be written, or another program changed what its database
   * is made of: it is open for viewing, and every change is refused with CASE_READ_ONLY.
   */
  writable: z.boolean(),
  /**
   * Why nothing is written to it, as a part of a sentence, where another program has changed what
   * its database is made of.
   */
  readOnlyBecause: z.string().optional(),
  /** Sentences on a log that is not the one seen before; none where all is well. */
  warnings: z.array(z.string()).optional(),
  counts: caseCountsSchema,
  /** Names this opening of the case among all others: numbers of rows begin anew in each case. */
  opening: openingSchema.optional(),
});
export type Case = z.infer<typeof caseSchema>;

/** A case this installation opened before; `missing` when its folder is gone. */
export const recentCaseSchema = z.object({
  folder: z.string(),
  title: z.string(),
  openedAt: instantSchema,
  missing: z.boolean(),
});
export type RecentCase = z.infer<typeof recentCaseSchema>;

/**
 * A case that was named when the workstation started, or was open when its engine died, and could
 * not be opened; why, in sentences.
 */
export const notOpenedSchema = z.object({ folder: z.string(), message: z.string() });
export type NotOpened = z.infer<typeof notOpenedSchema>;

/**
 * One link of the audit chain: `hash` covers every other field, `previousHash` that of the entry
 * before.
 */
export const auditEntrySchema = z.object({
  seq: z.number().int().positive(),
  at: instantSchema,
  who: z.string(),
  action: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
  previousHash: sha256Schema,
  hash: sha256Schema,
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/**
 * Who is working now, and whether the machine's score is hidden until they have given their own
 * opinion.
 */
export const sessionSchema = z.object({
  examiner: examinerSchema.pick({ id: true, name: true, addedAt: true }).nullable(),
  blind: z.boolean(),
  /**
   * True where nobody is chosen and results were looked at since somebody last was: whoever takes a
   * name then has seen them.
   */
  looked: z.boolean().optional(),
  /** The opening of the case that it is about. */
  opening: openingSchema.optional(),
});
export type Session = z.infer<typeof sessionSchema>;

/** One thing that is not as recorded. */
export const problemSchema = z.object({
  kind: z.enum([
    'evidenceMissing',
    'evidenceChanged',
    'blobMissing',
    'blobChanged',
    'auditBroken',
    'databaseDamaged',
    'guardMissing',
    'layoutChanged',
    'faceChanged',
    'videoChanged',
    'provenanceChanged',
    'alterationChanged',
    'examinerChanged',
    'caseChanged',
    'rerunChanged',
    'stabilityChanged',
    'embeddingsChanged',
    'groupsChanged',
    'copiesChanged',
    'derivedChanged',
    'rowsUnaccounted',
    'historyChanged',
    'verdictChanged',
    'opinionChanged',
    'tagChanged',
    'modelChanged',
  ]),
  subject: z.string(),
  expected: z.string(),
  found: z.string(),
});

/**
 * What a verification is held against, beside the case itself: an entry that was noted, and a
 * report (PDF or JSON) of the case.
 */
export const verifyRequestSchema = z.object({
  expect: z.object({ seq: z.number().int().positive(), hash: sha256Schema }).optional(),
  against: z.string().min(1).max(4096).optional(),
});
export type VerifyRequest = z.input<typeof verifyRequestSchema>;

/**
 * A report that the case was held against: the entry it was made from, the log's first entry as it
 * names it, whether the log holds them, and who signed it. What does not hold is among the problems.
 */
export const againstReportSchema = z.object({
  /** Name of its file. */
  report: z.string(),
  entry: auditEntrySchema.pick({ seq: true, hash: true }),
  entryHeld: z.boolean(),
  /** Null in reports of earlier versions, which do not say it; then it was not compared. */
  firstEntry: sha256Schema.nullable(),
  firstEntryHeld: z.boolean().nullable(),
  /** Null where it is not signed: whoever had it in hand can have changed it. */
  signature: fileSignatureSchema.nullable(),
});
export type AgainstReport = z.infer<typeof againstReportSchema>;

/**
 * What `verify` found: evidence and blobs re-hashed, the audit chain walked, verdicts, models and
 * opinions held against what the chain says of them, the triggers that refuse changes looked for.
 * `problems` empty means the case is whole.
 */
export const verificationSchema = z.object({
  evidenceChecked: z.number().int(),
  /**
   * Files of which no byte could ever be read: they have a row and a reason, and no hash to hold
   * them against.
   */
  evidenceWithoutHash: z.number().int(),
  blobsChecked: z.number().int(),
  auditEntriesChecked: z.number().int(),
  /**
   * The newest entry that was checked: noted elsewhere, it later shows that nothing before it was
   * changed.
   */
  head: z.object({ seq: z.number().int().positive(), hash: sha256Schema }).nullable(),
  /** Hash of the log's first entry: which case it is. */
  firstEntry: sha256Schema.nullable(),
  /** Where a report was given. */
  against: againstReportSchema.optional(),
  problems: z.array(problemSchema),
  /**
   * Sentences on what was checked only in part: rows that no seal covers, rows that were sealed as
   * they were found.
   */
  remarks: z.array(z.string()),
});
export type Verification = z.infer<typeof verificationSchema>;
