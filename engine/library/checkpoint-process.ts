// Entry of the process that reads weights files: one hostile file at a time, and nothing else to
// lose.
import { CheckpointError } from '../../models/checkpoint/checkpoint-error.ts';
import { geometryFromLayout, licenceFromLayout } from '../../models/checkpoint/geometry.ts';
import { readPyTorchFile } from '../../models/checkpoint/pytorch-file.ts';
import { readRecceCheckpoint } from '../../models/checkpoint/recce-checkpoint.ts';
import { familyOf } from '../../models/families/families.ts';
import type { DetectorFamily, FamilyWeights } from '../../models/families/family.ts';
import { readOnnx } from '../../models/onnx/read-onnx.ts';
import { onnxFromWeights } from '../examine/score-crops.ts';
import { answerRequests } from '../process/answer-requests.ts';
import { limitMemory } from '../process/limit-memory.ts';
import type { CheckpointFacts, CheckpointRequest, CheckpointResponse } from './checkpoint-reader.ts';

/**
 * The largest RECCE checkpoint with its optimiser has a third of a gigabyte; reading takes it a few
 * times over.
 */
const MEMORY_LIMIT_BYTES = 3 * 2 ** 30;

limitMemory(MEMORY_LIMIT_BYTES);

function factsOf(bytes: Uint8Array): CheckpointFacts {
  const file = readPyTorchFile(bytes);
  const found = familyOf(file);
  if (found) return familyFacts(found, file.container);
  const { tensors: _, ...facts } = readRecceCheckpoint(bytes);
  const usual = geometryFromLayout(facts.layout);
  return { ...facts, usual: { ...usual, licence: licenceFromLayout(facts.layout) } };
}

function familyFacts(
  { family, weights }: { family: DetectorFamily; weights: FamilyWeights },
  container: CheckpointFacts['container'],
): CheckpointFacts {
  const { numClasses, dropped, remarks } = weights;
  const { geometry, forged, licence, id, name } = family;
  return {
    ...{ architecture: id, decoder: false, container, layout: 'published', numClasses, dropped },
    // The graph is built for one size: there is no other to declare.
    inputPx: geometry.inputPx,
    remarks: [`These are weights of ${name}.`, ...remarks],
    usual: { ...geometry, licence, ...(forged === null ? { forged: null } : { forged }) },
  };
}

answerRequests<CheckpointRequest, CheckpointResponse>(async (request) => {
  try {
    if (request.kind === 'onnx') return { kind: 'onnxFacts', facts: readOnnx(request.bytes) };
    return request.kind === 'describe'
      ? { kind: 'facts', facts: factsOf(request.bytes) }
      : { kind: 'network', onnx: onnxFromWeights(request.bytes, request.fed) };
  } catch (error) {
    if (error instanceof CheckpointError) return { kind: 'refused', message: error.message };
    throw error;
  }
});
