import { GraphQLError } from 'graphql';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { redeemVerificationGrant } from '../../application/redeem-verification-grant.js';
import { requestOperationVerification } from '../../application/request-operation-verification.js';
import { Access } from '../access.js';
import { answer } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { redemptionOf } from '../types/grant-redemption.js';
import { RedeemVerificationGrantInput, RequestOperationVerificationInput } from '../types/inputs.js';
import { operationChallengeOf } from '../types/operation-challenge.js';
import { RedeemVerificationGrantPayload, RequestOperationVerificationPayload } from '../types/payloads.js';
import { current } from './current.js';

@Resolver()
export class GrantResolver {
  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => RequestOperationVerificationPayload, {
    description:
      'Asks for a verification of an operation of another service, such as deleting an instance. Answer the challenge with `verifyOperation`, which answers with a grant for that service. The service has to have a credential of the account.',
  })
  async requestOperationVerification(
    @Arg('input', () => RequestOperationVerificationInput, { description: 'The operation.' })
    input: RequestOperationVerificationInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RequestOperationVerificationPayload> {
    const { service, operation, resource, argumentsDigest } = input;
    const wanted = { service, operation, resource, argumentsDigest };
    const requested = await requestOperationVerification(context.app, context.request, current(context), wanted);
    return answer(context, requested, ({ challenge }) => ({ challenge: operationChallengeOf(challenge, wanted) }));
  }

  @Access({ stages: ['FULL'], roles: ['SERVICE_CREDENTIAL'] })
  @Mutation(() => RedeemVerificationGrantPayload, {
    description:
      'Uses a grant up, by the service that it is for: sent with its credential as `Authorization: Bearer vsc_…`. Of all calls with one grant, one is answered with the redemption. Carry the operation out after that, and only then.',
  })
  async redeemVerificationGrant(
    @Arg('input', () => RedeemVerificationGrantInput, { description: 'The grant.' })
    input: RedeemVerificationGrantInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RedeemVerificationGrantPayload> {
    const { app, request, serviceCaller } = context;
    if (serviceCaller === null) {
      throw new GraphQLError('Send a service credential.', { extensions: { code: 'UNAUTHENTICATED' } });
    }
    const redeemed = await redeemVerificationGrant(app, request, serviceCaller, input);
    return answer(context, redeemed, (redemption) => ({ redemption: redemptionOf(redemption) }));
  }
}
