// Following one job to its end, with a progress bar and a line for each problem.
import type { Job } from '../contract/job.ts';
import { visibleText } from '../contract/visible-text.ts';
import type { Client } from '../engine/index.ts';
import { type Output, progressBar } from './output.ts';

/** Resolves with the finished job. Throws when it fails or is cancelled. */
export async function followJob(client: Client, output: Output, started: Job): Promise<Job> {
  const bar = progressBar(output);
  try {
    for await (const { job, problem } of await client.job.watch()) {
      if (job.id !== started.id) continue;
      if (problem && !output.json) output.note(`${visibleText(problem.shownPath)}: ${problem.message}`);
      const { done, total, faces, ratePerSecond } = job.progress;
      bar.update(done, total, `${faces} faces  ${ratePerSecond ? `${ratePerSecond.toFixed(1)} files/s` : ''}`);
      if (job.state === 'done') return job;
      if (job.state === 'failed') throw new Error(job.error ?? `The ${job.kind} failed.`);
      if (job.state === 'cancelled') throw new Error(`The ${job.kind} was cancelled.`);
    }
    throw new Error(
      `The engine ended before the ${started.kind} did. Run the same command again: it goes on where it stopped.`,
    );
  } finally {
    bar.stop();
  }
}
