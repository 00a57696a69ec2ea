import { answerMfaChallenge } from '../../../src/application/answer-mfa-challenge.js';
import { changePassword } from '../../../src/application/change-password.js';
import { type IssuedAuditToken, createAuditToken } from '../../../src/application/create-audit-token.js';
import {
  type IssuedServiceCredential,
  createServiceCredential,
} from '../../../src/application/create-service-credential.js';
import { disableMfa } from '../../../src/application/disable-mfa.js';
import type { Challenged } from '../../../src/application/guard.js';
import { requestOperationVerification } from '../../../src/application/request-operation-verification.js';
import { setOperationProtection } from '../../../src/application/set-operation-protection.js';
import { type IssuedSession, signIn } from '../../../src/application/sign-in.js';
import type { Authenticator } from '../../support/authenticator.js';
import {
  type Command,
  PRIMARY,
  enableDevice,
  requestContext,
  send,
  starting,
  tokenOf,
  trySetUp,
  valueOf,
  verify,
} from '../../support/world.js';
import { ADMIN, type Guardable, type Scene } from './late-command.js';

export const unguarded = { challengeId: null } as const;

export async function deviceOfMember({ world }: Scene): Promise<{ authenticator: Authenticator; token: string }> {
  return enableDevice(world, await tokenOf(world.app, world.user));
}

export async function protect({ world, token }: Scene): Promise<void> {
  const protecting: Command<unknown> = (...rest) =>
    setOperationProtection(...rest, { userId: null, enabled: true, challengeId: null });
  valueOf(await send(world.app, token, protecting));
}

/** A pending enrollment for the member, started by the administrator. */
export async function pendingFor({ world, token }: Scene) {
  const { userId, app } = world;
  const challengeId = await verify(app, token, starting(userId), ADMIN);
  return valueOf(await trySetUp(world, token, { userId, challengeId }));
}

export function answering(input: Parameters<typeof answerMfaChallenge>[3]): Command<IssuedSession> {
  return (...rest) => answerMfaChallenge(...rest, input);
}

/** A session of the administrator that owes a code, from a browser; and the device. */
export async function owingCode({ world, token }: Scene) {
  const { app } = world;
  const device = await enableDevice(world, token);
  const signedIn = await signIn(app, requestContext(), { ...ADMIN, transport: 'COOKIE' });
  if (!signedIn.ok) throw new Error('signing in failed');
  return { device, token: signedIn.value.token };
}

const tokenInput = { name: 'SIEM', scopes: ['READ'] as const, expiresInDays: 30 };
export const creatingToken =
  (challengeId: string | null): Command<Challenged<IssuedAuditToken>> =>
  (...rest) =>
    createAuditToken(...rest, { ...tokenInput, challengeId });
export const creatingCredential =
  (challengeId: string | null): Command<Challenged<IssuedServiceCredential>> =>
  (...rest) =>
    createServiceCredential(...rest, { name: 'Machines', service: 'vm', challengeId });

export async function credential({ world: { app, primary } }: Scene): Promise<IssuedServiceCredential> {
  const challengeId = await verify(app, primary, creatingCredential, PRIMARY);
  const made = valueOf(await send(app, primary, creatingCredential(challengeId)));
  if (made.challenge !== null) throw new Error('a verification was asked for again');
  return made;
}

const DIGEST = 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o';
const DELETING = { service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: DIGEST };
export const requesting: Command<{ readonly challenge: { readonly challengeId: string } }> = (...rest) =>
  requestOperationVerification(...rest, DELETING);

export function disabling(userId: string | null): Guardable {
  return (challengeId) =>
    (...rest) =>
      disableMfa(...rest, { userId, challengeId });
}

export const NEW_PASSWORD = 'another one for next time';
export const changing: Guardable =
  (challengeId) =>
  (...rest) =>
    changePassword(...rest, { newPassword: NEW_PASSWORD, challengeId });

/** A challenge of the administrator for a new password, which is open. */
export async function openChallenge({ world, token }: Scene): Promise<string> {
  const { challenge } = valueOf(await send(world.app, token, changing(null)));
  return challenge?.challengeId ?? '';
}
