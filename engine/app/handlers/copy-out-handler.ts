// The handler of `report.copyOut`: originals of chosen results, out of the case into a new folder.
import path from 'node:path';
import type { EvidenceId, VerdictId } from '../../../contract/brand.ts';
import type { CopyOutEvent, CopyOutRequest } from '../../../contract/copy-out.ts';
import { RecceError } from '../../../contract/errors.ts';
import { asksForHidden, type FindingFilter } from '../../../contract/finding.ts';
import type { Tagged } from '../../../contract/tag.ts';
import { eventsOf } from '../../async/events-of.ts';
import { isTrustedPlace, pathsHere, recordedPlace } from '../../blobs/evidence-place.ts';
import { isWritable, type ReadableCase } from '../../case/db/case-handle.ts';
import { findingsOf, subjectsShown } from '../../case/grid/finding.ts';
import type { Viewer } from '../../case/grid/finding-filter.ts';
import { ofOneModel } from '../../case/grid/model-shown.ts';
import { appendAudit, auditLink, firstEntryHash } from '../../case/log/audit.ts';
import { readCase } from '../../case/open-case.ts';
import { getEvidence } from '../../case/rows/evidence.ts';
import { listExhibits } from '../../case/rows/exhibit.ts';
import { refuseFolder } from '../../custody/output-guard.ts';
import { absolutePath } from '../../files/absolute-path.ts';
import { type Chosen, copyOut, MANIFEST_JSON } from '../../report/copy-out.ts';
import type { CurrentCase } from '../current-case.ts';
import { isOfNetwork } from '../guard-output.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';

/** What was tagged is chosen whichever model looked at it; in blind review a model asked second is not there. */
const filterOf = (handle: ReadableCase, viewer: Viewer, filter: FindingFilter): FindingFilter =>
  filter.modelId === undefined && isByTagAlone(filter) && !viewer.blind ? filter : ofOneModel(handle, filter, viewer);

const isByTagAlone = ({ tags, videoFrames: _, ...others }: FindingFilter): boolean =>
  tags !== undefined && Object.values(others).every((one) => one === undefined);

/** The files of the results, each once, in the order of their numbers. Throws NOT_FOUND for none. */
function chosenFiles({ opened: { handle }, viewer }: CurrentCase, results: Tagged): Chosen[] {
  const shown =
    'filter' in results
      ? subjectsShown(handle, viewer, filterOf(handle, viewer, results.filter), results.upTo)
      : results.subjects.flatMap((one) => findingsOf(handle, viewer, one));
  const byFile = new Map<EvidenceId, Set<VerdictId>>();
  for (const { evidenceId, verdictId } of shown)
    byFile.set(evidenceId, (byFile.get(evidenceId) ?? new Set()).add(verdictId));
  if (byFile.size === 0) throw new RecceError('NOT_FOUND', 'Originals', 'no result is among those that were chosen.');
  return [...byFile]
    .toSorted(([a], [b]) => a - b)
    .map(([id, verdicts]) => ({ file: getEvidence(handle, id), results: [...verdicts].toSorted((a, b) => a - b) }));
}

/**
 * The case, and every folder that evidence of it came from or lies in now, as far as it may be asked for
 * ([Note: places of a case from elsewhere]).
 */
function foldersRead(handle: ReadableCase, chosen: readonly Chosen[]): string[] {
  const moved = chosen.flatMap(({ file }) => (file.movedTo ? [path.dirname(recordedPlace(file))] : []));
  const roots = [...listExhibits(handle).map(({ folder }) => folder), ...moved];
  const here = pathsHere(handle.folder).map((one) => path.dirname(one));
  return [
    handle.folder,
    ...new Set([...roots.filter((one) => isTrustedPlace(handle.folder, one) || !isOfNetwork(one)), ...here]),
  ];
}

async function copyOutOf(
  { currentCase, installation }: Pick<Services, 'currentCase' | 'installation'>,
  { results, folder, examiner }: CopyOutRequest,
  say: (event: CopyOutEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { opened } = currentCase;
  const { handle } = opened;
  if (isWritable(handle)) handle.db.expectInPlace();
  const chosen = chosenFiles(currentCase, results);
  const place = absolutePath(folder);
  await refuseFolder(place, MANIFEST_JSON, foldersRead(handle, chosen));
  const { title, reference } = readCase(handle);
  const head = auditLink(handle);
  const about = {
    case: { title, reference },
    firstEntry: firstEntryHash(handle),
    auditHead: head ? { seq: head.seq, hash: head.hash } : null,
    examiner: examiner ?? currentCase.who,
    withoutUndecided: currentCase.viewer.blind && 'filter' in results && asksForHidden(results.filter),
    madeAt: handle.clock(),
    appVersion: installation.appVersion,
  };
  const copied = await opened.exports.run(signal, (stop) =>
    copyOut({ caseFolder: handle.folder, about }, chosen, place, say, stop),
  );
  if (isWritable(handle))
    inNameOf(currentCase, examiner, () =>
      appendAudit(handle, {
        who: examiner === undefined ? about.examiner : currentCase.who,
        action: 'evidence.copiedOut',
        subject: path.basename(place),
        details: {
          files: chosen.length,
          copied: copied.copied,
          left: copied.left,
          manifestSha256: copied.manifestSha256,
          ...('filter' in results ? { filter: results.filter } : {}),
          ...(copied.withoutUndecided ? { withoutUndecided: true } : {}),
        },
      }),
    );
  say({ kind: 'done', copied });
}

export const copyOutHandler = (deps: Pick<Services, 'currentCase' | 'installation'>) =>
  procedures.report.copyOut.handler(({ input }) =>
    eventsOf<CopyOutEvent>((say, signal) => copyOutOf(deps, input, say, signal)),
  );
