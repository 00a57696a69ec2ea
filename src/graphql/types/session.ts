import { GraphQLDateTime } from 'graphql-scalars';
import { createUnionType, Field, Int, ObjectType } from 'type-graphql';
import type { CurrentSession } from '../../application/request-context.js';
import { limitsOf } from '../../domain/account/policy.js';
import { areFew, recoveryCodesLeft } from '../../domain/mfa/recovery-codes.js';
import { isSecondFactor, type Factor } from '../../domain/session/events.js';
import type { SessionView } from '../../projections/sessions/session-queries.js';
import type { VerificationMethod } from '../../domain/operation/method.js';
import { challengeExpiryOf, expiryOf, type SessionStage } from '../../domain/session/standing.js';
import { SecurityNoticeEnum, SessionStageEnum, VerificationMethodEnum, type SecurityNotice } from './enums.js';
import { MfaChallenge } from './mfa-challenge.js';
import { Node } from './node.js';
import { User } from './user.js';

@ObjectType('Session', { implements: Node, description: 'One sign-in, from the password to its end.' })
export class Session extends Node {
  @Field(() => Boolean, { description: 'Whether it is the session of this request.' })
  current!: boolean;

  @Field(() => SessionStageEnum, { description: 'What the session must do next.' })
  stage!: SessionStage;

  @Field(() => Boolean, {
    description: 'Whether no code was asked for, since the browser is trusted; revoking that has one asked for again.',
  })
  trustedDevice!: boolean;

  @Field(() => GraphQLDateTime, { description: 'When the password was given.' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When the session was last in use, to about 5 minutes.' })
  lastSeenAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When the session ends, if it is not used again.' })
  expiresAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'The IP address that it was begun from; null where it was erased.',
  })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: 'What the client called itself; null where it was erased.' })
  userAgent!: string | null;
}

@ObjectType('AccountRecovery', {
  description:
    "An operator has begun to take the primary's MFA off, since phone and recovery codes are said to be lost. `cancelAccountRecovery` calls it off.",
})
export class AccountRecovery {
  @Field(() => GraphQLDateTime, { description: 'When it was begun.' })
  requestedAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When it can be completed at the earliest.' })
  notBefore!: Date;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it was completed, and the primary's MFA taken off; null while it can be called off.",
  })
  completedAt!: Date | null;
}

@ObjectType('Viewer', { description: 'Whoever is signed in with this request.' })
export class Viewer {
  @Field(() => User, {
    nullable: true,
    description: 'The user; null until the session is full, or has to enable a device.',
  })
  user?: User | null;

  @Field(() => AccountRecovery, {
    nullable: true,
    description:
      'The recovery of the account that is pending, or was completed in the last 30 days, for the primary and for `ADMIN`s in a full session; null for others, and where there is none.',
  })
  accountRecovery?: AccountRecovery | null;

  @Field(() => MfaChallenge, {
    nullable: true,
    description: 'What has to be answered first, where the session owes a code; else null.',
  })
  mfaChallenge?: MfaChallenge | null;

  @Field(() => Session, { description: 'The session.' })
  session!: Session;

  @Field(() => SessionStageEnum, { description: 'What the session must do next.' })
  stage!: SessionStage;

  @Field(() => String, {
    description: 'How strong the sign-in was: `aal1` by password alone, `aal2` with a second factor (NIST SP 800-63B).',
  })
  acr!: string;

  @Field(() => [String], {
    description: 'What was proven: `pwd`, `otp`, `mfa` (RFC 8176); by a recovery code `pwd`, `mfa`.',
  })
  amr!: string[];

  @Field(() => [SecurityNoticeEnum], {
    description: 'What the user should see to, once the session is full: that recovery codes are few, or none.',
  })
  notices!: SecurityNotice[];

  @Field(() => Int, {
    description: 'Codes that enabling a device takes, by the account policy: 1, or 2 that follow each other.',
  })
  codesToEnable!: number;

  @Field(() => Int, {
    description: 'Days for which the user may trust a browser, by the account policy; 0: not at all.',
  })
  trustedDeviceDays!: number;
}

@ObjectType('SignedIn', { description: 'The session is full.' })
export class SignedIn {
  @Field(() => Viewer, { description: 'Who is signed in now.' })
  viewer!: Viewer;

  @Field(() => String, {
    nullable: true,
    description: 'The session token, only for the transport `BEARER`. The one before is void.',
  })
  token!: string | null;
}

@ObjectType('MfaChallengeRequired', {
  description:
    'The password was right; a second factor is asked for. Answer with `answerMfaChallenge` in the same session.',
})
export class MfaChallengeRequired {
  @Field(() => [VerificationMethodEnum], { description: 'The ways to answer.' })
  methods!: VerificationMethod[];

  @Field(() => Int, { description: 'How many codes may be tried.' })
  attemptsLeft!: number;

  @Field(() => GraphQLDateTime, { description: 'When it is too late, and one has to sign in again.' })
  expiresAt!: Date;

  @Field(() => String, { nullable: true, description: 'The session token, only for the transport `BEARER`.' })
  token!: string | null;
}

@ObjectType('MfaEnrollmentRequired', {
  description: 'A virtual MFA device is required: set one up and enable it, in the same session, before anything else.',
})
export class MfaEnrollmentRequired {
  @Field(() => Viewer, { description: 'Who is signed in, so far.' })
  viewer!: Viewer;

  @Field(() => String, { nullable: true, description: 'The session token, only for the transport `BEARER`.' })
  token!: string | null;
}

@ObjectType('PasswordChangeRequired', {
  description:
    'Somebody else has set the password: choose one with `changePassword`, in the same session, before anything else.',
})
export class PasswordChangeRequired {
  @Field(() => Viewer, { description: 'Who is signed in, so far.' })
  viewer!: Viewer;

  @Field(() => String, { nullable: true, description: 'The session token, only for the transport `BEARER`.' })
  token!: string | null;
}

/** What signing in has come to, as resolvers hand it over. */
export type SignInOutcomeType = SignedIn | MfaChallengeRequired | MfaEnrollmentRequired | PasswordChangeRequired;

export const SignInOutcome = createUnionType({
  name: 'SignInOutcome',
  description: 'What signing in has come to.',
  types: () => [SignedIn, MfaChallengeRequired, MfaEnrollmentRequired, PasswordChangeRequired] as const,
  resolveType: (outcome) => outcome.constructor.name,
});

/** A session as the API shows it. */
export function sessionOf(
  view: Pick<SessionView, 'sessionId' | 'stage' | 'session' | 'mfa' | 'policy' | 'ip' | 'userAgent'>,
  current: boolean,
): Session {
  const { sessionId: id, stage, session, mfa, policy, ip, userAgent } = view;
  const limits = limitsOf(policy);
  const end = stage === 'MFA_CHALLENGE' ? challengeExpiryOf(session, mfa, limits) : expiryOf(session, limits);
  return Object.assign(new Session(), {
    ...{ id, current, stage, ip, userAgent },
    expiresAt: new Date(end),
    trustedDevice: session.factors.includes('TRUSTED_DEVICE'),
    createdAt: new Date(session.startedAt),
    lastSeenAt: new Date(session.lastSeenAt),
  });
}

// RFC 8176 section 2: `otp` is a one-time password of RFC 4226 or 6238, which a recovery code is not; that there were two factors is `mfa`.
function amrOf(factors: readonly Factor[]): string[] {
  if (factors.includes('VIRTUAL_MFA')) return ['pwd', 'otp', 'mfa'];
  return factors.some(isSecondFactor) ? ['pwd', 'mfa'] : ['pwd'];
}

function noticesOf({ stage, mfa }: CurrentSession): SecurityNotice[] {
  if (stage !== 'FULL' || mfa.device === null) return [];
  const codesLeft = recoveryCodesLeft(mfa);
  if (codesLeft === null) return ['NO_RECOVERY_CODES'];
  if (codesLeft === 0) return ['RECOVERY_CODES_USED_UP'];
  return areFew(codesLeft) ? ['RECOVERY_CODES_LOW'] : [];
}

/** Whoever is signed in, without the user, which is read when it is asked for. */
export function viewerOf(current: CurrentSession, from: Pick<SessionView, 'ip' | 'userAgent'>): Viewer {
  const { factors } = current.session;
  return {
    session: sessionOf({ ...current, ...from }, true),
    stage: current.stage,
    acr: factors.some(isSecondFactor) ? 'aal2' : 'aal1',
    amr: amrOf(factors),
    notices: noticesOf(current),
    codesToEnable: current.policy.codesToEnable,
    trustedDeviceDays: current.policy.trustedDeviceDays,
  };
}
