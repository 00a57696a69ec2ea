import { describe, expect, it } from '@jest/globals';
import type { UserCommand } from '../../../src/domain/user/commands.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import { ACME, event, SAM } from '../../support/builders.js';
import { given, sentIn, stateAfter } from '../../support/given.js';

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

const created = event('UserCreated');
const deleted = event('UserDeleted');
const rename = { type: 'RenameUser', username: 'samuel', displayName: 'Samuel' } as const;
const changePassword = {
  type: 'ChangePassword',
  credentialId: 'new-credential',
  oldCredentialId: 'credential',
} as const;
const resetPassword = { type: 'ResetPassword', credentialId: 'new-credential', onceSince: null } as const;

describe('Renaming a user', () => {
  it('gives it another name, and another display name', () => {
    given(userDecider, created).when(rename).then(event('UserRenamed'));
    expect(stateAfter(userDecider, created, event('UserRenamed'))).toMatchObject({
      username: 'samuel',
      displayName: 'Samuel',
    });
  });

  it.each([
    { username: 'sam', displayName: 'Samuel' },
    { username: 'samuel', displayName: 'Sam' },
    { username: 'Sam', displayName: 'Sam' },
  ])('may change one of them only, or how it is written: $username, $displayName', (personal) => {
    given(userDecider, created)
      .when({ type: 'RenameUser', ...personal })
      .then({ ...event('UserRenamed'), personal });
  });

  it('to what it is called writes nothing', () => {
    given(userDecider, created).when({ type: 'RenameUser', username: 'sam', displayName: 'Sam' }).then();
  });

  it('leaves sessions as they are', () => {
    expect(stateAfter(userDecider, created, event('UserRenamed'))).toMatchObject({ sessionsEnded: null });
  });

  it('that was abandoned changes nothing but the version, at which a rename under way loses', () => {
    given(userDecider, created).when({ type: 'AbandonRename' }).then(event('UserRenameAbandoned'));
    const before = stateAfter(userDecider, created);
    expect(stateAfter(userDecider, created, event('UserRenameAbandoned'))).toEqual({ ...before, version: 2 });
  });

  it('leaves no name where the person was erased', () => {
    const erased = { ...event('UserRenamed'), personal: null };
    expect(stateAfter(userDecider, created, erased)).toMatchObject({ username: null, displayName: null });
  });
});

describe('Assigning a role', () => {
  it.each(['ADMIN', 'AUDITOR'] as const)('makes a sub-user %s', (role) => {
    given(userDecider, created).when({ type: 'AssignRole', role }).then(event('RoleAssigned', { role }));
    expect(stateAfter(userDecider, created, event('RoleAssigned', { role }))).toMatchObject({ role });
  });

  it('that the sub-user has writes nothing', () => {
    given(userDecider, created).when({ type: 'AssignRole', role: 'MEMBER' }).then();
  });
});

describe('A new password', () => {
  it('of one’s own choice voids the one before', () => {
    given(userDecider, created).when(changePassword).then(event('PasswordChanged'));
  });

  it('ends every session but the one in which it was chosen', () => {
    expect(stateAfter(userDecider, created, sentIn('acting', event('PasswordChanged')))).toMatchObject({
      credentialId: 'new-credential',
      mustChangePassword: false,
      sessionsEnded: { atVersion: 2, except: 'acting' },
    });
  });

  it('that somebody else has set voids the one before', () => {
    given(userDecider, created).when(resetPassword).then(event('PasswordReset'));
  });

  it('that somebody else has set ends every session, and has to be changed', () => {
    expect(stateAfter(userDecider, created, sentIn('acting', event('PasswordReset')))).toMatchObject({
      credentialId: 'new-credential',
      mustChangePassword: true,
      sessionsEnded: { atVersion: 2, except: null },
    });
  });

  it('of one’s own choice ends that one has to change it', () => {
    const past = [created, event('PasswordReset'), event('PasswordChanged')];
    expect(stateAfter(userDecider, ...past)).toMatchObject({ mustChangePassword: false });
  });

  it('that was on its way when somebody else set one changes nothing', () => {
    given(userDecider, created, event('PasswordReset')).when(changePassword).thenRejected('SESSION_ENDED');
  });

  it('names the one before by what it was at that moment', () => {
    given(userDecider, created, event('PasswordReset'))
      .when({ type: 'ChangePassword', credentialId: 'own', oldCredentialId: 'new-credential' })
      .then(event('PasswordChanged', { credentialId: 'own', oldCredentialId: 'new-credential' }));
  });
});

describe('Deleting a user', () => {
  it('is for good', () => {
    given(userDecider, created).when({ type: 'DeleteUser' }).then(deleted);
    expect(stateAfter(userDecider, created, deleted)).toMatchObject({ status: 'DELETED', username: 'sam' });
  });

  it('writes nothing a second time', () => {
    given(userDecider, created, deleted).when({ type: 'DeleteUser' }).then();
  });

  it('does not make way for another of the same id', () => {
    given(userDecider, created, deleted).when(create).thenRejected('REGISTRATION_ABANDONED');
    given(userDecider, created, deleted).when(abandon).then();
  });
});

const changes: readonly UserCommand[] = [
  ...[rename, changePassword, resetPassword],
  { type: 'AbandonRename' },
  { type: 'AssignRole', role: 'ADMIN' },
];

describe.each([
  ['that never was', []],
  ['whose creation was abandoned', [event('RegistrationAbandoned')]],
  ['that was deleted', [created, deleted]],
] as const)('Of a user %s', (_, past) => {
  it.each(changes.map((command) => [command.type, command] as const))('%s finds nothing', (_type, command) => {
    given(userDecider, ...past)
      .when(command)
      .thenRejected('NOT_FOUND');
  });
});

it.each([
  ['never was', []],
  ['was abandoned', [event('RegistrationAbandoned')]],
])('Deleting a user that %s finds nothing', (_, past) => {
  given(userDecider, ...past)
    .when({ type: 'DeleteUser' })
    .thenRejected('NOT_FOUND');
});

describe('Operation protection', () => {
  const created = event('UserCreated');
  const enabled = event('OperationProtectionEnabled');
  const disable: UserCommand = { type: 'DisableOperationProtection', challengeId: 'challenge' };

  it('is off until it is switched on', () => {
    expect(stateAfter(userDecider, created)).toMatchObject({ operationProtection: false });
    given(userDecider, created).when({ type: 'EnableOperationProtection' }).then(enabled);
    expect(stateAfter(userDecider, created, enabled)).toMatchObject({ operationProtection: true });
  });

  it('is switched off with the verification that was used', () => {
    given(userDecider, created, enabled).when(disable).then(event('OperationProtectionDisabled'));
    const off = stateAfter(userDecider, created, enabled, event('OperationProtectionDisabled'));
    expect(off).toMatchObject({ operationProtection: false });
  });

  it('is as it is to be: nothing is written', () => {
    given(userDecider, created, enabled).when({ type: 'EnableOperationProtection' }).then();
    given(userDecider, created).when(disable).then();
  });

  it('is nobody’s who is gone', () => {
    given(userDecider, created, event('UserDeleted'))
      .when({ type: 'EnableOperationProtection' })
      .thenRejected('NOT_FOUND');
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
      displayName: 'Sam',
      operationProtection: false,
      mustChangePassword: false,
      resetByOperatorAt: null,
      resetAt: null,
      sessionsEnded: null,
    });
  });

  it('has no name any more where the person was erased', () => {
    expect(stateAfter(userDecider, { ...event('UserCreated'), personal: null })).toMatchObject({
      username: null,
      displayName: null,
    });
  });
});

describe('Erasing a user', () => {
  const created = event('UserCreated');
  const deleted = event('UserDeleted');
  const erased = event('UserErased');

  it('names the key of whoever is gone, which is to be destroyed', () => {
    given(userDecider, created, deleted).when({ type: 'EraseUser' }).then(erased);
  });

  it('leaves nothing in its state that it was called', () => {
    const renamed = event('UserRenamed');
    expect(stateAfter(userDecider, created, renamed, deleted, erased)).toMatchObject({
      ...{ status: 'DELETED', erased: true, username: null, displayName: null },
    });
    expect(JSON.stringify(stateAfter(userDecider, created, renamed, deleted, erased))).not.toMatch(/samuel/i);
  });

  it('writes nothing a second time', () => {
    given(userDecider, created, deleted, erased).when({ type: 'EraseUser' }).then();
  });

  it('is refused for a user who is there', () => {
    given(userDecider, created).when({ type: 'EraseUser' }).thenRejected('USER_NOT_DELETED');
  });

  it.each([[], [event('RegistrationAbandoned')]])('finds nobody who never came about', (...past) => {
    given(userDecider, ...past)
      .when({ type: 'EraseUser' })
      .thenRejected('NOT_FOUND');
  });

  it('does not make way for another of the same id', () => {
    given(userDecider, created, deleted, erased).when(create).thenRejected('REGISTRATION_ABANDONED');
  });
});
