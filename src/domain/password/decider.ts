import { accept, reject, type Decider, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import { after, isReached, MINUTE, SECOND, type Instant } from '../instant.js';
import type { PasswordEvent } from './events.js';

/** Wrong passwords in a row that start a back-off. */
export const FAILURES_BEFORE_BACK_OFF = 5;
/** Milliseconds that the first back-off lasts. */
export const FIRST_BACK_OFF = 30 * SECOND;
/** Milliseconds that a back-off lasts at most. */
export const LONGEST_BACK_OFF = 15 * MINUTE;

interface Budget {
  readonly failures: number;
  readonly until: Instant | null;
}

/** The runs of wrong passwords that are not over, by browser; strangers share one. */
export interface PasswordState {
  readonly budgets: Readonly<Record<string, Budget>>;
}

/** Takes note of a password that was compared; a fact, worked out by the shell. */
export interface CheckPassword {
  readonly type: 'CheckPassword';
  readonly accountId: string;
  readonly userId: string;
  /** The browser, if this user has signed in with it before, else null. */
  readonly browserId: string | null;
  readonly matches: boolean;
  /** Whether the password that it was compared with is still that of the user. */
  readonly isCurrent: boolean;
  readonly now: Instant;
}

export interface ClearPasswordBackOff {
  readonly type: 'ClearPasswordBackOff';
  readonly accountId: string;
  readonly userId: string;
}

export type PasswordCommand = CheckPassword | ClearPasswordBackOff;

const STRANGERS = 'strangers';
const FRESH: Budget = { failures: 0, until: null };

/** Budgets that one user has at the same time. */
export const MOST_BUDGETS = 100;

/** Where a browser is counted: for itself, or as a stranger where so many others have a budget that there is no room for one more. */
function keyOf({ budgets }: PasswordState, browserId: string | null): string {
  if (browserId === null) return STRANGERS;
  const own = `browser:${browserId}`;
  return Object.hasOwn(budgets, own) || Object.keys(budgets).length < MOST_BUDGETS ? own : STRANGERS;
}

/** How long passwords back off after so many wrong ones in a row: 30 s from the fifth on, doubling, at most 15 minutes. */
export function backOff(failures: number): number {
  const doublings = Math.min(failures - FAILURES_BEFORE_BACK_OFF, 10);
  return doublings < 0 ? 0 : Math.min(FIRST_BACK_OFF * 2 ** doublings, LONGEST_BACK_OFF);
}

function rejectPassword(command: CheckPassword, failures: number): Decision<PasswordEvent> {
  const { accountId, userId, browserId, now } = command;
  const data = { accountId, userId, browserId, consecutiveFailures: failures };
  const rejected: PasswordEvent = { type: 'PasswordRejected', data, personal: null };
  const wait = backOff(failures);
  if (wait === 0) return reject({ code: 'WRONG_PASSWORD' }, rejected);
  return reject<PasswordEvent>({ code: 'WRONG_PASSWORD' }, rejected, {
    type: 'PasswordBackOffStarted',
    data: { ...data, until: after(now, wait) },
    personal: null,
  });
}

function checkPassword(command: CheckPassword, state: PasswordState): Decision<PasswordEvent> {
  const { accountId, userId, browserId, matches, isCurrent, now } = command;
  const budget = state.budgets[keyOf(state, browserId)] ?? FRESH;
  if (budget.until !== null && !isReached(budget.until, now)) {
    return reject({ code: 'PASSWORD_BACKING_OFF', retryAt: budget.until });
  }
  // The user was deleted, or has another password by now: whether it matched says nothing.
  if (!isCurrent) return reject({ code: 'WRONG_PASSWORD' });
  if (!matches) return rejectPassword(command, budget.failures + 1);
  if (budget.failures === 0) return accept();
  return accept({ type: 'PasswordAccepted', data: { accountId, userId, browserId }, personal: null });
}

function decide(command: PasswordCommand, state: PasswordState): Decision<PasswordEvent> {
  if (command.type === 'CheckPassword') return checkPassword(command, state);
  const { accountId, userId } = command;
  if (Object.keys(state.budgets).length === 0) return accept();
  return accept({ type: 'PasswordBackOffCleared', data: { accountId, userId }, personal: null });
}

function withoutBudget(state: PasswordState, key: string): PasswordState {
  return { budgets: Object.fromEntries(Object.entries(state.budgets).filter(([other]) => other !== key)) };
}

function evolve(state: PasswordState, event: Recorded<PasswordEvent>): PasswordState {
  if (event.type === 'PasswordBackOffCleared') return { budgets: {} };
  const key = keyOf(state, event.data.browserId);
  if (event.type === 'PasswordAccepted') return withoutBudget(state, key);
  const until = event.type === 'PasswordBackOffStarted' ? event.data.until : null;
  return { budgets: { ...state.budgets, [key]: { failures: event.data.consecutiveFailures, until } } };
}

/**
 * The rules of wrong passwords: five in a row, then back-off, never until unlocked; a browser that has signed in before has
 * a budget of its own, so that a stranger cannot keep the owner out. While backing off nothing is recorded.
 */
export const passwordDecider: Decider<PasswordState, PasswordCommand, PasswordEvent> = {
  category: 'password',
  initial: { budgets: {} },
  decide,
  evolve,
};
