import { describe, expect, it } from '@jest/globals';
import { nameDecider, type ReserveName } from '../../../src/domain/name/decider.js';
import { ACME, event, SAM } from '../../support/builders.js';
import { given, stateAfter } from '../../support/given.js';

function reserve(of: Partial<ReserveName> = {}): ReserveName {
  const holder = { accountId: ACME, userId: SAM, owner: 'user-sam' };
  return { type: 'ReserveName', kind: 'USERNAME', ...holder, abandoned: null, ...of };
}

const taker = { userId: 'tom', owner: 'user-tom' };

describe('Reserving a name', () => {
  it.each(['ALIAS', 'EMAIL', 'USERNAME'] as const)('sets aside a free name of kind %s', (kind) => {
    given(nameDecider).when(reserve({ kind })).then(event('NameReserved', { kind }));
  });

  it('is made again where the same owner has it already, so that whoever is taking it over loses that race', () => {
    given(nameDecider, event('NameReserved')).when(reserve()).then(event('NameReserved'));
  });

  it.each([
    ['ALIAS', 'ALIAS_TAKEN'],
    ['EMAIL', 'EMAIL_TAKEN'],
    ['USERNAME', 'USERNAME_TAKEN'],
  ] as const)('is refused where another owner has the name of kind %s', (kind, rejection) => {
    given(nameDecider, event('NameReserved'))
      .when(reserve({ kind, ...taker }))
      .thenRejected(rejection);
  });

  it('takes a name over from an owner who was found abandoned', () => {
    given(nameDecider, event('NameReserved'))
      .when(reserve({ ...taker, abandoned: 'user-sam' }))
      .then(event('NameReserved', taker));
  });

  it('takes a name over from an owner who is called otherwise by now, once its rename was abandoned', () => {
    // That an owner does not use a name is found out on its own stream, where `UserRenameAbandoned` has its rename lose.
    given(nameDecider, event('NameReserved', taker), event('NameReserved'))
      .when(reserve({ userId: 'eve', owner: 'user-eve', abandoned: 'user-sam' }))
      .then(event('NameReserved', { userId: 'eve', owner: 'user-eve' }));
  });

  it('takes nothing over where another owner than the abandoned one has it by now', () => {
    given(nameDecider, event('NameReserved'), event('NameReserved', { userId: 'eve', owner: 'user-eve' }))
      .when(reserve({ ...taker, abandoned: 'user-sam' }))
      .thenRejected('USERNAME_TAKEN');
  });

  it('sets aside a name that was released', () => {
    given(nameDecider, event('NameReserved'), event('NameReleased'))
      .when(reserve(taker))
      .then(event('NameReserved', taker));
  });
});

describe('Releasing a name', () => {
  const release = { type: 'ReleaseName', owner: 'user-sam' } as const;

  it('gives it back', () => {
    given(nameDecider, event('NameReserved')).when(release).then(event('NameReleased'));
  });

  it.each([
    ['is free', []],
    ['was released already', [event('NameReserved'), event('NameReleased')]],
    ['is somebody else’s by now', [event('NameReserved'), event('NameReserved', taker)]],
  ])('writes nothing where it %s', (_, past) => {
    given(nameDecider, ...past)
      .when(release)
      .then();
  });
});

describe('A name', () => {
  it('knows whose it is', () => {
    expect(stateAfter(nameDecider, event('NameReserved'))).toEqual({
      status: 'RESERVED',
      accountId: ACME,
      userId: SAM,
      owner: 'user-sam',
    });
  });

  it('is free once it was released', () => {
    expect(stateAfter(nameDecider, event('NameReserved'), event('NameReleased'))).toEqual({ status: 'FREE' });
  });
});
