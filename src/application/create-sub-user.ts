import { mayAssign } from '../domain/access.js';
import { accountDecider, policyIn } from '../domain/account/decider.js';
import type { RequireSubUserMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Rejection } from '../domain/rejection.js';
import { streamName } from '../domain/stream.js';
import type { CreateUser } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import type { Role } from '../domain/user/events.js';
import { checkDisplayName, checkEmail, checkUsername } from '../domain/user/names.js';
import type { Application } from './application.js';
import { byUser } from './authorship.js';
import { execute, load } from './execute.js';
import { doGuarded, type Challenged } from './guard.js';
import { isFree, reserveName, usernameIn, type Name } from './names.js';
import { checkPassword, storeCredentials, type NewCredentials } from './new-credentials.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { takeOfAccount } from './request-limits.js';
import { done, refusals, refused, type Result } from './result.js';
import { writerOf } from './write-budgets.js';

export interface CreateSubUserInput {
  readonly username: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly password: string;
  readonly role: Role;
  /** Whether the sub-user has to enable a virtual MFA device at its first sign-in; it has to wherever the policy says so. */
  readonly requireMfa: boolean;
  /** The challenge that was answered, where one was asked for. */
  readonly challengeId: string | null;
}

async function checkInput(app: Application, input: CreateSubUserInput, name: Name): Promise<readonly Rejection[]> {
  const invalid = refusals(
    checkUsername(input.username),
    input.displayName === null ? null : checkDisplayName(input.displayName),
    input.email === null ? null : checkEmail(input.email),
    await checkPassword(app, input.password),
  );
  if (invalid.length > 0) return invalid;
  return (await isFree(app, name)) ? [] : [{ code: 'USERNAME_TAKEN' }];
}

/**
 * Creates a sub-user: by the primary, or by an `ADMIN`, who cannot make another `ADMIN`.
 * @throws {RateLimitedError} where the account gives its sub-users too many passwords at once
 */
export async function createSubUser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: CreateSubUserInput,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  if (mayAssign(current.user, input.role) !== 'ALLOWED') return refused({ code: 'FORBIDDEN' });
  const { accountId } = current.user;
  const name = usernameIn(accountId, input.username);
  const invalid = await checkInput(app, input, name);
  if (invalid.length > 0) return refused(...invalid);
  await takeOfAccount(app.limits, 'SUB_USER_PASSWORDS_OF_ACCOUNT', writerOf(current));
  const { challengeId } = input;
  const call = { operation: 'CREATE_SUB_USER', arguments: argumentsOf(input), challengeId } as const;
  return doGuarded({ app, request, current }, call, () => createNamed(app, request, current, { ...input, name }));
}

/** What a verification is bound to: all but the password. */
function argumentsOf({ username, displayName, email, role, requireMfa }: CreateSubUserInput) {
  return { username, displayName, email, role, requireMfa };
}

async function createNamed(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { name, ...input }: CreateSubUserInput & { readonly name: Name },
): Promise<Result<{ readonly userId: string }>> {
  const { accountId } = current.user;
  const userId = app.newId();
  const taken = await reserveName(app, request, name, { accountId, userId, owner: streamName('user', userId) });
  if (taken !== null) return refused(taken);
  const credentials = await storeCredentials(app, userId, input.password);
  const ids = { accountId, userId, ...credentials };
  // Hashing takes its time: the policy that counts is the one by now, not that of the request's arrival.
  const { newSubUsersNeedMfa } = policyIn((await load(app, accountDecider, accountId)).state);
  const isRequired = input.requireMfa || newSubUsersNeedMfa;
  if (isRequired) await requireFromTheStart(app, request, current, ids);
  return create(app, request, current, { ...input, ...ids });
}

interface NewUser extends NewCredentials {
  readonly accountId: string;
  readonly userId: string;
}

// Before the user comes about: a requirement for nobody is harmless, a user who slipped past its requirement is not.
async function requireFromTheStart(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { accountId, userId, personId }: NewUser,
): Promise<void> {
  await execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: byUser(current, personId),
    command: (): RequireSubUserMfa => ({
      type: 'RequireSubUserMfa',
      ...{ accountId, userId },
      effective: 'NEXT_SIGN_IN',
      now: app.now(),
    }),
  });
}

async function create(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  user: CreateSubUserInput & NewUser,
): Promise<Result<{ readonly userId: string }>> {
  const { accountId, userId, username, role, credentialId, personId } = user;
  const created = await execute(app, request, {
    decider: userDecider,
    id: userId,
    by: byUser(current, personId),
    command: (): CreateUser => ({
      type: 'CreateUser',
      ...{ accountId, userId, username, role, credentialId, personId },
      kind: 'SUB_USER',
      displayName: user.displayName?.trim() ?? username,
      email: user.email?.trim() ?? null,
    }),
  });
  return created.accepted ? done({ userId }) : refused(created.rejection);
}
