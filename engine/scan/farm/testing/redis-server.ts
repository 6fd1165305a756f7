// A real redis-server on a free port, for tests; with a password and TLS where asked for. Debian:
// redis-server.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../../process/testing/free-port.ts';
import { killAtExit } from '../../../process/testing/kill-at-exit.ts';

export type RedisServer = { port: number; address: string; stop(): Promise<void> };

/** Resolves when it takes connections. `folder` is where it runs; it writes nothing there. */
export async function startRedis(
  folder: string,
  options: readonly string[] = [],
  bind: readonly string[] = [],
): Promise<RedisServer> {
  const port = await freePort();
  const [plain, scheme] = options.includes('--tls-cert-file')
    ? [['--port', '0', '--tls-port'], 'rediss']
    : [['--port'], 'redis'];
  const fixed = [
    '--bind',
    '127.0.0.1',
    ...bind,
    '--protected-mode',
    'no',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  const child = killAtExit(
    spawn('redis-server', [...plain, String(port), ...fixed, ...options], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept connections')) break;
  child.stdout.resume();
  return {
    port,
    address: `${scheme}://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** An authority and a server's certificate for 127.0.0.1 signed by it, made by openssl. */
export function makeCertificates(folder: string): { ca: string; cert: string; key: string } {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'pipe', cwd: folder });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  );
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=queue');
  const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy'];
  openssl(
    'req',
    '-new',
    '-key',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=queue',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  );
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...sign);
  return { ca: at('ca.pem'), cert: at('server.pem'), key: at('server.key') };
}
