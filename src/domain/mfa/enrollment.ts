import { accept, reject, type Decision } from '../decider.js';
import { after, isReached, MINUTE } from '../instant.js';
import type { CancelMfaEnrollment, EnableMfa, StartMfaEnrollment } from './commands.js';
import type { EnrollmentProof, MfaEvent } from './events.js';
import type { MfaState, PendingEnrollment } from './state.js';

export const ENROLLMENT_LIFETIME = 10 * MINUTE;
/** Wrong codes that end a pending enrollment; its seed is known to whoever gives them, so this only bounds the log. */
export const ENROLLMENT_ATTEMPTS = 10;

/** Whether a proof is by what only the owner of a device has. */
function provesDevice(proof: EnrollmentProof): boolean {
  return proof === 'VIRTUAL_MFA' || proof === 'RECOVERY_CODE';
}

/**
 * A new pending enrollment in place of the one before; an enabled device is never touched.
 * One's own password proves nothing once there is a device to ask for (rule 12); a recovery code does, for a phone that is lost.
 */
export function startMfaEnrollment(command: StartMfaEnrollment, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, deviceId, deviceName, verifiedBy, challengeId, now } = command;
  const owesCode = state.device !== null && !command.onBehalf;
  if (owesCode && !provesDevice(verifiedBy)) return reject({ code: 'VERIFICATION_REQUIRED' });
  return accept({
    type: 'MfaEnrollmentStarted',
    data: { accountId, userId, deviceId, expiresAt: after(now, ENROLLMENT_LIFETIME), verifiedBy, challengeId },
    personal: { deviceName },
  });
}

/** Gives up the pending enrollment that is named. */
export function cancelMfaEnrollment(command: CancelMfaEnrollment, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, deviceId } = command;
  if (state.pending?.deviceId !== deviceId) return reject({ code: 'NOT_FOUND' });
  return accept({ type: 'MfaEnrollmentCancelled', data: { accountId, userId, deviceId }, personal: null });
}

function rejectCode(command: EnableMfa, pending: PendingEnrollment): Decision<MfaEvent> {
  const { accountId, userId, deviceId } = command;
  const attemptsLeft = ENROLLMENT_ATTEMPTS - pending.failures - 1;
  return reject(
    { code: 'WRONG_CODE', attemptsLeft, clockOffsetSeconds: null },
    { type: 'MfaEnrollmentCodeRejected', data: { accountId, userId, deviceId, attemptsLeft }, personal: null },
  );
}

function provenStep(command: EnableMfa): number | null {
  return command.proof.deviceId === command.deviceId ? command.proof.timeStep : null;
}

/** Enables the pending device that a code has proven, or puts it in place of the enabled one in the same append (rule 3). */
export function enableMfa(command: EnableMfa, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, deviceId, now } = command;
  const { pending, device } = state;
  if (pending?.deviceId !== deviceId) return reject({ code: 'NOT_FOUND' });
  if (isReached(pending.expiresAt, now)) return reject({ code: 'ENROLLMENT_EXPIRED' });
  if (pending.failures >= ENROLLMENT_ATTEMPTS) return reject({ code: 'ENROLLMENT_ENDED' });
  const timeStep = provenStep(command);
  if (timeStep === null) return rejectCode(command, pending);
  if (device === null)
    return accept({ type: 'MfaEnabled', data: { accountId, userId, deviceId, timeStep }, personal: null });
  return accept({
    type: 'MfaDeviceReplaced',
    data: { accountId, userId, oldDeviceId: device.deviceId, newDeviceId: deviceId, timeStep },
    personal: null,
  });
}
