// Entry of the training process: one run with its weights, apart from the compute process so that a scan is not held up by
// training steps and a run that dies takes no scan with it. Forked by engine/compute/trainer.ts.
import { answerRequests } from '../process/answer-requests.ts';
import type { TrainingRequest, TrainingResponse } from './training-messages.ts';
import { TrainingSession } from './training-session.ts';

let run: TrainingSession | undefined;

const opened = (): TrainingSession => {
  if (!run) throw new Error('No run is open in this process.');
  return run;
};

async function answer(request: TrainingRequest): Promise<TrainingResponse> {
  switch (request.kind) {
    case 'open':
      await run?.close();
      run = await TrainingSession.open(request.setup, request.start, request.session);
      return { kind: 'opened', step: run.step, trainedWeights: run.trainedWeights };
    case 'step':
      return { kind: 'stepped', losses: await opened().trainOn(request.batch) };
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
