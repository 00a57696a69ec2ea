import type { IncomingHttpHeaders } from 'node:http';
import { auditTokenForm } from '../application/audit-token.js';
import type { TokenReader } from '../application/authenticate-audit-token.js';
import type { ServiceCaller } from '../application/authenticate-service-credential.js';
import type { CurrentSession, RequestContext } from '../application/request-context.js';
import { serviceCredentialForm } from '../application/service-credential.js';
import type { SessionSource } from '../graphql/context.js';
import type { CredentialFinder } from './credential-finder.js';
import type { SessionFinder } from './session-finder.js';
import type { TokenFinder } from './token-finder.js';

/** Where a request or connection comes from, and what it calls itself by. */
export interface Origin {
  readonly requestId: string;
  readonly ip: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly knownBrowser: string | null;
  readonly trustedBrowser: string | null;
}

/** A request with what its GraphQL context is made of. */
export interface Arrival {
  readonly request: RequestContext;
  /** Who reads by an audit token; null where a session asks, or nobody. */
  readonly tokenReader: TokenReader | null;
  /** Which service comes with its credential; null where somebody else asks, or nobody. */
  readonly serviceCaller: ServiceCaller | null;
  /** Where its session was found. */
  readonly source: SessionSource;
  /** How far it has written. */
  readonly written: () => bigint;
  /** How far in the log what it follows from lies: what it wrote, and the last event of its session. */
  readonly known: () => bigint;
}

const LONGEST_USER_AGENT = 512;

/** What finds out who asks. */
export interface Finders {
  readonly sessions: SessionFinder;
  readonly auditTokens: TokenFinder;
  readonly credentials: CredentialFinder;
}

/** What a request is sent with: a cookie holds the token of a session, an `Authorization` header that, an audit token or a service credential. */
export interface Credential {
  readonly from: 'COOKIE' | 'HEADER';
  readonly token: string;
}

/** Who asks, and how far in the log what is known of them lies. */
interface Identified {
  readonly current: CurrentSession | null;
  readonly tokenReader: TokenReader | null;
  readonly serviceCaller: ServiceCaller | null;
  readonly source: SessionSource;
  readonly position: bigint;
}

const NOBODY: Identified = { current: null, tokenReader: null, serviceCaller: null, source: 'LOG', position: 0n };

async function identify(
  { sessions, auditTokens, credentials }: Finders,
  request: RequestContext,
  { from, token }: Credential,
): Promise<Identified> {
  if (from === 'HEADER' && auditTokenForm.isMeant(token)) {
    const { reader: tokenReader, position } = await auditTokens.byToken(request, token);
    return { ...NOBODY, tokenReader, position };
  }
  if (from === 'HEADER' && serviceCredentialForm.isMeant(token)) {
    const { caller: serviceCaller, position } = await credentials.byText(token);
    return { ...NOBODY, serviceCaller, position };
  }
  return { ...NOBODY, ...(await sessions.byToken(request, token)) };
}

/** The token of an `Authorization: Bearer …` header, or null. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Finds out who asks: the session of a token, if it has one that is not over, or whoever has an audit token or service credential that is not void. */
export async function arrive(finders: Finders, origin: Origin, credential: Credential | null): Promise<Arrival> {
  let written = 0n;
  const userAgent = origin.headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null;
  const anonymous: RequestContext = {
    requestId: origin.requestId,
    from: { ip: origin.ip, userAgent },
    knownBrowser: origin.knownBrowser,
    trustedBrowser: origin.trustedBrowser,
    current: null,
    wrote(position) {
      if (position > written) written = position;
    },
  };
  const identified = credential === null ? NOBODY : await identify(finders, anonymous, credential);
  const { current, tokenReader, serviceCaller, source, position } = identified;
  return {
    request: { ...anonymous, current },
    ...{ tokenReader, serviceCaller, source },
    written: () => written,
    known: () => (written > position ? written : position),
  };
}
