// Case -> report document: everything the report says, held in memory at once, for programs that
// ask for it; and what a PDF is set from, without the landmarks, which are most of it and are
// printed nowhere. Exports that need neither are written from report-content.ts.
import type { Sha256 } from '../../contract/brand.ts';
import type { ReportDocument, ReportFace } from '../../contract/report.ts';
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

/** A face as it is printed. */
export type PrintedFace = Omit<ReportFace, 'landmarks'>;

/** What a PDF is set from. */
export type PrintedDocument = Omit<ReportDocument, 'faces'> & { faces: readonly PrintedFace[] };

const printed = ({ landmarks: _, ...face }: ReportFace): PrintedFace => face;

/** The printed part of a content whose hash is known. */
export async function readPrintedDocument(
  content: ReportContent,
  contentSha256: Sha256,
  signal?: AbortSignal,
): Promise<PrintedDocument> {
  const { evidence, faces, verdicts, opinions, videos, provenance, stability } = content.lists;
  const seen: PrintedFace[] = [];
  await forEachYielding(faces(), (face) => void seen.push(printed(face)), signal);
  return {
    ...content.head,
    evidence: await allOf(evidence(), signal),
    faces: seen,
    verdicts: await allOf(verdicts(), signal),
    opinions: await allOf(opinions(), signal),
    videos: await allOf(videos(), signal),
    provenance: await allOf(provenance(), signal),
    stability: await allOf(stability(), signal),
    contentSha256,
  };
}

async function documentFrom(content: ReportContent, signal?: AbortSignal): Promise<ReportDocument> {
  const { evidence, faces, verdicts, opinions, videos, provenance, stability } = content.lists;
  return {
    ...content.head,
    evidence: await allOf(evidence(), signal),
    faces: await allOf(faces(), signal),
    verdicts: await allOf(verdicts(), signal),
    opinions: await allOf(opinions(), signal),
    videos: await allOf(videos(), signal),
    provenance: await allOf(provenance(), signal),
    stability: await allOf(stability(), signal),
    contentSha256: await hashOfContent(content, signal),
  };
}

async function allOf<T>(items: Iterable<T>, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  await forEachYielding(items, (item) => void all.push(item), signal);
  return all;
}
