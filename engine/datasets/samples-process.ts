// Entry of the samples process, and of the thread in the training process: makes samples while the
// network is at work. Holds the pictures of the descriptions it was asked for.
import sharp from 'sharp';
import { answerRequests } from '../process/answer-requests.ts';
import type { ForgedSample } from './forgeries/forgery-source.ts';
import { type OpenedSamples, openSamples, type Samples } from './open-samples.ts';
import type { Sample } from './samples.ts';

/**
 * Every request carries the description, so that a process started anew needs to be told nothing.
 */
export type SamplesRequest = { samples: Samples } & (
  | { kind: 'open' }
  | { kind: 'make'; epoch: number; index: number; masked: boolean }
);
export type SamplesResponse =
  | { kind: 'opened'; count: number; group: number; remarks: readonly string[] }
  | Sample
  | ForgedSample;

// Training has the other cores.
sharp.concurrency(1);
const opened = new Map<string, Promise<OpenedSamples>>();

function sourceOf(samples: Samples): Promise<OpenedSamples> {
  const key = JSON.stringify(samples);
  const known = opened.get(key) ?? openSamples(samples);
  opened.set(key, known);
  known.catch(() => opened.delete(key));
  return known;
}

answerRequests<SamplesRequest, SamplesResponse>(async (request) => {
  const source = await sourceOf(request.samples);
  if (request.kind === 'open') {
    const { count, group = 1, remarks } = source;
    return { kind: 'opened', count, group, remarks };
  }
  const { epoch, index } = request;
  if (!request.masked) return source.sample(epoch, index);
  if (!source.forged) throw new Error('Stored faces have no masks.');
  return source.forged(epoch, index);
});
