/** A limit of what may be open at the same time: the setting that changes it, and what it is by default. */
interface OpenLimitRow {
  readonly variable: `${string}_PER_${string}`;
  readonly most: number;
}

/** Every limit of what may be open at the same time on a node. A new one is one row here, one in docs/limits.md and one in README.md. */
export const OPEN_LIMITS = {
  CONNECTIONS_OF_ADDRESS: { variable: 'CONNECTIONS_PER_ADDRESS', most: 1_000 },
  SUBSCRIPTIONS_OF_CONNECTION: { variable: 'SUBSCRIPTIONS_PER_CONNECTION', most: 20 },
  /** A session or an audit token. */
  SUBSCRIPTIONS_OF_SESSION: { variable: 'SUBSCRIPTIONS_PER_SESSION', most: 50 },
  SUBSCRIPTIONS_OF_ACCOUNT: { variable: 'SUBSCRIPTIONS_PER_ACCOUNT', most: 500 },
  SUBSCRIPTIONS_OF_ADDRESS: { variable: 'SUBSCRIPTIONS_PER_ADDRESS', most: 500 },
} as const satisfies Readonly<Record<string, OpenLimitRow>>;

export type OpenLimit = keyof typeof OPEN_LIMITS;

/** How many may be open at once, by limit; null: no limit. */
export type OpenLimitSettings = Readonly<Record<OpenLimit, number | null>>;

/** Settings that follow the table, one for each limit. */
export function openLimitSettings(mostOf: (limit: OpenLimit) => number | null): OpenLimitSettings {
  const limits = Object.keys(OPEN_LIMITS) as OpenLimit[];
  return Object.fromEntries(limits.map((limit) => [limit, mostOf(limit)])) as OpenLimitSettings;
}
