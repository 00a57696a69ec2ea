import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from './errors.js';
import type { RequestLimit, RequestLimitSettings } from './request-budgets.js';
import { reservedPartOf } from './reserved-part.js';

/**
 * Which budget of a limit: `NARROW` has the points of the setting. `WIDE` is another one beside it, with ten times as many.
 * `RESERVED` and `SHARED` are the quarter that only some may use, and the rest, which is for everybody.
 */
export type Breadth = 'NARROW' | 'WIDE' | 'RESERVED' | 'SHARED';

/** The points of each budget. */
const POINTS: Readonly<Record<Breadth, (points: number) => number>> = {
  NARROW: (points) => points,
  WIDE: (points) => 10 * points,
  RESERVED: reservedPartOf,
  SHARED: (points) => points - reservedPartOf(points),
};

/** What a request takes out of a budget. */
export interface Taken {
  /** 1 unless told otherwise. More than a whole budget counts as a whole one, so that a full budget lets it through. */
  readonly points?: number;
  /** `NARROW` unless told otherwise. */
  readonly breadth?: Breadth;
}

/** Budgets of requests, of this node alone and in its memory; they come before any work, and write nothing. */
export interface RequestLimits {
  /**
   * Takes points out of a budget. What is refused takes nothing, so that a request too expensive for what is left
   * does not keep cheaper ones out.
   * @throws {RateLimitedError} where not enough is left in it, with the seconds until it is full again
   */
  take(limit: RequestLimit, key: string, taken?: Taken): Promise<void>;
}

const MINUTE_IN_SECONDS = 60;
/** Budgets of one kind that are kept; those longest unused are forgotten, so that no flood of keys fills the memory. */
const MOST_KEYS = 50_000;

interface RequestLimitOptions {
  readonly durationSeconds?: number;
  readonly mostKeys?: number;
}

function refusalOf(thrown: unknown): unknown {
  if (!(thrown instanceof RateLimiterRes)) return thrown;
  const seconds = Math.max(1, Math.ceil(thrown.msBeforeNext / 1_000));
  return new RateLimitedError('a budget of requests is used up', seconds);
}

/** A budget for each key, in bounded memory. */
function budgets(whole: number, { durationSeconds = MINUTE_IN_SECONDS, mostKeys = MOST_KEYS }: RequestLimitOptions) {
  const limiter = new RateLimiterMemory({ points: whole, duration: durationSeconds });
  // The limiter alone would keep whatever comes within a minute.
  const kept = new LRUCache<string, true>({ max: mostKeys, dispose: (_, key) => void limiter.delete(key) });
  return async (key: string, points: number): Promise<void> => {
    // At least one, as a budget of nothing refuses everything.
    const wanted = Math.max(1, Math.min(points, whole));
    kept.set(key, true, { noDisposeOnSet: true });
    try {
      await limiter.consume(key, wanted);
    } catch (error) {
      // The limiter counts what it refuses as well.
      if (error instanceof RateLimiterRes) await limiter.reward(key, wanted);
      throw refusalOf(error);
    }
  };
}

/** Sets up the budgets of a node. Each is made when it is first used, as room for its keys is set aside then. */
export function createRequestLimits(settings: RequestLimitSettings, options: RequestLimitOptions = {}): RequestLimits {
  const takers = new Map<string, ReturnType<typeof budgets>>();

  function takerOf(limit: RequestLimit, breadth: Breadth, points: number): ReturnType<typeof budgets> {
    const name = `${limit} ${breadth}`;
    const made = takers.get(name) ?? budgets(POINTS[breadth](points), options);
    takers.set(name, made);
    return made;
  }

  return {
    async take(limit, key, { points = 1, breadth = 'NARROW' } = {}) {
      const whole = settings[limit];
      if (whole !== null) await takerOf(limit, breadth, whole)(key, points);
    },
  };
}

/**
 * Who an address is for a budget: an IPv4 address is one, of IPv6 its /64 is, which is what one customer has at least
 * (RFC 6177). What is no address is one as well.
 */
export function networkOf(ip: string | null): string {
  if (ip === null || isIP(ip) === 0) return 'unknown';
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

const HEXTETS_OF_SITE = 3;

/** The /48 that an IPv6 address is in: what one site may have (RFC 6177), 65,536 networks of a /64. Null for an IPv4 address. */
function siteOf(ip: string | null): string | null {
  if (ip === null || isIP(ip) === 0) return null;
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return null;
  const hextets = address.parts.slice(0, HEXTETS_OF_SITE).map((part) => part.toString(16));
  return `${hextets.join(':')}::/48`;
}

/** Who shares a budget of an address. Strangers must not use up what those who are signed in there need. */
export type AtAddress = 'STRANGER' | 'SIGNED_IN';

/**
 * Takes points out of the budget of an address, and out of the wide one of its site.
 * @throws {RateLimitedError} where not enough is left in one of them
 */
export async function takeOfAddress(
  limits: RequestLimits,
  limit: 'SIGN_INS_OF_ADDRESS' | 'REGISTRATIONS_OF_ADDRESS' | 'READ_COST_OF_ADDRESS',
  ip: string | null,
  { points = 1, who = 'STRANGER' }: { readonly points?: number; readonly who?: AtAddress } = {},
): Promise<void> {
  const keyOf = (place: string): string => (who === 'STRANGER' ? place : `signed in at ${place}`);
  await limits.take(limit, keyOf(networkOf(ip)), { points });
  const site = siteOf(ip);
  if (site !== null) await limits.take(limit, keyOf(site), { points, breadth: 'WIDE' });
}

/** Budgets of an account that reserve a part for the primary. */
type AccountLimit =
  'WRITES_OF_ACCOUNT' | 'READ_COST_OF_ACCOUNT' | 'EXPORTS_OF_ACCOUNT' | 'SUB_USER_PASSWORDS_OF_ACCOUNT';

/** Who takes out of an account's budget. */
export interface AccountMember {
  readonly accountId: string;
  readonly isPrimary: boolean;
}

/**
 * Takes points out of an account's budget. The primary has a reserved part of it, so that members cannot use up what the
 * primary needs; once that is used up, the primary shares the rest with everybody.
 * @throws {RateLimitedError} where not enough is left
 */
export async function takeOfAccount(
  limits: RequestLimits,
  limit: AccountLimit,
  { accountId, isPrimary }: AccountMember,
  points = 1,
): Promise<void> {
  if (isPrimary) {
    try {
      await limits.take(limit, accountId, { points, breadth: 'RESERVED' });
      return;
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
    }
  }
  await limits.take(limit, accountId, { points, breadth: 'SHARED' });
}
