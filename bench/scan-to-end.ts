// A scan of one path, as the benches wait for it.
import { type ScanRequest, scanRequestSchema } from '../contract/scan.ts';
import type { Client } from '../engine/index.ts';

/** Resolves when the scan of `place`, a file or a folder, is done. Throws when it fails. */
export async function scanToEnd(
  client: Client,
  modelId: string,
  place: string,
  more: Partial<Pick<ScanRequest, 'video'>> = {},
): Promise<void> {
  const { id } = await client.scan.start(scanRequestSchema.parse({ ...more, paths: [place], modelId }));
  for await (const { job } of await client.job.watch()) {
    if (job.id !== id) continue;
    if (job.state === 'failed') throw new Error(job.error ?? 'The scan failed.');
    if (job.state === 'done') return;
  }
}
