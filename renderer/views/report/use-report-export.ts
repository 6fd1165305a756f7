// Writing reports: one at a time, to a place that is asked for where the system has such a dialog.
import { useEffect, useState } from 'react';
import type { Case } from '../../../contract/case.ts';
import type { ReportProgress } from '../../../contract/report.ts';
import { caseFolderGone } from '../../data/case-folder.ts';
import { engine, queryClient } from '../../data/engine.ts';
import { useCase } from '../../data/open-case.ts';
import {
  forgetExportError,
  type ReportExport,
  type ReportFormat,
  reportExport,
  writeReport,
} from '../../data/report-export.ts';
import { useStore } from '../../data/store.ts';
import { bridge, client, follow } from '../../transport.ts';
import type { ReportChoice } from './report-formats.ts';
import { rememberSigning, type SigningForm, signingFrom } from './signing-fields.tsx';

export type Exporting = ReturnType<typeof useReportExport>;

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
  const folder = useCase()?.folder;
  const all = useStore(reportExport);
  const { writing, written, error } = all.folder === folder ? all : NO_EXPORT;
  const write = (format: ReportFormat): void => {
    const { title, ...options } = choice;
    const key = format === 'pdf' ? signingFrom(signing) : undefined;
    if (key) rememberSigning(signing);
    const request = {
      format,
      options: { ...options, ...(title.trim() ? { title: title.trim() } : {}) },
      ...(key ? { signing: key } : {}),
    };
    const place = async () => {
      if (!bridge.pickSave) return {};
      const path = await bridge.pickSave('Write the report', `${usualName()}.${format}`);
      return path === undefined ? undefined : { path };
    };
    void writeReport(folder, request, place).finally(() => {
      if (format === 'pdf') setSigning({ ...signing, password: '' });
    });
  };
  const gone = useStore(caseFolderGone);
  // What failed while the folder was away says nothing any more once it is back.
  useEffect(() => {
    if (!gone) forgetExportError();
  }, [gone]);
  const progress = useProgress(writing !== null);
  return { written, writing: writing?.format ?? null, error, progress, write, cancel: () => writing?.stop.abort() };
}

const NO_EXPORT: Pick<ReportExport, 'writing' | 'written' | 'error'> = { writing: null, written: [], error: null };
