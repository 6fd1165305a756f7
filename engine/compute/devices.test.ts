// What is chosen of a machine's devices. The processes are real; the driver that misbehaves is
// testing/bad-driver-process.ts.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { ProviderReport } from '../../contract/device.ts';
import { macAdapters, windowsAdapters } from './adapters.ts';
import { providerLibrary } from './backends.ts';
import { chooseProvider } from './choose-provider.ts';
import { keyOfMachine } from './device-reports.ts';
import { createDevices, type DevicesOptions } from './devices.ts';
import { fixedPlacement } from './fixed-placement.ts';
import { presenceFrom } from './providers.ts';
import { bestSpeed, compare, testInput, threadCounts } from './self-test.ts';
import { Sessions } from './sessions.ts';
import { type Fault, spawnWithFault } from './testing/bad-driver.ts';
import { smallModel, smallNetwork } from './testing/small-network.ts';

const execute = promisify(execFile);
const folder = mkdtempSync(path.join(os.tmpdir(), 'recce-devices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;

const devicesWith = (fault: Fault, more: Partial<DevicesOptions> = {}) =>
  createDevices({
    folder: path.join(folder, String(folders++)),
    clock: () => '2026-01-01T00:00:00.000Z',
    spawn: spawnWithFault(fault),
    ...more,
  });

const model = smallModel();

describe('a driver that', () => {
  test.each<[Fault, RegExp, 'failed' | 'wrong']>([
    [
      'throws',
      /WebGPU failed its self-test: Failed to get a WebGPU adapter: No supported adapters\. It last wrote: error: RUNTIME_DIR/,
      'failed',
    ],
    [
      'dies',
      /WebGPU failed its self-test: The self-test process ended \(signal SIGSEGV\)\. It last wrote: error: RUNTIME_DIR/,
      'failed',
    ],
    ['answersWrongly', /output logit differs by 0\.0100, 0\.00100 is allowed. It is not used/, 'wrong'],
  ])('%s is not used, with a sentence that says why', async (fault, sentence, state) => {
    const devices = devicesWith(fault);
    const report = await devices.report(model);
    expect(report.chosen.provider).toBe('cpu');
    expect(report.providers.find((one) => one.provider === 'webgpu')).toMatchObject({
      state,
      detail: expect.stringMatching(sentence),
    });
    await expect(devices.place(model, 'webgpu')).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringMatching(sentence),
    });
  });

  test('hangs is given up after its time, and the CPU is measured all the same', async () => {
    // The limit is for every answer: long enough for the CPU of a busy machine.
    const report = await devicesWith('hangs', { limitMs: 15_000 }).report(model);
    expect(report.providers.find((one) => one.provider === 'webgpu')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('gave no answer within 15000 ms and was ended'),
    });
    expect(report.chosen.provider).toBe('cpu');
  });

  test('is right and faster is chosen; after it failed at work it is not', async () => {
    const devices = devicesWith('none');
    const { chosen, reason } = await devices.report(model);
    expect(chosen).toMatchObject({ provider: 'webgpu', logitDifference: 0, mixed: false });
    expect(reason).toMatch(/^WebGPU: right, and .* times as fast as CPU\.$/);
    expect(await devices.place(model, 'cpu')).toMatchObject({ provider: 'cpu', logitDifference: null });
    await devices.blame(model, 'webgpu', 'It was reset.');
    expect(await devices.place(model, 'auto')).toMatchObject({ provider: 'cpu' });
    await expect(devices.place(model, 'webgpu')).rejects.toThrow('It was reset.');
    expect((await devices.report(model, { again: true })).chosen.provider).toBe('webgpu');
  });
});

test.each<Fault>(['none', 'throws', 'dies'])(
  'what a driver writes (here one that has the fault "%s") is never shown where the program was started',
  async (fault) => {
    const script = path.join(import.meta.dirname, 'testing', 'measure-with-fault.ts');
    const { stdout, stderr } = await execute(process.execPath, [script, fault, path.join(folder, `shown-${fault}`)]);
    expect(stderr).toBe('');
    expect(stdout).toContain(
      fault === 'none' ? 'within the tolerance' : 'It last wrote: error: RUNTIME_DIR is invalid.',
    );
  },
);

test('a measurement is kept: the next engine starts no process for it, until it is asked to or the file is none', async () => {
  const names: string[] = [];
  const kept = path.join(folder, 'kept');
  const engine = () => devicesWith('none', { folder: kept, spawn: spawnWithFault('none', (name) => names.push(name)) });
  const first = await engine().report(model);
  expect(first).toMatchObject({ measuredAt: '2026-01-01T00:00:00.000Z', modelName: 'small' });
  expect(names.length).toBeGreaterThan(1);
  names.length = 0;
  expect(await engine().report(model)).toEqual(first);
  expect(await engine().known(model)).toEqual(first.providers);
  expect(names).toEqual([]);
  const [machine] = readdirSync(kept);
  writeFileSync(path.join(kept, machine!, `${model.id.slice(0, 16)}.json`), '{"chosen": 1');
  await engine().report(model);
  expect(names.length).toBeGreaterThan(1);
});

test('another card, driver or runtime is another machine', () => {
  const machine = { runtime: 'onnxruntime 1', processor: 'p', cores: 4, adapters: ['card, driver 1'] };
  const others = [
    { ...machine, runtime: 'onnxruntime 2' },
    { ...machine, processor: 'q' },
    { ...machine, cores: 8 },
    { ...machine, adapters: ['card, driver 2'] },
  ];
  expect(new Set([machine, ...others].map(keyOfMachine)).size).toBe(5);
});

test('a fixed choice measures nothing; a device that is named is tested all the same', async () => {
  const names: string[] = [];
  const fixed = { threads: 3, batch: 4 };
  const devices = devicesWith('answersWrongly', {
    fixed,
    spawn: spawnWithFault('answersWrongly', (name) => names.push(name)),
  });
  for (const device of ['auto', 'cpu'] as const)
    expect(await devices.place(model, device)).toMatchObject({ provider: 'cpu', ...fixed });
  expect(names).toEqual(['self-test']);
  await expect(devices.place(model, 'webgpu')).rejects.toThrow('output logit differs');
});

test('RECCE_COMPUTE fixes threads and batch, and is refused where it says nothing clear', () => {
  expect(fixedPlacement('cpu,4,8')).toEqual({ threads: 4, batch: 8 });
  expect(fixedPlacement('')).toBeUndefined();
  for (const text of ['cpu', 'cpu,0,8', 'cuda,4,8', 'cpu,4,8,1'])
    expect(() => fixedPlacement(text)).toThrow(RangeError);
});

test('what is not there says why: not in this binary, or its libraries are missing', () => {
  const file = `/somewhere/${providerLibrary('cuda', 'linux')}`;
  const found = presenceFrom(
    [
      { name: 'cpu', library: null },
      { name: 'cuda', library: { name: file, found: false } },
    ],
    'linux x64',
  );
  const detailOf = (provider: string) => found.find((one) => one.provider === provider)!.detail;
  expect(found.map((one) => one.provider)).toEqual(['tensorrt', 'cuda', 'dml', 'coreml', 'webgpu', 'cpu']);
  expect(detailOf('cuda')).toContain('/somewhere/libonnxruntime_providers_cuda.so is missing');
  expect(detailOf('dml')).toBe("ONNX Runtime's binary for linux x64 does not know DirectML.");
  expect(found.find((one) => one.provider === 'cpu')!.state).toBe('untested');
});

test('a device that is not there is refused by name, before anything is started on it', async () => {
  const missing = process.platform === 'darwin' ? 'dml' : 'coreml';
  const devices = devicesWith('none', { spawn: undefined as never });
  await expect(devices.expectPresent(missing)).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
  await expect(devices.expectPresent('cpu')).resolves.toBeUndefined();
});

test('a provider that the binary does not know never becomes the CPU without a word', async () => {
  const provider = process.platform === 'darwin' ? 'dml' : 'coreml';
  const session = { provider, threads: 1, memoryPattern: true };
  await expect(new Sessions().handle({ kind: 'load', key: 'a', onnx: smallNetwork(), session })).rejects.toThrow(
    `This build of ONNX Runtime has no provider ${provider}.`,
  );
});

test('the comparison finds what is missing, what is no number and what is too far', () => {
  const of = (...values: number[]) => ({
    logit: { dtype: 'float32' as const, shape: [values.length], data: Float32Array.from(values) },
  });
  expect(compare(of(1, 2), of(1, 2))).toEqual({ differences: { logit: 0 }, beyond: undefined });
  expect(compare(of(1, 100), of(1, 100.05)).beyond).toBeUndefined();
  expect(compare(of(1, 2), of(1, 2.01)).beyond).toMatch(/logit differs by 0\.01/);
  expect(compare(of(1, 2), of(1, Number.NaN)).beyond).toMatch(/no number/);
  expect(compare(of(1, 2), of(1)).beyond).toMatch(/has 1 numbers instead of 2/);
  expect(compare(of(1, 2), {}).beyond).toMatch(/has 0 numbers instead of 2/);
});

describe('choosing', () => {
  const speeds = (picturesPerSecond: number) => [{ threads: 2, batch: 4, picturesPerSecond }];
  const one = (provider: ProviderReport['provider'], rate: number, state: ProviderReport['state'] = 'usable') => ({
    ...{ provider, state, detail: '', mixed: false },
    differences: { logit: 1e-6 },
    speeds: speeds(rate),
  });
  const choose = (...providers: ProviderReport[]) => chooseProvider({ processor: 'p', adapters: ['card'], providers });

  test('takes the fastest that is right', () => {
    const { chosen, reason } = choose(one('cuda', 900, 'wrong'), one('webgpu', 300), one('cpu', 100));
    expect(chosen).toMatchObject({ provider: 'webgpu', device: 'card', batch: 4, logitDifference: 1e-6 });
    expect(reason).toBe('WebGPU: right, and 3.0 times as fast as CPU.');
  });

  test('stays on the CPU where another is hardly faster', () => {
    expect(choose(one('webgpu', 105), one('cpu', 100)).chosen).toMatchObject({ provider: 'cpu', device: 'p' });
  });

  test('takes fewer threads and pictures where more give next to nothing', () => {
    const ways = [
      { threads: 2, batch: 1, picturesPerSecond: 98 },
      { threads: 2, batch: 2, picturesPerSecond: 100 },
      { threads: 1, batch: 1, picturesPerSecond: 60 },
    ];
    expect(bestSpeed(ways)).toEqual(ways[0]);
    expect(threadCounts(1)).toEqual([1]);
    expect(threadCounts(6)).toEqual([1, 2, 4, 6]);
  });
});

test('adapters are read as Windows and macOS tell them', () => {
  expect(windowsAdapters('[{"Name":"Card A","DriverVersion":"31.0.1"},{"Name":"B","DriverVersion":"2"}]')).toEqual([
    'Card A, driver 31.0.1',
    'B, driver 2',
  ]);
  expect(windowsAdapters('{"Name":"Card A","DriverVersion":"31.0.1"}')).toEqual(['Card A, driver 31.0.1']);
  expect(macAdapters('{"SPDisplaysDataType":[{"_name":"x","sppci_model":"Apple M2"}]}')).toEqual(['Apple M2']);
});

test('on the CPU neither threads nor batch change a bit of a picture’s result', async () => {
  const onnx = smallNetwork();
  const sessions = new Sessions();
  const first = async (threads: number, pictures: number) => {
    const session = { provider: 'cpu', threads, memoryPattern: true };
    await sessions.handle({ kind: 'load', key: 'a', onnx, session });
    const answer = await sessions.handle({ kind: 'run', key: 'a', feeds: testInput(pictures, 64), fetches: null });
    if (answer.kind !== 'ran') throw new Error(answer.kind);
    return Object.entries(answer.outputs).map(([name, { data }]) => [name, data.slice(0, data.length / pictures)]);
  };
  const alone = await first(1, 1);
  for (const [threads, pictures] of [
    [1, 8],
    [2, 1],
    [2, 3],
    [3, 8],
    [5, 2],
  ] as const)
    expect(await first(threads, pictures)).toEqual(alone);
  await sessions.handle({ kind: 'release', key: 'a' });
});
