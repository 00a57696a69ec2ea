/** A budget of requests: the setting that changes it, and what it is by default. */
interface RequestBudget {
  readonly variable: `${string}_PER_MINUTE_PER_${string}`;
  readonly perMinute: number;
}

/** Every budget of requests that a node keeps. A new one is one row here, one in docs/limits.md and one in README.md. */
export const REQUEST_BUDGETS = {
  SIGN_INS_OF_ADDRESS: { variable: 'SIGN_INS_PER_MINUTE_PER_ADDRESS', perMinute: 60 },
  /** By the name that is typed. */
  SIGN_INS_OF_ACCOUNT: { variable: 'SIGN_INS_PER_MINUTE_PER_ACCOUNT', perMinute: 20 },
  REGISTRATIONS_OF_ADDRESS: { variable: 'REGISTRATIONS_PER_MINUTE_PER_ADDRESS', perMinute: 10 },
  PASSWORDS_OF_USER: { variable: 'PASSWORDS_PER_MINUTE_PER_USER', perMinute: 10 },
  /** Passwords that are given to its sub-users. */
  SUB_USER_PASSWORDS_OF_ACCOUNT: { variable: 'SUB_USER_PASSWORDS_PER_MINUTE_PER_ACCOUNT', perMinute: 60 },
  /** Points of 0.1 ms that reading takes of the event loop; see docs/limits.md. A session is an audit token or a service credential, too. */
  READ_COST_OF_SESSION: { variable: 'READ_COST_PER_MINUTE_PER_SESSION', perMinute: 30_000 },
  /** Over all sessions of the user. */
  READ_COST_OF_USER: { variable: 'READ_COST_PER_MINUTE_PER_USER', perMinute: 30_000 },
  /** A quarter of it is for the primary alone. */
  READ_COST_OF_ACCOUNT: { variable: 'READ_COST_PER_MINUTE_PER_ACCOUNT', perMinute: 60_000 },
  /** Strangers have one, and who is signed in has another. */
  READ_COST_OF_ADDRESS: { variable: 'READ_COST_PER_MINUTE_PER_ADDRESS', perMinute: 100_000 },
  EXPORTS_OF_ACCOUNT: { variable: 'AUDIT_EXPORTS_PER_MINUTE_PER_ACCOUNT', perMinute: 20 },
  /** What adds events to the log; of a session, an audit token or a service credential. */
  WRITES_OF_SESSION: { variable: 'WRITES_PER_MINUTE_PER_SESSION', perMinute: 120 },
  /** Over all sessions of the user. */
  WRITES_OF_USER: { variable: 'WRITES_PER_MINUTE_PER_USER', perMinute: 240 },
  /** Of all who act in the account; a quarter is for the primary alone, which is more than the primary's own budget. */
  WRITES_OF_ACCOUNT: { variable: 'WRITES_PER_MINUTE_PER_ACCOUNT', perMinute: 1_200 },
} as const satisfies Readonly<Record<string, RequestBudget>>;

export type RequestLimit = keyof typeof REQUEST_BUDGETS;

/** The names of all budgets. */
export const REQUEST_LIMITS = Object.keys(REQUEST_BUDGETS) as readonly RequestLimit[];

/** How many points a minute each budget has; null: no limit. */
export type RequestLimitSettings = Readonly<Record<RequestLimit, number | null>>;

/** Settings that follow the table, one for each budget. */
export function settingsOf(perMinuteOf: (limit: RequestLimit) => number | null): RequestLimitSettings {
  return Object.fromEntries(REQUEST_LIMITS.map((limit) => [limit, perMinuteOf(limit)])) as RequestLimitSettings;
}
