import type { Logger } from 'pino';
import { createHeartbeat } from '../application/heartbeat.js';
import type { Checkpoints } from '../audit/checkpoints/checkpoints.js';
import type { Config } from '../config.js';
import type { ReportError } from '../graphql/masking.js';
import { buildGraphqlSchema } from '../graphql/schema.js';
import { createGraphqlServer } from '../graphql/server.js';
import { createStandingWatch } from '../graphql/standing-watch.js';
import { createOpenExports, type EndedExport } from '../http/audit-export/open-exports.js';
import { createClientAddresses } from '../http/client-address.js';
import { clientFaultLog, createClientFaults } from '../http/client-faults.js';
import { createHttpApp, type HttpApp } from '../http/http-app.js';
import { createLiveTrails } from '../projections/audit/live-trails.js';
import { createTrailReader } from '../projections/audit-tree/trail-reader.js';
import type { Freshness } from '../projections/freshness.js';
import type { ReadSide } from './read-side.js';
import { readinessOf } from './readiness.js';
import type { StartUp } from './start-up.js';
import type { Storage } from './storage.js';

export interface HttpOptions {
  readonly config: Config;
  readonly storage: Storage;
  readonly readSide: ReadSide;
  readonly checkpoints: Checkpoints;
  readonly startUp: StartUp;
  readonly freshness: Freshness;
  readonly logger: Logger;
  /** Milliseconds that never go back, by which the pace of readers is measured. */
  readonly pacedBy: () => number;
}

/** How long an answer waits for the read models to know what it did. */
const LONGEST_WAIT_FOR_READ_MODELS = 2_000;

/** How much is open on this node just now. */
export interface OpenNow {
  readonly subscriptions: number;
  readonly exports: number;
  /** What is open for sessions and tokens that are watched: subscriptions and exports. */
  readonly watched: number;
}

export interface OpenedHttp {
  readonly http: HttpApp;
  readonly openNow: () => OpenNow;
}

/** Puts HTTP in front of everything; it does not listen yet. */
export async function openHttp(options: HttpOptions): Promise<OpenedHttp> {
  const { config, storage, readSide, checkpoints, startUp, freshness, logger } = options;
  const { app, store, published } = storage;
  const { readModels, runner } = readSide;
  const report: ReportError = (error, requestId) => logger.error({ requestId, err: error }, 'a request failed');
  const schema = await buildGraphqlSchema();
  const introspection = config.environment !== 'production';
  const records = createTrailReader(store, readModels.trees);
  const trails = createLiveTrails(readModels.audit, runner);
  const heartbeat = createHeartbeat();
  const standing = createStandingWatch({ runner, freshness, heartbeat, now: app.now });
  const onEnded = (ended: EndedExport): void => logger.info(ended, 'the service ended an export early');
  const exports = createOpenExports({ heartbeat, monotonic: options.pacedBy, onEnded });
  const http = await createHttpApp({
    ...{ app, readModels, checkpoints, freshness, report, schema, introspection },
    ...{ tls: config.tls, publicOrigin: config.publicOrigin },
    faults: createClientFaults({ log: clientFaultLog(logger) }),
    addresses: createClientAddresses(config.trustedProxies),
    ...{ jwks: published, records, exporter: { log: app.log, records, readModels, originOf: app.auditOriginOf } },
    server: await createGraphqlServer({ schema, introspection, report }),
    isStarted: () => startUp.head() !== null,
    reached: (position) => runner.reached(position, LONGEST_WAIT_FOR_READ_MODELS),
    position: () => runner.status().position,
    ...{ live: { trails, standing }, exports, openLimits: config.openLimits },
    readiness: () => readinessOf({ ...{ config, startUp, runner, freshness }, now: app.now }),
    access: (line) => logger.info(line, 'answered'),
  });
  const openNow = () => ({
    ...{ subscriptions: trails.followers(), exports: exports.size(), watched: standing.watched() },
  });
  return { http, openNow };
}

/** Where GraphQL is served, once it listens. */
export function urlOf(config: Config, http: HttpApp): string {
  const address = http.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  const host = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(config.host) ? 'localhost' : config.host;
  return `http://${host}:${port}/graphql`;
}
