// Handlers of `persons`: comparing faces, switched on for one case with a reason, and off again with
// what was kept erased. No score is read here: blind review has nothing to hide of it.
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import type { Job } from '../../../contract/job.ts';
import { type PersonsAnswer, type PersonsQuery, type PersonsState, USUAL_DISTANCE } from '../../../contract/persons.ts';
import { subjectWords } from '../../../contract/subject-words.ts';
import type { CaseDatabase } from '../../case/db/case-database.ts';
import type { ReadableCase, WritableCase } from '../../case/db/case-handle.ts';
import { type Embeddings, eraseEmbeddings, hasEmbeddings, readEmbeddings } from '../../case/embeddings-file.ts';
import { forgetGroups } from '../../case/groups/case-groups.ts';
import { eraseGroups, hasGroups } from '../../case/groups/groups-file.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { isAtWork, jobUnderWay, listJobs } from '../../case/rows/job.ts';
import {
  countFacesToMeasure,
  faceTexts,
  heldGroups,
  lastErasure,
  reportsSinceNames,
  switchedOn,
} from '../../case/rows/persons.ts';
import { subjectPlace } from '../../case/rows/subject-place.ts';
import { createPixelSource } from '../../examine/face-pixels.ts';
import { findAlike } from '../../persons/find-alike.ts';
import { areFromElsewhere, keptEmbeddings, ownEmbeddings } from '../../persons/kept-embeddings.ts';
import { FROM_ELSEWHERE, OFF, OTHER_NETWORK } from '../../persons/measure-faces.ts';
import type { CurrentCase, WorkingCase } from '../current-case.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';

type Deps = Pick<Services, 'currentCase' | 'decoder' | 'videoPictures' | 'faceSearch' | 'faceEmbedder' | 'boundHere'>;

const NONE_YET: Embeddings = { count: 0, words: new Uint32Array(), floats: new Float32Array() };

const refusal = ({ folder }: ReadableCase, why: string): RecceError => new RecceError('SEARCH_REFUSED', folder, why);

/** Biometric data is kept and erased by somebody: throws NO_EXAMINER. */
function expectExaminer(currentCase: CurrentCase): string {
  const { who } = currentCase;
  if (who === '') throw new RecceError('NO_EXAMINER', 'Comparing faces', 'it is switched on and erased under a name.');
  return who;
}

/** Works with embeddings: ended before they are erased. */
const usesEmbeddings = (job: Job): boolean => isAtWork(job) && (job.kind === 'persons' || job.kind === 'groups');

/** The job under way, or a new one. */
function startMeasuring({ handle, queue }: WorkingCase, who: string): Job {
  const underWay = jobUnderWay(handle, 'persons');
  if (underWay) return underWay;
  const job = queue.enqueue('persons', { who });
  const faces = countFacesToMeasure(handle);
  appendAudit(handle, { who, action: 'persons.started', subject: `${faces} faces`, details: { jobId: job.id, faces } });
  return job;
}

function switchOn(currentCase: CurrentCase, reason: string): Job {
  const who = expectExaminer(currentCase);
  const { working } = currentCase;
  const { handle } = working;
  if (!switchedOn(handle))
    appendAudit(handle, { who, action: 'persons.on', subject: 'comparing faces', details: { reason } });
  return startMeasuring(working, who);
}

function measure(currentCase: CurrentCase): Job {
  const { working, who } = currentCase;
  if (!switchedOn(working.handle)) throw refusal(working.handle, OFF);
  return startMeasuring(working, who);
}

/** Resolves when none is at work or waiting. */
async function endWorkOnEmbeddings({ handle, queue }: WorkingCase, who: string): Promise<void> {
  for (const { id } of listJobs(handle).filter(usesEmbeddings)) queue.cancel(id, who);
  for await (const _ of queue.watch()) if (!listJobs(handle).some(usesEmbeddings)) return;
}

/** Embeddings read from the disk, by the database of their case: they stay while their entry is the last. */
type Kept = { sha256: string; embeddings: Embeddings };

export const personsHandlers = (deps: Deps) => {
  const { currentCase, faceEmbedder, decoder, videoPictures, faceSearch, boundHere } = deps;
  const kept = new WeakMap<CaseDatabase, Kept>();

  const embeddingsOf = async (handle: ReadableCase): Promise<Embeddings> => {
    const held = keptEmbeddings(handle);
    if (!held) return NONE_YET;
    if (areFromElsewhere(handle, boundHere)) throw refusal(handle, FROM_ELSEWHERE);
    if (held.networkSha256 !== faceEmbedder.networkSha256) throw refusal(handle, OTHER_NETWORK);
    const known = kept.get(handle.db);
    if (known?.sha256 === held.sha256) return known.embeddings;
    const embeddings = await readEmbeddings(handle.folder, held, faceTexts(handle));
    kept.set(handle.db, { sha256: held.sha256, embeddings });
    return embeddings;
  };

  const stateOf = async (handle: ReadableCase): Promise<PersonsState> => {
    const held = ownEmbeddings(handle, boundHere);
    const unusable = await embeddingsOf(handle).then(
      () => null,
      (error: RecceError) => error.detail,
    );
    return {
      on: switchedOn(handle) ?? null,
      erased: lastErasure(handle),
      mayHoldNames: reportsSinceNames(handle),
      kept: held?.embeddings ?? 0,
      faces: countFacesToMeasure(handle),
      unusable,
      networkSha256: faceEmbedder.networkSha256,
    };
  };

  const erase = async (reason: string, who: string): Promise<PersonsState> => {
    const { working } = currentCase;
    const { handle } = working;
    if (!switchedOn(handle) && !hasEmbeddings(handle.folder) && !hasGroups(handle.folder))
      throw refusal(handle, 'there is nothing to erase: it is off.');
    await endWorkOnEmbeddings(working, who);
    const embeddings = keptEmbeddings(handle)?.embeddings ?? 0;
    const groupSteps = heldGroups(handle)?.steps ?? 0;
    await eraseEmbeddings(handle.folder);
    await eraseGroups(handle.folder);
    kept.get(handle.db)?.embeddings.words.fill(0);
    kept.delete(handle.db);
    forgetGroups(handle);
    working.groupSteps = 0;
    appendAudit(handle, {
      who,
      action: 'persons.erased',
      subject: `${embeddings} faces`,
      details: { reason, embeddings, ...(groupSteps > 0 ? { groupSteps } : {}) },
    });
    return stateOf(handle);
  };

  const find = async (of: PersonsQuery, within: number, limit: number): Promise<PersonsAnswer> => {
    // Each search is an entry of the log: where none can be made, none is made.
    const { handle } = currentCase.working;
    const { who } = currentCase;
    if (!switchedOn(handle)) throw refusal(handle, OFF);
    const answer = await findAlike(
      {
        opened: handle,
        embeddings: await embeddingsOf(handle),
        embedder: faceEmbedder,
        decoder,
        findFaces: faceSearch.findFaces,
        pixelsOf: createPixelSource({ folder: handle.folder, decoder, videoDecoder: videoPictures }),
      },
      { of, within, limit },
    );
    enterSearch(handle, who, answer, within);
    return answer;
  };

  return {
    state: procedures.persons.state.handler(() => stateOf(currentCase.opened.handle)),
    // In turn: no other case is opened, and nothing made, between what is erased and its entry.
    switchOn: procedures.persons.switchOn.handler(({ input }) =>
      currentCase.inTurn(async () => inNameOf(currentCase, input.examiner, () => switchOn(currentCase, input.reason))),
    ),
    measure: procedures.persons.measure.handler(({ input }) =>
      currentCase.inTurn(async () => inNameOf(currentCase, input.examiner, () => measure(currentCase))),
    ),
    erase: procedures.persons.erase.handler(({ input }) =>
      currentCase.inTurn(() => {
        const who = inNameOf(currentCase, input.examiner, () => expectExaminer(currentCase));
        return erase(input.reason, who);
      }),
    ),
    find: procedures.persons.find.handler(({ input: { of, within = USUAL_DISTANCE, limit, examiner } }) => {
      if (examiner !== undefined) inNameOf(currentCase, examiner, () => undefined);
      if ('file' in of && !path.isAbsolute(of.file))
        throw new RecceError('PATH_NOT_FOUND', of.file, 'give the whole path, from the root on.');
      return find(of, within, limit);
    }),
  };
};

/** Who looked for which face, and how many came: no numbers of the face. */
function enterSearch(handle: WritableCase, who: string, { of, compared, alike }: PersonsAnswer, within: number): void {
  const subject =
    of.kind === 'face' ? subjectWords(subjectPlace(handle, { evidenceId: of.evidenceId, faceId: of.faceId })) : of.name;
  const about = of.kind === 'face' ? { faceId: of.faceId } : { name: of.name, sha256: of.sha256, face: of.face };
  const details = { ...about, within, compared, found: alike.length };
  appendAudit(handle, { who, action: 'persons.searched', subject, details });
}
