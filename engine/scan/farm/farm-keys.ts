// The names under which the farm keeps things beside the queue. Everything expires: nothing of a
// case stays behind on the server.
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import os from 'node:os';
import type { EvidenceId } from '../../../contract/brand.ts';
import type { ReadableCase } from '../../case/db/case-handle.ts';
import { firstEntryOf } from '../../case/log/audit.ts';
import { hashOfValue } from '../../files/canonical-json.ts';

/** The queue's name in BullMQ, and the prefix of its keys. */
export const QUEUE_NAME = 'examine';
export const QUEUE_PREFIX = 'recce';

/**
 * The queue's own keys, as BullMQ names them: lists of task names, what happened lately, counters.
 * Those that have an end by themselves are not among them: one says when stalled tasks are looked
 * for again, and a later end would keep dead workers' files from the living.
 */
export const QUEUE_KEYS: readonly string[] = [
  ...['wait', 'active', 'delayed', 'prioritized', 'paused', 'failed', 'completed', 'stalled'],
  ...['events', 'meta', 'id', 'marker', 'pc'],
].map((name) => `${QUEUE_PREFIX}:${QUEUE_NAME}:${name}`);

/** Time after which what nobody touches is gone. */
export const KEPT_SECONDS = 24 * 3600;

export const workersKey = 'recce-farm:workers';
export const modelKey = (sha256: string): string => `recce-farm:model:${sha256}`;
/**
 * Messages of workers that nobody has taken; and those being written into the case, which stay
 * until they are.
 */
export const inboxKey = (scan: string): string => `recce-farm:${scan}:inbox`;
export const takenKey = (scan: string): string => `recce-farm:${scan}:taken`;
/** Of each video, how far it has come, as JSON. */
export const afterKey = (scan: string): string => `recce-farm:${scan}:after`;
/** There while the machine with the case is. */
export const aliveKey = (scan: string): string => `recce-farm:${scan}:alive`;

/** One task a file: the same file asked for again is the same task. */
export const taskIdOf = (scan: string, evidenceId: EvidenceId): string => `${scan}-${evidenceId}`;

/**
 * Names a scan. The same after a restart; another for another case, for a copy of the case, and for
 * another model or other settings, whose answers must not be taken for this one's.
 */
export function scanKeyOf(opened: ReadableCase, settings: Record<string, unknown>): string {
  const created = firstEntryOf(opened, 'case.created');
  const place = { folder: realpathSync(opened.folder), machine: os.hostname(), created: created?.hash ?? null };
  return createHash('sha256')
    .update(hashOfValue({ ...place, ...settings }))
    .digest('hex')
    .slice(0, 24);
}
