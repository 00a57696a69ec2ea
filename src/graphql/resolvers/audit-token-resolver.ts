import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { createAuditToken } from '../../application/create-audit-token.js';
import { revokeAuditToken } from '../../application/revoke-audit-token.js';
import { Access, type AccessRule } from '../access.js';
import { answerChallenged } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { connectionOf, PageArgs, pageRequestOf } from '../paging.js';
import { AuditTokenConnection, auditTokenOf, type AuditToken } from '../types/audit-token.js';
import { CreateAuditTokenInput, RevokeAuditTokenInput } from '../types/inputs.js';
import { CreateAuditTokenPayload, RevokeAuditTokenPayload } from '../types/payloads.js';
import { current } from './current.js';
import { guarded } from './guarded.js';
import { makers } from './makers.js';
import { READERS, readerOf } from './readers.js';
import { pageOf } from '../costs/weights.js';

const LIST = 'audit-tokens';
const PRIMARY: AccessRule = { stages: ['FULL'], roles: ['PRIMARY'] };

function readToken(context: GraphqlContext, tokenId: string): AuditToken | null {
  const view = context.readModels.auditTokens.byId(readerOf(context).accountId, tokenId);
  return view === null ? null : auditTokenOf(view, makers(context)(view.createdBy));
}

@Resolver()
export class AuditTokenResolver {
  @Access({ stages: ['FULL'], roles: READERS })
  @Query(() => AuditTokenConnection, {
    nullable: true,
    complexity: pageOf({ page: 3, entry: 0.4 }),
    description: 'The tokens by which programs read the audit trail, newest first; those that are void, too.',
  })
  auditTokens(@Args(() => PageArgs) args: PageArgs, @Ctx() context: GraphqlContext): AuditTokenConnection {
    const page = context.readModels.auditTokens.page(readerOf(context).accountId, pageRequestOf(LIST, args));
    const makerOf = makers(context);
    return connectionOf(LIST, page, {
      key: ({ position }) => position,
      node: (view) => auditTokenOf(view, makerOf(view.createdBy)),
    });
  }

  @Access(PRIMARY)
  @Mutation(() => CreateAuditTokenPayload, {
    description:
      "Makes a token by which a program reads the account's audit trail, and nothing else. Asks for a verification first.",
  })
  async createAuditToken(
    @Arg('input', () => CreateAuditTokenInput, { description: 'The token.' }) input: CreateAuditTokenInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CreateAuditTokenPayload> {
    const { name, scopes, expiresInDays, challengeId = null } = input;
    const created = await createAuditToken(context.app, context.request, current(context), {
      ...{ name, scopes, expiresInDays, challengeId },
    });
    return answerChallenged(context, created, ({ tokenId, token }) => ({
      auditToken: readToken(context, tokenId),
      token,
    }));
  }

  @Access(PRIMARY)
  @Mutation(() => RevokeAuditTokenPayload, {
    description: 'Makes an audit token void, at once and for good. One that is void stays so.',
  })
  async revokeAuditToken(
    @Arg('input', () => RevokeAuditTokenInput, { description: 'The token.' }) input: RevokeAuditTokenInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RevokeAuditTokenPayload> {
    const revoked = await revokeAuditToken(context.app, context.request, current(context), guarded(input));
    return answerChallenged(context, revoked, ({ tokenId }) => ({ auditToken: readToken(context, tokenId) }));
  }
}
