import type { ActiveUser } from '../domain/user/state.js';
import type { Authorship } from './execute.js';
import type { CurrentSession } from './request-context.js';

/** The signed-in user acts on itself. */
export function bySelf({ sessionId, user }: Pick<CurrentSession, 'sessionId' | 'user'>): Authorship {
  const { personId, userId } = user;
  return { actor: { kind: 'USER', id: userId }, sessionId, subjectPersonId: personId, requestPersonId: personId };
}

/** The signed-in user acts on somebody else. */
export function byUser(current: CurrentSession, subjectPersonId: string): Authorship {
  return { ...bySelf(current), subjectPersonId };
}

/** Somebody who is not signed in acts on a user: where from is sealed under that user's key. */
export function byStranger({ personId }: Pick<ActiveUser, 'personId'>): Authorship {
  return {
    actor: { kind: 'ANONYMOUS', id: null },
    sessionId: null,
    subjectPersonId: personId,
    requestPersonId: personId,
  };
}

/** The operator acts on a user from the command line: nobody who is signed in. */
export function byOperatorOn({ personId }: Pick<ActiveUser, 'personId'>): Authorship {
  return {
    actor: { kind: 'SYSTEM', id: 'operator' },
    sessionId: null,
    subjectPersonId: personId,
    requestPersonId: null,
  };
}

/** Somebody of whom nothing is kept: names are reserved before there is a person. */
export const byNobody: Authorship = {
  actor: { kind: 'ANONYMOUS', id: null },
  sessionId: null,
  subjectPersonId: null,
  requestPersonId: null,
};
