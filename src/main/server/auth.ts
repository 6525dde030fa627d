// Who may talk to the loopback host: the person who read the address in the terminal, and no other page or program.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Auth {
  /** 256 bits, base64url; new at every start. */
  token: string;
  /** What the session cookie is set to, complete. */
  sessionCookie: string;
  isToken(candidate: string): boolean;
  /** Whether the request carries the session cookie. */
  hasSession(request: IncomingMessage): boolean;
  /** Why a request comes from elsewhere, or undefined where it is ours. POST and upgrades must name their origin. */
  foreignBecause(request: IncomingMessage, needs: { origin: boolean }): string | undefined;
}

/**
 * [Note: loopback door] Any page in the browser and any user of the machine can reach a port on 127.0.0.1. The token
 * keeps other users out: it travels in the fragment of the printed address, which is never sent and never logged.
 * SameSite and the Origin check keep other pages out; the Host check keeps out names that resolve to 127.0.0.1.
 * Cookies ignore the port, so the cookie's name carries it.
 */
export function createAuth(port: number): Auth {
  const token = randomBytes(32).toString('base64url');
  const session = randomBytes(32).toString('base64url');
  const cookieName = `second-look-${port}`;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];

  return {
    token,
    sessionCookie: `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    isToken: (candidate) => isSame(candidate, token),
    hasSession(request) {
      const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
      const ours = cookies.find((cookie) => cookie.startsWith(`${cookieName}=`));
      return ours !== undefined && isSame(ours.slice(cookieName.length + 1), session);
    },
    foreignBecause({ headers }, needs) {
      const { host = '', origin } = headers;
      if (!hosts.includes(host)) return 'wrong Host';
      if (origin === undefined ? needs.origin : origin !== `http://${host}`) return 'wrong Origin';
      const site = headers['sec-fetch-site'];
      // 'none' is an address that the person opened, not a page that asked.
      if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'wrong Sec-Fetch-Site';
      return undefined;
    },
  };
}

/** Compares in a time that tells nothing of either text, not even its length. */
function isSame(candidate: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(candidate), digest(secret));
}
