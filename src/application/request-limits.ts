import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from './errors.js';
import { REQUEST_LIMITS, type RequestLimit, type RequestLimitSettings } from './request-budgets.js';

/** `WIDE`: another budget beside, ten times as large, of what many narrow ones are part of. */
export type Breadth = 'NARROW' | 'WIDE';

const WIDER = 10;

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
    const wanted = Math.min(points, whole);
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

/** Sets up the budgets of a node. */
export function createRequestLimits(settings: RequestLimitSettings, options: RequestLimitOptions = {}): RequestLimits {
  const takers = new Map(
    REQUEST_LIMITS.flatMap((limit) => {
      const points = settings[limit];
      if (points === null) return [];
      return [[limit, { NARROW: budgets(points, options), WIDE: budgets(WIDER * points, options) }] as const];
    }),
  );
  return {
    async take(limit, key, { points = 1, breadth = 'NARROW' } = {}) {
      await takers.get(limit)?.[breadth](key, points);
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

/**
 * Takes points out of the budget of an address, and out of the wide one of its site.
 * @throws {RateLimitedError} where not enough is left in one of them
 */
export async function takeOfAddress(
  limits: RequestLimits,
  limit: 'SIGN_INS_OF_ADDRESS' | 'REGISTRATIONS_OF_ADDRESS' | 'READ_COST_OF_ADDRESS',
  ip: string | null,
  points = 1,
): Promise<void> {
  await limits.take(limit, networkOf(ip), { points });
  const site = siteOf(ip);
  if (site !== null) await limits.take(limit, site, { points, breadth: 'WIDE' });
}
