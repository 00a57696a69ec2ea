import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType('MfaEnrollment', {
  description: 'A virtual MFA device that is being set up, with its seed, which is shown this once.',
})
export class MfaEnrollment {
  @Field(() => ID, { description: 'Names the set-up, in `enableMfa`.' })
  id!: string;

  @Field(() => String, { description: 'What the device is called.' })
  deviceName!: string;

  @Field(() => String, {
    description: 'The key URI (`otpauth://totp/…`): a link for an authenticator on the same device.',
  })
  otpauthUri!: string;

  @Field(() => String, {
    description: 'The seed in base32, for typing it into an authenticator: time based, SHA-1, 6 digits, 30 seconds.',
  })
  secret!: string;

  @Field(() => String, { description: 'The key URI as a QR code for scanning: the text of an SVG image.' })
  readonly qrCode!: string | Promise<string>;

  @Field(() => GraphQLDateTime, { description: 'When the set-up is void; start it again then.' })
  expiresAt!: Date;
}
