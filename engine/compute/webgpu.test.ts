// WebGPU for real, in software: SwiftShader's Vulkan driver, which Debian's Chromium brings. Slow,
// and right. (Mesa's lavapipe of Debian 12 does not do: docs/decisions/008-providers.md.)
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSwiftShader } from '../../build/test-needs.ts';
import { SELF_TEST_TOLERANCE } from '../../contract/device.ts';
import { createDevices } from './devices.ts';
import { smallModel } from './testing/small-network.ts';

const DRIVER = findSwiftShader();

/**
 * Compiling the network's programs for a processor that is busy with other work may take minutes.
 */
const PATIENCE_MS = 500_000;

const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-webgpu-'));
beforeAll(() => {
  // Children inherit it; older loaders know the second name only.
  process.env.VK_DRIVER_FILES = DRIVER!;
  process.env.VK_ICD_FILENAMES = DRIVER!;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the whole network runs on WebGPU and gives the CPU's answer", {
  tags: ['vulkan'],
  timeout: PATIENCE_MS,
}, async () => {
  const devices = createDevices({ folder, clock: () => '2026-01-01T00:00:00.000Z', limitMs: PATIENCE_MS });
  const report = await devices.report(smallModel());
  const found = report.providers.find((one) => one.provider === 'webgpu')!;
  // No operator is left to the CPU.
  expect(found).toMatchObject({
    state: 'usable',
    mixed: false,
    detail: "It gives the CPU's answer within the tolerance.",
  });
  expect(Object.keys(found.differences!).toSorted()).toEqual(Object.keys(SELF_TEST_TOLERANCE).toSorted());
  for (const [output, by] of Object.entries(found.differences!))
    expect(by, output).toBeLessThan(SELF_TEST_TOLERANCE[output]!.absolute);
  const placement = await devices.place(smallModel(), 'webgpu');
  expect(placement).toMatchObject({ provider: 'webgpu', device: expect.stringContaining(DRIVER!) });
  expect(placement.logitDifference).toBe(found.differences!.logit);
});
