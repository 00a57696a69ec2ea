import type { IncomingMessage, Server } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  type ExecutionArgs,
  type FormattedExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { ServerOptions, SubscribePayload } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { TooManyOpenError } from '../application/errors.js';
import type { GraphqlContext, Live } from '../graphql/context.js';
import { admitOperation } from '../graphql/costs/admit-operation.js';
import { NO_REQUEST } from '../graphql/request-ids.js';
import { createErrorMask, type ReportError } from '../graphql/masking.js';
import { findFaults, PARSE_OPTIONS } from '../graphql/rules/validation.js';
import { arrive, bearerOf, type Arrival, type Credential, type Origin } from './arrival.js';
import { limitWebSocket, TRY_AGAIN_LATER } from './connections.js';
import { askerOf, staleMark, type GraphqlRouteOptions } from './graphql-route.js';
import type { OpenPlaces } from './open-places.js';
import { boundBuffer, endIfTooSlow } from './slow-readers.js';
import { takePlaceToBegin, takeSubscriptionPlaces } from './subscription-places.js';
import type { ClientFaults } from './client-faults.js';
import { asRequestError, operationFault, withCode } from './request-errors.js';
import { offerUpgrades, type UpgradeOptions } from './upgrades.js';
import { serveWebSockets, type Extra } from './websockets.js';

export interface SubscriptionOptions extends GraphqlRouteOptions, UpgradeOptions {
  readonly faults: ClientFaults;
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly report: ReportError;
  readonly live: Omit<Live, 'takePlace'>;
  readonly places: OpenPlaces;
}

/** Subscriptions over WebSocket. */
export interface Subscriptions {
  /** Closes every connection. */
  stop(): Promise<void>;
}

const LARGEST_MESSAGE = 64 * 1024;
const CONNECTION_INIT_TIMEOUT = 5_000;

type Params = Readonly<Record<string, unknown>> | undefined;
type Connection = Extra & { arrival?: Arrival };

function credentialOf(options: SubscriptionOptions, request: IncomingMessage, params: Params): Credential | null {
  const authorization = params?.authorization;
  if (typeof authorization === 'string') {
    const bearer = bearerOf(authorization);
    return bearer === null ? null : { from: 'HEADER', token: bearer };
  }
  const cookie = fastifyCookie.parse(request.headers.cookie ?? '')[options.cookies.sessionName];
  return cookie === undefined ? null : { from: 'COOKIE', token: cookie };
}

function contextOf(options: SubscriptionOptions, arrival: Arrival): GraphqlContext {
  const { app, readModels, records, checkpoints, freshness, places } = options;
  const { request, known } = arrival;
  return {
    ...{ app, readModels, records, checkpoints, request },
    live: { ...options.live, takePlace: () => takeSubscriptionPlaces(places, arrival) },
    ...askerOf(options, arrival),
    carrier: { hand: () => undefined, drop: () => undefined },
    readable: () => freshness.readable(known()),
    caughtUp: () => Promise.resolve(),
    extensions: () => staleMark(options),
  };
}

/** Who connects; null where that cannot be found out now. */
async function arriveIfPossible(
  options: SubscriptionOptions,
  origin: Origin,
  credential: Credential | null,
): Promise<Arrival | null> {
  const { isStarted, report } = options;
  if (!isStarted()) return null;
  try {
    return await arrive(options, origin, credential);
  } catch (error) {
    report(error, origin.requestId);
    return null;
  }
}

/** Prepares an operation in the place of one that has not begun. */
async function prepareInPlace(
  options: SubscriptionOptions,
  payload: SubscribePayload,
  arrival: Arrival,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const release = takePlaceToBegin(options.places, arrival);
  try {
    return await prepare(options, payload, contextOf(options, arrival));
  } finally {
    release();
  }
}

/** What an operation is refused with before it begins. @throws what is no refusal */
function refusalOf(error: unknown): GraphQLError {
  if (error instanceof TooManyOpenError) return new GraphQLError(error.message, { originalError: error });
  if (!(error instanceof GraphQLError)) throw error;
  return error.extensions.code === undefined ? withCode(error, 'GRAPHQL_PARSE_FAILED') : error;
}

/** Errors in the form in which they leave; a connection is one request. */
function masked(report: ReportError, { arrival }: Connection, errors: readonly GraphQLError[] | undefined) {
  const formatError = createErrorMask(() => arrival?.request.requestId ?? NO_REQUEST, report);
  return errors?.map(asRequestError).map((error) => formatError(error.toJSON(), error));
}

async function prepare(
  { schema, introspection }: SubscriptionOptions,
  payload: SubscribePayload,
  contextValue: GraphqlContext,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const document = parse(payload.query, PARSE_OPTIONS);
  const faults = findFaults(schema, document, introspection);
  if (faults.length > 0) return faults.map((fault) => withCode(fault, 'GRAPHQL_VALIDATION_FAILED'));
  const other = document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation !== OperationTypeNode.SUBSCRIPTION,
  );
  if (other) {
    const message = 'Only subscriptions are answered here. Send queries and mutations by POST.';
    return [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })];
  }
  const { variables, operationName } = payload;
  const fault = operationFault(document, operationName);
  if (fault !== null) return [fault];
  const args = { schema, document, variableValues: variables ?? {}, operationName: operationName ?? null };
  await admitOperation(args, contextValue);
  return { ...args, contextValue };
}

function handlers(options: SubscriptionOptions): ServerOptions<Params, Connection> {
  const { app, report, addresses } = options;
  return {
    connectionInitWaitTimeout: CONNECTION_INIT_TIMEOUT,
    async onConnect({ connectionParams, extra }) {
      const { request } = extra;
      const origin = {
        requestId: app.newId(),
        ip: addresses.of(request),
        headers: request.headers,
        knownBrowser: null,
        trustedBrowser: null,
      };
      const arrival = await arriveIfPossible(options, origin, credentialOf(options, request, connectionParams));
      if (arrival === null) extra.socket.close(TRY_AGAIN_LATER, 'Try again later');
      else extra.arrival = arrival;
      return arrival !== null && (arrival.request.current !== null || arrival.tokenReader !== null);
    },
    async onSubscribe({ extra }, _id, payload) {
      if (extra.arrival === undefined) return [withCode(new GraphQLError('Connect first.'), 'UNAUTHENTICATED')];
      try {
        return await prepareInPlace(options, payload, extra.arrival);
      } catch (error) {
        return [refusalOf(error)];
      }
    },
    onNext: (...message): FormattedExecutionResult => {
      const result = message[4];
      endIfTooSlow(message[0].extra.socket);
      const errors = masked(report, message[0].extra, result.errors);
      const extensions = staleMark(options);
      return {
        ...(result.data && { data: result.data }),
        ...(errors && { errors }),
        ...(extensions.stale && { extensions }),
      };
    },
    onError: ({ extra }, _id, _payload, errors) => masked(report, extra, errors),
  };
}

/** Offers subscriptions at `/graphql` over the protocol `graphql-transport-ws`, under the same limits as HTTP. */
export function offerSubscriptions(server: Server, options: SubscriptionOptions): Subscriptions {
  const { faults, report } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  const running = serveWebSockets<Params, Connection>(handlers(options), sockets, {
    faults,
    report: (error, { arrival }) => report(error, arrival?.request.requestId ?? NO_REQUEST),
  });
  sockets.on('connection', (socket, request) => {
    boundBuffer(socket);
    limitWebSocket(options, socket, request);
  });
  const upgrades = offerUpgrades(server, sockets, options);
  return {
    async stop() {
      upgrades.stop();
      await running.stop();
    },
  };
}
