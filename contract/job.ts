// Job: durable work. It survives the process that ran it: `running` becomes `queued` again when the
// engine restarts.
import * as z from 'zod';
import { jobIdSchema } from './brand.ts';
import { instantSchema } from './units.ts';

export const jobStateSchema = z.enum(['queued', 'running', 'paused', 'done', 'failed', 'cancelled']);
export type JobState = z.infer<typeof jobStateSchema>;

export const jobProgressSchema = z.object({
  /**
   * Units finished and in all (files for a scan, steps for training); `total` is null while still
   * counting.
   */
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative().nullable(),
  /** Units that ended with an error row. */
  failed: z.number().int().nonnegative(),
  faces: z.number().int().nonnegative(),
  /** Units a second over the last ten seconds of work, null before there is a figure. */
  ratePerSecond: z.number().nonnegative().nullable(),
  remainingMs: z.number().nonnegative().nullable(),
  message: z.string(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

export const jobSchema = z.object({
  id: jobIdSchema,
  kind: z.enum(['scan', 'train', 'rerun', 'stability', 'persons', 'groups', 'copies']),
  state: jobStateSchema,
  input: z.record(z.string(), z.unknown()),
  progress: jobProgressSchema,
  error: z.string().nullable(),
  createdAt: instantSchema,
  startedAt: instantSchema.nullable(),
  endedAt: instantSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/**
 * What a watcher of jobs is sent: the job as it is now, and for scans the latest problem as it
 * comes.
 */
export const jobEventSchema = z.object({
  job: jobSchema,
  problem: z.object({ shownPath: z.string(), message: z.string() }).nullable(),
});
export type JobEvent = z.infer<typeof jobEventSchema>;
