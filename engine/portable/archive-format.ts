// What a portable case looks like inside: an ordinary zip whose first entry is a manifest with the
// size and SHA-256 of every other. Names are a closed list of patterns, so that none can lead
// anywhere.
import * as z from 'zod';
import { sha256Schema } from '../../contract/brand.ts';

export const ARCHIVE_FORMAT = 'recce-portable-case';
export const ARCHIVE_VERSION = 1;
export const MANIFEST = 'manifest.json';

/** Every name an entry may have besides the manifest. */
export const ENTRY_NAME =
  /^(case\.sqlite|blobs\/[0-9a-f]{2}\/[0-9a-f]{64}|evidence\/[0-9a-f]{64}|models\/[0-9a-f]{64}\.(pth|card\.json))$/;

export const manifestSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.number().int().positive(),
  appVersion: z.string(),
  title: z.string(),
  entries: z
    .array(
      z.object({ name: z.string().regex(ENTRY_NAME), sizeBytes: z.number().int().nonnegative(), sha256: sha256Schema }),
    )
    .max(50_000_000),
});
export type Manifest = z.infer<typeof manifestSchema>;
