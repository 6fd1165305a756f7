// What the engine and the compute process say to each other. Structured clone carries the typed
// arrays.

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

/**
 * A provider that the runtime's binary knows. `library`: the file that has to be beside the binary;
 * null where nothing else is needed.
 */
export type Backend = { name: string; library: { name: string; found: boolean } | null };

/** Requests the compute process answers. `key` names a session inside that process. */
export type ComputeRequest =
  | { kind: 'load'; key: string; onnx: Uint8Array; session: SessionRequest }
  | { kind: 'run'; key: string; feeds: Feeds; fetches: readonly string[] | null }
  /** Runs again and again, for `limitMs` after a first run that does not count. */
  | { kind: 'time'; key: string; feeds: Feeds; limitMs: number }
  | { kind: 'backends' }
  /** Bounds the memory of the process, for good. */
  | { kind: 'limit'; bytes: number }
  | { kind: 'release'; key: string };

/** Answers, in the same order of kinds. */
export type ComputeResponse =
  /** `mixed`: the provider leaves some operators to the CPU. */
  | { kind: 'loaded'; inputs: readonly string[]; outputs: readonly string[]; mixed: boolean }
  | { kind: 'ran'; outputs: Feeds }
  /** Milliseconds of the fastest run. */
  | { kind: 'timed'; fastestMs: number }
  | { kind: 'backends'; backends: readonly Backend[] }
  | { kind: 'limited' }
  | { kind: 'released' };
