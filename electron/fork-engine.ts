// The engine as a utility process, and compute and decode beside it: only the main process may fork
// them, so the engine asks for them here and gets a port straight to each. When the engine dies its
// children go with it.
import { fileURLToPath } from 'node:url';
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import { ENGINE_ENTRY, type EngineChild, type FromEngine, fileFromEntry } from '../engine/supervise.ts';

type StartChild = Extract<FromEngine, { kind: 'startChild' }>;

const ENGINE_FOLDER = fileURLToPath(new URL('..', ENGINE_ENTRY));

/**
 * What a `quiet` process writes to standard error is read by whoever forks it; what another writes
 * is shown where this one was started.
 */
function fork(entry: URL, name: string, quiet = false): UtilityProcess {
  const file = fileFromEntry(entry);
  if (!file.startsWith(ENGINE_FOLDER)) throw new Error(`${file} is not a process of the engine.`);
  const child = utilityProcess.fork(file, [`--recce-process=${name}`], {
    serviceName: `recce ${name}`,
    stdio: ['ignore', 'inherit', quiet ? 'pipe' : 'inherit'],
  });
  // Without a listener it would be thrown here, in the main process; that the process ended is told
  // by `exit`, which follows.
  child.on('error', (type, location) => console.error(`The ${name} process was ended by V8 (${type}, ${location}).`));
  return child;
}

/** Compute and decode of one engine process. */
function createChildren(engine: UtilityProcess) {
  const running = new Map<number, UtilityProcess>();
  return {
    start({ child: id, entry, name, quiet }: StartChild): void {
      const child = fork(new URL(entry), name, quiet);
      const { port1, port2 } = new MessageChannelMain();
      running.set(id, child);
      child.once('spawn', () => {
        child.postMessage(null, [port1]);
        engine.postMessage({ kind: 'childStarted', child: id, pid: child.pid }, [port2]);
      });
      child.stderr?.on('data', (chunk) => engine.postMessage({ kind: 'childWrote', child: id, text: String(chunk) }));
      child.once('exit', (code) => {
        running.delete(id);
        engine.postMessage({ kind: 'childEnded', child: id, reason: `exit code ${code}` });
      });
    },
    kill: (id: number) => void running.get(id)?.kill(),
    killAll(): void {
      for (const child of running.values()) child.kill();
    },
  };
}

/** Forks the engine process. */
export function forkEngine(): EngineChild<MessagePortMain> {
  const engine = fork(ENGINE_ENTRY, 'engine');
  const children = createChildren(engine);
  return {
    get pid() {
      return engine.pid;
    },
    post: (message) => engine.postMessage(message),
    postWithPort(message) {
      const { port1, port2 } = new MessageChannelMain();
      engine.postMessage(message, [port1]);
      return port2;
    },
    onMessage: (listener) =>
      engine.on('message', (message: FromEngine) => {
        if (message.kind === 'startChild') children.start(message);
        else if (message.kind === 'killChild') children.kill(message.child);
        else listener(message);
      }),
    onExit: (listener) =>
      engine.once('exit', (code) => {
        children.killAll();
        listener(`exit code ${code}`);
      }),
    kill: () => void engine.kill(),
  };
}
