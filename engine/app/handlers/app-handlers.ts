// Handlers of `app`: the installation itself.
import type { Dirent } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { RecceError } from '../../../contract/errors.ts';
import { isCaseFolder } from '../../case/open-case.ts';
import { RUNTIME_VERSION } from '../../compute/runtime-version.ts';
import { writeRefused } from '../../files/system-error.ts';
import { guardOutput } from '../guard-output.ts';
import type { Services } from '../services.ts';
import { changeSettings, readSettings } from '../settings.ts';
import { doctor } from './doctor.ts';
import { procedures } from './implementer.ts';

async function browse(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new RecceError('PATH_NOT_FOUND', folder, cause.message, { cause });
  });
  const shown = await Promise.all(
    entries
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
      .map((entry) => entryOf(folder, entry)),
  );
  shown.sort((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || (a.name < b.name ? -1 : 1));
  const parent = path.dirname(folder);
  return { folder, isCase: isCaseFolder(folder), parent: parent === folder ? null : parent, entries: shown };
}

async function entryOf(folder: string, entry: Dirent) {
  const full = path.join(folder, entry.name);
  const kind = entry.isFile() ? ('file' as const) : isCaseFolder(full) ? ('case' as const) : ('folder' as const);
  const found = await stat(full).catch(() => undefined);
  return {
    name: entry.name,
    path: full,
    kind,
    sizeBytes: kind === 'file' ? (found?.size ?? null) : null,
    modifiedAt: found?.mtime.toISOString() ?? null,
  };
}

/** Throws PATH_NOT_FOUND, FILE_EXISTS, WRITE_FAILED, DISK_FULL. */
async function makeFolder(parent: string, name: string): Promise<{ path: string }> {
  const full = path.join(parent, name);
  if (path.dirname(full) !== path.resolve(parent))
    throw new RecceError('WRITE_FAILED', name, 'a folder’s name has no slash and is no dot.');
  await mkdir(full).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new RecceError('FILE_EXISTS', full, 'choose another name.');
    if (cause.code === 'ENOENT') throw new RecceError('PATH_NOT_FOUND', parent, cause.message, { cause });
    throw writeRefused(cause, full);
  });
  return { path: full };
}

export const appHandlers = (
  deps: Pick<Services, 'currentCase' | 'devices' | 'faceSearch' | 'installation' | 'library' | 'loadedModels'>,
) => ({
  info: procedures.app.info.handler(async () => ({
    name: 'Recce Workstation',
    version: deps.installation.appVersion,
    platform: `${process.platform} ${process.arch}`,
    demonstrationModel: (await deps.library.list())[0]?.demonstration ?? false,
    runtime: RUNTIME_VERSION,
  })),
  doctor: procedures.app.doctor.handler(() => doctor(deps)),
  devices: procedures.app.devices.handler(async ({ input: { modelId, measure } }) => {
    const named = modelId ? await deps.library.get(modelId) : await deps.library.getDefault();
    // A composite runs where its parts do.
    const [part] = named.passport.composite?.parts ?? [];
    const model = part ? await deps.library.get(part.modelId) : named;
    return deps.devices.report(deps.loadedModels.measured(model), { again: measure });
  }),
  settings: procedures.app.settings.handler(() => readSettings(deps.installation.appDataFolder)),
  changeSettings: procedures.app.changeSettings.handler(({ input }) => {
    const change = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    return changeSettings(deps.installation.appDataFolder, change);
  }),
  makeFolder: procedures.app.makeFolder.handler(async ({ input }) => {
    await guardOutput(deps, path.join(input.folder, input.name));
    return makeFolder(path.resolve(input.folder), input.name);
  }),
  browse: procedures.app.browse.handler(({ input }) => browse(path.resolve(input.folder ?? homedir()))),
});
