import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Int, ObjectType } from 'type-graphql';
import type { VerificationMethod } from '../../domain/operation/method.js';
import { ChallengeWayOutEnum, VerificationMethodEnum, type ChallengeWayOut } from './enums.js';

@ObjectType('LaterDevice', {
  description:
    'A virtual MFA device that was enabled while this session was open already. Show it: if it was not you, somebody else has your password.',
})
export class LaterDevice {
  @Field(() => GraphQLDateTime, { description: 'When it was enabled.' })
  enabledAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'The IP address that it was enabled from; null where it is not known.',
  })
  ip!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the client called itself that enabled it; null where it is not known.',
  })
  userAgent!: string | null;

  @Field(() => ChallengeWayOutEnum, { description: 'Who takes the device off if it is not yours.' })
  wayOut!: ChallengeWayOut;
}

@ObjectType('MfaChallenge', {
  description: 'What a session that owes a code has to answer, with `answerMfaChallenge`.',
})
export class MfaChallenge {
  @Field(() => [VerificationMethodEnum], { description: 'The ways to answer.' })
  methods!: VerificationMethod[];

  @Field(() => Int, { description: 'How many codes may be tried.' })
  attemptsLeft!: number;

  @Field(() => GraphQLDateTime, {
    description:
      'When it is too late: five minutes after the password, or at the end of a session that was open before the device was enabled.',
  })
  expiresAt!: Date;

  @Field(() => LaterDevice, {
    nullable: true,
    description: 'The device, where it was enabled after this session had begun; else null.',
  })
  laterDevice!: LaterDevice | null;
}
