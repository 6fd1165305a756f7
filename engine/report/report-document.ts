// Case -> report document: everything the report says, read in one go, with a hash of its own. No clock: `asOf` is the last
// change of the case, so the same case gives the same document and the same bytes.
import type { Agreement } from '../../contract/agreement.ts';
import type { Verification } from '../../contract/case.ts';
import type { LaterRecord } from '../../contract/later-record.ts';
import type { ReportDocument, ReportOptions } from '../../contract/report.ts';
import type { ReportTemplate } from '../../contract/report-template.ts';
import { readAgreement } from '../case/agreement.ts';
import { lastAudit, lastChangeEntry } from '../case/audit.ts';
import { hashOfValue } from '../case/canonical-json.ts';
import { allEvidence } from '../case/evidence.ts';
import { allFaces } from '../case/face.ts';
import { queryFindings } from '../case/finding.ts';
import { allModels } from '../case/model.ts';
import { type ReadableCase, readCase } from '../case/open-case.ts';
import { allOpinions, listExaminers } from '../case/opinion.ts';
import { allProvenance } from '../case/provenance.ts';
import { allParameters, allVerdicts } from '../case/verdict.ts';
import { allVideoScans } from '../case/video-scan.ts';
import { timelineOf } from '../scan/video-timeline.ts';
import { redact } from './redact.ts';

/** Findings that get a block with pictures; the tables always list everything. */
const SHOWN_LIMIT = 100_000;

/** A report is written for those who may see everything. */
const EVERYONE = { examinerId: null, blind: false };
const NO_AGREEMENT: Agreement = { subjects: 0, reviewed: 0, blind: 0, opinions: 0, pairs: [], disagreements: [] };

/** The latest verification and the latest rerun, from the audit log. */
function readChecks(opened: ReadableCase): ReportDocument['checks'] {
  const verified = lastAudit(opened, 'case.verified');
  const rerun = lastAudit(opened, 'rerun.finished');
  return {
    verified: verified ? { at: verified.at, problems: verified.details.problems as Verification['problems'] } : null,
    rerun: rerun
      ? {
          at: rerun.at,
          counts: rerun.details.counts as Record<string, number>,
          rowsSha256: rerun.details.rowsSha256 as string,
        }
      : null,
  };
}

/** What a report has from beside the case: a laboratory's template, examinations that the case could not keep, later records of models. */
export type ReportBeside = {
  template?: ReportTemplate | null;
  unrecorded?: ReportDocument['provenance'];
  laterRecords?: readonly LaterRecord[];
};

/** Reads the whole case inside one transaction. */
export function readReportDocument(
  opened: ReadableCase,
  options: ReportOptions,
  appVersion: string,
  { template = null, unrecorded = [], laterRecords = [] }: ReportBeside = {},
): ReportDocument {
  return opened.db.raw.transaction(() => {
    const found = readCase(opened);
    // Exporting a report is entered in the log and changes nothing of the case: the next export gives the same bytes.
    const head = lastChangeEntry(opened) ?? null;
    const verdicts = allVerdicts(opened);
    const shown = queryFindings(opened, EVERYONE, {
      // Of a video's faces the most telling get a block; the curve and the tables hold the others.
      filter: { videoFrames: 'key', ...options.filter },
      sort: { by: 'path', direction: 'ascending' },
      offset: 0,
      limit: SHOWN_LIMIT,
    });
    const { redaction } = options;
    const videos = allVideoScans(opened).map((scan) => timelineOf(opened, scan, false));
    const inBlocks = shown.rows.flatMap(({ faceId }) => faceId ?? []);
    const content = {
      // Where the case lies is no part of what it says: a copy gives the same report.
      case: { ...found, folder: '', writable: false },
      title: options.title ?? found.title,
      organisation: options.organisation || (template?.organisation ?? ''),
      examiners: listExaminers(opened).map((one) => one.name),
      appVersion,
      asOf: lastChange([found.createdAt, head?.at, ...verdicts.map((one) => one.madeAt)]),
      auditHead: head,
      models: allModels(opened),
      parameters: allParameters(opened),
      evidence: allEvidence(opened),
      ...redact({ redaction, faces: allFaces(opened), videos }, new Set(inBlocks)),
      verdicts,
      shown: shown.rows.filter((row) => row.faceId !== null).map((row) => row.verdictId),
      opinions: options.includeOpinions ? allOpinions(opened) : [],
      agreement: options.includeOpinions ? readAgreement(opened, EVERYONE) : NO_AGREEMENT,
      provenance: [...allProvenance(opened), ...unrecorded],
      ...(laterRecords.length > 0 ? { laterRecords: [...laterRecords] } : {}),
      checks: readChecks(opened),
      redaction,
      template,
    };
    return { ...content, contentSha256: hashOfValue(content) };
  })();
}

const lastChange = (moments: readonly (string | undefined)[]): string =>
  moments.reduce<string>((last, moment) => (moment !== undefined && moment > last ? moment : last), '');
