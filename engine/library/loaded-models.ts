// Models where they run: which device, which process, which session, and what verdicts made there
// record.
import type { Sha256 } from '../../contract/brand.ts';
import { type Placement, type Provider, providerSchema } from '../../contract/device.ts';
import { RecceError } from '../../contract/errors.ts';
import type { ClassMap, Model, Passport } from '../../contract/model.ts';
import type { Device } from '../../contract/scan.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { type Compute, createCompute } from '../compute/compute.ts';
import type { Devices, MeasuredModel } from '../compute/devices.ts';
import type { Bounds } from '../compute/first-look.ts';
import { placedCompute, placedKey } from '../compute/placed-compute.ts';
import { networkOf, sideOf } from '../examine/network-of-model.ts';
import { hashOfValue } from '../files/canonical-json.ts';
import type { SpawnChild } from '../process/channel.ts';
import type { CheckpointReader } from './checkpoint-reader.ts';
import type { ModelLibrary } from './model-library.ts';

/** A model where it runs, and what verdicts made there record. */
export type LoadedModel = { compute: Compute; parameters: VerdictParameters; placement: Placement };

export type PlacedModelsOptions = {
  devices: Devices;
  library: ModelLibrary;
  checkpoints: CheckpointReader;
  /** The process that runs on the CPU. */
  cpu: Compute;
  spawn?: SpawnChild;
  /** Of a network that was not built here. */
  bounds: Bounds;
  /** What a verdict made in a place records. */
  parametersFor(model: Model, placement: Placement): Promise<VerdictParameters>;
};

/**
 * A graphics driver that gives no answer for so long hangs; the CPU may need longer (see
 * compute.ts).
 */
const DRIVER_LIMIT_MS = 5 * 60_000;

/** Names a network: the same weights turned round, or reached by other tensors, are another one. */
export const networkId = (weights: Sha256, classMap: ClassMap, onnx?: Passport['onnx']): Sha256 => {
  if (onnx) return hashOfValue({ weights, classMap, onnx });
  return classMap.forged === 1 ? weights : hashOfValue({ weights, classMap });
};

export type LoadedModels = ReturnType<typeof createLoadedModels>;

/** Starts nothing yet: processes and sessions come with the first model placed. */
export function createLoadedModels({
  devices,
  library,
  checkpoints,
  cpu,
  spawn,
  bounds,
  parametersFor,
}: PlacedModelsOptions) {
  /** A process for each other provider in use. */
  const others = new Map<Provider, Compute>();
  /** A process for each network that was not built here, by provider and network. */
  const apart = new Map<string, Compute>();
  /** Sessions by provider and key. */
  const loaded = new Map<string, Promise<void>>();

  const computeOn = (provider: Provider): Compute => {
    const known = provider === 'cpu' ? cpu : others.get(provider);
    if (known) return known;
    const made = createCompute({
      ...{ provider, threads: cpu.threads, timeoutMs: DRIVER_LIMIT_MS },
      ...(spawn ? { spawn } : {}),
    });
    others.set(provider, made);
    return made;
  };

  const computeApart = (provider: Provider, { id }: MeasuredModel): Compute => {
    const key = `${provider}/${id}`;
    const { limitMs: timeoutMs, limitBytes } = bounds;
    // A driver of a graphics card takes memory of its own.
    const limited = provider === 'cpu' ? limitBytes : 2 * limitBytes;
    const made =
      apart.get(key) ??
      createCompute({ provider, threads: cpu.threads, timeoutMs, limitBytes: limited, ...(spawn ? { spawn } : {}) });
    apart.set(key, made);
    return made;
  };

  /** A model of the library as it is measured on this machine's devices. */
  const measured = ({ id, name, passport }: Model): MeasuredModel => {
    if (passport.composite)
      throw new RecceError('MODEL_REFUSED', name, 'it has no network of its own: its parts are run, each by itself.');
    const onnx = async () => checkpoints.network(await library.readWeights(id), passport, name);
    return {
      id: networkId(id as Sha256, passport.classMap, passport.onnx),
      ...{ name, inputPx: passport.inputPx, onnx },
      side: sideOf(networkOf(passport)),
      isForeign: passport.onnx !== undefined,
    };
  };

  /** Loads a network in a certain place, once. */
  const loadNetwork = async (network: MeasuredModel, placement: Placement): Promise<Compute> => {
    const { provider } = placement;
    const compute = network.isForeign ? computeApart(provider, network) : computeOn(provider);
    // The same weights fed otherwise are another network: a case's record of a model may differ
    // from this library's.
    const fed = `${network.id}@${network.inputPx}`;
    const key = placedKey(fed, placement);
    const session = `${placement.provider}/${key}`;
    const { threads } = placement;
    const loading = loaded.get(session) ?? network.onnx().then((onnx) => compute.load(key, onnx, { threads }));
    loaded.set(session, loading);
    loading.catch(() => loaded.delete(session));
    await loading;
    return placedCompute(compute, fed, placement);
  };

  const load = async (model: Model, placement: Placement): Promise<LoadedModel> => ({
    compute: await loadNetwork(measured(model), placement),
    placement,
    parameters: await parametersFor(model, placement),
  });

  return {
    measured,
    loadNetwork,

    /** Loads a model where a device says. Throws DEVICE_UNAVAILABLE, MODEL_CHANGED. */
    place: async (model: Model, device: Device): Promise<LoadedModel> =>
      load(model, await devices.place(measured(model), device)),

    /**
     * Loads a model where a verdict was made, if that is still there and right; else on the CPU,
     * and the rerun says in what that differs.
     */
    async placeAsRecorded(model: Model, recorded: VerdictParameters): Promise<LoadedModel> {
      const provider = providerSchema.safeParse(recorded.provider.split('+')[0]).data ?? 'cpu';
      const network = measured(model);
      const here = await devices.place(network, provider).catch(() => devices.place(network, 'cpu'));
      const { threads, batch } = recorded;
      // Older verdicts did not record the batch; on the CPU it changes nothing.
      const asThen = here.provider === provider ? { threads, batch: batch ?? here.batch } : {};
      return load(model, { ...here, ...asThen });
    },

    /** Ends a failed provider's process and keeps it from being chosen again. */
    async leave(model: Model, provider: Provider, sentence: string): Promise<void> {
      await others.get(provider)?.close();
      others.delete(provider);
      for (const [key, compute] of apart)
        if (key.startsWith(`${provider}/`)) {
          await compute.close();
          apart.delete(key);
        }
      for (const session of loaded.keys()) if (session.startsWith(`${provider}/`)) loaded.delete(session);
      await devices.blame(measured(model), provider, sentence);
    },

    /**
     * Process ids of the other providers while they live, for diagnosis and for tests that end
     * them.
     */
    pids: (): Partial<Record<Provider, number | undefined>> =>
      Object.fromEntries([...others].map(([provider, compute]) => [provider, compute.pid()])),

    /** Process ids of networks that were not built here, while they live. */
    pidsApart: (): number[] => [...apart.values()].flatMap((one) => one.pid() ?? []),

    async close(): Promise<void> {
      await Promise.all([...others.values(), ...apart.values()].map((one) => one.close()));
    },
  };
}
