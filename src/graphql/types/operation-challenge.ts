import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { GuardedOperation } from '../../domain/operation/guarded-operations.js';
import type { VerificationMethod } from '../../domain/operation/method.js';
import type { OperationChallenge } from '../../domain/session/state.js';
import { GuardedOperationEnum, VerificationMethodEnum } from './enums.js';

@ObjectType('OperationChallenge', {
  description: 'A request to prove that it is really you, for one operation with its arguments.',
})
export class OperationChallengeType {
  @Field(() => ID, { description: 'Names the challenge, in `verifyOperation` and then in the operation.' })
  id!: string;

  @Field(() => [VerificationMethodEnum], { description: 'The ways to answer it; any one will do.' })
  methods!: readonly VerificationMethod[];

  @Field(() => GuardedOperationEnum, { description: 'The operation that it is for.' })
  operation!: GuardedOperation;

  @Field(() => GraphQLDateTime, { description: 'When the challenge, and a verification by it, are void.' })
  expiresAt!: Date;
}

/** A challenge as the API shows it. */
export function operationChallengeOf(challenge: OperationChallenge): OperationChallengeType {
  const { challengeId: id, methods, operation, expiresAt } = challenge;
  return { id, methods, operation, expiresAt: new Date(expiresAt) };
}
