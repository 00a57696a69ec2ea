import { accept, reject, type Decision } from '../decider.js';
import type { Rejection } from '../rejection.js';
import type { AccountEvent } from './events.js';
import { LONGEST_SESSION_MINUTES, MOST_TRUSTED_DAYS, type AccountPolicy } from './policy.js';

/** Minutes that a session lasts at least, with use or without. */
export const SHORTEST_SESSION_MINUTES = 15;

/** Lays down what holds for all users of an account; what is not named stays as it is. */
export interface SetAccountPolicy {
  readonly type: 'SetAccountPolicy';
  readonly accountId: string;
  readonly changes: Partial<AccountPolicy>;
  /** The verification that was used; null where none was needed. */
  readonly challengeId: string | null;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function checkLimits({ idleMinutes, absoluteMinutes }: AccountPolicy): Rejection[] {
  const refused: Rejection[] = [];
  const isLimit = (minutes: number) => isWhole(minutes, SHORTEST_SESSION_MINUTES, LONGEST_SESSION_MINUTES);
  if (!isLimit(idleMinutes)) refused.push({ code: 'INVALID_SESSION_IDLE' });
  if (!isLimit(absoluteMinutes)) refused.push({ code: 'INVALID_SESSION_ABSOLUTE' });
  // One that is out of bounds is to be mended first, and may be the cause of the other.
  if (refused.length === 0 && idleMinutes > absoluteMinutes) refused.push({ code: 'SESSION_IDLE_TOO_LONG' });
  return refused;
}

/** Every value of a policy that is out of bounds, each as a refusal of its own. */
export function checkPolicy(policy: AccountPolicy): readonly Rejection[] {
  const refused: Rejection[] = [];
  if (!isWhole(policy.trustedDeviceDays, 0, MOST_TRUSTED_DAYS)) refused.push({ code: 'INVALID_TRUSTED_DEVICE_DAYS' });
  if (!isWhole(policy.codesToEnable, 1, 2)) refused.push({ code: 'INVALID_CODES_TO_ENABLE' });
  return [...refused, ...checkLimits(policy)];
}

function isSame(one: AccountPolicy, other: AccountPolicy): boolean {
  return (
    one.trustedDeviceDays === other.trustedDeviceDays &&
    one.codesToEnable === other.codesToEnable &&
    one.idleMinutes === other.idleMinutes &&
    one.absoluteMinutes === other.absoluteMinutes &&
    one.newSubUsersNeedMfa === other.newSubUsersNeedMfa
  );
}

/** The policy with changes made to it; an event says all of it, so that each tells by itself what held from then on. */
export function decidePolicy(command: SetAccountPolicy, policy: AccountPolicy): Decision<AccountEvent> {
  const { accountId, changes, challengeId } = command;
  const { formerLimits: _, loweredTrust: __, ...before } = policy;
  const changed = { ...before, ...changes };
  const [refused] = checkPolicy(changed);
  if (refused !== undefined) return reject(refused);
  if (isSame(changed, policy)) return accept();
  return accept({ type: 'AccountPolicyChanged', data: { accountId, ...changed, challengeId }, personal: null });
}
