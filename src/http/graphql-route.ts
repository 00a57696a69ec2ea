import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import type { Application } from '../application/application.js';
import type { AnswerExtensions, Asker, GraphqlContext, SessionCarrier } from '../graphql/context.js';
import { NO_REQUEST } from '../graphql/request-ids.js';
import type { Freshness } from '../projections/freshness.js';
import type { ReadModels } from '../projections/read-models.js';
import { createAdmission, type AdmissionOptions, type Admitted } from './admission.js';
import type { Arrival, Finders } from './arrival.js';
import { sendFault, type HttpFault } from './errors.js';

export interface GraphqlRouteOptions extends AdmissionOptions {
  readonly app: Application;
  readonly readModels: ReadModels;
  readonly records: GraphqlContext['records'];
  readonly checkpoints: GraphqlContext['checkpoints'];
  readonly freshness: Freshness;
  readonly server: ApolloServer<GraphqlContext>;
  /** How far the read models have come. */
  readonly position: () => bigint;
}

const POST_ONLY: HttpFault = {
  status: 405,
  code: 'BAD_REQUEST',
  message: 'GraphQL is asked by POST, with a JSON body.',
};

/** The mark on an answer that may be out of date. */
export function staleMark({ freshness }: Pick<GraphqlRouteOptions, 'freshness'>): Pick<AnswerExtensions, 'stale'> {
  const since = freshness.staleSince();
  return since === null ? {} : { stale: { since } };
}

/** Who asks, as resolvers know it, and who that is later on. */
export function askerOf(
  { sessions, auditTokens }: Finders,
  { request, source, tokenReader, serviceCaller }: Arrival,
): Asker {
  return {
    session: request.current,
    sessionSource: source,
    ...{ tokenReader, serviceCaller },
    sessionNow: async (sessionId) => (await sessions.byId(sessionId)).current,
    tokenReaderNow: async (tokenId) => (await auditTokens.byId(request, tokenId)).reader,
  };
}

/** What resolvers work with, for a request that was let in. */
function contextOf(options: GraphqlRouteOptions, admitted: Admitted, carrier: SessionCarrier): GraphqlContext {
  const { app, readModels, records, checkpoints, freshness, reached } = options;
  const { arrival } = admitted;
  return {
    ...{ app, readModels, records, checkpoints, request: arrival.request, carrier, live: null },
    ...askerOf(options, arrival),
    readable: () => freshness.readable(arrival.known()),
    caughtUp: async () => {
      await reached(arrival.known());
    },
    extensions: () => extensionsOf(options, admitted),
  };
}

function extensionsOf(options: GraphqlRouteOptions, { arrival, seen }: Admitted): AnswerExtensions {
  const furthest = [arrival.written(), options.position(), seen].reduce((a, b) => (a > b ? a : b));
  return { logPosition: options.positions.format(furthest), ...staleMark(options) };
}

/** As it stands in the JSON of an error; nowhere in a text, since quotes are escaped there. */
const WITHOUT_ID = `"requestId":${JSON.stringify(NO_REQUEST)}`;

/** Says in a refusal whose request it ended where GraphQL gave it before it could know. Such an answer has no data. */
const fillInRequestId: onSendHookHandler = ({ id }, reply, payload, done) => {
  const isRefusal = reply.statusCode >= 400 && typeof payload === 'string';
  done(null, isRefusal ? payload.replaceAll(WITHOUT_ID, `"requestId":${JSON.stringify(id)}`) : payload);
};

/** Offers `POST /graphql`: who asks is known before GraphQL begins. */
export function offerGraphql(http: FastifyInstance, options: GraphqlRouteOptions): void {
  const { cookies, server } = options;
  const admit = createAdmission(options);
  const admitted = new WeakMap<FastifyRequest, Admitted>();

  async function letIn(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const here = await admit(request, reply);
    if (here === null) return reply;
    admitted.set(request, here);
    return undefined;
  }

  http.route({
    method: 'POST',
    url: '/graphql',
    preHandler: letIn,
    onSend: fillInRequestId,
    handler: fastifyApolloHandler(server, {
      async context(request, reply) {
        const here = admitted.get(request);
        if (here === undefined) throw new Error('a request came to GraphQL without having been admitted');
        return contextOf(options, here, cookies.carrier(request, reply));
      },
    }),
  });
  http.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: (request, reply) => sendFault(request, reply.header('allow', 'POST'), POST_ONLY),
  });
}
