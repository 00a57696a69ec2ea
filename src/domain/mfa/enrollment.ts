import { accept, reject, type Decision } from '../decider.js';
import { after, isReached, MINUTE } from '../instant.js';
import type { Rejection } from '../rejection.js';
import type { CancelMfaEnrollment, CodeProof, EnableMfa, StartMfaEnrollment } from './commands.js';
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

type WrongCode = 'WRONG_CODE' | 'WRONG_NEXT_CODE';

function rejectCode(code: WrongCode, command: EnableMfa, pending: PendingEnrollment): Decision<MfaEvent> {
  const { accountId, userId, deviceId } = command;
  const attemptsLeft = ENROLLMENT_ATTEMPTS - pending.failures - 1;
  return reject(code === 'WRONG_CODE' ? { code, attemptsLeft, clockOffsetSeconds: null } : { code, attemptsLeft }, {
    type: 'MfaEnrollmentCodeRejected',
    data: { accountId, userId, deviceId, attemptsLeft },
    personal: null,
  });
}

function stepOf(proof: CodeProof, deviceId: string): number | null {
  return proof.deviceId === deviceId ? proof.timeStep : null;
}

/** The step that is proven and burnt: of the one code, or of the second, which has to follow right after the first. */
function provenStep({ deviceId, proof, nextProof }: EnableMfa): number | WrongCode {
  const first = stepOf(proof, deviceId);
  if (first === null) return 'WRONG_CODE';
  if (nextProof === null) return first;
  return stepOf(nextProof, deviceId) === first + 1 ? first + 1 : 'WRONG_NEXT_CODE';
}

/** Why a set-up cannot be proven by what was given, whatever the codes are. */
function checkPending({ codesToEnable, nextProof, now }: EnableMfa, pending: PendingEnrollment): Rejection | null {
  if (isReached(pending.expiresAt, now)) return { code: 'ENROLLMENT_EXPIRED' };
  if (pending.failures >= ENROLLMENT_ATTEMPTS) return { code: 'ENROLLMENT_ENDED' };
  return codesToEnable > 1 && nextProof === null ? { code: 'NEXT_CODE_REQUIRED' } : null;
}

/**
 * Enables the pending device that its codes have proven, or puts it in place of the enabled one in the same append (rule 3).
 * Two codes where the policy asks for one prove more, and are held to the same.
 */
export function enableMfa(command: EnableMfa, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, deviceId } = command;
  const { pending, device } = state;
  if (pending?.deviceId !== deviceId) return reject({ code: 'NOT_FOUND' });
  const refused = checkPending(command, pending);
  if (refused !== null) return reject(refused);
  const timeStep = provenStep(command);
  if (typeof timeStep === 'string') return rejectCode(timeStep, command, pending);
  if (device === null)
    return accept({ type: 'MfaEnabled', data: { accountId, userId, deviceId, timeStep }, personal: null });
  return accept({
    type: 'MfaDeviceReplaced',
    data: { accountId, userId, oldDeviceId: device.deviceId, newDeviceId: deviceId, timeStep },
    personal: null,
  });
}
