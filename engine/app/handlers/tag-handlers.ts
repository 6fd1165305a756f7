// Handlers of `tag`: what examiners mark, one or many at once.
import type { ExaminerId } from '../../../contract/brand.ts';
import { MOST_AT_ONCE } from '../../../contract/opinion.ts';
import type { Tag, Taggable, Tagged, TaggingDone } from '../../../contract/tag.ts';
import { findingsOf, hidesFrom, subjectsShown } from '../../case/grid/finding.ts';
import { ofOneModel } from '../../case/grid/model-shown.ts';
import {
  defineTag,
  getTag,
  listTags,
  subjectsOfTagging,
  type Tagging,
  tagSubjects,
  undoTagging,
} from '../../case/rows/tag.ts';
import type { CurrentCase } from '../current-case.ts';
import { examinerOf, type GivenBy, tellWindows } from './finding-handlers.ts';
import { procedures } from './implementer.ts';
import { inNameOf } from './session-handlers.ts';

type Put = GivenBy & { name: string; on: boolean; tagged: Tagged };
type Defined = GivenBy & { name: string; colour?: Tag['colour'] | undefined; key?: string | null | undefined };

/** What is tagged: the subjects named, or those of the results that the filter shows. */
function subjectsOf({ opened: { handle }, viewer }: CurrentCase, tagged: Tagged): Taggable[] {
  if ('filter' in tagged) return subjectsShown(handle, viewer, ofOneModel(handle, tagged.filter, viewer), tagged.upTo);
  const once = new Map(tagged.subjects.map((one) => [`${one.evidenceId} ${one.faceId}`, one]));
  return [...once.values()];
}

function put(currentCase: CurrentCase, { name, on, tagged, ...by }: Put): TaggingDone {
  const { working, viewer } = currentCase;
  const examiner = examinerOf(working, by);
  const subjects = subjectsOf(currentCase, tagged);
  // In blind review a mark of another on what is not decided is neither seen nor touched.
  const seen = ({ evidenceId, faceId }: Taggable, whose: ExaminerId): boolean =>
    whose === viewer.examinerId || !hidesFrom(working.handle, viewer, evidenceId, faceId);
  const asked = 'filter' in tagged ? tagged.filter : undefined;
  const done = working.handle.db.transaction(() => {
    const tag = on ? defineTag(working.handle, examiner, { name }) : getTag(working.handle, name);
    return tagSubjects(working.handle, examiner, tag, { subjects, on, seen, asked });
  });
  if (done.changed > 0) working.taggings.push(done);
  return answer(currentCase, done, subjects.length, by.window);
}

/** With the rows that changed, where they are no more than a window shows at once. */
function answer(currentCase: CurrentCase, done: Tagging, subjects: number, window: string | undefined): TaggingDone {
  const {
    opened: { handle },
    viewer,
  } = currentCase;
  const { tag, on, changed } = done;
  const named = changed > MOST_AT_ONCE ? [] : subjectsOfTagging(handle, done);
  const rows = named.flatMap((one) => findingsOf(handle, viewer, one));
  if (changed > 0) tellWindows(currentCase, window, rows);
  return { tag, on, changed, subjects, rows };
}

function undo(currentCase: CurrentCase, by: GivenBy): TaggingDone | null {
  const { working } = currentCase;
  const examiner = examinerOf(working, by);
  const last = working.taggings.at(-1);
  if (!last) return null;
  const undone = undoTagging(working.handle, examiner, last);
  working.taggings.pop();
  return answer(currentCase, undone, last.changed, by.window);
}

const define = (currentCase: CurrentCase, { name, colour, key, ...by }: Defined): Tag =>
  defineTag(currentCase.working.handle, examinerOf(currentCase.working, by), {
    name,
    ...(colour === undefined ? {} : { colour }),
    ...(key === undefined ? {} : { key }),
  });

export const tagHandlers = (currentCase: CurrentCase) => ({
  list: procedures.tag.list.handler(() => listTags(currentCase.opened.handle)),
  define: procedures.tag.define.handler(({ input: { examiner, ...given } }) =>
    inNameOf(currentCase, examiner, () => define(currentCase, given)),
  ),
  put: procedures.tag.put.handler(({ input: { examiner, ...given } }) =>
    inNameOf(currentCase, examiner, () => put(currentCase, given)),
  ),
  undo: procedures.tag.undo.handler(({ input }) => undo(currentCase, input)),
});
