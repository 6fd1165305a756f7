// The browser mode as its clients meet it: a real server, a real engine process, and requests that
// must not get in.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { isIPv4 } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Contract } from '../../contract/procedures.ts';
import { serveWorkstation, type Workstation } from '../serve.ts';
import { ownLoopbackHost } from './loopback-host.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'recce-serve-'));
let workstation: Workstation;
let cookie: string;

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: string };

/** One request with exactly these headers. */
const get = (address: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const url = new URL(address, workstation.origin);
    const request = http.request(url, { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    });
    request.on('error', reject).end();
  });

/** A client over a socket of its own; `closed` resolves with the close code. */
async function connect(headers: Record<string, string>) {
  const socket = new WebSocket(`${workstation.origin.replace('http', 'ws')}/rpc`, { headers });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const client: ContractRouterClient<Contract> = createORPCClient(
    new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
  );
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  return { client, closed, close: () => socket.close() };
}
const own = () => ({ cookie, origin: workstation.origin });

beforeAll(async () => {
  mkdirSync(path.join(root, 'renderer'));
  writeFileSync(path.join(root, 'renderer/index.html'), '<!doctype html><title>window</title>');
  writeFileSync(path.join(root, 'secret.html'), 'secret');
  workstation = await serveWorkstation({
    engine: { appDataFolder: path.join(root, 'home') },
    rendererFolder: path.join(root, 'renderer'),
  });
  const opened = await get(workstation.openingAddress());
  cookie = opened.headers['set-cookie']![0]!.split(';')[0]!;
});
afterAll(() => workstation.close());

test('it listens on the loopback only, at an address of its own: cookies of 127.0.0.1 go to every server there', () => {
  const { hostname } = new URL(workstation.origin);
  expect(hostname).toMatch(/^127\.\d+\.\d+\.\d+$/);
  if (process.platform === 'linux') expect(hostname).not.toBe('127.0.0.1');
  expect(ownLoopbackHost('darwin')).toBe('127.0.0.1');
  const hosts = new Set(Array.from({ length: 100 }, () => ownLoopbackHost('linux')));
  expect(hosts.size).toBeGreaterThan(90);
  for (const host of hosts) expect(isIPv4(host) && host.startsWith('127.') && !host.endsWith('.0')).toBe(true);
});

test('what is no address is answered as such, before anything is told', async () => {
  const { hostname, port, host } = new URL(workstation.origin);
  for (const target of ['//', 'http://[', '*', 'http://evil.example/']) {
    const socket = net.connect(Number(port), hostname);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer), target).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  }
});

test('an opening address admits once, and its cookie is out of reach of scripts and other sites', async () => {
  const address = workstation.openingAddress();
  const first = await get(address);
  expect(first.status).toBe(200);
  expect(first.headers['set-cookie']![0]).toMatch(/^recce-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  expect((await get(address)).status).toBe(401);
  expect((await get('/open?token=guess')).status).toBe(401);
});

test('without the cookie nothing is served, with it the window is', async () => {
  expect((await get('/')).status).toBe(401);
  expect((await get('/', { cookie: `${cookie}x` })).status).toBe(401);
  expect((await get('/picture/crop/1')).status).toBe(401);
  expect(await get('/', { cookie })).toMatchObject({ status: 200, body: expect.stringContaining('window') });
});

test('where the window was never built, the page says what to do, and shows it once it is there', async () => {
  const [page, away] = ['index.html', 'away.html'].map((name) => path.join(root, 'renderer', name));
  renameSync(page!, away!);
  expect(await get('/', { cookie })).toMatchObject({ status: 503, body: expect.stringContaining('npm run build') });
  renameSync(away!, page!);
  expect((await get('/', { cookie })).status).toBe(200);
});

test('a page on another name for this machine is refused (DNS rebinding)', async () => {
  const { port } = new URL(workstation.origin);
  expect((await get('/', { cookie, host: `evil.example:${port}` })).status).toBe(421);
  expect((await get(workstation.openingAddress(), { host: `evil.example:${port}` })).status).toBe(421);
});

test('requests that other pages make are refused (CSRF)', async () => {
  expect((await get('/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
  expect((await get('/', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await get('/', { cookie }, 'POST')).status).toBe(405);
  await expect(connect({ cookie, origin: 'http://evil.example' })).rejects.toThrow('403');
  await expect(connect({ cookie })).rejects.toThrow('403');
  await expect(connect({ origin: workstation.origin })).rejects.toThrow('403');
});

test('no path leads out of the window’s folder', async () => {
  for (const address of ['/../secret.html', '/%2e%2e/secret.html', '/..%2fsecret.html', '/%00', '/%zz', '/secret.html'])
    expect((await get(address, { cookie })).status, address).toBe(404);
});

test('every answer carries a policy without exceptions, and nothing may be cached on disk', async () => {
  for (const address of ['/', '/missing.js', '/picture/crop/1']) {
    const { headers } = await get(address, { cookie });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  }
});

test('calls go through, and an engine that is killed comes back with its case, examiner and blind mode', async () => {
  const first = await connect(own());
  const folder = path.join(root, 'case');
  await first.client.case.create({ folder, title: 'Kept', examiner: 'A. Examiner' });
  await first.client.session.set({ blind: true });
  const watching = (async () => {
    for await (const _ of await first.client.job.watch()) throw new Error('there are no jobs');
  })();
  const before = workstation.enginePid()!;
  // Ctrl+C goes to every process of the terminal; the engine is closed by the one that was asked.
  process.kill(before, 'SIGINT');
  expect(await first.client.case.current()).toMatchObject({ folder });
  expect(workstation.enginePid()).toBe(before);
  process.kill(before, 'SIGKILL');
  await expect(watching).rejects.toThrow();
  expect(await first.closed).toBe(1012);
  const second = await connect(own());
  expect(await second.client.case.current()).toMatchObject({ folder, title: 'Kept' });
  expect(await second.client.session.get()).toMatchObject({ blind: true, examiner: { name: 'A. Examiner' } });
  expect(workstation.enginePid()).not.toBe(before);
  second.close();
});

test('a picture over which the engine ends once is asked for again', async () => {
  const pid = workstation.enginePid()!;
  process.kill(pid, 'SIGSTOP');
  const picture = get('/picture/crop/1', { cookie });
  await get('/', { cookie });
  process.kill(pid, 'SIGKILL');
  expect((await picture).status).toBe(404);
});

test('a picture over which the engine ends twice is "not now" (503), and the next one is answered', async () => {
  const first = workstation.enginePid()!;
  process.kill(first, 'SIGSTOP');
  const picture = get('/picture/crop/1', { cookie });
  // A page that is answered after it has passed the request on to the engine, which holds it
  // unanswered.
  await get('/', { cookie });
  process.kill(first, 'SIGKILL');
  await expect.poll(() => workstation.enginePid()).not.toBe(first);
  process.kill(workstation.enginePid()!, 'SIGKILL');
  expect(await picture).toMatchObject({ status: 503, body: expect.stringMatching(/engine ended over this picture/) });
  expect((await get('/picture/crop/1', { cookie })).status).toBe(404);
});

test('a frame that is too long, or no RPC at all, costs its own connection and nothing else', async () => {
  const engine = workstation.enginePid();
  const closeCodeAfter = async (frame: string | Uint8Array) => {
    const socket = new WebSocket(`${workstation.origin.replace('http', 'ws')}/rpc`, { headers: own() });
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send(frame);
    return closed;
  };
  for (const text of ['', '{', 'null', '[]', '{"i":{},"p":7}', '{"i":"1","p":{"u":"http://x/"}}', '{"i":"1","t":9}'])
    expect(await closeCodeAfter(text), text).toBe(1012);
  // Headers that would have the library read the body as a form or a file, which it rejects where
  // nobody listens.
  const frameWith = (h: object, b: unknown = 'x') => JSON.stringify({ i: '1', p: { u: '/app/info', h, b } });
  for (const text of [
    frameWith({ 'content-type': 'multipart/form-data; boundary=x' }),
    frameWith({ 'content-type': ['multipart/form-data'] }),
    frameWith({ 'content-disposition': 'attachment; filename="x"' }),
    frameWith({ 'content-type': 'text/event-stream' }),
    frameWith({ 'last-event-id': ['1', '2'] }),
    '{"i":"1","p":{"u":"/app/info","h":{"__proto__":"x"}}}',
  ])
    expect(await closeCodeAfter(text), text).toBe(1012);
  expect(await closeCodeAfter(new Uint8Array(4))).toBe(1012);
  expect(await closeCodeAfter(new Uint8Array((16 << 20) + 1))).toBe(1009);
  expect(workstation.enginePid()).toBe(engine);
  const { client, close } = await connect(own());
  expect(await client.app.info()).toMatchObject({ name: 'Recce Workstation' });
  close();
});

test('whoever is refused and breaks the connection off costs the server nothing', async () => {
  const { host, hostname, port } = new URL(workstation.origin);
  const request = `GET /rpc HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const socket = net.connect(Number(port), hostname, () => socket.write(request));
  const [answered] = await once(socket, 'data');
  expect(String(answered)).toContain('403');
  socket.resetAndDestroy();
  await once(socket, 'close');
  // Answered after what the connection's end brought with it, which nobody else here would catch.
  for (let i = 0; i < 3; i++) expect((await get('/', { cookie })).status).toBe(200);
});

test('a call or a stream that is given up leaves the connection as it is', async () => {
  const { client, closed, close } = await connect(own());
  const giveUp = new AbortController();
  const call = client.app.doctor(undefined, { signal: giveUp.signal });
  const stream = await client.case.watch(undefined, { signal: giveUp.signal });
  expect(await stream.next()).toMatchObject({ done: false });
  giveUp.abort();
  await expect(call).rejects.toThrow();
  const after = await Promise.race([client.app.info(), closed]);
  expect(after).toMatchObject({ name: 'Recce Workstation' });
  const second = await client.case.watch();
  await second.next();
  await second.return?.(undefined as never);
  expect(await Promise.race([client.app.info(), closed])).toMatchObject({ name: 'Recce Workstation' });
  close();
});

test('a case named at the start that is not there ends the start with a sentence', async () => {
  const start = serveWorkstation({
    engine: { appDataFolder: path.join(root, 'home') },
    case: path.join(root, 'nowhere'),
  });
  await expect(start).rejects.toThrow(/There is no case in this folder.*nowhere: it has no case\.sqlite/);
});

test('errors of the contract cross with their code', async () => {
  const { client, close } = await connect(own());
  await expect(client.case.open({ folder: path.join(root, 'nowhere') })).rejects.toMatchObject({
    code: 'CASE_NOT_FOUND',
    defined: true,
  });
  close();
});

test('what goes wrong in a stream crosses with its code, and what is no error of the contract with its own words', async () => {
  const { client, close } = await connect(own());
  const nowhere = path.join(root, 'nowhere');
  const first = async <T>(events: Promise<AsyncIterable<T>>) => {
    for await (const event of await events) return event;
  };
  const validating = first(client.model.validate({ kind: 'portraits', folder: nowhere, split: 'all' }));
  await expect(validating).rejects.toMatchObject({ code: 'PATH_NOT_FOUND', data: { subject: nowhere } });
  const from = { kind: 'labelled', folder: nowhere, framesPerSecond: 1 } as const;
  const cutting = first(
    client.faces.extract({ from, to: path.join(root, 'cut'), cropRecipe: 'square-1.3', sidePx: 64 }),
  );
  await expect(cutting).rejects.toMatchObject({ code: 'PATH_NOT_FOUND', data: { subject: nowhere } });
  mkdirSync(path.join(root, 'home'), { recursive: true });
  writeFileSync(path.join(root, 'home', 'report-templates'), 'no folder');
  await expect(client.report.saveTemplate({ name: 'T' })).rejects.toThrow(/report-templates.*(EEXIST|ENOTDIR): /);
  close();
});
