// What the training process answers: one run with its weights, and the thread that makes its samples.
import { createSamplesThread, evaluateOn, type SamplesThread } from './samples-thread.ts';
import { testStep } from './step-test.ts';
import type { SampleMaker, TrainingRequest, TrainingResponse } from './training-messages.ts';
import { startingState, TrainingSession } from './training-session.ts';

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

/** Answers one request. Throws what the runtime or the samples' module throws. */
export async function answerTraining(request: TrainingRequest): Promise<TrainingResponse> {
  switch (request.kind) {
    case 'open':
      await run?.close();
      run = await TrainingSession.open(request.setup, request.start, request.session);
      return { kind: 'loaded', step: run.step, trainedWeights: run.trainedWeights };
    case 'test': {
      const { setup, start, session } = request;
      return { kind: 'tested', test: await testStep(setup, startingState(setup, start), session) };
    }
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
