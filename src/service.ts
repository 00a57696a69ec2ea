import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino, destination, type DestinationStream, type Logger } from 'pino';
import type { Application } from './application/application.js';
import { destroySecrets } from './application/process-managers/destroy-secrets.js';
import { startProcessManager } from './application/process-managers/process-manager.js';
import { sweepVault } from './application/process-managers/sweep.js';
import { createPasswordHasher } from './application/password-hasher.js';
import { createUnknownNames } from './application/unknown-names.js';
import { ConfigError, type Config } from './config.js';
import { instantOf, type Instant } from './domain/instant.js';
import { createEventLog } from './eventstore/event-log.js';
import { EventStoreError, type EventStore } from './eventstore/event-store.js';
import { openLogDatabase } from './eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from './eventstore/sqlite/sqlite-event-store.js';
import { createErrorMask } from './graphql/masking.js';
import { buildGraphqlSchema } from './graphql/schema.js';
import { createGraphqlServer } from './graphql/server.js';
import { createHttpApp, type HttpApp } from './http/http-app.js';
import type { Readiness } from './http/health.js';
import { openReadModelFile } from './projections/read-model-file.js';
import { createReadModels, projections } from './projections/read-models.js';
import { startProjections, type ProjectionRunner } from './projections/runner.js';
import { loadKeyRingFile, loadOrCreateKeyRingFile, parseKeyRing } from './vault/key-ring-file.js';
import { checkKeyRing } from './vault/key-ring-check.js';
import { digest, type KeyRing } from './vault/key-ring.js';
import { createPersonKeys } from './vault/person-keys.js';
import { openSqliteVault } from './vault/sqlite/sqlite-vault.js';

/** A running service. */
export interface Service {
  /** Where GraphQL is served. */
  readonly url: string;
  /** Waits until the read models have come as far as the log was at the start. */
  ready(): Promise<void>;
  /** Answers what is in flight, then lets everything go. */
  stop(): Promise<void>;
}

type WrapStore = (store: EventStore) => EventStore;

/** What tests put in place of the real thing. */
export interface Overrides {
  readonly now?: () => Instant;
  /** Where log lines go; standard error otherwise. */
  readonly logTo?: DestinationStream;
  /** Stands between the service and its log. */
  readonly wrapStore?: WrapStore;
}

/** How long an answer waits for the read models to know what it did. */
const LONGEST_WAIT_FOR_READ_MODELS = 2_000;
/** A subscription looks at its session again at least this often. */
const LONGEST_SILENCE = 1_000;
/** Failed sign-ins are answered at a multiple of this many milliseconds, so that their time tells nothing. */
const EVEN_SLOT = 50;
/** Password hashes that may wait; beyond them the answer is `RATE_LIMITED`. */
const WAITING_HASHES = 256;

function offsetIn(path: string): number {
  try {
    const offset = Number(readFileSync(path, 'utf8'));
    if (Number.isFinite(offset)) return offset;
  } catch {
    // Missing or not a number, the remedy is the same.
  }
  throw new ConfigError(
    `TEST_CLOCK_FILE names ${path}, which holds no number of milliseconds. Write one, or unset it.`,
  );
}

function clockOf({ testClockFile: path }: Config): () => Instant {
  if (path === null) return () => instantOf(Date.now());
  offsetIn(path);
  return () => instantOf(Date.now() + offsetIn(path));
}

async function keyRingOf({ keyRing, dataDir }: Config, now: () => Instant, logger: Logger): Promise<KeyRing> {
  if (keyRing.from === 'ENVIRONMENT') return parseKeyRing(keyRing.json, 'in KEY_RING');
  if (keyRing.from === 'FILE') return loadKeyRingFile(keyRing.path);
  const path = join(dataDir, 'keys.json');
  const loaded = await loadOrCreateKeyRingFile(path, now);
  logger.warn({ path }, 'running on a generated key ring: for development only, see KEY_RING_FILE');
  return loaded.keyRing;
}

function pace(): () => Promise<void> {
  const start = performance.now();
  return async () => {
    const elapsed = performance.now() - start;
    await sleep(Math.ceil(elapsed / EVEN_SLOT) * EVEN_SLOT - elapsed);
  };
}

interface Storage {
  readonly keyRing: KeyRing;
  readonly store: EventStore;
  readonly app: Application;
  readonly close: () => Promise<void>;
}

async function openStorage(
  config: Config,
  now: () => Instant,
  logger: Logger,
  wrapStore: WrapStore = (store) => store,
): Promise<Storage> {
  const database = openLogDatabase({ path: join(config.dataDir, 'log.db') });
  try {
    const keyRing = await keyRingOf(config, now, logger);
    const store = wrapStore(openSqliteEventStore({ database, now }));
    const vault = openSqliteVault({ database, keyRing, now });
    await checkKeyRing(vault, keyRing);
    const app: Application = {
      log: createEventLog(store, createPersonKeys(vault)),
      vault,
      passwords: createPasswordHasher({ concurrency: availableParallelism(), waiting: WAITING_HASHES }),
      now,
      pace,
      newId: randomUUID,
      randomBytes,
      digest: (purpose, text) => digest(keyRing, purpose, text),
      issuer: config.issuer,
      unknownNames: createUnknownNames(),
    };
    const close = async () => {
      await store.close();
      await vault.close();
      await database.close();
    };
    return { keyRing, store, app, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function readinessOf(runner: ProjectionRunner, start: bigint): Readiness {
  const { position, halted, waitingFor } = runner.status();
  const reasons = halted.map(({ projection, reason }) => `the read model ${projection} has halted: ${reason}`);
  if (waitingFor !== null) reasons.push(`the read models wait: ${waitingFor}`);
  if (reasons.length === 0 && position < start) reasons.push('the read models are catching up with the log');
  return { ready: reasons.length === 0, reasons, position };
}

function openReadSide(config: Config, { store, app }: Storage, logger: Logger) {
  const file = openReadModelFile(join(config.dataDir, 'read-models.db'));
  try {
    const runner = startProjections({
      ...{ database: file.connection, store, projections },
      log: app.log,
      onHalt: (projection, error) => logger.fatal({ projection, err: error }, 'a read model has halted'),
      onWait: (error) => logger.warn({ err: error }, 'the read models wait'),
    });
    const close = async () => {
      await runner.stop();
      file.close();
    };
    return { readModels: createReadModels(file.connection), runner, close };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Read models that know more than the log belong to another log: a backup was put back, say. */
async function refuseReadModelsAhead({ dataDir }: Config, { store }: Storage, { runner }: ReadSide): Promise<void> {
  if (runner.status().position <= (await store.head())) return;
  const path = join(dataDir, 'read-models.db');
  throw new EventStoreError(
    'UNREADABLE_FILE',
    `the read-model file ${path} is ahead of the event log, which it does not belong to: delete it and start again; it is rebuilt from the log`,
  );
}

/** The sweep runs this often; what it looks for is older than an hour. */
const SWEEP_EVERY = 3_600_000;

function startProcessManagers({ app, store }: Storage, logger: Logger) {
  const onFailure = (manager: string, error: unknown) => logger.error({ manager, err: error }, 'a reaction failed');
  const running = [destroySecrets].map((manager) => startProcessManager({ app, store, manager, onFailure }));
  let sweeping = Promise.resolve();
  const sweep = () => {
    sweeping = sweepVault(app).then(
      (destroyed) => logger.info({ destroyed }, 'swept the vault'),
      (error: unknown) => onFailure('sweep', error),
    );
  };
  const timer = setInterval(sweep, SWEEP_EVERY).unref();
  sweep();
  return async () => {
    clearInterval(timer);
    await Promise.all([sweeping, ...running.map((manager) => manager.stop())]);
  };
}

type ReadSide = ReturnType<typeof openReadSide>;

async function openHttp(
  config: Config,
  { app, store }: Storage,
  { readModels, runner }: ReadSide,
  logger: Logger,
): Promise<HttpApp> {
  const requestIds = new AsyncLocalStorage<string>();
  const requestId = () => requestIds.getStore() ?? '';
  const report = (error: unknown) => logger.error({ requestId: requestId(), err: error }, 'a request failed');
  const start = await store.head();
  const schema = await buildGraphqlSchema();
  const introspection = config.environment !== 'production';
  const formatError = createErrorMask(requestId, report);
  return createHttpApp({
    ...{ app, readModels, report, schema, introspection, tls: config.tls },
    server: await createGraphqlServer({ schema, introspection, formatError, report }),
    reached: (position) => runner.reached(position, LONGEST_WAIT_FOR_READ_MODELS),
    moreToRead: async () => {
      await runner.reached(runner.status().position + 1n, LONGEST_SILENCE);
    },
    readiness: () => readinessOf(runner, start),
    access: (line) => logger.info(line, 'answered'),
    withRequestId: (id, work) => requestIds.run(id, work),
  });
}

function urlOf(config: Config, http: HttpApp): string {
  const address = http.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  const host = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(config.host) ? 'localhost' : config.host;
  return `http://${host}:${port}/graphql`;
}

/** Puts the service together from its adapters and has it listen; what was opened is let go again if that fails. */
export async function start(config: Config, overrides: Overrides = {}): Promise<Service> {
  const now = overrides.now ?? clockOf(config);
  const logger = pino({ level: config.logLevel, base: null }, overrides.logTo ?? destination({ dest: 2, sync: true }));
  const opened: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const storage = await openStorage(config, now, logger, overrides.wrapStore);
    opened.push(storage.close);
    const readSide = openReadSide(config, storage, logger);
    opened.push(readSide.close);
    await refuseReadModelsAhead(config, storage, readSide);
    opened.push(startProcessManagers(storage, logger));
    const http = await openHttp(config, storage, readSide, logger);
    opened.push(() => http.close());
    await http.listen({ host: config.host, port: config.port });
    const head = await storage.store.head();
    const ready = async () => {
      await readSide.runner.reached(head, Infinity);
    };
    return { url: urlOf(config, http), ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
