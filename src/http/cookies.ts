import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Application } from '../application/application.js';
import { knownBrowserWith } from '../application/known-browser.js';
import { trustedBrowserWith } from '../application/trusted-browser.js';
import { MOST_TRUSTED_DAYS } from '../domain/account/policy.js';
import type { SessionCarrier } from '../graphql/context.js';

const DAY_IN_SECONDS = 86_400;
const KNOWN_FOR_DAYS = 365;

/** The cookies of the service: the session's token, what a browser is known by once somebody signed in with it, and what it is trusted by. */
export interface Cookies {
  readonly sessionName: string;
  sessionToken(request: FastifyRequest): string | null;
  knownBrowser(request: FastifyRequest): string | null;
  trustedBrowser(request: FastifyRequest): string | null;
  carrier(request: FastifyRequest, reply: FastifyReply): SessionCarrier;
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

/** Cookies that no script reads and no other site sends; over TLS also `Secure` and bound to the host by their names (RFC 6265bis 4.1.3.2). */
export function createCookies(app: Application, tls: boolean): Cookies {
  const sessionName = tls ? '__Host-session' : 'session';
  const browserName = tls ? '__Host-known-browser' : 'known-browser';
  const trustName = tls ? '__Host-trusted-browser' : 'trusted-browser';
  const flags: CookieSerializeOptions = { path: '/', httpOnly: true, sameSite: 'strict', secure: tls };

  const knownBrowser = (request: FastifyRequest) => nonEmpty(request.cookies[browserName]);
  const trustedBrowser = (request: FastifyRequest) => nonEmpty(request.cookies[trustName]);
  return {
    sessionName,
    knownBrowser,
    trustedBrowser,
    sessionToken: (request) => nonEmpty(request.cookies[sessionName]),
    carrier: (request, reply) => ({
      hand({ token, current, trust }) {
        reply.setCookie(sessionName, token, flags);
        if (trust !== undefined) {
          const trusted = trustedBrowserWith(trustedBrowser(request), trust);
          reply.setCookie(trustName, trusted, { ...flags, maxAge: MOST_TRUSTED_DAYS * DAY_IN_SECONDS });
        }
        if (current.stage !== 'FULL') return;
        const known = knownBrowserWith(app, knownBrowser(request), current.user.userId);
        reply.setCookie(browserName, known, { ...flags, maxAge: KNOWN_FOR_DAYS * DAY_IN_SECONDS });
      },
      drop() {
        reply.clearCookie(sessionName, flags);
      },
    }),
  };
}
