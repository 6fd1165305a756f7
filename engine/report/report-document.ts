// Case -> report document: everything the report says, held in memory at once, for what needs it whole: the PDF with its pictures, and
// programs that ask for it. Exports that need not are written from report-content.ts. Engine process.
import type { ReportDocument } from '../../contract/report.ts';
import { forEachYielding } from '../async/yielding.ts';
import type { ReadableCase } from '../case/db/case-handle.ts';
import { withReadTransaction } from '../case/read-transaction.ts';
import { hashOfContent, type ReportContent, type ReportMaking, readReportContent } from './report-content.ts';

/** Reads the whole case as it stands at one moment. */
export const readReportDocument = (opened: ReadableCase, making: ReportMaking): Promise<ReportDocument> =>
  withReadTransaction(opened, async (reading) => {
    const content = await readReportContent(reading, making);
    return documentFrom(content, making.signal);
  });

async function documentFrom(content: ReportContent, signal?: AbortSignal): Promise<ReportDocument> {
  const { evidence, faces, verdicts, opinions, videos, provenance } = content.lists;
  return {
    ...content.head,
    evidence: await allOf(evidence(), signal),
    faces: await allOf(faces(), signal),
    verdicts: await allOf(verdicts(), signal),
    opinions: await allOf(opinions(), signal),
    videos: await allOf(videos(), signal),
    provenance: await allOf(provenance(), signal),
    contentSha256: await hashOfContent(content, signal),
  };
}

async function allOf<T>(items: Iterable<T>, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  await forEachYielding(items, (item) => void all.push(item), signal);
  return all;
}
