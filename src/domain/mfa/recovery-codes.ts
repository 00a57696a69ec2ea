import { accept, reject, type Decision } from '../decider.js';
import { hasElapsed, HOUR, type Instant } from '../instant.js';
import { methodsFor, type VerificationMethod } from '../operation/method.js';
import { attemptsLeft } from './codes.js';
import type { CheckRecoveryCode, GenerateRecoveryCodes, NoteRecoveryCodesDestroyed } from './commands.js';
import type { MfaEvent } from './events.js';
import { codesLeftOf, type RecoveryCodeSet } from './recovery-code-set.js';
import type { MfaState } from './state.js';

/** Codes in a set. */
export const RECOVERY_CODES = 10;
/** So many left are few: their owner is told to generate others. */
export const FEW_RECOVERY_CODES = 2;

/** How many recovery codes a user has left; null where there are none that were generated since MFA was enabled. */
export function recoveryCodesLeft({ recoveryCodes }: Pick<MfaState, 'recoveryCodes'>): number | null {
  return codesLeftOf(recoveryCodes.live);
}

/** Whether so many codes left are few enough to warn; a user without a set is warned by that. */
export function areFew(codesLeft: number | null): boolean {
  return codesLeft !== null && codesLeft <= FEW_RECOVERY_CODES;
}

/** The ways in which a user can be verified: a code of the device or a recovery code; the password only while there is no device. */
export function methodsOf(mfa: MfaState): readonly VerificationMethod[] {
  return methodsFor(mfa.device !== null, (recoveryCodesLeft(mfa) ?? 0) > 0);
}

/** A set in place of the one before. A first one can do without a verification; that there was none is decided here (rule 10). */
export function generateRecoveryCodes(command: GenerateRecoveryCodes, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, codeSetId, challengeId, isVerified } = command;
  if (state.device === null) return reject({ code: 'RECOVERY_CODES_NEED_DEVICE' });
  const isFirst = state.recoveryCodes.live === null;
  if (!isVerified || (challengeId === null && !isFirst)) return reject({ code: 'VERIFICATION_REQUIRED' });
  return accept({
    type: 'RecoveryCodesGenerated',
    data: { accountId, userId, codeSetId, count: RECOVERY_CODES, challengeId },
    personal: null,
  });
}

/** Recovery codes in a row that are not right, within an hour, after which no more of them are recorded. */
export const REJECTIONS_RECORDED = 20;

function areRecorded({ rejectedRecovery }: MfaState, now: Instant): boolean {
  if (rejectedRecovery === null || hasElapsed(HOUR, rejectedRecovery.since, now)) return true;
  return rejectedRecovery.count < REJECTIONS_RECORDED;
}

interface Attempt {
  readonly command: CheckRecoveryCode;
  readonly set: RecoveryCodeSet;
  /** Too many that are not right are refused without a trace, lest they fill the log. */
  readonly isRecorded: boolean;
  readonly attemptsLeft: number;
}

function dataOf({ command, set }: Attempt) {
  const { accountId, userId, purpose, challengeId } = command;
  return { accountId, userId, codeSetId: set.codeSetId, purpose, challengeId };
}

function rejectCode(attempt: Attempt, reason: 'WRONG' | 'USED'): Decision<MfaEvent> {
  const { attemptsLeft } = attempt;
  if (!attempt.isRecorded) return reject({ code: 'WRONG_RECOVERY_CODE', attemptsLeft });
  return reject(
    { code: 'WRONG_RECOVERY_CODE', attemptsLeft },
    { type: 'RecoveryCodeRejected', data: { ...dataOf(attempt), reason, attemptsLeft }, personal: null },
  );
}

/**
 * Checks a recovery code against its challenge and what was used. One that is not right counts against the challenge
 * only, and no lock shuts it out: 120 bits cannot be guessed, and the owner must get in (rule 5). Twenty in a row within an hour
 * are recorded; more are refused alike, and a right one is accepted at any time.
 */
export function checkRecoveryCode(command: CheckRecoveryCode, state: MfaState): Decision<MfaEvent> {
  const set = state.recoveryCodes.live;
  if (set === null || state.device === null) return reject({ code: 'METHOD_NOT_OFFERED' });
  const left = attemptsLeft(state, command.challengeId);
  if (left === 0) return reject({ code: 'CHALLENGE_ENDED' });
  const isRecorded = areRecorded(state, command.now);
  const attempt = { command, set, isRecorded, attemptsLeft: isRecorded ? left - 1 : left };
  const place = command.proof.codeSetId === set.codeSetId ? command.proof.place : null;
  if (place === null) return rejectCode(attempt, 'WRONG');
  if (set.used.includes(place)) return rejectCode(attempt, 'USED');
  const codesLeft = set.count - set.used.length - 1;
  return accept({ type: 'RecoveryCodeUsed', data: { ...dataOf(attempt), place, codesLeft }, personal: null });
}

/** Notes that a set is gone from the vault, once. */
export function noteRecoveryCodesDestroyed(command: NoteRecoveryCodesDestroyed, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId, codeSetId } = command;
  const { live, voidSets } = state.recoveryCodes;
  if (live?.codeSetId !== codeSetId && !voidSets.includes(codeSetId)) return accept();
  return accept({ type: 'RecoveryCodesDestroyed', data: { accountId, userId, codeSetId }, personal: null });
}
