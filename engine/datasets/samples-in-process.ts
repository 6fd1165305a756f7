// Samples made in a process of their own, so that the next batches are ready when the network is.
// Engine process.

import { prefetch } from '../async/prefetch.ts';
import type { SpawnChild } from '../process/channel.ts';
import { retryAfterCrash } from '../process/retry-after-crash.ts';
import { createSupervisedChild } from '../process/supervised-child.ts';
import type { ForgedSample, ForgerySource } from './forgeries/forgery-source.ts';
import { type SamplesInput, samplesSchema } from './open-samples.ts';
import type { Sample, SampleSource } from './samples.ts';
import type { SamplesRequest, SamplesResponse } from './samples-process.ts';

/**
 * A sample takes milliseconds; reading all pictures, at the first request, takes seconds to
 * minutes.
 */
const LIMIT_MS = 10 * 60_000;

/** The module that makes samples, as a process or as a thread of the one that uses them. */
export const SAMPLES_ENTRY = new URL('./samples-process.ts', import.meta.url);

export type SamplesInProcess = ForgerySource & {
  readonly remarks: readonly string[];
  /** Process id while the process lives. */
  pid(): number | undefined;
  close(): Promise<void>;
};

/** Starts the process and reads the pictures. Their faces must have been placed (`detectFaces`). */
export async function samplesInProcess(
  input: SamplesInput,
  options: { spawn?: SpawnChild } = {},
): Promise<SamplesInProcess> {
  const samples = samplesSchema.parse(input);
  const child = createSupervisedChild<SamplesRequest, SamplesResponse>({
    entry: SAMPLES_ENTRY,
    name: 'samples',
    timeoutMs: LIMIT_MS,
    ...(options.spawn ? { spawn: options.spawn } : {}),
  });
  const opened = await child.call({ samples, kind: 'open' }).catch(async (error: unknown) => {
    await child.close();
    throw error;
  });
  if (!('remarks' in opened)) throw new Error('The samples process answered a sample to a request to open.');
  const make = async (epoch: number, index: number, masked: boolean): Promise<SamplesResponse> => {
    const request: SamplesRequest = { samples, kind: 'make', epoch, index, masked };
    // A process that died is started again by the next request; the sample it owed is asked for
    // once more.
    return retryAfterCrash(() => child.call(request));
  };
  return {
    count: opened.count,
    group: opened.group,
    remarks: opened.remarks,
    sample: async (epoch, index) => (await make(epoch, index, false)) as Sample,
    forged: async (epoch, index) => (await make(epoch, index, true)) as ForgedSample,
    pid: () => child.pid,
    close: () => child.close(),
  };
}

/**
 * Batches of `size` samples of one epoch in the given order of indices, with `ahead` samples under
 * way while earlier ones are used; a last batch may be smaller. Work goes on while the caller is
 * busy as long as the source has a process of its own.
 */
export async function* sampleBatches(
  source: SampleSource,
  epoch: number,
  order: Iterable<number>,
  { size, ahead = 2 * size }: { size: number; ahead?: number },
): AsyncGenerator<Sample[]> {
  let batch: Sample[] = [];
  for await (const sample of prefetch(order, ahead, (index) => source.sample(epoch, index))) {
    batch.push(sample);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
