import { accept, reject, type Decider, type Decision } from '../decider.js';
import { after, isReached, MINUTE, type Instant } from '../instant.js';
import type { UserState } from '../user/state.js';
import type { GrantEvent } from './events.js';
import type { VerificationMethod } from './method.js';
import type { ServiceOperation } from './service-operation.js';

/** A grant is void after so long. */
export const GRANT_LIFETIME = 5 * MINUTE;

/** What a grant says: this user was verified, in this way, for this operation with these arguments. */
export interface Grant extends ServiceOperation {
  /** Names the grant, and the stream of its redemption. */
  readonly grantId: string;
  readonly accountId: string;
  /** The user who was verified. */
  readonly userId: string;
  readonly method: VerificationMethod;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** A grant whose signature was found to be the service's own. */
export type OpenedGrant = Omit<Grant, 'method' | 'issuedAt'>;

export interface GrantState {
  readonly redeemed: boolean;
}

/** Uses a grant up. */
export interface RedeemGrant {
  readonly type: 'RedeemGrant';
  readonly grant: OpenedGrant;
  /** The credential that it comes with: of which account, for which service. */
  readonly credential: {
    readonly credentialId: string;
    readonly accountId: string;
    readonly service: string;
    /** Whether it has not been revoked by now. */
    readonly isLive: boolean;
  };
  /** Whose verification it says, as that user is now. */
  readonly user: UserState;
  readonly now: Instant;
}

/** Whether whoever was verified is still there, with a password of its own: it was neither deleted nor reset since. */
function isStillThere({ expiresAt }: OpenedGrant, user: UserState): boolean {
  if (user.status !== 'ACTIVE') return false;
  return user.resetAt === null || user.resetAt < after(expiresAt, -GRANT_LIFETIME);
}

function decide({ grant, credential, user, now }: RedeemGrant, { redeemed }: GrantState): Decision<GrantEvent> {
  const { accountId, userId, grantId, service, expiresAt } = grant;
  // Of a grant for somebody else no more is told than of one that was made up.
  const isFor = credential.isLive && credential.accountId === accountId && credential.service === service;
  if (!isFor) return reject({ code: 'GRANT_INVALID' });
  if (redeemed) return reject({ code: 'GRANT_ALREADY_REDEEMED' });
  if (isReached(expiresAt, now)) return reject({ code: 'GRANT_EXPIRED' });
  if (!isStillThere(grant, user)) return reject({ code: 'GRANT_INVALID' });
  const { credentialId } = credential;
  return accept({
    type: 'VerificationGrantRedeemed',
    data: { accountId, userId, grantId, credentialId, service },
    personal: null,
  });
}

/** The rules of one grant: redeemed once, by the service that it is for, while it lives. */
export const grantDecider: Decider<GrantState, RedeemGrant, GrantEvent> = {
  category: 'grant',
  initial: { redeemed: false },
  decide,
  evolve: () => ({ redeemed: true }),
};
