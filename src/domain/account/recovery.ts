import { accept, reject, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import { after, isReached, type Instant } from '../instant.js';
import type { AccountEvent } from './events.js';

/** A recovery that was begun, and neither called off nor completed. */
export interface PendingRecovery {
  readonly recoveryId: string;
  /** The primary's. */
  readonly userId: string;
  readonly requestedAt: Instant;
  readonly notBefore: Instant;
}

/** Begins to recover an account whose primary has lost phone and recovery codes. */
export interface RequestAccountRecovery {
  readonly type: 'RequestAccountRecovery';
  /** Fresh; used unless a recovery is pending. */
  readonly recoveryId: string;
  readonly reason: string;
  /** Milliseconds in which it can be called off. */
  readonly coolOff: number;
  readonly now: Instant;
}

/** Calls the recovery off. */
export interface CancelAccountRecovery {
  readonly type: 'CancelAccountRecovery';
  readonly because: 'OWNER' | 'SIGN_IN' | 'OPERATOR';
}

/** Notes that the recovery is done. */
export interface CompleteAccountRecovery {
  readonly type: 'CompleteAccountRecovery';
  readonly recoveryId: string;
  readonly now: Instant;
}

export type RecoveryCommand = RequestAccountRecovery | CancelAccountRecovery | CompleteAccountRecovery;

/** Of which account, of whom, and what is pending. */
export interface RecoveryFacts {
  readonly accountId: string;
  readonly primaryUserId: string;
  readonly recovery: PendingRecovery | null;
}

function request(command: RequestAccountRecovery, facts: RecoveryFacts): Decision<AccountEvent> {
  // Beginning again neither shortens the time nor prolongs it.
  if (facts.recovery !== null) return accept();
  const { recoveryId, reason, coolOff, now } = command;
  const { accountId, primaryUserId: userId } = facts;
  const notBefore = after(now, coolOff);
  return accept({
    type: 'AccountRecoveryRequested',
    data: { accountId, userId, recoveryId, notBefore },
    personal: { reason },
  });
}

/** Whether the recovery may be completed: not before its time, so that whoever owns the account can call it off. */
export function mayComplete(recovery: PendingRecovery, now: Instant): boolean {
  return isReached(recovery.notBefore, now);
}

/** Begins, calls off or completes the recovery of an account: never without time to call it off, never silently. */
export function decideRecovery(command: RecoveryCommand, facts: RecoveryFacts): Decision<AccountEvent> {
  if (command.type === 'RequestAccountRecovery') return request(command, facts);
  const { accountId, recovery } = facts;
  if (recovery === null) return reject({ code: 'RECOVERY_NOT_REQUESTED' });
  const { recoveryId, userId } = recovery;
  const data = { accountId, userId, recoveryId };
  if (command.type === 'CancelAccountRecovery') {
    const { because } = command;
    return accept({ type: 'AccountRecoveryCancelled', data: { ...data, because }, personal: null });
  }
  if (command.recoveryId !== recoveryId) return reject({ code: 'RECOVERY_NOT_REQUESTED' });
  if (!mayComplete(recovery, command.now)) return reject({ code: 'RECOVERY_TOO_EARLY' });
  return accept({ type: 'AccountRecovered', data, personal: null });
}

/** The recovery that is pending after an event. */
export function evolveRecovery(before: PendingRecovery | null, event: Recorded<AccountEvent>): PendingRecovery | null {
  switch (event.type) {
    case 'AccountRecoveryRequested': {
      const { recoveryId, userId, notBefore } = event.data;
      return { recoveryId, userId, notBefore, requestedAt: event.metadata.occurredAt };
    }
    case 'AccountRecoveryCancelled':
    case 'AccountRecovered':
      return null;
    default:
      return before;
  }
}
