// What tests of survival begin and end with: media to scan, the scan that nobody disturbs, and
// whether a case on disk is whole. Tests only.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { walkAudit } from '../../case/log/audit.ts';
import { closeCase, openCaseForReading } from '../../case/open-case.ts';
import { allVerdicts } from '../../case/rows/verdict.ts';
import { type Client, createClient, createEngine } from '../../index.ts';
import { samplePhotograph } from '../../media/finder-weights.ts';
import { ffmpeg, hasFfmpeg } from '../../media/video/testing/make-media.ts';
import { rowsOf, scan } from '../../testing/scanned.ts';

/** The sample photographs of the face finder's package, in a new folder. */
export function copyPhotographs(folder: string, numbers: readonly number[] = [1, 2, 3, 4]): void {
  mkdirSync(folder);
  for (const n of numbers) copyFileSync(samplePhotograph(n), path.join(folder, `${n}.jpg`));
}

/**
 * Two small photographs and, where there is an ffmpeg program, a film of eight frames with faces.
 */
export function copyMedia(folder: string): void {
  copyPhotographs(folder, [1]);
  copyFileSync(samplePhotograph(4), path.join(folder, '4.jpg'));
  if (!hasFfmpeg) return;
  const still = samplePhotograph(1);
  const sway = 'scale=480:-2,crop=400:in_h:(in_w-out_w)*t:0,fps=8,setsar=1,format=yuv420p';
  ffmpeg('-loop', '1', '-t', '1', '-i', still, '-vf', sway, '-c:v', 'libx264', path.join(folder, 'film.mp4'));
}

/** An engine, media to scan, and what a scan that nobody disturbs gives and how long it takes. */
export type Undisturbed = {
  /** Folder of the test's own; gone once closed. */
  root: string;
  media: string;
  client: Client;
  rows: Awaited<ReturnType<typeof rowsOf>>;
  takesMs: number;
  close(): Promise<void>;
};

/** Scans media into new cases; of `scans` the last counts. */
export async function scanUndisturbed(name: string, scans = 1): Promise<Undisturbed> {
  const root = mkdtempSync(path.join(os.tmpdir(), `recce-${name}-`));
  const media = path.join(root, 'media');
  copyMedia(media);
  const engine = await createEngine({ appDataFolder: path.join(root, 'app') });
  const client = createClient(engine);
  let takesMs = 0;
  for (let i = 0; i < scans; i++) {
    await client.case.create({ folder: path.join(root, `undisturbed-${i}`), title: 'U', reference: '' });
    const started = performance.now();
    const how = await scan(client, [media]);
    if (how !== 'done') throw new Error(how);
    takesMs = performance.now() - started;
  }
  const close = async (): Promise<void> => {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  };
  return { root, media, client, rows: await rowsOf(client), takesMs, close };
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
