// Who may talk to the browser mode: whoever opened the printed address, in the browser they opened
// it in, from the page it showed them. Guards against other users of the machine, other pages in
// the browser (CSRF) and DNS rebinding.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type HttpRefusal = { status: number; message: string };

export type Admission = {
  /** A fresh address that admits one browser, once. */
  openingAddress(): string;
  /**
   * Redeems a token of an opening address; the cookie to set, or undefined when it is unknown or
   * used.
   */
  redeem(token: string): string | undefined;
  /** Why a request is refused, or undefined when it may go on. */
  refusal(headers: IncomingHttpHeaders): HttpRefusal | undefined;
  /** The same before there is a cookie: only where the request is addressed to is judged. */
  hostRefusal(headers: IncomingHttpHeaders): HttpRefusal | undefined;
};

const secret = (): string => randomBytes(32).toString('base64url');

const equal = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

/**
 * `origin` is where the server is reached; cookies are named by its port because browsers share
 * them between ports.
 */
export function createAdmission(origin: string): Admission {
  const { host, port, protocol } = new URL(origin);
  const cookieName = `recce-${port || protocol.slice(0, -1)}`;
  const tokens = new Set<string>();
  const session = secret();

  const hostRefusal = (headers: IncomingHttpHeaders): HttpRefusal | undefined =>
    headers.host === host
      ? undefined
      : { status: 421, message: `This is ${host}; the request was meant for ${headers.host ?? 'nobody'}.` };

  const originRefusal = (headers: IncomingHttpHeaders): HttpRefusal | undefined => {
    if (headers.origin !== undefined && headers.origin !== origin)
      return { status: 403, message: 'Requests from other pages are refused.' };
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return { status: 403, message: 'Requests from other sites are refused.' };
    return undefined;
  };

  return {
    openingAddress() {
      const token = secret();
      tokens.add(token);
      return `${origin}/open?token=${token}`;
    },
    redeem(token) {
      if (!tokens.delete(token)) return undefined;
      const secure = protocol === 'https:' ? '; Secure' : '';
      return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/${secure}`;
    },
    hostRefusal,
    refusal(headers) {
      const refused = hostRefusal(headers) ?? originRefusal(headers);
      if (refused) return refused;
      const cookies = (headers.cookie ?? '').split(/;\s*/);
      const given = cookies.find((one) => one.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
      if (given !== undefined && equal(given, session)) return undefined;
      return { status: 401, message: 'Open the address that "recce serve" printed. It admits one browser, once.' };
    },
  };
}
