import type { Instant } from '../domain/instant.js';
import type { EnableMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Application } from './application.js';
import { seedOf } from './check-code.js';
import { ownerOf } from './owned-id.js';
import { ENROLLING, executeAs } from './execute-as.js';
import { raiseSession } from './raise-session.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refusals, refused, type Result } from './result.js';
import type { IssuedSession } from './sign-in.js';
import { subjectOf } from './subject.js';
import { normaliseCode, proofOf, stepBefore, type Seed } from './totp.js';

export interface EnableMfaInput {
  readonly enrollmentId: string;
  readonly code: string;
  /** The code right after it, where two are given. */
  readonly nextCode?: string | null;
}

export interface EnabledMfa {
  readonly userId: string;
  /** The session, raised, where somebody enabled its own device; null where it was done for another. */
  readonly issued: IssuedSession | null;
}

interface Codes {
  readonly code: string;
  readonly nextCode: string | null;
}

/** The codes in their normal form. */
function codesOf({ code: first, nextCode: next = null }: EnableMfaInput): Result<Codes> {
  const code = normaliseCode(first);
  const nextCode = next === null ? null : normaliseCode(next);
  const invalid = refusals(
    code === null ? { code: 'INVALID_CODE' } : null,
    next !== null && nextCode === null ? { code: 'INVALID_NEXT_CODE' } : null,
  );
  return code === null || invalid.length > 0 ? refused(...invalid) : done({ code, nextCode });
}

/** What codes prove of a device: the second is looked for within the window, the first of two one step earlier. */
function proofsOf(deviceId: string, seed: Seed | null, { code, nextCode }: Codes, now: Instant) {
  if (nextCode === null) return { proof: proofOf(deviceId, seed, code, now), nextProof: null };
  return {
    proof: proofOf(deviceId, seed, code, stepBefore(seed, now)),
    nextProof: proofOf(deviceId, seed, nextCode, now),
  };
}

/**
 * Enables a pending device by a code of it, or two where the account's policy says so, or puts it in place of the old. Who does it for oneself has proven a second
 * factor: the session rises and its token changes. Other sessions end where a device was replaced.
 */
export async function enableMfa(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: EnableMfaInput,
): Promise<Result<EnabledMfa>> {
  const codes = codesOf(input);
  if (!codes.ok) return codes;
  const { enrollmentId: deviceId } = input;
  const subject = await subjectOf(app, current, ownerOf(deviceId), ENROLLING);
  if ('code' in subject) return refused({ code: 'NOT_FOUND' });
  const { accountId, userId } = subject.user;
  const enabled = await executeAs(app, request, subject.acting, {
    decider: mfaDecider,
    id: userId,
    // Only the seed of that user's pending device is ever opened, whatever id was sent.
    prepare: async ({ state }) => (state.pending?.deviceId === deviceId ? seedOf(app, deviceId) : null),
    command: ({ prepared: seed, now }, { policy: { codesToEnable } }): EnableMfa => {
      const proofs = proofsOf(deviceId, seed, codes.value, now);
      return { type: 'EnableMfa', accountId, userId, deviceId, codesToEnable, now, ...proofs };
    },
  });
  if (!enabled.accepted) return refused(enabled.rejection);
  if (!subject.self) return done({ userId, issued: null });
  const raised = await raiseSession(app, request, current, enabled);
  return raised.ok ? done({ userId, issued: raised.value }) : raised;
}
