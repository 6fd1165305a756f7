// Handlers of `scan` and `job`: durable work.
import { access } from 'node:fs/promises';
import { RecceError } from '../../contract/errors.ts';
import type { ScanRequest } from '../../contract/scan.ts';
import { appendAudit } from '../case/audit.ts';
import { listJobs } from '../case/job.ts';
import type { EngineState } from '../engine-state.ts';
import { procedures } from './implementer.ts';

function startScan(state: EngineState, request: ScanRequest) {
  state.checkDevice(request.device);
  return enqueueScan(state, request);
}

/** `more` is kept with the job, `said` goes into the audit log. */
export async function enqueueScan(
  state: EngineState,
  request: ScanRequest,
  more: Record<string, unknown> = {},
  said: Record<string, unknown> = {},
) {
  const { handle, queue, session } = state.working;
  for (const path of request.paths)
    await access(path).catch((cause: Error) => {
      throw new RecceError('PATH_NOT_FOUND', path, cause.message, { cause });
    });
  const model = await (request.modelId ? state.library.get(request.modelId) : state.library.getDefault());
  const job = queue.enqueue('scan', { ...request, modelId: model.id, ...more });
  appendAudit(handle, {
    who: session.examiner?.name ?? '',
    action: 'scan.started',
    subject: request.paths.join(', ') || 'all evidence',
    details: { jobId: job.id, modelId: model.id, minimumFacePx: request.minimumFacePx, ...said },
  });
  return job;
}

export const scanHandlers = (state: EngineState) => ({
  start: procedures.scan.start.handler(({ input }) => startScan(state, input)),
});

export const jobHandlers = (state: EngineState) => ({
  list: procedures.job.list.handler(() => listJobs(state.opened.handle)),
  pause: procedures.job.pause.handler(({ input }) => state.working.queue.pause(input.id)),
  resume: procedures.job.resume.handler(({ input }) => state.working.queue.resume(input.id)),
  cancel: procedures.job.cancel.handler(({ input }) => state.working.queue.cancel(input.id)),
  watch: procedures.job.watch.handler(({ signal }) => state.opened.queue.watch(signal)),
});
