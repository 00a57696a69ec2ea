import { createSubUser } from '../../../src/application/create-sub-user.js';
import type { Challenged } from '../../../src/application/guard.js';
import { assignRole, deleteSubUser, resetSubUserPassword } from '../../../src/application/manage-user.js';
import { revokeServiceCredential } from '../../../src/application/revoke-service-credential.js';
import { revokeSession } from '../../../src/application/revoke-session.js';
import {
  type Command,
  PRIMARY,
  type SignInNames,
  type World,
  send,
  sessionIdOf,
  tokenOf,
  valueOf,
  verify,
} from '../../support/world.js';

/** What may be changed while a command is on its way. */
export const CHANGES = [
  'SESSION_REVOKED',
  'ACTOR_DELETED',
  'ACTOR_DEMOTED',
  'TARGET_PROMOTED',
  'TARGET_DELETED',
  'CREDENTIAL_REVOKED',
  'ACTOR_PASSWORD_RESET',
] as const;

export type Change = (typeof CHANGES)[number];

/** A command that is ready to be sent, and everything that a change of its authority needs to know. */
export interface Late {
  /** The session that it is sent in; null where it is sent without one. */
  readonly token: string | null;
  readonly command: Command<unknown>;
  readonly actorId: string;
  readonly targetId: string;
  /** The session of the primary that makes the change; left out where it is the one of the world. */
  readonly changedIn?: string;
  /** The service credential that it is sent with, if any. */
  readonly credentialId?: string;
}

/** A command of a mutation, and the changes that it must not be done in spite of. */
export interface Row {
  readonly name: string;
  readonly changes: readonly Change[];
  /** Events that are right also after a change; left out where there are none. */
  readonly allowed?: readonly string[];
  readonly prepare: (scene: Scene) => Promise<Late>;
}

/** For each mutation the commands that it can come to; a text says why there is nothing to be checked. */
export type Rows = Readonly<Record<string, readonly Row[] | string>>;

/** A world with an administrator, who acts, and a member, who is acted on. */
export interface Scene {
  readonly world: World;
  /** A session of the administrator. */
  readonly token: string;
  readonly adminId: string;
}

export const ADMIN: SignInNames = { account: 'acme', username: 'adam', password: 'an administrator acts' };

/** Prepares the people of a scene. */
export async function sceneIn(world: World): Promise<Scene> {
  const { app, primary } = world;
  const input = { ...ADMIN, displayName: null, email: null, role: 'ADMIN', requireMfa: false, challengeId: null };
  const create: Command<Challenged<{ readonly userId: string }>> = (...rest) =>
    createSubUser(...rest, input as Parameters<typeof createSubUser>[3]);
  const created = valueOf(await send(app, primary, create));
  if (created.challenge !== null) throw new Error('a verification was asked for');
  return { world, adminId: created.userId, token: await tokenOf(app, ADMIN) };
}

const OWN: readonly Change[] = ['SESSION_REVOKED', 'ACTOR_DELETED'];
export const CREATING: readonly Change[] = [...OWN, 'ACTOR_DEMOTED'];
const MANAGING: readonly Change[] = [...CREATING, 'TARGET_PROMOTED', 'TARGET_DELETED'];
export const BY_PRIMARY: readonly Change[] = ['SESSION_REVOKED'];

export type Guardable = (challengeId: string | null) => Command<Challenged<object>>;

/** A command of the administrator on the member. */
export function managing(name: string, commandOf: (scene: Scene) => Promise<Command<unknown>> | Command<unknown>): Row {
  return {
    name,
    changes: MANAGING,
    prepare: async (scene) => ({
      ...{ token: scene.token, actorId: scene.adminId, targetId: scene.world.userId },
      command: await commandOf(scene),
    }),
  };
}

/** The same, after a verification by the password of the administrator. */
export function managingVerified(name: string, callOf: (scene: Scene) => Promise<Guardable> | Guardable): Row {
  return managing(name, async (scene) => {
    const call = await callOf(scene);
    return call(await verify(scene.world.app, scene.token, call, ADMIN));
  });
}

/** A command of the administrator on itself. */
export function own(
  name: string,
  prepare: (scene: Scene) => Promise<{ readonly command: Command<unknown>; readonly token?: string }>,
): Row {
  return {
    name,
    changes: OWN,
    prepare: async (scene) => ({
      ...{ token: scene.token, actorId: scene.adminId, targetId: scene.adminId },
      ...(await prepare(scene)),
    }),
  };
}

/** A command of the primary, in a session beside the one that revokes it. */
export function byPrimary(
  name: string,
  commandOf: (scene: Scene, token: string) => Promise<Command<unknown>> | Command<unknown>,
): Row {
  return {
    name,
    changes: BY_PRIMARY,
    async prepare(scene) {
      const token = await tokenOf(scene.world.app, PRIMARY);
      const command = await commandOf(scene, token);
      return { token, command, actorId: '', targetId: scene.world.userId };
    },
  };
}

/** Makes a change, by the primary, on another node. */
export async function make(change: Change, { world }: Scene, late: Late): Promise<void> {
  const { actorId, targetId, token, changedIn = world.primary, credentialId = '' } = late;
  const commands: Record<Change, Command<unknown>> = {
    SESSION_REVOKED: (...rest) => revokeSession(...rest, { sessionId: sessionIdOf(token ?? ''), challengeId: null }),
    ACTOR_DELETED: (...rest) => deleteSubUser(...rest, { userId: actorId, challengeId: null }),
    ACTOR_DEMOTED: (...rest) => assignRole(...rest, { userId: actorId, role: 'MEMBER', challengeId: null }),
    TARGET_PROMOTED: (...rest) => assignRole(...rest, { userId: targetId, role: 'ADMIN', challengeId: null }),
    TARGET_DELETED: (...rest) => deleteSubUser(...rest, { userId: targetId, challengeId: null }),
    CREDENTIAL_REVOKED: (...rest) => revokeServiceCredential(...rest, { credentialId, challengeId: null }),
    ACTOR_PASSWORD_RESET: (...rest) =>
      resetSubUserPassword(...rest, { userId: actorId, newPassword: 'reset in between', challengeId: null }),
  };
  const { refusal } = await send(world.another(), changedIn, commands[change]);
  // The late command may have deleted its target by then.
  if (refusal !== null && refusal !== 'NOT_FOUND') throw new Error(`${change} was refused: ${refusal}`);
}

/** The stream that a change is appended to. */
export function streamChangedBy(change: Change, { world }: Scene, { token, actorId, targetId }: Late): string {
  switch (change) {
    case 'SESSION_REVOKED':
      return `session-${sessionIdOf(token ?? '')}`;
    case 'ACTOR_DELETED':
    case 'ACTOR_DEMOTED':
    case 'ACTOR_PASSWORD_RESET':
      return `user-${actorId}`;
    case 'CREDENTIAL_REVOKED':
      return `account-${world.accountId}`;
    default:
      return `user-${targetId}`;
  }
}
