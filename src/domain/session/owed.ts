import type { MfaState } from '../mfa/state.js';
import type { ActiveUser } from '../user/state.js';
import type { Factor, Owed } from './events.js';

/** What a session is about to be started by. */
export interface StartFacts {
  readonly factors: readonly Factor[];
  readonly user: Pick<ActiveUser, 'mustChangePassword'>;
  readonly mfa: Pick<MfaState, 'device' | 'requirement'>;
}

/** What a session that starts now still has to pass, in the order of its stages; nothing where it is full at once. */
export function owedAtStart({ factors, user, mfa }: StartFacts): readonly Owed[] {
  const owed: Owed[] = [];
  if (mfa.device !== null && !factors.includes('TRUSTED_DEVICE')) owed.push('MFA_CHALLENGE');
  if (user.mustChangePassword) owed.push('PASSWORD_CHANGE');
  // A session that starts now is held to every requirement.
  if (mfa.device === null && mfa.requirement !== null) owed.push('MFA_ENROLLMENT');
  return owed;
}
