// The scan, as one straight line: files -> evidence -> faces -> crops -> scores -> rows. Runs in
// the engine process as a job; decoding and inference happen in their own processes and overlap
// with each other and with the database.
import { availableParallelism } from 'node:os';
import type { Evidence } from '../../contract/evidence.ts';
import { unreadableWords } from '../../contract/unreadable-words.ts';
import { createMemoryBudget, type MemoryBudget } from '../async/memory-budget.ts';
import { prefetch } from '../async/prefetch.ts';
import { createRate } from '../async/rate.ts';
import { addVerdicts } from '../case/rows/verdict.ts';
import {
  type CutStill,
  createStillCutter,
  type JudgedFile,
  judgeStills,
  pixelBytesOf,
  searchStill,
} from '../examine/examine-still.ts';
import { fusedVerdicts } from '../examine/fuse-outcomes.ts';
import type { JobControl } from '../jobs/job-queue.ts';
import { asModelFailure, endsTheJob, ON_CPU, toolFailure } from './file-failure.ts';
import { type IngestedFile, ingest } from './ingest.ts';
import type { ListedFile } from './list-media.ts';
import { partsAmong, type ScanDeps, type ScanModel, withParts } from './scan-deps.ts';
import { scanVideo } from './scan-video.ts';
import { parametersOn, whyLookedAgain } from './second-look.ts';
import { isExamined, listFiles, outcomeBefore, splitDone } from './select-files.ts';
import { createTimeLeft, videoSizes } from './time-left.ts';

/**
 * A file with its row and its faces cut out, or with the outcome that says why there are none: for
 * each model that has not examined it yet.
 */
type Prepared = Pick<IngestedFile, 'evidence' | 'asRead' | 'known' | 'state'> & {
  file: ListedFile;
  cuts: ReadonlyMap<ScanModel, CutStill>;
  /**
   * Whose rows are written: not those of a part that has examined the file before, and is asked again
   * for a composite's sake.
   */
  todo: readonly ScanModel[];
};

/**
 * Files in flight before scoring: one being read, one decoded, and on each core one searched for
 * faces.
 */
const FILES_AHEAD = Math.max(4, availableParallelism() + 2);
/**
 * Pixels that may wait to be searched, beside the picture being decoded: 64 megapixels, and of many
 * cores 16 for each. [Note: memory in flight]
 */
const PIXELS_AHEAD_BYTES = 3 * Math.max(64e6, 16e6 * availableParallelism());
/** Files, and about as many faces, written in one transaction. */
const FILES_PER_TRANSACTION = 16;
const FACES_PER_TRANSACTION = 8;

/**
 * Scans `paths`, or every file of the case when empty. Files that have their verdicts are passed
 * over, and counted with what came of them. Of several models each judges the faces that were found
 * once, cut by its own recipe, and writes its own rows.
 */
export async function scanEvidence(deps: ScanDeps, job: JobControl, paths: readonly string[]): Promise<void> {
  const listed = await listFiles(deps, paths);
  const keys = deps.models.map((by) => ({ ...deps, ...by }));
  const { todo, before } = await splitDone(keys, listed);
  const rate = createRate();
  const videos = await videoSizes(todo);
  const timeLeft = createTimeLeft({
    stills: todo.length - videos.size,
    videoBytes: [...videos.values()].reduce((sum, size) => sum + size, 0),
  });
  const counts = {
    done: before.files,
    total: listed.length,
    failed: before.unreadable.length,
    faces: before.faces,
  };
  job.report({ ...counts, message: countedFiles(listed.length) });
  for (const { shownPath, message } of before.unreadable) job.problem(shownPath, message);

  let batch: Prepared[] = [];
  let writing: Promise<void> = Promise.resolve();
  const fileDone = (files: number, faces: number): void => {
    counts.done += files;
    counts.faces += faces;
    const { ratePerSecond } = rate.after(counts.done, counts.total);
    job.report({ ...counts, ratePerSecond, remainingMs: timeLeft.remainingMs() });
  };
  /** Counted as what its name promised, so that what is left comes out even. */
  const oneLess = ({ path }: ListedFile, already = 0): void => {
    const size = videos.get(path);
    if (size === undefined) timeLeft.done('stills', 1);
    else timeLeft.done('videoBytes', size - already);
  };
  const failed = new Set<Evidence['id']>();
  /** A file counts once, whatever goes wrong over it for how many models. */
  const noteFailed: Writer['noteFailed'] = ({ id, shownPath }, message) => {
    if (!failed.has(id)) counts.failed += 1;
    failed.add(id);
    job.problem(shownPath, message);
  };
  const writer: Writer = { deps, signal: job.signal, noteFailed };
  const flush = async (): Promise<void> => {
    const full = batch;
    batch = [];
    await writing;
    writing = scoreByEach(writer, full).then((faces) => {
      for (const { file } of full) oneLess(file);
      fileDone(full.length, faces);
    });
    writing.catch(() => {});
  };

  const budget = createMemoryBudget(PIXELS_AHEAD_BYTES);
  /** A video takes its time; the files before it are written first, those behind it wait. */
  const takeVideo = async ({ file, evidence, asRead }: Prepared): Promise<void> => {
    await flush();
    await writing;
    const facesBefore = counts.faces;
    const size = videos.get(file.path) ?? 0;
    let seen = 0;
    const onProgress = (share: number | null, faces: number): void => {
      counts.faces = facesBefore + faces;
      const more = Math.max(0, (share ?? 0) * size - seen);
      seen += more;
      if (more > 0) timeLeft.done('videoBytes', more);
      const message = `${evidence.shownPath}: ${words(share)}, ${countedFaces(faces)}`;
      job.report({ ...counts, remainingMs: timeLeft.remainingMs(), message });
    };
    const fails = (by: ScanModel, error: unknown): Promise<unknown> => failedOver(writer, by, evidence, error);
    const state = await scanVideo(deps, job, { file, evidence, asRead }, onProgress, fails);
    if (state?.kind === 'unreadable') noteFailed(evidence, unreadableWords(state));
    oneLess(file, seen);
    fileDone(1, 0);
  };
  const passOver = ({ evidence, file }: Prepared): void => {
    const { faces, unreadable } = outcomeBefore(keys[0]!, evidence);
    if (unreadable !== undefined) noteFailed(evidence, unreadable);
    oneLess(file);
    fileDone(1, faces);
  };
  try {
    for await (const prepared of prefetch(todo, FILES_AHEAD, (file) => prepare(deps, budget, file, job.signal))) {
      if (prepared.known) {
        passOver(prepared);
        continue;
      }
      if (prepared.state.kind === 'pending') {
        await takeVideo(prepared);
        continue;
      }
      batch.push(prepared);
      for (const message of toolErrorsOf(prepared)) noteFailed(prepared.evidence, message);
      if (prepared.state.kind === 'unreadable') noteFailed(prepared.evidence, unreadableWords(prepared.state));
      const faces = batch.reduce((sum, one) => sum + countCut(one), 0);
      if (faces >= FACES_PER_TRANSACTION || batch.length >= FILES_PER_TRANSACTION) await flush();
      await job.pausePoint();
    }
    await flush();
  } finally {
    // Nothing is written any more once this has ended, however it ends.
    await writing;
  }
  job.report({ ...counts, remainingMs: 0, message: `${countedFiles(counts.total)}, ${countedFaces(counts.faces)}` });
}

const countedFiles = (n: number): string => (n === 1 ? '1 file' : `${n} files`);
const countedFaces = (n: number): string => (n === 1 ? '1 face' : `${n} faces`);

const words = (share: number | null): string => (share === null ? 'in progress' : `${Math.floor(share * 100)} %`);

/** Faces found in a file. */
const countCut = ({ cuts }: Prepared): number => [...cuts.values()][0]?.faces.length ?? 0;

/** What went wrong before any model was asked, each once. */
const toolErrorsOf = ({ cuts }: Prepared): ReadonlySet<string> =>
  new Set([...cuts.values()].flatMap(({ outcome }) => (outcome?.kind === 'toolError' ? [outcome.message] : [])));

/** Steps 1 to 4: file -> row -> pixels -> faces -> crops for each model that has none of it yet. */
async function prepare(deps: ScanDeps, budget: MemoryBudget, file: ListedFile, signal: AbortSignal): Promise<Prepared> {
  const ownsTodo = (evidence: Evidence): ScanModel[] =>
    deps.models.filter((by) => !isExamined({ ...deps, ...by }, evidence));
  const examined = { ...deps, isExamined: (evidence: Evidence) => ownsTodo(evidence).length === 0 };
  const taken = await budget.make(() => ingest(examined, file, signal), pixelBytesOf);
  const { evidence, asRead, known, state } = taken;
  // A file that cannot be read says so to every model, as it did before.
  const todo = state.kind === 'unreadable' ? deps.models : ownsTodo(evidence);
  /** What `make` gives, or the row that says that it could not be made. */
  const orFailure = async <T>(make: () => T | Promise<T>): Promise<T | CutStill> => {
    try {
      return await make();
    } catch (error) {
      if (endsTheJob(error, ON_CPU, signal)) throw error;
      return { state, faces: [], outcome: toolFailure(error) };
    }
  };
  try {
    if (known) return { file, evidence, asRead, known, state, cuts: new Map(), todo };
    const searched = await orFailure(() => searchStill(deps, taken));
    const cuts = new Map<ScanModel, CutStill>();
    const cut = 'picture' in searched ? createStillCutter(searched) : undefined;
    for (const by of withParts(deps.models, todo))
      cuts.set(by, cut ? await orFailure(() => cut(by.model)) : (searched as CutStill));
    return { file, evidence, asRead, known, state: searched.state, cuts, todo };
  } finally {
    budget.free(pixelBytesOf(taken));
  }
}

/** What rows are written with, and who is told of a file that failed. */
type Writer = {
  deps: ScanDeps;
  signal: AbortSignal;
  noteFailed(evidence: Pick<Evidence, 'id' | 'shownPath'>, message: string): void;
};

/** What a model said of files. */
type Judged = ReadonlyMap<Prepared, JudgedFile>;
/** Steps 5 to 7 for files that a model has to judge. */
type Judge = (batch: readonly Prepared[]) => Promise<readonly JudgedFile[]>;

/**
 * Steps 5 to 8 for a batch of files, by one model after the other, composites behind their parts.
 * Gives the number of faces.
 */
async function scoreByEach(writer: Writer, batch: readonly Prepared[]): Promise<number> {
  const { deps } = writer;
  const judged = new Map<ScanModel, Judged>();
  for (const by of withParts(deps.models, deps.models)) {
    // What the first model says of them stands in its rows by now.
    const asked = ({ evidence }: Prepared): boolean =>
      !by.second || whyLookedAgain(deps, by.second, evidence) !== undefined;
    const own = batch.filter((one) => one.cuts.has(by) && asked(one));
    const { compute, model } = by;
    const judge: Judge = compute
      ? (some) =>
          judgeStills(
            { ...deps, model, compute },
            some.map(({ cuts }) => cuts.get(by)!),
          )
      : async (some) => some.map((one) => fusedStill(deps, by, one, judged));
    judged.set(by, await scoreAndWrite(writer, by, own, judge));
  }
  const faces = batch.map((one) => ([...judged.values()].some((by) => isWhole(by.get(one))) ? countCut(one) : 0));
  return faces.reduce((sum, n) => sum + n, 0);
}

/** False of a file over which the model failed. */
const isWhole = (judged: JudgedFile | undefined): boolean =>
  judged?.verdicts.every(({ outcome }) => outcome.kind !== 'toolError') ?? false;

/** What a composite says of a file of which its parts have said theirs. */
function fusedStill(
  { models }: ScanDeps,
  by: ScanModel,
  file: Prepared,
  judged: ReadonlyMap<ScanModel, Judged>,
): JudgedFile {
  const { state, decoder, faces, outcome } = file.cuts.get(by)!;
  const said = partsAmong(models, by).map((part) => judged.get(part)!.get(file)!.verdicts);
  const verdicts = outcome ? [{ face: null, outcome }] : fusedVerdicts(by.model, faces, said);
  return { state, ...(decoder === undefined ? {} : { decoder }), verdicts };
}

/**
 * Steps 5 to 8 for a batch of files by one model in one transaction. See [Note: one file's failure].
 */
async function scoreAndWrite(writer: Writer, by: ScanModel, batch: readonly Prepared[], judge: Judge): Promise<Judged> {
  if (batch.length === 0) return new Map();
  try {
    const judged = new Map((await judge(batch)).map((one, i) => [batch[i]!, one]));
    writeRows(writer.deps, by, judged);
    return judged;
  } catch (error) {
    if (endsTheJob(error, by.parameters, writer.signal)) throw asModelFailure(by, error);
    if (batch.length === 1) return new Map([[batch[0]!, await failedOver(writer, by, batch[0]!.evidence, error)]]);
    const judged = new Map<Prepared, JudgedFile>();
    for (const one of batch)
      for (const [file, said] of await scoreAndWrite(writer, by, [one], judge)) judged.set(file, said);
    return judged;
  }
}

function writeRows(deps: ScanDeps, by: ScanModel, judged: Judged): void {
  const own = [...judged].filter(([{ todo }]) => todo.includes(by));
  const reasons = Map.groupBy(own, ([{ evidence }]) => parametersOn(deps, by, evidence).secondLook?.because);
  deps.opened.db.transaction(() => {
    for (const files of reasons.values())
      addVerdicts(
        deps.opened,
        parametersOn(deps, by, files[0]![0].evidence),
        files.map(
          ([
            {
              evidence: { id, relativePath },
            },
            said,
          ]) => ({ evidenceId: id, relativePath, ...said }),
        ),
      );
  });
}

/** A model's row of a file over which the workstation failed. Throws what is not the file's own. */
async function failedOver(
  { deps, signal, noteFailed }: Writer,
  by: ScanModel,
  evidence: Evidence,
  error: unknown,
): Promise<JudgedFile> {
  if (endsTheJob(error, by.parameters, signal)) throw asModelFailure(by, error);
  const { id, relativePath } = evidence;
  const outcome = toolFailure(error);
  const said: JudgedFile = { state: undefined, verdicts: [{ face: null, outcome }] };
  addVerdicts(deps.opened, parametersOn(deps, by, evidence), [{ evidenceId: id, relativePath, ...said }]);
  noteFailed(evidence, outcome.message);
  return said;
}
