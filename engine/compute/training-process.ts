// Entry of the training process: one run with its weights, apart from the compute process so that a
// scan is not held up by training steps and a run that dies takes no scan with it.
import { answerRequests } from '../process/answer-requests.ts';
import { createSamplesThread, evaluateOn, type SamplesThread } from './samples-thread.ts';
import type { SampleMaker, TrainingRequest, TrainingResponse } from './training-messages.ts';
import { TrainingSession } from './training-session.ts';

let run: TrainingSession | undefined;

const opened = (): TrainingSession => {
  if (!run) throw new Error('No run is open in this process.');
  return run;
};

let samples: SamplesThread | undefined;
const samplesOf = ({ entry }: SampleMaker): SamplesThread => {
  samples ??= createSamplesThread(entry);
  return samples;
};

async function answer(request: TrainingRequest): Promise<TrainingResponse> {
  switch (request.kind) {
    case 'open':
      await run?.close();
      run = await TrainingSession.open(request.setup, request.start, request.session);
      return { kind: 'loaded', step: run.step, trainedWeights: run.trainedWeights };
    case 'openSamples':
      return samplesOf(request.maker).open(request.samples);
    case 'step': {
      const losses = await opened().trainOn(request.batch);
      return { kind: 'stepped', losses, labels: request.batch.labels };
    }
    case 'stepOn': {
      const samples = samplesOf(request.maker);
      const batch = await samples.batch(request.draws);
      samples.prepare(request.next);
      return { kind: 'stepped', losses: await opened().trainOn(batch), labels: batch.labels };
    }
    case 'evaluateOn':
      return { kind: 'evaluatedFaces', ...(await evaluateOn(opened(), samplesOf(request.maker), request)) };
    case 'evaluate':
      return { kind: 'evaluated', ...(await opened().evaluate(request.pixels, request.reconstructions)) };
    case 'save':
      return { kind: 'written', sizeBytes: opened().save(request.path) };
    case 'export':
      return { kind: 'written', sizeBytes: opened().export(request.path, request.format, request.figures) };
    case 'close':
      await run?.close();
      run = undefined;
      return { kind: 'closed' };
  }
}

answerRequests<TrainingRequest, TrainingResponse>(answer);
