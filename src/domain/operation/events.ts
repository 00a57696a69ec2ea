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
};

export type OperationEvent = EventOf<typeof operationEvents>;
