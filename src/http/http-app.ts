import fastifyCookie from '@fastify/cookie';
import { fastify, type FastifyInstance } from 'fastify';
import type { OpenLimitSettings } from '../application/open-limits.js';
import type { ReportError } from '../graphql/masking.js';
import { offerAuditExport, type ExportRouteOptions } from './audit-export/export-route.js';
import { offerAuditKeys } from './audit-keys-route.js';
import { limitConnections } from './connections.js';
import type { Finders } from './arrival.js';
import { createClientErrors, createFrameworkErrors, HTTP_OPTIONS, refuseBadRequests } from './bad-requests.js';
import { createCookies } from './cookies.js';
import { createCredentialFinder } from './credential-finder.js';
import { drain } from './draining.js';
import { watchDueAnswers, type DueAnswers } from './due-answers.js';
import { handleErrors } from './errors.js';
import { offerGraphql } from './graphql-route.js';
import { offerHealth, type Readiness } from './health.js';
import { offerJwks } from './jwks-route.js';
import { createLogPositions } from './log-position.js';
import { createOpenPlaces } from './open-places.js';
import { createSessionFinder } from './session-finder.js';
import { createOwnOrigins, type OwnOriginsOptions } from './own-origins.js';
import { securityHeaders } from './security-headers.js';
import { createSocketOwner, type SocketOwner } from './socket-owner.js';
import { createTokenFinder } from './token-finder.js';
import { offerSubscriptions, type SubscriptionOptions } from './subscriptions.js';
import type { UpgradeOptions } from './upgrades.js';

/** A line of the access log: nothing of what was asked or answered. */
export interface AccessLine {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** What the HTTP side makes for its routes by itself. */
type MadeHere = keyof Finders | keyof UpgradeOptions | 'cookies' | 'positions' | 'places';

export interface HttpAppOptions
  extends Omit<SubscriptionOptions, MadeHere>, Pick<ExportRouteOptions, 'exporter' | 'exports'>, OwnOriginsOptions {
  /** The keys that verify grants, as they are published. */
  readonly jwks: object;
  readonly openLimits: OpenLimitSettings;
  readonly readiness: () => Readiness;
  readonly report: ReportError;
  readonly access: (line: AccessLine) => void;
}

/** The HTTP side, ready to listen. */
export type HttpApp = FastifyInstance;

/** Bodies of a console are far smaller. */
const LARGEST_BODY = 64 * 1024;
const REQUEST_TIMEOUT = 15_000;

function observe(http: FastifyInstance, { access, tls }: HttpAppOptions): void {
  http.addHook('onRequest', (request, reply, next) => {
    reply.headers(securityHeaders(tls, request.id));
    next();
  });
  http.addHook('onResponse', (request, reply, next) => {
    const path = request.routeOptions.url ?? '(unknown)';
    const { id: requestId, method } = request;
    access({ requestId, method, path, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) });
    next();
  });
}

/** No route states a schema: GraphQL checks what comes in. So what would compile schemas is not loaded. */
function noSchemas(): never {
  throw new Error('no route states a schema');
}

/** Makes the server, which answers what is no proper request by itself. */
function createServer(options: HttpAppOptions, owner: SocketOwner) {
  const { app, faults, tls } = options;
  const answerClientError = createClientErrors({ owner, faults, isDue: (socket) => answers.isDue(socket) });
  const http: FastifyInstance = fastify({
    bodyLimit: LARGEST_BODY,
    requestTimeout: REQUEST_TIMEOUT,
    forceCloseConnections: 'idle',
    genReqId: () => app.newId(),
    return503OnClosing: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    http: HTTP_OPTIONS,
    frameworkErrors: createFrameworkErrors(tls),
    clientErrorHandler: answerClientError,
  });
  const answers = watchDueAnswers(http);
  // Where the process has no file descriptors left, Node says so here. What fails while it begins to listen, fastify tells.
  http.server.on('error', (error) => {
    if (http.server.listening) faults.note('CANNOT_ACCEPT', error);
  });
  return { http, answers };
}

function upgradesOf(options: HttpAppOptions, owner: SocketOwner, answers: DueAnswers): UpgradeOptions {
  return {
    owner,
    answers,
    isFromOtherSite: createOwnOrigins(options),
    onRefusal: (requestId, path, status) => options.access({ requestId, method: 'GET', path, status, milliseconds: 0 }),
  };
}

/** Sets up HTTP: GraphQL, health, cookies, errors as JSON, a request id in every answer. */
export async function createHttpApp(options: HttpAppOptions): Promise<HttpApp> {
  const { app, tls, faults, report, readiness, checkpoints } = options;
  const owner = createSocketOwner({ newId: () => app.newId(), tls, faults });
  const { http, answers } = createServer(options, owner);
  await http.register(fastifyCookie);
  handleErrors(http, report);
  observe(http, options);
  refuseBadRequests(http);
  drain(http, answers);
  offerHealth(http, readiness);
  offerAuditKeys(http, checkpoints.verifierKeys);
  offerJwks(http, options.jwks);
  const more = {
    ...upgradesOf(options, owner, answers),
    cookies: createCookies(app, tls),
    sessions: createSessionFinder(options),
    auditTokens: createTokenFinder(options),
    credentials: createCredentialFinder(options),
    positions: createLogPositions(app),
    places: createOpenPlaces(options.openLimits),
  };
  limitConnections(http.server, { ...options, ...more });
  offerGraphql(http, { ...options, ...more });
  offerAuditExport(http, { ...options, ...more, standing: options.live.standing });
  const subscriptions = offerSubscriptions(http.server, { ...options, ...more });
  http.addHook('preClose', () => subscriptions.stop());
  http.addHook('onClose', (_http, done) => {
    faults.stop();
    done();
  });
  return http;
}
