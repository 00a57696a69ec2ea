import type { TrustDevice } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { MfaState } from '../domain/mfa/state.js';
import { trustedDevices, trustEnd, type TrustFacts } from '../domain/mfa/trusted-devices.js';
import type { Rejection } from '../domain/rejection.js';
import type { Application, Loaded } from './application.js';
import { actingOnSelf, executeAs, OPEN } from './execute-as.js';
import { ownedId } from './owned-id.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { isSecretOf, newSessionSecret, secretDigestOf } from './session-token.js';
import { trustKeptFor, type TrustSecret } from './trusted-browser.js';

/** Whether the browser of a session may be trusted at all; to be known before a code is used up for it. */
export function checkTrustable(app: Application, { policy, session }: CurrentSession): Rejection | null {
  if (session.transport !== 'COOKIE') return { code: 'TRUST_NEEDS_COOKIE' };
  const now = app.now();
  return trustEnd(now, policy) > now ? null : { code: 'TRUSTED_DEVICES_OFF' };
}

/** Trusts the browser of a session that has just proven a second factor; null where that was revoked at the same moment. */
export async function trustBrowser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { state: mfa, version: mfaVersion }: Loaded<MfaState>,
): Promise<TrustSecret | null> {
  const { accountId, userId } = current.user;
  const trustId = ownedId(app, userId);
  const secret = newSessionSecret(app);
  const deviceId = mfa.device?.deviceId ?? '';
  const trusted = await executeAs(app, request, actingOnSelf(current, OPEN), {
    ...{ decider: mfaDecider, id: userId },
    command: ({ now }, { policy, user: { version: userVersion } }): TrustDevice => ({
      type: 'TrustDevice',
      ...{ accountId, userId, trustId, deviceId, mfaVersion, userVersion, policy, now },
      secretDigest: secretDigestOf(secret),
    }),
  });
  return trusted.accepted ? { trustId, secret } : null;
}

/** Whether a request comes from a browser that its user has trusted, and that still is. */
export function comesFromTrustedBrowser(
  app: Application,
  { trustedBrowser = null }: RequestContext,
  userId: string,
  facts: TrustFacts,
): boolean {
  const kept = trustKeptFor(trustedBrowser, userId);
  if (kept === null) return false;
  const device = trustedDevices(facts, app.now()).find(({ trustId }) => trustId === kept.trustId);
  return device !== undefined && isSecretOf(device.secretDigest, kept.secret);
}
