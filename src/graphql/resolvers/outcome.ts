import { challengeAttemptsLeft, type IssuedSession } from '../../application/sign-in.js';
import { methodsFor } from '../../domain/operation/method.js';
import { adopt, type GraphqlContext } from '../context.js';
import { challengeExpiryOf, viewerOf, type MfaChallengeRequired, type SignedIn } from '../types/session.js';

/** What signing in has come to, for a session that has just begun or risen; it is the request's own from here on. */
export function outcomeOf(context: GraphqlContext, issued: IssuedSession): SignedIn | MfaChallengeRequired {
  const token = adopt(context, issued);
  const { current } = issued;
  if (current.stage === 'FULL') return { viewer: viewerOf(current), token };
  return {
    methods: [...methodsFor(true)],
    attemptsLeft: challengeAttemptsLeft(current),
    expiresAt: challengeExpiryOf(current.session),
    token,
  };
}
