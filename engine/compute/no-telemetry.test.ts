// Nothing leaves the machine: ONNX Runtime's official binaries would report, were they not told not
// to.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { paperSetup } from '../../models/recce/training-setup.ts';
import { createCompute } from './compute.ts';
import { testInput } from './self-test.ts';
import { smallModel, smallNetwork } from './testing/small-network.ts';
import { createTrainer } from './trainer.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'recce-silent-'));
/**
 * Variables in which the runtime sees that it must be silent anyway, and so says nothing of how it
 * is for a user.
 */
const SILENCING = ['CI', 'GITHUB_ACTIONS', 'ORT_DISABLE_TELEMETRY', 'ORT_RUNNING_UNIT_TESTS'];

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

test('inference and training leave no report, no identifier and no log of the runtime behind', async () => {
  for (const name of SILENCING) vi.stubEnv(name, undefined);
  for (const [name, folder] of [
    ['HOME', '.'],
    ['USERPROFILE', '.'],
    ['XDG_CACHE_HOME', '.cache'],
    ['TMPDIR', 'tmp'],
  ] as const) {
    mkdirSync(path.join(home, folder), { recursive: true });
    vi.stubEnv(name, path.join(home, folder));
  }
  const compute = createCompute({ provider: 'cpu', threads: 1 });
  await compute.load('small', smallNetwork());
  expect(await compute.run('small', testInput(1, smallModel().inputPx))).toHaveProperty('logit');
  await compute.close();
  const trainer = createTrainer({ provider: 'cpu', threads: 1 });
  await trainer.open(paperSetup({ width: 0.0625, numClasses: 1, inputPx: 64 }, 1), { from: 'nothing' });
  await trainer.close();
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((one) => !one.isDirectory());
  expect(files.map(({ parentPath, name }) => path.join(parentPath, name))).toEqual([]);
});
