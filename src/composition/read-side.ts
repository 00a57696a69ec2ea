import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { firstEventId } from '../eventstore/first-event.js';
import { ofAnotherLog, openOrigin, openOwnReadModelFile } from '../projections/read-model-file.js';
import { createReadModels, projections, type ReadModels } from '../projections/read-models.js';
import { startProjections, type ProjectionRunner } from '../projections/runner.js';
import type { Storage } from './storage.js';

/** The read models of this process, and what keeps them. */
export interface ReadSide {
  readonly readModels: ReadModels;
  readonly runner: ProjectionRunner;
  /** @throws where the file was built from another log than the one whose head this is */
  readonly refuseOtherLog: (head: bigint) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ReadSideOptions {
  readonly config: Config;
  readonly storage: Storage;
  readonly logger: Logger;
  /** Nothing is taken in before this is fulfilled. */
  readonly begin: Promise<unknown>;
}

/** Opens a file of read models that no other process has, and has it kept up to date as soon as that may begin. */
export function openReadSide({ config, storage, logger, begin }: ReadSideOptions): ReadSide {
  const { store, app } = storage;
  const file = openOwnReadModelFile(config.dataDir);
  try {
    const { connection } = file;
    const origin = openOrigin(connection);
    const runner = startProjections({
      ...{ database: connection, store, projections, begin },
      log: app.log,
      onHalt: (projection, error) => logger.fatal({ projection, err: error }, 'a read model has halted'),
      onWait: (error) => logger.warn({ err: error }, 'the read models wait'),
    });
    logger.debug({ path: connection.path }, 'the read models of this process');

    async function refuseOtherLog(head: bigint): Promise<void> {
      const { path } = connection;
      const from = origin.read();
      // Read models that know more than the log belong to another one: a backup was put back, say.
      if (runner.status().position > head)
        throw ofAnotherLog(path, 'is ahead of the event log, which it does not belong to');
      if (from !== null && from !== (await firstEventId(store)))
        throw ofAnotherLog(path, 'was built from another event log');
    }

    async function close(): Promise<void> {
      await runner.stop();
      file.close();
    }

    return { readModels: createReadModels(connection), runner, refuseOtherLog, close };
  } catch (error) {
    file.close();
    throw error;
  }
}
