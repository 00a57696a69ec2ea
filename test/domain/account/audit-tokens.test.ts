import { describe, expect, it } from '@jest/globals';
import {
  checkScopes,
  checkTokenLife,
  isLive,
  MOST_AUDIT_TOKENS,
  type CreateAuditToken,
  type NoteAuditTokenUse,
  type RevokeAuditToken,
} from '../../../src/domain/account/audit-tokens.js';
import { accountDecider } from '../../../src/domain/account/decider.js';
import { DAY, HOUR } from '../../../src/domain/instant.js';
import { checkTokenName } from '../../../src/domain/user/names.js';
import { ACME, CHALLENGE, event, later } from '../../support/builders.js';
import { at, given, NOW, stateAfter } from '../../support/given.js';

const registered = event('PrimaryAccountRegistered');
const created = event('AuditTokenCreated');
const used = event('AuditTokenUsed');
const revoked = event('AuditTokenRevoked');

const create: CreateAuditToken = {
  type: 'CreateAuditToken',
  ...{ accountId: ACME, tokenId: 'token', name: 'SIEM', secretDigest: 'token-digest', scopes: ['READ'] },
  ...{ expiresAt: later(30 * DAY), challengeId: CHALLENGE, now: NOW },
};
const revoke: RevokeAuditToken = { type: 'RevokeAuditToken', accountId: ACME, tokenId: 'token' };

function use(now: string): NoteAuditTokenUse {
  return { type: 'NoteAuditTokenUse', accountId: ACME, tokenId: 'token', now };
}

function full(expiresAt: string) {
  return Array.from({ length: MOST_AUDIT_TOKENS }, (_, n) =>
    event('AuditTokenCreated', { tokenId: `token-${n}`, expiresAt }),
  );
}

describe('Creating an audit token', () => {
  it('records its name, the digest of its secret, its scopes and its end', () => {
    given(accountDecider, registered).when(create).then(created);
  });

  it('is refused where 20 are live', () => {
    expect(MOST_AUDIT_TOKENS).toBe(20);
    given(accountDecider, registered, ...full(later(DAY)))
      .when(create)
      .thenRejected('TOO_MANY_AUDIT_TOKENS');
  });

  it('is possible again once one of them is revoked, or they have expired', () => {
    const one = event('AuditTokenRevoked', { tokenId: 'token-7' });
    given(accountDecider, registered, ...full(later(DAY)), one)
      .when(create)
      .then(created);
    given(accountDecider, registered, ...full(NOW))
      .when(create)
      .then(created);
  });

  it('needs an account that has come about', () => {
    given(accountDecider).when(create).thenRejected('NOT_FOUND');
    given(accountDecider, event('RegistrationAbandoned')).when(create).thenRejected('NOT_FOUND');
  });
});

describe('Revoking an audit token', () => {
  it('makes it void', () => {
    given(accountDecider, registered, created).when(revoke).then(revoked);
    const state = stateAfter(accountDecider, registered, created, revoked);
    expect(state).toMatchObject({ auditTokens: { token: { revoked: true } } });
  });

  it('writes nothing a second time', () => {
    given(accountDecider, registered, created, revoked).when(revoke).then();
  });

  it('knows no token of another account', () => {
    given(accountDecider, registered).when(revoke).thenRejected('NOT_FOUND');
    given(accountDecider, registered)
      .when({ ...revoke, tokenId: 'constructor' })
      .thenRejected('NOT_FOUND');
  });
});

describe('The use of an audit token', () => {
  it('is recorded the first time', () => {
    given(accountDecider, registered, created).when(use(NOW)).then(used);
  });

  it('is recorded once a day, by the calendar of UTC', () => {
    const morning = '2026-01-05T00:00:00.000Z';
    given(accountDecider, registered, created, at(morning, used)).when(use('2026-01-05T23:59:59.999Z')).then();
    given(accountDecider, registered, created, at(morning, used)).when(use('2026-01-06T00:00:00.000Z')).then(used);
  });

  it('is not recorded again by a clock that was set back', () => {
    given(accountDecider, registered, created, at(later(5 * DAY), used))
      .when(use(later(4 * DAY)))
      .then();
  });

  it('is refused once it is void', () => {
    given(accountDecider, registered, created, revoked).when(use(NOW)).thenRejected('NOT_FOUND');
    given(accountDecider, registered, created)
      .when(use(later(30 * DAY)))
      .thenRejected('NOT_FOUND');
  });
});

describe('An audit token', () => {
  const token = {
    ...{ tokenId: 'token', secretDigest: 'digest', scopes: ['READ'] as const, lastUsedAt: null },
    ...{ expiresAt: later(HOUR), revoked: false },
  };

  it('is live until the moment it expires', () => {
    expect([later(HOUR - 1), later(HOUR)].map((now) => isLive(token, now))).toEqual([true, false]);
    expect(isLive({ ...token, revoked: true }, NOW)).toBe(false);
  });

  it('is good for something', () => {
    expect(checkScopes([])).toEqual({ code: 'INVALID_SCOPES' });
    expect(checkScopes(['EXPORT'])).toBeNull();
  });

  it('lives 1 to 366 days', () => {
    expect([1, 366].map(checkTokenLife)).toEqual([null, null]);
    expect([0, -1, 367].map((days) => checkTokenLife(days)?.code)).toEqual(Array(3).fill('INVALID_TOKEN_LIFETIME'));
  });

  it('has a name of 1 to 64 characters that can be seen', () => {
    expect(['S', 'x'.repeat(64), ' our SIEM '].map(checkTokenName)).toEqual([null, null, null]);
    const invalid = ['', '  ', 'x'.repeat(65), 'a\u0000b', '\u202eb'].map((name) => checkTokenName(name)?.code);
    expect(invalid).toEqual(Array(5).fill('INVALID_TOKEN_NAME'));
  });
});
