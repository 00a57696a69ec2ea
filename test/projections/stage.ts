import { openConnection, type SqliteConnection } from '../../src/sqlite/connection.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import type { Projection } from '../../src/projections/projection.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { startProjections, type ProjectionRunner } from '../../src/projections/runner.js';
import { workplace } from '../conformance/sqlite-node.js';
import { event } from '../support/builders.js';
import { openLedger, type Ledger } from './given.js';

/** Longer than any test takes. */
export const LONG = 60_000;

const DEADLINE = 20_000;

/** A log in memory, a vault in a file of its own that can be broken from outside, and read models. */
export interface Stage {
  readonly ledger: Ledger;
  readonly database: SqliteConnection;
  readonly runner: ProjectionRunner;
  readonly halts: readonly string[];
  readonly waits: readonly string[];
  /** Stops the read models that run, if any do, and starts these. */
  start(...projections: readonly Projection[]): Promise<void>;
  /** Stops the read models, and throws their file away. */
  loseReadModels(): Promise<void>;
  /** Appends so many events; answers the position of each. */
  append(count: number): Promise<bigint[]>;
  /** Appends an event that `poison` refuses. */
  appendPoison(): Promise<bigint>;
  /** Waits until what runs has come as far as the log is now. */
  caughtUp(): Promise<void>;
  /** From now on keys are read from the vault again, which whoever has read them remembers. */
  forgetKeys(): Promise<void>;
  /** Does something to the vault's file as another process. */
  toVault(sql: string): void;
  breakVault(): void;
  mendVault(): void;
  dispose(): Promise<void>;
}

/** What makes some events poison to a tally. */
export function poison({ type }: LoggedEvent): void {
  if (type === 'MfaUnlocked') throw new Error('poison');
}

/** Waits until something holds; gives up before the test does, so that nothing goes on behind it. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + DEADLINE;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`this never held: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Makes a stage on which nothing runs yet. */
export async function openStage(): Promise<Stage> {
  const place = workplace();
  const openVault = () => place.open();
  const ledger = await openLedger(openLogDatabase({ path: ':memory:' }), openVault());
  const [halts, waits]: [string[], string[]] = [[], []];
  let { log } = ledger;
  let database = openReadModelFile(':memory:').connection;
  let runner: ProjectionRunner | null = null;

  function running(): ProjectionRunner {
    if (runner === null) throw new Error('nothing was started');
    return runner;
  }
  function toVault(sql: string): void {
    const stranger = openConnection(place.file);
    stranger.exec(sql);
    stranger.close();
  }

  return {
    ...{ ledger, halts, waits, toVault },
    get database() {
      return database;
    },
    get runner() {
      return running();
    },
    async start(...projections) {
      await runner?.stop();
      runner = startProjections({
        ...{ database, store: ledger.store, log, projections, pauseMilliseconds: 5 },
        onHalt: (projection, { message }) => halts.push(`${projection}: ${message}`),
        onWait: ({ message }) => waits.push(message),
      });
    },
    async loseReadModels() {
      await runner?.stop();
      database.close();
      database = openReadModelFile(':memory:').connection;
    },
    async append(count) {
      const positions: bigint[] = [];
      for (let n = 0; n < count; n += 1) positions.push(await ledger.append(event('UserCreated')));
      return positions;
    },
    appendPoison: () => ledger.append(event('MfaUnlocked')),
    async caughtUp() {
      const reached = await running().reached(await ledger.store.head(), DEADLINE);
      if (!reached) throw new Error('the read models have not come as far as the log');
    },
    async forgetKeys() {
      ({ log } = await openLedger(openLogDatabase({ path: ':memory:' }), openVault()));
    },
    breakVault: () => toVault('ALTER TABLE secrets RENAME TO elsewhere'),
    mendVault: () => toVault('ALTER TABLE elsewhere RENAME TO secrets'),
    async dispose() {
      await runner?.stop();
      database.close();
      await ledger.close();
      await place.dispose();
    },
  };
}
