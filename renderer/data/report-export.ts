// The report that is being written, and what was written in this sitting. One at a time, and not the
// Report screen's: whoever leaves it finds both again.
import type { ExportedReport } from '../../contract/report.ts';
import { client } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { notify } from './notices.ts';
import { createStore } from './store.ts';

/** What the engine is asked to write. */
export type ReportRequest = Parameters<typeof client.report.export>[0];
export type ReportFormat = ReportRequest['format'];
export type WrittenReport = { number: number; format: ReportFormat; report: ExportedReport };

/** `folder`: of the case that it is of. */
export type ReportExport = {
  folder: string | undefined;
  /** `authority`: the machine that is asked for a time stamp. */
  writing: { format: ReportFormat; stop: AbortController; authority?: string } | null;
  written: readonly WrittenReport[];
  error: Error | null;
};

const NOTHING: ReportExport = { folder: undefined, writing: null, written: [], error: null };
export const reportExport = createStore(NOTHING);

/**
 * Does nothing while one is being written. `place` is asked for where to, and gives undefined where
 * no place was chosen.
 */
export async function writeReport(
  folder: string | undefined,
  request: Omit<ReportRequest, 'path'>,
  place: () => Promise<Pick<ReportRequest, 'path'> | undefined>,
): Promise<void> {
  if (reportExport.get().writing) return;
  const stop = new AbortController();
  const { signal } = stop;
  const { format } = request;
  const change = (more: Partial<ReportExport>): void => reportExport.set((now) => ({ ...now, ...more }));
  if (reportExport.get().folder !== folder) reportExport.set({ ...NOTHING, folder });
  const stamp = request.signing?.timeStampUrl;
  change({ writing: { format, stop, ...(stamp ? { authority: new URL(stamp).host } : {}) }, error: null });
  try {
    const at = await place();
    if (!at) return;
    const report = await client.report.export({ ...request, ...at }, { signal });
    const { written } = reportExport.get();
    change({ written: [{ format, report, number: written.length }, ...written] });
    void queryClient.invalidateQueries({ queryKey: engine.case.activity.key() });
  } catch (error) {
    if (signal.aborted) notify('Writing the report was cancelled.');
    else change({ error: error as Error });
  } finally {
    change({ writing: null });
  }
}

// A page that is left or loaded again ends what is being written for it.
window.addEventListener('beforeunload', (event) => {
  if (reportExport.get().writing) event.preventDefault();
});

/** What failed says nothing any more. */
export const forgetExportError = (): void => reportExport.set((now) => ({ ...now, error: null }));
