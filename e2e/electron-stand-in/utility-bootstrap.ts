// Loaded before the entry of a stand-in utility process: gives it Electron's process.parentPort
// over Node's IPC channel.
import { EventEmitter } from 'node:events';
import type { Port } from '../../engine/process/port.ts';
import { createPortMultiplexer } from '../../engine/process/port-multiplexer.ts';

type Incoming = { kind: 'plain'; message: unknown } | { kind: 'withPort'; port: number; message: unknown };

const send = (message: unknown): void => void process.send?.(message, undefined, {}, () => {});
const ports = createPortMultiplexer(send);

class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    send(message);
  }
}
const parentPort = new ParentPort();
Object.assign(process, { parentPort });

process.on('message', (message: Incoming) => {
  if (ports.receive(message)) return;
  const brought: Port[] = message.kind === 'withPort' ? [ports.open(message.port)] : [];
  parentPort.emit('message', { data: message.message, ports: brought });
});
process.once('disconnect', () => process.exit(0));
