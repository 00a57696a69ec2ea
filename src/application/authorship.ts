import { accountDecider } from '../domain/account/decider.js';
import type { Actor } from '../domain/event.js';
import { userDecider } from '../domain/user/decider.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Application } from './application.js';
import { load, type Authorship } from './execute.js';
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

/** A program acts by a token of an account: where from is sealed under the key of its primary. */
export async function byProgram(app: Application, accountId: string, actor: Actor): Promise<Authorship> {
  const { state: account } = await load(app, accountDecider, accountId);
  const primaryUserId = account.status === 'REGISTERED' ? account.primaryUserId : '';
  const { state: primary } = await load(app, userDecider, primaryUserId);
  const requestPersonId = primary.status === 'ACTIVE' ? primary.personId : null;
  return { actor, sessionId: null, subjectPersonId: null, requestPersonId };
}

/** Somebody of whom nothing is kept: names are reserved before there is a person. */
export const byNobody: Authorship = {
  actor: { kind: 'ANONYMOUS', id: null },
  sessionId: null,
  subjectPersonId: null,
  requestPersonId: null,
};
