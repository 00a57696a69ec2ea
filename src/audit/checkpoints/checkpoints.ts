import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instant } from '../../domain/instant.js';
import type { SigningKeys } from '../notes/key-list.js';
import { createGrowth, type Growth, type Grown } from './growth.js';
import { Ledger, type CheckpointFile } from './ledger.js';
import { isDue } from './schedule.js';
import { signTree, standingOf, type SignedCheckpoint, type Standing, type Trees } from './signing.js';

/** Trees that tell which of them have grown. */
export interface GrowingTrees extends Trees {
  grownSince(position: bigint, limit: number): readonly Grown[];
}

/** The trail is not what was signed before. */
export class CheckpointRefusedError extends Error {
  readonly code = 'CHECKPOINT_REFUSED';

  constructor(readonly accountId: string) {
    super(
      `the audit trail of account ${accountId} is not what an earlier checkpoint says: the log was changed, or an older copy of ` +
        'it put back. Nothing is signed for this account; find out what happened, with `virtual-mfa audit verify --store`',
    );
  }
}

/** It cannot be told just now whether a tree is what was signed before: it may be behind the log. */
export class TreesBehindError extends Error {
  readonly code = 'STALE';
}

/**
 * `NAMED`: the trail of the account names the origin, and the trees know that. `UNREGISTERED`: the account has no trail that
 * could name it. `BEHIND`: the trees do not know it yet.
 */
export type OriginStanding = 'NAMED' | 'UNREGISTERED' | 'BEHIND';

export interface CheckpointsOptions {
  readonly file: CheckpointFile;
  /** What the origins begin with: `<origin>/<account id>`. */
  readonly origin: string;
  /**
   * Has the trail of an account name that origin, unless it does. A checkpoint is signed over a trail that names its origin, so
   * that nobody can leave old checkpoints behind by a rename.
   */
  readonly nameOrigin: (accountId: string) => Promise<OriginStanding>;
  readonly keys: SigningKeys;
  readonly trees: GrowingTrees;
  readonly now: () => Instant;
  /** Waits, bounded, until the trees know all that is in the log now; answers whether they do. */
  readonly caughtUp: () => Promise<boolean>;
  /** Told of each account for which nothing is signed any more, once. */
  readonly onRefusal: (refusal: CheckpointRefusedError) => void;
}

/** Signs checkpoints. */
export interface Checkpoints {
  /** What verifies the signatures, of all keys that are and were used. */
  readonly verifierKeys: readonly string[];
  /**
   * Signs the tree of an account as it is now; what is signed so stands in no file.
   * @throws {CheckpointRefusedError} @throws {TreesBehindError} @throws what keeps the file from being read
   */
  sign(accountId: string): Promise<SignedCheckpoint>;
  /**
   * Signs what is due and puts it in the file: for each account every hundred records, and every hour in which it has grown.
   * One at a time. @throws what keeps the file from being read or written; it is tried again by the next
   */
  round(): Promise<void>;
}

/** Signs nothing that contradicts the checkpoints in the file. */
export function createCheckpoints(options: CheckpointsOptions): Checkpoints {
  return new Signing(options);
}

/** Accounts that are looked at before others have their turn, and notes that are made safe together. */
const PORTION = 100;

class Signing implements Checkpoints {
  readonly verifierKeys: readonly string[];
  readonly #ledger: Ledger;
  readonly #growth: Growth;
  readonly #refused = new Set<string>();
  /** Accounts whose trails name the origin: they do so from then on. */
  readonly #named = new Set<string>();
  #failure: Error | null = null;
  #hasCompared = false;

  constructor(private readonly options: CheckpointsOptions) {
    const { trees, now, keys } = options;
    this.verifierKeys = keys.verifiers.map(({ text }) => text);
    this.#ledger = new Ledger(options);
    this.#growth = createGrowth({ now, grownSince: (position, limit) => trees.grownSince(position, limit) });
  }

  async sign(accountId: string): Promise<SignedCheckpoint> {
    await this.#ledger.readOn();
    const standing = await this.#standing(accountId, this.options.caughtUp);
    if (standing === 'UNKNOWN') throw new TreesBehindError('the trees are behind the log');
    if (standing === 'REFUSED') throw new CheckpointRefusedError(accountId);
    if (!(await this.#isNamed(accountId))) throw new TreesBehindError('the trees are behind the log');
    // Another node may have put a checkpoint into the file meanwhile.
    if (this.#compare(accountId) !== 'GROWN')
      throw new TreesBehindError('the trees are behind the file of checkpoints');
    return this.#sign(accountId);
  }

  async round(): Promise<void> {
    await this.#ledger.readOn();
    if (!this.#hasCompared) for (const accountId of this.#ledger.accounts()) this.#growth.soon(accountId);
    this.#hasCompared = true;
    if (!this.#ledger.isReady()) return;
    const candidates = this.#growth.next();
    // Asked after the file was read, at most once: what it says now, trees that have caught up must know.
    let answer: Promise<boolean> | null = null;
    const caughtUp = () => (answer ??= this.options.caughtUp());
    let done = 0;
    try {
      for (; done < candidates.length; done += PORTION) {
        await this.#portion(candidates.slice(done, done + PORTION), caughtUp);
        await nextTurn();
      }
    } finally {
      for (const accountId of candidates.slice(done)) this.#growth.soon(accountId);
    }
    this.#throwFailure();
  }

  /** One account whose origin cannot be named must not keep the others from being signed. */
  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
  }

  async #portion(accounts: readonly string[], caughtUp: () => Promise<boolean>): Promise<void> {
    const due: string[] = [];
    for (const accountId of accounts) {
      const standing = await this.#standing(accountId, caughtUp);
      if (standing === 'UNKNOWN') this.#growth.soon(accountId);
      else if (standing === 'SOUND' && this.#isDue(accountId)) due.push(accountId);
      else this.#growth.later(accountId);
    }
    const named = await Promise.all(due.map((accountId) => this.#triesToName(accountId)));
    const isReady = (accountId: string, index: number) => named[index] === true && this.#compare(accountId) === 'GROWN';
    const ready = due.filter(isReady);
    for (const accountId of due) if (!ready.includes(accountId)) this.#growth.soon(accountId);
    if (ready.length > 0) await this.#ledger.add(ready.map((accountId) => this.#sign(accountId).note));
  }

  async #triesToName(accountId: string): Promise<boolean> {
    try {
      return await this.#isNamed(accountId);
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
      return false;
    }
  }

  /** Whether the tree as it is now holds a record that names the origin, or none that names any. */
  async #isNamed(accountId: string): Promise<boolean> {
    if (this.#named.has(accountId)) return true;
    const { trees, nameOrigin } = this.options;
    const size = trees.sizeOf(accountId);
    const standing = await nameOrigin(accountId);
    if (standing === 'NAMED') this.#named.add(accountId);
    // It may have been registered since, under another origin.
    return standing === 'NAMED' || (standing === 'UNREGISTERED' && trees.sizeOf(accountId) === size);
  }

  #compare(accountId: string): Standing {
    return standingOf(this.options.trees, accountId, this.#ledger.last(accountId));
  }

  #isDue(accountId: string): boolean {
    const { trees, now } = this.options;
    return isDue(trees.sizeOf(accountId), this.#ledger.last(accountId), now());
  }

  #sign(accountId: string): SignedCheckpoint {
    const { trees, origin, keys } = this.options;
    return signTree(trees, accountId, { origin, key: keys.signer });
  }

  async #standing(accountId: string, caughtUp: () => Promise<boolean>): Promise<'SOUND' | 'REFUSED' | 'UNKNOWN'> {
    let standing = this.#compare(accountId);
    // Another node may have signed what this one has not taken in yet.
    if (standing === 'SHORTER') {
      if (!(await caughtUp())) return 'UNKNOWN';
      standing = this.#compare(accountId);
    }
    if (standing === 'GROWN') {
      this.#refused.delete(accountId);
      return 'SOUND';
    }
    if (!this.#refused.has(accountId)) this.options.onRefusal(new CheckpointRefusedError(accountId));
    this.#refused.add(accountId);
    return 'REFUSED';
  }
}
