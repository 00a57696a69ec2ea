import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { createServiceCredential } from '../../application/create-service-credential.js';
import { revokeServiceCredential } from '../../application/revoke-service-credential.js';
import { Access, type AccessRule } from '../access.js';
import { answerChallenged } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { connectionOf, PageArgs, pageRequestOf } from '../paging.js';
import { CreateServiceCredentialInput, RevokeServiceCredentialInput } from '../types/inputs.js';
import { CreateServiceCredentialPayload, RevokeServiceCredentialPayload } from '../types/payloads.js';
import {
  ServiceCredentialConnection,
  serviceCredentialOf,
  type ServiceCredential,
} from '../types/service-credential.js';
import { current } from './current.js';
import { guarded } from './guarded.js';
import { makers } from './makers.js';
import { READERS, readerOf } from './readers.js';
import { pageOf } from '../costs/weights.js';

const LIST = 'service-credentials';
const PRIMARY: AccessRule = { stages: ['FULL'], roles: ['PRIMARY'] };

function readCredential(context: GraphqlContext, credentialId: string): ServiceCredential | null {
  const view = context.readModels.serviceCredentials.byId(readerOf(context).accountId, credentialId);
  return view === null ? null : serviceCredentialOf(view, makers(context)(view.createdBy));
}

@Resolver()
export class ServiceCredentialResolver {
  @Access({ stages: ['FULL'], roles: READERS })
  @Query(() => ServiceCredentialConnection, {
    nullable: true,
    complexity: pageOf({ page: 3, entry: 0.4 }),
    description: 'The credentials by which other services redeem grants, newest first; those that are void, too.',
  })
  serviceCredentials(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: GraphqlContext,
  ): ServiceCredentialConnection {
    const page = context.readModels.serviceCredentials.page(readerOf(context).accountId, pageRequestOf(LIST, args));
    const makerOf = makers(context);
    return connectionOf(LIST, page, {
      key: ({ position }) => position,
      node: (view) => serviceCredentialOf(view, makerOf(view.createdBy)),
    });
  }

  @Access(PRIMARY)
  @Mutation(() => CreateServiceCredentialPayload, {
    description:
      'Makes a credential by which another service redeems grants of this account, and does nothing else. Asks for a verification first.',
  })
  async createServiceCredential(
    @Arg('input', () => CreateServiceCredentialInput, { description: 'The credential.' })
    input: CreateServiceCredentialInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CreateServiceCredentialPayload> {
    const wanted = guarded(input);
    const created = await createServiceCredential(context.app, context.request, current(context), wanted);
    return answerChallenged(context, created, ({ credentialId, credential }) => ({
      serviceCredential: readCredential(context, credentialId),
      credential,
    }));
  }

  @Access(PRIMARY)
  @Mutation(() => RevokeServiceCredentialPayload, {
    description:
      'Makes a service credential void, at once and for good. One that is void stays so. Asks for a verification first where operation protection is on.',
  })
  async revokeServiceCredential(
    @Arg('input', () => RevokeServiceCredentialInput, { description: 'The credential.' })
    input: RevokeServiceCredentialInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RevokeServiceCredentialPayload> {
    const wanted = guarded(input);
    const revoked = await revokeServiceCredential(context.app, context.request, current(context), wanted);
    return answerChallenged(context, revoked, (value) => ({
      serviceCredential: readCredential(context, value.credentialId),
    }));
  }
}
