import { canonicalJson } from '../canonical/canonical-json.js';
import { limitsOf } from '../domain/account/policy.js';
import type { Instant } from '../domain/instant.js';
import { CHALLENGE_ATTEMPTS } from '../domain/mfa/codes.js';
import { methodsOf } from '../domain/mfa/recovery-codes.js';
import { needsVerification, type GuardedOperation } from '../domain/operation/guarded-operations.js';
import type { VerificationMethod } from '../domain/operation/method.js';
import type { ServiceOperation } from '../domain/operation/service-operation.js';
import type { ChallengeOperation, UseVerification } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import { challengeNamed, type OperationChallenge } from '../domain/session/challenges.js';
import { openChallenge } from '../domain/session/verification.js';
import type { OpenSession } from '../domain/session/state.js';
import type { Application } from './application.js';
import { demanding, executeAs, type Acting } from './execute-as.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** A guarded operation with the arguments that its verification is bound to: none that is secret, and no challenge id. */
export interface GuardedCall {
  readonly operation: GuardedOperation;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What is shown of it where it is another service's, whose arguments it is then; else left out. */
  readonly service?: ServiceOperation;
}

/** A guarded call with the challenge that was answered for it, if it came with one. */
export interface SentCall extends GuardedCall {
  readonly challengeId: string | null;
}

/** Either a verification was used up by this call, or there is a challenge to be answered first. */
export type Guarded =
  { readonly verified: true; readonly method: VerificationMethod; readonly challengeId: string } | NotVerified;

/** The challenge to be answered first, or why there is none. */
export interface NotVerified {
  readonly verified: false;
  readonly challenge: Result<OperationChallenge>;
}

/** What a command answers that was not verified. */
export function notVerified<T>({ challenge }: Pick<NotVerified, 'challenge'>): Result<Challenged<T>> {
  return challenge.ok ? done({ challenge: challenge.value }) : challenge;
}

/** What a guarded command comes to: the challenge to be answered first, or what was done. */
export type Challenged<T> = { readonly challenge: OperationChallenge } | ({ readonly challenge: null } & T);

/**
 * What a verification is bound to: session, operation and arguments, and the device there is to answer by. What was verified by one
 * device, or by the password before there was one, does not serve once there is another.
 */
function digestOf(app: Application, { sessionId, mfa }: CurrentSession, call: GuardedCall): string {
  const { operation, arguments: bound } = call;
  const deviceId = mfa.device?.deviceId ?? null;
  return app.digest('operation-arguments', canonicalJson({ sessionId, deviceId, operation, arguments: bound }));
}

function challengeCommand(
  app: Application,
  actor: CurrentSession,
  call: GuardedCall,
  now: Instant,
): ChallengeOperation {
  const { mfa, policy } = actor;
  const exhausted = Object.entries(mfa.challenges).filter(([, { failures }]) => failures >= CHALLENGE_ATTEMPTS);
  return {
    type: 'ChallengeOperation',
    challengeId: app.newId(),
    ...{ operation: call.operation, service: call.service ?? null, now },
    argumentsDigest: digestOf(app, actor, call),
    methods: methodsOf(mfa),
    exhausted: exhausted.map(([challengeId]) => challengeId),
    limits: limitsOf(policy),
  };
}

/** Opens a challenge for a call, or finds the equal one that is open; refused where the call would be. */
export async function challengeFor(
  app: Application,
  request: RequestContext,
  acting: Acting,
  call: GuardedCall,
): Promise<Result<OperationChallenge>> {
  let open: (session: OpenSession) => OperationChallenge | undefined = () => undefined;
  const challenged = await executeAs(app, request, acting, {
    decider: sessionDecider,
    id: acting.current.sessionId,
    command: ({ now }, actor) => {
      const command = challengeCommand(app, actor, call, now);
      open = (session) => openChallenge(session, command);
      return command;
    },
  });
  if (!challenged.accepted) return refused(challenged.rejection);
  const challenge = challenged.state.status === 'OPEN' ? open(challenged.state) : undefined;
  return challenge === undefined ? refused({ code: 'SESSION_ENDED' }) : done(challenge);
}

/** Uses up the verification that a call came with; where it has none that serves, a challenge is what it gets. */
export async function guard(
  app: Application,
  request: RequestContext,
  acting: Acting,
  { challengeId, ...call }: SentCall,
): Promise<Guarded> {
  if (challengeId === null) return { verified: false, challenge: await challengeFor(app, request, acting, call) };
  const used = await executeAs(app, request, acting, {
    decider: sessionDecider,
    id: acting.current.sessionId,
    command: ({ now }, actor): UseVerification => ({
      type: 'UseVerification',
      challengeId,
      operation: call.operation,
      argumentsDigest: digestOf(app, actor, call),
      limits: limitsOf(actor.policy),
      now,
    }),
  });
  const method = used.state.status === 'OPEN' ? challengeNamed(used.state, challengeId)?.verifiedBy : null;
  if (used.accepted && method) return { verified: true, method, challengeId };
  return { verified: false, challenge: await challengeFor(app, request, acting, call) };
}

/** What a command in a session is done with. */
export interface SessionRequest {
  readonly app: Application;
  readonly request: RequestContext;
  readonly acting: Acting;
}

/**
 * Does what needs a verification only where the actor's operation protection is on (rule 12): there it uses one up first, or
 * answers with a challenge and does nothing; elsewhere a verification that came along is left unused.
 * @param act does it, by an authority that needs a verification if protection was switched on meanwhile; told the verification that
 * was used, null where none was needed
 */
export async function doGuarded<T extends object>(
  { app, request, acting }: SessionRequest,
  call: SentCall,
  act: (acting: Acting, challengeId: string | null) => Promise<Result<T>>,
): Promise<Result<Challenged<T>>> {
  const needed = needsVerification(call.operation, acting.current.user.operationProtection);
  const guarded = needed ? await guard(app, request, acting, call) : null;
  if (guarded?.verified === false) return notVerified(guarded);
  const result =
    guarded === null
      ? await act(demanding(acting, { unverified: call.operation }), null)
      : await act(acting, guarded.challengeId);
  if (result.ok) return done({ challenge: null, ...result.value });
  if (!isUnverified(result)) return result;
  return notVerified({ challenge: await challengeFor(app, request, acting, call) });
}

/** Whether a command was refused since what was verified, if anything, does not serve any more. */
export function isUnverified(result: Result<unknown>): boolean {
  return !result.ok && result.rejections.some(({ code }) => code === 'VERIFICATION_REQUIRED');
}
