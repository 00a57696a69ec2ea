import { describe, expect, it } from '@jest/globals';
import { accountDecider } from '../../../src/domain/account/decider.js';
import {
  checkServiceKnown,
  credentialNamed,
  MOST_SERVICE_CREDENTIALS,
  type CreateServiceCredential,
  type RevokeServiceCredential,
} from '../../../src/domain/account/service-credentials.js';
import { checkCredentialName } from '../../../src/domain/user/names.js';
import { ACME, CHALLENGE, event } from '../../support/builders.js';
import { given, stateAfter, type Past } from '../../support/given.js';
import type { AccountEvent } from '../../../src/domain/account/events.js';

const registered = event('PrimaryAccountRegistered');
const created = event('ServiceCredentialCreated');
const revoked = event('ServiceCredentialRevoked');
const ID = 'credential-of-vm';

const create: CreateServiceCredential = {
  type: 'CreateServiceCredential',
  ...{ accountId: ACME, credentialId: ID, name: 'Virtual machines', service: 'vm' },
  ...{ secretDigest: 'credential-digest', challengeId: CHALLENGE },
};
const revoke: RevokeServiceCredential = { type: 'RevokeServiceCredential', accountId: ACME, credentialId: ID };

const full = Array.from({ length: 20 }, (_, n) => event('ServiceCredentialCreated', { credentialId: `c-${n}` }));

function credentialsAfter(...past: readonly Past<AccountEvent>[]) {
  const account = stateAfter(accountDecider, registered, ...past);
  if (account.status !== 'REGISTERED') throw new Error('there is no account');
  return account.serviceCredentials;
}

describe('Creating a service credential', () => {
  it('records its name, the digest of its secret and the service', () => {
    given(accountDecider, registered).when(create).then(created);
  });

  it('is refused where 20 are live, and possible again once one of them is revoked', () => {
    expect(MOST_SERVICE_CREDENTIALS).toBe(20);
    given(accountDecider, registered, ...full)
      .when(create)
      .thenRejected('TOO_MANY_SERVICE_CREDENTIALS');
    given(accountDecider, registered, ...full, event('ServiceCredentialRevoked', { credentialId: 'c-7' }))
      .when(create)
      .then(created);
  });

  it('is for accounts that there are', () => {
    given(accountDecider).when(create).thenRejected('NOT_FOUND');
    given(accountDecider, event('RegistrationAbandoned')).when(revoke).thenRejected('NOT_FOUND');
  });

  it('takes a name that can be read', () => {
    expect(checkCredentialName(' Virtual machines ')).toBeNull();
    for (const name of ['', ' ', 'x'.repeat(65), 'bell\u0007'])
      expect(checkCredentialName(name)).toEqual({ code: 'INVALID_CREDENTIAL_NAME' });
  });
});

describe('Revoking a service credential', () => {
  it('makes it void, once', () => {
    given(accountDecider, registered, created).when(revoke).then(revoked);
    given(accountDecider, registered, created, revoked).when(revoke).then();
  });

  it.each(['another', 'constructor', '__proto__'])('finds none by the id "%s"', (credentialId) => {
    given(accountDecider, registered, created)
      .when({ ...revoke, credentialId })
      .thenRejected('NOT_FOUND');
    expect(credentialNamed(credentialsAfter(created), credentialId)).toBeUndefined();
  });

  it('leaves the others as they are', () => {
    const other = event('ServiceCredentialCreated', { credentialId: 'other', service: 'dns' });
    const credentials = credentialsAfter(
      created,
      other,
      revoked,
      event('ServiceCredentialRevoked', { credentialId: 'x' }),
    );
    expect(Object.values(credentials).map(({ credentialId, revoked: isVoid }) => [credentialId, isVoid])).toEqual([
      [ID, true],
      ['other', false],
    ]);
  });
});

describe('A service', () => {
  it('is known as long as it has a credential that is live', () => {
    const unknown = { code: 'UNKNOWN_SERVICE' };
    expect(checkServiceKnown(credentialsAfter(), 'vm')).toEqual(unknown);
    expect(checkServiceKnown(credentialsAfter(created), 'vm')).toBeNull();
    expect(checkServiceKnown(credentialsAfter(created), 'dns')).toEqual(unknown);
    expect(checkServiceKnown(credentialsAfter(created, revoked), 'vm')).toEqual(unknown);
    const second = event('ServiceCredentialCreated', { credentialId: 'second' });
    expect(checkServiceKnown(credentialsAfter(created, second, revoked), 'vm')).toBeNull();
  });
});
