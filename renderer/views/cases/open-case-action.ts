// Opening a case from anywhere: the cases screen, the palette, a dropped folder.

import { ORPCError } from '@orpc/client';
import { mayLeaveCase } from '../../data/case-work.ts';
import { errorWords } from '../../data/engine.ts';
import { forgetList } from '../../data/grid-state.ts';
import { notify } from '../../data/notices.ts';
import { caseChanged } from '../../data/open-case.ts';
import { go } from '../../data/route.ts';
import { client } from '../../transport.ts';

/** Sets a damaged database aside, whole, and opens the newest backup that is whole. */
async function restoreCase(folder: string): Promise<void> {
  try {
    const { setAside } = await client.case.restore({ folder });
    forgetList();
    await caseChanged();
    go('activity');
    notify(`The newest whole backup was opened. The damaged database was set aside: ${setAside}`);
  } catch (error) {
    const { title, detail } = errorWords(error);
    notify(`${title} ${detail}`, { tone: 'danger' });
  }
}

/** Closes the open case; false where one stays in it. */
export async function closeOpenCase(): Promise<boolean> {
  if (!(await mayLeaveCase())) return false;
  await client.case.close();
  forgetList();
  await caseChanged();
  return true;
}

/** Opens the case in `folder` and shows its faces; says so where it cannot be opened. */
export async function openCase(folder: string): Promise<boolean> {
  if (!(await mayLeaveCase(folder))) return false;
  try {
    const opened = await client.case.open({ folder });
    forgetList();
    await caseChanged();
    go(opened.counts.verdicts > 0 ? 'faces' : 'scan');
    return true;
  } catch (error) {
    const { title, detail } = errorWords(error);
    const damaged = error instanceof ORPCError && error.code === 'CASE_DAMAGED';
    notify(`${title} ${detail}`, {
      tone: 'danger',
      ...(damaged ? { action: { label: 'Take the newest backup', run: () => void restoreCase(folder) } } : {}),
    });
    return false;
  }
}
