import type { EnableMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { seedOf } from './check-code.js';
import { execute } from './execute.js';
import { raiseSession } from './raise-session.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { refused, type Result } from './result.js';
import type { IssuedSession } from './sign-in.js';
import { normaliseCode, proofOf } from './totp.js';

export interface EnableMfaInput {
  readonly enrollmentId: string;
  readonly code: string;
}

/**
 * Enables one's own pending device by a code of it, or puts it in place of the old. The session has then proven a second
 * factor: it rises and its token changes. Other sessions end where a device was replaced.
 */
export async function enableMfa(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: EnableMfaInput,
): Promise<Result<IssuedSession>> {
  const code = normaliseCode(input.code);
  if (code === null) return refused({ code: 'INVALID_CODE' });
  const { accountId, userId } = current.user;
  const { enrollmentId: deviceId } = input;
  const enabled = await execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: bySelf(current),
    command: async ({ state }): Promise<EnableMfa> => {
      const now = app.now();
      // Only the seed of one's own pending device is ever opened, whatever id was sent.
      const seed = state.pending?.deviceId === deviceId ? await seedOf(app, deviceId) : null;
      return { type: 'EnableMfa', accountId, userId, deviceId, proof: proofOf(deviceId, seed, code, now), now };
    },
  });
  if (!enabled.accepted) return refused(enabled.rejection);
  return raiseSession(app, request, current, enabled);
}
