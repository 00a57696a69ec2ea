import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { currentSession } from '../../application/authenticate.js';
import { generateRecoveryCodes } from '../../application/generate-recovery-codes.js';
import { revokeTrustedDevices } from '../../application/revoke-trusted-devices.js';
import { Access } from '../access.js';
import { answerChallenged, readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { GenerateRecoveryCodesInput, RevokeTrustedDevicesInput } from '../types/inputs.js';
import { GenerateRecoveryCodesPayload, RevokeTrustedDevicesPayload } from '../types/payloads.js';
import { current } from './current.js';

@Resolver()
export class RecoveryResolver {
  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => GenerateRecoveryCodesPayload, {
    description:
      'Makes ten recovery codes for oneself and shows them, once; those before are void. Each stands in for a code of the virtual MFA device, once. The first ones need no verification in a session that has proven the device in the last five minutes, unless operation protection is on; everything else asks for one first.',
  })
  async generateRecoveryCodes(
    @Arg('input', () => GenerateRecoveryCodesInput, { description: 'The verification.' })
    input: GenerateRecoveryCodesInput,
    @Ctx() context: GraphqlContext,
  ): Promise<GenerateRecoveryCodesPayload> {
    const session = current(context);
    const { challengeId = null } = input;
    const generated = await generateRecoveryCodes(context.app, context.request, session, { challengeId });
    if (generated.ok && generated.value.challenge === null)
      context.session = await currentSession(context.app, session.sessionId);
    return answerChallenged(context, generated, ({ userId, recoveryCodes }) => ({
      recoveryCodes: [...recoveryCodes],
      user: readUser(context, session.user.accountId, userId),
    }));
  }

  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => RevokeTrustedDevicesPayload, {
    description:
      "Has a code asked for again in every browser that was trusted: one's own, or those of a user whom one manages. Open sessions that began without a code owe one now, or are over. Asks for a verification first where operation protection is on.",
  })
  async revokeTrustedDevices(
    @Arg('input', () => RevokeTrustedDevicesInput, { description: 'Whose.' }) input: RevokeTrustedDevicesInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RevokeTrustedDevicesPayload> {
    const session = current(context);
    const { userId = null, challengeId = null } = input;
    const revoked = await revokeTrustedDevices(context.app, context.request, session, { userId, challengeId });
    if (revoked.ok && revoked.value.challenge === null)
      context.session = await currentSession(context.app, session.sessionId);
    return answerChallenged(context, revoked, (value) => ({
      user: readUser(context, session.user.accountId, value.userId),
    }));
  }
}
