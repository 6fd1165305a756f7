// Jobs belong to the machine and the folder that queued them. A row of the database says what is to
// be read and where it is to be sent: in a case that came from elsewhere it is somebody else's
// word, and nothing is done on it.
import { realpathSync } from 'node:fs';
import os from 'node:os';
import type { Job } from '../../contract/job.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { firstEntryHash } from '../case/log/audit.ts';
import { canonicalJson } from '../files/canonical-json.ts';
import { boundHere } from '../files/installation-key.ts';

/**
 * Binds jobs of one open case, and says of one left there why it is not continued; undefined where
 * it may be.
 */
export type JobBinding = {
  bind(job: Job): string;
  whyNot(job: Job & { boundTo: string | null }): string | undefined;
};

const ELSEWHERE =
  'It was queued on another machine, in another folder or by an earlier version, and is not continued. Start it again here: what is done is passed over.';

/** With the key of this installation; `refuse` gives further reasons for what was queued here. */
export function bindJobs(
  opened: ReadableCase,
  key: Buffer,
  refuse: (job: Job) => string | undefined = () => undefined,
): JobBinding {
  const place = { folder: realpathSync(opened.folder), machine: os.hostname(), created: firstEntryHash(opened) };
  const bind = ({ id, kind, input, createdAt }: Job): string =>
    boundHere(key, canonicalJson({ ...place, id, kind, input, createdAt }));
  return { bind, whyNot: (job) => (job.boundTo === bind(job) ? refuse(job) : ELSEWHERE) };
}
