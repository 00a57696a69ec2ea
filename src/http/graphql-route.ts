import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Application } from '../application/application.js';
import type { GraphqlContext } from '../graphql/context.js';
import type { ReadModels } from '../projections/read-models.js';
import { arrive, bearerOf, type Arrival, type Origin } from './arrival.js';
import type { Cookies } from './cookies.js';
import { sendFault, type HttpFault } from './errors.js';

export interface GraphqlRouteOptions {
  readonly app: Application;
  readonly readModels: ReadModels;
  readonly cookies: Cookies;
  readonly server: ApolloServer<GraphqlContext>;
  /** Waits, bounded, until the read models have come as far as a position. */
  readonly reached: (position: bigint) => Promise<unknown>;
  /** Waits until the read models have moved on, or a second has passed. */
  readonly moreToRead: () => Promise<void>;
}

const TWO_CREDENTIALS: HttpFault = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'A session cookie and an Authorization header came together. Send one of the two.',
};

const OTHER_SITE: HttpFault = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'Requests that a page of another site makes are not answered.',
};

const POST_ONLY: HttpFault = {
  status: 405,
  code: 'BAD_REQUEST',
  message: 'GraphQL is asked by POST, with a JSON body.',
};

// Fetch metadata says where a request comes from; a browser sends it always, and no page can change it.
function comesFromOtherSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

function originOf(cookies: Cookies, request: FastifyRequest): Origin {
  const { id: requestId, ip, headers } = request;
  return { requestId, ip, headers, knownBrowser: cookies.knownBrowser(request) };
}

/** Offers `POST /graphql`: who asks is known before GraphQL begins. */
export function offerGraphql(http: FastifyInstance, options: GraphqlRouteOptions): void {
  const { app, readModels, cookies, server, reached } = options;
  const arrivals = new WeakMap<FastifyRequest, Arrival>();

  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (comesFromOtherSite(request)) return sendFault(request, reply, OTHER_SITE);
    const cookie = cookies.sessionToken(request);
    const bearer = bearerOf(request.headers.authorization);
    if (cookie !== null && bearer !== null) return sendFault(request, reply, TWO_CREDENTIALS);
    arrivals.set(request, await arrive(app, originOf(cookies, request), cookie ?? bearer));
    return undefined;
  }

  function contextOf(request: FastifyRequest, reply: FastifyReply): GraphqlContext {
    const arrival = arrivals.get(request);
    if (arrival === undefined) throw new Error('a request came to GraphQL without having been admitted');
    return {
      ...{ app, readModels, request: arrival.request },
      session: arrival.request.current,
      carrier: cookies.carrier(request, reply),
      moreToRead: options.moreToRead,
      caughtUp: async () => {
        await reached(arrival.written());
      },
    };
  }

  http.route({
    method: 'POST',
    url: '/graphql',
    preHandler: admit,
    handler: fastifyApolloHandler(server, { context: async (request, reply) => contextOf(request, reply) }),
  });
  http.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: (request, reply) => sendFault(request, reply.header('allow', 'POST'), POST_ONLY),
  });
}
