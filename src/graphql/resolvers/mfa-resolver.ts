import QRCode from 'qrcode';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { currentSession } from '../../application/authenticate.js';
import { answerOperationChallenge } from '../../application/answer-operation-challenge.js';
import { cancelMfaEnrollment } from '../../application/cancel-mfa-enrollment.js';
import { disableMfa } from '../../application/disable-mfa.js';
import { enableMfa } from '../../application/enable-mfa.js';
import type { IssuedSession } from '../../application/sign-in.js';
import { startMfaEnrollment, type StartedEnrollment } from '../../application/start-mfa-enrollment.js';

import { areFew, recoveryCodesLeft } from '../../domain/mfa/recovery-codes.js';
import { Access } from '../access.js';
import { answer, answerChallenged, readUser, refusedWith } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import type { MfaEnrollment } from '../types/enrollment.js';
import {
  CancelMfaEnrollmentInput,
  DisableMfaInput,
  EnableMfaInput,
  StartMfaEnrollmentInput,
  VerifyOperationInput,
} from '../types/inputs.js';
import { operationChallengeOf } from '../types/operation-challenge.js';
import {
  CancelMfaEnrollmentPayload,
  DisableMfaPayload,
  EnableMfaPayload,
  StartMfaEnrollmentPayload,
  VerifyOperationPayload,
} from '../types/payloads.js';
import { current } from './current.js';
import { outcomeOf } from './outcome.js';

function enrollmentOf(started: StartedEnrollment): MfaEnrollment {
  const { enrollmentId: id, deviceName, keyUri: otpauthUri, base32: secret, expiresAt } = started;
  return {
    ...{ id, deviceName, otpauthUri, secret, expiresAt: new Date(expiresAt) },
    // Drawn only where it is asked for, since it takes longer than all the rest of a set-up.
    get qrCode() {
      // The quiet zone of four modules is part of the symbol (ISO/IEC 18004).
      return QRCode.toString(otpauthUri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
    },
  };
}

/** Recovery codes are for their owner to generate; a device that takes the place of another keeps those that there are. */
function recommendationsFor(issued: IssuedSession | null): string[] {
  const codesLeft = issued === null ? null : recoveryCodesLeft(issued.current.mfa);
  const needsCodes = issued !== null && (codesLeft === null || areFew(codesLeft));
  return needsCodes ? ['OPERATION_PROTECTION', 'RECOVERY_CODES'] : ['OPERATION_PROTECTION'];
}

@Resolver()
export class MfaResolver {
  @Access({ stages: ['MFA_ENROLLMENT', 'FULL'], roles: 'ANY' })
  @Mutation(() => StartMfaEnrollmentPayload, {
    description:
      'Starts setting up a virtual MFA device, for oneself or for a user whom one manages, and shows its seed, once. Asks for a verification first, unless the password was given at sign-in less than 5 minutes ago and it is the first device. Starting again replaces a set-up that is pending; an enabled device works on until the new one is proven.',
  })
  async startMfaEnrollment(
    @Arg('input', () => StartMfaEnrollmentInput, { description: 'The device.' }) input: StartMfaEnrollmentInput,
    @Ctx() context: GraphqlContext,
  ): Promise<StartMfaEnrollmentPayload> {
    const { userId = null, deviceName, challengeId = null } = input;
    const wanted = { userId, deviceName, challengeId };
    const started = await startMfaEnrollment(context.app, context.request, current(context), wanted);
    return answerChallenged(context, started, ({ enrollment }) => ({ enrollment: enrollmentOf(enrollment) }));
  }

  @Access({ stages: ['MFA_ENROLLMENT', 'FULL'], roles: 'ANY' })
  @Mutation(() => EnableMfaPayload, {
    description:
      'Enables the virtual MFA device that was set up, by a code of it; its codes are asked for from then on, also in sessions that are open. Takes the place of the device before, whose codes and sessions end in the same moment.',
  })
  async enableMfa(
    @Arg('input', () => EnableMfaInput, { description: 'The proof.' }) input: EnableMfaInput,
    @Ctx() context: GraphqlContext,
  ): Promise<EnableMfaPayload> {
    const session = current(context);
    const enabled = await enableMfa(context.app, context.request, session, input);
    if (!enabled.ok) return { ...refusedWith(enabled.rejections), recommendations: [] };
    await context.caughtUp();
    const { userId, issued } = enabled.value;
    return {
      user: readUser(context, session.user.accountId, userId),
      outcome: issued === null ? null : outcomeOf(context, issued),
      recommendations: recommendationsFor(issued),
      userErrors: [],
    };
  }

  @Access({ stages: ['MFA_ENROLLMENT', 'FULL'], roles: 'ANY' })
  @Mutation(() => CancelMfaEnrollmentPayload, { description: 'Gives up a set-up of a virtual MFA device.' })
  async cancelMfaEnrollment(
    @Arg('input', () => CancelMfaEnrollmentInput, { description: 'The set-up.' }) input: CancelMfaEnrollmentInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CancelMfaEnrollmentPayload> {
    const session = current(context);
    const cancelled = await cancelMfaEnrollment(context.app, context.request, session, input);
    return answer(context, cancelled, ({ userId }) => ({ user: readUser(context, session.user.accountId, userId) }));
  }

  @Access({ stages: ['MFA_ENROLLMENT', 'FULL'], roles: 'ANY' })
  @Mutation(() => VerifyOperationPayload, {
    description:
      "Answers the challenge of an operation. The verification serves for that operation with those arguments, in this session, once, for 5 minutes. Where the operation is another service's, the verification is used up by the grant in the answer.",
  })
  async verifyOperation(
    @Arg('input', () => VerifyOperationInput, { description: 'The answer.' }) input: VerifyOperationInput,
    @Ctx() context: GraphqlContext,
  ): Promise<VerifyOperationPayload> {
    const { challengeId, code = null, recoveryCode = null, password = null } = input;
    const verified = await answerOperationChallenge(context.app, context.request, current(context), {
      ...{ challengeId, code, recoveryCode, password },
    });
    return answer(context, verified, ({ challenge, serviceOperation, grant }) => ({
      challenge: operationChallengeOf(challenge, serviceOperation),
      grant,
    }));
  }

  @Access({ stages: ['FULL'], roles: 'ANY', budget: 'URGENT_WRITES' })
  @Mutation(() => DisableMfaPayload, {
    description:
      "Disables one's own virtual MFA device, after a verification by it or by a recovery code; or a managed user's, after one's own. Its codes are dead at once, and its seed and the recovery codes are destroyed; other sessions of that user end. Where MFA is required, nothing else works until a device is enabled again.",
  })
  async disableMfa(
    @Arg('input', () => DisableMfaInput, { description: 'The device.' }) input: DisableMfaInput,
    @Ctx() context: GraphqlContext,
  ): Promise<DisableMfaPayload> {
    const { app, request } = context;
    const session = current(context);
    const { userId = null, challengeId = null } = input;
    const disabled = await disableMfa(app, request, session, { userId, challengeId });
    if (disabled.ok && disabled.value.challenge === null)
      context.session = await currentSession(app, session.sessionId);
    return answerChallenged(context, disabled, (value) => ({
      user: readUser(context, session.user.accountId, value.userId),
    }));
  }
}
