import { accept, reject, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import { after, DAY, isReached, type Instant } from '../instant.js';
import type { AccountEvent } from './events.js';

/** A recovery that was begun, and neither called off nor completed. */
export interface PendingRecovery {
  readonly recoveryId: string;
  /** The primary's. */
  readonly userId: string;
  readonly requestedAt: Instant;
  readonly notBefore: Instant;
}

/** A recovery that is done as far as it can be called off; what follows from it may have been broken off. */
export interface CompletedRecovery {
  readonly recoveryId: string;
  readonly completedAt: Instant;
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

/** Decides that the recovery is done: it cannot be called off any more. Again, for one that is done, it changes nothing. */
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
  readonly recovered: CompletedRecovery | null;
}

const DAYS_TO_COMPLETE = 7;

/** Whether a recovery has been left for so long that it cannot be completed any more, and has to be begun anew. */
export function isVoid({ notBefore }: Pick<PendingRecovery, 'notBefore'>, now: Instant): boolean {
  return isReached(after(notBefore, DAYS_TO_COMPLETE * DAY), now);
}

/** Whether what follows from a recovery that is done may still be done, where it broke off. */
export function mayFollowUp({ completedAt }: CompletedRecovery, now: Instant): boolean {
  return !isReached(after(completedAt, DAYS_TO_COMPLETE * DAY), now);
}

function request(command: RequestAccountRecovery, facts: RecoveryFacts): Decision<AccountEvent> {
  const { recoveryId, reason, coolOff, now } = command;
  // Beginning again neither shortens the time nor prolongs it.
  if (facts.recovery !== null && !isVoid(facts.recovery, now)) return accept();
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

function complete(command: CompleteAccountRecovery, facts: RecoveryFacts): Decision<AccountEvent> {
  const { accountId, recovery, recovered } = facts;
  if (recovered?.recoveryId === command.recoveryId && mayFollowUp(recovered, command.now)) return accept();
  const isThere = recovery?.recoveryId === command.recoveryId && !isVoid(recovery, command.now);
  if (!isThere) return reject({ code: 'RECOVERY_NOT_REQUESTED' });
  if (!mayComplete(recovery, command.now)) return reject({ code: 'RECOVERY_TOO_EARLY' });
  const { recoveryId, userId } = recovery;
  return accept({ type: 'AccountRecovered', data: { accountId, userId, recoveryId }, personal: null });
}

/** Begins, calls off or completes the recovery of an account: never without time to call it off, never silently. */
export function decideRecovery(command: RecoveryCommand, facts: RecoveryFacts): Decision<AccountEvent> {
  if (command.type === 'RequestAccountRecovery') return request(command, facts);
  if (command.type === 'CompleteAccountRecovery') return complete(command, facts);
  const { accountId, recovery } = facts;
  if (recovery === null) return reject({ code: 'RECOVERY_NOT_REQUESTED' });
  const { recoveryId, userId } = recovery;
  const { because } = command;
  const data = { accountId, userId, recoveryId, because };
  return accept({ type: 'AccountRecoveryCancelled', data, personal: null });
}

/** The recovery that is pending, and the one that was completed last, if none was begun since. */
export type Recoveries = Pick<RecoveryFacts, 'recovery' | 'recovered'>;

/** What is pending and what is done after an event. */
export function evolveRecovery(before: Recoveries, event: Recorded<AccountEvent>): Recoveries {
  switch (event.type) {
    case 'AccountRecoveryRequested': {
      const { recoveryId, userId, notBefore } = event.data;
      const { occurredAt: requestedAt } = event.metadata;
      return { recovery: { recoveryId, userId, notBefore, requestedAt }, recovered: null };
    }
    case 'AccountRecoveryCancelled':
      return { ...before, recovery: null };
    case 'AccountRecovered': {
      const { recoveryId } = event.data;
      return { recovery: null, recovered: { recoveryId, completedAt: event.metadata.occurredAt } };
    }
    default:
      return before;
  }
}
