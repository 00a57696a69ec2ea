import type { FastifyReply, FastifyRequest } from 'fastify';
import { arrive, bearerOf, type Arrival, type Credential, type Finders, type Origin } from './arrival.js';
import type { ClientAddresses } from './client-address.js';
import type { Cookies } from './cookies.js';
import { sendFault, type HttpFault } from './errors.js';
import { LOG_POSITION_HEADER, type LogPositions } from './log-position.js';
import { OTHER_SITE, type ComesFromOtherSite } from './own-origins.js';

export interface AdmissionOptions extends Finders {
  readonly cookies: Cookies;
  readonly addresses: ClientAddresses;
  readonly positions: LogPositions;
  readonly isFromOtherSite: ComesFromOtherSite;
  /** Whether log and vault have been found to be those of this service. */
  readonly isStarted: () => boolean;
  /** Waits, bounded, until the read models have come as far as a position; answers whether they have. */
  readonly reached: (position: bigint) => Promise<boolean>;
}

/** A request that was let in. */
export interface Admitted {
  readonly arrival: Arrival;
  /** How far the log was that the client has seen, as it says; 0 where it says nothing. */
  readonly seen: bigint;
}

const TWO_CREDENTIALS: HttpFault = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'A session cookie and an Authorization header came together. Send one of the two.',
};

const NO_POSITION: HttpFault = {
  status: 400,
  code: 'BAD_USER_INPUT',
  message: `Invalid ${LOG_POSITION_HEADER} header. Send the value from a previous response, or omit the header.`,
};

const STARTING: HttpFault = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'The service is starting and waits for its event log; nothing was done. Try again later.',
};

const BEHIND: HttpFault = {
  status: 503,
  code: 'UNAVAILABLE',
  message: `This node does not know yet what lies up to the ${LOG_POSITION_HEADER} of this request; nothing was done. Send it again in a second.`,
};

function originOf({ cookies, addresses }: AdmissionOptions, request: FastifyRequest): Origin {
  const { id: requestId, headers } = request;
  const ip = addresses.of(request.raw);
  const browser = { knownBrowser: cookies.knownBrowser(request), trustedBrowser: cookies.trustedBrowser(request) };
  return { requestId, ip, headers, ...browser };
}

/** The position in a request's header: 0 where it has none, null where it is made up. */
function seenBy(positions: LogPositions, { headers }: FastifyRequest): bigint | null {
  const given = headers[LOG_POSITION_HEADER];
  if (given === undefined) return 0n;
  return typeof given === 'string' ? positions.parse(given) : null;
}

function credentialOf(cookie: string | null, bearer: string | null): Credential | null {
  if (cookie !== null) return { from: 'COOKIE', token: cookie };
  return bearer === null ? null : { from: 'HEADER', token: bearer };
}

/** Lets requests in, or answers them: who asks is known before GraphQL begins, and what they have seen is known here. */
export function createAdmission(options: AdmissionOptions) {
  const { cookies, positions, isFromOtherSite, isStarted, reached } = options;

  async function faultOf(seen: bigint | null): Promise<HttpFault | null> {
    if (seen === null) return NO_POSITION;
    if (!isStarted()) return STARTING;
    return seen === 0n || (await reached(seen)) ? null : BEHIND;
  }

  return async function admit(request: FastifyRequest, reply: FastifyReply): Promise<Admitted | null> {
    const refuse = (fault: HttpFault): null => {
      if (fault.status === 503) reply.header('retry-after', '1');
      sendFault(request, reply, fault);
      return null;
    };
    if (isFromOtherSite(request.headers)) return refuse(OTHER_SITE);
    const cookie = cookies.sessionToken(request);
    const bearer = bearerOf(request.headers.authorization);
    if (cookie !== null && bearer !== null) return refuse(TWO_CREDENTIALS);
    const seen = seenBy(positions, request);
    const fault = await faultOf(seen);
    if (fault !== null) return refuse(fault);
    const arrival = await arrive(options, originOf(options, request), credentialOf(cookie, bearer));
    return { arrival, seen: seen ?? 0n };
  };
}
