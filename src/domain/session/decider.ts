import { accept, reject, type Decider, type Decision } from '../decider.js';
import { hasElapsed } from '../instant.js';
import { isEndedBy } from '../user/state.js';
import type { EndSession, RaiseSession, SessionCommand, StartSession } from './commands.js';
import { isSecondFactor, type SessionEvent } from './events.js';
import { hasExpired, REFRESH_INTERVAL } from './standing.js';
import { evolveSession, type OpenSession, type SessionState } from './state.js';
import { challengeOperation, useVerification, verifyOperation } from './verification.js';

function startSession(command: StartSession): Decision<SessionEvent> {
  if (!command.isProven) return reject({ code: 'SIGN_IN_FAILED' });
  const { accountId, userId, factors, userVersion, mfaVersion, secretDigest, transport, owes } = command;
  return accept({
    type: 'SessionStarted',
    data: { accountId, userId, factors, userVersion, mfaVersion, secretDigest, transport, owes },
    personal: null,
  });
}

function raiseSession(command: RaiseSession, session: OpenSession): Decision<SessionEvent> {
  const { accountId, userId } = session;
  const { factors, userVersion, mfaVersion, secretDigest, sessionId, sessionsEnded } = command;
  if (isEndedBy(sessionsEnded, sessionId, session.mfaVersion)) return reject({ code: 'SESSION_ENDED' });
  return accept(
    { type: 'SessionRaised', data: { accountId, userId, factors, userVersion, mfaVersion }, personal: null },
    { type: 'SessionRotated', data: { accountId, userId, secretDigest }, personal: null },
  );
}

function endSession(command: EndSession, session: OpenSession): Decision<SessionEvent> {
  const { accountId, userId } = session;
  const { reason } = command;
  // A challenge that was answered in the meantime is a session, which wrong codes do not end.
  if (reason === 'TOO_MANY_WRONG_CODES' && session.factors.some(isSecondFactor)) return accept();
  return accept({ type: 'SessionEnded', data: { accountId, userId, reason }, personal: null });
}

type InSession = Exclude<SessionCommand, StartSession | EndSession>;

function decideInSession(command: InSession, session: OpenSession): Decision<SessionEvent> {
  switch (command.type) {
    case 'RaiseSession':
      return raiseSession(command, session);
    case 'RefreshSession': {
      if (!hasElapsed(REFRESH_INTERVAL, session.lastSeenAt, command.now)) return accept();
      const { accountId, userId } = session;
      return accept({ type: 'SessionRefreshed', data: { accountId, userId }, personal: null });
    }
    case 'ChallengeOperation':
      return challengeOperation(command, session);
    case 'VerifyOperation':
      return verifyOperation(command, session);
    case 'UseVerification':
      return useVerification(command, session);
  }
}

function decide(command: SessionCommand, state: SessionState): Decision<SessionEvent> {
  if (command.type === 'StartSession') {
    return state.status === 'NONE' ? startSession(command) : reject({ code: 'SESSION_ENDED' });
  }
  if (state.status !== 'OPEN') return command.type === 'EndSession' ? accept() : reject({ code: 'SESSION_ENDED' });
  if (command.type === 'EndSession') return endSession(command, state);
  if (hasExpired(state, command.limits, command.now)) return reject({ code: 'SESSION_ENDED' });
  return decideInSession(command, state);
}

/** The rules of one sign-in, from password to end, and of the operation verifications bound to it. */
export const sessionDecider: Decider<SessionState, SessionCommand, SessionEvent> = {
  category: 'session',
  initial: { status: 'NONE' },
  decide,
  evolve: evolveSession,
};
