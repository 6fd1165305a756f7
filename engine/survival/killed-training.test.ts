// kill -9 at random moments of a training run, of the engine as a whole: taken up again it gives
// the very same weights, curves, saved state and model, byte for byte.
// @module-tag ps
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEngineParts } from '../app/testing/engine-parts.ts';
import { makePortraits } from '../train/run/testing/make-portraits.ts';
import { KILLS, KILLS_LIMIT_MS, killChild, momentsOf, runAndKill } from './testing/kills.ts';
import { trainedFiles, trainUntilEnded } from './testing/small-run.ts';

vi.setConfig({ testTimeout: KILLS_LIMIT_MS, hookTimeout: KILLS_LIMIT_MS });
const root = mkdtempSync(path.join(os.tmpdir(), 'recce-killed-training-'));
const portraits = path.join(root, 'portraits');
const app = (name: string | number): string => path.join(root, `app-${name}`);
let undisturbed: Record<string, string>;
let takesMs: number;

beforeAll(async () => {
  const engine = openEngineParts({ appDataFolder: app('making') });
  await makePortraits(portraits, engine.faceSearch.facesOf);
  await engine.close();
  takesMs = (await train(Infinity, app('undisturbed'))).workedMs;
  undisturbed = trainedFiles(app('undisturbed'));
  expect(Object.keys(undisturbed).length).toBe(5);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const train = (afterMs: number, appDataFolder: string) =>
  runAndKill(afterMs, 'train-until-killed.ts', appDataFolder, portraits);

test(`a training killed ${KILLS} times at random moments gives byte-identical weights`, async () => {
  const random = momentsOf('a training');
  for (let killed = 0, round = 0; killed < KILLS; round++) {
    const appDataFolder = app(round);
    // Every other run has its faces found already, so that kills fall into the training as well as
    // into what comes before it.
    if (round % 2 === 0)
      cpSync(path.join(app('undisturbed'), 'faces'), path.join(appDataFolder, 'faces'), { recursive: true });
    for (let here = 0; here < 5 && killed < KILLS; here++) {
      const { kind } = await train(random.uniform(1, takesMs), appDataFolder);
      if (kind === 'ended') break;
      killed++;
    }
    await train(Infinity, appDataFolder);
    expect(trainedFiles(appDataFolder)).toEqual(undisturbed);
    rmSync(appDataFolder, { recursive: true });
  }
});

test(`a training whose process is killed at ${KILLS} random moments gives byte-identical weights`, async () => {
  const random = momentsOf('the training process');
  for (let killed = 0, tries = 0; killed < KILLS; tries++) {
    expect(tries).toBeLessThan(5 * KILLS);
    const appDataFolder = app(`process-${tries}`);
    cpSync(path.join(app('undisturbed'), 'faces'), path.join(appDataFolder, 'faces'), { recursive: true });
    const engine = openEngineParts({ appDataFolder });
    let over = false;
    const killing = killChild('training', random.uniform(0, takesMs), () => over);
    let run = await trainUntilEnded(engine, portraits, () => {});
    over = true;
    if (await killing) killed++;
    // Killed before it had come anywhere, the run says so and is taken up again.
    if (run.state === 'failed') run = await trainUntilEnded(engine, portraits, () => {});
    expect(run).toMatchObject({ state: 'done', error: null });
    await engine.close();
    expect(trainedFiles(appDataFolder)).toEqual(undisturbed);
    rmSync(appDataFolder, { recursive: true });
  }
});
