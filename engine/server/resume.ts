// A restarted engine goes on where the last one stood: the same case, examiner and blind mode,
// before anyone is served.
import { type Client, createClient, type Engine } from '../index.ts';
import { noteOnConsole } from '../process/console-note.ts';
import type { ResumePoint } from './engine-messages.ts';

/** The point a new engine would have to take up now; null while no case is open. */
export async function readResumePoint(client: Client): Promise<ResumePoint | null> {
  const opened = await client.case.current();
  if (!opened) return null;
  const { examiner, blind } = await client.session.get();
  return { folder: opened.folder, examiner: examiner?.name ?? null, blind };
}

/**
 * Opens the case again. Where that fails no case is open and the window says why; an engine without
 * a case is still one.
 */
export async function takeUp(engine: Engine, resume: ResumePoint): Promise<void> {
  const client = createClient(engine);
  try {
    await client.case.open({ folder: resume.folder });
    const { examiner, blind } = resume;
    if (examiner || blind) await client.session.set({ blind, ...(examiner ? { examiner } : {}) });
  } catch (error) {
    await client.case.close();
    engine.noteNotOpened(resume.folder, error as Error);
    noteOnConsole(`The case ${resume.folder} could not be opened: ${(error as Error).message}`);
  }
}
