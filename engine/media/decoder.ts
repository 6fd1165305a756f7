// The engine's side of decoding: hands bytes to the decode process and turns its death or silence
// into the file's own reason.

import type { Provenance } from '../../contract/provenance.ts';
import { createSerialQueue } from '../async/serial-queue.ts';
import { retryAfterCrash } from '../process/retry-after-crash.ts';
import { createSupervisedChild, refusalFromChild, type SpawnChild } from '../process/supervised-child.ts';
import type { ReducedStill } from './decode-reduced.ts';
import type { DecodedStill } from './still/decoded-still.ts';

/**
 * A file that takes longer than this is given up; a 100-megapixel picture takes about two seconds.
 */
const DECODE_LIMIT_MS = 60_000;

export type Decoder = {
  /**
   * Decodes one still, as `pipeline` did, as now when absent. Never rejects: a crash or a hang is
   * an answer, `unreadable`.
   */
  decode(bytes: Uint8Array, pipeline?: number): Promise<DecodedStill>;
  /**
   * A smaller picture of a large still, for looking at; undefined where it has to be decoded as a
   * whole. Never rejects.
   */
  reduce(bytes: Uint8Array): Promise<ReducedStill | undefined>;
  /**
   * Structure and content credentials of one still. Never rejects. `trustAnchors`: PEM
   * certificates, or empty.
   */
  examine(bytes: Uint8Array, mediaType: string, trustAnchors: string): Promise<Provenance>;
  pid(): number | undefined;
  close(): Promise<void>;
};

/** What the decode process is asked, and what it answers. */
export type DecodeRequest =
  | { kind: 'decode'; bytes: Uint8Array; pipeline?: number }
  | { kind: 'reduce'; bytes: Uint8Array }
  | { kind: 'examine'; bytes: Uint8Array; mediaType: string; trustAnchors: string };
export type DecodeResponse = DecodedStill | ReducedStill | undefined | Provenance;

/** Requests are answered one after the other, so that a crash names the file that caused it. */
export function createDecoder(options: { spawn?: SpawnChild; timeoutMs?: number } = {}): Decoder {
  const child = createSupervisedChild<DecodeRequest, DecodeResponse>({
    entry: new URL('./decode-process.ts', import.meta.url),
    name: 'decode',
    quiet: true,
    timeoutMs: options.timeoutMs ?? DECODE_LIMIT_MS,
    ...(options.spawn ? { spawn: options.spawn } : {}),
  });
  const inTurn = createSerialQueue();
  const call = (request: DecodeRequest): Promise<DecodeResponse> => retryAfterCrash(() => child.call(request));
  const decode = async (bytes: Uint8Array, pipeline: number | undefined): Promise<DecodedStill> => {
    try {
      return (await call({ kind: 'decode', bytes, ...(pipeline === undefined ? {} : { pipeline }) })) as DecodedStill;
    } catch (error) {
      return { kind: 'unreadable', ...refusalFromChild(error) };
    }
  };
  // What cannot be done smaller is done as a whole, and that says what is wrong.
  const reduce = (bytes: Uint8Array): Promise<ReducedStill | undefined> =>
    call({ kind: 'reduce', bytes }).then(
      (answer) => answer as ReducedStill | undefined,
      () => undefined,
    );
  const examine = async (request: DecodeRequest): Promise<Provenance> => {
    try {
      return (await call(request)) as Provenance;
    } catch (error) {
      return { kind: 'notExamined', message: error instanceof Error ? error.message : String(error) };
    }
  };
  return {
    examine: (bytes, mediaType, trustAnchors) =>
      inTurn(() => examine({ kind: 'examine', bytes, mediaType, trustAnchors })),
    reduce: (bytes) => inTurn(() => reduce(bytes)),
    decode: (bytes, pipeline) => inTurn(() => decode(bytes, pipeline)),
    pid: () => child.pid,
    close: () => child.close(),
  };
}
