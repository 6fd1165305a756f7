// Which files a model of a second look is asked about, from what the first model said of them: read
// from its rows, so that a scan that was stopped goes on as it would have.
import { createHash } from 'node:crypto';
import type { Sha256 } from '../../contract/brand.ts';
import type { Evidence } from '../../contract/evidence.ts';
import type { SecondLook, SecondLookMade } from '../../contract/second-look.ts';
import type { VerdictParameters } from '../../contract/verdict.ts';
import { hasUndecided } from '../case/rows/verdict.ts';
import { facesOfScan, findVideoScan, operatingPointsOfScan, tracksOf } from '../case/rows/video-scan.ts';
import { judgeTrack } from '../examine/track-outcome.ts';
import type { ScanDeps, ScanModel } from './scan-deps.ts';

type Scan = Pick<ScanDeps, 'opened' | 'sampling' | 'minimumFacePx'>;

/** A number of 0 up to 1 that belongs to the file's content and the seed. */
export const drawOf = (sha256: Sha256, seed: number): number =>
  createHash('sha256').update(`${seed} ${sha256}`).digest().readUInt32BE(0) / 2 ** 32;

const isDrawn = ({ sha256 }: Pick<Evidence, 'sha256'>, { sampleShare, seed }: SecondLook): boolean =>
  sha256 !== null && drawOf(sha256, seed) < sampleShare;

/**
 * Why a file that the first model has examined is looked at again; undefined where it is not. What is
 * undecided is looked at for that reason, also where it was drawn.
 */
export function whyLookedAgain(
  scan: Scan,
  { first, policy }: NonNullable<ScanModel['second']>,
  evidence: Pick<Evidence, 'id' | 'sha256'>,
): SecondLookMade['because'] | undefined {
  if (policy.cannotTell && isUndecided(scan, first, evidence)) return 'cannotTell';
  return isDrawn(evidence, policy) ? 'sample' : undefined;
}

/** Of a film by its tracks, of which one says something by all of its faces. */
function isUndecided(
  { opened, sampling, minimumFacePx }: Scan,
  { model, parameters: { pipelineVersion } }: Pick<ScanModel, 'model' | 'parameters'>,
  { id: evidenceId }: Pick<Evidence, 'id'>,
): boolean {
  const key = { evidenceId, modelId: model.id, pipelineVersion };
  const film = findVideoScan(opened, { ...key, sampling, minimumFacePx });
  if (!film?.finished) return hasUndecided(opened, key);
  const points = operatingPointsOfScan(opened, film) ?? model.operatingPoints;
  const faces = new Map(facesOfScan(opened, film).map((one) => [one.faceId, one]));
  return tracksOf(opened, film.id).some((track) => {
    const own = track.faces.flatMap(({ faceId }) => faces.get(faceId) ?? []);
    if (own.length === 0) return false;
    const { outcome } = judgeTrack(own, points);
    return outcome.kind === 'scored' ? outcome.leaning === 'cannotTell' : (outcome.reasons.outOfDomain ?? 0) > 0;
  });
}

/** What a model's verdicts on this file record. */
export function parametersOn(scan: Scan, { parameters, second }: ScanModel, evidence: Evidence): VerdictParameters {
  const because = second && whyLookedAgain(scan, second, evidence);
  if (!because) return parameters;
  return { ...parameters, secondLook: { ...second.policy, first: second.first.model.id, because } };
}
