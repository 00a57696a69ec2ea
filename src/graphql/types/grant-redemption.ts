import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { Redemption } from '../../application/redeem-verification-grant.js';

@ObjectType('VerificationGrantRedemption', {
  description:
    'A grant that was used up by this call: carry the operation out now, if it is the one that you were asked for. Nobody else is answered so for the same grant.',
})
export class VerificationGrantRedemption {
  @Field(() => ID, { description: 'Names the grant (`jti`), also in the audit trail.' })
  grantId!: string;

  @Field(() => ID, { description: 'The user who was verified.' })
  userId!: string;

  @Field(() => String, { description: 'The operation that was verified.' })
  operation!: string;

  @Field(() => String, { description: 'What it is to be done to.' })
  resource!: string;

  @Field(() => String, { description: 'The digest of its arguments.' })
  argumentsDigest!: string;

  @Field(() => GraphQLDateTime, { description: 'When it was used up.' })
  redeemedAt!: Date;
}

/** A redemption as the API shows it. */
export function redemptionOf(redemption: Redemption): VerificationGrantRedemption {
  const { grantId, userId, operation, resource, argumentsDigest, redeemedAt } = redemption;
  return { grantId, userId, operation, resource, argumentsDigest, redeemedAt: new Date(redeemedAt) };
}
