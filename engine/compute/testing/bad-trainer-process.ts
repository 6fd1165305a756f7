// A training process whose WebGPU is "there": its steps are the CPU's, ten times as fast in the
// test, and after some steps at work the device is lost. Everything else is the real process. Tests
// only.
import { answerRequests } from '../../process/answer-requests.ts';
import type { SessionRequest } from '../messages.ts';
import type { TrainingRequest, TrainingResponse } from '../training-messages.ts';
import { answerTraining } from '../training-requests.ts';

/** Steps that the device takes at work before it is lost. */
const STEPS_BEFORE_LOSS = 3;
/** Ten times as fast as it is, so that the device is chosen. */
const FASTER = 10;

let isOnDevice = false;
let steps = 0;

const onCpu = (session: SessionRequest): SessionRequest => ({ ...session, provider: 'cpu' });

async function test(request: Extract<TrainingRequest, { kind: 'test' }>): Promise<TrainingResponse> {
  const answer = await answerTraining({ ...request, session: onCpu(request.session) });
  if (answer.kind !== 'tested') return answer;
  const { cpu, other } = answer.test.secondsPerStep;
  return { kind: 'tested', test: { ...answer.test, secondsPerStep: { cpu, other: other / FASTER } } };
}

answerRequests<TrainingRequest, TrainingResponse>((request) => {
  if (request.kind === 'test') return test(request);
  if (request.kind === 'open') {
    isOnDevice = request.session.provider === 'webgpu';
    return answerTraining({ ...request, session: onCpu(request.session) });
  }
  if (request.kind === 'stepOn' && isOnDevice && steps++ >= STEPS_BEFORE_LOSS)
    throw new Error('Device lost: the driver was reset');
  return answerTraining(request);
});
