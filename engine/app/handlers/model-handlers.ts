// Handlers of `model`: the library, and the paper's own inference without a case.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../../contract/brand.ts';
import { RecceError } from '../../../contract/errors.ts';
import type { Passport } from '../../../contract/model.ts';
import type { Inference } from '../../../contract/procedures.ts';
import type { Device } from '../../../contract/scan.ts';
import { unreadableWords } from '../../../contract/unreadable-words.ts';
import { resizeBilinear } from '../../../models/image/resample.ts';
import { scoreFromLogit } from '../../../models/recce/output.ts';
import { sha256Of } from '../../blobs/blob-store.ts';
import { readEvidenceFile } from '../../blobs/read-evidence-file.ts';
import type { Compute } from '../../compute/compute.ts';
import type { MeasuredModel } from '../../compute/devices.ts';
import { feedsOf, logitsOf, networkOf, sideOf } from '../../examine/network-of-model.ts';
import { finiteLogit } from '../../examine/score-crops.ts';
import { describeWeights } from '../../library/describe-weights.ts';
import { networkId } from '../../library/loaded-models.ts';
import { readOnnxPassport } from '../../library/onnx-model.ts';
import { shipModel, shippedFiles } from '../../library/ship-model.ts';
import { guardOutput } from '../guard-output.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';
import { fuse, validate } from './validate-handler.ts';

type InferRequest = { images: string[]; weights: string; inputPx?: number | undefined; device: Device };

/**
 * Loads a weights file for inference without keeping it. Returns where it runs, its key and how it
 * is fed.
 */
async function loadWeights(
  deps: Pick<Services, 'checkpoints' | 'compute' | 'devices' | 'library' | 'loadedModels'>,
  { weights, inputPx, device }: InferRequest,
) {
  const bytes = await readFile(weights).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', weights, cause.message, { cause });
  });
  const id = sha256Of(bytes);
  const fed = await howFed(deps, { id, bytes, weights, inputPx });
  const network = networkId(id, fed.classMap, fed.onnx);
  const key = `${network}@${fed.inputPx}`;
  const onnx = async () => deps.checkpoints.network(bytes, fed, weights);
  const side = sideOf(networkOf(fed));
  const isForeign = fed.onnx !== undefined;
  const measured = { id: network, name: path.basename(weights), inputPx: fed.inputPx, onnx, side, isForeign };
  return { compute: await computeFor(deps, measured, key, device), key, network: networkOf(fed) };
}

/**
 * As the library knows the weights (the newest entry that is in use), else as the file states or
 * the caller declares.
 */
async function howFed(
  deps: Pick<Services, 'checkpoints' | 'library'>,
  { id, bytes, weights, inputPx }: { id: Sha256; bytes: Uint8Array; weights: string; inputPx?: number | undefined },
): Promise<Passport> {
  // What came with a portable case says how its sender has it fed, which nobody asked for here.
  const known = (await deps.library.list()).findLast(
    (model) => model.passport.sha256 === id && !model.retired && !model.cameWith,
  );
  if (known) return { ...known.passport, inputPx: inputPx ?? known.passport.inputPx };
  const facts = await deps.checkpoints.describe(bytes, weights);
  const declared = inputPx === undefined ? {} : { inputPx };
  return describeWeights({ path: weights, sha256: id, sizeBytes: bytes.length, facts }, declared, '').passport;
}

/**
 * One picture after the other on the CPU needs no measuring; another device its self-test. Throws
 * DEVICE_UNAVAILABLE.
 */
async function computeFor(
  deps: Pick<Services, 'compute' | 'devices' | 'loadedModels'>,
  network: MeasuredModel,
  key: string,
  device: Device,
): Promise<Compute> {
  if (network.isForeign || (device !== 'auto' && device !== 'cpu'))
    return deps.loadedModels.loadNetwork(network, { ...(await deps.devices.place(network, device)), batch: 1 });
  await deps.compute.load(key, await network.onnx());
  return deps.compute;
}

/**
 * The whole picture, resized bilinearly as the paper's script does, scored; one after the other.
 */
async function* infer(
  deps: Pick<Services, 'checkpoints' | 'compute' | 'decoder' | 'devices' | 'library' | 'loadedModels'>,
  request: InferRequest,
): AsyncGenerator<Inference> {
  const { compute, key, network } = await loadWeights(deps, request);
  const { inputPx } = network.input;
  for (const image of request.images) {
    const file = await readEvidenceFile(image);
    const decoded =
      file.kind === 'read' ? await deps.decoder.decode(file.bytes) : { ...file, kind: 'unreadable' as const };
    if (decoded.kind === 'unreadable') {
      yield { kind: 'unreadable', path: image, message: unreadableWords(decoded) };
      continue;
    }
    const pictures = Array(network.batch ?? 1).fill(resizeBilinear(decoded, inputPx, inputPx).data);
    const outputs = await compute.run(key, feedsOf(network, pictures), [network.answer.output]);
    const logit = finiteLogit(logitsOf(network, outputs, pictures.length)[0]!, image);
    yield { kind: 'scored', path: image, logit, score: scoreFromLogit(logit) };
  }
  await compute.release(key);
}

export const modelHandlers = (
  deps: Pick<
    Services,
    | 'checkpoints'
    | 'compute'
    | 'currentCase'
    | 'decoder'
    | 'devices'
    | 'faceSearch'
    | 'installation'
    | 'library'
    | 'loadedModels'
    | 'testDecoder'
    | 'tryOnnx'
    | 'videoDecoder'
  >,
) => ({
  list: procedures.model.list.handler(() => deps.library.list()),
  default: procedures.model.default.handler(() => deps.library.getDefault()),
  listBroken: procedures.model.listBroken.handler(() => deps.library.listBroken()),
  get: procedures.model.get.handler(({ input }) => deps.library.get(input.id as Sha256)),
  inspect: procedures.model.inspect.handler(({ input }) => deps.library.inspect(input.path)),
  correct: procedures.model.correct.handler(({ input: { id, ...said }, signal }) =>
    deps.library.correct(id, said, deps.testDecoder, signal),
  ),
  retire: procedures.model.retire.handler(({ input }) => deps.library.retire(input.id, input.reason)),
  reinstate: procedures.model.reinstate.handler(({ input }) => deps.library.reinstate(input.id)),
  import: procedures.model.import.handler(({ input, signal }) => deps.library.import(input, deps.testDecoder, signal)),
  readOnnxPassport: procedures.model.readOnnxPassport.handler(({ input }) => readOnnxPassport(input.path)),
  inspectOnnx: procedures.model.inspectOnnx.handler(({ input }) => deps.library.inspectOnnx(input.path)),
  tryOnnx: procedures.model.tryOnnx.handler(({ input }) => deps.library.tryOnnx(input, deps.tryOnnx)),
  importOnnx: procedures.model.importOnnx.handler(({ input, signal }) =>
    deps.library.importOnnx(input, deps.tryOnnx, signal),
  ),
  infer: procedures.model.infer.handler(async function* ({ input }) {
    await deps.devices.expectPresent(input.device);
    yield* infer(deps, input);
  }),
  ship: procedures.model.ship.handler(async ({ input: { id, ...request } }) => {
    const model = await deps.library.get(id);
    if (model.passport.composite)
      throw new RecceError('MODEL_REFUSED', model.name, 'a model made of models is not shipped.');
    for (const file of shippedFiles(request)) await guardOutput(deps, file);
    return shipModel(model, await deps.library.readWeights(model.id), request);
  }),
  validate: procedures.model.validate.handler(({ input }) => validate(deps, input)),
  fuse: procedures.model.fuse.handler(({ input }) => fuse(deps, input)),
  devices: procedures.model.devices.handler(async () => {
    const model = await deps.library.getDefault().catch(() => undefined);
    const found = model ? await deps.devices.known(deps.loadedModels.measured(model)) : await deps.devices.presence();
    return found.toReversed().map(({ provider, state, detail }) => ({
      device: provider,
      usable: state !== 'absent' && state !== 'wrong',
      detail,
    }));
  }),
});
