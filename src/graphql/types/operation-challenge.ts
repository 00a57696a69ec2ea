import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { GuardedOperation } from '../../domain/operation/guarded-operations.js';
import type { VerificationMethod } from '../../domain/operation/method.js';
import type { ServiceOperation } from '../../domain/operation/service-operation.js';
import type { OperationChallenge } from '../../domain/session/challenges.js';
import { GuardedOperationEnum, VerificationMethodEnum } from './enums.js';

@ObjectType('ServiceOperation', { description: 'An operation of another service, as it is to be verified.' })
export class ServiceOperationType {
  @Field(() => String, { description: 'The service, which alone can redeem the grant.' })
  service!: string;

  @Field(() => String, { description: "What is to be done, in the service's words: `vm:DeleteInstance`." })
  operation!: string;

  @Field(() => String, { description: 'What it is to be done to.' })
  resource!: string;

  @Field(() => String, { description: "The service's digest of the arguments." })
  argumentsDigest!: string;
}

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

  @Field(() => ServiceOperationType, {
    nullable: true,
    description: 'What is to be verified where it is an operation of another service; else null. Show it to the user.',
  })
  serviceOperation!: ServiceOperationType | null;

  @Field(() => GraphQLDateTime, { description: 'When the challenge, and a verification by it, are void.' })
  expiresAt!: Date;
}

/** A challenge as the API shows it; with what is to be verified where it is an operation of another service. */
export function operationChallengeOf(
  challenge: OperationChallenge,
  serviceOperation: ServiceOperation | null = null,
): OperationChallengeType {
  const { challengeId: id, methods, operation, expiresAt } = challenge;
  return { id, methods, operation, serviceOperation, expiresAt: new Date(expiresAt) };
}
