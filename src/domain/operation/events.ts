import { eventType, type EventOf } from '../event.js';
import { id, instant, listOf, oneOf } from '../field.js';
import { GUARDED_OPERATIONS } from './guarded-operations.js';
import { VERIFICATION_METHODS } from './method.js';

const challenge = {
  accountId: id('the account'),
  userId: id('the user whose session it is'),
  challengeId: id('the challenge'),
  operation: oneOf('the operation that it is for', GUARDED_OPERATIONS),
};

/** Events of operation verification; they stand in the session's stream, to which a verification is bound. */
export const operationEvents = {
  OperationChallenged: eventType('session', 'A guarded operation was asked for, and a verification with it.', {
    ...challenge,
    argumentsDigest: id("keyed digest of the operation's arguments, to which the verification is bound"),
    methods: listOf(oneOf('the ways to answer', VERIFICATION_METHODS)),
    expiresAt: instant('when challenge and verification are void'),
  }),
  OperationVerified: eventType('session', 'A challenge was answered; the operation may be sent again, once.', {
    ...challenge,
    method: oneOf('how it was answered', VERIFICATION_METHODS),
  }),
  OperationVerificationUsed: eventType('session', 'A verification was used up by its operation.', challenge),
  ServiceOperationChallenged: eventType(
    'session',
    'Another service had an operation of its own verified, and a challenge was opened for that.',
    {
      accountId: id('the account'),
      userId: id('the user whose session it is'),
      challengeId: id('the challenge'),
      service: id('the service that the grant is to be for'),
      argumentsDigest: id(
        'keyed digest of service, operation, resource and arguments, to which the verification is bound',
      ),
      methods: listOf(oneOf('the ways to answer', VERIFICATION_METHODS)),
      expiresAt: instant('when challenge and verification are void'),
    },
    ['operation', 'resource', 'requestDigest'],
  ),
  VerificationGrantIssued: eventType(
    'session',
    'A verified operation of another service was granted; the grant is redeemed once.',
    {
      accountId: id('the account'),
      userId: id('the user who was verified'),
      challengeId: id('the challenge that was answered'),
      grantId: id('the grant, and the stream that its redemption stands in'),
      service: id('the service that may redeem it'),
      expiresAt: instant('when the grant is void'),
    },
  ),
};

/** The one event of a grant's stream: the first append wins, so that a grant is redeemed once. */
export const grantEvents = {
  VerificationGrantRedeemed: eventType('grant', 'A service redeemed a grant; it cannot be redeemed again.', {
    accountId: id('the account'),
    userId: id('the user who was verified'),
    grantId: id('the grant'),
    credentialId: id('the service credential by which it was redeemed'),
    service: id('the service'),
  }),
};

export type GrantEvent = EventOf<typeof grantEvents>;

export type OperationEvent = EventOf<typeof operationEvents>;
