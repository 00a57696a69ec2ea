import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../../src/domain/instant.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import { challengeNamed } from '../../../src/domain/session/challenges.js';
import {
  CHALLENGE,
  challengeOperation,
  event,
  later,
  useVerification,
  verifyOperation,
} from '../../support/builders.js';
import { at, given, stateAfter } from '../../support/given.js';

const DELETING = {
  ...{ service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: 'request-digest' },
};
const request = challengeOperation({ operation: 'SERVICE_OPERATION', service: DELETING });

const started = event('SessionStarted');
const challenged = event('ServiceOperationChallenged');
const verified = event('OperationVerified', { operation: 'SERVICE_OPERATION' });
const issued = event('VerificationGrantIssued');

describe('Asking for an operation of another service', () => {
  it('opens a challenge that lives five minutes, and says what is to be verified', () => {
    given(sessionDecider, started).when(request).then(challenged);
  });

  it('again writes nothing while the same challenge is open', () => {
    given(sessionDecider, started, challenged)
      .when({ ...request, challengeId: 'fresh', now: later(MINUTE) })
      .then();
  });

  it('with other arguments opens another challenge', () => {
    given(sessionDecider, started, challenged)
      .when({ ...request, challengeId: 'fresh', argumentsDigest: 'other-arguments' })
      .then(event('ServiceOperationChallenged', { challengeId: 'fresh', argumentsDigest: 'other-arguments' }));
  });

  it('again opens another challenge once a grant has come of the one before', () => {
    given(sessionDecider, started, challenged, verified, issued)
      .when({ ...request, challengeId: 'fresh' })
      .then(event('ServiceOperationChallenged', { challengeId: 'fresh' }));
  });

  it('is remembered with its service and its place in the stream, and nothing that is personal', () => {
    const session = stateAfter(sessionDecider, started, challenged);
    if (session.status !== 'OPEN') throw new Error('the session is over');
    const known = {
      operation: 'SERVICE_OPERATION',
      service: 'vm',
      version: 2,
      verifiedBy: null,
      used: false,
      grant: null,
    };
    expect(challengeNamed(session, CHALLENGE)).toMatchObject(known);
    expect(JSON.stringify(session)).not.toMatch(/DeleteInstance|i-123|request-digest/);
  });
});

describe('Verifying an operation of another service', () => {
  it('issues a grant in the same moment, which lives five minutes', () => {
    given(sessionDecider, started, challenged)
      .when(verifyOperation({ now: later(3 * MINUTE), grantId: 'a-grant' }))
      .then(verified, event('VerificationGrantIssued', { grantId: 'a-grant', expiresAt: later(8 * MINUTE) }));
  });

  it('issues one grant for one challenge', () => {
    given(sessionDecider, started, challenged, verified, issued)
      .when(verifyOperation({ grantId: 'a-second' }))
      .thenRejected('GRANT_ALREADY_ISSUED');
  });

  it('serves for nothing else', () => {
    const use = { operation: 'SERVICE_OPERATION', argumentsDigest: 'arguments' } as const;
    given(sessionDecider, started, challenged, verified, issued)
      .when(useVerification(use))
      .thenRejected('VERIFICATION_REQUIRED');
  });

  it('is refused like that of any other challenge', () => {
    given(sessionDecider, started, challenged)
      .when(verifyOperation({ now: later(5 * MINUTE) }))
      .thenRejected('CHALLENGE_EXPIRED');
    given(sessionDecider, started, challenged)
      .when(verifyOperation({ method: 'VIRTUAL_MFA' }))
      .thenRejected('METHOD_NOT_OFFERED');
    given(sessionDecider, started).when(verifyOperation()).thenRejected('NOT_FOUND');
  });

  it('is remembered as used, with its grant', () => {
    const session = stateAfter(sessionDecider, started, challenged, verified, at(later(7), issued));
    if (session.status !== 'OPEN') throw new Error('the session is over');
    const grant = { grantId: 'grant', issuedAt: later(7), expiresAt: later(5 * MINUTE) };
    expect(challengeNamed(session, CHALLENGE)).toMatchObject({ verifiedBy: 'PASSWORD', used: true, grant });
  });
});

describe('Verifying an operation of this service', () => {
  it('issues no grant', () => {
    given(sessionDecider, started, event('OperationChallenged'))
      .when(verifyOperation())
      .then(event('OperationVerified'));
  });
});
