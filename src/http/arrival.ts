import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '../application/request-context.js';
import type { SessionSource } from '../graphql/context.js';
import type { SessionFinder, SessionFound } from './session-finder.js';

/** Where a request or connection comes from, and what it calls itself by. */
export interface Origin {
  readonly requestId: string;
  readonly ip: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly knownBrowser: string | null;
}

/** A request with what its GraphQL context is made of. */
export interface Arrival {
  readonly request: RequestContext;
  /** Where its session was found. */
  readonly source: SessionSource;
  /** How far it has written. */
  readonly written: () => bigint;
  /** How far in the log what it follows from lies: what it wrote, and the last event of its session. */
  readonly known: () => bigint;
}

const LONGEST_USER_AGENT = 512;

const NOBODY: SessionFound = { current: null, source: 'LOG', position: 0n };

/** The token of an `Authorization: Bearer …` header, or null. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Finds out who asks: the session of a token, if it has one that is not over. */
export async function arrive(sessions: SessionFinder, origin: Origin, token: string | null): Promise<Arrival> {
  let written = 0n;
  const userAgent = origin.headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null;
  const anonymous: RequestContext = {
    requestId: origin.requestId,
    from: { ip: origin.ip, userAgent },
    knownBrowser: origin.knownBrowser,
    current: null,
    wrote(position) {
      if (position > written) written = position;
    },
  };
  const { current, source, position } = token === null ? NOBODY : await sessions.byToken(anonymous, token);
  return {
    request: { ...anonymous, current },
    source,
    written: () => written,
    known: () => (written > position ? written : position),
  };
}
