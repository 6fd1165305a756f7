// The checks of `recce doctor` and of the window's settings: what this installation has, what
// works, and what to do about the rest.
import { access, readFile, statfs } from 'node:fs/promises';
import type { DeviceReport, ProviderReport } from '../../../contract/device.ts';
import type { Check } from '../../../contract/procedures.ts';
import { PROVIDER_NAMES } from '../../compute/providers.ts';
import { RUNTIME_VERSION } from '../../compute/runtime-version.ts';
import { samplePhotograph } from '../../media/finder-weights.ts';
import type { Services } from '../services.ts';
import { changeSettings } from '../settings.ts';

/** Runs one check; an exception is its finding. */
async function check(name: string, run: () => Promise<string>, advice: string): Promise<Check> {
  try {
    return { name, ok: true, found: await run(), advice: null, unused: false };
  } catch (error) {
    return { name, ok: false, found: error instanceof Error ? error.message : String(error), advice, unused: false };
  }
}

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const GIB = 2 ** 30;
/**
 * Below this the application's own files (measurements, imported models, training) do not fit
 * safely.
 */
const LEAST_FREE_BYTES = GIB;

const gibibytes = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

/** Free space where the application keeps its files. Cases may lie on another disk. */
async function diskSpace(folder: string): Promise<string> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < LEAST_FREE_BYTES)
    throw new Error(`${gibibytes(free)} are free, ${gibibytes(LEAST_FREE_BYTES)} are needed`);
  return `${gibibytes(free)} of ${gibibytes(blocks * bsize)} are free at ${folder}`;
}

/** The default model in the library, its file as recorded. */
async function checkModel(deps: Pick<Services, 'library'>): Promise<string> {
  const model = await deps.library.getDefault();
  await deps.library.readWeights(model.id);
  return `${model.name}, SHA-256 as recorded${model.demonstration ? ', DEMONSTRATION' : ''}`;
}

/** Every model of the library with a card that can be read. */
async function checkLibrary(deps: Pick<Services, 'library'>): Promise<string> {
  const broken = await deps.library.listBroken();
  if (broken.length > 0) throw new Error(broken.map((one) => `${one.file}: ${one.reason}`).join('; '));
  return `${counted((await deps.library.list()).length, 'model')}, each with its card`;
}

async function checkFinder(deps: Pick<Services, 'faceSearch'>): Promise<string> {
  const { faces } = await deps.faceSearch.facesOf(await readFile(samplePhotograph(1)));
  if (faces.length !== 3) throw new Error(`${faces.length} faces in a picture of 3`);
  return 'finds the 3 faces of its sample picture';
}

async function checkFolder(folder: string): Promise<string> {
  await changeSettings(folder, {});
  await access(folder);
  return folder;
}

/** Every check, devices last: they measure, and nothing else should run meanwhile. */
export async function doctor(
  deps: Pick<Services, 'devices' | 'faceSearch' | 'installation' | 'library' | 'loadedModels'>,
): Promise<Check[]> {
  const { appDataFolder } = deps.installation;
  const checks = await Promise.all([
    check('Node.js', async () => process.version, 'Use Node 24.'),
    check('inference runtime', async () => RUNTIME_VERSION, 'Install the packages again: npm ci.'),
    check('face finder', () => checkFinder(deps), 'Install the packages again: npm ci.'),
    check('default model', () => checkModel(deps), 'Restore models/weights.'),
    check('model library', () => checkLibrary(deps), 'Put back the files named, or remove them.'),
    check('application folder', () => checkFolder(appDataFolder), 'Set RECCE_HOME to a folder that can be written.'),
  ]);
  checks.push(await check('disk', () => diskSpace(appDataFolder), 'Make room, or set RECCE_HOME to another disk.'));
  return [...checks, ...(await checkDevices(deps))];
}

/**
 * What was chosen, and a line for every provider. The CPU always works, so only one that answers
 * wrongly is a fault.
 */
async function checkDevices(deps: Pick<Services, 'devices' | 'library' | 'loadedModels'>): Promise<Check[]> {
  try {
    const model = await deps.library.getDefault();
    const report = await deps.devices.report(deps.loadedModels.measured(model));
    const chosen = { name: 'device', ok: true, found: chosenWords(report), advice: null, unused: false };
    return [chosen, ...report.providers.map(checkOf)];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [{ name: 'device', ok: false, found, advice: 'Install the packages again: npm ci.', unused: false }];
  }
}

const chosenWords = ({ chosen, reason, modelName }: DeviceReport): string =>
  `${reason} ${chosen.device}; ${counted(chosen.threads, 'thread')}, ${counted(chosen.batch, 'picture')} a run, for ${modelName}`;

function checkOf(report: ProviderReport): Check {
  const { provider, state, detail, differences, speeds } = report;
  const fastest = Math.max(0, ...speeds.map((one) => one.picturesPerSecond));
  const facts = [
    detail,
    ...(fastest > 0 ? [`${fastest.toPrecision(3)} pictures/s.`] : []),
    ...(differences ? [`Largest difference to the CPU: ${differenceWords(differences)}.`] : []),
  ];
  return {
    name: `device ${PROVIDER_NAMES[provider]}`,
    ok: state !== 'wrong',
    found: `${state}. ${facts.join(' ')}`,
    advice: state === 'wrong' ? 'Bring its driver up to date; until then it is not used.' : null,
    unused: state === 'absent' || state === 'failed' || state === 'untested',
  };
}

const differenceWords = (differences: Readonly<Record<string, number>>): string =>
  Object.entries(differences)
    .map(([output, difference]) => `${output} ${difference.toExponential(1)}`)
    .join(', ');
