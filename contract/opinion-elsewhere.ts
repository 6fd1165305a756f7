// An opinion that stands on a track of another scan of the file than the one that is looked at: a
// film scanned again has new tracks, and what was said of the earlier ones stays said of those.
import * as z from 'zod';
import { trackIdSchema } from './brand.ts';
import { opinionSchema } from './opinion.ts';
import { trackPlaceSchema } from './track.ts';

export const opinionElsewhereSchema = z.object({
  opinion: opinionSchema,
  /** The track it was given on. */
  track: trackPlaceSchema,
  /** Tracks of the scan looked at that show a face at its place and time. */
  overlaps: z.array(trackIdSchema),
});
export type OpinionElsewhere = z.infer<typeof opinionElsewhereSchema>;
