import { accept, reject, type Decision } from '../decider.js';
import type { Instant } from '../instant.js';
import type { DisableMfa, NoteSecretDestroyed, RequireSubUserMfa, WaiveSubUserMfa } from './commands.js';
import type { MfaEvent } from './events.js';
import type { MfaState } from './state.js';
import { revokeTrustedDevices } from './trusted-devices.js';

/**
 * Whether a recovery of the account, which was completed at that moment, still has a device to take off. However late it is
 * repeated, it takes off none that was enabled since.
 */
export function isToBeTakenOff(
  { device, recoveryId: doneBy }: MfaState,
  recoveryId: string,
  recoveredAt: Instant,
): boolean {
  return device !== null && doneBy !== recoveryId && device.enabledAt <= recoveredAt;
}

/** Disables the device; one's own only by a proof of it, which a password is not (rule 8). */
export function disableMfa(command: DisableMfa, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, by, challengeId, recoveredAt, verifiedBy } = command;
  if (recoveredAt !== null && !isToBeTakenOff(state, challengeId, recoveredAt)) return accept();
  if (state.device === null) return reject({ code: 'MFA_NOT_ENABLED' });
  if (by === 'SELF' && verifiedBy === 'PASSWORD') return reject({ code: 'VERIFICATION_REQUIRED' });
  const { deviceId } = state.device;
  return accept({ type: 'MfaDisabled', data: { accountId, userId, deviceId, by, challengeId }, personal: null });
}

/** Notes that a seed is gone from the vault. */
export function noteSecretDestroyed(command: NoteSecretDestroyed): Decision<MfaEvent> {
  const { accountId, userId, deviceId } = command;
  return accept({ type: 'MfaSecretDestroyed', data: { accountId, userId, deviceId }, personal: null });
}

/**
 * Requires a device; requiring it again changes something only where it counts sooner, or where browsers were trusted since:
 * these it revokes (rule 11), and leaves the requirement as it is.
 */
export function requireSubUserMfa(command: RequireSubUserMfa, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, effective } = command;
  const { requirement } = state;
  if (requirement !== null && (effective === 'NEXT_SIGN_IN' || requirement.effective === 'IMMEDIATELY'))
    return revokeTrustedDevices({ ...command, type: 'RevokeTrustedDevices', by: 'ADMINISTRATOR' }, state);
  return accept({ type: 'SubUserMfaRequired', data: { accountId, userId, effective }, personal: null });
}

/** Requires a device no more; changes nothing where none was required. */
export function waiveSubUserMfa(command: WaiveSubUserMfa, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, reason, challengeId } = command;
  if (state.requirement === null) return accept();
  return accept({ type: 'SubUserMfaWaived', data: { accountId, userId, challengeId }, personal: { reason } });
}
