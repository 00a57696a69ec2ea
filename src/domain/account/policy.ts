import type { EventOf, Recorded } from '../event.js';
import { after, DAY, MINUTE, type Instant } from '../instant.js';
import type { accountEvents } from './events.js';

/** Minutes that a session lasts at most: NIST SP 800-63B 4.2.3 has no more at AAL2. */
export const LONGEST_SESSION_MINUTES = 12 * 60;

/** Limits of sessions that longer ones took the place of at a moment. */
export interface FormerLimits {
  readonly idleMinutes: number;
  readonly absoluteMinutes: number;
  readonly until: Instant;
}

/** Days for which a browser may be trusted at most: longer ago no trust began that still matters. */
export const MOST_TRUSTED_DAYS = 7;

/** The days of trusted browsers were lowered at a moment, to so many. */
export interface LoweredTrust {
  readonly days: number;
  readonly at: Instant;
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
  /** Fewer days from before, as far as they still matter: trust that they had ended stays over. Left out where there are none. */
  readonly loweredTrust?: readonly LoweredTrust[];
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

/** Days for which what began at a moment is trusted: the fewest that the policy has allowed since. */
export function trustedDaysSince(
  since: Instant,
  { trustedDeviceDays, loweredTrust = [] }: Pick<AccountPolicy, 'trustedDeviceDays' | 'loweredTrust'>,
): number {
  const lowered = loweredTrust.filter(({ at }) => since <= at).map(({ days }) => days);
  return Math.min(trustedDeviceDays, MOST_TRUSTED_DAYS, ...lowered);
}

type PolicyChanged = Extract<EventOf<typeof accountEvents>, { type: 'AccountPolicyChanged' }>;

/** The policy that an event lays down: all of it, not only what is otherwise. */
export function policyOf({ data }: PolicyChanged): AccountPolicy {
  const { trustedDeviceDays, codesToEnable, idleMinutes, absoluteMinutes, newSubUsersNeedMfa } = data;
  return { trustedDeviceDays, codesToEnable, idleMinutes, absoluteMinutes, newSubUsersNeedMfa };
}

/** Former limits that are kept; who changes limits more often than this within hours has the oldest ones taken together. */
const MOST_FORMER_LIMITS = 20;

/** The two oldest limits are taken together where there are too many: into limits that end whatever one of them had ended. */
function withRoom(all: readonly FormerLimits[]): readonly FormerLimits[] {
  const [oldest, next, ...others] = all;
  if (oldest === undefined || next === undefined || all.length <= MOST_FORMER_LIMITS) return all;
  const together = {
    idleMinutes: Math.min(oldest.idleMinutes, next.idleMinutes),
    absoluteMinutes: Math.min(oldest.absoluteMinutes, next.absoluteMinutes),
    until: oldest.until > next.until ? oldest.until : next.until,
  };
  return [together, ...others];
}

function formerLimitsAfter(before: AccountPolicy, policy: AccountPolicy, at: Instant): readonly FormerLimits[] {
  const { idleMinutes, absoluteMinutes, formerLimits = [] } = before;
  // What was last in use before that is over by any limits.
  const matter = formerLimits.filter(({ until }) => until > after(at, -LONGEST_SESSION_MINUTES * MINUTE));
  const isLonger = policy.idleMinutes > idleMinutes || policy.absoluteMinutes > absoluteMinutes;
  return isLonger ? withRoom([...matter, { idleMinutes, absoluteMinutes, until: at }]) : matter;
}

function loweredTrustAfter(before: AccountPolicy, policy: AccountPolicy, at: Instant): readonly LoweredTrust[] {
  const { trustedDeviceDays: days } = policy;
  const { loweredTrust = [], trustedDeviceDays } = before;
  const matter = loweredTrust.filter((lowered) => lowered.at > after(at, -MOST_TRUSTED_DAYS * DAY));
  if (days >= trustedDeviceDays) return matter;
  // What was lowered to as many or more before tells nothing beside this.
  return [...matter.filter((lowered) => lowered.days < days), { days, at }];
}

/** The policy from an event on, given the one before: longer limits bring no session back, and more days no trust, that had ended. */
export function policyAfter(before: AccountPolicy, event: Recorded<PolicyChanged>): AccountPolicy {
  const policy = policyOf(event);
  const at = event.metadata.occurredAt;
  const formerLimits = formerLimitsAfter(before, policy, at);
  const loweredTrust = loweredTrustAfter(before, policy, at);
  return {
    ...policy,
    ...(formerLimits.length === 0 ? {} : { formerLimits }),
    ...(loweredTrust.length === 0 ? {} : { loweredTrust }),
  };
}
