// Journey: a video looked at along its time, in a real browser with the real engine: to the most suspicious frame, from frame to
// frame, marks, the face beside the frame, and blind review.
import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoTimeline } from '../contract/track.ts';
import { createClient, createEngine } from '../engine/index.ts';
import { hasFfmpeg, makeTwoShots, NEEDS_FFMPEG } from '../engine/media/video/testing/make-media.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { pictureOf } from './harness/picture-of.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-video-screen-'));
const folder = path.join(root, 'case');
let workstation: LaunchedWorkstation;
let page: Page;
let timeline: VideoTimeline;
const complaints: string[] = [];

/** The case with its video scanned, made without a window. */
async function makeCase(): Promise<void> {
  const video = path.join(root, 'two shots.mp4');
  makeTwoShots(video);
  const engine = await createEngine({ appDataFolder: path.join(root, 'making') });
  const client = createClient(engine);
  await client.case.create({ folder, title: 'Video', reference: '', examiner: 'A. Reader' });
  const { id } = await client.scan.start({ paths: [video] });
  for await (const { job } of await client.job.watch()) if (job.id === id && job.state === 'done') break;
  const [file] = (await client.evidence.list({})).rows;
  timeline = await client.video.timeline({ evidenceId: file!.id });
  await engine.close();
}

beforeAll(async () => {
  if (!hasFfmpeg) return;
  await makeCase();
  mkdirSync(path.join(root, 'home'));
  workstation = await launch({ home: path.join(root, 'home'), case: folder });
  page = workstation.page;
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
});
afterAll(() => workstation?.close());

const place = () => page.locator('.transport-place').textContent();

describe.skipIf(!hasFfmpeg)(`a video along its time${NEEDS_FFMPEG}`, () => {
  test('the most suspicious frame is one key away, with the face beside it', async () => {
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Videos' }).click();
    await page.getByRole('region', { name: 'Player' }).waitFor();
    await page.keyboard.press('s');
    const track = timeline.tracks.find((one) => one.id === timeline.mostSuspiciousTrackId)!;
    if (track.outcome?.kind !== 'scored') throw new Error('a scored track was expected');
    const { windowFromMs, windowToMs } = track.outcome;
    const inWindow = track.points.filter((one) => one.timeMs >= windowFromMs && one.timeMs <= windowToMs);
    const worst = inWindow.reduce((a, b) => (b.score! > a.score! ? b : a));
    await expect.poll(place).toContain(`frame ${worst.frameIndex} of 60 · pts ${worst.pts}`);
    await page.getByText(`raw score ${worst.score!.toFixed(4)}`).waitFor();
    await page.getByRole('button', { name: `Face of track ${track.trackIndex + 1}` }).waitFor();
    await page.waitForFunction(() => {
      const image = document.querySelector<HTMLImageElement>('.frame-stage img');
      return image?.complete && image.naturalWidth > 0;
    });
    await pictureOf(page, 'video');
    expect(await findBarriers(page)).toEqual([]);
  });

  test('steps go frame by frame, rows go from one looked-at frame to the next, marks tell what lies between', async () => {
    await page.keyboard.press('Home');
    await expect.poll(place).toContain('frame 0 of 60');
    await page.keyboard.press('[');
    await page.keyboard.press('ArrowRight');
    await expect.poll(place).toContain('frame 1 of 60');
    await page.getByText('This frame was not looked at').waitFor();
    for (const next of [5, 10, 15]) {
      await page.keyboard.press('ArrowDown');
      await expect.poll(place).toContain(`frame ${next} of 60`);
    }
    await page.keyboard.press(']');
    await page.getByText('Marked 0:00.00 to 0:01.50').waitFor();
  });

  test('it plays, and stops at the end', async () => {
    await page.keyboard.press('End');
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
    await expect.poll(place).toContain('frame 55 of 60');
    await page.keyboard.press('Space');
    await expect.poll(place, { timeout: 30_000 }).toContain('frame 59 of 60');
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  test('blind review hides curves and scores until the file has an opinion', async () => {
    await page.getByRole('button', { name: 'Who is examining?' }).click();
    const dialog = page.getByRole('dialog', { name: 'Who is examining?' });
    await dialog.getByLabel('Name').fill('A. Reader');
    await dialog.getByRole('switch', { name: 'Blind review' }).click();
    await dialog.getByRole('button', { name: /^Examine as/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => page.getByText('Score hidden').count(), { timeout: 15_000 }).toBeGreaterThan(0);
    expect(await page.getByRole('button', { name: 'Most suspicious frame' }).count()).toBe(0);
    await page.keyboard.press('i');
    await page.getByRole('button', { name: 'Most suspicious frame' }).waitFor({ timeout: 15_000 });
    expect(complaints).toEqual([]);
  });
});
