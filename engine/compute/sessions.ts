// The ONNX Runtime sessions of one process: load, run, release. Runs only inside the compute process (and in benches),
// because session.run blocks the thread it is called on.
import * as ort from 'onnxruntime-node';
import type { ComputeRequest, ComputeResponse, Feeds, SessionRequest, TensorMessage } from './messages.ts';
import { optionsFrom } from './session-options.ts';

const toOrt = (tensor: TensorMessage): ort.Tensor => new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);

function fromOrt(name: string, tensor: ort.Tensor): TensorMessage {
  const { type, dims, data } = tensor;
  if (type === 'float32' || type === 'int64' || type === 'int32' || type === 'uint8')
    return { dtype: type, shape: [...dims], data } as TensorMessage;
  throw new TypeError(`Output ${name} is ${type}; float32, int64, int32 or uint8 was expected.`);
}

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
      case 'release':
        await this.#sessions.get(request.key)?.release();
        this.#sessions.delete(request.key);
        return { kind: 'released' };
    }
  }

  async #load(key: string, onnx: Uint8Array, request: SessionRequest): Promise<ComputeResponse> {
    const session = await ort.InferenceSession.create(onnx, optionsFrom(request));
    await this.#sessions.get(key)?.release();
    this.#sessions.set(key, session);
    return { kind: 'loaded', inputs: session.inputNames, outputs: session.outputNames };
  }

  async #run(key: string, feeds: Feeds, fetches: readonly string[] | null): Promise<Feeds> {
    const session = this.#sessions.get(key);
    if (!session) throw new Error(`Session ${key} is not loaded in this process.`);
    const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)]));
    const outputs = await session.run(inputs, [...(fetches ?? session.outputNames)]);
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, fromOrt(name, tensor)]));
  }
}
