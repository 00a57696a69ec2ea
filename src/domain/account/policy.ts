import type { EventOf, Recorded } from '../event.js';
import { after, MINUTE, type Instant } from '../instant.js';
import type { accountEvents } from './events.js';

/** Minutes that a session lasts at most: NIST SP 800-63B 4.2.3 has no more at AAL2. */
export const LONGEST_SESSION_MINUTES = 12 * 60;

/** Limits of sessions that longer ones took the place of at a moment. */
export interface FormerLimits {
  readonly idleMinutes: number;
  readonly absoluteMinutes: number;
  readonly until: Instant;
}

/** What a primary account has laid down for all of its users (rules 2, 7 and 11). */
export interface AccountPolicy {
  /** Days for which a browser may be trusted; 0: none is. */
  readonly trustedDeviceDays: number;
  /** Codes that enabling a device takes: one, or two consecutive ones. */
  readonly codesToEnable: number;
  /** Minutes without use after which a session ends. */
  readonly idleMinutes: number;
  /** Minutes after which a session ends whatever happens. */
  readonly absoluteMinutes: number;
  /** Whether every sub-user that is created from now on has to enable MFA. */
  readonly newSubUsersNeedMfa: boolean;
  /** Limits from before, as far as they still matter: a session that they had ended stays over. Left out where there are none. */
  readonly formerLimits?: readonly FormerLimits[];
}

/** NIST SP 800-63B 4.2.3: at AAL2 reauthentication after 30 minutes without use, and after 12 hours whatever happens. */
export const DEFAULT_POLICY: AccountPolicy = {
  trustedDeviceDays: 0,
  codesToEnable: 1,
  idleMinutes: 30,
  absoluteMinutes: LONGEST_SESSION_MINUTES,
  newSubUsersNeedMfa: false,
};

/** How long sessions last, in milliseconds. */
export interface SessionLimits {
  readonly idle: number;
  readonly absolute: number;
  /** How long they lasted until a moment, where that was less: what was over then stays over. */
  readonly former: readonly (Pick<SessionLimits, 'idle' | 'absolute'> & { readonly until: Instant })[];
}

function inMilliseconds({ idleMinutes, absoluteMinutes }: Pick<AccountPolicy, 'idleMinutes' | 'absoluteMinutes'>) {
  return { idle: idleMinutes * MINUTE, absolute: absoluteMinutes * MINUTE };
}

/** The limits of sessions that a policy sets. */
export function limitsOf(policy: AccountPolicy): SessionLimits {
  const former = (policy.formerLimits ?? []).map((limits) => ({ ...inMilliseconds(limits), until: limits.until }));
  return { ...inMilliseconds(policy), former };
}

type PolicyChanged = Extract<EventOf<typeof accountEvents>, { type: 'AccountPolicyChanged' }>;

/** The policy that an event lays down: all of it, not only what is otherwise. */
export function policyOf({ data }: PolicyChanged): AccountPolicy {
  const { trustedDeviceDays, codesToEnable, idleMinutes, absoluteMinutes, newSubUsersNeedMfa } = data;
  return { trustedDeviceDays, codesToEnable, idleMinutes, absoluteMinutes, newSubUsersNeedMfa };
}

/** The policy from an event on, given the one before: limits that become longer bring no session back that had ended. */
export function policyAfter(before: AccountPolicy, event: Recorded<PolicyChanged>): AccountPolicy {
  const policy = policyOf(event);
  const at = event.metadata.occurredAt;
  const { idleMinutes, absoluteMinutes, formerLimits = [] } = before;
  // What was last in use before that is over by any limits.
  const matter = formerLimits.filter(({ until }) => until > after(at, -LONGEST_SESSION_MINUTES * MINUTE));
  const isLonger = policy.idleMinutes > idleMinutes || policy.absoluteMinutes > absoluteMinutes;
  const former = isLonger ? [...matter, { idleMinutes, absoluteMinutes, until: at }] : matter;
  return former.length === 0 ? policy : { ...policy, formerLimits: former };
}
