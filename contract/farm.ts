// Farm: one case's backlog examined by many machines. What a worker is asked, what it answers, and
// what is seen of the workers.
import * as z from 'zod';
import { evidenceIdSchema, modelIdSchema, sha256Schema } from './brand.ts';
import { evidenceStateSchema } from './evidence.ts';
import { faceSchema } from './face.ts';
import { remarkSchema } from './remark.ts';
import { scanRequestSchema } from './scan.ts';
import { examinedFrameSchema, ptsRunsSchema, walkedSoFarSchema } from './track.ts';
import { instantSchema } from './units.ts';
import { verdictOutcomeSchema, verdictParametersSchema } from './verdict.ts';
import { samplingSchema, videoFactsSchema } from './video.ts';

/**
 * Where the queue is: `redis://` or `rediss://` (TLS), host, port and database. A user name and a
 * password may stand in the address; they are taken from RECCE_QUEUE_USERNAME and
 * RECCE_QUEUE_PASSWORD where they do not, and are never written down.
 */
export const farmQueueSchema = z.object({
  address: z.string().regex(/^rediss?:\/\/\S+$/, 'redis:// or rediss:// with a host was expected'),
  /**
   * Certificates (PEM) of the authority that signed the queue's, absolute path; the system's
   * authorities when absent.
   */
  caFile: z.string().min(1).max(4096).optional(),
});
export type FarmQueue = z.infer<typeof farmQueueSchema>;

/** What a worker calls itself: it is printed, written into the case and into reports. */
export const workerNameSchema = z
  .string()
  .max(100)
  .regex(/^[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u, 'a name of printable characters was expected');

export const farmScanRequestSchema = scanRequestSchema.extend({
  queue: farmQueueSchema,
  /** Files handed out at a time: what workers are at, and what waits for them. */
  inFlight: z.number().int().min(1).max(10_000).default(64),
});
export type FarmScanRequest = z.infer<typeof farmScanRequestSchema>;

/** What must be the same on two machines for their verdicts to belong into one case. */
export const farmPassportSchema = z.object({
  appVersion: z.string(),
  pipelineVersion: z.number().int().positive(),
  /** SHA-256 of the weights. */
  modelId: modelIdSchema,
  finderSha256: sha256Schema,
});
export type FarmPassport = z.infer<typeof farmPassportSchema>;

/**
 * One file to be examined. The worker reads it itself, and hashes it again before it looks at it.
 */
export const farmTaskSchema = z.object({
  /** Names the scan: this case on this machine with this model and these settings. */
  scan: z.string().regex(/^[0-9a-f]{24}$/),
  evidenceId: evidenceIdSchema,
  /** As in the evidence row, and where the bytes lie now. */
  path: z.string().min(1),
  readFrom: z.string().min(1),
  mediaType: z.string(),
  sha256: sha256Schema,
  sizeBytes: z.number().int().nonnegative(),
  kind: z.enum(['still', 'video']),
  /** Of a video: how far it was examined before. */
  ...walkedSoFarSchema.shape,
  sampling: samplingSchema,
  minimumFacePx: z.number().int(),
  passport: farmPassportSchema,
  /**
   * SHA-256 of the model's record, which lies beside the queue: operating points and validation are
   * the case's, not the worker's.
   */
  modelRecordSha256: sha256Schema,
});
export type FarmTask = z.infer<typeof farmTaskSchema>;

const judged = z.object({
  face: faceSchema.omit({ id: true, evidenceId: true }).nullable(),
  outcome: verdictOutcomeSchema,
});
const ending = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('end'),
    end: z.object({
      widthPx: z.number().int().positive(),
      heightPx: z.number().int().positive(),
      facts: videoFactsSchema,
      remarks: z.array(remarkSchema),
      leftOut: z.array(remarkSchema),
      ptsRuns: ptsRunsSchema,
    }),
  }),
  evidenceStateSchema.options[2],
]);
const from = z.object({
  scan: farmTaskSchema.shape.scan,
  evidenceId: evidenceIdSchema,
  /** Of the bytes the worker looked at. */
  sha256: sha256Schema,
  worker: workerNameSchema,
});

/** A portion of a film has some dozens, and a crowd some thousands. */
const MOST_FRAMES = 10_000;
const MOST_FACES = 20_000;

/** What a worker says of one file. Pictures travel beside it as bytes. */
export const farmMessageSchema = z.discriminatedUnion('kind', [
  /** Pictures alone, ahead of the rows that name them. */
  from.extend({ kind: z.literal('pictures') }),
  from.extend({
    kind: z.literal('still'),
    parameters: verdictParametersSchema,
    state: evidenceStateSchema,
    verdicts: z.array(judged).min(1).max(MOST_FACES),
  }),
  /** Frames of a video that follow directly on frame `after`. */
  from.extend({
    kind: z.literal('frames'),
    parameters: verdictParametersSchema,
    after: z.number().int().min(-1),
    frames: z.array(examinedFrameSchema).max(MOST_FRAMES),
    verdicts: z.array(judged).max(MOST_FACES),
    progress: z.number().nullable(),
  }),
  /** How the walk through a video ended, behind frame `after`. */
  from.extend({
    kind: z.literal('ending'),
    parameters: verdictParametersSchema,
    after: z.number().int().min(-1),
    ending,
  }),
  /** The worker could not, and the file goes to another or is tried again. */
  from.extend({ kind: z.literal('notDone'), sentence: z.string().max(10_000) }),
]);
export type FarmMessage = z.infer<typeof farmMessageSchema>;

/** `refused`: its model or version is not the one asked for. `gone`: not heard of for a while. */
export const workerStateSchema = z.enum(['idle', 'working', 'refused', 'stopped', 'gone']);

/** A worker as it last said it was. */
export const farmWorkerSchema = z.object({
  id: z.string().max(100),
  name: workerNameSchema,
  machine: z.string().max(300),
  pid: z.number().int(),
  model: z.object({ id: modelIdSchema, name: z.string() }),
  appVersion: z.string(),
  pipelineVersion: z.number().int(),
  /** Execution provider and processor. */
  provider: z.string(),
  device: z.string(),
  state: workerStateSchema,
  /** Files it is at. */
  files: z.array(z.string()),
  filesDone: z.number().int().nonnegative(),
  facesDone: z.number().int().nonnegative(),
  /** Files it gave back or that failed here, and what it last said of one. */
  notDone: z.number().int().nonnegative(),
  lastSentence: z.string().nullable(),
  startedAt: instantSchema,
  lastSeenAt: instantSchema,
});
export type FarmWorker = z.infer<typeof farmWorkerSchema>;

/** A queue as it is now. */
export const farmStatusSchema = z.object({
  /** Without user name and password. */
  address: z.string(),
  /** Server software and version, e.g. `redis 7.0.15`. */
  server: z.string(),
  /**
   * Files that wait, that are being examined, that wait to be tried again, and that failed for good
   * and have not been taken back.
   */
  counts: z.object({
    waiting: z.number().int().nonnegative(),
    active: z.number().int().nonnegative(),
    delayed: z.number().int().nonnegative(),
    failed: z.number().int().nonnegative(),
  }),
  workers: z.array(farmWorkerSchema),
});
export type FarmStatus = z.infer<typeof farmStatusSchema>;
