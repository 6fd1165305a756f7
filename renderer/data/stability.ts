// How firm results are: asked for on one face, on those selected, or on all that lean; each answer is
// kept with its result and entered in the log.
import type { VerdictId } from '../../contract/brand.ts';
import type { Finding, FindingFilter } from '../../contract/finding.ts';
import type { Leaning } from '../../contract/verdict.ts';
import { client } from '../transport.ts';
import { countText } from '../wording.ts';
import { engine, errorWords, queryClient } from './engine.ts';
import { grid, isOfMany, markedRows, selectedRow } from './grid-state.ts';
import { jobEnded } from './jobs.ts';
import { notify } from './notices.ts';

const LEANING: Leaning[] = ['towardsForged', 'towardsGenuine'];

/** What came of it: how many results were tried, on how many nothing could be measured, and why on the first. */
export type Measured = { tried: number; not: number; reason: string | null };

/** Rejects with what the engine says, and where the job was not done. */
export async function measureStability(wanted: Parameters<typeof client.stability.start>[0]): Promise<Measured> {
  const { id, input } = await client.stability.start(wanted);
  const { progress } = await jobEnded(id);
  await queryClient.invalidateQueries({ queryKey: engine.stability.key() });
  const tried = Number((input.verdictIds as unknown[] | undefined)?.length ?? 0);
  const rows = progress.failed === 0 ? [] : (await client.stability.read({ jobId: id })).rows;
  const reason = rows.find(({ result }) => result === 'notPossible')?.reason ?? null;
  return { tried, not: progress.failed, reason };
}

const results = (n: number): string => countText(n, 'result', 'results');

/** Sentences on what came of it. */
export function measuredWords({ tried, not, reason }: Measured): string {
  if (tried === 0) return 'Nothing here leans or has a score that you may see.';
  const made = tried - not;
  const measured = `Stability measured of ${results(made)}. See it with each face, and in the report.`;
  const left = `Stability could not be measured of ${results(not)}${reason ? `: ${reason}` : '.'}`;
  return [made > 0 ? measured : '', not > 0 ? left : ''].filter(Boolean).join(' ');
}

/** The same, told in the corner. */
async function measureAndTell(wanted: Parameters<typeof client.stability.start>[0]): Promise<void> {
  notify('Measuring stability: each face is altered a little and scored again.');
  try {
    const measured = await measureStability(wanted);
    notify(measuredWords(measured), measured.not > 0 ? { tone: 'danger' } : {});
  } catch (error) {
    const { title, detail } = errorWords(error);
    notify(`${title} ${detail}`, { tone: 'danger' });
  }
}

/** Of a score that blind review hides nothing is asked. */
const isShown = ({ kind, hidden }: Finding): boolean => kind === 'scored' && !hidden;

export async function measureSelected(): Promise<void> {
  const row = selectedRow();
  const rows = isOfMany(grid.get()) ? await markedRows() : row ? [row] : [];
  const verdictIds = rows.filter(isShown).map(({ verdictId }) => verdictId);
  if (verdictIds.length === 0) notify('No score is shown there whose stability could be measured.');
  else await measureAndTell({ verdictIds });
}

export const measureOne = (verdictId: VerdictId): Promise<void> => measureAndTell({ verdictIds: [verdictId] });

/** Of what the filter shows; of films the most telling face of each track, unless all are asked for. */
export function measureLeaning(): Promise<void> {
  const { filter, list } = grid.get();
  const leanings = filter.leanings?.filter((one) => LEANING.includes(one)) ?? LEANING;
  const modelId = list?.modelId ?? filter.modelId;
  const wanted: FindingFilter = { videoFrames: 'key', ...filter, leanings, ...(modelId ? { modelId } : {}) };
  return measureAndTell({ filter: wanted });
}
