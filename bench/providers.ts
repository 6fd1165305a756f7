// Each provider that is there against the CPU, in one run: is it right, by how much does it differ,
// and how many times as fast is it. And the CPU's own ways, threads and pictures a run, against its
// best one. `npm run bench -- providers`.
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ProviderReport, Speed } from '../contract/device.ts';
import { listAdapters } from '../engine/compute/adapters.ts';
import { PROVIDER_NAMES, presenceFrom, readBackends } from '../engine/compute/providers.ts';
import { type CpuMeasure, measureCpu, type TestedNetwork, testProvider } from '../engine/compute/self-test.ts';
import { onnxFromWeights } from '../engine/examine/score-crops.ts';
import { createModelLibrary } from '../engine/library/model-library.ts';
import { onnxFromGraph } from '../models/onnx/onnx-model.ts';
import { PAPER_CONFIG } from '../models/recce/config.ts';
import { paperNetwork } from './paper-network.ts';

const fastest = (speeds: readonly Speed[]): number => Math.max(...speeds.map((one) => one.picturesPerSecond));

/** The CPU's ways against its best. */
function linesOfCpu({ speeds }: CpuMeasure): string[] {
  const best = fastest(speeds);
  return speeds.map(
    ({ threads, batch, picturesPerSecond }) =>
      `  CPU, ${threads} threads, ${batch} pictures a run: ${(picturesPerSecond / best).toFixed(2)} of the best (${picturesPerSecond.toPrecision(3)}/s)`,
  );
}

function lineOf(report: ProviderReport, cpu: CpuMeasure): string {
  const { provider, state, detail, differences, speeds } = report;
  const name = `  ${PROVIDER_NAMES[provider]}: ${state}`;
  if (speeds.length === 0) return `${name}. ${detail}`;
  const ratio = fastest(speeds) / fastest(cpu.speeds);
  const differs = Object.entries(differences ?? {}).map(([output, by]) => `${output} ${by.toExponential(1)}`);
  return `${name}, ${ratio.toPrecision(2)} times as fast as the CPU (${fastest(speeds).toPrecision(3)}/s); differs by ${differs.join(', ')}`;
}

async function measure(name: string, network: TestedNetwork, present: readonly ProviderReport[]): Promise<string[]> {
  const cpu = await measureCpu(network, os.availableParallelism(), {});
  const lines = [name, ...linesOfCpu(cpu)];
  for (const one of present) {
    if (one.provider === 'cpu') continue;
    const report = one.state === 'absent' ? one : await testProvider(one.provider, network, cpu, {});
    lines.push(lineOf(report, cpu));
  }
  return lines;
}

/** Lines of the report: the shipped model, then the paper's network. */
export async function benchProviders(): Promise<string[]> {
  const weights = path.resolve(import.meta.dirname, '../models/weights');
  const library = createModelLibrary(path.join(os.tmpdir(), 'recce-no-models'), weights, () => '');
  const [shipped] = await library.list();
  const { inputPx } = shipped!.passport;
  const bytes = await readFile(path.join(weights, `${shipped!.name}.pth`));
  const present = presenceFrom(await readBackends());
  return [
    `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores; adapters: ${(await listAdapters()).join('; ') || 'none named'}`,
    ...(await measure(
      `${shipped!.name}, ${inputPx} px`,
      { onnx: onnxFromWeights(bytes, shipped!.passport), inputPx },
      present,
    )),
    ...(await measure(
      `the paper's network, ${PAPER_CONFIG.inputPx} px`,
      { onnx: onnxFromGraph(paperNetwork()), inputPx: PAPER_CONFIG.inputPx },
      present,
    )),
  ];
}
