// Handlers of `app`: the installation itself.
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import { isCaseFolder } from '../../case/open-case.ts';
import { RUNTIME_VERSION } from '../../compute/runtime-version.ts';
import type { Services } from '../services.ts';
import { changeSettings, readSettings } from '../settings.ts';
import { doctor } from './doctor.ts';
import { procedures } from './implementer.ts';

async function browse(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', folder, cause.message, { cause });
  });
  const shown = entries
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
    .map((entry) => {
      const full = path.join(folder, entry.name);
      const kind = entry.isFile() ? ('file' as const) : isCaseFolder(full) ? ('case' as const) : ('folder' as const);
      return { name: entry.name, path: full, kind };
    })
    .sort((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || (a.name < b.name ? -1 : 1));
  const parent = path.dirname(folder);
  return { folder, isCase: isCaseFolder(folder), parent: parent === folder ? null : parent, entries: shown };
}

export const appHandlers = (state: Services) => ({
  info: procedures.app.info.handler(async () => ({
    name: 'Recce Workstation',
    version: state.appVersion,
    platform: `${process.platform} ${process.arch}`,
    demonstrationModel: (await state.library.list())[0]?.demonstration ?? false,
    runtime: RUNTIME_VERSION,
  })),
  doctor: procedures.app.doctor.handler(() => doctor(state)),
  devices: procedures.app.devices.handler(async ({ input: { modelId, measure } }) => {
    const model = modelId ? await state.library.get(modelId) : await state.library.getDefault();
    return state.devices.report(state.placed.measured(model), { again: measure });
  }),
  settings: procedures.app.settings.handler(() => readSettings(state.options.appDataFolder)),
  changeSettings: procedures.app.changeSettings.handler(({ input }) => {
    const change = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    return changeSettings(state.options.appDataFolder, change);
  }),
  browse: procedures.app.browse.handler(({ input }) => browse(path.resolve(input.folder ?? homedir()))),
});
