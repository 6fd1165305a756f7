// Journey: a video looked at along its time, in a real browser with the real engine: to the most
// suspicious frame, from frame to frame, marks, the face beside the frame, and blind review.
// @module-tag chromium
// @module-tag ffmpeg
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../contract/job.ts';
import type { ReportDocument } from '../contract/report.ts';
import type { VideoTimeline } from '../contract/track.ts';
import { makeTwoShots } from '../engine/media/video/testing/make-media.ts';
import { call } from './harness/call.ts';
import { findBarriers } from './harness/find-barriers.ts';
import { launch } from './harness/launch.ts';
import { outOfReach } from './harness/out-of-reach.ts';
import { pictureOf } from './harness/picture-of.ts';
import { makeScannedCase } from './harness/scanned-case.ts';
import { examineAs, hears } from './harness/steps.ts';
import type { LaunchedWorkstation } from './harness/workstation.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-video-screen-'));
const folder = path.join(root, 'case');
let workstation: LaunchedWorkstation;
let page: Page;

/** Keys record nothing before the frame they would speak of is on screen, with its boxes. */
const frameDrawn = () =>
  page
    .getByRole('button', { name: /^Face of track \d/ })
    .first()
    .waitFor();
/** The film from the list of Videos, whatever screen is shown. */
async function openFilm(): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Videos' }).click();
  await page
    .getByRole('row', { name: /two shots\.mp4/ })
    .getByRole('button')
    .click();
}
let timeline: VideoTimeline;
const complaints: string[] = [];
const SCREENS = ['Cases', 'Faces', 'Videos', 'Scan', 'Report', 'Models', 'Training', 'Activity', 'Settings'];

/** The case with its video scanned, made without a window. */
async function makeCase(): Promise<void> {
  // Made by the installation that shows it: in a case from elsewhere no file outside its folder is
  // opened.
  mkdirSync(path.join(root, 'home'));
  const video = path.join(root, 'two shots.mp4');
  makeTwoShots(video);
  const copy = path.join(root, 'z copy.mp4');
  copyFileSync(video, copy);
  await makeScannedCase(
    { home: path.join(root, 'home'), folder, title: 'Video', paths: [video, copy] },
    async (client) => {
      const [file] = (await client.evidence.list({})).rows;
      timeline = await client.video.timeline({ evidenceId: file!.id });
    },
  );
}

beforeAll(async () => {
  await makeCase();
  workstation = await launch({ home: path.join(root, 'home'), case: folder });
  page = workstation.page;
  await call(page, 'session/set', { examiner: 'A. Reader' });
  await page.reload();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
});
afterAll(() => workstation?.close());

const place = () => page.locator('.transport-place').textContent();

describe('a video along its time', () => {
  test('the most suspicious frame is one key away, with the face beside it', async () => {
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Videos' }).click();
    const choice = page.getByRole('row', { name: /two shots\.mp4/ });
    expect(await choice.textContent()).toMatch(/0:06\.\d\d.*\d faces/);
    expect(await findBarriers(page)).toEqual([]);
    await choice.getByRole('button').focus();
    await page.keyboard.press('Enter');
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
    await page.getByText(/^A face in \d+ of \d+ frames looked at/).waitFor();
    await page.waitForFunction(() => {
      const image = document.querySelector<HTMLImageElement>('.frame-stage img');
      return image?.complete && image.naturalWidth > 0;
    });
    await page.getByRole('region', { name: 'File' }).getByRole('button', { name: 'z copy.mp4' }).waitFor();
    await pictureOf(page, 'video');
    expect(await findBarriers(page)).toEqual([]);
  });

  test('the sheet of the report says of as many results that they have pictures as the report shows', async () => {
    const { path: file } = (await call(page, 'report/export', { format: 'json', options: {} })) as { path: string };
    const { shown, verdicts } = JSON.parse(readFileSync(file, 'utf8')) as ReportDocument;
    // Of a film the most telling faces of each track.
    expect(shown.length).toBeLessThan(verdicts.length);
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Report' }).click();
    await page.getByText(`${shown.length} results: each face among them gets a block with pictures.`).waitFor();
    await page.getByText(`Faces of ${shown.length} results: `).waitFor();
    await openFilm();
    await page.getByRole('region', { name: 'Player' }).waitFor();
    await frameDrawn();
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

  test('in a small window, and enlarged to twice the size, every button of every screen can be pressed', async () => {
    for (const size of [
      { width: 1024, height: 700 },
      { width: 960, height: 540 },
    ]) {
      await page.setViewportSize(size);
      for (const screen of SCREENS) {
        await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen }).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        await expect.poll(() => outOfReach(page), { message: `${screen}, ${size.width}` }).toEqual([]);
        if (screen !== 'Faces') continue;
        await page.getByRole('listbox', { name: 'Faces' }).getByRole('option').first().dblclick();
        await expect.poll(() => page.locator('[data-pane] canvas').count()).toBe(4);
        await expect.poll(() => outOfReach(page), { message: `Inspect, ${size.width}` }).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('where the case asks for a reason, the opinion on the file is shown once it is given', async () => {
    await call(page, 'session/set', { examiner: 'A. Reader' });
    await call(page, 'case/configure', { reasonRule: 'always' });
    await page.reload();
    await openFilm();
    await page.getByRole('region', { name: 'Player' }).waitFor();
    // What it is on is said, and chosen.
    await page.getByRole('heading', { name: /^Opinion on track \d \(/ }).waitFor();
    await page.getByRole('radiogroup', { name: 'Opinion on' }).getByText('Whole file').click();
    await page.getByRole('heading', { name: /^Opinion on the whole file / }).waitFor();
    await frameDrawn();
    await page.keyboard.press('f');
    await hears(page, 'Why forged?');
    const dialog = page.getByRole('dialog', { name: 'Why forged?' });
    await dialog.getByText(/, the whole file$/).waitFor();
    await dialog.getByLabel('Reason').fill('The cut falls on a blink.');
    await page.keyboard.press('Control+Enter');
    await page
      .getByRole('list', { name: /^Opinions so far/ })
      .getByText('The cut falls on a blink.')
      .waitFor();
    await call(page, 'case/configure', { reasonRule: 'never' });
  });

  test('an opinion that is wanted on this face is given to nothing else in a frame that has none', async () => {
    const on = page.getByRole('radiogroup', { name: 'Opinion on' });
    const button = (name: RegExp) => page.getByRole('group', { name: 'Your opinion' }).getByRole('button', { name });
    expect(await button(/^Not a face/).count()).toBe(0);
    await page.getByRole('button', { name: 'Highest-scoring frame' }).click();
    await on.getByText('This face').click();
    await page.getByRole('heading', { name: /^Opinion on this face at / }).waitFor();
    await frameDrawn();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: /^Opinion on a face of track \d/ }).waitFor();
    expect(await button(/^Forged/).isDisabled()).toBe(true);
    await page.keyboard.press('f');
    await page.getByText(/^Nothing was recorded: no face of track \d is in the frame shown/).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: /^Opinion on this face at / }).waitFor();
    expect(await button(/^Forged/).isDisabled()).toBe(false);
    // The choice stays, whatever was on screen meanwhile.
    await page.reload();
    await openFilm();
    await page.getByRole('heading', { name: /^Opinion on this face at / }).waitFor();
    await page.keyboard.press('6');
    await page.getByRole('heading', { name: 'Activity' }).waitFor();
    await openFilm();
    await page.getByRole('heading', { name: /^Opinion on this face at / }).waitFor();
  });

  test('neither key nor button records anything on a face whose frame is not on screen yet', async () => {
    const given = async () => ((await call(page, 'case/activity', { limit: 50, about: ['opinion'] })) as []).length;
    const before = await given();
    await frameDrawn();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/\/picture\/frame\//, async (route) => {
      await held;
      await route.continue();
    });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    for (const press of [
      () => page.keyboard.press('f'),
      () =>
        page
          .getByRole('group', { name: 'Your opinion' })
          .getByRole('button', { name: /^Forged/ })
          .click(),
    ]) {
      await press();
      await page
        .getByText(/Nothing was recorded: the frame asked for was not on screen yet/)
        .first()
        .waitFor();
    }
    expect(await given()).toBe(before);
    release();
    await page.reload();
    await openFilm();
  });

  test('blind review hides curves and scores of a track until it has an opinion; one on the file shows none', async () => {
    await page.getByRole('button', { name: 'A. Reader' }).click();
    await examineAs(page, 'B. Second', 'Blind review');
    await expect.poll(() => page.getByText('Score hidden').count(), { timeout: 15_000 }).toBeGreaterThan(0);
    expect(await page.getByRole('button', { name: 'Highest-scoring frame' }).count()).toBe(0);
    const before = await page.getByText('Score hidden').count();
    await frameDrawn();
    await page.keyboard.press('i');
    await expect.poll(() => page.getByText('Score hidden').count()).toBeLessThan(before);
    const hidden = await page.getByText('Score hidden').count();
    await page.getByRole('radiogroup', { name: 'Opinion on' }).getByText('Whole file').click();
    await page.keyboard.press('i');
    await page
      .getByRole('list', { name: /^Opinions so far/ })
      .getByText('Inconclusive')
      .waitFor();
    expect(await page.getByText('Score hidden').count()).toBe(hidden);
    expect(await page.getByRole('button', { name: 'Highest-scoring frame' }).count()).toBe(0);
    // Pictures that blind review hides are not to be had.
    expect(complaints.filter((line) => !line.includes('404'))).toEqual([]);
  });

  test('after the film is scanned again an opinion on an earlier track is listed, from a face of it too, with the way to where it is withdrawn', async () => {
    // On one track stands what was given blind just now.
    const video = { kind: 'byTime', framesPerSecond: 5, sceneChanges: true };
    const { id } = (await call(page, 'scan/start', { paths: [path.join(root, 'two shots.mp4')], video })) as Job;
    await expect
      .poll(async () => ((await call(page, 'job/list')) as Job[]).find((one) => one.id === id)?.state, {
        timeout: 200_000,
      })
      .toBe('done');
    await page.reload();
    await openFilm();
    await page.getByText(/^Scan 2 of 2 of this file: 5 frames a second/).waitFor();
    const elsewhere = page.getByRole('region', { name: 'Opinions on tracks of other scans' });
    await elsewhere.getByText('Inconclusive').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await elsewhere.getByRole('button', { name: /^Go to track \d of scan 1 \(/ }).click();
    await page.getByRole('heading', { name: /^Opinion on track \d of scan 1 \(/ }).waitFor();
    await frameDrawn();
    await page.getByRole('button', { name: 'Inspect', exact: true }).click();
    await page.getByText(/^Your opinion stands on track \d of scan 1 \(.* and holds for this face\./).waitFor();
    await page.keyboard.press('w');
    await page.getByText(/^Not recorded\. .*Your opinion stands on track \d of scan 1/).waitFor();
    await page.getByRole('button', { name: 'Go to the track to withdraw it' }).click();
    await page.getByRole('heading', { name: /^Opinion on track \d of scan 1 \(/ }).waitFor();
    await frameDrawn();
    await page.keyboard.press('w');
    // It was given blind, and its score has been seen since.
    await hears(page, 'Why withdraw it?');
    await page.getByRole('dialog', { name: 'Why withdraw it?' }).getByLabel('Reason').fill('It was the wrong track.');
    await page.keyboard.press('Control+Enter');
    await page
      .getByRole('list', { name: /^Opinions so far/ })
      .getByText('Withdrawn')
      .waitFor();
    await page.getByRole('button', { name: 'Back to the scan shown by default' }).click();
    await page.getByText(/^Scan 2 of 2/).waitFor();
    await elsewhere.waitFor({ state: 'hidden' });
  });

  test('a frame that cannot be shown has no box drawn over nothing', async () => {
    for (const name of ['two shots.mp4', 'z copy.mp4'])
      renameSync(path.join(root, name), path.join(root, `away ${name}`));
    await page.reload();
    await openFilm();
    await page.getByText('This frame cannot be shown.').waitFor();
    expect(await page.getByRole('button', { name: /^Face of track \d/ }).count()).toBe(0);
  });
});
