import { eventType, revised, type EventOf } from '../event.js';
import { count, id, listOf, nullable, oneOf } from '../field.js';
import { operationEvents } from '../operation/events.js';

export const FACTORS = ['PASSWORD', 'VIRTUAL_MFA', 'RECOVERY_CODE', 'TRUSTED_DEVICE'] as const;
/** What a person has proven in a session; that a browser is trusted proves nothing, and only has no code asked for. */
export type Factor = (typeof FACTORS)[number];

/** A factor beside the password that was proven: something that the person has. */
export type SecondFactor = Extract<Factor, 'VIRTUAL_MFA' | 'RECOVERY_CODE'>;

/** Whether a factor is one beside the password that was proven. */
export function isSecondFactor(factor: Factor): factor is SecondFactor {
  return factor === 'VIRTUAL_MFA' || factor === 'RECOVERY_CODE';
}

export const TRANSPORTS = ['COOKIE', 'BEARER'] as const;
/** How the session's token travels. */
export type Transport = (typeof TRANSPORTS)[number];

export const SESSION_ENDINGS = ['SIGNED_OUT', 'REVOKED', 'TOO_MANY_WRONG_CODES'] as const;
export type SessionEnding = (typeof SESSION_ENDINGS)[number];

export const OWED = ['MFA_CHALLENGE', 'PASSWORD_CHANGE', 'MFA_ENROLLMENT'] as const;
/** What a session has to pass before it is full, each by the name of its stage. */
export type Owed = (typeof OWED)[number];

const subject = {
  accountId: id('the account'),
  userId: id('the user who is signed in'),
};

const decidedOn = {
  factors: listOf(oneOf('what was proven', FACTORS)),
  userVersion: count('the version of the user stream that this was decided on'),
  mfaVersion: count('the version of the MFA stream that this was decided on'),
};

export const sessionEvents = {
  SessionStarted: revised(
    eventType('session', 'A right password began a session, or the challenge that may become one.', {
      ...subject,
      ...decidedOn,
      secretDigest: id('base64url of SHA-256 of the secret half of the session token'),
      transport: oneOf('how the session token travels', TRANSPORTS),
      owes: nullable(
        listOf(oneOf('what was still to be passed before the session was full; null where it was not recorded', OWED)),
      ),
    }),
    (data) => ({ ...data, owes: null }),
  ),
  SessionRaised: eventType('session', 'A second factor was proven in this session.', { ...subject, ...decidedOn }),
  SessionRotated: eventType('session', 'The session has a new secret; the one before is void.', {
    ...subject,
    secretDigest: id('base64url of SHA-256 of the new secret'),
  }),
  SessionRefreshed: eventType('session', 'The session was used; recorded at most every 5 minutes.', subject),
  SessionEnded: eventType('session', 'The session is over.', {
    ...subject,
    reason: oneOf('why', SESSION_ENDINGS),
  }),
  ...operationEvents,
};

export type SessionEvent = EventOf<typeof sessionEvents>;
