// What a worker says of another file, model, version or scan than the one it was asked for is not
// taken into this case, whatever it says of the faces.
import { expect, test } from 'vitest';
import type { EvidenceId, Sha256 } from '../../../contract/brand.ts';
import type { Evidence } from '../../../contract/evidence.ts';
import type { FarmMessage } from '../../../contract/farm.ts';
import type { VerdictParameters } from '../../../contract/verdict.ts';
import { testModel, testParameters } from '../../case/testing/case-material.ts';
import { judgeResult, type ResultDeps } from './write-result.ts';

const hash = (digit: string) => digit.repeat(64) as Sha256;
const { appVersion, pipelineVersion, modelId, finderSha256 } = testParameters;
// Neither case nor pictures are looked at before it is known where a message belongs.
const deps = {
  ...{ model: testModel, passport: { appVersion, pipelineVersion, modelId, finderSha256 } },
  ...{ sampling: { kind: 'everyFrame' }, minimumFacePx: 32 },
} as unknown as ResultDeps;
const evidence = { id: 1 as EvidenceId, sha256: hash('e') } as Evidence;
const parameters: VerdictParameters = { ...testParameters, minimumFacePx: 32, worker: 'w' };
const said: Extract<FarmMessage, { kind: 'still' }> = {
  ...{ kind: 'still', scan: '0'.repeat(24), evidenceId: evidence.id, sha256: hash('e'), worker: 'w', parameters },
  state: { kind: 'read', widthPx: 10, heightPx: 10, remarks: [] },
  verdicts: [{ face: null, outcome: { kind: 'noFace' } }],
};

test('what belongs here is taken', () => {
  expect(judgeResult(deps, evidence, said)).toEqual(said);
});

test.each<[string, Partial<VerdictParameters>]>([
  ['modelId', { modelId: hash('9') }],
  ['appVersion', { appVersion: '9' }],
  ['pipelineVersion', { pipelineVersion: 9 }],
  ['finderSha256', { finderSha256: hash('9') }],
  ['cropRecipe', { cropRecipe: 'box-1.25' }],
  ['inputPx', { inputPx: 224 }],
  ['mean', { mean: [0.5, 0.5, 0.5] }],
  ['minimumFacePx', { minimumFacePx: 1 }],
  ['operatingPoints', { operatingPoints: { low: 0, high: 0 } }],
  ['validationSha256', { validationSha256: hash('9') }],
  ['worker', { worker: undefined }],
])('another %s is refused, and named', (name, change) => {
  const other = { ...said, parameters: { ...parameters, ...change } as VerdictParameters };
  expect(() => judgeResult(deps, evidence, other)).toThrow(`What w says is not taken: ${name} differ.`);
});

test('what was seen in other bytes than those of the file is refused', () => {
  expect(() => judgeResult(deps, { ...evidence, sha256: hash('7') }, said)).toThrow('sha256 differ');
  expect(() => judgeResult(deps, evidence, { ...said, sha256: hash('7') })).toThrow('sha256 differ');
});
