import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { TrustedDeviceView } from '../../projections/users/user-queries.js';

@ObjectType('TrustedDevice', { description: 'A browser in which no code is asked for at sign-in, for a while.' })
export class TrustedDevice {
  @Field(() => ID, { description: 'Names the trust in it; opaque.' })
  id!: string;

  @Field(() => GraphQLDateTime, { description: 'When it was trusted.' })
  since!: Date;

  @Field(() => GraphQLDateTime, { description: 'Until when, by the account policy as it is.' })
  until!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'The IP address that it was trusted from; null where it is not known, and of the past.',
  })
  ip!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the browser called itself; null where it is not known, and of the past.',
  })
  userAgent!: string | null;
}

/** The browsers that are trusted at a moment, as the API shows them. */
export function trustedDevicesOf(views: readonly TrustedDeviceView[], now: string): TrustedDevice[] {
  return views
    .filter(({ until }) => until > now)
    .map(({ trustId: id, since, until, ip, userAgent }) => ({
      ...{ id, ip, userAgent },
      since: new Date(since),
      until: new Date(until),
    }));
}
