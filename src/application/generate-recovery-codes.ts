import type { Instant } from '../domain/instant.js';
import type { GenerateRecoveryCodes } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { MfaState } from '../domain/mfa/state.js';
import { hasJustProven } from '../domain/session/standing.js';
import type { Application } from './application.js';
import { actingOnSelf, executeAs, type Acting } from './execute-as.js';
import { load, type Executed } from './execute.js';
import { challengeFor, guard, notVerified, type Challenged } from './guard.js';
import { ownedId } from './owned-id.js';
import { formatRecoveryCode, newRecoveryCodes, sealableSet } from './recovery-code.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** Codes that were just made; shown this once. */
export interface GeneratedCodes {
  readonly userId: string;
  readonly recoveryCodes: readonly string[];
}

const CALL = { operation: 'GENERATE_RECOVERY_CODES', arguments: {} } as const;

/**
 * A first set needs no verification right after the session has proven the device. It would be a way around every other one for
 * whoever has a session that was stolen later, so it is never had for the asking where operation protection is on.
 */
function needsNone({ mfa, session, user }: CurrentSession, now: Instant): boolean {
  return !user.operationProtection && mfa.recoveryCodes.live === null && hasJustProven(session, now);
}

async function generate(
  app: Application,
  request: RequestContext,
  acting: Acting,
  challengeId: string | null,
): Promise<Executed<MfaState> & { readonly codes: readonly string[] }> {
  const { accountId, userId } = acting.current.user;
  const codeSetId = ownedId(app, userId);
  const codes = newRecoveryCodes(app.randomBytes);
  await app.vault.put({ kind: 'recovery', id: codeSetId }, sealableSet(app, codeSetId, codes));
  const generated = await executeAs(app, request, acting, {
    decider: mfaDecider,
    id: userId,
    command: ({ now }, actor): GenerateRecoveryCodes => ({
      type: 'GenerateRecoveryCodes',
      ...{ accountId, userId, codeSetId, challengeId, now },
      isVerified: challengeId !== null || needsNone(actor, now),
    }),
  });
  return { ...generated, codes };
}

async function generateVerified(
  app: Application,
  request: RequestContext,
  acting: Acting,
  challengeId: string | null,
): Promise<Result<Challenged<GeneratedCodes>>> {
  const generated = await generate(app, request, acting, challengeId);
  if (generated.accepted) {
    const recoveryCodes = generated.codes.map(formatRecoveryCode);
    return done({ challenge: null, userId: acting.current.user.userId, recoveryCodes });
  }
  if (generated.rejection.code !== 'VERIFICATION_REQUIRED') return refused(generated.rejection);
  // Codes were generated meanwhile, which takes a verification to void, or operation protection was switched on.
  return notVerified({ challenge: await challengeFor(app, request, acting, CALL) });
}

/** Makes recovery codes for oneself, in place of those before; these are destroyed soon after (rule 10). */
export async function generateRecoveryCodes(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { challengeId }: { readonly challengeId: string | null },
): Promise<Result<Challenged<GeneratedCodes>>> {
  const { state: mfa } = await load(app, mfaDecider, current.user.userId);
  if (mfa.device === null) return refused({ code: 'RECOVERY_CODES_NEED_DEVICE' });
  const acting = actingOnSelf(current);
  if (challengeId === null && needsNone(current, app.now())) return generateVerified(app, request, acting, null);
  const guarded = await guard(app, request, acting, { ...CALL, challengeId });
  if (!guarded.verified) return notVerified(guarded);
  return generateVerified(app, request, acting, guarded.challengeId);
}
