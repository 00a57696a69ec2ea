import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { ServiceCredentialView } from '../../projections/service-credentials/service-credential-queries.js';
import { PageInfo } from './connections.js';
import { User } from './user.js';

@ObjectType('ServiceCredential', {
  description:
    'A credential by which another service redeems grants, and nothing else. The credential itself is shown once, to who made it.',
})
export class ServiceCredential {
  @Field(() => ID, {
    description: 'Names the credential, in `revokeServiceCredential` and as an actor in the audit trail.',
  })
  id!: string;

  @Field(() => String, { nullable: true, description: 'What it is called.' })
  name!: string | null;

  @Field(() => String, { description: 'The service whose grants it redeems.' })
  service!: string;

  @Field(() => GraphQLDateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => User, { nullable: true, description: 'The user who made it.' })
  createdBy!: User | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was revoked; null where it was not.' })
  revokedAt!: Date | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When a grant was last redeemed by it; null where none was.',
  })
  lastUsedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The IP address that this redemption came from.' })
  lastUsedIp!: string | null;
}

@ObjectType('ServiceCredentialEdge', { description: 'A service credential in a list.' })
export class ServiceCredentialEdge {
  @Field(() => String, { description: 'Its place in the list; opaque.' })
  cursor!: string;

  @Field(() => ServiceCredential, { description: 'The credential.' })
  node!: ServiceCredential;
}

@ObjectType('ServiceCredentialConnection', { description: 'A page of service credentials, newest first.' })
export class ServiceCredentialConnection {
  @Field(() => [ServiceCredentialEdge], { description: 'The credentials with their cursors.' })
  edges!: ServiceCredentialEdge[];

  @Field(() => [ServiceCredential], { description: 'The credentials.' })
  nodes!: ServiceCredential[];

  @Field(() => PageInfo, { description: 'What lies either side of this page.' })
  pageInfo!: PageInfo;
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

/** A service credential as the API shows it. @param createdBy the user who made it, if it is known */
export function serviceCredentialOf(view: ServiceCredentialView, createdBy: User | null): ServiceCredential {
  const { credentialId: id, name, service, lastUsedIp } = view;
  return Object.assign(new ServiceCredential(), {
    ...{ id, name, service, createdBy, lastUsedIp },
    createdAt: new Date(view.createdAt),
    revokedAt: dateOf(view.revokedAt),
    lastUsedAt: dateOf(view.lastUsedAt),
  });
}
