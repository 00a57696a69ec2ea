import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { trailOf } from '../../audit/record.js';
import type { ProjectionRunner } from '../runner.js';
import type { AuditFilter } from './audit-filter.js';
import type { AuditQueries, Followed } from './audit-queries.js';

/** Events of a trail, read once for all followers who ask for the same. */
export interface LivePage extends Followed {
  /** The version of the trail that this was read of. */
  readonly version: number;
  /** Whether the trail has more events after these. */
  readonly isMore: boolean;
}

/** The trail of an account, as one follower has it. */
export interface LiveTrail {
  /** Another number whenever the read models have taken in events of the account. */
  version(): number;
  /** Reads events after a place. Followers with the same filter and place share one reading of each version. */
  read(filter: AuditFilter, after: number): LivePage;
  /** Waits until the trail has another version than this one. @throws the reason of the signal once it is aborted */
  changed(version: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The trails that are followed on this node. */
export interface LiveTrails {
  /** Begins to follow; each follower closes what it opened. */
  open(accountId: string): LiveTrail;
  /** How many follow just now. */
  followers(): number;
}

/** Events of one page. */
export const PAGE = 100;
/** Pages that are kept of a trail: most followers are at its end, some catch up. */
const PAGES_KEPT = 16;
/** Followers that are woken at once; then other requests have their turn. */
const WOKEN_AT_ONCE = 20;

/** A trail with everybody who follows it. */
class FollowedTrail {
  version = 0;
  followers = 0;
  readonly #pages = new LRUCache<string, LivePage>({ max: PAGES_KEPT });
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly audit: Pick<AuditQueries, 'follow' | 'lastSeq'>,
    private readonly accountId: string,
  ) {}

  read(filter: AuditFilter, after: number): LivePage {
    const key = JSON.stringify([after, filter]);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const followed = this.audit.follow(this.accountId, filter, after, PAGE);
    const isMore = followed.seen < this.audit.lastSeq(this.accountId);
    const page = { ...followed, version: this.version, isMore };
    this.#pages.set(key, page);
    return page;
  }

  changed(version: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', abort);
        then();
      };
      const wake = (): void => settle(resolve);
      const abort = (): void => settle(() => reject(signal.reason as Error));
      if (signal.aborted) abort();
      else if (this.version !== version) wake();
      else {
        this.#waiting.add(wake);
        signal.addEventListener('abort', abort);
      }
    });
  }

  async change(): Promise<void> {
    this.version += 1;
    // An erasure is an event of the account as well: what it made the read models forget is not kept here.
    this.#pages.clear();
    let woken = 0;
    for (const wake of [...this.#waiting]) {
      wake();
      woken += 1;
      if (woken % WOKEN_AT_ONCE === 0) await nextTurn();
    }
  }
}

function accountsOf(events: Parameters<typeof trailOf>[0][]): ReadonlySet<string> {
  return new Set(events.map(trailOf).filter((accountId) => accountId !== null));
}

/** Follows trails by the news of a runner, so that followers of a quiet trail cost nothing. */
export function createLiveTrails(
  audit: Pick<AuditQueries, 'follow' | 'lastSeq'>,
  runner: Pick<ProjectionRunner, 'onNews'>,
): LiveTrails {
  const trails = new Map<string, FollowedTrail>();
  runner.onNews((events) => {
    if (trails.size === 0) return;
    for (const accountId of accountsOf([...events])) void trails.get(accountId)?.change();
  });

  return {
    open(accountId) {
      const trail = trails.get(accountId) ?? new FollowedTrail(audit, accountId);
      trails.set(accountId, trail);
      trail.followers += 1;
      return {
        version: () => trail.version,
        read: (filter, after) => trail.read(filter, after),
        changed: (version, signal) => trail.changed(version, signal),
        close() {
          trail.followers -= 1;
          if (trail.followers === 0) trails.delete(accountId);
        },
      };
    },
    followers: () => [...trails.values()].reduce((sum, { followers }) => sum + followers, 0),
  };
}
