// A compute process with a graphics driver that misbehaves, for tests: WebGPU is "there" and its
// sessions run on the CPU, but for the fault that the process's name asks for (bad-driver.ts).
// Everything else is the real process.
import { writeSync } from 'node:fs';
import { answerRequests } from '../../process/answer-requests.ts';
import type { ComputeRequest, ComputeResponse, Feeds } from '../messages.ts';
import { Sessions } from '../sessions.ts';

const [name, fault] = (process.argv.find((one) => one.startsWith('--recce-process=')) ?? '')
  .split('=')
  .at(-1)!
  .split('/');
/** Faults of a driver that passes its self-test. */
const atWork = name === 'compute';
const sessions = new Sessions();
/** Keys of sessions that the driver holds. */
const onDriver = new Set<string>();
/** Pictures that the driver was given. */
let seen = 0;

/**
 * What the driver takes for anything it is timed at, ms: so little that it is chosen however busy
 * the machine is.
 */
const FASTEST_MS = 0.01;
/** Pictures that a driver takes at work before it is lost. */
const PICTURES_BEFORE_LOSS = 9;

/** As drivers do, it writes past whatever Node.js knows of, whether it works or not. */
const CHATTER = `error: RUNTIME_DIR is invalid.
error: RUNTIME_DIR is invalid.
Warning: indexing of arrays is required.
    at InitializeImpl (/build/src/dawn/PhysicalDevice.cpp:253)

`;

const forever = (): Promise<never> => new Promise(() => {});

const shifted = (outputs: Feeds): Feeds => {
  const logit = outputs.logit!;
  return { ...outputs, logit: { ...logit, data: (logit.data as Float32Array).map((v) => v + 0.01) } as typeof logit };
};

async function load(request: Extract<ComputeRequest, { kind: 'load' }>): Promise<ComputeResponse> {
  if (request.session.provider === 'webgpu') {
    writeSync(2, CHATTER);
    if (fault === 'throws') throw new Error('Failed to get a WebGPU adapter: No supported adapters');
    onDriver.add(request.key);
  }
  return sessions.handle({ ...request, session: { ...request.session, provider: 'cpu' } });
}

async function run(request: Extract<ComputeRequest, { kind: 'run' }>): Promise<ComputeResponse> {
  const answer = await sessions.handle(request);
  if (!onDriver.has(request.key) || answer.kind !== 'ran') return answer;
  if (fault === 'dies') process.kill(process.pid, 'SIGSEGV');
  if (fault === 'hangs') return forever();
  if (fault === 'answersWrongly') return { kind: 'ran', outputs: shifted(answer.outputs) };
  if (fault === 'losesDevice' && atWork && seen >= PICTURES_BEFORE_LOSS)
    throw new Error('Device lost: the driver was reset');
  if (fault === 'diesAtWork' && atWork) process.kill(process.pid, 'SIGSEGV');
  seen += request.feeds.x!.shape[0]!;
  return answer;
}

async function time(request: Extract<ComputeRequest, { kind: 'time' }>): Promise<ComputeResponse> {
  const answer = await sessions.handle(request);
  if (!onDriver.has(request.key) || answer.kind !== 'timed') return answer;
  return { kind: 'timed', fastestMs: FASTEST_MS };
}

async function backends(): Promise<ComputeResponse> {
  const answer = await sessions.handle({ kind: 'backends' });
  if (answer.kind !== 'backends') return answer;
  const others = answer.backends.filter(({ name }) => name !== 'webgpu');
  return { kind: 'backends', backends: [...others, { name: 'webgpu', library: null }] };
}

answerRequests<ComputeRequest, ComputeResponse>((request) => {
  if (request.kind === 'load') return load(request);
  if (request.kind === 'run') return run(request);
  if (request.kind === 'time') return time(request);
  if (request.kind === 'backends') return backends();
  return sessions.handle(request);
});
