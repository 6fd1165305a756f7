// What a scan is started with: remembered from scan to scan on this machine, and read back out of a
// job for its card and for going on.
import type { Job } from '../../contract/job.ts';
import { type ScanRequest, scanRequestSchema } from '../../contract/scan.ts';
import type { Sampling } from '../../contract/video.ts';

export type ScanChoice = Pick<
  ScanRequest,
  'modelId' | 'furtherModelIds' | 'secondLook' | 'device' | 'minimumFacePx' | 'video'
>;

const KEPT = 'recce.scan';
const choiceSchema = scanRequestSchema.omit({ paths: true });

/** As the last scan was started; the usual where there was none, or what is kept cannot be read. */
export function rememberedChoice(): ScanChoice {
  try {
    return choiceSchema.parse(JSON.parse(localStorage.getItem(KEPT) ?? '{}'));
  } catch {
    return choiceSchema.parse({});
  }
}

export const rememberChoice = (choice: ScanChoice): void => localStorage.setItem(KEPT, JSON.stringify(choice));

/** The request a scan was started with. */
export const requestOf = ({ input }: Job): ScanRequest => scanRequestSchema.parse(input);

/** `2 frames a second and every cut or change`. */
export function samplingWords(video: Sampling): string {
  if (video.kind === 'everyFrame') return 'every frame of videos';
  const frames = video.framesPerSecond === 1 ? '1 frame' : `${video.framesPerSecond} frames`;
  return `${frames} a second of videos${video.sceneChanges ? ' and every cut or change' : ''}`;
}
