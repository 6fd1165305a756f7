// Writing reports: one at a time, to a place that is asked for where the system has such a dialog.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Case } from '../../../contract/case.ts';
import type { ExportedReport, ReportProgress } from '../../../contract/report.ts';
import { caseFolderGone } from '../../data/case-folder.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { notify } from '../../data/notices.ts';
import { useStore } from '../../data/store.ts';
import { bridge, client, follow } from '../../transport.ts';
import type { Format, ReportChoice } from './report-formats.ts';
import { rememberSigning, type SigningForm, signingFrom } from './signing-fields.tsx';

export type ReportExport = ReturnType<typeof useReportExport>;

/** The case's reference, or its title, and the day. */
function usualName(): string {
  const open = queryClient.getQueryData<Case | null>(engine.case.current.queryKey());
  const name = (open?.reference || open?.title || 'case').replace(/[^\p{L}\p{M}\p{N}.-]+/gu, '-').slice(0, 40);
  return `${name}_${new Date().toISOString().slice(0, 10)}_report`;
}

/**
 * How far the report is that is being written, for as long as one is; null before there is word of
 * it.
 */
function useProgress(isWriting: boolean): ReportProgress | null {
  const [progress, setProgress] = useState<ReportProgress | null>(null);
  useEffect(() => {
    if (!isWriting) return;
    const stop = new AbortController();
    const { signal } = stop;
    const run = async (): Promise<void> => {
      for await (const now of follow((one) => client.report.progress(undefined, { signal: one }), signal))
        setProgress(now);
    };
    // A bar that stands still is no reason to stop writing: what fails is said by the writing
    // itself.
    run().catch(() => setProgress(null));
    return () => {
      stop.abort();
      setProgress(null);
    };
  }, [isWriting]);
  return progress;
}

/** A signed report forgets its password, however it ended. */
export function useReportExport(choice: ReportChoice, signing: SigningForm, setSigning: (form: SigningForm) => void) {
  const [written, setWritten] = useState<{ format: Format; report: ExportedReport; number: number }[]>([]);
  const stop = useRef<AbortController>(undefined);
  const writing = useMutation({
    mutationFn: async (format: Format) => {
      const path = await bridge.pickSave?.('Write the report', `${usualName()}.${format}`);
      if (bridge.pickSave && path === undefined) return null;
      const { title, ...options } = choice;
      const key = format === 'pdf' ? signingFrom(signing) : undefined;
      if (key) rememberSigning(signing);
      const request = {
        format,
        options: { ...options, ...(title.trim() ? { title: title.trim() } : {}) },
        ...(path ? { path } : {}),
        ...(key ? { signing: key } : {}),
      };
      stop.current = new AbortController();
      const { signal } = stop.current;
      const report = await client.report.export(request, { signal }).catch((error) => {
        if (signal.aborted) {
          notify('Writing the report was cancelled.');
          return null;
        }
        throw error;
      });
      return report && { format, report };
    },
    onSettled: (_done, _error, format) => {
      if (format === 'pdf') setSigning({ ...signing, password: '' });
    },
    onSuccess: (done) => {
      if (done) setWritten((before) => [{ ...done, number: before.length }, ...before]);
      void queryClient.invalidateQueries({ queryKey: engine.case.activity.key() });
    },
  });
  const gone = useStore(caseFolderGone);
  const { reset } = writing;
  // What failed while the folder was away says nothing any more once it is back.
  useEffect(() => {
    if (!gone) reset();
  }, [gone, reset]);
  const progress = useProgress(writing.isPending);
  return { written, writing, progress, cancel: () => stop.current?.abort() };
}
