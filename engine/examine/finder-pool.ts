// The face finder on all cores. Finding takes most of a scan's time, and the search of one picture is
// a chain of small runs that a second thread hardly makes faster. So where there is much to search,
// pictures are searched side by side, each in a process of its own. Threads change no bit on the CPU
// (decision 008): it does not matter where a picture was searched.
import { RecceError } from '../../contract/errors.ts';
import type { RgbImage } from '../../models/image/rgb-image.ts';
import { createSerialQueue, type SerialQueue } from '../async/serial-queue.ts';
import type { FoundFace, Look } from '../media/find-faces.ts';
import type { Photograph } from '../media/photograph.ts';
import { retryAfterCrash } from '../process/retry-after-crash.ts';
import {
  ChildProcessError,
  ChildRefusal,
  createSupervisedChild,
  type SpawnChild,
  type SupervisedChild,
} from '../process/supervised-child.ts';
import type { FaceFinder } from './face-finder.ts';
import { type FinderRequest, type FinderResponse, NO_SEARCH } from './finder-messages.ts';

/** A search takes seconds, that of a picture near the limit of 268 megapixels a minute. */
const SEARCH_LIMIT_MS = 10 * 60_000;
/**
 * Searches must have waited for one another so long before processes are started, which takes about
 * a second of a core each.
 */
const QUEUED_MS = 3_000;
/** Processes that have had no work for so long are ended. */
const IDLE_MS = 60_000;

/** A face finder in several processes. */
export type FinderPool = FaceFinder & {
  /** Process ids of those that live, for diagnosis and for tests that end them. */
  pids(): number[];
  close(): Promise<void>;
};

/** A process with what it still has to search, one picture after the other. */
type Lane = { child: SupervisedChild<FinderRequest, FinderResponse>; inTurn: SerialQueue; searches: number };

/**
 * Searches with `finder` until searches wait for one another, then in `processes` processes, the least
 * busy first, until there has been no work for a while.
 */
export function createFinderPool(
  finder: FaceFinder,
  options: { processes: number; spawn?: SpawnChild; queuedMs?: number; idleMs?: number },
): FinderPool {
  const { processes, queuedMs = QUEUED_MS, idleMs = IDLE_MS } = options;
  let lanes: Lane[] = [];
  let children: Lane['child'][] = [];
  let starting: Promise<void> | undefined;
  let closed = false;
  /** Searches that `finder` has, and since when there has been more than one. */
  let here = 0;
  let queuedSince = 0;
  let idle: NodeJS.Timeout | undefined;

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ended = children;
    lanes = [];
    children = [];
    await Promise.all(ended.map((child) => child.close()));
  };

  const endWhenIdle = (): void => {
    clearTimeout(idle);
    if (lanes.some(({ searches }) => searches > 0)) return;
    idle = setTimeout(() => {
      starting = undefined;
      void end();
    }, idleMs).unref();
  };

  /** One that cannot be started is done without; the others come up. */
  const start = async (): Promise<void> => {
    const startOne = async (): Promise<void> => {
      const child = createFinderProcess(options.spawn);
      children.push(child);
      try {
        await child.call({ kind: 'load' });
        if (!closed) lanes.push({ child, inTurn: createSerialQueue(), searches: 0 });
      } catch {
        await child.close();
      }
    };
    await Promise.all(Array.from({ length: processes }, startOne));
    endWhenIdle();
  };

  const searchHere = async (picture: RgbImage | Photograph, look: Look | undefined): Promise<FoundFace[]> => {
    here += 1;
    if (here === 2) queuedSince = performance.now();
    if (here > 1 && processes > 1 && performance.now() - queuedSince >= queuedMs) starting ??= start();
    try {
      return await finder.find(picture, look);
    } finally {
      here -= 1;
    }
  };

  const searchIn = async (lane: Lane, picture: RgbImage | Photograph, look: Look | undefined): Promise<FoundFace[]> => {
    clearTimeout(idle);
    lane.searches += 1;
    try {
      return await lane.inTurn(() => retryAfterCrash(() => searchOnce(lane.child, picture, look)));
    } catch (error) {
      if (!(error instanceof ChildProcessError)) throw error;
      throw new RecceError('COMPUTE_FAILED', 'The face finder', error.message, { cause: error });
    } finally {
      lane.searches -= 1;
      endWhenIdle();
    }
  };

  return {
    model: () => finder.model(),
    faceOfCrop: (image) => finder.faceOfCrop(image),
    find(picture, look) {
      const [first, ...others] = lanes;
      if (!first) return searchHere(picture, look);
      const lane = others.reduce((best, one) => (one.searches < best.searches ? one : best), first);
      return searchIn(lane, picture, look);
    },
    pids: () => lanes.flatMap(({ child }) => child.pid ?? []),
    async close() {
      closed = true;
      await end();
      await starting;
    },
  };
}

const createFinderProcess = (spawn: SpawnChild | undefined): Lane['child'] =>
  createSupervisedChild({
    entry: new URL('./finder-process.ts', import.meta.url),
    name: 'finder',
    quiet: true,
    timeoutMs: SEARCH_LIMIT_MS,
    ...(spawn ? { spawn } : {}),
  });

/** All pixels of a large photograph cross to the process only where a face may be in it. */
async function searchOnce(
  child: Lane['child'],
  picture: RgbImage | Photograph,
  look: Look | undefined,
): Promise<FoundFace[]> {
  const facesIn = (answer: FinderResponse): FoundFace[] => {
    if (answer.kind === 'found') return answer.faces;
    throw new Error(`A finder process answered ${answer.kind}.`);
  };
  if (!('pixels' in picture)) return facesIn(await child.call({ kind: 'find', picture, look }));
  const { widthPx, heightPx } = picture;
  const smaller = { widthPx, heightPx, reduced: await picture.reduced() };
  const answer = await child.call({ kind: 'find', picture: smaller, look });
  if (answer.kind !== 'pixelsWanted') return facesIn(answer);
  try {
    return facesIn(await child.call({ kind: 'pixels', image: plain(await picture.pixels()) }));
  } catch (error) {
    // It died while the pixels were decoded, and another has come up.
    if (error instanceof ChildRefusal && error.code === NO_SEARCH) return searchOnce(child, picture, look);
    throw error;
  }
}

/** What is sent is the picture and nothing that it came with. */
const plain = ({ widthPx, heightPx, data }: RgbImage): RgbImage => ({ widthPx, heightPx, data });
