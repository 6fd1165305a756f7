// Work of the open case ends when the case is left: asked before, and said where it was left all the
// same, by another window or in another way.
import type { Case } from '../../contract/case.ts';
import type { Job } from '../../contract/job.ts';
import { visibleText } from '../../contract/visible-text.ts';
import { countText, numberText } from '../wording.ts';
import { engine, queryClient } from './engine.ts';
import { jobs } from './jobs.ts';
import { notify } from './notices.ts';
import { show } from './overlays.ts';

const NAMES: Readonly<Record<Job['kind'], readonly [name: string, one: string, many: string]>> = {
  scan: ['scan', 'file', 'files'],
  rerun: ['rerun', 'result', 'results'],
  stability: ['measuring of stability', 'result', 'results'],
  persons: ['making of embeddings', 'face', 'faces'],
  groups: ['grouping of faces', 'face', 'faces'],
  copies: ['hashing of pictures', 'picture', 'pictures'],
  train: ['training', 'step', 'steps'],
};

/** `The scan of “S”, at 3 of 23 files,` of the job that is at work or waits for its turn; undefined where none is. */
export function workOf({ title }: Pick<Case, 'title'>): string | undefined {
  const job = jobs.get().jobs.find(({ state }) => state === 'running' || state === 'queued');
  if (!job) return undefined;
  const [name, one, many] = NAMES[job.kind];
  const { done, total } = job.progress;
  const place = total === null ? '' : `, at ${numberText(done)} of ${countText(total, one, many)},`;
  return `The ${name} of “${visibleText(title)}”${place}`;
}

/** The case is no longer open here; what was at work in it has ended with it. */
export function sayInterrupted(work: string | undefined): void {
  if (work !== undefined)
    notify(`${work} was interrupted with its case. It goes on when that case is opened again.`, { tone: 'danger' });
}

/** Asks where something is at work in the open case. `folder`: the case that is to be opened in its place. */
export async function mayLeaveCase(folder?: string): Promise<boolean> {
  const open = queryClient.getQueryData(engine.case.current.queryKey());
  const work = open && open.folder !== folder ? workOf(open) : undefined;
  if (work === undefined) return true;
  return new Promise((answer) => show({ kind: 'leaveWork', work, answer }));
}
