import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Application } from '../../src/application/application.js';
import { noGrants } from '../../src/application/grants.js';
import { load } from '../../src/application/execute.js';
import { createPasswordHasher, type PasswordHasher } from '../../src/application/password-hasher.js';
import { destroySecrets } from '../../src/application/process-managers/destroy-secrets.js';
import {
  NOTE_EVERY,
  progressIdOf,
  startProcessManager,
} from '../../src/application/process-managers/process-manager.js';
import { createKnownStates } from '../../src/application/states.js';
import { createUnknownNames } from '../../src/application/unknown-names.js';
import type { Instant } from '../../src/domain/instant.js';
import { reactionDecider } from '../../src/domain/reaction/decider.js';
import { createEventLog } from '../../src/eventstore/event-log.js';
import type { EventStore } from '../../src/eventstore/event-store.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { projections as allProjections } from '../../src/projections/read-models.js';
import type { Projection } from '../../src/projections/projection.js';
import { startProjections } from '../../src/projections/runner.js';
import { checkKeyRing } from '../../src/vault/key-ring-check.js';
import { digest } from '../../src/vault/key-ring.js';
import { parseKeyRing } from '../../src/vault/key-ring-file.js';
import { createPersonKeys } from '../../src/vault/person-keys.js';
import { fixedKeyRing } from '../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqlite-vault.js';
import { PRODUCTION } from '../../test/support/service.js';
import { bar } from '../framework/progress.js';
import type { Telling } from '../jobs/job.js';

/** The password of everybody who was seeded. */
export const PASSWORD = 'a long and private sentence';

/** Hashes everybody's password once, as the service does, and believes everybody: only seeding goes without comparing. */
async function seedingPasswords(): Promise<PasswordHasher> {
  const encoded = await createPasswordHasher({ concurrency: 1, waiting: 1 }).hash(PASSWORD);
  return { hash: async () => encoded, verify: async () => true, isCommon: async () => false };
}

/** The command handlers on a log of their own. */
export interface SeedingApplication {
  readonly app: Application;
  readonly store: EventStore;
  readonly close: () => Promise<void>;
}

/** Opens the command handlers on the log in a folder, with durability switched off: a seed that is lost is made again. */
export async function openApplication(dataDir: string, now: () => Instant): Promise<SeedingApplication> {
  const database = openLogDatabase({ path: join(dataDir, 'log.db') });
  database.connection.pragma('synchronous = OFF');
  const keyRing = parseKeyRing(PRODUCTION.KEY_RING, 'of the tests');
  // In batches as the service has them.
  const store = openSqliteEventStore({ database, now, batchSize: 1_000 });
  const vault = openSqliteVault({ database, keys: fixedKeyRing(keyRing), now });
  await checkKeyRing(vault, keyRing);
  const app: Application = {
    ...{ log: createEventLog(store, createPersonKeys(vault)), vault, now, randomBytes },
    passwords: await seedingPasswords(),
    pace: () => async () => undefined,
    newId: randomUUID,
    digest: (purpose, text) => digest(keyRing, purpose, text),
    issuer: 'Virtual MFA',
    auditOriginOf: (accountId) => `localhost/audit/${accountId}`,
    grants: noGrants,
    unknownNames: createUnknownNames(),
    limits: { take: async () => undefined },
    states: createKnownStates(),
  };
  const close = async () => {
    await store.close();
    await vault.close();
    await database.close();
  };
  return { app, store, close };
}

/** How often it is looked how far reactions have come. */
const LOOK_EVERY = 50;

/** Has process managers come as far as the log was, as those of a service that wrote it would have. */
export async function catchUpReactions({ app, store }: SeedingApplication, tell: Telling): Promise<void> {
  const head = await store.head();
  const failures: unknown[] = [];
  const manager = destroySecrets;
  const running = startProcessManager({ app, store, manager, onFailure: (_, error) => failures.push(error) });
  for (;;) {
    const { state } = await load(app, reactionDecider, progressIdOf(manager));
    if (BigInt(state.reached) + BigInt(NOTE_EVERY) > head || failures.length > 0) break;
    tell.progress(`reactions to ${head} events ${bar(Number(state.reached), Number(head))}`);
    await sleep(LOOK_EVERY);
  }
  await running.stop();
  if (failures.length > 0) throw new Error('a reaction failed', { cause: failures[0] });
}

export interface BuildOptions {
  /** The file of the read models. */
  readonly path: string;
  readonly projections?: readonly Projection[];
  /** Told how far it is, several times a second. */
  readonly onProgress?: (position: bigint, head: bigint) => void;
}

/** Brings read models up to the log, from wherever they are. @throws where one halts */
export async function buildReadModels({ app, store }: SeedingApplication, options: BuildOptions): Promise<void> {
  const { path, projections = allProjections, onProgress } = options;
  const file = openReadModelFile(path);
  const halted: Error[] = [];
  const runner = startProjections({
    ...{ database: file.connection, store, log: app.log, projections },
    onHalt: (_, error) => halted.push(error),
    onWait: (error) => halted.push(error),
  });
  const head = await store.head();
  const timer = setInterval(() => onProgress?.(runner.status().position, head), 100);
  await runner.reached(head, Infinity);
  clearInterval(timer);
  await runner.stop();
  file.close();
  if (halted[0] !== undefined) throw halted[0];
}
