// What tests ask of an engine through its door: a scan to its end, and the rows it gave. Tests
// only.
import type { ModelId } from '../../contract/brand.ts';
import type { Finding } from '../../contract/finding.ts';
import type { Client } from '../index.ts';

/**
 * How a job ended: its state, or what it failed with. `told` gets what is said of its files
 * meanwhile.
 */
export async function ended(client: Client, id: number, told: string[] = []): Promise<string> {
  for await (const { job, problem } of await client.job.watch()) {
    if (job.id !== id) continue;
    if (problem) told.push(problem.message);
    if (['done', 'failed', 'cancelled'].includes(job.state)) return job.error ?? job.state;
  }
  throw new Error('The engine ended.');
}

/** Scans into the open case on the CPU; how that ended. */
export const scan = async (client: Client, paths: string[], modelId?: ModelId): Promise<string> =>
  ended(client, (await client.scan.start({ paths, modelId, device: 'cpu', minimumFacePx: 40 })).id);

/** Every finding of the open case, by path. */
export async function findingsOf(client: Client): Promise<Finding[]> {
  const sort = { by: 'path', direction: 'ascending' } as const;
  return (await client.finding.query({ sort, offset: 0, limit: 1000, filter: {} })).rows;
}

/** Findings without ids, which depend on the order of work. */
export const rowsOf = async (client: Client): Promise<Omit<Finding, 'verdictId' | 'evidenceId' | 'faceId'>[]> =>
  (await findingsOf(client)).map(({ verdictId: _v, evidenceId: _e, faceId: _f, ...rest }) => rest);
