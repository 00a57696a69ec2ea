import type { CheckMfaCode } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { CodePurpose } from '../domain/mfa/events.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { Application } from './application.js';
import { executeAs, type Acting } from './execute-as.js';
import type { Executed } from './execute.js';
import type { RequestContext } from './request-context.js';
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
  acting: Acting,
  {
    code,
    purpose,
    challengeId,
  }: { readonly code: string; readonly purpose: CodePurpose; readonly challengeId: string },
): Promise<Executed<MfaState>> {
  const { accountId, userId } = acting.current.user;
  return executeAs(app, request, acting, {
    decider: mfaDecider,
    id: userId,
    prepare: async ({ state: { device } }) => device && seedOf(app, device.deviceId),
    command: ({ state, prepared: seed, now }): CheckMfaCode => {
      const deviceId = state.device?.deviceId ?? '';
      const proof = proofOf(deviceId, seed, code, now);
      return { type: 'CheckMfaCode', accountId, userId, purpose, challengeId, proof, now };
    },
  });
}
