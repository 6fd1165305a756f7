// The grid in a real browser at 100,000 findings: from a click in the filter to the first tiles
// painted, as a ratio to an unfiltered list opened the same way, and the main thread's own time for
// a frame of scrolling against the 16.7 ms there are. The thread's time is the processor's, so that
// other work on the machine does not count.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { closeCase } from '../engine/case/open-case.ts';
import { serveWorkstation } from '../engine/serve.ts';
import { FINDINGS } from './grid-100k.ts';
import { makeLargeCase } from './large-case.ts';

const FRAMES = 180;
const FRAME_MS = 1000 / 60;
/** Scrolled a frame, pixels: a brisk wheel. */
const STEP_PX = 40;
const FILTERS = ['Face too small', 'Leans towards forged', 'No face found'] as const;

/** From the click to the frame that paints another first tile, ms. Runs in the page. */
async function clickToPaint(label: string): Promise<number> {
  const first = () =>
    `${document.querySelector('.tile[id]')?.id} ${document.querySelector('.grid-count')?.textContent}`;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const before = first();
  const box = [...document.querySelectorAll('.filter label')].find((one) => one.textContent?.includes(label));
  const from = performance.now();
  box?.querySelector('input')?.click();
  while (first() === before && performance.now() - from < 10_000) await frame();
  await frame();
  return performance.now() - from;
}

/** Scrolls frame by frame; the share of frames whose middle shows no tile. Runs in the page. */
async function scroll({ frames, stepPx }: { frames: number; stepPx: number }): Promise<number> {
  const scroller = document.querySelector('.grid-scroller')!;
  const { left, top, width, height } = scroller.getBoundingClientRect();
  let empty = 0;
  for (let i = 0; i < frames; i++) {
    scroller.scrollTop += stepPx;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    if (!document.elementFromPoint(left + width / 3, top + height / 2)?.closest('.grid-rows')) empty++;
  }
  return empty / frames;
}

async function taskSeconds(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}

async function measure(page: Page): Promise<string[]> {
  await page.locator('.tile[id]').first().waitFor();
  const times = new Map<string, number[]>();
  for (let round = 0; round < 3; round++)
    for (const filter of FILTERS)
      for (const name of [filter, 'none again']) {
        const ms = await page.evaluate(clickToPaint, filter);
        times.set(name, [...(times.get(name) ?? []), ms]);
        await page.waitForTimeout(800);
      }
  const median = (name: string) => times.get(name)!.toSorted((a, b) => a - b)[Math.floor(times.get(name)!.length / 2)]!;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await taskSeconds(devtools);
  const empty = await page.evaluate(scroll, { frames: FRAMES, stepPx: STEP_PX });
  const perFrameMs = (1000 * ((await taskSeconds(devtools)) - before)) / FRAMES;
  const base = median('none again');
  return [
    `filter taken away, click to paint: ${base.toFixed(0)} ms`,
    ...FILTERS.map((name) => `${name}: ${(median(name) / base).toFixed(1)} times that (${median(name).toFixed(0)} ms)`),
    `scrolling: ${perFrameMs.toFixed(1)} ms of the main thread's own time a frame, ${((100 * perFrameMs) / FRAME_MS).toFixed(0)} % of a sixtieth of a second; ${(100 * empty).toFixed(0)} % of frames without tiles`,
  ];
}

/** One line a measure. */
export async function benchGridWindow(): Promise<string[]> {
  execFileSync(process.execPath, [path.resolve(import.meta.dirname, '../build/build-renderer.ts')]);
  const folder = mkdtempSync(path.join(tmpdir(), 'recce-grid-'));
  closeCase(await makeLargeCase(path.join(folder, 'case'), FINDINGS));
  const workstation = await serveWorkstation({
    engine: { appDataFolder: path.join(folder, 'home') },
    case: path.join(folder, 'case'),
  });
  const browser = await chromium.launch({
    executablePath: process.env.RECCE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(workstation.openingAddress());
    await page.getByRole('navigation').getByRole('button', { name: 'Faces' }).click();
    return await measure(page);
  } finally {
    await browser.close();
    await workstation.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
