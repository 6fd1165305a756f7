// Handlers of `copies`: which pictures of a case are near copies of each other, or of one from outside.
// No score is read here: blind review has nothing to hide of it.
import path from 'node:path';
import type { CopiesAnswer, CopiesQuery, CopiesState, CopyStacks } from '../../../contract/copies.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Job } from '../../../contract/job.ts';
import { numberedStacks, stackShown } from '../../case/copy-stacks.ts';
import type { CaseDatabase } from '../../case/db/case-database.ts';
import type { ReadableCase } from '../../case/db/case-handle.ts';
import { type KeptPicture, keptHashes, readHashes } from '../../case/hashes-file.ts';
import { appendAudit } from '../../case/log/audit.ts';
import { countPictures } from '../../case/rows/copies.ts';
import { jobUnderWay } from '../../case/rows/job.ts';
import { hasLeftCopies } from '../../case/rows/left-behind.ts';
import { type PictureSet, pictureSet } from '../../copies/compare-pictures.ts';
import { findCopies } from '../../copies/find-copies.ts';
import { areHashesFromElsewhere, HASHES_FROM_ELSEWHERE, ownHashes } from '../../copies/hash-pictures.ts';
import type { WorkingCase } from '../current-case.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';

type Deps = Pick<Services, 'currentCase' | 'decoder' | 'boundHere'>;

/** The job under way, or a new one. */
function startHashing({ handle, queue }: WorkingCase, who: string): Job {
  const underWay = jobUnderWay(handle, 'copies');
  if (underWay) return underWay;
  const job = queue.enqueue('copies', { who });
  const pictures = countPictures(handle);
  const details = { jobId: job.id, pictures };
  appendAudit(handle, { who, action: 'copies.started', subject: `${pictures} pictures`, details });
  return job;
}

/** Pictures read from the disk, by the database of their case: they stay while their entry is the last. */
type Known = { sha256: string; kept: KeptPicture[]; all: PictureSet };
const NONE_YET: Known = { sha256: '', kept: [], all: pictureSet([]) };

export const copiesHandlers = ({ currentCase, decoder, boundHere }: Deps) => {
  const known = new WeakMap<CaseDatabase, Known>();

  const hashesOf = async (handle: ReadableCase): Promise<Known> => {
    const held = keptHashes(handle);
    if (!held) return NONE_YET;
    if (areHashesFromElsewhere(handle, boundHere))
      throw new RecceError('SEARCH_REFUSED', handle.folder, HASHES_FROM_ELSEWHERE);
    const before = known.get(handle.db);
    if (before?.sha256 === held.sha256) return before;
    const kept = await readHashes(handle.folder, held);
    const now = { sha256: held.sha256, kept, all: pictureSet(kept) };
    known.set(handle.db, now);
    return now;
  };

  const stateOf = async (handle: ReadableCase): Promise<CopiesState> => {
    const { kept, unusable } = await hashesOf(handle).then(
      (now) => ({ kept: now.kept, unusable: null }),
      (error: RecceError) => ({ kept: [], unusable: error.detail }),
    );
    return {
      kept: ownHashes(handle, boundHere)?.pictures ?? 0,
      pictures: countPictures(handle),
      plain: kept.filter(({ hash }) => !hash).length,
      unusable,
      ...(hasLeftCopies(handle) ? { notCarriedOver: true } : {}),
    };
  };

  const find = async (handle: ReadableCase, offset: number, limit: number): Promise<CopyStacks> => {
    const { kept } = await hashesOf(handle);
    const all = numberedStacks(kept);
    return { total: all.length, stacks: all.slice(offset, offset + limit).map((one) => stackShown(handle, kept, one)) };
  };

  const like = async (of: CopiesQuery, limit: number): Promise<CopiesAnswer> => {
    // A search for a picture from outside is an entry of the log: where none can be made, none is made.
    const { handle } = 'file' in of ? currentCase.working : currentCase.opened;
    const { all } = await hashesOf(handle);
    const answer = await findCopies({ opened: handle, all, decoder }, { of, limit });
    if (answer.of.kind === 'file') {
      const { name: subject, sha256 } = answer.of;
      const details = { sha256, compared: answer.compared, found: answer.copies.length };
      const { working, who } = currentCase;
      appendAudit(working.handle, { who, action: 'copies.searched', subject, details });
    }
    return answer;
  };

  return {
    state: procedures.copies.state.handler(() => stateOf(currentCase.opened.handle)),
    make: procedures.copies.make.handler(({ input }) =>
      currentCase.inTurn(async () =>
        inNameOf(currentCase, input.examiner, () => startHashing(currentCase.working, currentCase.who)),
      ),
    ),
    find: procedures.copies.find.handler(({ input: { offset, limit } }) =>
      find(currentCase.opened.handle, offset, limit),
    ),
    like: procedures.copies.like.handler(({ input: { of, limit, examiner } }) => {
      if (examiner !== undefined) inNameOf(currentCase, examiner, () => undefined);
      if ('file' in of && !path.isAbsolute(of.file))
        throw new RecceError('PATH_NOT_FOUND', of.file, 'give the whole path, from the root on.');
      return like(of, limit);
    }),
  };
};
