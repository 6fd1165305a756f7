// What the engine and the compute process say to each other. Structured clone carries the typed arrays.

/** Element types that cross the border, with the typed array that holds them. */
export type TensorMessage =
  | { dtype: 'float32'; shape: readonly number[]; data: Float32Array }
  | { dtype: 'int64'; shape: readonly number[]; data: BigInt64Array }
  | { dtype: 'int32'; shape: readonly number[]; data: Int32Array }
  | { dtype: 'uint8'; shape: readonly number[]; data: Uint8Array };

/** Named tensors in or out of a session. */
export type Feeds = Readonly<Record<string, TensorMessage>>;

/** How a session is made; see [Note: session options]. */
export type SessionRequest = { provider: string; threads: number; memoryPattern: boolean };

/** Requests the compute process answers. `key` names a session inside that process. */
export type ComputeRequest =
  | { kind: 'load'; key: string; onnx: Uint8Array; session: SessionRequest }
  | { kind: 'run'; key: string; feeds: Feeds; fetches: readonly string[] | null }
  | { kind: 'release'; key: string };

/** Answers, in the same order of kinds. */
export type ComputeResponse =
  | { kind: 'loaded'; inputs: readonly string[]; outputs: readonly string[] }
  | { kind: 'ran'; outputs: Feeds }
  | { kind: 'released' };
