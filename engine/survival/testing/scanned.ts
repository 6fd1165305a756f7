// What tests of survival ask of an engine: photographs to scan, a scan to its end, the rows it gave, and whether a case on disk is
// whole. Tests only.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '../../../contract/finding.ts';
import { walkAudit } from '../../case/audit.ts';
import { closeCase, openCaseForReading } from '../../case/open-case.ts';
import { allVerdicts } from '../../case/verdict.ts';
import type { Client } from '../../index.ts';
import { facePackageFolder } from '../../media/finder-weights.ts';
import { ffmpeg, hasFfmpeg } from '../../media/video/testing/make-media.ts';

/** The sample photographs of the face finder's package, in a new folder. */
export function copyPhotographs(folder: string, numbers: readonly number[] = [1, 2, 3, 4]): void {
  mkdirSync(folder);
  for (const n of numbers)
    copyFileSync(path.join(facePackageFolder(), 'demo', `sample${n}.jpg`), path.join(folder, `${n}.jpg`));
}

/** Two small photographs and, where there is an ffmpeg program, a film of eight frames with faces. */
export function copyMedia(folder: string): void {
  copyPhotographs(folder, [1]);
  copyFileSync(path.join(facePackageFolder(), 'demo', 'sample4.jpg'), path.join(folder, '4.jpg'));
  if (!hasFfmpeg) return;
  const still = path.join(facePackageFolder(), 'demo', 'sample1.jpg');
  const sway = 'scale=480:-2,crop=400:in_h:(in_w-out_w)*t:0,fps=8,setsar=1,format=yuv420p';
  ffmpeg('-loop', '1', '-t', '1', '-i', still, '-vf', sway, '-c:v', 'libx264', path.join(folder, 'film.mp4'));
}

/** How a job ended: its state, or what it failed with. */
export async function ended(client: Client, id: number): Promise<string> {
  for await (const { job } of await client.job.watch())
    if (job.id === id && ['done', 'failed', 'cancelled'].includes(job.state)) return job.error ?? job.state;
  throw new Error('The engine ended.');
}

export const scan = async (client: Client, paths: string[]): Promise<string> =>
  ended(client, (await client.scan.start({ paths, device: 'cpu', minimumFacePx: 40 })).id);

/** Findings without ids, which depend on the order of work. */
export async function rowsOf(client: Client): Promise<Omit<Finding, 'verdictId' | 'evidenceId' | 'faceId'>[]> {
  const sort = { by: 'path', direction: 'ascending' } as const;
  const { rows } = await client.finding.query({ sort, offset: 0, limit: 1000, filter: {} });
  return rows.map(({ verdictId: _v, evidenceId: _e, faceId: _f, ...rest }) => rest);
}

/** What is wrong with the database and the log of a case nobody has open; empty when nothing is. */
export function problemsOnDisk(folder: string): string[] {
  const opened = openCaseForReading(folder);
  try {
    const found = String(opened.db.raw.pragma('integrity_check', { simple: true }));
    const { broken } = walkAudit(opened);
    return [...(found === 'ok' ? [] : [found]), ...(broken ? [`audit entry ${broken.seq}`] : [])];
  } finally {
    closeCase(opened);
  }
}

/** Every verdict of a case on disk by its id: none may change or go. */
export function verdictsOnDisk(folder: string): Map<number, string> {
  const opened = openCaseForReading(folder);
  try {
    return new Map(allVerdicts(opened).map((one) => [one.id, JSON.stringify(one)]));
  } finally {
    closeCase(opened);
  }
}

/** A word for whoever started this process. */
export const say = (word: string): void => void process.stdout.write(`${word}\n`);
