// The closed table of error codes: what a caller may ask for that cannot be. Honest evidence that
// fails is not here: it is a row of the case. Each message says what was expected, what was found,
// and what to do.
import * as z from 'zod';
import { type OpinionId, opinionIdSchema } from './brand.ts';
import { type Subject, subjectSchema } from './opinion.ts';
import { type PlaceInFile, placeInFileSchema } from './subject-words.ts';
import { capitalised } from './wording.ts';

// Named types: spelled out in every procedure they are more than the compiler writes down.

/** What a refusal is about, and why. */
export interface RefusalData {
  subject: string;
  detail: string;
}
const said = z.object({ subject: z.string(), detail: z.string() });
export interface RefusalSchema extends z.ZodType<RefusalData> {}
const data: RefusalSchema = said;

/** The opinion that was to be undone, and where its subject is (subject-words.ts). */
export interface Undoing extends Subject, PlaceInFile {
  id: OpinionId;
  /** How many others were given at once with it, and would be undone with it. */
  others: number;
}
/** Of REASON_NEEDED. */
export interface ReasonData extends RefusalData {
  undoing?: Undoing | undefined;
}
const reasonData: z.ZodType<ReasonData> = said.extend({
  undoing: subjectSchema
    .extend(placeInFileSchema.shape)
    .extend({
      id: opinionIdSchema,
      others: z.number().int().nonnegative(),
    })
    .optional(),
});

/**
 * Error codes of the contract with their HTTP status (for the browser mode) and the shape of their
 * data.
 */
export const errorTable = {
  CASE_NOT_OPEN: { status: 409, message: 'No case is open.', data },
  CASE_NOT_FOUND: { status: 404, message: 'There is no case in this folder.', data },
  CASE_EXISTS: { status: 409, message: 'This folder already holds a case.', data },
  CASE_IN_USE: { status: 423, message: 'Another process has this case open for writing.', data },
  CASE_MOVED: { status: 409, message: 'The folder of the open case is no longer at its place.', data },
  CASE_READ_ONLY: { status: 423, message: 'This case is open for reading only.', data },
  CASE_NEWER: { status: 409, message: 'This case was written by a newer version of the workstation.', data },
  CASE_DAMAGED: { status: 500, message: 'The case database is damaged. It was left as it is.', data },
  PATH_NOT_FOUND: { status: 404, message: 'There is no such file or folder.', data },
  PATH_REFUSED: { status: 422, message: 'This cannot be taken in as evidence.', data },
  NOT_FOUND: { status: 404, message: 'There is no such record in this case.', data },
  MODEL_NOT_FOUND: { status: 404, message: 'This model is not in the library.', data },
  MODEL_REFUSED: { status: 422, message: 'This model is refused.', data },
  MODEL_CHANGED: { status: 409, message: 'The model file on disk is no longer the one recorded.', data },
  VALIDATION_REFUSED: { status: 422, message: 'This material cannot validate a model.', data },
  MATERIAL_REFUSED: { status: 422, message: 'This folder cannot be read as labelled faces.', data },
  CONFIG_REFUSED: { status: 422, message: 'This configuration cannot be used.', data },
  DEVICE_UNAVAILABLE: { status: 503, message: 'This device cannot be used here.', data },
  JOB_STATE: { status: 409, message: 'The job is not in a state that allows this.', data },
  EXAMINER_KEPT: { status: 409, message: 'This name has entries in the case and stays.', data },
  NO_EXAMINER: { status: 409, message: 'Choose an examiner first.', data },
  OPINION_REFUSED: { status: 422, message: 'This is not recorded as an opinion.', data },
  TAG_REFUSED: { status: 422, message: 'This is not recorded as a tag.', data },
  REASON_NEEDED: {
    status: 422,
    message: 'This opinion needs its reason.',
    data: reasonData,
  },
  ARCHIVE_REFUSED: { status: 422, message: 'This file is not a whole portable case.', data },
  SEARCH_REFUSED: { status: 409, message: 'Nothing is compared here.', data },
  GROUP_REFUSED: { status: 422, message: 'This is not done with groups of faces.', data },
  BLIND_REVIEW: { status: 409, message: 'This cannot be done in blind review.', data },
  REPORT_REFUSED: { status: 422, message: 'This is no report that names an entry of the log.', data },
  DISK_FULL: { status: 507, message: 'The disk is full.', data },
  FILE_EXISTS: { status: 409, message: 'There is a file of this name already.', data },
  WRITE_FAILED: { status: 500, message: 'The file could not be written.', data },
  SIGNING_REFUSED: { status: 422, message: 'The report cannot be signed with this key.', data },
  TIME_STAMP_FAILED: { status: 502, message: 'The time stamp authority gave no stamp.', data },
  TRAINING_REFUSED: { status: 422, message: 'This training cannot be started.', data },
  RUN_NOT_FOUND: { status: 404, message: 'There is no such training run.', data },
  RUN_UNREADABLE: {
    status: 500,
    message: 'The record of this training run cannot be read. It was left as it is.',
    data,
  },
  QUEUE_UNAVAILABLE: { status: 503, message: 'The queue of the farm cannot be used.', data },
  COMPUTE_FAILED: { status: 500, message: 'The inference process failed.', data },
} as const;

export type ErrorCode = keyof typeof errorTable;

/**
 * The sentence behind that of the code: what it is about, and why. A subject is a name as it is
 * written, or words that begin as a sentence does.
 */
export const refusalSentence = ({ subject = '', detail = '' }: { subject?: string; detail?: string }): string =>
  subject && detail ? `${subject}: ${detail}` : subject || capitalised(detail);

/**
 * An error of the table. Thrown by the engine, carried over the wire by the router with code and
 * data.
 */
export class RecceError extends Error {
  readonly code: ErrorCode;
  readonly subject: string;
  readonly detail: string;
  /** Of REASON_NEEDED, where an opinion was to be undone. */
  readonly undoing: Undoing | undefined;

  constructor(code: ErrorCode, subject: string, detail: string, options?: ErrorOptions & { undoing?: Undoing }) {
    super([errorTable[code].message, refusalSentence({ subject, detail })].join(' '), options);
    this.name = 'RecceError';
    this.code = code;
    this.subject = subject;
    this.detail = detail;
    this.undoing = options?.undoing;
  }
}
