// A link to the queue that can be cut without a word, as by a pulled cable: a network namespace
// where the system lets us make one (Linux, root), else a proxy that stops passing bytes on. Tests
// only.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type CutLink = {
  kind: 'network namespace' | 'proxy';
  /**
   * Where the queue is to listen beside 127.0.0.1; and where it is seen from behind the link, given
   * its port.
   */
  bind: string[];
  addressFor(port: number): Promise<string>;
  /** The command line that runs behind the link. */
  behind(command: string, args: readonly string[]): [string, string[]];
  cut(): void;
  mend(): void;
  remove(): void;
};

const NAME = `recce${process.pid}`;
const [HERE, THERE] = ['10.231.77.1', '10.231.77.2'];

const ip = (...args: string[]): boolean => spawnSync('ip', args, { stdio: 'ignore' }).status === 0;

/** The better of the two that can be had. */
export const makeCutLink = (): CutLink => namespaceLink() ?? proxyLink();

function namespaceLink(): CutLink | undefined {
  const [outer, inner] = [`${NAME}a`, `${NAME}b`];
  const remove = (): void => {
    ip('link', 'del', outer);
    ip('netns', 'del', NAME);
  };
  const made =
    ip('netns', 'add', NAME) &&
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', NAME) &&
    ip('addr', 'add', `${HERE}/24`, 'dev', outer) &&
    ip('link', 'set', outer, 'up') &&
    ip('-n', NAME, 'addr', 'add', `${THERE}/24`, 'dev', inner) &&
    ip('-n', NAME, 'link', 'set', inner, 'up') &&
    ip('-n', NAME, 'link', 'set', 'lo', 'up');
  if (!made) {
    remove();
    return undefined;
  }
  return {
    kind: 'network namespace',
    bind: [HERE],
    addressFor: async (port) => `redis://${HERE}:${port}`,
    behind: (command, args) => ['ip', ['netns', 'exec', NAME, command, ...args]],
    cut: () => ip('link', 'set', outer, 'down'),
    mend: () => ip('link', 'set', outer, 'up'),
    remove,
  };
}

function proxyLink(): CutLink {
  const sockets = new Set<Socket>();
  let isCut = false;
  let target = 0;
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (bytes) => isCut || to.write(bytes));
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
    sockets.add(from);
  };
  const server = createServer((client) => {
    const queue = connect(target, '127.0.0.1');
    pass(client, queue);
    pass(queue, client);
  });
  return {
    kind: 'proxy',
    bind: [],
    async addressFor(port) {
      target = port;
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `redis://127.0.0.1:${(server.address() as { port: number }).port}`;
    },
    behind: (command, args) => [command, [...args]],
    cut: () => {
      isCut = true;
    },
    mend: () => {
      isCut = false;
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    remove: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
