// The ONNX Runtime sessions of one process: load, run, release. Runs only inside the compute
// process (and in benches), because session.run blocks the thread it is called on.
import { listBackends } from './backends.ts';
import type { ComputeRequest, ComputeResponse, Feeds, SessionRequest, TensorMessage } from './messages.ts';
import * as ort from './onnxruntime.ts';
import { optionsFrom } from './session-options.ts';

const toOrt = (tensor: TensorMessage): ort.Tensor => new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);

function fromOrt(name: string, tensor: ort.Tensor): TensorMessage {
  const { type, dims, data } = tensor;
  if (type === 'float32' || type === 'int64' || type === 'int32' || type === 'uint8')
    return { dtype: type, shape: [...dims], data } as TensorMessage;
  throw new TypeError(`Output ${name} is ${type}; float32, int64, int32 or uint8 was expected.`);
}

/** What the runtime says when a strict session would have to leave an operator to the CPU. */
const LEFT_TO_CPU = /fallback to CPU EP has been explicitly disabled/;

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

/**
 * A session on the provider asked for and no other. A name that the binary does not know is refused
 * here: the runtime would take the CPU without a word, and a verdict would name a device that never
 * saw it.
 */
async function createSession(
  onnx: Uint8Array,
  request: SessionRequest,
): Promise<{ session: ort.InferenceSession; mixed: boolean }> {
  const { provider } = request;
  if (provider === 'cpu')
    return { session: await ort.InferenceSession.create(onnx, optionsFrom(request)), mixed: false };
  if (!ort.listSupportedBackends().some(({ name }) => name === provider))
    throw new Error(`This build of ONNX Runtime has no provider ${provider}.`);
  keepSinglePrecision(provider);
  try {
    return { session: await ort.InferenceSession.create(onnx, optionsFrom(request, { strict: true })), mixed: false };
  } catch (error) {
    if (!(error instanceof Error && LEFT_TO_CPU.test(error.message))) throw error;
    return { session: await ort.InferenceSession.create(onnx, optionsFrom(request)), mixed: true };
  }
}

/**
 * NVIDIA's libraries round inputs of products to 10 bits (TF32) unless told otherwise; verdicts say
 * float32. Read once, when they start.
 */
function keepSinglePrecision(provider: string): void {
  if (provider === 'cuda' || provider === 'tensorrt') process.env.NVIDIA_TF32_OVERRIDE = '0';
}
