// Handlers of `train`: runs that belong to the installation, whatever case is open.
import { RecceError } from '../../../contract/errors.ts';
import type { Device } from '../../../contract/scan.ts';
import { refuseReplacing } from '../../files/refuse-replacing.ts';
import { requestFromConfig } from '../../train/config/request-from-config.ts';
import { guardOutput } from '../guard-output.ts';
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

export const trainHandlers = (deps: Pick<Services, 'currentCase' | 'installation' | 'training'>) => ({
  start: procedures.train.start.handler(({ input }) => {
    expectCpu(input.device);
    return deps.training.start(input);
  }),
  readConfig: procedures.train.readConfig.handler(({ input }) => requestFromConfig(input.path, input.folder)),
  list: procedures.train.list.handler(() => deps.training.list()),
  listBroken: procedures.train.listBroken.handler(() => deps.training.listBroken()),
  get: procedures.train.get.handler(({ input }) => deps.training.get(input.id)),
  pause: procedures.train.pause.handler(({ input }) => deps.training.pause(input.id)),
  resume: procedures.train.resume.handler(({ input }) => deps.training.resume(input.id)),
  cancel: procedures.train.cancel.handler(({ input }) => deps.training.cancel(input.id)),
  publish: procedures.train.publish.handler(({ input }) => deps.training.publish(input.id)),
  export: procedures.train.export.handler(async ({ input }) => {
    await guardOutput(deps, input.path);
    refuseReplacing(input.path, input.replace);
    return deps.training.export(input.id, input.path);
  }),
  discard: procedures.train.discard.handler(async ({ input }) => {
    await deps.training.discard(input.id);
    return null;
  }),
  watch: procedures.train.watch.handler(({ signal }) => deps.training.watch(signal)),
});
