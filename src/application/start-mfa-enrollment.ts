import { after, type Instant, isReached } from '../domain/instant.js';
import type { StartMfaEnrollment } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { EnrollmentProof } from '../domain/mfa/events.js';
import { SIGN_IN_PASSWORD_SERVES } from '../domain/session/standing.js';
import type { OperationChallenge } from '../domain/session/state.js';
import { checkDeviceName } from '../domain/user/names.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { execute, load } from './execute.js';
import { challengeFor, guard, type GuardedCall } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { base32Of, encodeSeed, keyUriOf, newSeed, type Seed } from './totp.js';

export interface StartMfaEnrollmentInput {
  readonly deviceName: string;
  readonly challengeId: string | null;
}

/** A pending enrollment; what it shows of the seed is shown this once. */
export interface StartedEnrollment {
  readonly enrollmentId: string;
  readonly deviceName: string;
  readonly expiresAt: Instant;
  readonly keyUri: string;
  readonly base32: string;
}

/** What starting comes to: an enrollment, or the challenge to be answered first. */
export type EnrollmentStart =
  { readonly challenge: OperationChallenge } | { readonly challenge: null; readonly enrollment: StartedEnrollment };

interface Verified {
  readonly verifiedBy: EnrollmentProof;
  readonly challengeId: string | null;
}

// Rule 12: the password of a sign-in moments ago serves for enrolling one's own first device, and nothing else.
function signInPasswordServes(app: Application, { mfa, session }: CurrentSession): boolean {
  return mfa.device === null && !isReached(after(session.startedAt, SIGN_IN_PASSWORD_SERVES), app.now());
}

async function verify(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  call: GuardedCall & { readonly challengeId: string | null },
): Promise<Verified | OperationChallenge> {
  if (call.challengeId === null && signInPasswordServes(app, current)) {
    return { verifiedBy: 'SIGN_IN_PASSWORD', challengeId: null };
  }
  const guarded = await guard(app, request, current, call);
  return guarded.verified ? { verifiedBy: guarded.method, challengeId: guarded.challengeId } : guarded.challenge;
}

function shown(app: Application, current: CurrentSession, seed: Seed): Pick<StartedEnrollment, 'keyUri' | 'base32'> {
  const account = current.user.username ?? current.user.userId;
  return { keyUri: keyUriOf(seed, app.issuer, account), base32: base32Of(seed) };
}

async function start(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  enrollment: Verified & { readonly deviceName: string },
): Promise<Result<StartedEnrollment>> {
  const { accountId, userId } = current.user;
  const deviceId = app.newId();
  const seed = newSeed(app.randomBytes);
  await app.vault.put({ kind: 'seed', id: deviceId }, encodeSeed(seed));
  const started = await execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: bySelf(current),
    command: (): StartMfaEnrollment => ({
      type: 'StartMfaEnrollment',
      ...{ accountId, userId, deviceId, ...enrollment },
      now: app.now(),
    }),
  });
  if (!started.accepted) return refused(started.rejection);
  const expiresAt = started.state.pending?.expiresAt ?? app.now();
  const { deviceName } = enrollment;
  return done({ enrollmentId: deviceId, deviceName, expiresAt, ...shown(app, current, seed) });
}

/** Starts setting up a virtual MFA device for oneself, once the identity was verified. */
export async function startMfaEnrollment(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: StartMfaEnrollmentInput,
): Promise<Result<EnrollmentStart>> {
  const invalid = checkDeviceName(input.deviceName);
  if (invalid !== null) return refused(invalid);
  const deviceName = input.deviceName.trim();
  const call: GuardedCall = {
    operation: 'START_MFA_ENROLLMENT',
    arguments: { userId: current.user.userId, deviceName },
  };
  const verified = await verify(app, request, current, { ...call, challengeId: input.challengeId });
  if ('operation' in verified) return done({ challenge: verified });
  const started = await start(app, request, current, { ...verified, deviceName });
  if (started.ok) return done({ challenge: null, enrollment: started.value });
  if (!started.rejections.some(({ code }) => code === 'VERIFICATION_REQUIRED')) return started;
  // A device was enabled meanwhile: what was verified does not serve any more.
  return done({ challenge: await challengeFor(app, request, await withFreshMfa(app, current), call) });
}

async function withFreshMfa(app: Application, current: CurrentSession): Promise<CurrentSession> {
  return { ...current, mfa: (await load(app, mfaDecider, current.user.userId)).state };
}
