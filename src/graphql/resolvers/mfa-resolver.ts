import QRCode from 'qrcode';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { cancelMfaEnrollment } from '../../application/cancel-mfa-enrollment.js';
import { enableMfa } from '../../application/enable-mfa.js';
import { startMfaEnrollment, type StartedEnrollment } from '../../application/start-mfa-enrollment.js';
import { verifyOperation } from '../../application/verify-operation.js';
import { REJECTION_CODES } from '../../domain/rejection.js';
import type { OperationChallenge } from '../../domain/session/state.js';
import { Access } from '../access.js';
import { answer, readUser, refusedWith } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { fieldOf } from '../error-table.js';
import type { MfaEnrollment } from '../types/enrollment.js';
import {
  CancelMfaEnrollmentInput,
  EnableMfaInput,
  StartMfaEnrollmentInput,
  VerifyOperationInput,
} from '../types/inputs.js';
import { operationChallengeOf } from '../types/operation-challenge.js';
import {
  CancelMfaEnrollmentPayload,
  EnableMfaPayload,
  StartMfaEnrollmentPayload,
  VerifyOperationPayload,
} from '../types/payloads.js';
import { VerificationRequiredError } from '../types/user-error.js';
import { current } from './current.js';
import { outcomeOf } from './outcome.js';

function verificationRequired(challenge: OperationChallenge): VerificationRequiredError {
  const code = 'VERIFICATION_REQUIRED';
  const common = { code, field: fieldOf(code), message: REJECTION_CODES[code] } as const;
  return Object.assign(new VerificationRequiredError(), common, { challenge: operationChallengeOf(challenge) });
}

async function enrollmentOf(started: StartedEnrollment): Promise<MfaEnrollment> {
  const { enrollmentId: id, deviceName, keyUri: otpauthUri, base32: secret, expiresAt } = started;
  // The quiet zone of four modules is part of the symbol (ISO/IEC 18004).
  const qrCode = await QRCode.toString(otpauthUri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
  return { id, deviceName, otpauthUri, secret, qrCode, expiresAt: new Date(expiresAt) };
}

@Resolver()
export class MfaResolver {
  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => StartMfaEnrollmentPayload, {
    description:
      'Starts setting up a virtual MFA device for oneself and shows its seed, once. Asks for a verification first, unless the password was given at sign-in less than 5 minutes ago and it is the first device. Starting again replaces a set-up that is pending; an enabled device works on until the new one is proven.',
  })
  async startMfaEnrollment(
    @Arg('input', () => StartMfaEnrollmentInput, { description: 'The device.' }) input: StartMfaEnrollmentInput,
    @Ctx() context: GraphqlContext,
  ): Promise<StartMfaEnrollmentPayload> {
    const { deviceName, challengeId = null } = input;
    const started = await startMfaEnrollment(context.app, context.request, current(context), {
      deviceName,
      challengeId,
    });
    if (!started.ok) return refusedWith(started.rejections);
    await context.caughtUp();
    const { value } = started;
    if (value.challenge !== null) return { userErrors: [verificationRequired(value.challenge)] };
    return { enrollment: await enrollmentOf(value.enrollment), userErrors: [] };
  }

  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => EnableMfaPayload, {
    description:
      'Enables the virtual MFA device that was set up, by a code of it; from the next sign-in on its codes are asked for. Takes the place of the device before, whose codes and sessions end in the same moment.',
  })
  async enableMfa(
    @Arg('input', () => EnableMfaInput, { description: 'The proof.' }) input: EnableMfaInput,
    @Ctx() context: GraphqlContext,
  ): Promise<EnableMfaPayload> {
    const session = current(context);
    const enabled = await enableMfa(context.app, context.request, session, input);
    if (!enabled.ok) return { ...refusedWith(enabled.rejections), recommendations: [] };
    await context.caughtUp();
    return {
      user: readUser(context, session.user.accountId, session.user.userId),
      outcome: outcomeOf(context, enabled.value),
      recommendations: ['OPERATION_PROTECTION', 'RECOVERY_CODES'],
      userErrors: [],
    };
  }

  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => CancelMfaEnrollmentPayload, { description: 'Gives up a set-up of a virtual MFA device.' })
  async cancelMfaEnrollment(
    @Arg('input', () => CancelMfaEnrollmentInput, { description: 'The set-up.' }) input: CancelMfaEnrollmentInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CancelMfaEnrollmentPayload> {
    const session = current(context);
    const cancelled = await cancelMfaEnrollment(context.app, context.request, session, input);
    return answer(context, cancelled, ({ userId }) => ({ user: readUser(context, session.user.accountId, userId) }));
  }

  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => VerifyOperationPayload, {
    description:
      'Answers the challenge of an operation. The verification serves for that operation with those arguments, in this session, once, for 5 minutes.',
  })
  async verifyOperation(
    @Arg('input', () => VerifyOperationInput, { description: 'The answer.' }) input: VerifyOperationInput,
    @Ctx() context: GraphqlContext,
  ): Promise<VerifyOperationPayload> {
    const { challengeId, code = null, password = null } = input;
    const verified = await verifyOperation(context.app, context.request, current(context), {
      challengeId,
      code,
      password,
    });
    return answer(context, verified, (challenge) => ({ challenge: operationChallengeOf(challenge) }));
  }
}
