// What a scan on this machine works with: the parts that examine files, and the case that is
// written.
import type { VerdictParameters } from '../../contract/verdict.ts';
import type { WritableCase } from '../case/db/case-handle.ts';
import type { VideoDeps } from '../examine/examine-video.ts';

/** What a scan works with. */
export type ScanDeps = VideoDeps & { opened: WritableCase; parameters: VerdictParameters };
