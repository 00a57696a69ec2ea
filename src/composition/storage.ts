import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { Application } from '../application/application.js';
import { createPasswordHasher } from '../application/password-hasher.js';
import { createRequestLimits } from '../application/request-limits.js';
import { createKnownStates } from '../application/states.js';
import { createUnknownNames } from '../application/unknown-names.js';
import { originOfAccount } from '../audit/notes/checkpoint.js';
import type { Config } from '../config.js';
import type { Instant } from '../domain/instant.js';
import { createEventLog } from '../eventstore/event-log.js';
import type { EventStore } from '../eventstore/event-store.js';
import { loadOrCreateKeyRingFile } from '../vault/key-ring-file.js';
import { digest, type KeyRing } from '../vault/key-ring.js';
import { createPersonKeys } from '../vault/person-keys.js';
import { pace } from './clock.js';
import { keyRingFileOf, keyRingOf, keyRingSourceOf } from './keys.js';
import { withoutGrants, type OpenedGrants } from './grants.js';
import { openLog, type OpenedLog } from './log.js';

/** Stands between the service and its log. */
export type WrapStore = (store: EventStore) => EventStore;

/** Log, vault and key ring, with what commands need of them. */
export interface Storage {
  /** As it was at the start; its digest key never changes. */
  readonly keyRing: KeyRing;
  /** What verifies grants. */
  readonly published: OpenedGrants['published'];
  readonly store: EventStore;
  readonly app: Application;
  readonly close: () => Promise<void>;
}

export interface StorageOptions {
  readonly config: Config;
  readonly now: () => Instant;
  readonly logger: Logger;
  readonly wrapStore?: WrapStore | undefined;
  /** Opens the signing of grants, once the log has been found to be usable; left out where none are issued. */
  readonly openGrants?: () => Promise<OpenedGrants>;
}

/** Password hashes that may wait; beyond them the answer is `RATE_LIMITED`. */
const WAITING_HASHES = 256;

async function keyRingAtStart({ config, now, logger }: StorageOptions): Promise<KeyRing> {
  if (config.keyRing.from !== 'GENERATED') return keyRingOf(config);
  const path = keyRingFileOf(config) ?? '';
  const loaded = await loadOrCreateKeyRingFile(path, now);
  logger.warn({ path }, 'running on a generated key ring: for development only, see KEY_RING_FILE');
  return loaded.keyRing;
}

async function assemble(opened: OpenedLog, options: StorageOptions): Promise<Storage> {
  const { config, now, wrapStore } = options;
  const keyRing = await keyRingAtStart(options);
  const { grants, published } = (await options.openGrants?.()) ?? withoutGrants;
  const openedStore = opened.openStore();
  const store = wrapStore === undefined ? openedStore : wrapStore(openedStore);
  const vault = opened.openVault(keyRingSourceOf(config, keyRing));
  const states = createKnownStates();
  // A state of a user holds its names.
  const log = createEventLog(store, createPersonKeys(vault), () => states.forget());
  const app: Application = {
    ...{ log, vault, states, grants },
    passwords: createPasswordHasher({ concurrency: availableParallelism(), waiting: WAITING_HASHES }),
    now,
    pace,
    newId: randomUUID,
    randomBytes,
    digest: (purpose, text) => digest(keyRing, purpose, text),
    issuer: config.issuer,
    auditOriginOf: (accountId) => originOfAccount(config.auditOrigin, accountId),
    unknownNames: createUnknownNames(),
    limits: createRequestLimits(config.requestLimits),
  };
  const close = async () => {
    await store.close();
    await vault.close();
    await opened.close();
  };
  return { keyRing, published, store, app, close };
}

/** Opens log and vault; nothing has been asked of them yet. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { config, now, logger } = options;
  const log = openLog(config, { now, onWarning: (message) => logger.warn(message) });
  try {
    return await assemble(log, options);
  } catch (error) {
    await log.close();
    throw error;
  }
}
