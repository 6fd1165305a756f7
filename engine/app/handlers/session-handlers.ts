// Handlers of `session`: who works on the open case, and whether they review blind.
import type { KnownExaminer, Session } from '../../../contract/case.ts';
import { personKey } from '../../../contract/examiner-name.ts';
import type { ReadableCase } from '../../case/db/case-handle.ts';
import { countHidden } from '../../case/grid/finding.ts';
import { appendAudit } from '../../case/log/audit.ts';
import {
  addExaminer,
  entriesByPerson,
  examinersWithOpinions,
  listExaminers,
  markMistaken,
} from '../../case/rows/examiner.ts';
import { hasLookedUnnamed } from '../../case/rows/last-open-look.ts';
import { hasLookedOpenly } from '../../case/rows/opinion-rule.ts';
import type { CurrentCase } from '../current-case.ts';
import { enterLook } from '../looks.ts';
import { procedures } from './implementer.ts';

/**
 * A change of examiner or of blind mode begins a new sitting, and is an entry of the log. Who is
 * chosen is entered with how they review; blind mode is switched on or off by the one who works on,
 * and what was hidden from another is not theirs to reveal.
 */
function setSession(
  currentCase: CurrentCase,
  wanted: { examiner?: string | undefined; blind?: boolean | undefined; looked?: boolean | undefined },
): Session {
  const { working } = currentCase;
  const { handle, session, sitting, taggings } = working;
  const before = { ...session };
  const log = (action: string, details: Record<string, unknown>): void => {
    const { who } = currentCase;
    appendAudit(handle, { who, action, subject: who || 'no examiner', details });
  };
  handle.db.transaction(() => {
    const examiner = wanted.examiner === undefined ? before.examiner : addExaminer(handle, wanted.examiner);
    const blind = wanted.blind ?? before.blind;
    const revealed = before.blind && !blind ? countHidden(handle, currentCase.viewer) : 0;
    Object.assign(session, { examiner, blind });
    if (examiner?.id !== before.examiner?.id)
      log('examiner.chosen', { blind, ...(wanted.looked || hasLookedUnnamed(handle) ? { looked: true } : {}) });
    else if (blind && !before.blind) log('blind.on', {});
    else if (!blind && before.blind) log('blind.off', { facesRevealed: revealed });
  });
  if (session.examiner?.id !== before.examiner?.id || session.blind !== before.blind) {
    sitting.length = 0;
    taggings.length = 0;
    working.groupSteps = 0;
    // Every window shows it.
    currentCase.changes.publish(null);
  }
  return sessionOf(currentCase);
}

/**
 * What `work` does under this name, which is taken with it: where it is refused, the name is not
 * taken, and nothing is written. Without a name it is done by whoever sits here.
 */
export function inNameOf<T>(currentCase: CurrentCase, examiner: string | undefined, work: () => T): T {
  if (examiner === undefined) return work();
  const { working } = currentCase;
  const { handle, session, sitting, taggings, groupSteps } = working;
  const before = { session: { ...session }, sitting: [...sitting], taggings: [...taggings] };
  try {
    return handle.db.transaction(() => {
      setSession(currentCase, { examiner });
      return work();
    });
  } catch (error) {
    Object.assign(session, before.session);
    sitting.splice(0, sitting.length, ...before.sitting);
    taggings.splice(0, taggings.length, ...before.taggings);
    working.groupSteps = groupSteps;
    throw error;
  }
}

const sessionOf = ({ opened: { handle, session, opening } }: CurrentCase): Session => ({
  ...session,
  opening,
  looked: session.examiner === null && hasLookedUnnamed(handle),
});

function lookUnnamed(currentCase: CurrentCase): Session {
  enterLook(currentCase.working);
  return sessionOf(currentCase);
}

function knownExaminers(handle: ReadableCase): KnownExaminer[] {
  const entries = entriesByPerson(handle);
  const gave = new Set(examinersWithOpinions(handle).map(({ name }) => personKey(name)));
  return listExaminers(handle).map((one) => ({
    ...one,
    entries: entries.get(personKey(one.name)) ?? 0,
    gaveOpinions: gave.has(personKey(one.name)),
    lookedOpenly: hasLookedOpenly(handle, one.name),
  }));
}

export const sessionHandlers = (currentCase: CurrentCase) => ({
  get: procedures.session.get.handler(() => sessionOf(currentCase)),
  examiners: procedures.session.examiners.handler(() => knownExaminers(currentCase.opened.handle)),
  hidden: procedures.session.hidden.handler(() => countHidden(currentCase.opened.handle, currentCase.viewer)),
  mistaken: procedures.session.mistaken.handler(({ input }) => {
    const { handle, session } = currentCase.working;
    markMistaken(handle, currentCase.who, input.id);
    if (session.examiner?.id === input.id) {
      session.examiner = null;
      currentCase.changes.publish(null);
    }
    return knownExaminers(handle);
  }),
  look: procedures.session.look.handler(() => lookUnnamed(currentCase)),
  set: procedures.session.set.handler(({ input }) => setSession(currentCase, input)),
});
