import { hasElapsed, type Instant } from '../domain/instant.js';
import type { StartMfaEnrollment } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { EnrollmentProof } from '../domain/mfa/events.js';
import { SIGN_IN_PASSWORD_SERVES } from '../domain/session/standing.js';
import type { OperationChallenge } from '../domain/session/challenges.js';
import { checkDeviceName } from '../domain/user/names.js';
import type { Application } from './application.js';
import { ownedId } from './owned-id.js';
import { ENROLLING, executeAs } from './execute-as.js';
import { challengeFor, guard, isUnverified, notVerified, type GuardedCall } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { subjectOf, type Subject } from './subject.js';
import { base32Of, encodeSeed, keyUriOf, newSeed, type Seed } from './totp.js';

export interface StartMfaEnrollmentInput {
  /** Null: oneself. */
  readonly userId: string | null;
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
function signInPasswordServes(app: Application, { mfa, session }: CurrentSession, { self }: Subject): boolean {
  return self && mfa.device === null && !hasElapsed(SIGN_IN_PASSWORD_SERVES, session.startedAt, app.now());
}

function callOf({ user }: Subject, deviceName: string): GuardedCall {
  return { operation: 'START_MFA_ENROLLMENT', arguments: { userId: user.userId, deviceName } };
}

function shown(app: Application, { user }: Subject, seed: Seed): Pick<StartedEnrollment, 'keyUri' | 'base32'> {
  return { keyUri: keyUriOf(seed, app.issuer, user.username ?? user.userId), base32: base32Of(seed) };
}

async function start(
  app: Application,
  request: RequestContext,
  subject: Subject,
  enrollment: Verified & { readonly deviceName: string },
): Promise<Result<StartedEnrollment>> {
  const { accountId, userId } = subject.user;
  const deviceId = ownedId(app, userId);
  const seed = newSeed(app.randomBytes);
  await app.vault.put({ kind: 'seed', id: deviceId }, encodeSeed(seed));
  const started = await executeAs(app, request, subject.acting, {
    decider: mfaDecider,
    id: userId,
    command: ({ now }): StartMfaEnrollment => ({
      type: 'StartMfaEnrollment',
      ...{ accountId, userId, deviceId, ...enrollment },
      ...{ onBehalf: !subject.self, now },
    }),
  });
  if (!started.accepted) return refused(started.rejection);
  const expiresAt = started.state.pending?.expiresAt ?? app.now();
  const { deviceName } = enrollment;
  return done({ enrollmentId: deviceId, deviceName, expiresAt, ...shown(app, subject, seed) });
}

async function startVerified(
  app: Application,
  request: RequestContext,
  subject: Subject,
  enrollment: Verified & { readonly deviceName: string },
): Promise<Result<EnrollmentStart>> {
  const started = await start(app, request, subject, enrollment);
  if (started.ok) return done({ challenge: null, enrollment: started.value });
  if (!isUnverified(started)) return started;
  // A device was enabled meanwhile: what was verified does not serve any more.
  const call = callOf(subject, enrollment.deviceName);
  return notVerified({ challenge: await challengeFor(app, request, subject.acting, call) });
}

/** Starts setting up a virtual MFA device for oneself, or for a user whom one manages, once the identity was verified. */
export async function startMfaEnrollment(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: StartMfaEnrollmentInput,
): Promise<Result<EnrollmentStart>> {
  const invalid = checkDeviceName(input.deviceName);
  if (invalid !== null) return refused(invalid);
  const subject = await subjectOf(app, current, input.userId, ENROLLING);
  if ('code' in subject) return refused(subject);
  const deviceName = input.deviceName.trim();
  if (input.challengeId === null && signInPasswordServes(app, current, subject)) {
    const verified = { verifiedBy: 'SIGN_IN_PASSWORD', challengeId: null } as const;
    return startVerified(app, request, subject, { ...verified, deviceName });
  }
  const { challengeId } = input;
  const guarded = await guard(app, request, subject.acting, { ...callOf(subject, deviceName), challengeId });
  if (!guarded.verified) return notVerified(guarded);
  const verified = { verifiedBy: guarded.method, challengeId: guarded.challengeId };
  return startVerified(app, request, subject, { ...verified, deviceName });
}
