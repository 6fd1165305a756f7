// Where a key may undo: only where a face is on screen, so that it is seen what it undoes.
import type { ViewName } from './route.ts';

const WITH_FACES: readonly ViewName[] = ['faces', 'inspect', 'video'];

/**
 * Why nothing is undone here; undefined where it is. `takesOpinions`: the screen takes an opinion by
 * key now: a list of videos, and what is still being read, do not. `row`: of the list of faces one is
 * selected.
 */
export function whyNoUndo(
  view: ViewName,
  { takesOpinions, row }: { takesOpinions: boolean; row: boolean },
): string | undefined {
  if (!WITH_FACES.includes(view))
    return 'Nothing was undone: undo on Faces or Videos, where it is seen what it undoes.';
  if (takesOpinions && (view !== 'faces' || row)) return undefined;
  return 'Nothing was undone: no face is shown here, so it would not be seen what it undoes.';
}
