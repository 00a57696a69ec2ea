import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { nameAuditOrigin } from '../application/name-audit-origin.js';
import { createCheckpoints, type Checkpoints, type OriginStanding } from '../audit/checkpoints/checkpoints.js';
import type { Config } from '../config.js';
import { auditTreeProjection } from '../projections/audit-tree/audit-tree-projection.js';
import { loadAuditKeys } from './audit-keys.js';
import { openCheckpointFile } from './checkpoint-file.js';
import type { ReadSide } from './read-side.js';
import type { Storage } from './storage.js';

export interface CheckpointKeeping {
  readonly checkpoints: Checkpoints;
  /** Ends the keeping, after what is under way. */
  readonly stop: () => Promise<void>;
}

export interface CheckpointKeepingOptions {
  readonly config: Config;
  readonly storage: Storage;
  readonly readSide: ReadSide;
  readonly logger: Logger;
  /** The head of the log at the start: nothing is signed before the read models know that. */
  readonly begin: Promise<bigint>;
}

const ROUND_EVERY = 1_000;
const LONGEST_WAIT_FOR_TREES = 2_000;

/** Whether the trees know all that is in the log; false where the log is away, or they have halted. */
async function knowsAll({ store }: Storage, readSide: ReadSide): Promise<boolean> {
  const head = await store.head().catch(() => null);
  return head !== null && (await knows(readSide, head));
}

/** Whether the trees know the log up to a position; false where they have halted. */
async function knows({ runner }: ReadSide, position: bigint): Promise<boolean> {
  if (!(await runner.reached(position, LONGEST_WAIT_FOR_TREES))) return false;
  return !runner.status().halted.some(({ projection }) => projection === auditTreeProjection.name);
}

/** Has the trail of an account name the origin under which this node signs, and waits until the trees know it. */
async function nameOrigin({ app }: Storage, readSide: ReadSide, accountId: string): Promise<OriginStanding> {
  const position = await nameAuditOrigin(app, accountId);
  if (position === null) return 'UNREGISTERED';
  return (await knows(readSide, position)) ? 'NAMED' : 'BEHIND';
}

/** Does rounds again and again. What goes wrong is told once, until it goes well again. */
function keepRounds(round: () => Promise<void>, { begin, readSide, logger }: CheckpointKeepingOptions) {
  const abort = new AbortController();
  const { signal } = abort;
  let isFailing = false;

  async function once(): Promise<void> {
    try {
      await round();
      if (isFailing) logger.info('checkpoints are kept again');
      isFailing = false;
    } catch (error) {
      if (!isFailing) logger.error({ err: error }, 'checkpoints cannot be kept; it is tried again by itself');
      isFailing = true;
    }
  }

  async function run(): Promise<void> {
    const start = await begin.catch(() => null);
    if (start === null) return;
    let isBegun = false;
    while (!signal.aborted) {
      isBegun ||= await readSide.runner.reached(start, ROUND_EVERY);
      if (isBegun) await once();
      await sleep(ROUND_EVERY, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const running = run();
  return async () => {
    abort.abort();
    await running;
  };
}

/** Loads the keys, and has checkpoints signed and put in their file. @throws {KeyListError} */
export async function keepCheckpoints(options: CheckpointKeepingOptions): Promise<CheckpointKeeping> {
  const { config, storage, readSide, logger } = options;
  const checkpoints = createCheckpoints({
    file: openCheckpointFile(config.auditCheckpointsFile ?? join(config.dataDir, 'audit-checkpoints.txt')),
    origin: config.auditOrigin,
    nameOrigin: (accountId) => nameOrigin(storage, readSide, accountId),
    keys: await loadAuditKeys(config, logger),
    trees: readSide.readModels.trees,
    now: storage.app.now,
    caughtUp: () => knowsAll(storage, readSide),
    onRefusal: (refusal) => logger.error({ accountId: refusal.accountId }, refusal.message),
  });
  return { checkpoints, stop: keepRounds(() => checkpoints.round(), options) };
}
