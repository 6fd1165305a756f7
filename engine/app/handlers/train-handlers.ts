// Handlers of `train`: runs that belong to the installation, whatever case is open.
import { RecceError } from '../../../contract/errors.ts';
import type { Device } from '../../../contract/scan.ts';
import { requestFromConfig } from '../../train/config/request-from-config.ts';
import { guardOutput } from '../known-evidence.ts';
import type { Services } from '../services.ts';
import { procedures } from './implementer.ts';

/**
 * Throws DEVICE_UNAVAILABLE. The training graph is spelt for the CPU, and its steps have been held
 * against PyTorch's only there.
 */
function expectCpu(device: Device): void {
  if (device === 'auto' || device === 'cpu') return;
  throw new RecceError('DEVICE_UNAVAILABLE', device, 'this version trains on the CPU. Choose "auto" or "cpu".');
}

export const trainHandlers = (state: Services) => ({
  start: procedures.train.start.handler(({ input }) => {
    expectCpu(input.device);
    return state.training.start(input);
  }),
  readConfig: procedures.train.readConfig.handler(({ input }) => requestFromConfig(input.path, input.folder)),
  list: procedures.train.list.handler(() => state.training.list()),
  listBroken: procedures.train.listBroken.handler(() => state.training.listBroken()),
  get: procedures.train.get.handler(({ input }) => state.training.get(input.id)),
  pause: procedures.train.pause.handler(({ input }) => state.training.pause(input.id)),
  resume: procedures.train.resume.handler(({ input }) => state.training.resume(input.id)),
  cancel: procedures.train.cancel.handler(({ input }) => state.training.cancel(input.id)),
  publish: procedures.train.publish.handler(({ input }) => state.training.publish(input.id)),
  export: procedures.train.export.handler(async ({ input }) => {
    await guardOutput(state, input.path);
    return state.training.export(input.id, input.path);
  }),
  discard: procedures.train.discard.handler(async ({ input }) => {
    await state.training.discard(input.id);
    return null;
  }),
  watch: procedures.train.watch.handler(({ signal }) => state.training.watch(signal)),
});
