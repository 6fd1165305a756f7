// Handlers of `app`: the installation itself.
import { access, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { RecceError } from '../../contract/errors.ts';
import type { Check } from '../../contract/procedures.ts';
import { isCaseFolder } from '../case/open-case.ts';
import { RUNTIME_VERSION } from '../compute/runtime-version.ts';
import type { EngineState } from '../engine-state.ts';
import { facePackageFolder } from '../media/finder-weights.ts';
import { changeSettings, readSettings } from '../settings.ts';
import { procedures } from './implementer.ts';

/** Runs one check; an exception is its finding. */
async function check(name: string, run: () => Promise<string>, advice: string): Promise<Check> {
  try {
    return { name, ok: true, found: await run(), advice: null };
  } catch (error) {
    return { name, ok: false, found: error instanceof Error ? error.message : String(error), advice };
  }
}

const doctor = (state: EngineState): Promise<Check[]> =>
  Promise.all([
    check('Node.js', async () => process.version, 'Use Node 24.'),
    check(
      'inference runtime',
      async () => `${RUNTIME_VERSION}, ${state.compute.provider}, ${state.compute.threads} threads`,
      'Install the packages again: npm ci.',
    ),
    check(
      'face finder',
      async () => {
        const { faces } = await state.facesOf(await readFile(path.join(facePackageFolder(), 'demo', 'sample1.jpg')));
        if (faces.length !== 3) throw new Error(`${faces.length} faces in a picture of 3`);
        return 'finds the 3 faces of its sample picture';
      },
      'Install the packages again: npm ci.',
    ),
    check(
      'default model',
      async () => {
        const model = await state.library.getDefault();
        await state.library.readWeights(model.id);
        return `${model.name}, SHA-256 as recorded${model.demonstration ? ', DEMONSTRATION' : ''}`;
      },
      'Restore models/weights.',
    ),
    check(
      'model library',
      async () => {
        const broken = await state.library.listBroken();
        if (broken.length > 0) throw new Error(broken.map((one) => `${one.file}: ${one.reason}`).join('; '));
        return `${(await state.library.list()).length} models, each with its card`;
      },
      'Put back the files named, or remove them.',
    ),
    check(
      'application folder',
      async () => {
        await changeSettings(state.options.appDataFolder, {});
        await access(state.options.appDataFolder);
        return state.options.appDataFolder;
      },
      'Set RECCE_HOME to a folder that can be written.',
    ),
  ]);

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
  return { folder, parent: parent === folder ? null : parent, entries: shown };
}

export const appHandlers = (state: EngineState) => ({
  info: procedures.app.info.handler(async () => ({
    name: 'Recce Workstation',
    version: state.appVersion,
    platform: `${process.platform} ${process.arch}`,
    demonstrationModel: (await state.library.list())[0]?.demonstration ?? false,
    runtime: RUNTIME_VERSION,
  })),
  doctor: procedures.app.doctor.handler(() => doctor(state)),
  settings: procedures.app.settings.handler(() => readSettings(state.options.appDataFolder)),
  changeSettings: procedures.app.changeSettings.handler(({ input }) => {
    const change = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    return changeSettings(state.options.appDataFolder, change);
  }),
  browse: procedures.app.browse.handler(({ input }) => browse(path.resolve(input.folder ?? homedir()))),
});
