import { describe, expect, it } from '@jest/globals';
import { userDecider, type UserCommand } from '../../../src/domain/user/decider.js';
import { ACME, event, SAM } from '../../support/builders.js';
import { given, stateAfter } from '../../support/given.js';

const create = {
  type: 'CreateUser',
  accountId: ACME,
  userId: SAM,
  kind: 'SUB_USER',
  role: 'MEMBER',
  credentialId: 'credential',
  personId: 'person',
  username: 'sam',
  displayName: 'Sam',
  email: 'sam@example.com',
} as const;
const abandon: UserCommand = { type: 'AbandonRegistration', accountId: ACME, userId: SAM };

describe('Creating a user', () => {
  it('makes a sub-user with a role', () => {
    given(userDecider).when(create).then(event('UserCreated'));
  });

  it('makes a primary without a role', () => {
    given(userDecider)
      .when({ ...create, kind: 'PRIMARY', role: null })
      .then(event('UserCreated', { kind: 'PRIMARY', role: null }));
  });

  it('needs no e-mail address', () => {
    given(userDecider)
      .when({ ...create, email: null })
      .then({ ...event('UserCreated'), personal: { username: 'sam', displayName: 'Sam', email: null } });
  });

  it('comes too late where the registration was abandoned for somebody else', () => {
    given(userDecider, event('RegistrationAbandoned')).when(create).thenRejected('REGISTRATION_ABANDONED');
  });

  it('happens once', () => {
    given(userDecider, event('UserCreated')).when(create).thenRejected('REGISTRATION_ABANDONED');
  });
});

describe('Abandoning the creation of a user', () => {
  it('closes the stream of a user who never came about', () => {
    given(userDecider).when(abandon).then(event('RegistrationAbandoned'));
  });

  it('writes nothing a second time', () => {
    given(userDecider, event('RegistrationAbandoned')).when(abandon).then();
  });

  it('leaves a user who has come about as it is', () => {
    given(userDecider, event('UserCreated')).when(abandon).then();
  });
});

describe('A user', () => {
  it('is active from its creation on', () => {
    expect(stateAfter(userDecider, event('UserCreated'))).toEqual({
      status: 'ACTIVE',
      version: 1,
      accountId: ACME,
      userId: SAM,
      kind: 'SUB_USER',
      role: 'MEMBER',
      credentialId: 'credential',
      personId: 'person',
      username: 'sam',
    });
  });

  it('has no name any more where the person was erased', () => {
    expect(stateAfter(userDecider, { ...event('UserCreated'), personal: null })).toMatchObject({ username: null });
  });
});
