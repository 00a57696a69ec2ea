import type { EventOf } from '../event.js';
import { MINUTE } from '../instant.js';
import type { accountEvents } from './events.js';

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
}

/** NIST SP 800-63B 4.2.3: at AAL2 reauthentication after 30 minutes without use, and after 12 hours whatever happens. */
export const DEFAULT_POLICY: AccountPolicy = {
  trustedDeviceDays: 0,
  codesToEnable: 1,
  idleMinutes: 30,
  absoluteMinutes: 12 * 60,
  newSubUsersNeedMfa: false,
};

/** How long sessions last, in milliseconds. */
export interface SessionLimits {
  readonly idle: number;
  readonly absolute: number;
}

/** The limits of sessions that a policy sets. */
export function limitsOf({ idleMinutes, absoluteMinutes }: AccountPolicy): SessionLimits {
  return { idle: idleMinutes * MINUTE, absolute: absoluteMinutes * MINUTE };
}

type PolicyChanged = Extract<EventOf<typeof accountEvents>, { type: 'AccountPolicyChanged' }>;

/** The policy that an event lays down: all of it, not only what is otherwise. */
export function policyOf({ data }: PolicyChanged): AccountPolicy {
  const { trustedDeviceDays, codesToEnable, idleMinutes, absoluteMinutes, newSubUsersNeedMfa } = data;
  return { trustedDeviceDays, codesToEnable, idleMinutes, absoluteMinutes, newSubUsersNeedMfa };
}
