// The engine as a utility process, and compute and decode beside it: only the main process may fork them, so the engine asks
// for them here and gets a port straight to each. When the engine dies its children go with it.
import { fileURLToPath } from 'node:url';
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import { ENGINE_ENTRY, type EngineChild, type FromEngine, fileFromEntry } from '../engine/supervise.ts';

type StartChild = Extract<FromEngine, { kind: 'startChild' }>;

const ENGINE_FOLDER = fileURLToPath(new URL('..', ENGINE_ENTRY));

function fork(entry: URL, name: string): UtilityProcess {
  const file = fileFromEntry(entry);
  if (!file.startsWith(ENGINE_FOLDER)) throw new Error(`${file} is not a process of the engine.`);
  return utilityProcess.fork(file, [`--recce-process=${name}`], { serviceName: `recce ${name}`, stdio: 'inherit' });
}

/** Compute and decode of one engine process. */
function createChildren(engine: UtilityProcess) {
  const running = new Map<number, UtilityProcess>();
  return {
    start({ child: id, entry, name }: StartChild): void {
      const child = fork(new URL(entry), name);
      const { port1, port2 } = new MessageChannelMain();
      running.set(id, child);
      child.once('spawn', () => {
        child.postMessage(null, [port1]);
        engine.postMessage({ kind: 'childStarted', child: id, pid: child.pid }, [port2]);
      });
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
