import { beforeEach, expect, test } from 'vitest';
import type { Case } from '../../contract/case.ts';
import type { Job } from '../../contract/job.ts';
import { mayLeaveCase, sayInterrupted, workOf } from './case-work.ts';
import { engine, queryClient } from './engine.ts';
import { jobs } from './jobs.ts';
import { notices } from './notices.ts';
import { closeOverlay, leaveToNextCase, overlay } from './overlays.ts';

const open = { folder: '/cases/a', title: 'State v. Nobody' } as Case;
const job = (state: Job['state']) =>
  ({ id: 1, kind: 'scan', state, progress: { done: 3, total: 23, failed: 0, remainingMs: null } }) as unknown as Job;
const work = (...all: Job[]) => jobs.set({ jobs: all, problems: [] });

beforeEach(() => {
  queryClient.setQueryData(engine.case.current.queryKey(), open);
  closeOverlay();
});

test('a case in which a scan is at work is left only once that was asked', async () => {
  work(job('running'));
  const asked = mayLeaveCase('/cases/b');
  const shown = overlay.get();
  expect(shown).toMatchObject({ kind: 'leaveWork', work: 'The scan of “State v. Nobody”, at 3 of 23 files,' });
  if (shown?.kind === 'leaveWork') shown.answer(false);
  expect(await asked).toBe(false);
  // Where the case goes meanwhile, nothing is to be answered any more.
  const later = mayLeaveCase();
  leaveToNextCase();
  expect(await later).toBe(false);
});

test('nothing is asked of a case that rests, of a paused scan, nor of the case itself', async () => {
  for (const state of ['paused', 'done', 'cancelled', 'failed'] as const) {
    work(job(state));
    expect(await mayLeaveCase('/cases/b')).toBe(true);
  }
  work(job('running'));
  expect(await mayLeaveCase('/cases/a')).toBe(true);
  expect(overlay.get()).toBeNull();
});

test('where a case was left whatever was at work, it is said, and that it goes on', () => {
  work(job('queued'));
  sayInterrupted(workOf(open));
  expect(notices.get().map(({ text }) => text)).toEqual([
    'The scan of “State v. Nobody”, at 3 of 23 files, was interrupted with its case. It goes on when that case is opened again.',
  ]);
  work();
  sayInterrupted(workOf(open));
  expect(notices.get()).toHaveLength(1);
});
