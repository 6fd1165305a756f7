// What a scan job that is done by a farm keeps in the case beside the scan's own request: where the
// queue is, never how it is entered.
import * as z from 'zod';
import { farmQueueSchema, farmScanRequestSchema } from '../../../contract/farm.ts';

const farmJobSchema = z.object({ queue: farmQueueSchema, inFlight: farmScanRequestSchema.shape.inFlight });
export type FarmJob = z.infer<typeof farmJobSchema>;

/** Undefined for a scan that this machine does itself. */
export const farmJobOf = (input: Record<string, unknown>): FarmJob | undefined =>
  input.farm === undefined ? undefined : farmJobSchema.parse(input.farm);
