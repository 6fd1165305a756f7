// The whole RPC surface, one object: input, output, errors, event streams. The engine implements
// it, the window and the command line call it; adding a procedure is one entry here, one handler,
// one call.
import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { agreementSchema } from './agreement.ts';
import {
  evidenceIdSchema,
  examinerIdSchema,
  faceGroupIdSchema,
  faceIdSchema,
  jobIdSchema,
  modelIdSchema,
  opinionIdSchema,
  savedViewIdSchema,
  sha256Schema,
  verdictIdSchema,
  videoScanIdSchema,
} from './brand.ts';
import {
  auditEntrySchema,
  caseSchema,
  knownExaminerSchema,
  notOpenedSchema,
  openingSchema,
  reasonRuleSchema,
  recentCaseSchema,
  sessionSchema,
  verificationSchema,
  verifyRequestSchema,
} from './case.ts';
import { copiesAnswerSchema, copiesQuerySchema, copiesStateSchema, copyStacksSchema, MOST_COPIES } from './copies.ts';
import { copyOutEventSchema, copyOutRequestSchema } from './copy-out.ts';
import { deviceReportSchema } from './device.ts';
import { errorTable } from './errors.ts';
import { evidenceSchema, metadataReadingSchema } from './evidence.ts';
import { examinerNameSchema } from './examiner-name.ts';
import { exhibitSchema } from './exhibit.ts';
import { faceSchema } from './face.ts';
import {
  faceGroupOpenedSchema,
  faceGroupsSchema,
  groupDoneSchema,
  groupRequestSchema,
  groupStepSchema,
  MOST_GROUPS_SHOWN,
} from './face-groups.ts';
import { extractEventSchema, extractRequestSchema } from './faces.ts';
import { farmQueueSchema, farmScanRequestSchema, farmStatusSchema } from './farm.ts';
import {
  findingCountsSchema,
  findingFacetsSchema,
  findingFilterSchema,
  findingPageSchema,
  findingSchema,
  findingSortSchema,
  savedViewSchema,
} from './finding.ts';
import { jobEventSchema, jobSchema } from './job.ts';
import { laterRecordSchema } from './later-record.ts';
import {
  brokenModelSchema,
  inputPxSchema,
  modelDeclarationSchema,
  namedModelSchema,
  weightsFactsSchema,
} from './model.ts';
import { onnxFileSchema, onnxPassportSchema, onnxRequestSchema, onnxTrialSchema } from './onnx-passport.ts';
import { conclusionSchema, MOST_AT_ONCE, opinionOnSchema, opinionSchema, subjectSchema } from './opinion.ts';
import { opinionElsewhereSchema } from './opinion-elsewhere.ts';
import {
  MOST_ALIKE,
  personsAnswerSchema,
  personsQuerySchema,
  personsReasonSchema,
  personsStateSchema,
} from './persons.ts';
import { packedCaseSchema, packRequestSchema, unpackedCaseSchema } from './portable-case.ts';
import { provenanceReadingSchema } from './provenance.ts';
import { shipRequestSchema } from './recipe.ts';
import { recordElsewhereSchema } from './record-elsewhere.ts';
import { relocationEventSchema, relocationRequestSchema } from './relocation.ts';
import {
  exportedReportSchema,
  reportDocumentSchema,
  reportOptionsSchema,
  reportProgressSchema,
  signingSchema,
} from './report.ts';
import { keptTemplateSchema, reportTemplateSchema } from './report-template.ts';
import { rerunReportSchema } from './rerun.ts';
import { deviceSchema, scanRequestSchema } from './scan.ts';
import { settingsSchema } from './settings.ts';
import { namedStabilityReportSchema, namedStabilityRowSchema } from './stability.ts';
import { placeInFileSchema } from './subject-words.ts';
import {
  tagColourSchema,
  taggedSchema,
  taggingDoneSchema,
  tagKeySchema,
  tagNameSchema,
  tagOnSchema,
  tagSchema,
} from './tag.ts';
import { trackPlaceSchema, videoTimelineSchema } from './track.ts';
import {
  brokenRunSchema,
  curvePointSchema,
  readTrainingConfigSchema,
  sampleReconstructionSchema,
  trainingEventSchema,
  trainingRequestSchema,
  trainingRunIdSchema,
  trainingRunSchema,
} from './training.ts';
import { instantSchema, probabilitySchema } from './units.ts';
import {
  fusionEventSchema,
  fusionRequestSchema,
  shownStabilitySchema,
  validationEventSchema,
  validationRequestSchema,
} from './validation.ts';
import { verdictOutcomeSchema, verdictParametersSchema, verdictSchema } from './verdict.ts';
import { videoSummarySchema } from './video-summary.ts';

/** The error codes a procedure may give. */
const gives = <C extends keyof typeof errorTable>(...codes: C[]) =>
  oc.errors(Object.fromEntries(codes.map((code) => [code, errorTable[code]])) as Pick<typeof errorTable, C>);

/** Of what an examiner enters about something in the case. */
const ENTERED = [
  'CASE_NOT_OPEN',
  'CASE_MOVED',
  'CASE_READ_ONLY',
  'NO_EXAMINER',
  'NOT_FOUND',
  'OPINION_REFUSED',
] as const;
/** For what enters opinions or takes them back. */
const entersOpinion = () => gives(...ENTERED, 'REASON_NEEDED');

/** For what enters tags or takes them off. */
const entersTag = () => gives(...ENTERED, 'TAG_REFUSED');

/** For what examiners do with groups of faces. */
const changesGroups = () => gives(...ENTERED, 'GROUP_REFUSED', 'SEARCH_REFUSED', 'WRITE_FAILED', 'DISK_FULL');

const folder = z.string().min(1).max(4096);

/**
 * Whose name this is asked for in, where it is not whoever sits here: taken as `session.set` takes
 * one, but only together with what is asked for; where that is refused, nothing is written.
 */
const takenName = { examiner: examinerNameSchema.optional() };

/** A random name of a window. */
const windowNameSchema = z.string().regex(/^[0-9a-f]{16}$/);

/**
 * Whom the window showed as examining when the key was pressed, and whether in blind review: an
 * opinion that arrives when either is otherwise is refused. Absent: whoever works now.
 */
const givenBy = {
  examinerId: examinerIdSchema.optional(),
  blindShown: z.boolean().optional(),
  /** Names the window among those that follow `finding.marked`. */
  window: windowNameSchema.optional(),
};

/** `heldBy` of the groups that the window showed: refused where a step was made since. Absent: as they stand. */
const shownGroups = { shownHeldBy: z.number().int().nonnegative().optional() };

/** With what the window showed as the examiner's own opinion on it; refused where another stands. Absent: whatever stands. */
const shownSubjectSchema = subjectSchema.extend({ shownOwn: conclusionSchema.nullable().optional() });

/** One line of `recce doctor` and of the about box. */
export const checkSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  found: z.string(),
  advice: z.string().nullable(),
  /**
   * True for what this machine does without, which is no fault: a device that is not there or does
   * not run.
   */
  unused: z.boolean().default(false),
});
export type Check = z.infer<typeof checkSchema>;

/** Other files of the case with the same recorded SHA-256: how many, and the first of them. */
export const sameBytesSchema = z.object({
  total: z.number().int().nonnegative(),
  files: z.array(z.object({ id: evidenceIdSchema, relativePath: z.string(), shownPath: z.string() })),
});
export type SameBytes = z.infer<typeof sameBytesSchema>;

/**
 * What the inspector shows of one finding. Score and pictures of the model are null where blind
 * mode hides them.
 */
export const inspectionSchema = z.object({
  verdict: verdictSchema.nullable(),
  hidden: z.boolean(),
  evidence: evidenceSchema,
  face: faceSchema.nullable(),
  model: namedModelSchema,
  parameters: verdictParametersSchema.nullable(),
  opinions: z.array(opinionOnSchema),
  /** The tags on it, by whom; in blind mode, until it is decided, the viewer's own. */
  tags: z.array(tagOnSchema),
  /** The tracks that these opinions are on. */
  tracks: z.array(trackPlaceSchema),
  /** Other findings of the same file by the same model. */
  siblings: z.array(verdictIdSchema),
  /** What other models say of the same face; `outcome` is null where blind mode hides it. */
  otherModels: z.array(
    z.object({
      verdictId: verdictIdSchema,
      modelId: modelIdSchema,
      name: z.string(),
      madeAt: instantSchema,
      outcome: verdictOutcomeSchema.nullable(),
      /** What the model was measured to do, by its card in this case; null where it was not. */
      measured: z.object({ auc: z.number(), sources: z.number().int(), cllr: z.number() }).nullable(),
    }),
  ),
  sameBytes: sameBytesSchema,
});
export type Inspection = z.infer<typeof inspectionSchema>;

/** What `model.infer` says of one picture: a score, or why there is none. */
export const inferenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('scored'), path: z.string(), score: probabilitySchema, logit: z.number() }),
  z.object({ kind: z.literal('unreadable'), path: z.string(), message: z.string() }),
]);
export type Inference = z.infer<typeof inferenceSchema>;

/**
 * What an opinion came to: the entry, what this examiner said before, and the grid's rows of its
 * subject as they are now.
 */
export const enteredOpinionSchema = placeInFileSchema.extend({
  opinion: opinionSchema,
  before: opinionSchema.nullable(),
  /** None for a track: its rows may be many, and are read again. */
  rows: z.array(findingSchema),
  /** How many others were given with it, and undone with it; their rows are among `rows`. */
  others: z.number().int().nonnegative(),
});
export type EnteredOpinion = z.infer<typeof enteredOpinionSchema>;

export const contract = {
  app: {
    info: oc.output(
      z.object({
        name: z.string(),
        version: z.string(),
        platform: z.string(),
        demonstrationModel: z.boolean(),
        runtime: z.string(),
      }),
    ),
    doctor: oc.output(z.array(checkSchema)),
    /**
     * Devices of this machine for a model (the default one when none is named): self-tests, speeds
     * and the choice. Takes some seconds when nothing is kept from before, or when `measure` asks
     * for it anew.
     */
    devices: gives('MODEL_NOT_FOUND', 'MODEL_CHANGED')
      .input(z.object({ modelId: modelIdSchema.optional(), measure: z.boolean().default(false) }))
      .output(deviceReportSchema),
    settings: oc.output(settingsSchema),
    changeSettings: oc.input(settingsSchema.partial()).output(settingsSchema),
    /** Folders and files below a folder, for choosing without a native dialog (browser mode). */
    browse: gives('PATH_NOT_FOUND')
      .input(z.object({ folder: folder.optional() }))
      .output(
        z.object({
          folder: z.string(),
          /** True where the folder itself holds a case. */
          isCase: z.boolean(),
          parent: z.string().nullable(),
          entries: z.array(
            z.object({
              name: z.string(),
              path: z.string(),
              kind: z.enum(['folder', 'file', 'case']),
              /** Of files; null for folders, and where it cannot be told. */
              sizeBytes: z.number().int().nonnegative().nullable(),
              modifiedAt: instantSchema.nullable(),
            }),
          ),
        }),
      ),
    /** Makes an empty folder, for a place that is being chosen. */
    makeFolder: gives('PATH_NOT_FOUND', 'FILE_EXISTS', 'WRITE_FAILED', 'DISK_FULL')
      .input(z.object({ folder, name: z.string().trim().min(1).max(200) }))
      .output(z.object({ path: z.string() })),
  },
  /**
   * For programs that write files of their own beside the engine: throws where
   * `path` is evidence, or one of `inputs`.
   */
  output: {
    check: gives('WRITE_FAILED')
      .input(z.object({ path: z.string().min(1).max(4096), inputs: z.array(z.string().min(1).max(4096)).default([]) }))
      .output(z.null()),
  },
  case: {
    create: gives('CASE_EXISTS', 'WRITE_FAILED', 'DISK_FULL')
      .input(
        z.object({
          folder,
          title: z.string().min(1).max(300),
          reference: z.string().max(300).default(''),
          examiner: z.literal('').or(examinerNameSchema).optional(),
        }),
      )
      .output(caseSchema),
    /**
     * Makes and opens the demonstration case: sample photographs and self-blended forgeries of them
     * (no one's identity is swapped) under `<folder>/photographs`, the case under `<folder>/case`.
     * Opens it when it is there already. The scan is started by the caller.
     */
    createDemonstration: gives('WRITE_FAILED', 'DISK_FULL', 'CASE_IN_USE', 'CASE_NEWER', 'CASE_DAMAGED')
      .input(z.object({ folder }))
      .output(z.object({ case: caseSchema, photographs: z.string() })),
    open: gives(
      'CASE_NOT_FOUND',
      'CASE_IN_USE',
      'CASE_NEWER',
      'CASE_DAMAGED',
      'CASE_MOVED',
      'CASE_READ_ONLY',
      'DISK_FULL',
    )
      .input(z.object({ folder }))
      .output(caseSchema),
    /**
     * For a damaged case: its database is set aside whole, the newest backup that is whole takes
     * its place and is opened. What was done after that backup is in the set-aside file only.
     */
    restore: gives('CASE_NOT_FOUND', 'CASE_IN_USE', 'CASE_DAMAGED', 'CASE_MOVED', 'CASE_READ_ONLY', 'DISK_FULL')
      .input(z.object({ folder }))
      .output(z.object({ case: caseSchema, setAside: z.string(), backup: z.number().int() })),
    /** Writes the open case as one file for another workstation. */
    pack: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'FILE_EXISTS', 'WRITE_FAILED', 'DISK_FULL')
      .input(packRequestSchema)
      .output(packedCaseSchema),
    /**
     * Unpacks a portable case into a folder, checks every hash, and opens it. Models that are new
     * here come without what their cards say of error rates.
     */
    unpack: gives(
      'ARCHIVE_REFUSED',
      'PATH_NOT_FOUND',
      'CASE_EXISTS',
      'CASE_IN_USE',
      'CASE_NEWER',
      'CASE_DAMAGED',
      'WRITE_FAILED',
      'DISK_FULL',
    )
      .input(z.object({ file: z.string().min(1).max(4096), folder }))
      .output(unpackedCaseSchema),
    /**
     * Evidence that moved to another folder or drive: every file below
     * `from` is hashed at its place below `to`, and those whose bytes are the recorded ones are
     * looked for there from then on, with one entry in the log. Of a case that cannot be written
     * the places are kept by this installation. Ends early, with nothing entered, when the caller
     * goes away.
     */
    relocate: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'PATH_NOT_FOUND', 'NOT_FOUND')
      .input(relocationRequestSchema)
      .output(eventIterator(relocationEventSchema)),
    /** Settings of the case itself; entered in its log. */
    configure: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NO_EXAMINER', 'BLIND_REVIEW')
      .input(z.object({ reasonRule: reasonRuleSchema, ...takenName }))
      .output(caseSchema),
    close: oc.output(z.null()),
    current: oc.output(caseSchema.nullable()),
    /** Whether the open case's database is at its place now. */
    isThere: gives('CASE_NOT_OPEN').output(z.boolean()),
    /** The open case as it is now, then again whenever one is opened or closed, whoever did it. */
    watch: oc.output(eventIterator(caseSchema.nullable())),
    /**
     * Which case was to be open and could not be opened, until another is opened; null where there
     * is none.
     */
    notOpened: oc.output(notOpenedSchema.nullable()),
    recent: oc.output(z.array(recentCaseSchema)),
    verify: gives('CASE_NOT_OPEN', 'PATH_NOT_FOUND', 'REPORT_REFUSED')
      .input(verifyRequestSchema.optional())
      .output(verificationSchema),
    /**
     * Signs the newest entry of the log with the examiner's key, and has it time-stamped where an
     * authority is named; entered in the log.
     */
    signHead: gives(
      'CASE_NOT_OPEN',
      'CASE_MOVED',
      'PATH_NOT_FOUND',
      'SIGNING_REFUSED',
      'TIME_STAMP_FAILED',
      'WRITE_FAILED',
      'DISK_FULL',
    )
      .input(z.object({ path: z.string().min(1).max(4096), signing: signingSchema }))
      .output(z.object({ seq: z.number().int().positive(), hash: sha256Schema })),
    /**
     * Models of the case that were validated (anew) on this workstation after verdicts of the case
     * were made.
     */
    laterRecords: gives('CASE_NOT_OPEN').output(z.array(laterRecordSchema)),
    /**
     * Validation records of the case that this workstation's library does not have of their models:
     * what follows from them is their maker's word.
     */
    recordsElsewhere: gives('CASE_NOT_OPEN').output(z.array(recordElsewhereSchema)),
    /**
     * How many files were taken in and not examined to their end: a scan is on its way to them, or
     * was stopped before.
     */
    pending: gives('CASE_NOT_OPEN').output(z.number().int()),
    activity: gives('CASE_NOT_OPEN')
      .input(
        z.object({
          before: z.number().int().positive().optional(),
          limit: z.number().int().min(1).max(1000).default(200),
          /** Part of what was done, by whom or to what; upper and lower case alike. */
          contains: z.string().max(200).optional(),
          /**
           * Only what was done to these: `opinion`, `scan`, `case`, ... (the part of the action
           * before its dot).
           */
          about: z.array(z.string().max(40)).max(40).optional(),
        }),
      )
      .output(z.array(auditEntrySchema)),
  },
  session: {
    get: gives('CASE_NOT_OPEN').output(sessionSchema),
    examiners: gives('CASE_NOT_OPEN').output(z.array(knownExaminerSchema)),
    /**
     * Results are looked at before a name is taken, which is entered in the audit log: whoever takes
     * one next has seen them, in whichever window and after whatever restart.
     */
    look: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY').output(sessionSchema),
    /** Faces whose score blind mode hides now: leaving it shows them all. */
    hidden: gives('CASE_NOT_OPEN').output(z.number().int()),
    /**
     * Says that a name was entered by mistake: it is offered no more. Refused for one under which
     * anything was done.
     */
    mistaken: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NOT_FOUND', 'EXAMINER_KEPT')
      .input(z.object({ id: examinerIdSchema }))
      .output(z.array(knownExaminerSchema)),
    /**
     * Names the examiner (added when new) and sets blind mode; both are entered in the audit log. A
     * change of either begins a new sitting. `looked`: results were shown before the name was
     * taken, so that no opinion on them is blind.
     */
    set: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY')
      .input(
        z.object({
          examiner: examinerNameSchema.optional(),
          blind: z.boolean().optional(),
          looked: z.boolean().optional(),
        }),
      )
      .output(sessionSchema),
  },
  evidence: {
    list: gives('CASE_NOT_OPEN')
      .input(
        z.object({
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().min(1).max(1000).default(200),
          /** Files that are no video are left out, and not counted. */
          videosOnly: z.boolean().default(false),
        }),
      )
      .output(z.object({ total: z.number().int(), rows: z.array(evidenceSchema) })),
    /** The folders that files were taken in from, in the order of their numbers. */
    exhibits: gives('CASE_NOT_OPEN').output(z.array(exhibitSchema)),
    get: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ id: evidenceIdSchema }))
      .output(evidenceSchema),
    sameBytes: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ id: evidenceIdSchema }))
      .output(sameBytesSchema),
    /** Structure and content credentials, examined once and kept. */
    provenance: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ id: evidenceIdSchema }))
      .output(provenanceReadingSchema),
    metadata: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ id: evidenceIdSchema }))
      .output(metadataReadingSchema),
  },
  scan: {
    start: gives(
      'CASE_NOT_OPEN',
      'CASE_MOVED',
      'CASE_READ_ONLY',
      'PATH_NOT_FOUND',
      'PATH_REFUSED',
      'MODEL_NOT_FOUND',
      'MODEL_REFUSED',
      'DEVICE_UNAVAILABLE',
    )
      .input(scanRequestSchema.extend(takenName))
      .output(jobSchema),
  },
  farm: {
    /**
     * A scan whose files are examined by the workers of a queue; the rows come into the open case.
     */
    scan: gives(
      'CASE_NOT_OPEN',
      'CASE_MOVED',
      'CASE_READ_ONLY',
      'PATH_NOT_FOUND',
      'MODEL_NOT_FOUND',
      'QUEUE_UNAVAILABLE',
    )
      .input(farmScanRequestSchema.extend(takenName))
      .output(jobSchema),
    /** The workers of a queue and what waits for them. */
    status: gives('QUEUE_UNAVAILABLE').input(farmQueueSchema).output(farmStatusSchema),
    /**
     * The queue of the open case's latest farm scan, once a second while that scan goes on; null
     * where there is none.
     */
    watch: gives('QUEUE_UNAVAILABLE').output(eventIterator(farmStatusSchema.nullable())),
  },
  rerun: {
    /**
     * Makes verdicts again from their recorded parameters; every verdict of the case when none is
     * named.
     */
    start: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NOT_FOUND')
      .input(z.object({ verdictIds: z.array(verdictIdSchema).max(1_000_000).optional(), ...takenName }))
      .output(jobSchema),
    /**
     * The rows of one rerun, the latest when none is named. In blind mode rows not yet decided come
     * without quantities.
     */
    read: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ jobId: jobIdSchema.optional() }))
      .output(rerunReportSchema),
  },
  stability: {
    /**
     * Tries the leanings of verdicts out with the battery: of those named, of all on the faces
     * named, or of all scores that match the filter, of every model where it names none; in blind
     * mode of those that the examiner sees.
     */
    start: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NOT_FOUND')
      .input(
        z.union([
          z.object({ verdictIds: z.array(verdictIdSchema).min(1).max(1_000_000), ...takenName }),
          z.object({ faceIds: z.array(faceIdSchema).min(1).max(1_000_000), ...takenName }),
          z.object({ filter: findingFilterSchema, ...takenName }),
        ]),
      )
      .output(jobSchema),
    /**
     * The rows of one run, the latest when none is named. In blind mode without those of faces that
     * are not yet decided.
     */
    read: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ jobId: jobIdSchema.optional() }))
      .output(namedStabilityReportSchema),
    /** The latest row on a verdict; null without one, and where blind mode hides its score. */
    ofVerdict: gives('CASE_NOT_OPEN')
      .input(z.object({ verdictId: verdictIdSchema }))
      .output(namedStabilityRowSchema.nullable()),
    /**
     * What the validation record that a verdict was made under found of stability; null where it was
     * made without one, and where that one holds nothing of it.
     */
    measured: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ verdictId: verdictIdSchema }))
      .output(shownStabilitySchema.nullable()),
  },
  persons: {
    /** Whether faces of the open case may be compared, since when and why, and what is kept for it. */
    state: gives('CASE_NOT_OPEN').output(personsStateSchema),
    /** Switches it on for this case, and starts making embeddings. Says the same again where it is on. */
    switchOn: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NO_EXAMINER')
      .input(z.object({ reason: personsReasonSchema, ...takenName }))
      .output(jobSchema),
    /** Makes embeddings of the faces that have none yet. */
    measure: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'SEARCH_REFUSED')
      .input(z.object({ ...takenName }))
      .output(jobSchema),
    /** Ends what is under way, erases every embedding of the case and switches it off. */
    erase: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NO_EXAMINER', 'SEARCH_REFUSED', 'WRITE_FAILED')
      .input(z.object({ reason: personsReasonSchema, ...takenName }))
      .output(personsStateSchema),
    /**
     * Faces of the case by how near they are to one face, the nearest first, as far as `within`. The
     * search is entered in the log of a case that can be written.
     */
    find: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'NOT_FOUND', 'PATH_NOT_FOUND', 'SEARCH_REFUSED')
      .input(
        z.object({
          of: personsQuerySchema,
          within: z.number().nonnegative().max(10).optional(),
          limit: z.number().int().positive().max(MOST_ALIKE).default(100),
          ...takenName,
        }),
      )
      .output(personsAnswerSchema),
  },
  copies: {
    /** Which pictures of the open case have a hash by which near copies are found. */
    state: gives('CASE_NOT_OPEN').output(copiesStateSchema),
    /** Makes hashes of the pictures that have none yet, and finds the near copies among them: a job. */
    make: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'SEARCH_REFUSED')
      .input(z.object({ ...takenName }))
      .output(jobSchema),
    /** Files that are near copies of each other, in stacks. */
    find: gives('CASE_NOT_OPEN', 'SEARCH_REFUSED')
      .input(
        z.object({
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().positive().max(MOST_COPIES).default(100),
        }),
      )
      .output(copyStacksSchema),
    /**
     * Near copies of one picture, the nearest first. A picture from outside the case is read, not kept,
     * and the search for it entered in the log of a case that can be written.
     */
    like: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NOT_FOUND', 'PATH_NOT_FOUND', 'SEARCH_REFUSED')
      .input(
        z.object({
          of: copiesQuerySchema,
          limit: z.number().int().positive().max(MOST_COPIES).default(100),
          ...takenName,
        }),
      )
      .output(copiesAnswerSchema),
  },
  group: {
    /**
     * Proposes groups of faces that may be of one person, where comparing faces is switched on: a job.
     * Faces that an examiner has put in a group stay there and are no part of it.
     */
    propose: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'SEARCH_REFUSED')
      .input(groupRequestSchema.extend(takenName))
      .output(jobSchema),
    /** Groups as they stand, named ones by name, then the largest first; `shown` faces of each. */
    list: gives('CASE_NOT_OPEN')
      .input(
        z.object({
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().nonnegative().max(MOST_GROUPS_SHOWN).default(50),
          shown: z.number().int().nonnegative().max(24).default(6),
        }),
      )
      .output(faceGroupsSchema),
    /** One group, and its faces in the order of the case. */
    get: gives('CASE_NOT_OPEN', 'NOT_FOUND', 'SEARCH_REFUSED')
      .input(
        z.object({
          group: faceGroupIdSchema,
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().positive().max(MOST_GROUPS_SHOWN).default(100),
        }),
      )
      .output(faceGroupOpenedSchema),
    /**
     * One step of an examiner, which is one entry of the log. GROUP_REFUSED: a name that is an opinion's,
     * faces that are not in the group, in blind review a group that another has named.
     */
    step: changesGroups()
      .input(z.object({ step: groupStepSchema, ...shownGroups, ...givenBy, ...takenName }))
      .output(groupDoneSchema),
    /** Takes back the last step of this sitting that was not yet; null where there is none. */
    undo: changesGroups()
      .input(z.object({ ...shownGroups, ...givenBy }))
      .output(groupDoneSchema.nullable()),
  },
  job: {
    list: gives('CASE_NOT_OPEN').output(z.array(jobSchema)),
    pause: gives('CASE_NOT_OPEN', 'NOT_FOUND', 'JOB_STATE')
      .input(z.object({ id: jobIdSchema }))
      .output(jobSchema),
    resume: gives('CASE_NOT_OPEN', 'NOT_FOUND', 'JOB_STATE')
      .input(z.object({ id: jobIdSchema }))
      .output(jobSchema),
    cancel: gives('CASE_NOT_OPEN', 'NOT_FOUND', 'JOB_STATE')
      .input(z.object({ id: jobIdSchema }))
      .output(jobSchema),
    /**
     * Every change of every job of the open case, at most ten a second for one job, beginning with
     * how they are now.
     */
    watch: gives('CASE_NOT_OPEN').output(eventIterator(jobEventSchema)),
  },
  finding: {
    query: gives('CASE_NOT_OPEN')
      .input(
        z.object({
          filter: findingFilterSchema.default({}),
          sort: findingSortSchema.default({ by: 'score', direction: 'descending' }),
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().min(1).max(1000).default(200),
          /**
           * Leaves out verdicts newer than this one, so that a list stays still while a scan adds
           * to the case.
           */
          upTo: verdictIdSchema.optional(),
        }),
      )
      .output(findingPageSchema),
    /** How many come before this one in such a list; null where it is not in it. */
    place: gives('CASE_NOT_OPEN')
      .input(
        z.object({
          verdictId: verdictIdSchema,
          filter: findingFilterSchema,
          sort: findingSortSchema,
          upTo: verdictIdSchema.optional(),
        }),
      )
      .output(z.number().int().nonnegative().nullable()),
    facets: gives('CASE_NOT_OPEN')
      .input(z.object({ filter: findingFilterSchema.default({}) }))
      .output(findingFacetsSchema),
    counts: gives('CASE_NOT_OPEN')
      .input(z.object({ filter: findingFilterSchema.default({}) }))
      .output(findingCountsSchema),
    inspect: gives('CASE_NOT_OPEN', 'NOT_FOUND', 'BLIND_REVIEW')
      .input(z.object({ verdictId: verdictIdSchema }))
      .output(inspectionSchema),
    /** What a verdict is about, without what it says. */
    subject: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ verdictId: verdictIdSchema }))
      .output(z.object({ evidenceId: evidenceIdSchema, faceId: faceIdSchema.nullable() })),
    /**
     * Rows as they are after each opinion, undoing, tagging or step on groups of faces, in whichever window
     * it was: none where they are more than a window shows at once, or it was about no single face or file.
     */
    marked: oc.output(
      eventIterator(
        z.object({
          opening: openingSchema.optional(),
          window: windowNameSchema.optional(),
          rows: z.array(findingSchema),
        }),
      ),
    ),
    views: gives('CASE_NOT_OPEN').output(z.array(savedViewSchema)),
    saveView: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY')
      .input(savedViewSchema.omit({ id: true }))
      .output(savedViewSchema),
    removeView: gives('CASE_NOT_OPEN', 'CASE_MOVED', 'CASE_READ_ONLY', 'NOT_FOUND')
      .input(z.object({ id: savedViewIdSchema }))
      .output(z.null()),
  },
  video: {
    /** The videos of the case, by path: what the named model found, or the one that is shown. */
    list: gives('CASE_NOT_OPEN')
      .input(z.object({ modelId: modelIdSchema.optional() }).optional())
      .output(z.array(videoSummarySchema)),
    /**
     * Frames, tracks and score series of one video: of the named scan, or of the last by the named
     * model, or by the one that looked at it last.
     */
    timeline: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(
        z.object({
          evidenceId: evidenceIdSchema,
          modelId: modelIdSchema.optional(),
          scanId: videoScanIdSchema.optional(),
        }),
      )
      .output(videoTimelineSchema),
    /**
     * The opinions that stand on tracks of the file's other scans: they are carried over to none. In
     * blind review those of others only where the track is decided.
     */
    opinionsElsewhere: gives('CASE_NOT_OPEN', 'NOT_FOUND')
      .input(z.object({ evidenceId: evidenceIdSchema, scanId: videoScanIdSchema }))
      .output(z.array(opinionElsewhereSchema)),
  },
  opinion: {
    /**
     * Enters an opinion. Without a `note` one that says what stands already keeps its note. Nothing
     * is entered where it would change nothing. Refused: a withdrawal of what was not given, and
     * anything but a note on a file without a face.
     */
    give: entersOpinion()
      .input(
        shownSubjectSchema.extend({
          conclusion: conclusionSchema,
          note: z.string().max(10_000).optional(),
          ...takenName,
          ...givenBy,
        }),
      )
      .output(enteredOpinionSchema),
    /**
     * Enters the same of several subjects, each as an entry of its own; all of them or, where one is
     * refused, none. They are undone at once.
     */
    giveMany: entersOpinion()
      .input(
        z.object({
          subjects: z.array(shownSubjectSchema).min(1).max(MOST_AT_ONCE),
          conclusion: conclusionSchema,
          note: z.string().max(10_000).optional(),
          ...givenBy,
        }),
      )
      .output(z.object({ entered: z.number().int(), rows: z.array(findingSchema) })),
    /**
     * Enters what this examiner said before the last opinion of this sitting; null where there is
     * none. With an `id` before that one, refused where it is none of this sitting. REASON_NEEDED
     * says which opinion it was, so that this one is undone with the reason.
     */
    undo: entersOpinion()
      .input(z.object({ id: opinionIdSchema.optional(), note: z.string().max(10_000).optional(), ...givenBy }))
      .output(enteredOpinionSchema.nullable()),
    /** The last different reasons this examiner gave in this case, newest first. */
    reasons: gives('CASE_NOT_OPEN').output(z.array(z.string())),
    /** How far examiners agree; in blind mode only over what the examiner has decided. */
    agreement: gives('CASE_NOT_OPEN').output(agreementSchema),
    history: gives('CASE_NOT_OPEN').input(subjectSchema).output(z.array(opinionOnSchema)),
  },
  tag: {
    /** The shortlist first, then in the order in which they were made. */
    list: gives('CASE_NOT_OPEN').output(z.array(tagSchema)),
    /**
     * Makes a tag, or gives the one of that name another colour or key. Nothing is entered where it
     * would change nothing. TAG_REFUSED: a name that is an opinion's, a key that another tag has, one
     * too many.
     */
    define: entersTag()
      .input(
        z.object({
          name: tagNameSchema,
          colour: tagColourSchema.optional(),
          /** Null: none; absent: as it is. */
          key: tagKeySchema.nullable().optional(),
          examiner: examinerNameSchema.optional(),
          ...givenBy,
        }),
      )
      .output(tagSchema),
    /**
     * Puts a tag on all of these or takes it off, as one entry of the log; a tag that is not there
     * yet is made by being put on. Taken off it is whoever put it there; in blind mode, of what is not
     * decided, the examiner's own alone. Of several models' results on one face all are tagged.
     */
    put: entersTag()
      .input(
        z.object({
          name: tagNameSchema,
          on: z.boolean(),
          tagged: taggedSchema,
          examiner: examinerNameSchema.optional(),
          ...givenBy,
        }),
      )
      .output(taggingDoneSchema),
    /** Takes back the last `put` of this sitting, as one entry; null where there is none. */
    undo: entersTag().input(z.object(givenBy)).output(taggingDoneSchema.nullable()),
  },
  model: {
    list: oc.output(z.array(namedModelSchema)),
    /**
     * Those of the library that `list` leaves out because they cannot be read, each with the
     * reason.
     */
    listBroken: oc.output(z.array(brokenModelSchema)),
    /**
     * The one that is used where none is named: the shipped one, or the only other one of this
     * workstation's own. `MODEL_NOT_FOUND` as well where several could be meant.
     */
    default: gives('MODEL_NOT_FOUND', 'MODEL_REFUSED').output(namedModelSchema),
    get: gives('MODEL_NOT_FOUND', 'MODEL_REFUSED')
      .input(z.object({ id: modelIdSchema }))
      .output(namedModelSchema),
    /** What a weights file says of itself, and what it does not. Nothing is kept. */
    inspect: gives('MODEL_REFUSED', 'PATH_NOT_FOUND')
      .input(z.object({ path: z.string().min(1) }))
      .output(weightsFactsSchema),
    /**
     * Takes weights in. MODEL_REFUSED without `inputPx` where the file states none: a wrong size
     * scores wrongly without complaint.
     */
    import: gives('MODEL_REFUSED', 'PATH_NOT_FOUND', 'WRITE_FAILED', 'DISK_FULL')
      .input(modelDeclarationSchema.extend({ path: z.string().min(1) }))
      .output(namedModelSchema),
    /**
     * The tensors by which an ONNX file takes pictures and answers. It is not run, and nothing is
     * kept.
     */
    inspectOnnx: gives('MODEL_REFUSED', 'PATH_NOT_FOUND')
      .input(z.object({ path: z.string().min(1) }))
      .output(onnxFileSchema),
    /** The passport that an owner wrote for a network of their own (YAML), every key checked. */
    readOnnxPassport: gives('MODEL_REFUSED', 'PATH_NOT_FOUND')
      .input(z.object({ path: z.string().min(1) }))
      .output(onnxPassportSchema),
    /**
     * A network of one's own (ONNX) read, and run for the first time apart from everything else, on
     * three sample faces. MODEL_REFUSED with the list where an expected logit does not come out.
     * Nothing is kept.
     */
    tryOnnx: gives('MODEL_REFUSED', 'PATH_NOT_FOUND').input(onnxRequestSchema).output(onnxTrialSchema),
    /** The same, and takes it in. */
    importOnnx: gives('MODEL_REFUSED', 'PATH_NOT_FOUND', 'WRITE_FAILED', 'DISK_FULL')
      .input(onnxRequestSchema)
      .output(namedModelSchema),
    /**
     * How the model's weights are fed and what its outputs mean, put right as a new entry of the
     * library, without validation record. The entry corrected stays for the verdicts made with it.
     * MODEL_REFUSED where nothing is put right.
     */
    correct: gives('MODEL_NOT_FOUND', 'MODEL_REFUSED', 'MODEL_CHANGED', 'WRITE_FAILED', 'DISK_FULL')
      .input(modelDeclarationSchema.extend({ id: modelIdSchema }))
      .output(namedModelSchema),
    /**
     * No scan, training or validation begins with it any more. Reruns of verdicts made with it go
     * on.
     */
    retire: gives('MODEL_NOT_FOUND', 'MODEL_REFUSED', 'WRITE_FAILED', 'DISK_FULL')
      .input(z.object({ id: modelIdSchema, reason: z.string().max(1000).default('') }))
      .output(namedModelSchema),
    /** Takes back a retirement. */
    reinstate: gives('MODEL_NOT_FOUND', 'MODEL_REFUSED', 'WRITE_FAILED')
      .input(z.object({ id: modelIdSchema }))
      .output(namedModelSchema),
    /**
     * The paper's own inference: whole pictures, no face finding, no case. One event a picture, in
     * the order asked for.
     */
    infer: gives('MODEL_REFUSED', 'PATH_NOT_FOUND', 'DEVICE_UNAVAILABLE')
      .input(
        z.object({
          images: z.array(z.string().min(1)).min(1),
          weights: z.string().min(1),
          inputPx: inputPxSchema.optional(),
          device: deviceSchema.default('cpu'),
        }),
      )
      .output(eventIterator(inferenceSchema)),
    /**
     * Error rates, calibration and domain of a model on labelled material, with its progress. Ends
     * early, with nothing kept, when the caller goes away.
     */
    validate: gives(
      'MODEL_NOT_FOUND',
      'MODEL_REFUSED',
      'MODEL_CHANGED',
      'PATH_NOT_FOUND',
      'MATERIAL_REFUSED',
      'VALIDATION_REFUSED',
    )
      .input(validationRequestSchema)
      .output(eventIterator(validationEventSchema)),
    /**
     * Makes one model of several: their fusion is fitted and measured on the same labelled faces,
     * by person or video, and kept with its record. Each part must have a validation record.
     * MODEL_REFUSED of one that has none, is retired or is a composite itself.
     */
    fuse: gives(
      'MODEL_NOT_FOUND',
      'MODEL_REFUSED',
      'MODEL_CHANGED',
      'PATH_NOT_FOUND',
      'MATERIAL_REFUSED',
      'VALIDATION_REFUSED',
      'WRITE_FAILED',
      'DISK_FULL',
    )
      .input(fusionRequestSchema)
      .output(eventIterator(fusionEventSchema)),
    /**
     * Writes weights and card as shipped models lie on disk. Refused without a validation record.
     */
    ship: gives('MODEL_NOT_FOUND', 'MODEL_CHANGED', 'MODEL_REFUSED', 'WRITE_FAILED')
      .input(shipRequestSchema.extend({ id: modelIdSchema }))
      .output(z.object({ weights: z.string(), card: z.string() })),
    /**
     * Every provider the contract knows: whether it is there, and what is known of it. Measures
     * nothing.
     */
    devices: oc.output(z.array(z.object({ device: deviceSchema, usable: z.boolean(), detail: z.string() }))),
  },
  faces: {
    /**
     * Cuts faces for training. Taken up again into the same folder it goes on with the files that
     * are left. Of a case's opinions it is an entry of the log, and refused in blind review.
     */
    extract: gives('PATH_NOT_FOUND', 'MATERIAL_REFUSED', 'CASE_NOT_OPEN', 'BLIND_REVIEW', 'WRITE_FAILED', 'DISK_FULL')
      .input(extractRequestSchema)
      .output(eventIterator(extractEventSchema)),
  },
  train: {
    /** Starts a run; one at a time. It belongs to the installation: a case need not be open. */
    start: gives('MODEL_NOT_FOUND', 'PATH_NOT_FOUND', 'DEVICE_UNAVAILABLE', 'TRAINING_REFUSED')
      .input(trainingRequestSchema)
      .output(trainingRunSchema),
    /**
     * Reads the paper's `Recce.yml` and the data set's file it names. `folder` stands in for the
     * set's root.
     */
    readConfig: gives('PATH_NOT_FOUND', 'CONFIG_REFUSED')
      .input(z.object({ path: z.string().min(1), folder: folder.optional() }))
      .output(readTrainingConfigSchema),
    /** The newest first. */
    list: oc.output(z.array(trainingRunSchema)),
    /** Those that `list` leaves out because their record cannot be read, each with the reason. */
    listBroken: oc.output(z.array(brokenRunSchema)),
    get: gives('RUN_NOT_FOUND', 'RUN_UNREADABLE')
      .input(z.object({ id: trainingRunIdSchema }))
      .output(
        z.object({
          run: trainingRunSchema,
          curves: z.array(curvePointSchema),
          samples: z.array(sampleReconstructionSchema),
        }),
      ),
    /** Takes effect after the step under way; the state is saved by then. */
    pause: gives('RUN_NOT_FOUND', 'RUN_UNREADABLE', 'JOB_STATE')
      .input(z.object({ id: trainingRunIdSchema }))
      .output(trainingRunSchema),
    /** Goes on with a run that is paused, was interrupted or failed, as if it never had been. */
    resume: gives('RUN_NOT_FOUND', 'RUN_UNREADABLE', 'JOB_STATE', 'TRAINING_REFUSED')
      .input(z.object({ id: trainingRunIdSchema }))
      .output(trainingRunSchema),
    cancel: gives('RUN_NOT_FOUND', 'RUN_UNREADABLE', 'JOB_STATE')
      .input(z.object({ id: trainingRunIdSchema }))
      .output(trainingRunSchema),
    /** Puts the best checkpoint of an ended run into the library as a new model. */
    publish: gives('RUN_NOT_FOUND', 'RUN_UNREADABLE', 'JOB_STATE')
      .input(z.object({ id: trainingRunIdSchema }))
      .output(namedModelSchema),
    /**
     * Writes the paper's trainer file (.bin) of a run, optimiser included, for training on in
     * PyTorch.
     */
    export: gives('RUN_NOT_FOUND', 'RUN_UNREADABLE', 'JOB_STATE', 'FILE_EXISTS', 'WRITE_FAILED')
      .input(z.object({ id: trainingRunIdSchema, path: z.string().min(1), replace: z.boolean().default(false) }))
      .output(z.object({ path: z.string(), sizeBytes: z.number().int() })),
    /** Forgets a run that is not running, and its files. Models it gave stay. */
    discard: gives('RUN_NOT_FOUND', 'RUN_UNREADABLE', 'JOB_STATE')
      .input(z.object({ id: trainingRunIdSchema }))
      .output(z.null()),
    /** The runs as they are, then every change and every point of the curves. */
    watch: oc.output(eventIterator(trainingEventSchema)),
  },
  report: {
    templates: oc.output(z.array(reportTemplateSchema)),
    /** Adds a template or replaces the one of that name. */
    saveTemplate: gives('WRITE_FAILED').input(keptTemplateSchema).output(reportTemplateSchema),
    removeTemplate: gives('NOT_FOUND')
      .input(z.object({ name: z.string() }))
      .output(z.null()),
    /** What the report says. Refused in blind review, from which it would hide nothing. */
    preview: gives('CASE_NOT_OPEN', 'NOT_FOUND', 'BLIND_REVIEW')
      .input(reportOptionsSchema)
      .output(reportDocumentSchema),
    /**
     * How many results of a filter get a block with pictures; null in blind review, where a report
     * shows what the number would tell of.
     */
    countShown: gives('CASE_NOT_OPEN')
      .input(z.object({ filter: findingFilterSchema }))
      .output(z.number().int().nullable()),
    /** How far a report that is being written is, null at its end. */
    progress: oc.output(eventIterator(reportProgressSchema.nullable())),
    /**
     * Writes the report. Without `path` it is kept under `reports/` in the case folder, or of a
     * case that cannot be written in the application's.
     */
    export: gives(
      'CASE_NOT_OPEN',
      'CASE_MOVED',
      'NOT_FOUND',
      'PATH_NOT_FOUND',
      'SIGNING_REFUSED',
      'TIME_STAMP_FAILED',
      'WRITE_FAILED',
      'DISK_FULL',
    )
      .input(
        z.object({
          options: reportOptionsSchema,
          format: z.enum(['pdf', 'json', 'csv', 'jsonld']),
          path: z.string().optional(),
          /** Signs the PDF; not meant for the other formats. */
          signing: signingSchema.optional(),
        }),
      )
      .output(exportedReportSchema),
    /**
     * Copies the originals of chosen results into a new folder, each held against its recorded hash,
     * with a manifest as JSON and CSV. What is not the file taken in is left out and named. Refused:
     * a folder that is there, or lies in the case or in a folder that evidence came from. Ends early,
     * with nothing left there, when the caller goes away.
     */
    copyOut: gives(
      'CASE_NOT_OPEN',
      'CASE_MOVED',
      'NOT_FOUND',
      'PATH_NOT_FOUND',
      'FILE_EXISTS',
      'WRITE_FAILED',
      'DISK_FULL',
    )
      .input(copyOutRequestSchema)
      .output(eventIterator(copyOutEventSchema)),
  },
};

export type Contract = typeof contract;
