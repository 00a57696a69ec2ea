import type { LoggedEventOf } from '../projection.js';

/** What may require a device of a user: a bit each. One more source is one more bit, and turns of its own. */
export const REQUIRED_BY = { ADMINISTRATOR: 1 } as const;

/** How a user is protected, as far as the account counts it. */
export interface Protection {
  /** Whether there is such a user: a requirement may stand before its user does, and codes may come in after it is gone. */
  readonly exists: boolean;
  readonly enabled: boolean;
  /** The sources that require a device, as bits: it is required as long as any does. */
  readonly requiredBy: number;
}

export const UNPROTECTED: Protection = { exists: false, enabled: false, requiredBy: 0 };

/** How many users of an account are protected. */
export interface Counts {
  readonly users: number;
  readonly enabled: number;
  readonly required: number;
  /** Required, and not enabled. */
  readonly overdue: number;
}

export const NOBODY: Counts = { users: 0, enabled: 0, required: 0, overdue: 0 };

/** What one user adds to the counts of its account. */
export function countsOf({ exists, enabled, requiredBy }: Protection): Counts {
  if (!exists) return NOBODY;
  const required = requiredBy !== 0;
  return {
    users: 1,
    enabled: Number(enabled),
    required: Number(required),
    overdue: Number(required && !enabled),
  };
}

export const EXPOSURE_CAUSES = ['CREATED', 'REQUIRED', 'DISABLED'] as const;

/** How it came that a user who had to have a device had none. */
export type ExposureCause = (typeof EXPOSURE_CAUSES)[number];

export const EXPOSURE_ENDINGS = ['ENABLED', 'WAIVED', 'DELETED'] as const;

/** How that ended. */
export type ExposureEnding = (typeof EXPOSURE_ENDINGS)[number];

/** What an event of a type does to a user's protection, and what it is called where an exposure opens or ends by it: it can do one of both. */
type Turn = { readonly change: (before: Protection) => Protection } & (
  | { readonly opens: ExposureCause; readonly ends?: never }
  | { readonly ends: ExposureEnding; readonly opens?: never }
);

function requiring(source: number): Turn['change'] {
  return (before) => ({ ...before, requiredBy: before.requiredBy | source });
}

function waiving(source: number): Turn['change'] {
  return (before) => ({ ...before, requiredBy: before.requiredBy & ~source });
}

/** The events that can change how a user is protected. */
export const TURNS = {
  UserCreated: { change: (before) => ({ ...before, exists: true }), opens: 'CREATED' },
  RegistrationAbandoned: { change: (before) => ({ ...before, exists: false }), ends: 'DELETED' },
  UserDeleted: { change: (before) => ({ ...before, exists: false }), ends: 'DELETED' },
  MfaEnabled: { change: (before) => ({ ...before, enabled: true }), ends: 'ENABLED' },
  MfaDisabled: { change: (before) => ({ ...before, enabled: false }), opens: 'DISABLED' },
  SubUserMfaRequired: { change: requiring(REQUIRED_BY.ADMINISTRATOR), opens: 'REQUIRED' },
  SubUserMfaWaived: { change: waiving(REQUIRED_BY.ADMINISTRATOR), ends: 'WAIVED' },
} as const satisfies Readonly<Record<string, Turn>>;

/** The types of those events. */
export type TurnType = keyof typeof TURNS;

/** An event that can change how a user is protected. */
export type TurnEvent = LoggedEventOf<TurnType>;

/** What an event of a type does. */
export function turnOf(type: TurnType): Turn {
  return TURNS[type];
}
