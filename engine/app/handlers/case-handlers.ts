// Handlers of `case`: which case is open, and whether it is whole.
import path from 'node:path';
import type { AgainstReport, Case } from '../../../contract/case.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { RelocationEvent } from '../../../contract/relocation.ts';
import type { Signing } from '../../../contract/report.ts';
import { eventsOf } from '../../async/events-of.ts';
import { hashFile } from '../../blobs/read-evidence-file.ts';
import { type Anchor, missingAnchors } from '../../case/custody/anchors.ts';
import { restoreCase } from '../../case/custody/backup.ts';
import { isWritable, type ReadableCase } from '../../case/db/case-handle.ts';
import { countNoFaces } from '../../case/grid/row-bitmap.ts';
import { appendAudit, auditLink, firstEntryHash, listAudit } from '../../case/log/audit.ts';
import { createCase, isCaseFolder, openCase, readCase } from '../../case/open-case.ts';
import { openCaseOrReadOnly } from '../../case/open-read-only.ts';
import { countPending } from '../../case/rows/evidence.ts';
import { addExaminer } from '../../case/rows/examiner.ts';
import { setReasonRule } from '../../case/rows/reason-rule.ts';
import { addRelocations } from '../../case/rows/relocation.ts';
import { type KeepPlaces, relocateEvidence } from '../../custody/relocate-evidence.ts';
import { verifyCase } from '../../custody/verify-case.ts';
import { whyNotFollowing } from '../../examine/follows-from-logit.ts';
import { absolutePath } from '../../files/absolute-path.ts';
import { writeAtomic } from '../../files/write-atomic.ts';
import { remarkOn } from '../../library/foreign-model.ts';
import { packCase } from '../../portable/pack-case.ts';
import { unpackCase } from '../../portable/unpack-case.ts';
import { readAnchorApart } from '../../report/read-anchor-apart.ts';
import type { ReportAnchor } from '../../report/report-anchor.ts';
import { signHead } from '../../report/signing/signed-head.ts';
import { authorityOf } from '../../report/signing/time-stamp.ts';
import { entriesAsSeen } from '../blind-view.ts';
import type { CurrentCase } from '../current-case.ts';
import { makePhotographs } from '../demonstration/make-photographs.ts';
import { guardOutput } from '../guard-output.ts';
import { type Origin, rememberPacked } from '../known-cases.ts';
import { laterRecords } from '../later-records.ts';
import { recordsElsewhere } from '../records-elsewhere.ts';
import type { Services } from '../services.ts';
import { listRecentCases, rememberCase } from '../settings.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';

/** Makes `handle` the engine's open case and remembers it. */
async function use(deps: Pick<Services, 'currentCase' | 'installation'>, handle: ReadableCase, origin: Origin) {
  await deps.currentCase.use(handle, origin);
  const opened = seenCase(deps.currentCase);
  await rememberCase(deps.installation.appDataFolder, {
    folder: handle.folder,
    title: opened.title,
    openedAt: handle.clock(),
  });
  return opened;
}

/**
 * The case of a folder is closed before it is opened again: this engine itself may hold its lock.
 */
async function openFresh(
  deps: Pick<Services, 'currentCase' | 'installation'>,
  folder: string,
  open: (folder: string) => ReadableCase,
  origin: Origin = 'opened',
) {
  const full = path.resolve(folder);
  if (deps.currentCase.isOpen && deps.currentCase.opened.handle.folder === full) await deps.currentCase.leave();
  return use(deps, open(full), origin);
}

async function createDemonstration(
  deps: Pick<Services, 'currentCase' | 'faceSearch' | 'installation'>,
  folder: string,
) {
  const photographs = path.join(folder, 'photographs');
  const origin = isCaseFolder(path.join(folder, 'case')) ? 'opened' : 'made';
  const make = (full: string) =>
    isCaseFolder(full)
      ? openCase(full)
      : createCase(full, { title: 'Demonstration case', reference: 'DEMO-1', demonstration: true });
  const opened = await deps.currentCase.inTurn(() => openFresh(deps, path.join(folder, 'case'), make, origin));
  await makePhotographs(photographs, deps.faceSearch.facesOf);
  return { case: opened, photographs };
}

async function restore(deps: Pick<Services, 'currentCase' | 'installation'>, folder: string) {
  if (deps.currentCase.isOpen && deps.currentCase.opened.handle.folder === folder) await deps.currentCase.leave();
  const { opened, setAside, backup } = restoreCase(folder);
  return { case: await use(deps, opened, 'restored'), setAside, backup };
}

async function unpack(
  deps: Pick<Services, 'currentCase' | 'installation' | 'library' | 'testDecoder'>,
  file: string,
  folder: string,
) {
  const { adoptForeign } = deps.library;
  const remarks = (await unpackCase(file, folder, { adoptForeign, testDecoder: deps.testDecoder })).map(remarkOn);
  const opened = await openFresh(deps, folder, openCase, 'unpacked');
  appendAudit(deps.currentCase.working.handle, {
    who: '',
    action: 'case.unpacked',
    subject: path.basename(file),
    details: { sha256: await hashFile(file), remarks },
  });
  return { ...opened, remarks };
}

/** The open case as who works on it may see it: what was called no face is no face. */
function seenCase(currentCase: CurrentCase): Case {
  const { handle, opening } = currentCase.opened;
  const found = readCase(handle);
  return {
    ...found,
    opening,
    counts: { ...found.counts, faces: found.counts.faces - countNoFaces(handle, currentCase.viewer) },
  };
}

/** How the open case is now, and again after each change; a burst of changes may come as one. */
async function* watchCase(currentCase: CurrentCase, signal: AbortSignal | undefined) {
  const changes = currentCase.changes.follow(signal);
  const current = () => (currentCase.isOpen ? seenCase(currentCase) : null);
  yield current();
  for await (const _ of changes) yield current();
}

export const caseHandlers = (
  deps: Pick<Services, 'currentCase' | 'faceSearch' | 'installation' | 'library' | 'testDecoder' | 'boundHere'>,
) => ({
  create: procedures.case.create.handler(({ input }) =>
    deps.currentCase.inTurn(async () => {
      const opened = await openFresh(
        deps,
        absolutePath(input.folder),
        (full) => createCase(full, { title: input.title, reference: input.reference, demonstration: false }),
        'made',
      );
      if (input.examiner)
        deps.currentCase.opened.session.examiner = addExaminer(deps.currentCase.working.handle, input.examiner);
      return opened;
    }),
  ),
  createDemonstration: procedures.case.createDemonstration.handler(({ input }) =>
    createDemonstration(deps, absolutePath(input.folder)),
  ),
  open: procedures.case.open.handler(({ input }) =>
    deps.currentCase.inTurn(() =>
      openFresh(deps, input.folder, (full) => openCaseOrReadOnly(full, deps.currentCase.viewingFolder)),
    ),
  ),
  restore: procedures.case.restore.handler(({ input }) =>
    deps.currentCase.inTurn(() => restore(deps, path.resolve(input.folder))),
  ),
  pack: procedures.case.pack.handler(async ({ input }) => {
    const { handle, blobs } = deps.currentCase.opened;
    const { who } = deps.currentCase;
    const {
      library,
      installation: { appVersion },
    } = deps;
    await guardOutput(deps, input.file);
    const head = auditLink(handle);
    const packed = await packCase({ opened: handle, blobs, library, appVersion }, input);
    if (head) await rememberPacked(deps.installation.appDataFolder, handle, head);
    if (!isWritable(handle)) return packed;
    appendAudit(handle, {
      who,
      action: 'case.packed',
      subject: path.basename(packed.path),
      details: { sha256: packed.sha256, files: packed.files, evidence: input.evidence, models: input.models },
    });
    return packed;
  }),
  unpack: procedures.case.unpack.handler(({ input }) =>
    deps.currentCase.inTurn(() => unpack(deps, input.file, absolutePath(input.folder))),
  ),
  relocate: procedures.case.relocate.handler(({ input }) => {
    const { handle } = deps.currentCase.opened;
    if (isWritable(handle)) handle.db.expectInPlace();
    return eventsOf<RelocationEvent>(async (say, signal) => {
      await relocateEvidence(handle, input, placesOf(deps.currentCase, handle), say, signal);
      if (isWritable(handle) && !input.check) await deps.currentCase.trustFolders([input.to]);
    });
  }),
  configure: procedures.case.configure.handler(({ input }) => {
    const { currentCase } = deps;
    inNameOf(currentCase, input.examiner, () => {
      const { working, who } = currentCase;
      setReasonRule(working.handle, who, input.reasonRule, working.session.blind);
    });
    currentCase.changes.publish(null);
    return seenCase(deps.currentCase);
  }),
  close: procedures.case.close.handler(async () => {
    await deps.currentCase.inTurn(() => deps.currentCase.leave());
    return null;
  }),
  current: procedures.case.current.handler(() => (deps.currentCase.isOpen ? seenCase(deps.currentCase) : null)),
  isThere: procedures.case.isThere.handler(() => isCaseFolder(deps.currentCase.opened.handle.folder)),
  watch: procedures.case.watch.handler(({ signal }) => watchCase(deps.currentCase, signal)),
  notOpened: procedures.case.notOpened.handler(() => deps.currentCase.notOpened),
  recent: procedures.case.recent.handler(() => listRecentCases(deps.installation.appDataFolder)),
  verify: procedures.case.verify.handler(async ({ input, signal }) => {
    const { handle, blobs } = deps.currentCase.opened;
    const noted: Anchor[] = input?.expect ? [{ ...input.expect, source: 'the one that was given' }] : [];
    const report = input?.against ? anchorsOfReport(input.against, await readAnchorApart(input.against)) : undefined;
    const { who } = deps.currentCase;
    const seen = [...noted, ...(report?.anchors ?? []), ...deps.currentCase.lastSeen];
    const known = { whyOdd: whyNotFollowing, boundHere: deps.boundHere };
    const found = await verifyCase(handle, blobs, who, known, seen, signal);
    if (!report) return found;
    return { ...found, against: report.heldBy(handle), remarks: [...found.remarks, ENTRY_ALONE] };
  }),
  signHead: procedures.case.signHead.handler(({ input }) => signNewest(deps, input)),
  laterRecords: procedures.case.laterRecords.handler(() => laterRecords(deps.currentCase.opened.handle, deps.library)),
  recordsElsewhere: procedures.case.recordsElsewhere.handler(() =>
    recordsElsewhere(deps.currentCase.opened.handle, deps.library),
  ),
  pending: procedures.case.pending.handler(() => countPending(deps.currentCase.opened.handle)),
  activity: procedures.case.activity.handler(({ input }) =>
    listAudit(deps.currentCase.opened.handle, input, entriesAsSeen(deps.currentCase)),
  ),
});

/** What keeps where evidence of the open case was found. */
function placesOf(currentCase: CurrentCase, handle: ReadableCase): KeepPlaces {
  if (!isWritable(handle)) return { by: 'workstation', keep: (_, moved) => currentCase.keepPlaces(moved) };
  const { who } = currentCase;
  return { by: 'case', keep: (relocation, moved) => addRelocations(handle, who, relocation, moved) };
}

/** What a report says the log has, and how much of it the log of a case does have. */
function anchorsOfReport(file: string, { auditHead, firstEntry, signature }: ReportAnchor) {
  const report = path.basename(file);
  const anchorOf = (entry: Pick<Anchor, 'seq' | 'hash'>): Anchor => ({ ...entry, source: `the report ${report}` });
  const made = anchorOf(auditHead);
  const first = firstEntry === null ? null : anchorOf({ seq: 1, hash: firstEntry });
  const heldBy = (handle: ReadableCase): AgainstReport => ({
    report,
    entry: auditHead,
    entryHeld: missingAnchors(handle, [made]).length === 0,
    firstEntry,
    firstEntryHeld: first && missingAnchors(handle, [first]).length === 0,
    signature,
  });
  return { anchors: first ? [made, first] : [made], heldBy };
}

const ENTRY_ALONE =
  'Of the report, the entry of the log that it was made from was held against the case, and its record against its own hash. Its figures were not compared one by one.';

async function signNewest(
  deps: Pick<Services, 'currentCase' | 'installation'>,
  { path: file, signing }: { path: string; signing: Signing },
) {
  const { handle } = deps.currentCase.opened;
  const { who } = deps.currentCase;
  await guardOutput(deps, file, [signing.pkcs12Path]);
  const [link, firstEntry] = [auditLink(handle), firstEntryHash(handle)];
  if (!link || !firstEntry) throw new RecceError('CASE_DAMAGED', handle.folder, 'its log is empty.');
  const { seq, hash } = link;
  const said = { format: 'recce-head', version: 1, firstEntry, auditHead: { seq, hash } } as const;
  await writeAtomic(file, [await signHead(said, signing, new Date())]);
  if (isWritable(handle))
    appendAudit(handle, {
      who,
      action: 'record.anchored',
      subject: path.basename(file),
      details: {
        ...{ seq, hash, timeStamped: signing.timeStampUrl !== undefined },
        ...(signing.timeStampUrl === undefined ? {} : { timeStampedBy: authorityOf(signing) }),
      },
    });
  return { seq, hash };
}
