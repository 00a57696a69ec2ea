import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../../src/domain/instant.js';
import { GRANT_LIFETIME, grantDecider, type RedeemGrant } from '../../../src/domain/operation/grant.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import { ACME, event, later, SAM } from '../../support/builders.js';
import { at, given, stateAfter } from '../../support/given.js';

const redeemed = event('VerificationGrantRedeemed');
const VM = { credentialId: 'credential-of-vm', accountId: ACME, service: 'vm', isLive: true };

const sam = stateAfter(userDecider, event('UserCreated'));

function redeem(credential: Partial<typeof VM> = {}, now = later(1), user = sam): RedeemGrant {
  return {
    type: 'RedeemGrant',
    grant: {
      ...{ grantId: 'grant', accountId: ACME, userId: SAM, expiresAt: later(GRANT_LIFETIME) },
      ...{ service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: 'digest' },
    },
    credential: { ...VM, ...credential },
    user,
    now,
  };
}

describe('A grant', () => {
  it('lives five minutes', () => {
    expect(GRANT_LIFETIME).toBe(5 * MINUTE);
    given(grantDecider)
      .when(redeem({}, later(GRANT_LIFETIME - 1)))
      .then(redeemed);
    given(grantDecider)
      .when(redeem({}, later(GRANT_LIFETIME)))
      .thenRejected('GRANT_EXPIRED');
  });

  it('is redeemed by whichever credential its service has', () => {
    given(grantDecider).when(redeem()).then(redeemed);
    given(grantDecider)
      .when(redeem({ credentialId: 'another-of-vm' }))
      .then(event('VerificationGrantRedeemed', { credentialId: 'another-of-vm' }));
  });

  it('is redeemed once', () => {
    given(grantDecider, redeemed).when(redeem()).thenRejected('GRANT_ALREADY_REDEEMED');
  });

  it('that was redeemed and has expired is said to have been redeemed', () => {
    given(grantDecider, redeemed)
      .when(redeem({}, later(GRANT_LIFETIME)))
      .thenRejected('GRANT_ALREADY_REDEEMED');
  });

  it.each([
    ['was deleted', event('UserDeleted')],
    ['was reset as it was issued', event('PasswordReset')],
    ['was reset after it was issued', at(later(1), event('PasswordReset'))],
  ])('is none once its user %s', (_, since) => {
    const user = stateAfter(userDecider, event('UserCreated'), since);
    given(grantDecider)
      .when(redeem({}, later(2), user))
      .thenRejected('GRANT_INVALID');
    given(grantDecider, redeemed)
      .when(redeem({}, later(2), user))
      .thenRejected('GRANT_ALREADY_REDEEMED');
  });

  it.each([
    ['was reset before', at(later(-1), event('PasswordReset'))],
    ['changed the password', event('PasswordChanged')],
    ['was renamed', event('UserRenamed')],
  ])('is one where its user %s', (_, past) => {
    const user = stateAfter(userDecider, event('UserCreated'), past);
    given(grantDecider)
      .when(redeem({}, later(2), user))
      .then(redeemed);
  });

  it.each([
    ['service', { service: 'dns' }],
    ['account', { accountId: 'another' }],
  ])('is none to another %s, whatever has become of it', (_, other) => {
    given(grantDecider).when(redeem(other)).thenRejected('GRANT_INVALID');
    given(grantDecider, redeemed).when(redeem(other)).thenRejected('GRANT_INVALID');
    given(grantDecider)
      .when(redeem(other, later(GRANT_LIFETIME)))
      .thenRejected('GRANT_INVALID');
  });
});
