import { accountDecider, policyIn } from '../domain/account/decider.js';
import { checkDemand } from '../domain/authority.js';
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
import { actingOnSelf, demanding, executeAs, type Acting } from './execute-as.js';
import { load } from './execute.js';
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
  const acting = demanding(actingOnSelf(current), { assigns: input.role });
  const refusal = checkDemand(acting.demand, current, current.user);
  if (refusal !== null) return refused(refusal);
  const { accountId } = current.user;
  const name = usernameIn(accountId, input.username);
  const invalid = await checkInput(app, input, name);
  if (invalid.length > 0) return refused(...invalid);
  await takeOfAccount(app.limits, 'SUB_USER_PASSWORDS_OF_ACCOUNT', writerOf(current));
  const { challengeId } = input;
  const call = { operation: 'CREATE_SUB_USER', arguments: argumentsOf(input), challengeId } as const;
  return doGuarded({ app, request, acting }, call, (verified) =>
    createNamed(app, request, verified, { ...input, name }),
  );
}

/** What a verification is bound to: all but the password. */
function argumentsOf({ username, displayName, email, role, requireMfa }: CreateSubUserInput) {
  return { username, displayName, email, role, requireMfa };
}

async function createNamed(
  app: Application,
  request: RequestContext,
  acting: Acting,
  { name, ...input }: CreateSubUserInput & { readonly name: Name },
): Promise<Result<{ readonly userId: string }>> {
  const { accountId } = acting.current.user;
  const userId = app.newId();
  const taken = await reserveName(app, request, name, { accountId, userId, owner: streamName('user', userId) });
  if (taken !== null) return refused(taken);
  const credentials = await storeCredentials(app, userId, input.password);
  const creator = { ...acting, by: byUser(acting.current, credentials.personId) };
  return create(app, request, creator, { ...input, accountId, userId, ...credentials });
}

interface NewUser extends NewCredentials, CreateSubUserInput {
  readonly accountId: string;
  readonly userId: string;
}

/** Requires MFA of a user who is about to be created, where that was asked for or the policy says so by now. */
async function requireFromTheStart(
  app: Application,
  request: RequestContext,
  creator: Acting,
  { accountId, userId, requireMfa }: NewUser,
): Promise<void> {
  const { newSubUsersNeedMfa } = policyIn((await load(app, accountDecider, accountId)).state);
  if (!requireMfa && !newSubUsersNeedMfa) return;
  await executeAs(app, request, creator, {
    decider: mfaDecider,
    id: userId,
    command: ({ now }): RequireSubUserMfa => ({
      ...{ type: 'RequireSubUserMfa', accountId, userId, effective: 'NEXT_SIGN_IN', now },
    }),
  });
}

async function create(
  app: Application,
  request: RequestContext,
  creator: Acting,
  user: NewUser,
): Promise<Result<{ readonly userId: string }>> {
  const { accountId, userId, username, role, credentialId, personId } = user;
  const created = await executeAs(app, request, creator, {
    decider: userDecider,
    id: userId,
    // Before the user comes about: a requirement for nobody is harmless, a user who slipped past its requirement is not.
    prepare: () => requireFromTheStart(app, request, creator, user),
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
