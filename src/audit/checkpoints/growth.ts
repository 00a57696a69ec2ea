import type { Instant } from '../../domain/instant.js';
import { hourOf } from './schedule.js';

/** A tree that has grown, with the position in the log of its last record. */
export interface Grown {
  readonly accountId: string;
  readonly grownAt: bigint;
}

export interface GrowthOptions {
  /** The trees that have grown since a position, the one that grew the longest ago first. */
  readonly grownSince: (position: bigint, limit: number) => readonly Grown[];
  readonly now: () => Instant;
}

/** Which accounts are to be looked at: those whose tree has grown, at once; those that had nothing due then, with the next hour. */
export interface Growth {
  /** Those to be looked at now. Each is put back by one of the others, or done with. */
  next(): readonly string[];
  /** Has an account looked at again as soon as possible. */
  soon(accountId: string): void;
  /** Has an account looked at again with the next hour. */
  later(accountId: string): void;
}

const PAGE = 500;

/** Follows the growth of trees, each only as far as it has not been seen. */
export function createGrowth({ grownSince, now }: GrowthOptions): Growth {
  let seen = 0n;
  let hour = '';
  const [soon, later] = [new Set<string>(), new Set<string>()];

  function grown(): readonly string[] {
    const accounts: string[] = [];
    for (let page = grownSince(seen, PAGE); page.length > 0; page = grownSince(seen, PAGE)) {
      accounts.push(...page.map(({ accountId }) => accountId));
      seen = page.at(-1)?.grownAt ?? seen;
    }
    return accounts;
  }

  /** All that wait for the next hour, where that has begun. */
  function hourly(): readonly string[] {
    const isNew = hourOf(now()) !== hour;
    hour = hourOf(now());
    return isNew ? [...later] : [];
  }

  return {
    next() {
      const accounts = new Set([...soon, ...grown(), ...hourly()]);
      soon.clear();
      for (const accountId of accounts) later.delete(accountId);
      return [...accounts];
    },
    soon: (accountId) => soon.add(accountId),
    later: (accountId) => later.add(accountId),
  };
}
