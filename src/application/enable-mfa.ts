import type { EnableMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Application } from './application.js';
import { seedOf } from './check-code.js';
import { ownerOf } from './owned-id.js';
import { execute } from './execute.js';
import { raiseSession } from './raise-session.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import type { IssuedSession } from './sign-in.js';
import { subjectOf } from './subject.js';
import { normaliseCode, proofOf } from './totp.js';

export interface EnableMfaInput {
  readonly enrollmentId: string;
  readonly code: string;
}

export interface EnabledMfa {
  readonly userId: string;
  /** The session, raised, where somebody enabled its own device; null where it was done for another. */
  readonly issued: IssuedSession | null;
}

/**
 * Enables a pending device by a code of it, or puts it in place of the old. Who does it for oneself has proven a second
 * factor: the session rises and its token changes. Other sessions end where a device was replaced.
 */
export async function enableMfa(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: EnableMfaInput,
): Promise<Result<EnabledMfa>> {
  const code = normaliseCode(input.code);
  if (code === null) return refused({ code: 'INVALID_CODE' });
  const { enrollmentId: deviceId } = input;
  const subject = await subjectOf(app, current, ownerOf(deviceId));
  if ('code' in subject) return refused({ code: 'NOT_FOUND' });
  const { accountId, userId } = subject.user;
  const enabled = await execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: subject.by,
    command: async ({ state }): Promise<EnableMfa> => {
      const now = app.now();
      // Only the seed of that user's pending device is ever opened, whatever id was sent.
      const seed = state.pending?.deviceId === deviceId ? await seedOf(app, deviceId) : null;
      return { type: 'EnableMfa', accountId, userId, deviceId, proof: proofOf(deviceId, seed, code, now), now };
    },
  });
  if (!enabled.accepted) return refused(enabled.rejection);
  if (!subject.self) return done({ userId, issued: null });
  const raised = await raiseSession(app, request, current, enabled);
  return raised.ok ? done({ userId, issued: raised.value }) : raised;
}
