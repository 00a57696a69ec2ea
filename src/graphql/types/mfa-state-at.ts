import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import type { Existence, PastMfa, PastUser } from '../../application/look-back.js';
import type { Role } from '../../domain/user/events.js';
import { ExistenceEnum, RoleEnum } from './enums.js';
import { mfaOf, MfaStateType, type MfaView } from './user.js';

@ObjectType('MfaStateAt', {
  description: "A user's virtual MFA as it was at a moment; of a user who did not exist then, nothing was true.",
})
export class MfaStateAt extends MfaStateType {
  @Field(() => GraphQLDateTime, {
    description: 'The moment that this is true of: the one that was asked for, or now where that lies ahead.',
  })
  at!: Date;

  @Field(() => ExistenceEnum, { description: 'Whether there was such a user.' })
  existence!: Existence;

  @Field(() => RoleEnum, {
    nullable: true,
    description: 'The role; null for the primary, and before there was a user.',
  })
  role!: Role | null;

  @Field(() => String, {
    nullable: true,
    description: 'The user name of then; null where it was erased, and before there was a user.',
  })
  username!: string | null;
}

type Pending = Pick<MfaView, 'pendingId' | 'pendingName' | 'pendingExpiresAt'>;

function pendingIn({ pending }: PastMfa): Pending {
  if (pending === null) return { pendingId: null, pendingName: null, pendingExpiresAt: null };
  return { pendingId: pending.id, pendingName: pending.name, pendingExpiresAt: pending.expiresAt };
}

/** The past of a user as the API shows it. */
export function mfaStateAtOf({ at, existence, role, username, mfa }: PastUser): MfaStateAt {
  const { lock } = mfa;
  const view: MfaView = {
    ...{ ...mfa, ...pendingIn(mfa), locked: lock === null ? 0 : 1, lockedUntil: lock?.until ?? null },
    trustedDevices: mfa.trustedDevices.map(({ trustId, since, expiresAt: until }) => ({
      ...{ trustId, since, until },
      ...{ ip: null, userAgent: null },
    })),
  };
  return Object.assign(new MfaStateAt(), mfaOf(view, at), { at: new Date(at), existence, role, username });
}
