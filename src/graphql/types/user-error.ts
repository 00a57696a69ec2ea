import { GraphQLDateTime } from 'graphql-scalars';
import { Field, InterfaceType, Int, ObjectType } from 'type-graphql';
import type { UserErrorCode } from '../error-table.js';
import { ErrorCode } from './enums.js';
import { OperationChallengeType } from './operation-challenge.js';

/** Why an input was refused; what a user can mend. */
@InterfaceType('UserError', {
  description: 'Why something was refused, where the user can mend it.',
  autoRegisterImplementations: false,
  resolveType: (error: object) => error.constructor.name,
})
export abstract class UserError {
  @Field(() => ErrorCode, { description: 'The reason, in a word that stays the same.' })
  code!: UserErrorCode;

  @Field(() => [String], {
    nullable: true,
    description: 'The path of the input field that it is about, if it is about one.',
  })
  field!: string[] | null;

  @Field(() => String, { description: 'What was wrong and what to do, in English.' })
  message!: string;
}

@ObjectType('InputError', {
  implements: UserError,
  description: 'Something in the input, or in what it refers to, is not right.',
})
export class InputError extends UserError {}

@ObjectType('MfaError', {
  implements: UserError,
  description: 'A code of a virtual MFA device, or a recovery code, was not right.',
})
export class MfaError extends UserError {
  @Field(() => Int, { nullable: true, description: 'How many more codes may be tried before one has to begin again.' })
  attemptsLeft?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many seconds the clock of the device is ahead (behind if negative), where the code tells: have the device set its time automatically.',
  })
  clockOffsetSeconds?: number | null;
}

@ObjectType('ThrottledError', {
  implements: UserError,
  description: 'There were too many failures; nothing is checked for now.',
})
export class ThrottledError extends UserError {
  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When to try again; null where only an administrator can help, by unlocking.',
  })
  retryAt?: Date | null;
}

@ObjectType('VerificationRequiredError', {
  implements: UserError,
  description:
    'The operation needs a verification of its own. Nothing was changed: answer the challenge with `verifyOperation`, then send the operation again with its `challengeId`.',
})
export class VerificationRequiredError extends UserError {
  @Field(() => OperationChallengeType, { description: 'The challenge to answer.' })
  challenge!: OperationChallengeType;
}
