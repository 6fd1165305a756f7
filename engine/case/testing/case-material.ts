// Rows for tests of the case database: a model, parameters, files with faces. Tests only.
import type { Sha256 } from '../../../contract/brand.ts';
import type { NewFace } from '../../../contract/face.ts';
import { type Model, modelSchema } from '../../../contract/model.ts';
import { type VerdictOutcome, type VerdictParameters, verdictParametersSchema } from '../../../contract/verdict.ts';
import type { WritableCase } from '../db/case-handle.ts';
import { addEvidence } from '../rows/evidence.ts';
import { keepModel } from '../rows/model.ts';
import { addVerdicts } from '../rows/verdict.ts';

const hash = (digit: string) => digit.repeat(64) as Sha256;

export const testModel: Model = modelSchema.parse({
  id: hash('a'),
  name: 'test',
  description: '',
  limits: '',
  demonstration: false,
  parentId: null,
  passport: {
    sha256: hash('a'),
    sizeBytes: 1,
    container: 'zip',
    layout: 'bare',
    width: 1,
    numClasses: 1,
    classMap: { genuine: 0, forged: 1 },
    inputPx: 299,
    cropRecipe: 'square-1.3',
    interpolation: 'area-bilinear',
    mean: 0.5,
    std: 0.5,
    channelOrder: 'RGB',
    geometry: 'assumed',
    licence: '',
    dropped: [],
    remarks: [],
  },
  decoderTest: null,
  validation: null,
  operatingPoints: { low: 0.3, high: 0.7 },
  addedAt: '2026-01-01T00:00:00.000Z',
});

export const testParameters: VerdictParameters = verdictParametersSchema.parse({
  appVersion: '0',
  pipelineVersion: 1,
  modelId: hash('a'),
  finderSha256: hash('b'),
  cropRecipe: 'square-1.3',
  inputPx: 299,
  interpolation: 'area-bilinear',
  mean: 0.5,
  std: 0.5,
  channelOrder: 'RGB',
  runtime: 'none',
  provider: 'cpu',
  device: 'none',
  threads: 1,
  precision: 'float32',
  decoder: 'none',
  operatingPoints: { low: 0.3, high: 0.7 },
});

const face = (faceIndex: number): NewFace => ({
  frameIndex: 0,
  timeMs: 0,
  pts: null,
  faceIndex,
  box: { x: 10 * faceIndex, y: 0, width: 50, height: 60 },
  finderScore: 0.9,
  landmarks: Array.from({ length: 68 }, (_, i) => ({ x: i, y: i })),
  foundAtRotation: 0,
  quality: { sizePx: 60, sharpness: 10, brightness: 0.5, rollDegrees: 0, yawProxy: 0 },
});

const scored = (score: number): VerdictOutcome => ({
  kind: 'scored',
  logit: Math.log(score / (1 - score)),
  score,
  leaning: score >= 0.7 ? 'towardsForged' : score < 0.3 ? 'towardsGenuine' : 'cannotTell',
  log10LikelihoodRatio: null,
  meanDifference: 0.1,
  cropSha256: hash('c'),
  reconstructionSha256: hash('d'),
  differenceSha256: hash('e'),
  gateSha256: hash('f'),
});

/**
 * Adds a file with a scored face for each score, by a model; without scores, a file without a face.
 */
export function addFile(
  opened: WritableCase,
  name: string,
  scores: readonly number[],
  file: { path?: string; sha256?: Sha256; modelId?: Sha256; secondLook?: VerdictParameters['secondLook'] } = {},
): void {
  const { path = `/nowhere/${name}`, sha256 = hash('0'), modelId = testModel.id, secondLook } = file;
  opened.db.transaction(() => {
    const evidence = addEvidence(opened, {
      path,
      sha256,
      relativePath: name,
      mediaType: 'image/jpeg',
      sizeBytes: 1,
      modifiedAt: null,
    });
    keepModel(opened, { ...testModel, id: modelId });
    addVerdicts(opened, { ...testParameters, modelId, ...(secondLook ? { secondLook } : {}) }, [
      {
        evidenceId: evidence.id,
        relativePath: name,
        state: { kind: 'read', widthPx: 100, heightPx: 100, remarks: [] },
        verdicts:
          scores.length === 0
            ? [{ face: null, outcome: { kind: 'noFace' } }]
            : scores.map((score, i) => ({ face: face(i), outcome: scored(score) })),
      },
    ]);
  });
}

/** Adds a look at which no byte of `path` could be read. */
export function addRefused(opened: WritableCase, name: string, path: string): void {
  opened.db.transaction(() => {
    const row = { path, relativePath: name, mediaType: 'application/octet-stream', sizeBytes: 0, modifiedAt: null };
    const { id } = addEvidence(opened, { ...row, sha256: null });
    const outcome = {
      kind: 'unreadable',
      reason: 'permissionDenied',
      message: 'Reading it is not permitted.',
    } as const;
    keepModel(opened, testModel);
    const verdicts = [{ face: null, outcome }];
    addVerdicts(opened, testParameters, [{ evidenceId: id, relativePath: name, state: outcome, verdicts }]);
  });
}
