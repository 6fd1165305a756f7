// Case -> report document: everything the report says, read in one go, with a hash of its own. No clock: `asOf` is the last
// change of the case, so the same case gives the same document and the same bytes.
import type { ReportDocument, ReportOptions } from '../../contract/report.ts';
import { lastChangeEntry } from '../case/audit.ts';
import { hashOfValue } from '../case/canonical-json.ts';
import { allEvidence } from '../case/evidence.ts';
import { allFaces } from '../case/face.ts';
import { queryFindings } from '../case/finding.ts';
import { type ReadableCase, readCase } from '../case/open-case.ts';
import { allOpinions, listExaminers } from '../case/opinion.ts';
import { allModels, allParameters, allVerdicts } from '../case/verdict.ts';

/** Findings that get a block with pictures; the tables always list everything. */
const SHOWN_LIMIT = 100_000;

/** Reads the whole case inside one transaction. */
export function readReportDocument(opened: ReadableCase, options: ReportOptions, appVersion: string): ReportDocument {
  return opened.db.raw.transaction(() => {
    const found = readCase(opened);
    // Exporting a report is entered in the log and changes nothing of the case: the next export gives the same bytes.
    const head = lastChangeEntry(opened) ?? null;
    const verdicts = allVerdicts(opened);
    const shown = queryFindings(
      opened,
      { examinerId: null, blind: false },
      { filter: options.filter, sort: { by: 'path', direction: 'ascending' }, offset: 0, limit: SHOWN_LIMIT },
    );
    const content = {
      // Where the case lies is no part of what it says: a copy gives the same report.
      case: { ...found, folder: '', writable: false },
      title: options.title ?? found.title,
      organisation: options.organisation,
      examiners: listExaminers(opened).map((one) => one.name),
      appVersion,
      asOf: lastChange([found.createdAt, head?.at, ...verdicts.map((one) => one.madeAt)]),
      auditHead: head,
      models: allModels(opened),
      parameters: allParameters(opened),
      evidence: allEvidence(opened),
      faces: allFaces(opened),
      verdicts,
      shown: shown.rows.filter((row) => row.faceId !== null).map((row) => row.verdictId),
      opinions: options.includeOpinions ? allOpinions(opened) : [],
    };
    return { ...content, contentSha256: hashOfValue(content) };
  })();
}

const lastChange = (moments: readonly (string | undefined)[]): string =>
  moments.reduce<string>((last, moment) => (moment !== undefined && moment > last ? moment : last), '');
