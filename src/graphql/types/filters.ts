import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType } from 'type-graphql';
import type { AuditCategory, AuditOutcome } from '../../audit/description.js';
import type { Role } from '../../domain/user/events.js';
import type { UserOrderKey } from '../../projections/users/user-queries.js';
import {
  AuditCategoryEnum,
  AuditEventTypeEnum,
  AuditOutcomeEnum,
  OrderDirectionEnum,
  RoleEnum,
  UserOrderKeyEnum,
  type OrderDirection,
} from './enums.js';

@InputType('UserFilter', { description: 'Which users; what is left out does not narrow. All that is given must hold.' })
export class UserFilter {
  @Field(() => Boolean, { nullable: true, description: 'Whether a virtual MFA device is enabled.' })
  mfaEnabled?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a virtual MFA device is required.' })
  mfaRequired?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether codes are not checked for now.' })
  locked?: boolean | null;

  @Field(() => RoleEnum, { nullable: true, description: 'With this role.' })
  role?: Role | null;

  @Field(() => String, {
    nullable: true,
    description: 'With this in user name, display name or e-mail address, whatever its case; at most 128 characters.',
  })
  search?: string | null;
}

@InputType('UserOrder', { description: 'The order of users.' })
export class UserOrder {
  @Field(() => UserOrderKeyEnum, { description: 'What to order by.' })
  by!: UserOrderKey;

  @Field(() => OrderDirectionEnum, { defaultValue: 'ASC', description: 'Which end comes first.' })
  direction!: OrderDirection;
}

@InputType('AuditEventFilter', {
  description: 'Which events; what is left out does not narrow. All that is given must hold.',
})
export class AuditEventFilter {
  @Field(() => [AuditEventTypeEnum], { nullable: true, description: 'Of one of these types.' })
  types?: string[] | null;

  @Field(() => [AuditCategoryEnum], { nullable: true, description: 'About one of these.' })
  categories?: AuditCategory[] | null;

  @Field(() => ID, { nullable: true, description: 'Made to happen by this user, or this audit token.' })
  actorId?: string | null;

  @Field(() => ID, { nullable: true, description: 'About this user.' })
  subjectId?: string | null;

  @Field(() => ID, { nullable: true, description: 'About this virtual MFA device.' })
  deviceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'In this session.' })
  sessionId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Caused by this request.' })
  requestId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'From this IP address, or a range of them in CIDR notation, such as `192.0.2.0/24` or `2001:db8::/32`. An IPv4 address is the same in its IPv6 form.',
  })
  ip?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'With this in the name that the actor, the subject or the device had then, whatever its case; at most 128 characters.',
  })
  search?: string | null;

  @Field(() => AuditOutcomeEnum, { nullable: true, description: 'With this outcome.' })
  outcome?: AuditOutcome | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'At this moment or later.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Before this moment.' })
  until?: Date | null;
}
