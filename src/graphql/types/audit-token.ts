import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { AuditScope } from '../../domain/account/events.js';
import type { AuditTokenView } from '../../projections/audit-tokens/audit-token-queries.js';
import { PageInfo } from './connections.js';
import { AuditScopeEnum } from './enums.js';
import { User } from './user.js';

@ObjectType('AuditToken', {
  description:
    "A token by which a program reads the account's audit trail. The token itself is shown once, to who made it.",
})
export class AuditToken {
  @Field(() => ID, { description: 'Names the token, in `revokeAuditToken` and as an actor in the audit trail.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'What it is called.' })
  name!: string | null;

  @Field(() => [AuditScopeEnum], { description: 'What it is good for.' })
  scopes!: readonly AuditScope[];

  @Field(() => GraphQLDateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => User, { nullable: true, description: 'The user who made it.' })
  createdBy!: User | null;

  @Field(() => GraphQLDateTime, { description: 'When it is void by itself.' })
  expiresAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was revoked; null where it was not.' })
  revokedAt!: Date | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When it was first used on the last day (UTC) that it was used on; null where it never was.',
  })
  lastUsedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The IP address that this use came from.' })
  lastUsedIp!: string | null;
}

@ObjectType('AuditTokenEdge', { description: 'An audit token in a list.' })
export class AuditTokenEdge {
  @Field(() => String, { description: 'Its place in the list; opaque.' })
  cursor!: string;

  @Field(() => AuditToken, { description: 'The token.' })
  node!: AuditToken;
}

@ObjectType('AuditTokenConnection', { description: 'A page of audit tokens, newest first.' })
export class AuditTokenConnection {
  @Field(() => [AuditTokenEdge], { description: 'The tokens with their cursors.' })
  edges!: AuditTokenEdge[];

  @Field(() => [AuditToken], { description: 'The tokens.' })
  nodes!: AuditToken[];

  @Field(() => PageInfo, { description: 'What lies either side of this page.' })
  pageInfo!: PageInfo;
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

/** An audit token as the API shows it. @param createdBy the user who made it, if it is known */
export function auditTokenOf(view: AuditTokenView, createdBy: User | null): AuditToken {
  const { tokenId: id, name, scopes, lastUsedIp } = view;
  return Object.assign(new AuditToken(), {
    ...{ id, name, scopes, createdBy, lastUsedIp },
    createdAt: new Date(view.createdAt),
    expiresAt: new Date(view.expiresAt),
    revokedAt: dateOf(view.revokedAt),
    lastUsedAt: dateOf(view.lastUsedAt),
  });
}
