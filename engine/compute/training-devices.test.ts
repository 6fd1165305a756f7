// Where a run takes its steps: the step's self-test and the choice after it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSwiftShader } from '../../build/test-needs.ts';
import { STEP_TOLERANCE } from '../../contract/device.ts';
import { paperSetup } from '../../models/recce/training-setup.ts';
import { createDevices } from './devices.ts';
import { compareSteps } from './step-test.ts';
import { spawnWithFault } from './testing/bad-driver.ts';
import { smallModel } from './testing/small-network.ts';
import { placeTraining } from './training-devices.ts';

/** Compiling the programs of a step in software, on a busy machine, may take minutes. */
const PATIENCE_MS = 900_000;

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-placing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clock = () => '2026-01-01T00:00:00.000Z';
const setup = { ...paperSetup({ width: 0.0625, numClasses: 1, inputPx: 64 }, 11), batchSize: 2 };
const start = { from: 'nothing' as const };
const run = (id: string) => ({ setup, start, measured: smallModel(id.repeat(64)), device: 'auto' as const });

const outputs = (gradient: number[], more: Record<string, number[]> = {}) =>
  new Map(
    Object.entries({ loss: [0.7], 'mean/bn': [1, 2], 'gradient/conv.weight': gradient, ...more }).map(
      ([name, values]) => [name, Float32Array.from(values)] as const,
    ),
  );

test('a step is compared output by output, each against its own norm', () => {
  const cpu = outputs([3, 4]);
  expect(compareSteps(cpu, outputs([3, 4.01]))).toEqual({
    differences: { losses: 0, statistics: 0, gradients: expect.closeTo(0.002, 6) },
  });
  expect(compareSteps(cpu, outputs([3, 4.1])).beyond).toMatch(/^output gradient\/conv\.weight differs by 0\.0200 /);
  expect(compareSteps(cpu, outputs([3, Number.NaN])).beyond).toContain('holds what is no number');
  expect(compareSteps(cpu, outputs([3])).beyond).toContain('has 1 numbers instead of 2');
});

test('a gradient that is all but nothing beside the others does not decide by its last bits', () => {
  const cpu = outputs([3, 4], { 'gradient/bias': [1e-9, 0] });
  expect(compareSteps(cpu, outputs([3, 4], { 'gradient/bias': [0, 1e-9] })).beyond).toBeUndefined();
  // Of the size of the others it does.
  const large = outputs([3, 4], { 'gradient/bias': [1, 0] });
  expect(compareSteps(large, outputs([3, 4], { 'gradient/bias': [0, 1] })).beyond).toContain('gradient/bias');
});

test('a device whose step is right and faster is taken, with what its test found', async () => {
  const devices = createDevices({ folder, clock, spawn: spawnWithFault('losesDevice') });
  const found = await placeTraining(run('b'), { devices, spawn: spawnWithFault('losesDevice') });
  expect(found).toMatchObject({
    provider: 'webgpu',
    mixed: false,
    differences: { losses: 0, statistics: 0, gradients: 0 },
    reason: expect.stringMatching(/^WebGPU: a step is the CPU's within the tolerance, and [\d.]+ times as fast\.$/),
  });
});

test('a device that fails a step is not trained on, with its reason; asked for by name it is refused', async () => {
  // Its inference passes, and the training process has the real WebGPU, of which there is none.
  const devices = createDevices({ folder, clock, spawn: spawnWithFault('none') });
  const found = await placeTraining(run('c'), { devices });
  expect(found).toMatchObject({
    provider: 'cpu',
    differences: null,
    reason: expect.stringContaining('WebGPU failed a step: '),
  });
  const asked = placeTraining({ ...run('c'), device: 'webgpu' }, { devices });
  await expect(asked).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
});

describe('on WebGPU in software', { tags: ['vulkan'] }, () => {
  const driver = findSwiftShader();
  beforeAll(() => {
    process.env.VK_DRIVER_FILES = driver!;
    process.env.VK_ICD_FILENAMES = driver!;
  });
  test("a whole training step gives the CPU's losses, statistics and gradients", { timeout: PATIENCE_MS }, async () => {
    const devices = createDevices({ folder, clock, limitMs: PATIENCE_MS });
    const found = await placeTraining({ ...run('d'), device: 'webgpu' }, { devices, limitMs: PATIENCE_MS });
    expect(found).toMatchObject({ provider: 'webgpu', reason: expect.stringContaining('It was asked for') });
    for (const [kind, by] of Object.entries(found.differences!)) {
      expect(by, kind).toBeGreaterThan(0);
      expect(by, kind).toBeLessThan(STEP_TOLERANCE[kind as keyof typeof STEP_TOLERANCE]);
    }
  });
});
