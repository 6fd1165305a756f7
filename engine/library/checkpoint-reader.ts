// The engine's side of reading weights files: hands bytes to a process of their own and turns its
// refusal, death or silence into the file's.
import { RecceError } from '../../contract/errors.ts';
import type { ClassMap } from '../../contract/model.ts';
import type { Geometry } from '../../models/checkpoint/geometry.ts';
import type { Container } from '../../models/checkpoint/pytorch-file.ts';
import type { RecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import type { FamilyGeometry } from '../../models/families/family.ts';
import type { OnnxFacts } from '../../models/onnx/read-onnx.ts';
import { retryAfterCrash } from '../process/retry-after-crash.ts';
import { ChildProcessError, createSupervisedChild, type SpawnChild } from '../process/supervised-child.ts';

/** A published checkpoint takes a second or two; what takes this long was made to. */
const READ_LIMIT_MS = 60_000;

/** What a file says of itself and what is usual for its layout; no tensors. */
export type CheckpointFacts = Pick<RecceCheckpoint, 'numClasses' | 'inputPx' | 'dropped' | 'remarks'> & {
  container: Container | 'onnx';
  layout: RecceCheckpoint['layout'] | 'published' | 'onnx';
  /** Absent for RECCE, as in its passport. */
  architecture?: string;
  decoder?: false;
  /** Of RECCE alone. */
  width?: number;
  /** `forged`: the class that means it, where the family's code says so; null: to be declared. */
  usual: (Geometry | FamilyGeometry) & { licence: string; forged?: 0 | 1 | null };
};

/** How weights are to be fed and what their outputs mean: of a model's passport. */
export type FedWeights = { inputPx: number; classMap: ClassMap; architecture?: string | undefined };

export type CheckpointRequest =
  | { kind: 'describe'; bytes: Uint8Array }
  | { kind: 'onnx'; bytes: Uint8Array }
  | { kind: 'network'; bytes: Uint8Array; fed: FedWeights };
export type CheckpointResponse =
  | { kind: 'facts'; facts: CheckpointFacts }
  | { kind: 'onnxFacts'; facts: OnnxFacts }
  | { kind: 'network'; onnx: Uint8Array }
  | { kind: 'refused'; message: string };

/**
 * `subject` names the file in what is thrown. All throw MODEL_REFUSED, with the reader's own
 * words.
 */
export type CheckpointReader = {
  describe(bytes: Uint8Array, subject: string): Promise<CheckpointFacts>;
  /** Inputs and outputs of an ONNX file that stays within itself. */
  describeOnnx(bytes: Uint8Array, subject: string): Promise<OnnxFacts>;
  /** ONNX bytes of the inference network. */
  network(bytes: Uint8Array, fed: FedWeights, subject: string): Promise<Uint8Array>;
  pid(): number | undefined;
  close(): Promise<void>;
};

/**
 * Starts no process yet: the first file does. Files are read one after the other, so that a crash
 * names the one that caused it.
 */
export function createCheckpointReader(
  options: { spawn?: SpawnChild | undefined; timeoutMs?: number } = {},
): CheckpointReader {
  const child = createSupervisedChild<CheckpointRequest, CheckpointResponse>({
    entry: new URL('./checkpoint-process.ts', import.meta.url),
    name: 'checkpoint',
    quiet: true,
    timeoutMs: options.timeoutMs ?? READ_LIMIT_MS,
    ...(options.spawn ? { spawn: options.spawn } : {}),
  });
  let last: Promise<unknown> = Promise.resolve();
  const ask = (request: CheckpointRequest, subject: string): Promise<CheckpointResponse> => {
    const answer = last
      .then(() => retryAfterCrash(() => child.call(request)))
      .catch((cause: unknown) => {
        throw cause instanceof ChildProcessError ? refused(subject, cause.message, cause) : cause;
      });
    last = answer.catch(() => {});
    return answer;
  };
  return {
    async describe(bytes, subject) {
      const answer = await ask({ kind: 'describe', bytes }, subject);
      if (answer.kind === 'facts') return answer.facts;
      throw refused(subject, answer.kind === 'refused' ? answer.message : `it was answered ${answer.kind}.`);
    },
    async describeOnnx(bytes, subject) {
      const answer = await ask({ kind: 'onnx', bytes }, subject);
      if (answer.kind === 'onnxFacts') return answer.facts;
      throw refused(subject, answer.kind === 'refused' ? answer.message : `it was answered ${answer.kind}.`);
    },
    async network(bytes, fed, subject) {
      const { inputPx, classMap, architecture } = fed;
      const answer = await ask({ kind: 'network', bytes, fed: { inputPx, classMap, architecture } }, subject);
      if (answer.kind === 'network') return answer.onnx;
      throw refused(subject, answer.kind === 'refused' ? answer.message : `it was answered ${answer.kind}.`);
    },
    pid: () => child.pid,
    close: () => child.close(),
  };
}

const refused = (subject: string, message: string, cause?: unknown): RecceError =>
  new RecceError('MODEL_REFUSED', subject, message, { cause });
