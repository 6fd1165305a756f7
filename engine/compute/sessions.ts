// The ONNX Runtime sessions of one process: load, run, release. Runs only inside the compute
// process (and in benches), because session.run blocks the thread it is called on.
import { limitMemory } from '../process/limit-memory.ts';
import { listBackends } from './backends.ts';
import { createSession } from './create-session.ts';
import type { ComputeRequest, ComputeResponse, Feeds, SessionRequest, TensorMessage } from './messages.ts';
import * as ort from './onnxruntime.ts';

const toOrt = (tensor: TensorMessage): ort.Tensor => new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);

function fromOrt(name: string, tensor: ort.Tensor): TensorMessage {
  const { type, dims, data } = tensor;
  if (type === 'float32' || type === 'int64' || type === 'int32' || type === 'uint8')
    return { dtype: type, shape: [...dims], data } as TensorMessage;
  throw new TypeError(`Output ${name} is ${type}; float32, int64, int32 or uint8 was expected.`);
}

/** Timed runs at most, however fast they are. */
const MOST_RUNS = 100;

/** Sessions by key. One per compute process. */
export class Sessions {
  readonly #sessions = new Map<string, ort.InferenceSession>();

  /** Answers one request. Throws ONNX Runtime's own message when it refuses. */
  async handle(request: ComputeRequest): Promise<ComputeResponse> {
    switch (request.kind) {
      case 'load':
        return this.#load(request.key, request.onnx, request.session);
      case 'run':
        return { kind: 'ran', outputs: await this.#run(request.key, request.feeds, request.fetches) };
      case 'time':
        return { kind: 'timed', fastestMs: await this.#time(request.key, request.feeds, request.limitMs) };
      case 'limit':
        limitMemory(request.bytes);
        return { kind: 'limited' };
      case 'backends':
        return { kind: 'backends', backends: listBackends() };
      case 'release':
        await this.#sessions.get(request.key)?.release();
        this.#sessions.delete(request.key);
        return { kind: 'released' };
    }
  }

  async #load(key: string, onnx: Uint8Array, request: SessionRequest): Promise<ComputeResponse> {
    const { session, mixed } = await createSession(onnx, request);
    await this.#sessions.get(key)?.release();
    this.#sessions.set(key, session);
    return { kind: 'loaded', inputs: session.inputNames, outputs: session.outputNames, mixed };
  }

  #get(key: string): ort.InferenceSession {
    const session = this.#sessions.get(key);
    if (!session) throw new Error(`Session ${key} is not loaded in this process.`);
    return session;
  }

  async #run(key: string, feeds: Feeds, fetches: readonly string[] | null): Promise<Feeds> {
    const session = this.#get(key);
    const outputs = await session.run(inputsFrom(feeds), [...(fetches ?? session.outputNames)]);
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, fromOrt(name, tensor)]));
  }

  async #time(key: string, feeds: Feeds, limitMs: number): Promise<number> {
    const session = this.#get(key);
    const inputs = inputsFrom(feeds);
    await session.run(inputs);
    const end = performance.now() + limitMs;
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let run = 0; run < MOST_RUNS && (run === 0 || performance.now() < end); run++) {
      const from = performance.now();
      await session.run(inputs);
      fastestMs = Math.min(fastestMs, performance.now() - from);
    }
    return fastestMs;
  }
}

const inputsFrom = (feeds: Feeds): Record<string, ort.Tensor> =>
  Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]));
