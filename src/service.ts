import type { DestinationStream, Logger } from 'pino';
import { keepCheckpoints } from './composition/checkpoints.js';
import { clockOf, monotonic } from './composition/clock.js';
import { openGrants } from './composition/grants.js';
import { openHttp, urlOf, type OpenNow } from './composition/http.js';
import { createLogger } from './runtime/logger.js';
import { startReactions } from './composition/reactions.js';
import { openReadSide } from './composition/read-side.js';
import { warnOfOpenSecretFiles } from './composition/secret-files.js';
import { prepareStartUp } from './composition/start-up.js';
import { openStorage, type Storage, type WrapStore } from './composition/storage.js';
import type { Config } from './config.js';
import type { Instant } from './domain/instant.js';
import { watchLog } from './eventstore/log-watch.js';
import { createFreshness } from './projections/freshness.js';
import { checkKeyRing } from './vault/key-ring-check.js';

/** A running service. */
export interface Service {
  /** Where GraphQL is served. */
  readonly url: string;
  /** Waits until the read models have come as far as the log was at the start. */
  ready(): Promise<void>;
  /** What the service cannot go on with, found out after it was started: the log that it waited for is not its own, say. */
  readonly failed: Promise<Error>;
  /** How much is open just now. */
  readonly openNow: () => OpenNow;
  /** Answers what is in flight, then lets everything go. */
  stop(): Promise<void>;
}

/** What tests put in place of the real thing. */
export interface Overrides {
  readonly now?: () => Instant;
  /** Milliseconds that never go back, by which the pace of those who read exports is measured. */
  readonly pacedBy?: () => number;
  /** Where log lines go; standard error otherwise. */
  readonly logTo?: DestinationStream;
  /** Stands between the service and its log. */
  readonly wrapStore?: WrapStore;
}

/** Has something closed at the end, what was opened last first. */
type Keep = (close: () => unknown) => void;

function watchOf({ store }: Storage, logger: Logger) {
  const onChange = (reason: string | null) => {
    if (reason === null) logger.info('the event log answers again');
    else logger.warn({ reason }, 'the event log does not answer: reads go on for a while, commands do not');
  };
  return watchLog({ store, monotonic, onChange });
}

function startUpOf(look: () => Promise<bigint>, logger: Logger) {
  return prepareStartUp({
    look,
    onWait: (reason) => logger.warn({ reason }, 'the service waits for its event log, and tries again by itself'),
    onDone: () => logger.info('the event log answers: the service goes on'),
  });
}

/** Opens everything, listening yet to nobody; each part is kept as soon as it is there. */
async function compose(config: Config, { now, pacedBy, logger, wrapStore, keep }: Parts) {
  const origin = () => config.publicOrigin ?? new URL(urlOf(config, http)).origin;
  const storage = await openStorage({
    ...{ config, now, logger, wrapStore },
    openGrants: () => openGrants(config, logger, origin),
  });
  keep(storage.close);
  const watch = watchOf(storage, logger);
  keep(() => watch.stop());
  const startUp = startUpOf(async () => {
    await checkKeyRing(storage.app.vault, storage.keyRing);
    const head = await watch.probe();
    await readSide.refuseOtherLog(head);
    return head;
  }, logger);
  const readSide = openReadSide({ config, storage, logger, begin: startUp.done });
  keep(readSide.close);
  const { checkpoints, stop } = await keepCheckpoints({ config, storage, readSide, logger, begin: startUp.done });
  keep(stop);
  const reactions = startUp.done.then(
    () => startReactions(storage, logger),
    () => null,
  );
  keep(async () => {
    startUp.stop();
    await (
      await reactions
    )?.();
  });
  const freshness = createFreshness({
    ...{ runner: readSide.runner, watch, monotonic, now },
    start: () => startUp.head(),
    mostMilliseconds: config.maxStalenessSeconds * 1_000,
  });
  const { http, openNow } = await openHttp({
    ...{ config, storage, readSide, checkpoints, startUp, freshness, logger, pacedBy },
  });
  keep(() => http.close());
  return { http, openNow, startUp, readSide };
}

interface Parts {
  readonly now: () => Instant;
  readonly pacedBy: () => number;
  readonly logger: Logger;
  readonly wrapStore: WrapStore | undefined;
  readonly keep: Keep;
}

/**
 * Puts the service together from its adapters and has it listen; what was opened is let go again if that fails. A log that
 * cannot be reached is waited for, once it listens.
 */
export async function start(config: Config, overrides: Overrides = {}): Promise<Service> {
  const now = overrides.now ?? clockOf(config);
  const logger = createLogger(config.logLevel, overrides.logTo);
  const opened: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const { wrapStore, pacedBy = monotonic } = overrides;
    const parts = await compose(config, { now, pacedBy, logger, wrapStore, keep: (close) => opened.push(close) });
    const { http, openNow, startUp, readSide } = parts;
    await warnOfOpenSecretFiles(config, logger);
    await http.listen({ host: config.host, port: config.port });
    await startUp.begin();
    const ready = async () => {
      await readSide.runner.reached(await startUp.done, Infinity);
    };
    return { url: urlOf(config, http), ready, failed: startUp.failed, openNow, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
