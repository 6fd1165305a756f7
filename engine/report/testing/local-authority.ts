// Time stamp authority of this machine for tests: openssl answers behind an address of its own.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export type LocalAuthority = {
  url: string;
  /** Requests so far. */
  requests(): number;
  /** From now on the first request is answered again, whatever is asked. */
  replay(): void;
  close(): void;
};

/** Listens, with its key, certificate and messages in `folder`. */
export async function startAuthority(folder: string): Promise<LocalAuthority> {
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.crt', '-days', '30'];
  openssl('req', '-x509', ...key, '-subj', '/CN=TSA', '-addext', 'extendedKeyUsage=critical,timeStamping');
  writeFileSync(at('serial'), '01\n');
  writeFileSync(
    at('tsa.cnf'),
    `[tsa]\ndefault_tsa=t\n[t]\nserial=${at('serial')}\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\n`,
  );
  let requests = 0;
  let replaying = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests += 1;
      if (!replaying || requests === 1) writeFileSync(at('q.tsq'), Buffer.concat(chunks));
      const signed = ['-queryfile', 'q.tsq', '-signer', 'tsa.crt', '-inkey', 'tsa.key', '-out', 'r.tsr'];
      openssl('ts', '-reply', '-config', at('tsa.cnf'), '-section', 't', ...signed);
      response.setHeader('content-type', 'application/timestamp-reply');
      response.end(readFileSync(at('r.tsr')));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: () => requests,
    replay: () => {
      replaying = true;
    },
    close: () => {
      server.close();
    },
  };
}
