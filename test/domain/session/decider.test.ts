import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE } from '../../../src/domain/instant.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import type { SessionCommand } from '../../../src/domain/session/commands.js';
import {
  ACME,
  challengeOperation,
  endSession,
  event,
  later,
  raiseSession,
  refreshSession,
  SAM,
  startSession,
  useVerification,
  verifyOperation,
} from '../../support/builders.js';
import { at, given, NOW, stateAfter } from '../../support/given.js';

const started = event('SessionStarted');
const ended = event('SessionEnded');

/** Every command for a session that is open, at a moment. */
function everyCommand(now = NOW): readonly SessionCommand[] {
  return [
    raiseSession({ now }),
    refreshSession({ now }),
    challengeOperation({ now }),
    verifyOperation({ now }),
    useVerification({ now }),
  ];
}

describe('Starting a session', () => {
  it('records what was proven, what it was decided on, and of its secret the digest only', () => {
    given(sessionDecider)
      .when(startSession({ userVersion: 2, mfaVersion: 7, transport: 'BEARER' }))
      .then(event('SessionStarted', { userVersion: 2, mfaVersion: 7, transport: 'BEARER' }));
  });

  it.each([
    ['open', [started]],
    ['over', [started, ended]],
  ])('happens once, though the session is %s', (_, past) => {
    given(sessionDecider, ...past)
      .when(startSession())
      .thenRejected('SESSION_ENDED');
  });
});

describe('Raising a session', () => {
  it('that was ended by the version that it was decided on changes nothing', () => {
    const sessionsEnded = { atVersion: 3, except: 'another', exceptFrom: 0 };
    given(sessionDecider, event('SessionStarted', { mfaVersion: 2 }))
      .when(raiseSession({ mfaVersion: 4, sessionsEnded }))
      .thenRejected('SESSION_ENDED');
  });

  it('records the second factor and gives it a new secret', () => {
    given(sessionDecider, started)
      .when(raiseSession({ mfaVersion: 4 }))
      .then(event('SessionRaised', { mfaVersion: 4 }), event('SessionRotated'));
  });

  it('voids the secret before', () => {
    const open = stateAfter(sessionDecider, started, event('SessionRaised'), event('SessionRotated'));
    expect(open).toMatchObject({
      factors: ['PASSWORD', 'VIRTUAL_MFA'],
      userVersion: 1,
      mfaVersion: 3,
      secretDigest: 'second-digest',
    });
  });
});

describe('Refreshing a session', () => {
  it('records that it is in use', () => {
    given(sessionDecider, started)
      .when(refreshSession({ now: later(5 * MINUTE) }))
      .then(event('SessionRefreshed'));
  });

  it('writes nothing where something happened in it less than five minutes ago', () => {
    given(sessionDecider, started, at(later(5 * MINUTE), event('SessionRefreshed')))
      .when(refreshSession({ now: later(10 * MINUTE - 1) }))
      .then();
  });
});

describe('Ending a session', () => {
  it.each(['SIGNED_OUT', 'REVOKED', 'TOO_MANY_WRONG_CODES'] as const)('records why: %s', (reason) => {
    given(sessionDecider, started).when(endSession({ reason })).then(event('SessionEnded', { reason }));
  });

  it('by signing out works for a session with a second factor', () => {
    given(sessionDecider, started, event('SessionRaised')).when(endSession()).then(ended);
  });

  it('by wrong codes comes too late where a right one was given meanwhile', () => {
    given(sessionDecider, started, event('SessionRaised'), event('SessionRotated'))
      .when(endSession({ reason: 'TOO_MANY_WRONG_CODES' }))
      .then();
  });

  it.each([
    ['never was', []],
    ['is over', [started, ended]],
  ])('writes nothing where the session %s', (_, past) => {
    given(sessionDecider, ...past)
      .when(endSession())
      .then();
  });
});

describe.each([
  ['that never was', [], NOW],
  ['that was ended', [started, ended], NOW],
  ['that was not used for 30 minutes', [started], later(30 * MINUTE)],
  ['that began 12 hours ago', [started, at(later(12 * HOUR - 1), event('SessionRefreshed'))], later(12 * HOUR)],
] as const)('A session %s', (_, past, now) => {
  it.each(everyCommand(now).map((command) => [command.type, command] as const))('takes no %s', (_type, command) => {
    given(sessionDecider, ...past)
      .when(command)
      .thenRejected('SESSION_ENDED');
  });
});

describe('A session', () => {
  it('takes commands until the last millisecond of its 30 minutes', () => {
    given(sessionDecider, started)
      .when(refreshSession({ now: later(30 * MINUTE - 1) }))
      .then(event('SessionRefreshed'));
  });

  it('takes commands until the last millisecond of its 12 hours', () => {
    given(sessionDecider, started, at(later(12 * HOUR - MINUTE), event('SessionRefreshed')))
      .when(raiseSession({ now: later(12 * HOUR - 1) }))
      .then(event('SessionRaised'), event('SessionRotated'));
  });

  it('is in use where anything happens in it', () => {
    const open = stateAfter(sessionDecider, started, at(later(MINUTE), event('OperationChallenged')));
    expect(open).toMatchObject({ startedAt: NOW, lastSeenAt: later(MINUTE) });
  });

  it('stays over, whatever else is found in its stream', () => {
    const past = [started, ended, event('SessionRefreshed'), event('SessionRaised')];
    expect(stateAfter(sessionDecider, ...past)).toEqual({
      ...{ status: 'ENDED', accountId: ACME, userId: SAM, secretDigest: 'first-digest' },
    });
  });

  it('is nothing before it was started, whatever else is found in its stream', () => {
    expect(stateAfter(sessionDecider, event('SessionRefreshed'))).toEqual({ status: 'NONE' });
  });
});
