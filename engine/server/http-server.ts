// The browser mode's server: the window's files, pictures by id, and RPC over a WebSocket relayed
// to the engine process. It holds nothing of a case itself. Runs in `recce serve`.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { pictureFromAddress } from '../../contract/picture.ts';
import type { Port } from '../process/port.ts';
import { type Admission, createAdmission } from './admission.ts';
import { securityHeaders } from './security-headers.ts';
import { readStaticFile } from './static-files.ts';
import { EngineGoneError, type SupervisedEngine } from './supervise-engine.ts';

export type HttpServerOptions = {
  engine: SupervisedEngine<Port>;
  /** The built renderer. */
  rendererFolder: string;
  /** Loopback unless a laboratory puts the workstation on a server. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Where browsers reach it when that is not `http://host:port`, e.g. behind a TLS proxy. */
  publicOrigin?: string;
};

export type HttpServer = { readonly origin: string; readonly admission: Admission; close(): Promise<void> };

/**
 * A message from the page larger than this is refused; calls are small, pictures never come from
 * the page.
 */
const MAX_MESSAGE_BYTES = 16 << 20;
/** WebSocket close code "service restart": the window connects again. */
const SERVICE_RESTART = 1012;

const listening = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });

/** Starts listening. Rejects when the port cannot be had. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer();
  const port = await listening(server, options.port, options.host);
  const origin =
    options.publicOrigin ?? `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  const admission = createAdmission(origin);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('request', (request, response) => {
    answer(options, admission, request, response).catch((error: Error) =>
      send(response, error instanceof EngineGoneError ? 503 : 500, error.message),
    );
  });
  server.on('upgrade', (request, socket, head) => {
    // A page may leave while it waits, and whoever is refused may break off. The server no longer
    // listens for that itself.
    socket.on('error', () => socket.destroy());
    if (request.url !== '/rpc' || request.headers.origin !== origin || admission.refusal(request.headers))
      return refuseUpgrade(socket);
    // An open socket means that the engine is there: a page that comes while it restarts waits
    // here.
    options.engine.connect().then(
      (port) => {
        if (socket.destroyed) port.close();
        else sockets.handleUpgrade(request, socket, head, (accepted) => relay(accepted, port));
      },
      () => socket.destroy(),
    );
  });
  return { origin, admission, close: () => close(server, sockets) };
}

/** A checkout from which the window was never built. Who was admitted stays so, and loads it again. */
const NOT_BUILT =
  'The window has not been built. Run "npm run build" in the folder of the workstation, then load this page again.';

function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function send(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  mediaType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { ...securityHeaders(), 'Content-Type': mediaType });
  response.end(body);
}

async function answer(
  options: HttpServerOptions,
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET') return send(response, 405, 'Only GET is answered here.');
  const url = addressOf(request);
  if (!url) return send(response, 400, 'This is no address.');
  if (url.pathname === '/open') return admit(admission, request, url, response);
  const refused = admission.refusal(request.headers);
  if (refused) return send(response, refused.status, refused.message);
  const ref = pictureFromAddress(url.pathname + url.search);
  const file = ref ? await options.engine.readPicture(ref) : await readStaticFile(options.rendererFolder, url.pathname);
  if (file) send(response, 200, file.bytes, file.mediaType);
  else if (url.pathname === '/') send(response, 503, NOT_BUILT);
  else send(response, 404, 'There is no such thing here.');
}

/** The path that is asked for; undefined for what is none, as `//`. */
const addressOf = ({ url = '/' }: IncomingMessage): URL | undefined =>
  url.startsWith('/') && !url.startsWith('//') ? (URL.parse(url, 'http://any') ?? undefined) : undefined;

/**
 * Loads the page anew from itself: a redirect that began on another site would not carry a strict
 * cookie.
 */
const OPENED =
  '<!doctype html><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0; url=/"><title>Recce Workstation</title>';

/** Trades the token for the cookie. */
function admit(admission: Admission, { headers }: IncomingMessage, url: URL, response: ServerResponse): void {
  const refused = admission.hostRefusal(headers);
  const cookie = refused ? undefined : admission.redeem(url.searchParams.get('token') ?? '');
  if (cookie) response.setHeader('Set-Cookie', cookie);
  if (refused) send(response, refused.status, refused.message);
  else if (cookie) send(response, 200, OPENED, 'text/html; charset=utf-8');
  else send(response, 401, 'This address was used already. Ask "recce serve" for a fresh one.');
}

/**
 * Frames go between the page and the engine as they are; when the engine dies the page is told to
 * connect again.
 */
function relay(socket: WebSocket, port: Port): void {
  socket.on('message', (data: Buffer, isBinary) => port.postMessage(isBinary ? new Uint8Array(data) : data.toString()));
  socket.on('close', () => port.close());
  // A frame that is too long or none at all costs its own connection, not the server.
  socket.on('error', () => socket.terminate());
  port.on('message', ({ data }) => socket.send(data as string | Uint8Array));
  port.on('close', () => socket.close(SERVICE_RESTART));
  port.start();
}
