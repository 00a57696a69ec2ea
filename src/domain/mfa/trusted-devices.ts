import { trustedDaysSince, type AccountPolicy } from '../account/policy.js';
import { accept, reject, type Decision } from '../decider.js';
import { after, DAY, isReached, type Instant } from '../instant.js';
import type { SessionsEnded } from '../user/state.js';
import type { RevokeTrustedDevices, TrustDevice } from './commands.js';
import type { MfaEvent } from './events.js';
import type { MfaState } from './state.js';
import type { TrustedDevice } from './trusted-device-list.js';

/** When trust that began at a moment is over by a policy, as it is and was since; where that allows none it is over as it begins. */
export function trustEnd(since: Instant, policy: Pick<AccountPolicy, 'trustedDeviceDays' | 'loweredTrust'>): Instant {
  return after(since, trustedDaysSince(since, policy) * DAY);
}

/** What decides whether a browser is trusted. */
export interface TrustFacts {
  readonly mfa: MfaState;
  /** Another password since a browser was trusted revokes that. */
  readonly user: { readonly sessionsEnded: SessionsEnded | null };
  /** Of the account, as it is now. */
  readonly policy: AccountPolicy;
}

function holds({ deviceId, userVersion }: TrustedDevice, { mfa, user }: TrustFacts): boolean {
  return mfa.device?.deviceId === deviceId && (user.sessionsEnded?.atVersion ?? 0) <= userVersion;
}

/**
 * The browsers that are trusted at a moment, each until when. Computed from the policy, password and device of that
 * moment, so that a change of any of them counts at once.
 */
export function trustedDevices(facts: TrustFacts, now: Instant): readonly TrustedDevice[] {
  return facts.mfa.trustedDevices.list
    .filter((device) => holds(device, facts))
    .map((device) => {
      const allowed = trustEnd(device.since, facts.policy);
      return allowed < device.expiresAt ? { ...device, expiresAt: allowed } : device;
    })
    .filter(({ expiresAt }) => !isReached(expiresAt, now));
}

/** Trusts the browser in which the device was proven, if policy and device are what they were then. */
export function trustDevice(command: TrustDevice, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, trustId, secretDigest, deviceId, userVersion, policy, now } = command;
  const expiresAt = trustEnd(now, policy);
  if (isReached(expiresAt, now)) return reject({ code: 'TRUSTED_DEVICES_OFF' });
  const isAsProven = state.device?.deviceId === deviceId && state.trustedDevices.revokedAt <= command.mfaVersion;
  if (!isAsProven) return reject({ code: 'VERIFICATION_REQUIRED' });
  const data = { accountId, userId, trustId, deviceId, secretDigest, userVersion, expiresAt };
  return accept({ type: 'DeviceTrusted', data, personal: null });
}

/** Revokes the trust in every browser; changes nothing where there is none. */
export function revokeTrustedDevices(command: RevokeTrustedDevices, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, by } = command;
  if (state.trustedDevices.list.length === 0) return accept();
  return accept({ type: 'TrustedDevicesRevoked', data: { accountId, userId, by }, personal: null });
}
