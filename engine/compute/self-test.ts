// The self-test of a provider: a model's network on a fixed input against the CPU's answer, then
// speed. Runs in a process of its own that is ended afterwards, because a driver may hang it or
// take it down: that is a failed test, not a failed engine.
import { type Provider, type ProviderReport, SELF_TEST_TOLERANCE, type Speed } from '../../contract/device.ts';
import { randomStream, uniformFloat32 } from '../../models/tensor/random.ts';
import type { SpawnChild } from '../process/supervised-child.ts';
import type { ComputeRequest, ComputeResponse, Feeds } from './messages.ts';
import { askApart, PROVIDER_NAMES } from './providers.ts';

/** How a network is reached whose tensors are not those of the networks built here. */
export type NetworkSide = {
  input: { name: string; layout: 'NCHW' | 'NHWC' };
  /** Pictures of every run where the network fixes their number. */
  batch: number | null;
  outputs: readonly string[];
  /** What is compared: the numbers that verdicts are made of. */
  read(outputs: Feeds, pictures: number): Feeds;
};

/** A network to be tested: square pictures in `x`, [n, 3, inputPx, inputPx], unless `side` says otherwise. */
export type TestedNetwork = { onnx: Uint8Array; inputPx: number; side?: NetworkSide | undefined };

/** The CPU's answer, and how it is fastest. */
export type CpuMeasure = { reference: Feeds; speeds: Speed[] };

export type SelfTestOptions = { spawn?: SpawnChild; limitMs?: number };

type Ask = (request: ComputeRequest) => Promise<ComputeResponse>;

/**
 * A driver that compiles the network's programs takes seconds, in software half a minute; two
 * minutes are a hang.
 */
const ANSWER_LIMIT_MS = 120_000;
/**
 * Time for one way of running, after the first run. Some ten to twenty make the two seconds of a
 * self-test.
 */
const TIMING_MS = 100;
/** Times that each number of threads has its turn. */
const ROUNDS = 2;
/** A way that needs more than this for one run is not tried with more pictures. */
const LONG_RUN_MS = 500;
/** Pictures a run; a scan hands over no more at once. */
const BATCHES = [1, 2, 4, 8];
/** Pictures of the comparison. More than one, so that a mistake along the batch is seen. */
const COMPARED = 2;
/** Below this share of the CPU's speed no other batch is tried. */
export const HOPELESS = 0.25;
/**
 * What is within this share of the fastest counts as fast: fewer threads and fewer pictures are
 * taken then.
 */
const AS_FAST = 0.97;

/** Pictures as a camera never gives them, and every provider gets the same: uniform in -1..1. */
export function testInput(pictures: number, inputPx: number, input?: NetworkSide['input']): Feeds {
  const shape = input?.layout === 'NHWC' ? [pictures, inputPx, inputPx, 3] : [pictures, 3, inputPx, inputPx];
  const one = uniformFloat32(randomStream(8), 3 * inputPx * inputPx, -1, 1);
  const data = new Float32Array(pictures * one.length);
  for (let n = 0; n < pictures; n++) data.set(n % 2 === 0 ? one : one.map((value) => -value), n * one.length);
  return { [input?.name ?? 'x']: { dtype: 'float32', shape, data } };
}

async function load(ask: Ask, { onnx }: TestedNetwork, provider: Provider, threads: number): Promise<boolean> {
  const session = { provider, threads, memoryPattern: true };
  const answer = await ask({ kind: 'load', key: `${provider}/${threads}`, onnx, session });
  return answer.kind === 'loaded' && answer.mixed;
}

/** Pictures of the comparison: as many as the network fixes, where it does. */
const comparedOf = ({ side }: TestedNetwork): number => side?.batch ?? COMPARED;

async function answerOf(ask: Ask, network: TestedNetwork, key: string): Promise<Feeds> {
  const { inputPx, side } = network;
  const pictures = comparedOf(network);
  const feeds = testInput(pictures, inputPx, side?.input);
  const answer = await ask({ kind: 'run', key, feeds, fetches: side?.outputs ?? null });
  if (answer.kind !== 'ran') throw new Error(`compute answered ${answer.kind} to a run.`);
  return side ? side.read(answer.outputs, pictures) : answer.outputs;
}

async function speedOf(ask: Ask, { inputPx, side }: TestedNetwork, key: string, threads: number, batch: number) {
  const feeds = testInput(batch, inputPx, side?.input);
  const answer = await ask({ kind: 'time', key, feeds, limitMs: TIMING_MS });
  if (answer.kind !== 'timed') throw new Error(`compute answered ${answer.kind} to a timing.`);
  return { threads, batch, picturesPerSecond: (1000 * batch) / answer.fastestMs };
}

const runMs = ({ batch, picturesPerSecond }: Speed): number => (1000 * batch) / picturesPerSecond;

/** The fastest way; of those that are about as fast, the first. */
export function bestSpeed(speeds: readonly Speed[]): Speed {
  const most = Math.max(...speeds.map((speed) => speed.picturesPerSecond));
  return speeds.find((speed) => speed.picturesPerSecond >= AS_FAST * most)!;
}

/**
 * Larger and larger batches, as long as a run stays short. `first` is a way that has been timed.
 */
async function tryBatches(ask: Ask, network: TestedNetwork, key: string, first: Speed): Promise<Speed[]> {
  const speeds = [first];
  if (network.side?.batch) return speeds;
  for (const batch of BATCHES) {
    const last = speeds.at(-1)!;
    if (batch === first.batch) continue;
    if ((runMs(last) * batch) / last.batch > LONG_RUN_MS) break;
    speeds.push(await speedOf(ask, network, key, first.threads, batch));
  }
  return speeds;
}

/** 1, 2, 4, ... and the cores themselves. */
export function threadCounts(cores: number): number[] {
  const counts = [cores];
  for (let threads = 1; threads < cores; threads *= 2) counts.push(threads);
  return counts.toSorted((a, b) => a - b);
}

/**
 * Every number of threads with every number of pictures, the fewest first. Threads take turns, so
 * that other work on the machine does not fall to one of them alone; a small network on one picture
 * keeps one thread busy at best, on eight pictures all of them.
 */
async function threadSpeeds(ask: Ask, network: TestedNetwork, counts: readonly number[]): Promise<Speed[]> {
  const best = new Map<string, Speed>();
  for (let round = 0; round < ROUNDS; round++)
    for (const threads of counts) {
      const key = `cpu/${threads}`;
      const one = await speedOf(ask, network, key, threads, network.side?.batch ?? 1);
      for (const now of await tryBatches(ask, network, key, one)) {
        const way = `${threads}/${now.batch}`;
        if (now.picturesPerSecond > (best.get(way)?.picturesPerSecond ?? 0)) best.set(way, now);
      }
    }
  return [...best.values()].toSorted((a, b) => a.threads - b.threads || a.batch - b.batch);
}

/**
 * The CPU's answer, and every way of running it. The fewest threads come first, of those the fewest
 * pictures.
 */
export const measureCpu = (network: TestedNetwork, cores: number, options: SelfTestOptions): Promise<CpuMeasure> =>
  askApart(options.spawn, options.limitMs ?? ANSWER_LIMIT_MS, async (ask) => {
    const counts = threadCounts(cores);
    for (const threads of counts) await load(ask, network, 'cpu', threads);
    const reference = await answerOf(ask, network, `cpu/${counts[0]}`);
    return { reference, speeds: await threadSpeeds(ask, network, counts) };
  });

/** Tests another provider. Never throws: what goes wrong is its report. */
export async function testProvider(
  provider: Provider,
  network: TestedNetwork,
  cpu: CpuMeasure,
  options: SelfTestOptions,
): Promise<ProviderReport> {
  const { threads } = bestSpeed(cpu.speeds);
  const none = { provider, mixed: false, differences: null, speeds: [] };
  try {
    return await askApart(options.spawn, options.limitMs ?? ANSWER_LIMIT_MS, async (ask) => {
      const mixed = await load(ask, network, provider, threads);
      const key = `${provider}/${threads}`;
      const judged = compare(cpu.reference, await answerOf(ask, network, key));
      if (judged.beyond) return { ...none, mixed, ...judged, state: 'wrong', detail: wrongSentence(provider, judged) };
      // With the comparison's batch first: its programs are compiled.
      const first = await speedOf(ask, network, key, threads, comparedOf(network));
      const isHopeless = first.picturesPerSecond <= HOPELESS * bestSpeed(cpu.speeds).picturesPerSecond;
      const speeds = isHopeless ? [first] : await tryBatches(ask, network, key, first);
      return {
        provider,
        mixed,
        differences: judged.differences,
        speeds,
        state: 'usable',
        detail: rightSentence(mixed),
      };
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      ...none,
      state: 'failed',
      detail: `${PROVIDER_NAMES[provider]} failed its self-test: ${oneLine(message)}`,
    };
  }
}

/**
 * A native message on one line, without the place in the runtime's source and the condition that it
 * opens with.
 */
const oneLine = (message: string): string =>
  message
    .replace(/\s+/g, ' ')
    .replace(/^\/?\S+:\d+ .* was false\. /, '')
    .trim();

const rightSentence = (mixed: boolean): string =>
  `It gives the CPU's answer within the tolerance${mixed ? '; some operators of the network run on the CPU' : ''}.`;

type Judged = { differences: Record<string, number>; beyond: string | undefined };

const wrongSentence = (provider: Provider, { beyond }: Judged): string =>
  `${PROVIDER_NAMES[provider]} does not give the CPU's answer: ${beyond}. It is not used.`;

/** Every output against the CPU's. `beyond` says of the first one what is out of tolerance. */
export function compare(reference: Feeds, found: Feeds): Judged {
  const differences: Record<string, number> = {};
  let beyond: string | undefined;
  for (const [name, { data }] of Object.entries(reference)) {
    const { absolute, relative } = SELF_TEST_TOLERANCE[name] ?? { absolute: 1e-3, relative: 1e-3 };
    const other = found[name]?.data;
    if (other?.length !== data.length) {
      beyond ??= `output ${name} has ${other?.length ?? 0} numbers instead of ${data.length}`;
      continue;
    }
    let largest = 0;
    for (let i = 0; i < data.length; i++) {
      const difference = Math.abs(Number(other[i]) - Number(data[i]));
      if (!Number.isFinite(difference)) beyond ??= `output ${name} holds what is no number`;
      else largest = Math.max(largest, difference);
      if (difference > absolute + relative * Math.abs(Number(data[i])))
        beyond ??= `output ${name} differs by ${difference.toPrecision(3)}, ${absolute.toPrecision(3)} is allowed`;
    }
    differences[name] = largest;
  }
  return { differences, beyond };
}
