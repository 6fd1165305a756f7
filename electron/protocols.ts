// How the window's page and pictures are answered: `app:` reads the built renderer, `evidence:`
// asks the engine for a picture by id. No `file:` address is ever loaded, and no path crosses.
import { protocol, type Session } from 'electron';
import { pictureFromAddress } from '../contract/picture.ts';
import { EngineGoneError, readStaticFile, type SupervisedEngine, securityHeaders } from '../engine/supervise.ts';
import { APP_ORIGIN, APP_SCHEME, EVIDENCE_ORIGIN, EVIDENCE_SCHEME } from './origins.ts';

const HEADERS = securityHeaders([EVIDENCE_ORIGIN]);

/**
 * Before `ready`: both schemes behave as a secure web origin does. Neither bypasses the content
 * security policy.
 */
export function registerSchemes(): void {
  const web = { standard: true, secure: true, supportFetchAPI: true };
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { ...web, codeCache: true } },
    { scheme: EVIDENCE_SCHEME, privileges: { ...web, corsEnabled: true, stream: true } },
  ]);
}

const refused = (status: number, message: string): Response => new Response(message, { status, headers: HEADERS });

/** A file of the built renderer. */
async function answerApp(rendererFolder: string, request: Request): Promise<Response> {
  const url = request.url.split(/[?#]/)[0]!;
  if (request.method !== 'GET' || !url.startsWith(`${APP_ORIGIN}/`)) return refused(403, 'Refused.');
  const file = await readStaticFile(rendererFolder, url.slice(APP_ORIGIN.length));
  if (!file) return refused(404, 'There is no such thing here.');
  return new Response(file.bytes, { headers: { ...HEADERS, 'Content-Type': file.mediaType } });
}

/** A picture by id. Only the window's own page may read its pixels. */
async function answerEvidence(
  engine: Pick<SupervisedEngine<unknown>, 'readPicture'>,
  request: Request,
): Promise<Response> {
  const ref = request.url.startsWith(`${EVIDENCE_ORIGIN}/`)
    ? pictureFromAddress(request.url.slice(EVIDENCE_ORIGIN.length))
    : undefined;
  if (request.method !== 'GET' || !ref) return refused(403, 'Refused.');
  const picture = await engine.readPicture(ref);
  if (!picture) return refused(404, 'There is no such picture, or it is hidden.');
  const own = {
    'Content-Type': picture.mediaType,
    'Access-Control-Allow-Origin': APP_ORIGIN,
    'Cross-Origin-Resource-Policy': 'cross-origin',
  };
  return new Response(new Uint8Array(picture.bytes), { headers: { ...HEADERS, ...own } });
}

/** Hangs both handlers on the window's session. */
export function handleProtocols(
  session: Session,
  rendererFolder: string,
  engine: Pick<SupervisedEngine<unknown>, 'readPicture'>,
): void {
  session.protocol.handle(APP_SCHEME, (request) => answerApp(rendererFolder, request));
  session.protocol.handle(EVIDENCE_SCHEME, (request) =>
    answerEvidence(engine, request).catch((error: Error) =>
      refused(error instanceof EngineGoneError ? 503 : 500, error.message),
    ),
  );
}
