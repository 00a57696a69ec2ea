import type { CheckMfaCode } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { CodePurpose } from '../domain/mfa/events.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { execute, type Executed } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { decodeSeed, proofOf, type Seed } from './totp.js';

/** The seed of a device, or null where it was destroyed. */
export async function seedOf(app: Application, deviceId: string): Promise<Seed | null> {
  const bytes = await app.vault.get({ kind: 'seed', id: deviceId });
  return bytes && decodeSeed(bytes);
}

/** Compares a code, in its normal form, with the user's device, and counts it against its challenge. */
export async function checkCode(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  {
    code,
    purpose,
    challengeId,
  }: { readonly code: string; readonly purpose: CodePurpose; readonly challengeId: string },
): Promise<Executed<MfaState>> {
  const { accountId, userId } = current.user;
  return execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: bySelf(current),
    command: async ({ state }): Promise<CheckMfaCode> => {
      const now = app.now();
      const deviceId = state.device?.deviceId ?? '';
      const seed = state.device && (await seedOf(app, deviceId));
      const proof = proofOf(deviceId, seed, code, now);
      return { type: 'CheckMfaCode', accountId, userId, purpose, challengeId, proof, now };
    },
  });
}
