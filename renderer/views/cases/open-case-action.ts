// Opening a case from anywhere: the cases screen, the palette, a dropped folder.

import { wordsFromError } from '../../data/engine.ts';
import { forgetList } from '../../data/grid-state.ts';
import { notify } from '../../data/notices.ts';
import { caseChanged } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { go } from '../../data/route.ts';
import { client } from '../../transport.ts';

/** Opens the case in `folder` and shows its faces; says so where it cannot be opened. */
export async function openCase(folder: string): Promise<boolean> {
  try {
    const opened = await client.case.open({ folder });
    forgetList();
    await caseChanged();
    go(opened.counts.verdicts > 0 ? 'faces' : 'scan');
    const { examiner } = await client.session.get();
    if (!examiner && opened.writable) show({ kind: 'examiner' });
    return true;
  } catch (error) {
    const { title, detail } = wordsFromError(error);
    notify(`${title} ${detail}`, { tone: 'danger' });
    return false;
  }
}
